"""Fixtures for the tests of models."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fresh import fresh
from tests.models.with_mlflow import environment

__all__ = ["fresh"]


@pytest.fixture(scope="session")
def mlflow_python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of the real MLflow; kept between sessions beside pytest's other caches."""
    cache = getattr(request.config, "cache", None)
    home = tmp_path_factory.mktemp("environment") if cache is None else cache.mkdir("environments")
    try:
        return environment.python_of(home / environment.name())
    except environment.NoMlflow as error:
        pytest.skip(f"The real MLflow cannot be installed here: {error}")
