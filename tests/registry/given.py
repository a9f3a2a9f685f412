"""Registered versions for tests of the rules: a run, its numbers, its data, an MLmodel file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.entities import Dataset, DatasetInput
from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.errors import ResourceAlreadyExists
from jupyter_mltrack.tracking import active


def copy_of(made: Path, folder: Path) -> MltrackClient:
    """A client of a copy of a store that `make` made."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return MltrackClient(str(folder / "runs.duckdb"))


def make(folder: Path, build: Callable[[MltrackClient], object]) -> Path:
    """Make a store in a folder once, for many tests that each take a copy."""
    path = folder / "runs.duckdb"
    build(MltrackClient(str(path)))
    active.forget_store(path)
    return folder


def column(name: str, kind: str = "double", *, required: bool = True) -> dict[str, Any]:
    """A column as an MLmodel file has it."""
    return {"type": kind, "name": name, "required": required}


OUTPUT = {"type": "double", "required": True}


def signature(*inputs: dict[str, Any], output: dict[str, Any] | None = None) -> dict[str, Any]:
    """The ``signature`` of an MLmodel file."""
    outputs = json.dumps([output or OUTPUT])
    return {"inputs": json.dumps(inputs), "outputs": outputs, "params": None}


def version(
    client: MltrackClient,
    *,
    data: str | None = "d1",
    signed: object = None,
    description: str | None = None,
    tags: dict[str, str] | None = None,
    **metrics: float,
) -> ModelVersion:
    """A new version of ``prices`` whose run logged these metrics."""
    with suppress(ResourceAlreadyExists):
        client.create_registered_model("prices")
    run = client.create_run("0").info.run_id
    for key, value in metrics.items():
        client.log_metric(run, key, value)
    if data is not None:
        client.log_inputs(run, [DatasetInput(Dataset("houses", data, "code", "{}"))])
    client.log_text(run, json.dumps({"flavors": {}, "signature": signed}), "model/MLmodel")
    return client.create_model_version(
        "prices", f"runs:/{run}/model", tags=tags, description=description
    )
