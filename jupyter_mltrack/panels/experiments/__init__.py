"""The list of experiments: search, make, change, open."""

from jupyter_mltrack.panels.experiments.experiments_panel import ExperimentsPanel, experiments
from jupyter_mltrack.panels.experiments.experiments_table import ExperimentsTable

__all__ = ["ExperimentsPanel", "ExperimentsTable", "experiments"]
