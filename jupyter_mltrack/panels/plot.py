"""``mlt.plot``: charts of runs as Plotly figures, to look at or to build on.

Every function takes runs as a filter string (in the experiment that is active), as ids, as
`Run` objects, or as the DataFrame that ``search_runs`` gives::

    import jupyter_mltrack as mlt

    mlt.plot.scatter("metrics.loss < 1", x="params.lr", y="metrics.loss")
    mlt.plot.curves(mlt.search_runs(), "loss", x="relative").update_layout(height=600)
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.panels import charts
from jupyter_mltrack.panels.charts import ChartRuns
from jupyter_mltrack.store import curves as histories
from jupyter_mltrack.tracking import fluent

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    Runs = str | Run | Sequence[str] | Iterable[Run] | pd.DataFrame

__all__ = ["bar", "box", "contour", "curves", "parallel_coordinates", "scatter"]

_MOST_RUNS = 10_000
_BUCKETS = 400
_MOST_CURVES = 8


def parallel_coordinates(
    runs: Runs = "",
    columns: Sequence[str] | None = None,
    colour: str | None = None,
    *,
    log: Sequence[str] = (),
) -> Figure:
    """An axis for each field and a line for each run.

    What is missing, NaN or infinite has its own tick at the foot of an axis.

    Args:
        runs: The runs; see this module.
        columns: Fields such as ``["params.lr", "metrics.loss"]``; default are params and metrics
            that differ.
        colour: The field that gives lines their colour; default is the last metric.
        log: Those of the fields whose axis grows by factors.

    Raises:
        InvalidParameterValue: if no run has one of the fields.
    """
    return _figure(charts.parallel_coordinates(_table(runs), columns, colour, log=log))


def scatter(
    runs: Runs = "",
    x: str = "",
    y: str = "",
    colour: str | None = None,
    *,
    log_x: bool = False,
    log_y: bool = False,
) -> Figure:
    """A point for each run.

    Args:
        runs: The runs; see this module.
        x: A field such as ``params.lr``; default is the first param that differs.
        y: A field such as ``metrics.loss``; default is the first metric that differs.
        colour: A third field, shown by colour.
        log_x: Whether x grows by factors.
        log_y: Whether y grows by factors.

    Raises:
        InvalidParameterValue: if no run has one of the fields.
    """
    table = _table(runs)
    x, y = x or _first(table, "params."), y or _first(table, "metrics.")
    return _figure(charts.scatter(table, x, y, colour, log_x=log_x, log_y=log_y))


def contour(
    runs: Runs = "",
    x: str = "",
    y: str = "",
    z: str = "",
    *,
    log_x: bool = False,
    log_y: bool = False,
) -> Figure:
    """A metric over two params: runs as points, and an interpolated surface between them.

    Args:
        runs: The runs; see this module.
        x: A field such as ``params.lr``; default is the first param that differs.
        y: A field such as ``params.depth``; default is the second.
        z: A field such as ``metrics.loss``; default is the first metric that differs.
        log_x: Whether x grows by factors.
        log_y: Whether y grows by factors.

    Raises:
        InvalidParameterValue: if no run has one of the fields, or fewer than 4 runs have them.
    """
    table = _table(runs)
    x, y = x or _first(table, "params."), y or _first(table, "params.", 1)
    z = z or _first(table, "metrics.")
    return _figure(charts.contour(table, x, y, z, log_x=log_x, log_y=log_y))


def box(runs: Runs = "", y: str = "", by: str | None = None, *, log_y: bool = False) -> Figure:
    """How a metric is spread, for all runs or for each value of a param.

    Args:
        runs: The runs; see this module.
        y: A field such as ``metrics.loss``; default is the first metric that differs.
        by: A field such as ``params.optimizer``.
        log_y: Whether y grows by factors.

    Raises:
        InvalidParameterValue: if no run has one of the fields, or ``by`` has too many values.
    """
    table = _table(runs)
    return _figure(charts.box(table, y or _first(table, "metrics."), by, log_y=log_y))


def bar(runs: Runs = "", y: str = "", *, log_y: bool = False) -> Figure:
    """A bar for each run.

    Args:
        runs: The runs; see this module.
        y: A field such as ``metrics.loss``; default is the first metric that differs.
        log_y: Whether y grows by factors.

    Raises:
        InvalidParameterValue: if no run has the field.
    """
    table = _table(runs)
    return _figure(charts.bar(table, y or _first(table, "metrics."), log_y=log_y))


def curves(
    runs: Runs = "",
    keys: str | Sequence[str] | None = None,
    *,
    x: histories.Axis = "step",
    log_y: bool = False,
) -> Figure:
    """The histories of metrics; long ones as means with a band from lowest to highest.

    Args:
        runs: The runs; see this module.
        keys: A metric, or several; default are all, 8 at most.
        x: ``"step"``, ``"time"``, or ``"relative"`` for seconds since the run's start.
        log_y: Whether y grows by factors.

    Raises:
        InvalidParameterValue: if ``x`` is something else.
    """
    if x not in {"step", "time", "relative"}:
        msg = f"x is {x!r}; choose 'step', 'time' or 'relative'."
        raise InvalidParameterValue(msg)
    table = _table(runs)
    store = fluent.client().store
    if keys is None:
        known = [one.key for one in histories.metric_keys(store, table.ids)]
        keys = [key for key in known if not key.startswith("system/")][:_MOST_CURVES] or known[:1]
    chosen = [keys] if isinstance(keys, str) else list(keys)
    found = histories.curves(store, table.ids, chosen, axis=x, buckets=_BUCKETS)
    return _figure(charts.curves(table, found, chosen, along=x, log_y=log_y))


def _figure(spec: charts.Spec) -> Figure:
    from plotly.graph_objects import Figure

    return Figure(spec)


def _table(runs: Runs) -> ChartRuns:
    """The runs that are meant, as columns."""
    pandas = sys.modules.get("pandas")  # whoever has a DataFrame has imported it
    if pandas is not None and isinstance(runs, pandas.DataFrame):
        return ChartRuns.of_frame(runs)
    if isinstance(runs, str):
        found = fluent.search_runs(filter_string=runs, output_format="list", max_results=_MOST_RUNS)
        return ChartRuns.of(cast("list[Run]", found))
    given: list[Any] = [runs] if isinstance(runs, Run) else list(cast("Iterable[Any]", runs))
    client = fluent.client()
    with client.store.reading():
        return ChartRuns.of([one if isinstance(one, Run) else client.get_run(one) for one in given])


def _first(runs: ChartRuns, group: str, nth: int = 0) -> str:
    """The field that is meant if none is named: one that differs."""
    fields = runs.differing(group) or runs.fields(group)
    if len(fields) <= nth:
        msg = f"These {len(runs)} runs have too few {group[:-1]}: name the fields to draw."
        raise InvalidParameterValue(msg)
    return fields[nth]
