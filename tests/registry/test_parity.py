"""The same calls give the same answers as MLflow's; `mlflow_registry.py` asked it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import jupyter_mltrack as mlflow
from tests.registry.lasting import lasting
from tests.registry.mlflow_registry import FILE, answers

MLFLOW = json.loads(FILE.read_text(encoding="utf-8"))

#: Where we differ on purpose: why, and the calls.
DIFFERENT = """
# MLflow has an error of its own program here; ours has the code that says what is wrong
client.set_model_version_tag("wine", key="a", value="b", stage="Production")
client.transition_model_version_stage("wine", 2, "None", archive_existing_versions=True)
client.transition_model_version_stage("wine", 2, "Archived", archive_existing_versions=True)
client.copy_model_version("models:/wine/99", "copied")
client.copy_model_version("models:/nowhere/1", "copied")
client.copy_model_version(URI, "copied")
client.update_model_version("beer", 1)
# A page of no results is a mistake, as it is in all other searches
client.search_registered_models("", 0)
# MLflow refuses this column by mistake
client.search_registered_models("", order_by=["creation_timestamp DESC"])
# Methods of the client print nothing
client.copy_model_version("models:/wine/2", "copied")
client.copy_model_version("models:/wine@champion", "copied")
# Saying nothing does not take a description away
client.update_registered_model("beer")
# MLflow's limit of 5000 characters is that of its server only
client.update_model_version("beer", 1, "x" * 5001)
client.update_registered_model("beer", "x" * 5001)
"""


LISTED = [line for line in DIFFERENT.strip().splitlines() if not line.startswith("# ")]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What our module answers, in a store of its own."""
    with lasting(tmp_path_factory.mktemp("parity")):
        found: dict[str, Any] = json.loads(json.dumps(answers(mlflow)))
    return found


@pytest.mark.parametrize("call", [one for one in MLFLOW["answers"] if one not in LISTED])
def test_as_mlflow(ours: dict[str, Any], call: str) -> None:
    """The same entity, the same lines on stderr, or the same code of error."""
    assert ours[call] == MLFLOW["answers"][call]


@pytest.mark.parametrize("call", LISTED)
def test_unlike_mlflow(ours: dict[str, Any], call: str) -> None:
    """Each difference in the list is one."""
    assert ours[call] != MLFLOW["answers"][call]


def test_what_is_copied_is_the_same(ours: dict[str, Any]) -> None:
    """Only what is printed differs."""
    call = 'client.copy_model_version("models:/wine@champion", "copied")'
    assert ours[call] == MLFLOW["answers"][call]["found"]


def test_the_calls_are_many() -> None:
    """And the answers are those of this MLflow."""
    assert len(MLFLOW["answers"]) > 140
    assert MLFLOW["mlflow"] == "3.17.2"
    assert Path(FILE).stat().st_size < 60_000
