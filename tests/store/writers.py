"""What the tests of the store share: child processes, events to log, and what a store holds."""

from __future__ import annotations

import mmap
import os
import signal
import struct
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb  # noqa: TC002  (one block of imports)

from jupyter_mltrack.events import (
    Artifact,
    Cell,
    Environment,
    Event,
    ExperimentCreated,
    ExperimentSet,
    Input,
    Metric,
    ModelCreated,
    ModelFile,
    ModelMetric,
    ModelSet,
    ModelUsed,
    Param,
    RegistryChange,
    RunStage,
    RunStarted,
    RunStatus,
    Tag,
)
from jupyter_mltrack.store import Store, trail
from jupyter_mltrack.store.database import Replaced

VIEWS = (
    "artifacts cells code datasets environments experiments inputs logged_model_files"
    " logged_model_metrics logged_models metric_history metrics model_aliases model_versions"
    " packages params quarantine registered_models registry_events run_cells run_models runs"
    " sessions tags"
).split()


# Processes -------------------------------------------------------------------------------------


def fork(function: Callable[..., object], *arguments: Any) -> int:
    """Run a function in a child of this process, which has imported everything already."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        function(*arguments)
        status = 0
    except BaseException:  # noqa: BLE001  (the child must not go on as a second parent)
        traceback.print_exc()
    finally:
        os._exit(status)


def end(child: int) -> int:
    """How a child ended: its exit status, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def join(children: list[int]) -> None:
    """Wait for children; all must have ended well."""
    assert [end(child) for child in children] == [0] * len(children)


def kill(child: int, number: int = signal.SIGKILL) -> int:
    """Kill a child and wait until it is gone."""
    os.kill(child, number)
    return end(child)


def die() -> None:
    """End this process at once, as the out-of-memory killer does."""
    os.kill(os.getpid(), signal.SIGKILL)


class Slots:
    """Numbers that a child writes and its parent reads, also after the child was killed."""

    def __init__(self, count: int) -> None:
        self.memory = mmap.mmap(-1, count * 8)

    def __setitem__(self, slot: int, number: int) -> None:
        struct.pack_into("<q", self.memory, slot * 8, number)

    def __getitem__(self, slot: int) -> int:
        return int(struct.unpack_from("<q", self.memory, slot * 8)[0])

    def wait_for(self, slot: int, number: int, *, timeout: float = 60.0) -> None:
        """Return when a slot has reached a number."""
        deadline = time.monotonic() + timeout
        while self[slot] < number:
            assert time.monotonic() < deadline, f"slot {slot} stayed at {self[slot]}"
            time.sleep(0.001)


# Events ----------------------------------------------------------------------------------------


def begun(run: str, experiment: str = "0") -> RunStarted:
    """The birth of a run."""
    return RunStarted(run=run, experiment=experiment, ts=1_000)


def point(run: str, value: float, *, key: str = "loss", step: int = 0) -> Metric:
    """One point of a metric; its value says which one it is."""
    return Metric(run=run, key=key, value=value, step=step)


def finished(run: str) -> RunStatus:
    """The good end of a run."""
    return RunStatus(run=run, text="FINISHED", ts=2_000, seconds=1.0)


def one_of_each(run: str, *, chain: str = "") -> list[Event]:
    """A run with an event of every kind, and another one that was purged.

    Args:
        run: Its id.
        chain: That of the last change of the registry before.
    """
    gone = f"{run}-gone"
    return [
        ExperimentCreated(experiment=f"of-{run}", text=f"name of {run}"),
        ExperimentSet(experiment=f"of-{run}", field="tag", key="k", text="v"),
        Environment(python="3.11", platform="linux", packages={"numpy": "2", "op": "1", "c": "1"}),
        Cell(number=1, sha256=f"sha-{run}", source="x = 1"),
        RunStarted(run=run, experiment=f"of-{run}", ts=1_000, number=1, user="me", cell=1),
        Param(run=run, key="lr", text="0.1"),
        Tag(run=run, key="mlflow.runName", text=f"name of {run}"),
        *(point(run, i, step=i) for i in range(20)),
        Input(run=run, name="n", digest="d", source_type="local", source="s", tags={"op": "x"}),
        Artifact(run=run, path="a.txt", size=3, sha256="s"),
        *model_of(run),
        *registry_of(run, chain),
        finished(run),
        begun(gone),
        point(gone, 1),
        *model_of(gone),
        RunStage(run=gone, text="purged", ts=3),
        finished(gone),
    ]


def model_of(run: str) -> list[Event]:
    """A model that lies among the files of a run, one with a folder of its own, and one purged."""
    made, own, gone = (f"m-{run}{which}" for which in ("", "-own", "-purged"))
    return [
        ModelCreated(model=made, experiment="0", name="n", ts=1_500, run=run, folder="model"),
        ModelSet(model=made, field="tag", key="k", text="v", ts=1_501),
        ModelSet(model=made, field="param", key="p", text="0.5", ts=1_502),
        Artifact(run=run, path="model/MLmodel", size=4, sha256="s4"),
        ModelSet(model=made, field="status", text="READY", ts=1_503),
        ModelUsed(run=run, model=made, field="output", step=3),
        ModelMetric(run=run, key="acc", value=0.5, step=1, ts=1_600, model=made),
        ModelMetric(
            run=run, key="acc", value=0.75, step=2, ts=1_601, model=made,
            dataset_name="d", dataset_digest="1",
        ),
        ModelCreated(model=own, experiment="0", name="own", ts=1_700, model_type="clf"),
        ModelFile(model=own, path="MLmodel", size=5, sha256="s5"),
        ModelSet(model=own, field="status", text="FAILED", ts=1_701, message="the disk is full"),
        ModelCreated(model=gone, experiment="0", name="gone", ts=1_800),
        ModelFile(model=gone, path="MLmodel", size=6, sha256="s6"),
        ModelMetric(run=run, key="acc", value=0.25, step=0, ts=1_602, model=gone),
        ModelSet(model=gone, field="stage", text="purged", ts=1_801),
    ]  # fmt: skip


def registry_of(run: str, chain: str = "") -> list[RegistryChange]:
    """A registered model with three versions, of which one was deleted, and one that is gone."""
    model, gone, rules = f"r-{run}", f"r-{run}-deleted", '[{"gate":"HasDescription"}]'
    digest, who = "d" * 64, '{"run_id":"' + run + '","model_id":"m-' + run + '"}'
    said = '{"gates":[],"override":"it is urgent"}'
    stages = '["None","Staging","Production","Release","Archived"]'
    nobody = '[{"user":"nobody","uid":4294967294}]'
    changes = [
        RegistryChange(model, "created", text=f"first name of {run}"),
        RegistryChange(model, "name", 0, "", f"first name of {run}", f"model of {run}"),
        RegistryChange(model, "description", text="what it is"),
        RegistryChange(model, "tag", 0, "team", None, "a"),
        RegistryChange(model, "tag", 0, "team", "a"),
        *(
            RegistryChange(model, "created", n, text=f"runs:/{run}/m", digest=digest, details=who)
            for n in (1, 2, 3)
        ),
        RegistryChange(model, "tag", 1, "tests", None, "passed"),
        RegistryChange(model, "stage", 1, "", "None", "Production", "it is better", details=said),
        RegistryChange(model, "stage", 2, "", "None", "Staging"),
        RegistryChange(model, "alias", 0, "champion", None, "1"),
        RegistryChange(model, "alias", 0, "champion", "1", "2"),
        RegistryChange(model, "alias", 0, "old", None, "1"),
        RegistryChange(model, "alias", 0, "old", "1"),
        RegistryChange(model, "deleted", 3, before=f"runs:/{run}/m"),
        RegistryChange("", "stages", 0, "", None, stages),
        RegistryChange("", "gates", 0, "Staging", None, rules),
        RegistryChange("", "approvers", 0, "Release", None, nobody),
        RegistryChange(model, "stage", 2, "", "Staging", "Release", "it is refused"),
        RegistryChange(gone, "created", text="deleted"),
        RegistryChange(gone, "created", 1, text="/elsewhere"),
        RegistryChange(gone, "deleted", before="deleted"),
    ]
    for number, change in enumerate(changes):
        change.user, change.author, change.ts = "me", os.geteuid(), 2_000 + number
        chain = change.chain = trail.link(chain, change)
    return changes


def last_chain(events: Sequence[Event]) -> str:
    """The chain of the last change of the registry among events."""
    return [event.chain for event in events if isinstance(event, RegistryChange)][-1]


# What a store holds ----------------------------------------------------------------------------


def count(store: Store, what: str = "metric_history") -> int:
    """How many rows a table or view has."""
    return int(store.rows(f"SELECT count(*) FROM {what}")[0][0])  # noqa: S608  (names of ours)


def values(store: Store, run: str) -> list[float]:
    """The values of all points of a run, in order."""
    query = "SELECT value FROM metric_history WHERE run_id = ? ORDER BY q"
    return [value for (value,) in store.rows(query, [run])]


def dump(connection: duckdb.DuckDBPyConnection, views: Sequence[str] = ()) -> dict[str, list[str]]:
    """All rows of all tables, and of some views, in an order of their own."""
    query = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'base' AND NOT temporary"
    tables = [f"base.{name}" for (name,) in connection.execute(query).fetchall()]
    tables.remove("base.meta")
    found = {name: connection.execute(f"FROM {name}").fetchall() for name in (*tables, *views)}
    return {name: sorted(map(repr, rows)) for name, rows in found.items()}


def contents(store: Store) -> dict[str, list[str]]:
    """`dump` of a store, all that was logged included."""
    try:
        with store.reading() as connection:
            return dump(connection)
    except Replaced:
        with store.reading() as connection:
            return dump(connection)


def journals(store: Store) -> list[Path]:
    """The journals that are not sealed."""
    return sorted(store.folder.glob("*.ndjson"))
