"""Storing an evaluation: in the active run, or in one of its own if there is none."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities import DatasetInput, InputTag, LoggedModelInput, Metric
from jupyter_mltrack.errors import ResourceDoesNotExist
from jupyter_mltrack.models.evaluation.artifacts import EvaluationArtifact, JsonEvaluationArtifact
from jupyter_mltrack.models.evaluation.eval_table import FILE
from jupyter_mltrack.tracking import active, limits
from jupyter_mltrack.tracking.fluent import client, start_run

if TYPE_CHECKING:
    from jupyter_mltrack.models.evaluation.file_box import FileBox
    from jupyter_mltrack.models.evaluation.judging import Judgement
    from jupyter_mltrack.tracking.client import TrackingClient
    from jupyter_mltrack.tracking.datasets import Dataset

#: A tag of MLflow's: a JSON list of the data that models were evaluated on in a run.
DATASETS = "mlflow.datasets"
_CONTEXT = "mlflow.data.context"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an evaluation is about.

    Attributes:
        dataset: The data.
        context: What the run says that it is used for.
        model_id: The id of the model in the store, if it is there.
        model_uuid: Its id in its ``MLmodel`` file.
        path: Where the data is stored, if that was said.
    """

    dataset: Dataset
    context: str
    model_id: str | None = None
    model_uuid: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was stored.

    Attributes:
        run_id: Where.
        artifacts: The files by name.
    """

    run_id: str
    artifacts: dict[str, EvaluationArtifact]


def store(subject: Subject, judgement: Judgement, box: FileBox, prefix: str) -> Stored:
    """Log data, metrics and files of an evaluation.

    Args:
        subject: What it is about.
        judgement: What came out.
        box: Its files.
        prefix: In front of the names of files.
    """
    with _run() as (user, run_id, root):
        _log_input(user, run_id, subject)
        _log_metrics(user, run_id, subject, judgement.metrics)
        user.log_artifacts(run_id, box.folder)
        artifacts = {name: boxed.stored_at(root) for name, boxed in box.files.items()}
        if judgement.table is not None:
            file = f"{prefix}{FILE}"
            user.log_table(run_id, judgement.table, file)
            content = json.loads(judgement.table.to_json(orient="split", index=False))
            artifacts[FILE.partition(".")[0]] = JsonEvaluationArtifact(f"{root}/{file}", content)
    return Stored(run_id=run_id, artifacts=artifacts)


def known_model(given: str | None, found: str | None) -> str | None:
    """The id of the model that the metrics are of.

    Args:
        given: What the user says.
        found: What the model says; it may have been logged to another store.

    Raises:
        ResourceDoesNotExist: if the user's is not in the store.
    """
    opened = active.current()
    user = client() if opened is None else opened.client
    if given is not None:
        return str(user.get_logged_model(given).model_id)
    if found is not None:
        with suppress(ResourceDoesNotExist):
            return str(user.get_logged_model(found).model_id)
    return active.model()


@contextmanager
def _run() -> Iterator[tuple[TrackingClient, str, str]]:
    """The active run, or a new one that ends with the block: client, id and where files go."""
    opened = active.current()
    if opened is not None:
        yield opened.client, opened.run_id, opened.run.info.artifact_uri
        return
    with start_run() as run:
        yield client(), run.info.run_id, run.info.artifact_uri


def _log_input(user: TrackingClient, run_id: str, subject: Subject) -> None:
    used = DatasetInput(
        subject.dataset._to_mlflow_entity(),  # noqa: SLF001  (MLflow's name for it)
        [InputTag(_CONTEXT, subject.context)],
    )
    models = [LoggedModelInput(subject.model_id)] if subject.model_id else None
    user.log_inputs(run_id, [used], models)
    if subject.model_uuid is not None:
        _note_dataset(user, run_id, subject)


def _note_dataset(user: TrackingClient, run_id: str, subject: Subject) -> None:
    """Add the data and the model to the tag that lists them."""
    entry = {"name": subject.dataset.name, "hash": subject.dataset.digest}
    if subject.path is not None:
        entry["path"] = subject.path
    entry["model"] = str(subject.model_uuid)
    try:
        before = json.loads(user.get_run(run_id).data.tags.get(DATASETS, "[]"))
    except ValueError:
        before = []
    if isinstance(before, list) and entry not in before:
        user.set_tag(run_id, DATASETS, json.dumps([*before, entry], separators=(",", ":")))


def _log_metrics(
    user: TrackingClient, run_id: str, subject: Subject, metrics: Mapping[str, Any]
) -> None:
    now = int(time.time() * 1000)
    points = [
        Metric(
            limits.key("metric", name),
            value,
            now,
            0,
            subject.model_id,
            subject.dataset.name,
            subject.dataset.digest,
            run_id,
        )
        for name, value in metrics.items()
    ]
    user.log_batch(run_id, metrics=points)
