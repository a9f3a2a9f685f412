"""Fixtures for the tests of autolog for scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_mltrack.autolog.sklearn import autolog


@pytest.fixture
def on() -> Iterator[None]:
    """Trainings are logged without their models."""
    autolog(log_models=False)
    yield
    autolog(disable=True)
