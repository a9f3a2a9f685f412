"""The table of runs: search, sort, select."""

from jupyter_mltrack.panels.table.opening import runs
from jupyter_mltrack.panels.table.runs_panel import RunsPanel

__all__ = ["RunsPanel", "runs"]
