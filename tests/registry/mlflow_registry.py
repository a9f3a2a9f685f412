"""What MLflow's registry answers to a sequence of calls, written to `mlflow_registry.json`.

Run it again from the repository with the Python of an environment that has MLflow:
``PYTHONPATH=. python tests/registry/mlflow_registry.py``. Each call is an expression, which the
tests evaluate with our own module. ``URI`` is a model's folder in a run, ``PLACE`` is where that
folder is, and ``RUN`` is the run.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import tempfile
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".json")

CALLS = """
client.create_registered_model("wine", {"team": "a"}, "Quality of wine")
client.create_registered_model("wine")
client.create_registered_model("")
client.create_registered_model("  ")
client.create_registered_model(None)
client.create_registered_model("a/b")
client.create_registered_model("a:b")
client.create_registered_model("été 数")
client.create_registered_model("tagged", {"": "x"})
client.create_registered_model("tagged", {"k" * 251: "x"})
client.create_registered_model("tagged", {"k": "x" * 100_001})
client.get_registered_model("wine")
client.get_registered_model("nowhere")
client.get_latest_versions("wine")
client.update_registered_model("wine", "Better wine")
client.set_registered_model_tag("wine", "team", "b")
client.set_registered_model_tag("wine", "n", 1)
client.set_registered_model_tag("nowhere", "n", 1)
client.delete_registered_model_tag("wine", "n")
mlflow.register_model(URI, "wine")
mlflow.register_model(URI, "wine", tags={"by": "hand"})
mlflow.register_model("runs:/" + "0" * 32 + "/model", "wine")
mlflow.register_model(URI, "beer", 0)
mlflow.register_model(URI, "a/b")
client.create_model_version("wine", PLACE, RUN, {"k": "v"}, "https://example.org/1", "third")
client.create_model_version("nowhere", PLACE, RUN)
client.get_model_version("wine", 3)
client.get_model_version("wine", "3")
client.get_model_version("wine", 99)
client.get_model_version("wine", "three")
client.get_model_version("nowhere", 1)
client.update_model_version("wine", 1, "the first")
client.set_model_version_tag("wine", 1, "checked", True)
client.set_model_version_tag("wine", key="a", value="b")
client.set_model_version_tag("wine", 1, "a", "b", stage="None")
client.set_model_version_tag("wine", key="a", value="b", stage="None")
client.set_model_version_tag("wine", key="a", value="b", stage="Production")
client.delete_model_version_tag("wine", 1, "checked")
client.delete_model_version_tag("wine", 1, "never")
mlflow.set_model_version_tag("wine", 1, "fluent", "yes")
client.get_model_version("wine", 1)
client.set_registered_model_alias("wine", "champion", 1)
client.set_registered_model_alias("wine", "champion", 2)
client.set_registered_model_alias("wine", "challenger", "2")
client.set_registered_model_alias("wine", "a-b_c", 3)
client.set_registered_model_alias("wine", "latest", 1)
client.set_registered_model_alias("wine", "Latest", 1)
client.set_registered_model_alias("wine", "v1", 1)
client.set_registered_model_alias("wine", "v1a", 1)
client.set_registered_model_alias("wine", "a b", 1)
client.set_registered_model_alias("wine", "", 1)
client.set_registered_model_alias("wine", "x" * 256, 1)
client.set_registered_model_alias("wine", "ghost", 99)
client.get_model_version_by_alias("wine", "champion")
client.get_model_version_by_alias("wine", "CHAMPION")
client.get_model_version_by_alias("wine", "latest")
client.get_model_version_by_alias("wine", "nope")
client.get_model_version_by_alias("nowhere", "champion")
client.delete_registered_model_alias("wine", "v1a")
client.delete_registered_model_alias("wine", "never")
client.get_registered_model("wine")
client.transition_model_version_stage("wine", 1, "production")
client.transition_model_version_stage("wine", "2", "STAGING")
client.transition_model_version_stage("wine", 3, "Validation")
client.transition_model_version_stage("wine", 99, "Staging")
client.transition_model_version_stage("wine", 3, "Production", archive_existing_versions=True)
client.transition_model_version_stage("wine", 2, "None", archive_existing_versions=True)
client.transition_model_version_stage("wine", 2, "Archived", archive_existing_versions=True)
client.get_latest_versions("wine")
client.get_latest_versions("wine", ["Production", "archived"])
client.get_latest_versions("nowhere")
client.search_registered_models()
client.search_registered_models("name = 'wine'")
client.search_registered_models("name LIKE 'wi%'")
client.search_registered_models("name ILIKE 'WI%'")
client.search_registered_models("name != 'wine'")
client.search_registered_models("name IN ('wine', 'beer')")
client.search_registered_models("tags.team = 'b'")
client.search_registered_models("tag.team != 'b'")
client.search_registered_models("tags.team LIKE 'B%'")
client.search_registered_models("tags.team ILIKE 'B%'")
client.search_registered_models("name = 'wine' AND tags.team = 'b'")
client.search_registered_models("", 1)
client.search_registered_models("", 1, page_token=client.search_registered_models("", 1).token)
client.search_registered_models("", 0)
client.search_registered_models("", 1001)
client.search_registered_models("", order_by=["name DESC"])
client.search_registered_models("", order_by=["creation_timestamp DESC"])
client.search_registered_models("", order_by=["timestamp"])
client.search_registered_models("", order_by=["bogus"])
client.search_registered_models("bogus = 'x'")
client.search_registered_models("name = wine")
client.search_registered_models("name")
client.search_registered_models("params.a = 'x'")
mlflow.search_registered_models()
mlflow.search_registered_models(1)
mlflow.search_registered_models(filter_string="name = 'beer'")
client.search_model_versions()
client.search_model_versions("name = 'wine'")
client.search_model_versions("name LIKE 'wi%'")
client.search_model_versions("name != 'wine'")
client.search_model_versions("name IN ('wine', 'beer')")
client.search_model_versions(f"run_id = '{RUN}'")
client.search_model_versions(f"run_id IN ('{RUN}', 'x')")
client.search_model_versions(f"run_id != '{RUN}'")
client.search_model_versions("run_id = 'x'")
client.search_model_versions("source_path = 'x'")
client.search_model_versions("source_path LIKE '%model'")
client.search_model_versions("version_number = 1")
client.search_model_versions("version_number != 1")
client.search_model_versions("version_number > 1 AND name = 'wine'")
client.search_model_versions("version_number < 2")
client.search_model_versions("version_number = '1'")
client.search_model_versions("tags.by = 'hand'")
client.search_model_versions("tags.`by` LIKE 'HAND'")
client.search_model_versions("tags.k ILIKE 'V' AND name = 'wine'")
client.search_model_versions("name = 'wine'", order_by=["version_number DESC"])
client.search_model_versions("name = 'wine'", order_by=["version_number ASC"])
client.search_model_versions("", order_by=["name DESC", "version_number"])
client.search_model_versions("", order_by=["name"])
client.search_model_versions("", order_by=["bogus"])
client.search_model_versions("bogus = 'x'")
client.search_model_versions("name = 'wine'", 2)
client.search_model_versions("", 0)
client.search_model_versions("", 200_001)
mlflow.search_model_versions()
mlflow.search_model_versions(2, "name = 'wine'", ["version_number"])
client.copy_model_version("models:/wine/2", "copied")
client.copy_model_version("models:/wine@champion", "copied")
client.copy_model_version("models:/wine/99", "copied")
client.copy_model_version("models:/nowhere/1", "copied")
client.copy_model_version(URI, "copied")
client.delete_model_version("wine", 2)
client.delete_model_version("wine", 2)
client.delete_model_version("nowhere", 1)
client.get_model_version_by_alias("wine", "champion")
client.get_registered_model("wine")
mlflow.register_model(URI, "wine")
client.delete_model_version("wine", 4)
mlflow.register_model(URI, "wine")
client.rename_registered_model("wine", "wine v2") and None
client.rename_registered_model("wine v2", "beer")
client.rename_registered_model("wine v2", "a/b")
client.get_registered_model("wine v2")
client.get_registered_model("wine")
client.get_model_version("wine v2", 1)
client.delete_registered_model("beer")
client.delete_registered_model("beer")
client.get_model_version("beer", 1)
mlflow.register_model(URI, "beer")
client.update_model_version("beer", 1)
client.update_registered_model("beer")
client.update_model_version("beer", 1, "")
client.update_model_version("beer", 1, "x" * 5001)
client.update_registered_model("beer", "x" * 5001)
"""

#: What is compared; times, users and places are not the same twice.
_OF_MODEL = "name description tags aliases".split()
_OF_VERSION = (
    "name version description current_stage status status_message tags run_link aliases".split()
)


def calls() -> list[str]:
    """One for each line."""
    return CALLS.strip().splitlines()


def answers(mlflow: Any) -> dict[str, Any]:
    """What a module says to each call; those that are made twice have a number."""
    with mlflow.start_run() as run:
        mlflow.log_text("flavors: {}", "model/MLmodel")
    names = {
        "mlflow": mlflow,
        "client": mlflow.MlflowClient(),
        "RUN": run.info.run_id,
        "URI": f"runs:/{run.info.run_id}/model",
        "PLACE": f"{run.info.artifact_uri}/model",
    }
    found: dict[str, Any] = {}
    for call in calls():
        again = sum(one.partition(" #")[0] == call for one in found)
        found[f"{call} #{again + 1}" if again else call] = _answer(call, names)
    return found


def _answer(call: str, names: dict[str, Any]) -> Any:
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            found = _plain(eval(call, names), names["RUN"])  # noqa: S307  (our own text, above)
    except Exception as error:  # noqa: BLE001  (whatever it is, its code is compared)
        return {"refused": getattr(error, "error_code", type(error).__name__)}
    return {"said": said.getvalue().splitlines(), "found": found} if said.getvalue() else found


def _plain(value: Any, run_id: str) -> Any:
    """An entity in words of JSON; of several their names and numbers."""
    if isinstance(value, list):
        return [f"{one.name} {getattr(one, 'version', '')}".strip() for one in value]
    if type(value).__name__ == "RegisteredModel":
        latest = sorted((one.current_stage, one.version) for one in value.latest_versions)
        return {name: getattr(value, name) for name in _OF_MODEL} | {"latest_versions": latest}
    if type(value).__name__ == "ModelVersion":
        seen = {name: getattr(value, name) for name in _OF_VERSION}
        said = value.description or ""
        return seen | {"description": said[:50], "run": value.run_id == run_id}
    return value


def main() -> None:
    """Ask MLflow."""
    mlflow = import_module("mlflow")
    warnings.simplefilter("ignore")
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        mlflow.set_tracking_uri("sqlite:///mlflow.db")
        found = {"mlflow": mlflow.__version__, "answers": answers(mlflow)}
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
