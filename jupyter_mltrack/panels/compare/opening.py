"""Opens the comparison of runs: ``mlt.compare(…)``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.panels.compare.compare_panel import ComparePanel, View
from jupyter_mltrack.panels.parallel.parallel_panel import MOST_RUNS
from jupyter_mltrack.tracking import fluent

if TYPE_CHECKING:
    import pandas as pd


def compare(
    runs: str | Sequence[str | Run] | pd.DataFrame = "",
    *,
    experiment_ids: Sequence[str] | str | None = None,
    view: View = "parallel",
) -> ComparePanel:
    """Several runs side by side: parallel coordinates, curves, charts, parameters, code and data.

    Args:
        runs: A filter such as ``"metrics.rmse < 7"``; or ids, runs, or a DataFrame with a column
            ``run_id``, as ``search_runs`` gives it. Of more than 10,000 the first are drawn.
        experiment_ids: Where a filter looks, by id or name; default is the active experiment.
        view: What to begin with: ``"parallel"``, ``"curves"``, ``"scatter"``, ``"params"``,
            ``"code"`` or ``"data"``.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.
        InvalidParameterValue: if ``runs`` are none of these.

    Example:
        >>> panel = mlt.compare("metrics.rmse < 7")
        >>> panel.selected  # in a later cell: the runs inside the brushes
    """
    client = fluent.client()
    if isinstance(runs, str):
        where = experiment_ids or fluent.searched_experiment_ids()
        found = client.search_runs_frame(
            where, runs, max_results=MOST_RUNS + 1, columns=["run_id"]
        )["run_id"]
        return ComparePanel(client, list(found), view=view, filter_string=runs)
    return ComparePanel(client, run_ids_of(runs), view=view)


def run_ids_of(runs: Any) -> list[str]:
    """The ids of runs given in any way, each once, in their order.

    Raises:
        InvalidParameterValue: if something among them is no run.
    """
    if hasattr(runs, "columns"):
        if "run_id" not in runs.columns:
            msg = "This DataFrame has no column 'run_id'. Pass what search_runs() returns."
            raise InvalidParameterValue(msg)
        runs = list(runs["run_id"])
    if not isinstance(runs, Iterable):
        msg = f"Cannot compare a {type(runs).__name__}: pass a filter, ids, runs or a DataFrame."
        raise InvalidParameterValue(msg)
    ids = []
    for one in runs:
        if not isinstance(one, str | Run):
            msg = f"Cannot compare a {type(one).__name__}: pass ids of runs, or runs."
            raise InvalidParameterValue(msg)
        ids.append(one if isinstance(one, str) else one.info.run_id)
    return list(dict.fromkeys(ids))
