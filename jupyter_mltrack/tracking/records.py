"""The client's half that logs: metrics, params, tags and inputs of a run.

Nothing here waits for the database or for another process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities.run import Metric as MetricPoint
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.events import Event, Input, Metric, Param, Tag
from jupyter_mltrack.store import queries
from jupyter_mltrack.tracking import limits
from jupyter_mltrack.tracking.masking import masked
from jupyter_mltrack.tracking.runs import RunMethods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyter_mltrack.entities import DatasetInput, RunTag
    from jupyter_mltrack.entities import Param as ParamEntity


class Logged:
    """What `log_batch` and the ``log_*`` functions return: it is written already."""

    def wait(self) -> None:
        """Return at once: nothing is pending."""

    def _ipython_display_(self) -> None:
        """Show nothing below a cell that ends with a logging call."""


_LOGGED = Logged()


class LoggingMethods(RunMethods):
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
            dataset_name: Accepted as MLflow does.
            dataset_digest: Accepted as MLflow does.
            model_id: Accepted as MLflow does.
        """
        del synchronous, dataset_name, dataset_digest, model_id
        known = self._known
        if run_id not in known.params:
            self._open_params(run_id)
        if type(key) is not str or key not in known.metric_keys:
            known.metric_keys.add(limits.key("metric", key))
        number = value if type(value) is float else limits.number(key, value)
        self._store.append(
            Metric(
                run_id,
                key,
                number if number - number == 0.0 else limits.written(number),  # NaN or infinite
                0 if step is None else _step(key, step),
                None if timestamp is None else limits.timestamp(timestamp),
            )
        )
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
        models: Sequence[Any] | None = None,
    ) -> None:
        """Note the datasets that a run read."""
        del models
        self._open_params(run_id)
        self._store.append_all(
            [
                Input(
                    run_id, one.dataset.name, one.dataset.digest, one.dataset.source_type,
                    masked(one.dataset.source), one.dataset.schema, one.dataset.profile,
                    {tag.key: masked(tag.value) for tag in one.tags},
                )
                for one in datasets or ()
            ]
        )  # fmt: skip

    def get_metric_history(self, run_id: str, key: str) -> list[MetricPoint]:
        """All points of a metric, in the order in which they were logged; [] if there are none."""
        return queries.metric_history(self._store, run_id, key)

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
        return [
            Metric(
                run_id,
                limits.key("metric", point.key),
                limits.written(limits.number(point.key, point.value)),
                _step(point.key, point.step),
                _time(point.timestamp),
            )
            for point in points
        ]


def _step(key: str, step: Any) -> int:
    if step is None:
        return 0
    return step if type(step) is int and abs(step) < 1 << 62 else limits.step(key, step)


def _time(timestamp: Any) -> int | None:
    return None if timestamp is None else limits.timestamp(timestamp)
