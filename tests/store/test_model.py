"""Whatever is done to a store, by several writers in any order: it shows what was logged.

A state machine logs, kills, tears, damages, folds, seals and rebuilds at random, and keeps a plain
list of the events that must count. Then: view(database and journals) == model(list).
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from jupyter_mltrack.events import (
    Event,
    Metric,
    ModelCreated,
    ModelMetric,
    ModelSet,
    ModelUsed,
    Param,
    RunStage,
    RunStarted,
    RunStatus,
    Tag,
)
from jupyter_mltrack.store import Store, bite, fold, journal, shelf, statements
from jupyter_mltrack.store import store as store_module
from jupyter_mltrack.store.lines import encode, is_whole
from tests.reliability import Noting
from tests.store.model import expected, models, shown, states
from tests.store.writers import begun, die, end, fork, journals

VALUES = [1.5, -0.0, -3.0, 5e-324, 1.7976931348623157e308, "NaN", "Infinity", "-Infinity"]
KEYS = ["k", "é 😀\n", '","c":1}']
STEPS = [0, 1, -1, 2**63 - 1, -(2**63)]
WRITERS = 3

#: A run and what is logged of it; the machine puts a run in.
logged = st.one_of(
    st.builds(Param, run=st.just(""), key=st.sampled_from(KEYS), text=st.sampled_from("ab")),
    st.builds(
        Tag, run=st.just(""), key=st.sampled_from(KEYS), text=st.sampled_from(["a", "", None])
    ),
    st.builds(
        Metric,
        run=st.just(""),
        key=st.sampled_from(KEYS),
        value=st.sampled_from(VALUES),
        step=st.sampled_from(STEPS),
        ts=st.integers(0, 2),
    ),
)
#: What is logged of a model and a run; the machine puts both in.
logged_of_model = st.one_of(
    st.builds(
        ModelSet,
        model=st.just(""),
        field=st.just("tag"),
        key=st.sampled_from("kl"),
        text=st.sampled_from(["a", None]),
    ),
    st.builds(
        ModelSet,
        model=st.just(""),
        field=st.just("param"),
        key=st.sampled_from("kl"),
        text=st.sampled_from("ab"),
    ),
    st.builds(
        ModelSet,
        model=st.just(""),
        field=st.just("status"),
        text=st.sampled_from(["READY", "FAILED", "PENDING"]),
    ),
    st.builds(
        ModelSet,
        model=st.just(""),
        field=st.just("stage"),
        text=st.sampled_from(["deleted", "deleted", "purged"]),
    ),
    st.builds(
        ModelMetric,
        run=st.just(""),
        model=st.just(""),
        key=st.sampled_from(KEYS),
        value=st.sampled_from(VALUES),
        step=st.sampled_from(STEPS),
        ts=st.integers(0, 2),
    ),
    st.builds(
        ModelUsed,
        run=st.just(""),
        model=st.just(""),
        field=st.just("output"),
        step=st.integers(0, 2),
    ),
)
writer = st.integers(0, WRITERS - 1)
pick = st.integers(0, 1_000)
decode = msgspec.json.Decoder(
    RunStarted | RunStatus | RunStage | Param | Tag | Metric
    | ModelCreated | ModelSet | ModelMetric | ModelUsed
).decode  # fmt: skip


class StoreMachine(RuleBasedStateMachine):
    """Three writers and their store.

    Attributes:
        counting: The events that must count.
        tokens: Of the journals whose writer lives, by writer.
        damage: Damaged lines: name of the journal, first byte, end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="mltrack-model-"))
        self.stores = [Store(self.folder / "m.duckdb") for _ in range(WRITERS)]
        self.counting: list[Event] = []
        self.damage: list[tuple[str, int, int]] = []
        self.killed: set[tuple[str, int]] = set()
        self.runs = 0
        self.models = 0
        self.real_time = journal.time
        self.do(0, begun(self.new_run()))

    # Logging -----------------------------------------------------------------------------------

    def new_run(self) -> str:
        """A run that was never there."""
        self.runs += 1
        return f"r{self.runs - 1}"

    def do(self, who: int, *events: Event) -> None:
        """Have a writer log something that counts from now on."""
        self.stores[who].append_all(events)
        self.counting += events

    @rule(who=writer)
    def start(self, who: int) -> None:
        """A run begins."""
        self.do(who, begun(self.new_run()))

    @rule(who=writer, run=pick, events=st.lists(logged, min_size=1, max_size=4))
    def log(self, who: int, run: int, events: list[Event]) -> None:
        """Something is logged of a run, by whoever."""
        self.do(who, *[copied(event, run=f"r{run % self.runs}") for event in events])

    @rule(who=writer, run=pick, folder=st.sampled_from(["f", None]))
    def make_a_model(self, who: int, run: int, folder: str | None) -> None:
        """A model is begun, among the files of a run or in a folder of its own."""
        of = f"r{run % self.runs}"
        self.models += 1
        model = f"m{self.models - 1}"
        self.do(
            who, ModelCreated(model=model, experiment="0", name="n", ts=1, run=of, folder=folder)
        )

    @rule(
        who=writer, run=pick, model=pick, events=st.lists(logged_of_model, min_size=1, max_size=4)
    )
    def log_of_a_model(self, who: int, run: int, model: int, events: list[Event]) -> None:
        """Something is logged of a model, also of one that is not there yet, by whoever."""
        places = {"run": f"r{run % self.runs}", "model": f"m{model % (self.models + 1)}"}
        for event in events:
            fields = places if hasattr(event, "run") else {"model": places["model"]}
            self.do(who, copied(event, **fields))

    @rule(who=writer, run=pick, text=st.sampled_from(["FINISHED", "FAILED", "RUNNING"]))
    def end_or_resume(self, who: int, run: int, text: str) -> None:
        """A run ends, or goes on."""
        self.do(who, RunStatus(run=f"r{run % self.runs}", text=text, ts=5))

    @rule(who=writer, run=pick, text=st.sampled_from(["deleted", "active", "active", "purged"]))
    def delete_or_restore(self, who: int, run: int, text: str) -> None:
        """A run is deleted, restored, or gone for ever."""
        self.do(who, RunStage(run=f"r{run % self.runs}", text=text, ts=6))

    @rule(who=writer, run=pick, events=st.lists(logged, min_size=1, max_size=4))
    def log_in_a_child(self, who: int, run: int, events: list[Event]) -> None:
        """A child is forked, logs, and is killed; it tells what was acknowledged on a pipe."""
        heard, pipe = os.pipe()
        events = [copied(event, run=f"r{run % self.runs}") for event in events]

        def child() -> None:
            for event in events:
                self.stores[who].append(event)
                os.write(pipe, encode(event))
            die()

        assert end(fork(child)) == -signal.SIGKILL
        os.close(pipe)
        with os.fdopen(heard, "rb") as told:
            acknowledged = [decode(line) for line in told.read().splitlines()]
        assert len(acknowledged) == len(events)
        assert not {event.j for event in acknowledged} & self.living(), "a journal has two writers"
        self.counting += acknowledged

    # Trouble -----------------------------------------------------------------------------------

    @rule(who=writer)
    def kill(self, who: int) -> None:
        """A writer dies: its journal is not locked any more. Another one takes its place."""
        writer = self.stores[who].journal
        if writer._descriptor >= 0:
            os.close(writer._descriptor)
        writer._forget()

    @rule(seconds=st.sampled_from([-3600.0, 0.0, 365 * 86_400.0]))
    def jump(self, seconds: float) -> None:
        """Somebody sets the clock."""
        real = self.real_time
        journal.time = SimpleNamespace(  # type: ignore[assignment]
            time=lambda: real.time() + seconds, monotonic=real.monotonic, sleep=real.sleep
        )

    @rule(which=pick, part=st.floats(0, 1))
    def tear(self, which: int, part: float) -> None:
        """The last line of a dead writer is cut; without its newline alone it is whole."""
        if found := self.find(which, last=True):
            event, path, start, stop = found
            cut = start + int(part * (stop - start - 1))
            os.truncate(path, cut)
            if cut < stop - 1:
                self.drop(event)
                self.damage += [(path.stem, start, cut)] * (cut > start)

    @rule(which=pick, part=st.floats(0, 1), size=st.sampled_from([1, 1, 8, 64]))
    def damage_a_line(self, which: int, part: float, size: int) -> None:
        """A byte of a dead writer's line is another one, or a block of it is zeros."""
        if found := self.find(which):
            event, path, start, stop = found
            place = start + int(part * (stop - start - 2))
            text = bytearray(path.read_bytes())
            block = slice(place, min(place + size, stop - 1))
            text[block] = bytes([text[place] ^ 1]) if size == 1 else bytes(block.stop - place)
            self.drop(event)
            path.write_bytes(text)
            self.damage.append((path.stem, start, stop))

    def find(self, which: int, *, last: bool = False) -> tuple[Event, Path, int, int] | None:
        """An event in an open journal of a dead writer: it, the file, its first byte, its end."""
        living = self.living()
        texts = {path: path.read_bytes() for path in journals(self.stores[0])}
        places = []
        for event in self.counting:
            for path, text in texts.items():
                start = text.find(line := encode(event))
                if path.stem.endswith(event.j) and event.j not in living and start >= 0:
                    places.append((event, path, start, start + len(line)))
        if last:
            places = [place for place in places if place[3] == len(texts[place[1]])]
        return places[which % len(places)] if places else None

    def drop(self, event: Event) -> None:
        """An event is lost: from its journal, so the database must not know it either."""
        self.counting.remove(event)
        self.delete_database()

    @rule()
    def delete_database(self) -> None:
        """Somebody removes the database."""
        for name in ("m.duckdb", "m.duckdb.wal"):
            (self.folder / name).unlink(missing_ok=True)

    @rule(part=st.floats(0, 0.99))
    def cut_database(self, part: float) -> None:
        """The database loses its end."""
        path = self.folder / "m.duckdb"
        if path.exists():
            os.truncate(path, int(path.stat().st_size * part))

    # Folding -----------------------------------------------------------------------------------

    @rule(who=writer)
    def fold(self, who: int) -> None:
        """The database is brought up to date; journals of the dead are sealed."""
        self.stores[who].fold()
        self.stores[who].finish_sealing()

    @rule(at=st.integers(0, 30))
    def die_while_folding(self, at: int) -> None:
        """A process is killed before some statement of a fold, or after the last."""

        def child() -> None:
            other = Store(self.folder / "m.duckdb")
            steps = iter(range(at + 1))
            other.folding.tracer = lambda *_: None if next(steps, at) < at else die()
            store_module.watermarks = lambda *_: die()  # type: ignore[assignment]
            other.fold()

        assert end(fork(child)) in {0, -signal.SIGKILL}

    @rule(who=writer)
    def rebuild(self, who: int) -> None:
        """The database is made again."""
        self.stores[who].rebuild(force=True)
        self.stores[who].finish_sealing()

    # What must hold ----------------------------------------------------------------------------

    @rule(who=writer)
    def look(self, who: int) -> None:
        """The views show the model, runs of the dead are KILLED, and damage is listed."""
        found, quarantine = self.stores[who].answer(seen)
        self.stores[who].finish_sealing()
        everything = [*self.counting, *self.ends_by_readers()]
        assert found == expected(everything)
        living = self.living()
        for name, run in states(everything).items():
            if run["born"] and run["stage"] != "purged" and run["status"] == "RUNNING":
                assert self.writers(name, run["since"]) & living, f"{name} is not KILLED"
        for name, model in models(everything).items():
            if model["born"] and model["stage"] == "active" and model["status"] == "PENDING":
                assert self.model_writers(name) & living, f"{name} is not FAILED"
        places = {(name, start) for name, start, _ in self.damage}
        assert {self.place(*row) for row in quarantine} == places

    def place(self, file: str, offset: int, length: int) -> tuple[str, int]:
        """The damaged line that a piece in quarantine is of."""
        return next(
            ((name, start) for name, start, stop in self.damage
             if name == file and start <= offset and offset + length <= stop),
            (file, offset),
        )  # fmt: skip

    def ends_by_readers(self) -> list[Event]:
        """The ends that readers gave to runs of the dead; new ones are checked."""
        texts = [
            b"".join(volume.text(0, volume.size, 1 << 20))
            for volume in self.stores[0].shelf.volumes().values()
        ]
        ends = [
            decode(line)
            for line in b"".join(texts).split(b"\n")
            if line.startswith((b'{"op":"status"', b'{"op":"model_set"'))
            and (b'"KILLED"' in line or b'"message":' in line)
            and is_whole(line)
        ]
        for event in ends:
            if (event.j, event.q) not in self.killed:
                self.killed.add((event.j, event.q))
                if isinstance(event, ModelSet):
                    writers = self.model_writers(event.model, event.q)
                    assert not writers & self.living(), "its writer lives"
                    continue
                earlier = [one for one in [*self.counting, *ends] if one.q < event.q]
                since = states(earlier).get(event.run, {"since": 0})["since"]
                assert not self.writers(event.run, since, event.q) & self.living(), "it lives"
        return ends

    def writers(self, run: str, since: int, until: float = float("inf")) -> set[str]:
        """Tokens of the journals that keep a run alive."""
        return {
            event.j
            for event in self.counting
            if getattr(event, "run", None) == run
            and since <= event.q < until
            and keeps_alive(event)  # type: ignore[attr-defined]
        }

    def model_writers(self, model: str, until: float = float("inf")) -> set[str]:
        """Tokens of the journals that keep a model from being FAILED."""
        return {
            event.j
            for event in self.counting
            if isinstance(event, ModelCreated | ModelSet)
            and event.model == model
            and event.q < until
            and (
                isinstance(event, ModelCreated) or event.field == "param" or event.text == "PENDING"
            )
        }

    def living(self) -> set[str]:
        """Tokens of the journals whose writer lives."""
        return {store.journal.token for store in self.stores}

    def teardown(self) -> None:
        """Look a last time, and clean up."""
        try:
            self.look(0)
        finally:
            journal.time = self.real_time
            for store in self.stores:
                store.close()
                store.finish_sealing()
            shutil.rmtree(self.folder, ignore_errors=True)


def keeps_alive(event: Event) -> bool:
    """Whether who logs this is at work on the run."""
    return not isinstance(event, Tag | RunStage | RunStatus) or (
        isinstance(event, RunStatus) and event.text == "RUNNING"
    )


def copied(event: Event, **changes: Any) -> Event:
    """A copy: the journal stamps what it is given, and hypothesis may give the same twice."""
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    return type(event)(**fields | changes)


def seen(connection: Any) -> tuple[dict[str, list[str]], list[tuple[str, int, int]]]:
    """What the views show, and the places of what is in quarantine."""
    query = "SELECT file, byte_offset, byte_length FROM quarantine"
    return shown(connection), connection.execute(query).fetchall()


def run(examples: int, steps: int) -> None:
    """Let the machine run."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(StoreMachine, settings=chosen)


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize(
    ("examples", "steps"), [(12, 20), pytest.param(50, 40, marks=pytest.mark.nightly)]
)
def test_a_store_shows_what_was_logged(examples: int, steps: int, promise: Noting) -> None:
    """Whatever is done to it, in whatever order."""
    run(examples, steps)
    what = "log, fork, kill, tear, damage, fold, seal, rebuild, jump at random, against a model"
    promise(5, what, sequences=examples, steps=steps, differences=0)


def without(*names: str) -> dict[str, str]:
    """The statements of a fold, but some."""
    return {name: text for name, text in statements.fold().items() if name not in names}


def believed(text: bytes) -> list[bytes]:
    """All that begins like a record."""
    return [line for line in text.split(b"\n") if line.startswith(b'{"op":"')]


FAULTS: dict[str, tuple[object, str, Any]] = {
    "damage is believed": (bite, "check", lambda text, _: (believed(text), [])),
    "watermarks are not kept": (fold.statements, "fold", lambda: WITHOUT_WATERMARKS),
    "every writer is taken for alive": (shelf, "is_locked", lambda _: True),
    "every writer is taken for dead": (shelf, "is_locked", lambda _: False),
    "children keep their parent's journal": (Store, "after_fork_in_child", lambda _: None),
    "purged runs come back": (fold.statements, "fold", lambda: WITHOUT_FORGETTING),
    "purged models come back": (fold.statements, "fold", lambda: WITHOUT_FORGETTING_MODELS),
}
WITHOUT_WATERMARKS = without("put_watermarks")
WITHOUT_FORGETTING = without("forget_history")
WITHOUT_FORGETTING_MODELS = without("forget_model_points")


@pytest.mark.nightly
@pytest.mark.parametrize("fault", FAULTS)
def test_the_machine_finds(fault: str, monkeypatch: pytest.MonkeyPatch, promise: Noting) -> None:
    """Mutation check: with a fault in the store, some sequence of steps goes wrong."""
    target, name, replacement = FAULTS[fault]
    monkeypatch.setattr(target, name, replacement)
    with pytest.raises(AssertionError):
        run(60, 30)
    promise(5, f"mutation: {fault}", caught="yes")
