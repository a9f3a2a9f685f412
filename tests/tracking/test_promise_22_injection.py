"""Promise 22: no search string reads a file or changes anything, at any method that takes one."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import MlflowException
from jupyter_mltrack.store import compiler
from tests.reliability import Noting
from tests.store.test_versions import hashed
from tests.store.writers import contents

pytestmark = pytest.mark.usefixtures("fresh")

#: What only the file beside the store holds, and what only a run of another experiment holds.
CANARY, HIDDEN = "canary-4711", "hidden-0815"

OPENINGS = [
    *(
        "",
        "'",
        "''",
        '"',
        "`",
        "')",
        "'))",
        "1",
        "metrics.a > 1",
        "params.p = 'x'",
        "tags.`t` = 'x'",
    ),
    *(
        "params.p = '",
        "metrics.`a` ",
        'params.`p"',
        "tags.\"t'",
        "name = '",
        "attributes.run_id = '",
    ),
    *(
        "params.p = 'x' ",
        "metrics.a DESC",
        "attributes.start_time",
        "status IN ('",
        "$run",
        "?",
        ":x",
    ),
]
PAYLOADS = [
    "; DROP TABLE base.runs",
    "; DELETE FROM base.runs",
    "; COPY base.runs TO '{folder}/stolen.csv'",
    "; ATTACH '{folder}/new.duckdb' AS x",
    "; INSTALL httpfs; LOAD httpfs",
    "; SET enable_external_access = true",
    " OR 1=1 --",
    " OR '1'='1",
    " OR TRUE /*",
    " UNION SELECT * FROM base.runs --",
    " UNION ALL SELECT content FROM read_text('{folder}/{canary}') --",
    " AND (SELECT count(*) FROM read_csv('{folder}/{canary}')) > 0",
    " || (SELECT content FROM read_text('{folder}/{canary}')) || '",
    ", (SELECT content FROM read_text('{folder}/{canary}'))",
    " LIMIT 0; UPDATE base.runs SET status = 'FAILED'",
    " AND getenv('HOME') = 'x",
    "') OR list_contains($experiments, experiment_id) OR ('1'='1",
    "\x00; DROP TABLE base.runs",
    "\n-- \nDROP TABLE base.runs",
    "\ud800",
]


def injections(folder: Path) -> list[str]:
    """Two hundred of them, by combination."""
    found = [
        opening + payload.format(folder=folder, canary="canary.txt")
        for opening, payload in itertools.product(OPENINGS, PAYLOADS)
    ]
    random.Random(22).shuffle(found)
    return ["1 OR 1=1 --", *found[:199]]


def questions(experiment: str, run: str) -> dict[str, Callable[[str], Any]]:
    """Every method that is given text to look for."""
    client = mlflow.MlflowClient()
    return {
        "filter": lambda text: client.search_runs([experiment], text),
        "order_by": lambda text: client.search_runs([experiment], "", order_by=[text]),
        "fluent filter": lambda text: mlflow.search_runs([experiment], text, output_format="list"),
        "experiment_ids": lambda text: client.search_runs([text]),
        "experiments": lambda text: client.search_experiments(filter_string=text),
        "experiments order": lambda text: client.search_experiments(order_by=[text]),
        "page_token": lambda text: client.search_runs([experiment], page_token=text),
        "experiment by name": client.get_experiment_by_name,
        "experiment by id": client.get_experiment,
        "run by id": client.get_run,
        "history": lambda text: client.get_metric_history(run, text),
        "history of run": lambda text: client.get_metric_history(text, "a"),
        "artifacts": lambda text: client.list_artifacts(run, text),
        "download": lambda text: client.download_artifacts(run, text),
        "table": lambda text: client.load_table(experiment, f"{text}.json"),
        "models": lambda text: client.search_logged_models([experiment], text),
        "models of": lambda text: client.search_logged_models([text]),
        "models order": lambda text: client.search_logged_models(
            [experiment], order_by=[{"field_name": text}]
        ),
        "models order on": lambda text: client.search_logged_models(
            [experiment], order_by=[{"field_name": "metrics.a", "dataset_name": text}]
        ),
        "models on": lambda text: client.search_logged_models(
            [experiment], datasets=[{"dataset_name": text, "dataset_digest": text}]
        ),
        "model by id": client.get_logged_model,
        "model by name": lambda text: client.newest_model([experiment], text),
        "model of run": lambda text: client.logged_model_at(run, text),
        "versions": client.search_model_versions,
        "versions order": lambda text: client.search_model_versions("name = 'm'", order_by=[text]),
        "registered": client.search_registered_models,
        "registered order": lambda text: client.search_registered_models(
            "name = 'm'", order_by=[text]
        ),
        "registered by name": client.get_registered_model,
        "version by alias": lambda text: client.get_model_version_by_alias("m", text),
        "version by URI": lambda text: client.get_model_version_by_uri(f"models:/{text}"),
        "bound": lambda text: client.store.rows("SELECT * FROM runs WHERE run_id = ?", [text]),
    }


def fill(folder: Path) -> tuple[str, str]:
    """A store with a run to be found, one in another experiment, and a file beside it."""
    (folder / "canary.txt").write_text(CANARY)
    other = mlflow.create_experiment("other")
    client = mlflow.MlflowClient()
    client.create_run(other, tags={"where": HIDDEN})
    client.create_logged_model(other, "m", tags={"where": HIDDEN})
    client.create_registered_model("m", {"t": "x"})
    client.create_registered_model("other", {"where": HIDDEN})
    client.create_model_version("other", "s3://bucket/m", tags={"where": HIDDEN})
    experiment = mlflow.create_experiment("searched")
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_metric("a", 2)
        mlflow.log_param("p", "x")
        made = client.create_logged_model(experiment, "m", run.info.run_id, {"t": "x"}, {"p": "x"})
        mlflow.log_metric("a", 2, model_id=made.model_id)
    mlflow.search_runs([experiment])
    return experiment, run.info.run_id


def spoken(answer: Any) -> str:
    """All that an answer says, runs with their data."""
    if isinstance(answer, list):
        return " ".join(map(spoken, answer))
    return str(answer.to_dictionary() if hasattr(answer, "to_dictionary") else answer)


def ask_all(folder: Path, every: int) -> tuple[int, int, list[str]]:
    """How many questions were asked and answered, and those that got through.

    Each method is asked every n-th string, beginning with another one.
    """
    experiment, run = fill(folder)
    store = mlflow.MlflowClient().store
    before, files = contents(store), hashed(folder)
    tried, answered, through = 0, 0, []
    strings, asked = injections(folder), questions(experiment, run)
    with store.reading():  # many questions, one opening
        for first, (name, ask) in enumerate(asked.items()):
            for text in strings[first % every :: every]:
                tried += 1
                try:
                    found = spoken(ask(text))
                except MlflowException:
                    continue
                except Exception as error:  # noqa: BLE001  (whatever is not ours got through)
                    through.append(f"{name}: {text!r}: {type(error).__name__}: {error}")
                    continue
                answered += 1
                if CANARY in found or HIDDEN in found:
                    through.append(f"{name}: {text!r}: {found[:200]}")
    assert contents(store) == before
    changed = set(hashed(folder).items()) ^ set(files.items())
    return tried, answered, through + sorted(map(str, changed))


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.nightly)])
def test_no_string_gets_through(fresh: Path, every: int, promise: Noting) -> None:
    """Each gives an answer of the runs asked for, or an error of ours; no file changes."""
    asked, answered, through = ask_all(fresh, every)
    figures = {
        "strings": 200,
        "questions": asked,
        "answered": answered,
        "got_through": len(through),
    }
    promise(22, "injections × query methods", **figures)
    assert through == []


def test_text_put_into_the_statement_would_get_through(
    fresh: Path, promise: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the search string as a part of the statement, the same harness finds it."""
    from jupyter_mltrack.store import queries

    monkeypatch.setattr(queries, "parse_filter", lambda text, _: text)
    monkeypatch.setattr(compiler.Compiler, "where", lambda _, text: text or "true")
    experiment, _ = fill(fresh)
    found = spoken(mlflow.MlflowClient().search_runs([experiment], "1 OR 1=1 --"))
    promise(22, "mutation: search string pasted into SQL", caught="yes")
    assert HIDDEN in found
