"""Gets a model as a function."""

from __future__ import annotations

from typing import Any


def load(model_uri: str) -> Any:
    """The model, as `pyfunc.load_model` gives it: checked, and refused unless it is trusted."""
    from jupyter_mltrack.models.pyfunc import load_model

    return load_model(model_uri)
