"""Find runs, as a DataFrame or as a list; throw away what is in the bin."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Literal

from jupyter_mltrack.entities import ViewType
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking.fluent.experiments import searched_experiment_ids
from jupyter_mltrack.tracking.fluent.stores import client

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from jupyter_mltrack.entities import Run
    from jupyter_mltrack.tracking.client import TrackingClient

_log = logging.getLogger("jupyter_mltrack")

_PAGE = 10_000


def search_runs(
    experiment_ids: Sequence[str] | str | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    output_format: Literal["pandas", "list"] = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | str | None = None,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame | list[Run]:
    """Runs that match a filter.

    Args:
        experiment_ids: Where to look, by id or name; one string is one experiment. Default is
            the active experiment.
        filter_string: Such as ``"metrics.rmse < 7 AND params.model = 'ridge'"``.
        run_view_type: ``ViewType.ACTIVE_ONLY``, ``DELETED_ONLY`` or ``ALL``.
        max_results: At most so many.
        order_by: Such as ``["metrics.rmse ASC"]``; default is the newest first.
        output_format: ``"pandas"`` for a DataFrame with one row a run, or ``"list"``.
        search_all_experiments: Look everywhere, if no experiment is named.
        experiment_names: Where to look, by name.
        columns: Only these columns, as fields such as ``"metrics.rmse"``, ``"params.lr"``,
            ``"run_name"``, ``"duration"``; not in MLflow.

    Returns:
        A DataFrame with the columns run_id, experiment_id, status, artifact_uri, start_time,
        end_time (UTC, NaT while running), ``metrics.*`` (float64, NaN where missing),
        ``params.*``, ``tags.*`` (str, None where missing); or a list.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.

    Example:
        >>> mlflow.search_runs(filter_string="metrics.rmse < 7", order_by=["metrics.rmse"])
    """
    if output_format not in ("pandas", "list"):
        msg = f"Unsupported output format: {output_format}. Supported string values: pandas, list."
        raise InvalidParameterValue(msg)
    if output_format == "list" and columns is not None:
        msg = "columns= chooses the columns of a DataFrame; leave it out with output_format='list'."
        raise InvalidParameterValue(msg)
    user = client()
    with user.store.reading():
        where = _experiments(
            user, experiment_ids, experiment_names, everywhere=search_all_experiments
        )
        if output_format == "pandas":
            return user.search_runs_frame(
                where, filter_string, run_view_type, max_results, order_by, columns
            )
        found: list[Run] = []
        token: str | None = None
        while len(found) < max_results and where:
            size = min(_PAGE, max_results - len(found))
            page = user.search_runs(where, filter_string, run_view_type, size, order_by, token)
            found += page
            token = page.token
            if not token:
                break
    return found


def list_run_infos(experiment_id: str, **search: Any) -> list[Any]:
    """What the runs of an experiment are, without their data (MLflow 1's name for it)."""
    return client().list_run_infos(experiment_id, **search)


def gc(
    older_than: str | None = None,
    run_ids: Sequence[str] | None = None,
    experiment_ids: Sequence[str] | None = None,
    logged_model_ids: Sequence[str] | None = None,
) -> list[str]:
    """Remove deleted runs and logged models for ever, with their files.

    What versions of registered models came from stays, and a warning names it.

    Args:
        older_than: Only those deleted so long ago, such as ``"30d"`` or ``"1d12h"``.
        run_ids: Only these runs, and no models but ``logged_model_ids``.
        experiment_ids: Only those of these experiments (ids or names).
        logged_model_ids: Only these models, and no runs but ``run_ids``.

    Returns:
        The ids of the runs, then those of the models, that were removed.
    """
    return client().gc(older_than, run_ids, experiment_ids, logged_model_ids)


def _experiments(user: TrackingClient, ids: Any, names: Any, *, everywhere: bool) -> list[str]:
    """The experiments to look in."""
    chosen = _several(ids)
    names = _several(names)
    if chosen and names:
        msg = "Only experiment_ids or experiment_names can be used, but not both."
        raise InvalidParameterValue(msg)
    if names:
        found = []
        for name in names:
            experiment = user.get_experiment_by_name(name)
            if experiment is None:
                _log.warning("Cannot retrieve experiment by name %s", name)
            else:
                found.append(experiment.experiment_id)
        return found
    if chosen:
        return chosen
    if everywhere:
        view = ViewType.ALL
        return [one.experiment_id for one in user.search_experiments(view, max_results=50_000)]
    return searched_experiment_ids()


def _several(given: Any) -> list[str]:
    """One string, or any number of them, as a list; an array has no truth value of its own."""
    if given is None:
        return []
    return [str(given)] if isinstance(given, (str, int)) else [str(one) for one in given]
