"""Registries to look at, and a browser that asks their panel."""

from __future__ import annotations

from typing import Any

import jupyter_mltrack as mlt
from jupyter_mltrack.panels.registry import RegistryPanel
from jupyter_mltrack.registry.gates import HasDescription, MetricGate
from tests.panels.examples import HOSTILE

#: Error and explained variance of the run of each version.
MEASURED = ((0.91, 0.52), (0.78, 0.61), (0.74, 0.66), (0.86, 0.57))
#: What `MLmodel` says of the model of each; no library is needed to read it.
MLMODEL = """\
flavors: {}
signature:
  inputs: '[{"type": "double", "name": "alcohol", "required": true},
    {"type": "string", "name": "region", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
  params: '[{"name": "rounds", "type": "long", "default": 3, "shape": null}]'
"""


class Asked:
    """A panel, and the answers that it would send to a browser."""

    def __init__(self, name: str | None = None) -> None:
        self.panel: RegistryPanel = mlt.registry(name)
        self.view: Any = self.panel.view
        self.sent: list[dict[str, Any]] = []
        self.view.send = lambda content, _=None: self.sent.append(content)

    def ask(self, kind: str, **details: Any) -> dict[str, Any]:
        """The answer to a question; {} if it was none of ours."""
        self.sent.clear()
        self.view._handle_custom_msg({"id": 1, "kind": kind, **details}, [])
        return self.sent[0] if self.sent else {}

    @property
    def page(self) -> dict[str, Any]:
        """What the page of a model shows."""
        return dict(self.view.page)

    def version(self, number: int) -> dict[str, Any]:
        """The row of a version."""
        return next(row for row in self.page["versions"] if row["version"] == number)

    def models(self) -> list[str]:
        """The names in the list."""
        return [row["name"] for row in self.view.models["rows"]]

    def stages(self) -> list[str]:
        """The stages of the versions, the newest first."""
        return [row["stage"] for row in self.page["versions"]]


def log_version(name: str, rmse: float, r2: float) -> str:
    """A run with a model that is registered; the id of the run."""
    with mlt.start_run() as run:
        mlt.log_metrics({"rmse": rmse, "r2": r2, "system/cpu": 99})
        mlt.log_text(MLMODEL, "model/MLmodel")
    client = mlt.MlflowClient()
    client.create_model_version(name, f"runs:/{run.info.run_id}/model", run.info.run_id)
    return str(run.info.run_id)


def make_registry() -> None:
    """Four versions of ``wine``, one in production, one staged, with gates; and other models."""
    client = mlt.MlflowClient()
    client.create_registered_model("wine", {"team": "a"}, "How good a wine is.")
    for rmse, r2 in MEASURED:
        log_version("wine", rmse, r2)
    client.update_model_version("wine", 2, "Trained on all regions, without the year 2003.")
    client.update_model_version("wine", 3, "With the soil of each vineyard.")
    client.transition_model_version_stage("wine", 1, "Production", comment="the first one")
    client.transition_model_version_stage(
        "wine", 2, "Production", archive_existing_versions=True, comment="better on every region"
    )
    client.transition_model_version_stage("wine", 3, "Staging")
    client.set_registered_model_alias("wine", "champion", 2)
    client.set_stage_gates("Production", [MetricGate("rmse", maximum=0.8), HasDescription()])
    client.create_registered_model("beer", description="Which beer goes with the meal.")


def make_hostile_model(texts: tuple[str, ...] = HOSTILE) -> str:
    """A model whose every text could run in a browser; its name."""
    client = mlt.MlflowClient()
    text = " ".join(texts)
    name = next(one for one in texts if not {"/", ":", "@"} & set(one) and "<" in one)
    client.create_registered_model(name, tags={text[:250]: text}, description=text[:5000])
    with mlt.start_run(run_name=text) as run:
        mlt.log_metrics({"loss": 0.5})
        mlt.log_text(text, "model/MLmodel")
    source = f"runs:/{run.info.run_id}/model"
    tags = {text[:250]: text}
    said = text[:5000]
    client.create_model_version(name, source, tags=tags, description=said, comment=said)
    client.transition_model_version_stage(name, 1, "Production", comment=said, override=said)
    return name
