"""Many runs at once: parallel coordinates of params and metrics, brushed to choose runs."""

from jupyter_mltrack.panels.parallel.brushes import Brush
from jupyter_mltrack.panels.parallel.parallel_panel import ParallelPanel

__all__ = ["Brush", "ParallelPanel"]
