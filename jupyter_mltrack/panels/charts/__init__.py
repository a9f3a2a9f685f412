"""Charts of runs as specs in Plotly's schema, without Plotly."""

from jupyter_mltrack.panels.charts.axes import Spec
from jupyter_mltrack.panels.charts.charts import bar, box, contour, curves, scatter
from jupyter_mltrack.panels.charts.data import ChartRuns
from jupyter_mltrack.panels.charts.parallel import parallel_coordinates

__all__ = [
    "ChartRuns",
    "Spec",
    "bar",
    "box",
    "contour",
    "curves",
    "parallel_coordinates",
    "scatter",
]
