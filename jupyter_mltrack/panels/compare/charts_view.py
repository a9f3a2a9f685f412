"""Scatter plot, contours and boxes of runs: choose the fields, see the chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.panels import charts
from jupyter_mltrack.panels.box import Box, close_whole
from jupyter_mltrack.panels.charts import ChartRuns
from jupyter_mltrack.panels.compare.message import message
from jupyter_mltrack.panels.markup import element
from jupyter_mltrack.panels.wording import one_line
from jupyter_mltrack.store import columns

if TYPE_CHECKING:
    from jupyter_mltrack.tracking import TrackingClient

_KINDS = {"Scatter": "scatter", "Contour": "contour", "Box": "box"}
_NO_FIELD = ("by run", "")
_LONGEST_FIELD = 60
_PLOTLY = "application/vnd.plotly.v1+json"
_NARROW = {"width": "auto", "min_width": "90px", "max_width": "240px"}


class ChartsView(Box):
    """A chart of runs with menus for its fields.

    Args:
        client: Where the runs are.
        run_ids: The runs.
    """

    def __init__(self, client: TrackingClient, run_ids: Sequence[str]) -> None:
        self._runs = ChartRuns.of_frame(columns.frame(client.store, run_ids))
        params, metrics = (self._options(group) for group in ("params", "metrics"))
        fields = [*params, *metrics]
        self.kind = _menu("Chart", list(_KINDS.items()))
        self.x = _menu("x", fields)
        self.y = _menu("y", [*metrics, *params])
        self.colour = _menu("Colour", [_NO_FIELD, *metrics, *params])
        self.log_x = ipywidgets.Checkbox(description="log x", indent=False, layout=_NARROW)
        self.log_y = ipywidgets.Checkbox(description="log y", indent=False, layout=_NARROW)
        self._place = ipywidgets.VBox()
        choices = [self.kind, self.x, self.y, self.colour, self.log_x, self.log_y]
        for choice in choices:
            choice.observe(self._redraw, "value")
        bar = ipywidgets.HBox(choices, layout={"flex_flow": "row wrap"})
        super().__init__([bar, self._place] if fields else [message(_NOTHING)])
        if fields:
            self._redraw(None)

    def html(self) -> str:
        """What the chart is about."""
        return element("div", self.text())

    def text(self) -> str:
        """What the chart is about."""
        if not self.x.options:
            return _NOTHING
        return f"{self.kind.label} of {self.y.label} over {self.x.label}"

    def _options(self, group: str) -> list[tuple[str, str]]:
        """The fields of a group that differ, by what a menu says."""
        found = self._runs.differing(f"{group}.")
        return [(one_line(field, _LONGEST_FIELD), field) for field in found]

    def _redraw(self, _: object) -> None:
        before, self._place.children = self._place.children, [self._chart()]
        for one in before:
            close_whole(one)

    def _chart(self) -> ipywidgets.Widget:
        try:
            spec = self._spec()
        except MltrackException as error:
            return message(str(error))
        data = {_PLOTLY: spec, "text/plain": self.text()}
        output = {"output_type": "display_data", "data": data, "metadata": {}}
        return ipywidgets.Output(outputs=(output,))

    def _spec(self) -> dict[str, Any]:
        x, y, colour = self.x.value, self.y.value, self.colour.value
        log_x, log_y = self.log_x.value, self.log_y.value
        if self.kind.value == "box":
            return charts.box(self._runs, y, x, log_y=log_y)
        if self.kind.value == "contour":
            others = (field for _, field in self.colour.options if field not in {"", x, y})
            height = colour or next(others, y)  # a surface is nothing without a height
            return charts.contour(self._runs, x, y, height, log_x=log_x, log_y=log_y)
        return charts.scatter(self._runs, x, y, colour or None, log_x=log_x, log_y=log_y)


_NOTHING = "Nothing differs among these runs: there is nothing to draw."


def _menu(words: str, options: Sequence[tuple[str, str]]) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(
        description=words,
        options=options,
        layout=_NARROW,
        style={"description_width": "initial"},
    )
