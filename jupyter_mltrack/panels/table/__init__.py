"""The table of runs: search, sort, group, select."""

from jupyter_mltrack.panels.table.opening import runs
from jupyter_mltrack.panels.table.runs_panel import RunsPanel
from jupyter_mltrack.panels.table.runs_table import RunsTable

__all__ = ["RunsPanel", "RunsTable", "runs"]
