"""The questions of SCHEMA.md, asked of a store that was filled through the public API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from jupyter_mltrack.registry.changes import current_user
from jupyter_mltrack.store import Store, sql
from tests.kernels import LOAD, open_kernel
from tests.store.schema_page import questions

WORLD = """
import sys, time, types
import pandas as pd

client, DAY = mlflow.MlflowClient(), 86_400_000
now = int(time.time() * 1000)
wine, iris = (mlflow.create_experiment(name) for name in ("wine", "iris"))
white, red = (
    mlflow.data.from_pandas(pd.DataFrame({"x": range(n)}), name=name)
    for n, name in ((5, "white"), (6, "red"))
)
begun = 0

def run(name, minutes, params=None, *, data=None, days=0, experiment=wine, status="FINISHED",
        tags=None, curve=(), artifact=None, **metrics):
    global begun
    begun += 1000
    start = now - days * DAY + begun
    found = client.create_run(experiment, start, tags, name).info.run_id
    with mlflow.start_run(run_id=found):
        mlflow.log_params(params or {})
        mlflow.log_metrics(metrics)
        for step, value in enumerate(curve):
            mlflow.log_metric("val_loss", value, step=step)
        if data is not None:
            mlflow.log_input(data, context="training")
        if artifact is not None:
            mlflow.log_text(artifact, "notes.txt")
    client.set_terminated(found, status, start + minutes * 60_000)
    return found

def grid(lr, depth, seed):
    return {"lr": lr, "depth": depth, "seed": seed}

fake = sys.modules["fake_lib"] = types.ModuleType("fake_lib")
fake.__version__ = "1.0"
FIRST = {"mlflow.source.git.commit": "aaa"}
BASE = {"baseline": "true"}
SECOND = {"mlflow.source.git.commit": "bbb"}
"""

EARLIER = """
run("base", 30, grid(0.1, 2, 1), data=white, days=10, tags=FIRST | BASE, val_acc=0.8)
run("deep", 30, grid(0.1, 4, 1), data=white, days=10, tags=FIRST, val_acc=0.84, artifact="same")
run("slow", 30, grid(0.01, 4, 2), data=white, days=10, tags=FIRST | BASE, val_acc=0.82)
run("lost", 10, days=10, status="FAILED", tags=FIRST)
run("base again", 30, grid(0.1, 2, 1), data=white, tags=FIRST, val_acc=0.8)
"""

THIS_WEEK = """
down = [1 - 0.1 * step for step in range(8)]
run("deep on red", 60, grid(0.1, 4, 1), data=red, tags=SECOND, val_acc=0.88, artifact="same")
run("deepest", 90, grid(0.01, 8, 2), data=red, tags=SECOND, val_acc=0.9, artifact="different",
    curve=[*down, *(0.3 + 0.05 * step for step in range(1, 5))])
fake.__version__ = "1.1"
run("wild", 30, grid(1, 8, 1), data=red, tags=SECOND, curve=[2, 4, 8, float("nan"), float("nan")])
"""

NESTED = """
sweep = run("sweep", 60, experiment=iris)
for name, acc in {"a": 0.91, "b": 0.95, "c": 0.93}.items():
    run(name, 20, experiment=iris, tags={"mlflow.parentRunId": sweep}, acc=acc)
"""

MODELS = """
(found,) = client.search_runs(wine, "run_name = 'deepest'")
for name, score in {"ridge": 0.7, "forest": 0.9, "half": 0.95}.items():
    model = client.create_logged_model(wine, name, found.info.run_id).model_id
    client.log_metric(
        found.info.run_id, "test_acc", score, dataset_name="red", dataset_digest="1", model_id=model
    )
    if name != "half":
        client.finalize_logged_model(model, "READY")
"""

REGISTRY = """
from jupyter_mltrack.gates import MetricGate

clock = time.time

def ago(days):
    time.time = lambda: clock() - days * 86_400

def register(version, run_name):
    (found,) = client.search_runs(wine, f"run_name = '{run_name}'")
    client.create_model_version("quality", f"s3://models/{version}", found.info.run_id)

def move(version, stage, **how):
    client.transition_model_version_stage("quality", version, stage, **how)

ago(20)
client.create_registered_model("quality")
register(1, "base")
move(1, "Production")
ago(10)
register(2, "deepest")
move(2, "Production", archive_existing_versions=True, comment="more trees")
ago(5)
register(3, "deep")
client.set_stage_gates("Staging", [MetricGate("val_acc", minimum=0.85)])
move(3, "Staging", override="to see the new data")
time.time = clock
"""

FAILS = """
mlflow.set_experiment("iris")
with mlflow.start_run(run_name="typo"):
    undefined_name
"""

IS_KILLED = """mlflow.start_run(run_name="killed"); None"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store, after its kernel was killed."""
    with open_kernel(tmp_path_factory.mktemp("world"), LOAD, WORLD) as kernel:
        for cell in (EARLIER, THIS_WEEK, NESTED, MODELS, REGISTRY):
            assert kernel.run(cell).error is None
        assert kernel.run(FAILS).error.ename == "NameError"
        assert kernel.run(IS_KILLED).error is None
    yield kernel.store
    kernel.store.finish_sealing()


@dataclass(frozen=True)
class Day:
    """Midnight of a day, so many days before the test."""

    ago: int

    def midnight(self) -> dt.datetime:
        """As the views have it, in UTC."""
        today = dt.datetime.now(dt.UTC).date()
        return dt.datetime.combine(today - dt.timedelta(self.ago), dt.time())


LOW = "val_acc 0.84, wanted at least 0.85"
NO = None  # a gap: NaN, NaT or None

ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "Best validation score for each dataset and seed": [
        ("red", "1", 0.88, "deep on red"),
        ("red", "2", 0.9, "deepest"),
        ("white", "1", 0.84, "deep"),
        ("white", "2", 0.82, "slow"),
    ],
    "Runs whose code changed since Monday": [
        ("deep on red", "bbb"),
        ("deepest", "bbb"),
        ("wild", "bbb"),
    ],
    "Which param moved the metric most": [
        ("depth", 0.87, 6),
        ("lr", -0.37, 6),
        ("seed", 0.37, 6),
    ],
    "When did overfitting begin": [("deepest", 7, 0.3, 0.5), ("wild", 0, 2.0, 8.0)],
    "Runs that died, and the cell they died in": [
        ("lost", "FAILED", EARLIER),
        ("typo", "FAILED", FAILS),
        ("killed", "KILLED", IS_KILLED),
    ],
    "Hours spent on each experiment this week": [("wine", 3.5), ("iris", 1.0)],
    "Which runs used this dataset": [
        (name, "training") for name in ("deep on red", "deepest", "wild")
    ],
    "Params that differ between two runs": [
        ("depth", "8", "4"),
        ("lr", "0.01", "0.1"),
        ("seed", "2", "1"),
    ],
    "Runs with the same params but different results": [(["deep", "deep on red"], 0.04)],
    "Median of the last ten steps": [("deepest", 0.475), ("wild", 8.0)],
    "Packages that changed between the best run and the latest": [("fake_lib", "1.0", "1.1")],
    "Largest artifacts": [("deepest", "notes.txt", 9), ("deep", "notes.txt", 4)],
    "Artifacts stored more than once": [("notes.txt", 2, 4)],
    "Learning curves side by side": [(0, 1.0, 2.0), (5, 0.5, NO), (10, 0.45, NO)],
    "Improvement over the baseline, for each seed": [("1", 0.08), ("2", 0.08)],
    "A running average": [(0, 1.0), (1, 0.95), (2, 0.9)],
    "Failed runs for each day": [(Day(10), 1, 4), (Day(0), 1, 10)],
    "Finished runs without a validation score": [("wild",)],
    "Best run in each cell of a grid": [
        (0.01, 4, "slow", 0.82),
        (0.01, 8, "deepest", 0.9),
        (0.1, 2, "base", 0.8),
        (0.1, 4, "deep on red", 0.88),
    ],
    "When did a metric first become NaN": [("wild", "val_loss", 3, 2)],
    "Best child of each parent run": [("sweep", 3, "b")],
    "Best model on a dataset": [("forest", "deepest", 0.9)],
    "Models that are not whole": [
        ("half", "FAILED", "The process that logged it ended before it was complete.")
    ],
    "What was in Production on a date": [("quality", 1, "base")],
    "Who promoted what in the last 30 days": [
        (Day(20), current_user(), "quality", 1, NO),
        (Day(10), current_user(), "quality", 2, "more trees"),
    ],
    "Versions whose run was worse than that of Production": [
        ("quality", 1, "Archived", 0.8, 2, 0.9),
        ("quality", 3, "Staging", 0.84, 2, 0.9),
    ],
    "How long each version was in Production": [("quality", 1, 10.0), ("quality", 2, 10.0)],
    "Gates that were overridden, and why": [
        ("quality", 3, "Staging", LOW, "to see the new data", current_user())
    ],
}


@pytest.mark.parametrize("question", ANSWERS)
def test_a_question_is_answered_in_one_statement(world: Store, question: str) -> None:
    """With the very statement that stands in the page."""
    query = questions()[question]
    digest = world.rows("SELECT digest FROM datasets WHERE name = 'red'")[0][0]
    values = {"digest": digest, "a": "deepest", "b": "deep on red", "then": Day(15).midnight()}
    asked = {name: values[name] for name in sql.placeholders(query)}
    frame = sql.frame(world, query, asked or None)
    found = [tuple(map(plain, row)) for row in frame.itertuples(index=False)]
    assert found == [tuple(map(plain, row)) for row in ANSWERS[question]]


def test_every_question_of_the_page_has_a_test() -> None:
    """And the other way round; there are twenty at least."""
    assert questions().keys() == ANSWERS.keys()
    assert len(ANSWERS) >= 20


def plain(value: Any) -> Any:
    """A value as it is compared: rounded, without NumPy's types, NaN as None."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, Day):
        return value.midnight()
    if isinstance(value, float):
        return None if value != value else round(value, 6)  # noqa: PLR0124  (NaN)
    return value.strip() if isinstance(value, str) else value
