"""Run by an interpreter with another DuckDB: log to a store, read it, tell what is there.

Only the store is imported, not the package around it, so DuckDB and msgspec are all it needs.
"""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main(path: Path, run: str) -> None:
    """Log ten points and print the version of DuckDB and what each metric counts."""
    package = types.ModuleType("jupyter_mltrack")
    package.__path__ = [str(ROOT / "jupyter_mltrack")]
    sys.modules["jupyter_mltrack"] = package
    import duckdb

    from jupyter_mltrack.events import Metric, RunStarted, RunStatus
    from jupyter_mltrack.store import Store, sql

    store = Store(path)
    store.append(RunStarted(run=run, experiment="0", ts=1))
    store.append_all([Metric(run=run, key="k", value=float(i), step=i) for i in range(10)])
    store.append(RunStatus(run=run, text="FINISHED", ts=2))
    store.close()
    found = store.rows("SELECT run_id, count, value FROM metrics ORDER BY run_id")
    views = [f"{view}: {said}" for view, (said, _) in sql.views(store).items()]
    for view in sql.views(store):
        store.rows(f"SELECT * FROM {view}")  # noqa: S608  (names of ours)
    store.finish_sealing()
    print(json.dumps({"version": duckdb.__version__, "metrics": found, "views": views}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
