"""Logged models: begin, finish, find and choose the one that metrics are of."""

from __future__ import annotations

import logging
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Literal, Self

from jupyter_mltrack.entities import LoggedModel
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking import active, births
from jupyter_mltrack.tracking.fluent.experiments import (
    active_experiment_id,
    searched_experiment_ids,
)
from jupyter_mltrack.tracking.fluent.logging import target
from jupyter_mltrack.tracking.fluent.stores import client

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    import pandas as pd

    from jupyter_mltrack.entities import LoggedModelOutput, LoggedModelStatus
    from jupyter_mltrack.tracking.client import TrackingClient

_log = logging.getLogger("jupyter_mltrack")

#: The tag of a model whose files are not in the store, as in MLflow.
EXTERNAL = "mlflow.model.isExternal"

_PAGE = 10_000


class ActiveModel(LoggedModel):
    """The model that metrics are logged with; as a context manager for the block only."""

    __slots__ = ("_before",)

    def __init__(self, logged_model: LoggedModel, set_by_user: bool = True) -> None:
        del set_by_user
        values = {name: value for name, value in logged_model if name != "model_uri"}
        super().__init__(**values)
        object.__setattr__(self, "_before", active.choose_model(logged_model.model_id))

    def __enter__(self) -> Self:
        """Stay active."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Make the model active again that was so before."""
        active.choose_model(self._before)  # type: ignore[attr-defined]


def initialize_logged_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """Begin a logged model; it is PENDING until `finalize_logged_model`.

    Args:
        name: Its name; default is a random one.
        source_run_id: The run that makes it; default is the active run, if there is one.
        tags: Its first tags, beside those that say who made it and from which code.
        params: Its first parameters.
        model_type: What you call its kind.
        experiment_id: Where it belongs; default is where its run is, or the active experiment.
    """
    return _begun(name, source_run_id, tags, params, model_type, experiment_id)[1]


def create_external_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """Make a logged model whose files are elsewhere: an application, an endpoint.

    It is READY at once; the arguments are those of `initialize_logged_model`.
    """
    said = dict(tags or {}) | {EXTERNAL: "true"}
    user, made = _begun(name, source_run_id, said, params, model_type, experiment_id)
    return user.finalize_logged_model(made.model_id, "READY")


def finalize_logged_model(
    model_id: str, status: Literal["READY", "FAILED"] | LoggedModelStatus
) -> LoggedModel:
    """Say that a model is READY or FAILED; see `TrackingClient.finalize_logged_model`."""
    return client().finalize_logged_model(model_id, status)


def get_logged_model(model_id: str) -> LoggedModel:
    """A logged model with its tags, params and metrics."""
    return client().get_logged_model(model_id)


def last_logged_model() -> LoggedModel | None:
    """The logged model that was begun last in this process, as it is now."""
    last = active.last_model()
    return last[0].get_logged_model(last[1]) if last is not None else None


def set_logged_model_tags(model_id: str, tags: Mapping[str, Any]) -> None:
    """Set tags of a logged model, over older values."""
    client().set_logged_model_tags(model_id, tags)


def delete_logged_model_tag(model_id: str, key: str) -> None:
    """Remove a tag of a logged model."""
    client().delete_logged_model_tag(model_id, key)


def log_model_params(params: Mapping[str, str], model_id: str | None = None) -> None:
    """Log parameters of a logged model, which keeps the first value of each.

    Args:
        params: By name.
        model_id: The model; default is the active one.

    Raises:
        InvalidParameterValue: if none is named and none is active, or one has another value.
    """
    chosen = model_id or active.model()
    if chosen is None:
        msg = "No model is active: give model_id, or call set_active_model() first."
        raise InvalidParameterValue(msg)
    client().log_model_params(chosen, params)


def log_outputs(models: Sequence[LoggedModelOutput] | None = None) -> None:
    """Note the logged models that the active run made, each at one of its steps."""
    user, run = target()
    user.log_outputs(run, models or [])


def set_active_model(*, name: str | None = None, model_id: str | None = None) -> ActiveModel:
    """Log metrics with this model from now on, or in a ``with`` block.

    Args:
        name: The newest model of this name in the active experiment; if there is none, one is
            made as by `create_external_model`.
        model_id: The model itself.

    Raises:
        InvalidParameterValue: if neither is given, or they do not belong together.

    Example:
        >>> with mlflow.set_active_model(name="assistant-v2"):
        ...     mlflow.log_metric("accuracy", 0.9)
    """
    if model_id is not None:
        found = get_logged_model(model_id)
        if name is not None and found.name != name:
            msg = (
                f"LoggedModel with model_id {model_id!r} has name {found.name!r}, which does not"
                f" match the provided name {name!r}."
            )
            raise InvalidParameterValue(msg)
    elif name is not None:
        found = client().newest_model(searched_experiment_ids(), name) or _new(name)
    else:
        msg = "Either name or model_id must be provided."
        raise InvalidParameterValue(msg)
    return ActiveModel(found)


def get_active_model_id() -> str | None:
    """The id of the active model; None if there is none."""
    return active.model()


def clear_active_model() -> None:
    """Log metrics with no model any more."""
    active.choose_model(None)


def search_logged_models(
    experiment_ids: Sequence[str] | str | None = None,
    filter_string: str | None = None,
    datasets: Sequence[Mapping[str, str]] | None = None,
    max_results: int | None = None,
    order_by: Sequence[Mapping[str, Any]] | None = None,
    output_format: Literal["pandas", "list"] = "pandas",
) -> pd.DataFrame | list[LoggedModel]:
    """Logged models that match a filter.

    Args:
        experiment_ids: Where to look, by id or name; default is the active experiment.
        filter_string: Such as ``"metrics.rmse < 7 AND name = 'ridge'"``.
        datasets: Only metrics on these count, such as ``[{"dataset_name": "test"}]``.
        max_results: At most so many; default is all.
        order_by: Such as ``[{"field_name": "metrics.rmse", "ascending": True}]``; default is the
            newest first.
        output_format: ``"pandas"`` for a DataFrame with one row a model, or ``"list"``.

    Returns:
        A DataFrame with the fields of `LoggedModel` as columns, in the order of their names; or
        a list.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.
    """
    if output_format not in ("pandas", "list"):
        msg = f"Unsupported output format: {output_format!r}. Supported values: pandas, list."
        raise InvalidParameterValue(msg)
    where = experiment_ids or searched_experiment_ids()
    user = client()
    found: list[LoggedModel] = []
    token: str | None = None
    with user.store.reading():
        while max_results is None or len(found) < max_results:
            size = _PAGE if max_results is None else min(_PAGE, max_results - len(found))
            page = user.search_logged_models(where, filter_string, datasets, size, order_by, token)
            found += page
            if not (token := page.token):
                break
    return found if output_format == "list" else _frame(found)


def _begun(
    name: str | None,
    source_run_id: str | None,
    tags: Mapping[str, str] | None,
    params: Mapping[str, str] | None,
    model_type: str | None,
    experiment_id: str | None,
) -> tuple[TrackingClient, LoggedModel]:
    """A new model, and the client of its store."""
    opened = active.current()
    user: TrackingClient = client() if opened is None else opened.client
    if source_run_id is None and opened is not None:
        source_run_id = opened.run_id
    if experiment_id is None and source_run_id is not None:
        experiment_id = user.get_run(source_run_id).info.experiment_id
    where = active_experiment_id() if experiment_id is None else experiment_id
    said = births.tags() | dict(tags or {})
    return user, user.create_logged_model(where, name, source_run_id, said, params, model_type)


def _new(name: str) -> LoggedModel:
    _log.info("No logged model is called %r: one is made, for files that are elsewhere.", name)
    return create_external_model(name)


def _frame(found: Sequence[LoggedModel]) -> pd.DataFrame:
    import pandas as pd

    names = sorted(one.name for one in fields(LoggedModel))
    rows = [one.to_dictionary() | {"status": one.status} for one in found]
    return pd.DataFrame(rows, columns=names)
