"""Curves of metrics: many runs in small charts side by side."""

from jupyter_mltrack.panels.curves.curves_panel import CurvesPanel

__all__ = ["CurvesPanel"]
