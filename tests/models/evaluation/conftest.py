"""Fixtures for the tests of evaluations."""

from __future__ import annotations

import pytest

from jupyter_mltrack.models.evaluation import matplotlib_style


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if Matplotlib were not there: plots take most of the time of an evaluation."""
    monkeypatch.setattr(matplotlib_style, "is_there", lambda: False)
