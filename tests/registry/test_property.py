"""Whatever is done to a registry: its state, now and then, is the fold of its trail.

A state machine changes a registry at random, from this process and from others, with a clock that
somebody sets. Each change must leave in the trail what was asked for, or nothing if it was
refused; and the views must say, of now and of any instant, what plain Python makes of the trail.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry import changes
from jupyter_mltrack.store import Store, statements
from jupyter_mltrack.store.trail import record
from tests.registry.past import Change, Past, check, trail
from tests.store.writers import end, fork

name = st.sampled_from(["a", "b", "é 😀"])
number = st.integers(1, 3)
key = st.sampled_from(["k", "l"])
text = st.sampled_from(["x", "y"])
said = st.sampled_from(["in words", None])
stage = st.sampled_from(["Staging", "Production", "Archived", "None"])
elsewhere = st.sampled_from([False, False, False, True])

Expected = list[tuple[int, str, str, str | None]]


class RegistryMachine(RuleBasedStateMachine):
    """A registry, and all that was done to it.

    Attributes:
        done: Its trail.
        clock: What the clock says, in ms since 1970.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="mltrack-registry-"))
        self.path = self.folder / "m.duckdb"
        self.store = Store(self.path)
        self.client = MltrackClient(str(self.path))
        self.done: list[Change] = []
        self.clock = 1_000_000
        vars(changes)["time"] = SimpleNamespace(
            time=lambda: self.clock / 1000, localtime=time.localtime, strftime=time.strftime
        )
        for one in ("a", "b"):
            self.client.create_registered_model(one)
            self.client.create_model_version(one, "s3://first")
        self.done = trail(self.store)

    def do(
        self, work: Callable[[], object], *expected: tuple[int, str, str, str | None],
        allowed: bool, there: bool = False,
    ) -> None:  # fmt: skip
        """Change the registry; see that the trail has what is expected, or nothing if refused."""
        assert self.has_worked(work, there=there) == allowed
        new = trail(self.store, len(self.done))
        found = [(one.version, one.field, one.key, one.new) for one in new]
        assert found == (list(expected) if allowed else [])
        self.done += new

    def has_worked(self, work: Callable[[], object], *, there: bool) -> bool:
        """Whether a change was not refused; ``there`` is in another process."""
        if there:
            return end(fork(lambda: exit_by(work))) == 0
        try:
            work()
        except MltrackException:
            return False
        return True

    def now(self) -> Past:
        """The state as it must be."""
        return Past(self.done)

    def has(self, one: str) -> bool:
        """Whether there is a registered model of this name."""
        return self.now().id(one) is not None

    # Registered models -------------------------------------------------------------------------

    @rule(one=name, words=said, there=elsewhere)
    def create(self, one: str, words: str | None, there: bool) -> None:
        """A registered model is made, with a tag."""
        after: Expected = [(0, "description", "", words)] if words else []
        self.do(
            lambda: self.client.create_registered_model(one, {"k": "x"}, words),
            (0, "created", "", one), *after, (0, "tag", "k", "x"),
            allowed=not self.has(one), there=there,
        )  # fmt: skip

    @rule(one=name, other=name, there=elsewhere)
    def rename(self, one: str, other: str, there: bool) -> None:
        """It gets another name."""
        self.do(
            lambda: self.client.rename_registered_model(one, other),
            (0, "name", "", other),
            allowed=self.has(one) and not self.has(other), there=there,
        )  # fmt: skip

    @rule(one=name, words=said)
    def describe(self, one: str, words: str | None) -> None:
        """It is described, or not any more."""
        self.do(
            lambda: self.client.update_registered_model(one, words or ""),
            (0, "description", "", words),
            allowed=self.has(one),
        )  # fmt: skip

    @rule(one=name, k=key, value=text)
    def tag(self, one: str, k: str, value: str) -> None:
        """It gets a tag."""
        self.do(
            lambda: self.client.set_registered_model_tag(one, k, value),
            (0, "tag", k, value),
            allowed=self.has(one),
        )  # fmt: skip

    @rule(one=name)
    def delete(self, one: str) -> None:
        """It is deleted, with all its versions."""
        self.do(
            lambda: self.client.delete_registered_model(one),
            (0, "deleted", "", None),
            allowed=self.has(one),
        )  # fmt: skip

    # Versions ----------------------------------------------------------------------------------

    @rule(one=name, words=said, there=elsewhere)
    def register(self, one: str, words: str | None, there: bool) -> None:
        """A version is added; its number was never given."""
        model = self.now().id(one)
        new = max((each.version for each in self.done if each.model == model), default=0) + 1
        after: Expected = [(new, "description", "", words)] if words else []
        self.do(
            lambda: self.client.create_model_version(one, "s3://x", description=words),
            (new, "created", "", "s3://x"), *after,
            allowed=model is not None, there=there,
        )  # fmt: skip

    @rule(one=name, n=number, k=key, value=text)
    def tag_version(self, one: str, n: int, k: str, value: str) -> None:
        """A version gets a tag."""
        self.do(
            lambda: self.client.set_model_version_tag(one, n, k, value),
            (n, "tag", k, value),
            allowed=self.now().has(one, n),
        )  # fmt: skip

    @rule(one=name, n=number, k=key)
    def untag_version(self, one: str, n: int, k: str) -> None:
        """A tag is taken away, if it is there."""
        past = self.now()
        there = past.has(one, n) and k in past.things[str(past.id(one)), n].tags
        gone: Expected = [(n, "tag", k, None)] if there else []
        self.do(
            lambda: self.client.delete_model_version_tag(one, n, k),
            *gone,
            allowed=past.has(one, n),
        )  # fmt: skip

    @rule(one=name, n=number)
    def delete_version(self, one: str, n: int) -> None:
        """A version is deleted, and its aliases before it."""
        past = self.now()
        aliases = past.pointing(str(past.id(one)), n) if past.has(one, n) else []
        self.do(
            lambda: self.client.delete_model_version(one, n),
            *((0, "alias", alias, None) for alias in aliases), (n, "deleted", "", None),
            allowed=past.has(one, n),
        )  # fmt: skip

    @rule(one=name, alias=key, n=number, there=elsewhere)
    def point(self, one: str, alias: str, n: int, there: bool) -> None:
        """An alias stands for a version from now on; if it did before, nothing changes."""
        past = self.now()
        is_so = past.has(one, n) and alias in past.pointing(str(past.id(one)), n)
        new: Expected = [] if is_so else [(0, "alias", alias, str(n))]
        self.do(
            lambda: self.client.set_registered_model_alias(one, alias, n),
            *new,
            allowed=past.has(one, n), there=there,
        )  # fmt: skip

    # Stages ------------------------------------------------------------------------------------

    @rule(one=name, n=number, to=stage, alone=st.booleans(), there=elsewhere)
    def move(self, one: str, n: int, to: str, alone: bool, there: bool) -> None:
        """A version comes to a stage; perhaps those that are there are archived."""
        past = self.now()
        there_now = [row[1] for row in past.versions() if row[:3:2] == (one, to)]
        others = [other for other in reversed(there_now) if alone and other != n]
        archived = [(other, "stage", "", "Archived") for other in others]
        self.do(
            lambda: self.client.transition_model_version_stage(one, n, to, alone),
            (n, "stage", "", to), *archived,
            allowed=past.has(one, n) and not (alone and to in {"None", "Archived"}), there=there,
        )  # fmt: skip

    @rule(one=name)
    def go_back(self, one: str) -> None:
        """The version that was in Production before is there again, if there was one."""
        before = [row[1] for row in self.now().versions() if row[:3:2] == (one, "Production")]
        if self.has_worked(lambda: self.client.rollback_model_version_stage(one), there=False):
            new = trail(self.store, len(self.done))
            assert (new[0].field, new[0].new) == ("stage", "Production")
            assert new[0].version != max(before, default=0)
            assert {one.new for one in new[1:]} <= {"Archived"}
            self.done += new

    # Trouble -----------------------------------------------------------------------------------

    @rule(by=st.sampled_from([1, 2, 1000, -3, -1000]))
    def set_the_clock(self, by: int) -> None:
        """Time goes on, or somebody sets the clock back."""
        self.clock += by

    @rule(one=name, words=text, by=st.sampled_from([3, 1000]))
    def describe_behind(self, one: str, words: str, by: int) -> None:
        """A program describes a model, and its clock is behind ours."""
        model = self.now().id(one)
        if model is not None:
            change = RegistryChange(model, "description", text=words, ts=self.clock - by)
            with self.store.agreeing():
                record(self.store, [change])
            self.done += trail(self.store, len(self.done))

    @rule()
    def rebuild(self) -> None:
        """The database is made again."""
        self.store.rebuild()

    @rule(back=st.integers(0, 2000))
    def look_back(self, back: int) -> None:
        """The views show what was then."""
        check(self.store, self.done, self.clock - back)

    def teardown(self) -> None:
        """The views show what is, and what was whenever something changed."""
        vars(changes)["time"] = time
        try:
            assert trail(self.store) == self.done
            check(self.store, self.done)
            for at in sorted({one.ts for one in self.done})[:6]:
                check(self.store, self.done, at)
        finally:
            self.store.finish_sealing()
            self.store.close()
            shutil.rmtree(self.folder)


def exit_by(work: Callable[[], object]) -> None:
    """Work in a child; it fails if it was refused."""
    try:
        work()
    except MltrackException:
        os._exit(1)


SMALL = settings(
    max_examples=4, stateful_step_count=10, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate],
)  # fmt: skip
LARGE = settings(SMALL, max_examples=300, stateful_step_count=40, derandomize=False)


@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("how", [SMALL, pytest.param(LARGE, marks=pytest.mark.nightly)])
def test_a_registry_is_the_fold_of_its_trail(how: settings) -> None:
    """After any sequence of changes, now and at any instant before."""
    run_state_machine_as_test(RegistryMachine, settings=how)


def play() -> None:
    """A few changes that a broken fold or a broken view gets wrong."""
    machine = RegistryMachine()
    try:
        machine.move("a", 1, "Staging", alone=False, there=False)
        machine.set_the_clock(2000)
        machine.move("a", 1, "Production", alone=False, there=False)
        machine.describe_behind("a", "x", 1000)
        machine.set_the_clock(-1000)
        machine.tag_version("a", 1, "k", "x")
    finally:
        machine.teardown()


def test_the_play_itself_is_right() -> None:
    """Without a fault, it passes."""
    play()


def test_an_event_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutation check: a fold without tags."""
    lossy = dict(statements.fold())
    lossy["put_registry"] = lossy["put_registry"].replace("WHERE op", "WHERE field <> 'tag' AND op")
    assert lossy != statements.fold()
    monkeypatch.setattr(statements, "fold", lambda: lossy)
    with pytest.raises(AssertionError):
        play()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("ELSE arg_max(c, (q, j)) END", "ELSE arg_min(c, (q, j)) END"),
        ("AND ts > epoch_ms", "AND ts >= epoch_ms"),
        (
            "NOT coalesce((q, j) >= (",
            "ts <= epoch_ms(instant::TIMESTAMP) OR NOT coalesce((q, j) >= (",
        ),
    ],
)
def test_a_wrong_view_is_noticed(monkeypatch: pytest.MonkeyPatch, right: str, wrong: str) -> None:
    """Mutation check: the first change wins; the last is left out; stamps decide, not the order."""
    broken = statements.views().replace(right, wrong)
    assert broken != statements.views()
    monkeypatch.setattr(statements, "views", lambda: broken)
    with pytest.raises(AssertionError):
        play()
