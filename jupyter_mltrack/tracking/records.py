"""The client's half that logs: metrics, params, tags and inputs of a run.

Nothing here waits for the database or for another process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities import LoggedModelInput
from jupyter_mltrack.entities.run import Metric as MetricPoint
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.events import Event, Input, Metric, ModelMetric, ModelUsed, Param, Tag
from jupyter_mltrack.store import model_search, queries
from jupyter_mltrack.tracking import active, limits
from jupyter_mltrack.tracking.bin import BinMethods
from jupyter_mltrack.tracking.masking import masked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from jupyter_mltrack.entities import DatasetInput, LoggedModelOutput, RunTag
    from jupyter_mltrack.entities import Param as ParamEntity


class Logged:
    """What `log_batch` and the ``log_*`` functions return: it is written already."""

    def wait(self) -> None:
        """Return at once: nothing is pending."""

    def _ipython_display_(self) -> None:
        """Show nothing below a cell that ends with a logging call."""


_LOGGED = Logged()


class LoggingMethods(BinMethods):
    """Log to a run."""

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: float,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> Logged:
        """Log one point of a metric; it survives the death of this process once this returns.

        Args:
            run_id: The run.
            key: Name of the metric.
            value: A number, a numeric string, or an array or tensor of one item.
            timestamp: In ms since 1970; default is now.
            step: A whole number; default 0.
            synchronous: Accepted as MLflow does; every call is synchronous and takes microseconds.
            dataset_name: The dataset that it was measured on, with
            dataset_digest: the digest of that.
            model_id: The logged model that it measures; the point belongs to both.

        Raises:
            ResourceDoesNotExist: if there is no such run, or no such model.
            InvalidParameterValue: if the name, the value or the step cannot be used.
        """
        del synchronous
        known = self._known
        if run_id not in known.params:
            self._open_params(run_id)
        if type(key) is not str or key not in known.metric_keys:
            known.metric_keys.add(limits.key("metric", key))
        number = value if type(value) is float else limits.number(key, value)
        point = Metric(
            run_id,
            key,
            number if number - number == 0.0 else limits.written(number),  # NaN or infinite
            0 if step is None else _step(key, step),
            None if timestamp is None else limits.timestamp(timestamp),
        )
        if not (model_id is None and dataset_name is None and dataset_digest is None):
            point = self._measured(point, model_id, dataset_name, dataset_digest)
        self._store.append(point)
        return _LOGGED

    def log_param(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any:
        """Log a parameter; a run keeps the first value of each.

        Returns:
            ``value``.

        Raises:
            InvalidParameterValue: if the run has another value for it.
        """
        del synchronous
        name = key if type(key) is str else limits.key("param", key)  # a list has no hash
        self._append_params(run_id, {name: value})
        return value

    def log_params(self, run_id: str, params: Mapping[str, Any]) -> Logged:
        """Log several parameters with one write: all, or none if one is refused."""
        self._append_params(run_id, params)
        return _LOGGED

    def set_tags(self, run_id: str, tags: Mapping[str, Any]) -> Logged:
        """Set several tags with one write: all, or none if one is refused."""
        self._open_params(run_id)
        self._store.append_all(
            [
                Tag(run_id, limits.key("tag", key), limits.text("tag", key, value))
                for key, value in tags.items()
            ]
        )
        return _LOGGED

    def set_tag(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Logged:
        """Set a tag of a run, over an older value."""
        del synchronous
        self._open_params(run_id)
        name = limits.key("tag", key)
        self._store.append(Tag(run_id, name, limits.text("tag", name, value)))
        return _LOGGED

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove a tag of a run.

        Raises:
            ResourceDoesNotExist: if the run has no such tag.
        """
        self._open_params(run_id)
        if key not in self.get_run(run_id).data.tags:
            msg = f"No tag with name: {key} in run with id {run_id}"
            raise ResourceDoesNotExist(msg)
        self._store.append(Tag(run_id, key, None))

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[MetricPoint] = (),
        params: Sequence[ParamEntity] = (),
        tags: Sequence[RunTag] = (),
        synchronous: bool | None = None,
    ) -> Logged:
        """Log many metrics, params and tags with one write: all of them or, on an error, none."""
        del synchronous
        self._open_params(run_id)
        given: dict[str, Any] = {}
        for param in params:
            if param.key in given:
                msg = f"Duplicate parameter keys have been submitted: {param.key!r}."
                raise InvalidParameterValue(msg)
            given[param.key] = param.value
        events = self._metric_events(run_id, metrics)
        for tag in tags:
            name = limits.key("tag", tag.key)
            events.append(Tag(run_id, name, limits.text("tag", name, tag.value)))
        self._append_params(run_id, given, events)
        return _LOGGED

    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput] | None = None,
        models: Sequence[LoggedModelInput] | None = None,
    ) -> None:
        """Note the datasets that a run read, and the logged models that it used.

        Raises:
            ResourceDoesNotExist: if there is no such run, or no such model; then nothing is noted.
        """
        self._open_params(run_id)
        events: list[Event] = [
            Input(
                run_id, one.dataset.name, one.dataset.digest, one.dataset.source_type,
                masked(one.dataset.source), one.dataset.schema, one.dataset.profile,
                {tag.key: masked(tag.value) for tag in one.tags},
            )
            for one in datasets or ()
        ]  # fmt: skip
        for model in models or ():
            self._model_home(model.model_id)
            events.append(ModelUsed(run_id, model.model_id, "input"))
        self._store.append_all(events)
        named = {(one.dataset.name, one.dataset.digest) for one in datasets or ()}
        self._note_uses(run_id, named | {model.model_id for model in models or ()})

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        """Note the logged models that a run made, each at one of its steps.

        If the run is open in this process, ``mlflow.log_metric`` of such a step is a metric of
        the model.

        Raises:
            ResourceDoesNotExist: if there is no such run, or no such model; then nothing is noted.
        """
        self._open_params(run_id)
        events: list[Event] = []
        for model in models:
            self._model_home(model.model_id)
            step = _step(model.model_id, model.step)
            events.append(ModelUsed(run_id, model.model_id, "output", step))
        self._store.append_all(events)
        self._note_uses(run_id, {model.model_id for model in models})
        for model in models:
            active.note_output(run_id, model.step or 0, model.model_id)

    def log_uses(
        self, run_id: str, model_id: str | None, dataset: DatasetInput | None = None
    ) -> None:
        """Note that a run uses a model and a dataset, unless that is known.

        Once it is, this costs nothing.
        """
        uses = self._uses(run_id)
        if uses is None:
            uses = self._known.uses[run_id] = model_search.used_by(self._store, run_id)
        models = [LoggedModelInput(model_id)] if model_id and model_id not in uses else []
        named = (dataset.dataset.name, dataset.dataset.digest) if dataset else None
        datasets = [dataset] if dataset and named not in uses else []
        if models or datasets:
            self.log_inputs(run_id, datasets, models)

    def get_metric_history(self, run_id: str, key: str) -> list[MetricPoint]:
        """All points of a metric, in the order in which they were logged; [] if there are none."""
        return queries.metric_history(self._store, run_id, key)

    def _uses(self, run_id: str) -> set[str | tuple[str, str]] | None:
        """What a run is known to use or make; None if only the store can tell."""
        if run_id in self._known.began:
            return self._known.uses.setdefault(run_id, set())
        return self._known.uses.get(run_id)

    def _note_uses(self, run_id: str, used: Collection[str | tuple[str, str]]) -> None:
        uses = self._uses(run_id)
        if uses is not None:
            uses.update(used)

    def _append_params(
        self, run_id: str, given: Mapping[str, Any], others: Sequence[Event] = ()
    ) -> None:
        """Append the params that are new, after other events; the known ones must be the same."""
        known = self._open_params(run_id)
        new: dict[str, str] = {}
        for key, value in given.items():
            text = limits.text("param", limits.key("param", key), value)
            if key not in known:
                new[key] = text
            elif known[key] != text:
                msg = (
                    f"Changing param values is not allowed. Param with key='{key}' was already"
                    f" logged with value='{known[key]}' for run ID='{run_id}'. Attempted logging"
                    f" new value '{text}'. Start a new run for new values."
                )
                raise InvalidParameterValue(msg)
        known.update(new)
        try:
            self._store.append_all([*others, *(Param(run_id, k, text) for k, text in new.items())])
        except BaseException:
            for key in new:
                known.pop(key, None)
            raise

    def _metric_events(self, run_id: str, points: Iterable[MetricPoint]) -> list[Event]:
        events: list[Event] = []
        for point in points:
            event = Metric(
                run_id,
                limits.key("metric", point.key),
                limits.written(limits.number(point.key, point.value)),
                _step(point.key, point.step),
                _time(point.timestamp),
            )
            measured = (point.model_id, point.dataset_name, point.dataset_digest)
            events.append(event if measured == (None,) * 3 else self._measured(event, *measured))
        return events

    def _measured(
        self, point: Metric, model_id: str | None, dataset: str | None, digest: str | None
    ) -> ModelMetric:
        """A point that belongs to a model, or was measured on a dataset.

        Raises:
            ResourceDoesNotExist: if there is no such model.
            InvalidParameterValue: if only one of a dataset's name and digest is given.
        """
        if (dataset is None) != (digest is None):
            msg = "Both dataset_name and dataset_digest must be provided if one is provided."
            raise InvalidParameterValue(msg)
        if model_id is not None:
            self._model_home(model_id)
        name = None if dataset is None else limits.text("dataset", "name", dataset)
        told = None if digest is None else limits.text("dataset", "digest", digest)
        return ModelMetric(
            point.run, point.key, point.value, point.step, point.ts, model_id, name, told
        )


def _step(key: str, step: Any) -> int:
    if step is None:
        return 0
    return step if type(step) is int and abs(step) < 1 << 62 else limits.step(key, step)


def _time(timestamp: Any) -> int | None:
    return None if timestamp is None else limits.timestamp(timestamp)
