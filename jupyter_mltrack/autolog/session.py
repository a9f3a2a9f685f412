"""Where one training is logged: the run that is active, or a run of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jupyter_mltrack.autolog.configuration import AUTOLOGGING, Configuration
from jupyter_mltrack.autolog.trouble import tell
from jupyter_mltrack.entities import DatasetInput, InputTag, Metric, Param, RunInfo, RunTag
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking import active, fluent, limits
from jupyter_mltrack.tracking.active import OpenRun
from jupyter_mltrack.tracking.datasets import Dataset
from jupyter_mltrack.tracking.fluent.runs import close

#: MLflow's limits, in characters: longer texts are cut and end in ``...``.
LONGEST_PARAM = 6000
LONGEST_TAG = 8000

_own_runs: set[str] = set()


class RunLog:
    """What is logged of one training to one run.

    Args:
        client: Who logs to it: the client of the store that the run is in.
        run_id: The run.
        configuration: How the library is logged.
        is_new: Whether the run was started for this training.
    """

    def __init__(
        self, client: Any, run_id: str, configuration: Configuration, *, is_new: bool
    ) -> None:
        self.client = client
        self.run_id = run_id
        self.configuration = configuration
        self.is_new = is_new
        self._noted: set[tuple[str, str]] = set()

    def log(
        self,
        *,
        params: Mapping[str, Any] | None = None,
        metrics: Mapping[str, float] | None = None,
        tags: Mapping[str, Any] | None = None,
        step: int = 0,
    ) -> None:
        """Log params, metrics of one step and tags with one write.

        Texts that are longer than MLflow allows are cut. What the run refuses, such as another
        value of a param that it has, is left out and named in one warning.
        """
        points = {_cut(key, limits.MAX_KEY): value for key, value in (metrics or {}).items()}
        given = _texts(params or {}, LONGEST_PARAM)
        marks = _texts(tags or {}, LONGEST_TAG)
        refused: list[str] = []
        points = _usable("metric", points, limits.number, refused)
        given = _usable("param", given, _as_is, refused)
        marks = _usable("tag", marks, _as_is, refused)
        try:
            self._write(points, given, marks, step)
        except InvalidParameterValue:  # the run has another value of a param
            self._write(points, self._new_params(given, refused), marks, step)
        if refused:
            tell(self.configuration, f"not logged: {'; '.join(refused)}")

    def log_text(self, text: str, file: str) -> None:
        """Log a text as a file of the run."""
        self.client.log_text(self.run_id, text, file)

    def log_dict(self, content: Any, file: str) -> None:
        """Log a dict or list as a file of the run, JSON or YAML."""
        self.client.log_dict(self.run_id, content, file)

    def log_figure(self, figure: Any, file: str) -> None:
        """Log a ``matplotlib.figure.Figure``, made without pyplot, as a picture of the run."""
        self.client.log_figure(self.run_id, figure, file)

    def log_file(self, path: Path, folder: str | None = None) -> None:
        """Log a file, or a folder under its own name."""
        self.client.log_artifact(self.run_id, path, folder)

    def log_input(self, dataset: Dataset, context: str) -> None:
        """Note data that the training reads; the same data again are not noted, as in MLflow.

        Args:
            dataset: One of `jupyter_mltrack.tracking.datasets`.
            context: ``"train"`` or ``"eval"``, as MLflow's autolog has them.
        """
        if (dataset.name, dataset.digest) in self._noted:
            return
        self._noted.add((dataset.name, dataset.digest))
        self.client.log_inputs(self.run_id, [as_input(dataset, context)])

    def _write(
        self, points: dict[str, Any], given: dict[str, Any], marks: dict[str, Any], step: int
    ) -> None:
        self.client.log_batch(
            self.run_id,
            metrics=[Metric(key, value, None, step) for key, value in points.items()],  # type: ignore[arg-type]
            params=[Param(key, text) for key, text in given.items()],
            tags=[RunTag(key, text) for key, text in marks.items()],
        )

    def _new_params(self, params: dict[str, Any], refused: list[str]) -> dict[str, Any]:
        """The params that the run takes: a run keeps the first value of each."""
        known = self.client.get_run(self.run_id).data.params
        for key, text in params.items():
            if known.get(key, text) != text:
                refused.append(f"param {key!r} ({text}: the run has {known[key]})")
        return {key: text for key, text in params.items() if key not in known}


class Session(RunLog):
    """Where one training is logged.

    Args:
        opened: The run.
        configuration: How the library is logged.
        is_own: Whether the run was started for this training, and ends with it.
    """

    def __init__(self, opened: OpenRun, configuration: Configuration, *, is_own: bool) -> None:
        super().__init__(opened.client, opened.run_id, configuration, is_new=is_own)
        self._opened = opened
        #: The run as it was at its start.
        self.info: RunInfo = opened.run.info

    def end(self, status: str) -> None:
        """End the run if it was started for this training."""
        if self.is_new and self._opened in active.unended():
            close(self._opened, status)
        _own_runs.discard(self.run_id)


def as_input(dataset: Dataset, context: str) -> DatasetInput:
    """A dataset with what it is used for: ``"train"`` or ``"eval"``."""
    entity = dataset._to_mlflow_entity()  # noqa: SLF001  (MLflow's name for it)
    return DatasetInput(entity, [InputTag("mlflow.data.context", context)])


def open_session(flavor: str, configuration: Configuration) -> Session:
    """Log to the run that is active for the caller, or start one.

    A run that another thread's training started is not for this one, and a run that a failed
    cell left open is ended.
    """
    opened = user_run()
    if opened is not None:
        return Session(opened, configuration, is_own=False)
    run = fluent.start_run(tags={**configuration.extra_tags, AUTOLOGGING: flavor})
    _own_runs.add(run.info.run_id)
    started = next(each for each in active.unended() if each.run_id == run.info.run_id)
    return Session(started, configuration, is_own=True)


def user_run() -> OpenRun | None:
    """The run that the user has open, as the caller sees it."""
    opened = active.current()
    if opened is None or opened.orphaned or opened.run_id in _own_runs:
        return None
    return opened


def _texts(values: Mapping[str, Any], longest: int) -> dict[str, Any]:
    return {_cut(key, limits.MAX_KEY): _cut(value, longest) for key, value in values.items()}


def _cut(value: Any, longest: int) -> str:
    text = str(value)
    return text if len(text) <= longest else text[: longest - 3] + "..."


def _as_is(name: str, value: Any) -> Any:
    del name
    return value


def _usable(
    kind: str, values: dict[str, Any], check: Callable[[str, Any], Any], refused: list[str]
) -> dict[str, Any]:
    """What can be logged; of the rest, ``refused`` gets the names and why not."""
    found = {}
    for key, value in values.items():
        try:
            found[limits.key(kind, key)] = check(key, value)
        except InvalidParameterValue as error:
            refused.append(f"{kind} {key!r} ({error})")
    return found
