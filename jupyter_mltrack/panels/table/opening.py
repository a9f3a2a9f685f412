"""Opens the table of runs: ``mlt.runs()``."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.panels.table.runs_panel import RunsPanel
from jupyter_mltrack.panels.table.state import TableState
from jupyter_mltrack.tracking import fluent, notebook
from jupyter_mltrack.tracking.client import TrackingClient


def runs(
    filter_string: str = "",
    *,
    experiment_names: Sequence[str] | str | None = None,
    experiment_ids: Sequence[str] | str | None = None,
    order_by: Sequence[str] | None = None,
    max_results: int | None = None,
) -> RunsPanel:
    """The table of the runs of one or more experiments: search, sort, group, compare.

    Run the cell again, and it is as you left it: search, order, columns, selection.

    Args:
        filter_string: Such as ``"metrics.rmse < 7 AND params.model = 'ridge'"``.
        experiment_names: Where to look, by name.
        experiment_ids: Where to look, by id; default is the experiment that is active now.
        order_by: Such as ``["metrics.rmse ASC"]``; default is the newest first.
        max_results: At most so many; default is all.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.
        InvalidParameterValue: if ``max_results`` is below 1.

    Example:
        >>> panel = mlt.runs("metrics.rmse < 7")
        >>> panel.selected  # in a later cell: the runs that were ticked
    """
    if max_results is not None and max_results < 1:
        msg = f"max_results is {max_results}: at least 1, or leave it out for all runs."
        raise InvalidParameterValue(msg)
    client = fluent.client()
    with client.store.reading():  # once for all that is asked
        ids = _experiments(experiment_names, experiment_ids)
        return _opened(client, ids, filter_string, order_by, max_results)


def _opened(
    client: TrackingClient,
    ids: list[str],
    filter_string: str,
    order_by: Sequence[str] | None,
    max_results: int | None,
) -> RunsPanel:
    """The table, as it was left if this cell had it before."""
    orders = [order_by] if isinstance(order_by, str) else list(order_by or ())
    arguments = (str(client.store.path), *ids, filter_string, *orders, str(max_results))
    memory = notebook.session().memory(("runs", *arguments))

    def remember(state: TableState) -> None:
        memory["state"] = state

    return RunsPanel(
        client,
        ids,
        filter_string=filter_string,
        order_by=orders,
        title=", ".join(client.get_experiment(one).name for one in ids),
        limit=max_results,
        state=memory.get("state"),
        remember=remember,
    )


def _experiments(names: Sequence[str] | str | None, ids: Sequence[str] | str | None) -> list[str]:
    """The ids of the experiments that are meant.

    Raises:
        ResourceDoesNotExist: if there is no experiment of that name.
        InvalidParameterValue: if both names and ids are given.
    """
    if names and ids:
        msg = "Only experiment_ids or experiment_names can be used, but not both."
        raise InvalidParameterValue(msg)
    if names:
        return [_by_name(one) for one in ([names] if isinstance(names, str) else names)]
    if ids:
        return [ids] if isinstance(ids, str) else [str(one) for one in ids]
    return fluent.searched_experiment_ids()


def _by_name(name: str) -> str:
    experiment = fluent.get_experiment_by_name(name)
    if experiment is None:
        msg = f"There is no experiment {name!r}. mlt.experiments() shows those there are."
        raise ResourceDoesNotExist(msg)
    return experiment.experiment_id
