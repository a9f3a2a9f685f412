"""Autolog for scikit-learn."""

from jupyter_mltrack.autolog.sklearn.switch import autolog

__all__ = ["autolog"]
