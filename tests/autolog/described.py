"""What a run recorded, as plain data that MLflow's client and ours give alike."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

#: Tags that say who ran the program and where, and not what autolog saw.
PLACES = ("mlflow.user", "mlflow.source.", "mlflow.runName", "mlflow.log-model.history")

#: Where a function is in memory, in its ``repr``.
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def describe(client: Any, run_id: str) -> dict[str, Any]:
    """All that a run recorded, without times, ids and the model's own files."""
    run = client.get_run(run_id)
    files = sorted(_files(client, run_id, None))
    return {
        "status": run.info.status,
        "params": {k: _ADDRESS.sub("", v) for k, v in sorted(run.data.params.items())},
        "metrics": {key: _series(client, run_id, key) for key in sorted(run.data.metrics)},
        "tags": {k: v for k, v in sorted(run.data.tags.items()) if not k.startswith(PLACES)},
        "artifacts": files,
        "content": {
            file: _content(client, run_id, file) for file in files if file.endswith(".json")
        },
        "inputs": [_input(one) for one in run.inputs.dataset_inputs],
    }


def _series(client: Any, run_id: str, key: str) -> list[list[float]]:
    points = client.get_metric_history(run_id, key)
    return sorted([point.step, point.value] for point in points)


def _files(client: Any, run_id: str, folder: str | None) -> list[str]:
    found = []
    for entry in client.list_artifacts(run_id, folder):
        if entry.path == "model":
            continue
        found += _files(client, run_id, entry.path) if entry.is_dir else [entry.path]
    return found


def _content(client: Any, run_id: str, file: str) -> Any:
    """What is in a JSON file."""
    return json.loads(Path(client.download_artifacts(run_id, file)).read_text(encoding="utf-8"))


def _input(one: Any) -> dict[str, Any]:
    dataset = one.dataset
    return {
        "name": dataset.name,
        "digest": dataset.digest,
        "source_type": dataset.source_type,
        "schema": json.loads(dataset.schema) if dataset.schema else None,
        "profile": json.loads(dataset.profile) if dataset.profile else None,
        "tags": {tag.key: tag.value for tag in one.tags},
    }
