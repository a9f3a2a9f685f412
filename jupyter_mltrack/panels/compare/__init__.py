"""Compare runs: their values, curves, parameters, code and data, side by side."""

from jupyter_mltrack.panels.compare.compare_panel import ComparePanel
from jupyter_mltrack.panels.compare.opening import compare

__all__ = ["ComparePanel", "compare"]
