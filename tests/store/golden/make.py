"""Make a golden store: one with every kind of event, as this release writes it.

    python -m tests.store.golden.make

Run it by hand, once for each new format, before the release, and commit the folder
``format-<number>`` that it makes. It is never made again: `test_golden.py` shows that every later
release reads it. A folder holds the journals (the truth; one of them sealed) and
``expected.json``: what the views say. The database is left out: it is a cache, made again from the
journals, and DuckDB's own promise to read its older files is not ours to test.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from jupyter_mltrack.events import FORMAT
from jupyter_mltrack.store import Store
from tests.store.writers import begun, finished, last_chain, one_of_each, point

#: Files beside the journals that only processes at work need.
PASSING = ("lock", "seal.lock", "turn")

#: What is compared. Later releases may add columns, and views.
QUESTIONS = {
    "runs": "SELECT run_id, experiment_id, number, run_name, status, lifecycle_stage, start_time,"
    " end_time, duration, user_id, params, metrics, tags FROM runs",
    "experiments": "SELECT experiment_id, name, lifecycle_stage, artifact_location, tags"
    " FROM experiments",
    "params": "SELECT run_id, key, value FROM params",
    "tags": "SELECT run_id, key, value FROM tags",
    "metrics": "SELECT run_id, key, value, step, min, max, count FROM metrics",
    "metric_history": "SELECT run_id, key, value, step FROM metric_history",
    "datasets": "SELECT name, digest, source_type, source FROM datasets",
    "artifacts": "SELECT run_id, path, size, sha256 FROM artifacts",
    "logged_models": "SELECT model_id, name, experiment_id, run_id, folder, model_type, status,"
    " status_message, lifecycle_stage, params, metrics, tags, creation_timestamp,"
    " last_updated_timestamp FROM logged_models",
    "logged_model_metrics": "SELECT model_id, run_id, key, value, step, dataset_name,"
    " dataset_digest FROM logged_model_metrics",
    "logged_model_files": "SELECT model_id, path, size, sha256 FROM logged_model_files",
    "run_models": "SELECT run_id, model_id, direction, step FROM run_models",
    "registered_models": "SELECT name, registered_model_id, description, tags, aliases, user_id,"
    " creation_timestamp, last_updated_timestamp FROM registered_models",
    "model_versions": "SELECT name, version, stage, status, aliases, description, tags, run_id,"
    " model_id, source, digest, user_id, author, creation_timestamp, last_updated_timestamp"
    " FROM model_versions",
    "model_versions_at": "SELECT name, version, stage, aliases"
    " FROM model_versions_at(epoch_ms(2009))",
    "model_aliases": "SELECT name, alias, version FROM model_aliases",
    "registry_events": "SELECT number, name, version, field, key, old_value, new_value, comment,"
    " user_id, author, digest, details, refused IS NOT NULL, timestamp, chain"
    " FROM registry_events",
    "cells": "SELECT number, sha256, source, ok FROM cells",
    "quarantine": "SELECT excerpt FROM quarantine",
}


def answers(store: Store, questions: Iterable[str] = QUESTIONS) -> dict[str, list[str]]:
    """What a store answers to questions, in an order of its own."""
    return {name: sorted(map(repr, store.rows(QUESTIONS[name]))) for name in questions}


def fill(store: Store) -> None:
    """Two journals: a sealed one with every kind of event, and one that its writer left open."""
    first = one_of_each("first")
    store.append_all(first)
    store.append_all([point("first", value, key="odd") for value in (-0.0, 5e-324, 1e308)])
    store.append(point("first", "NaN", key="nan"))  # type: ignore[arg-type]
    store.close()
    store.fold()
    store.finish_sealing()
    store.append_all([begun("second"), point("second", 0.5, key="été 数"), finished("second")])
    store.append_all(one_of_each("third", chain=last_chain(first)))
    store.close()
    torn = max(store.folder.glob("*.ndjson"), key=lambda path: path.stat().st_mtime_ns)
    with torn.open("a") as journal:
        journal.write('{"v":1,"torn\n')


def main(folder: Path) -> None:
    """Make the golden store of this format in ``folder``."""
    home = folder / f"format-{FORMAT}"
    if home.exists():
        sys.exit(f"{home} is there already; a golden store is made once and kept.")
    home.mkdir()
    store = Store(home / "m.duckdb")
    fill(store)
    with tempfile.TemporaryDirectory() as passing:  # a reader may seal and add: on a copy
        shutil.copytree(store.folder, Path(passing, "m.journal"))
        said = answers(Store(Path(passing, "m.duckdb")))
    (home / "expected.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    for passing_file in (store.path, *(store.folder / name for name in PASSING)):
        passing_file.unlink(missing_ok=True)
    print(home)


if __name__ == "__main__":
    main(Path(__file__).parent)
