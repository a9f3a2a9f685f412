"""Promises 5 and 11: each event counts once, and the state does not depend on who folds when."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mltrack.events import (
    Artifact,
    Event,
    Metric,
    ModelCreated,
    ModelFile,
    ModelMetric,
    ModelSet,
    ModelUsed,
    Param,
    RunStage,
    RunStatus,
    Tag,
)
from jupyter_mltrack.store import Store
from jupyter_mltrack.store.database import prepare
from jupyter_mltrack.store.fold import Fold
from jupyter_mltrack.store.journal import Journal
from jupyter_mltrack.store.shelf import Shelf, Volume
from tests.store.model import expected, shown
from tests.store.writers import (
    VIEWS,
    begun,
    contents,
    count,
    dump,
    finished,
    one_of_each,
    point,
    registry_of,
    values,
)

VALUES = [1.5, -0.0, -3.0, 5e-324, 1.7976931348623157e308, "NaN", "Infinity", "-Infinity"]
RUNS = ["r", "s"]


# Against a model -------------------------------------------------------------------------------

run = st.sampled_from(RUNS)
key = st.sampled_from(["k", "l"])
events = st.one_of(
    st.builds(Param, run=run, key=key, text=st.sampled_from("abc")),
    st.builds(Tag, run=run, key=key, text=st.sampled_from(["a", "b", None])),
    st.builds(
        Metric,
        run=run,
        key=key,
        value=st.sampled_from(VALUES),
        step=st.sampled_from([0, 1, -1, 2**63 - 1, -(2**63)]),
        ts=st.integers(0, 2),
    ),
    st.builds(RunStatus, run=run, text=st.sampled_from(["RUNNING", "FINISHED"]), ts=st.just(5)),
    st.builds(RunStage, run=run, text=st.sampled_from(["active", "deleted"]), ts=st.just(6)),
    st.builds(RunStage, run=run, text=st.sampled_from(["purged", "deleted"]), ts=st.just(7)),
)
model = st.sampled_from(["m", "n"])
events_of_models = st.one_of(
    st.builds(ModelSet, model=model, field=st.just("param"), key=key, text=st.sampled_from("ab")),
    st.builds(ModelSet, model=model, field=st.just("tag"), key=key, text=st.just("a") | st.none()),
    st.builds(ModelSet, model=model, field=st.just("status"), text=st.sampled_from(["READY", "x"])),
    st.builds(ModelSet, model=model, field=st.just("stage"), text=st.sampled_from(["", "purged"])),
    st.builds(ModelMetric, model=model, run=run, key=key, value=st.just(0.5), ts=st.just(1)),
    st.builds(ModelUsed, model=model, run=run, field=st.just("output"), step=st.integers(0, 1)),
    st.builds(ModelFile, model=model, path=st.just("p"), size=st.just(1), sha256=st.just("s")),
    st.builds(Artifact, run=run, path=st.just("f/p"), size=st.just(1), sha256=st.just("s")),
    st.builds(RunStage, run=run, text=st.sampled_from(["purged", "deleted"]), ts=st.just(7)),
)  # fmt: skip
#: Which of three processes logs it, and whether it has read the store before.
histories = st.lists(
    st.tuples(st.integers(0, 2), st.booleans(), events | events_of_models), max_size=12
)


def write(folder: Path, history: list[tuple[int, bool, Event]]) -> list[Event]:
    """Three journals with this history; gives its events, stamped."""
    journals = [Journal(folder) for _ in range(3)]
    births: list[tuple[int, bool, Event]] = [
        (0, False, begun("r")),
        (1, False, begun("s")),
        (2, False, ModelCreated(model="m", experiment="0", name="a", ts=1, run="r", folder="f")),
        (1, False, ModelCreated(model="n", experiment="0", name="b", ts=1, run="r")),
    ]
    written = []
    for who, has_read, event in [*births, *history]:
        if has_read:
            journals[who].observe(max(journal.clock for journal in journals))
        copy = replace_event(event)
        journals[who].append(copy)
        written.append(copy)
    [journal.close() for journal in journals]
    return written


def replace_event(event: Event) -> Event:
    """A copy: the journal stamps what it is given, and hypothesis may give the same twice."""
    return type(event)(**{name: getattr(event, name) for name in event.__struct_fields__})


def folded(
    folder: Path, bites: list[tuple[int, float]] = (), bite: int = 32_000_000
) -> duckdb.DuckDBPyConnection:
    """A database in memory, folded from the journals.

    Args:
        folder: The journals.
        bites: First only this journal up to this part of it, then that one, and so on.
        bite: Most bytes in a transaction.
    """
    volumes = list(Shelf(folder).volumes().values())
    connection = duckdb.connect()
    prepare(connection)
    folding = Fold()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("jupyter_mltrack.store.bite.BITE", bite)
        for who, part in bites:
            volume = volumes[who % len(volumes)]
            so_far = replace(volume, size=int(volume.size * part), alive=True)
            folding.run(connection, {volume.name: so_far})
        folding.run(connection, {volume.name: volume for volume in volumes})
    return connection


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    history=histories,
    bites=st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1)), max_size=3),
    bite=st.sampled_from([600, 32_000_000]),
)
def test_the_state_does_not_depend_on_the_folding(
    history: list[tuple[int, bool, Event]], bites: list[tuple[int, float]], bite: int
) -> None:
    """Whatever is folded first, in whatever bites: the same tables, and what the model says."""
    check_history(history, bites, bite)


@pytest.mark.nightly
@pytest.mark.timeout(3_000)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    history=histories,
    bites=st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1)), max_size=8),
    bite=st.sampled_from([1, 150, 400, 1_000, 32_000_000]),
)
def test_the_state_does_not_depend_on_the_folding_at_length(
    history: list[tuple[int, bool, Event]], bites: list[tuple[int, float]], bite: int
) -> None:
    """The same, three hundred times."""
    check_history(history, bites, bite)


def check_history(
    history: list[tuple[int, bool, Event]], bites: list[tuple[int, float]], bite: int
) -> None:
    """Fold a history at once and in bites; compare both with each other and with the model."""
    with tempfile.TemporaryDirectory() as folder:
        written = write(Path(folder, "journal"), history)
        with folded(Path(folder, "journal")) as at_once:
            state = dump(at_once, VIEWS)
            assert shown(at_once) == expected(written)
        with folded(Path(folder, "journal"), bites, bite) as in_bites:
            assert dump(in_bites, VIEWS) == state


# One rule at a time ----------------------------------------------------------------------------


def test_every_kind_of_event_folds_the_same_in_any_bites(tmp_path: Path) -> None:
    """Also experiments, inputs, artifacts, cells and environments."""
    for name in "abc":
        journal = Journal(tmp_path / "journal")
        journal.append_all(one_of_each(name))
        journal.close()
    with (
        folded(tmp_path / "journal") as at_once,
        folded(tmp_path / "journal", [(2, 0.3), (0, 0.9), (2, 0.7), (1, 0.1)], 500) as in_bites,
    ):
        assert dump(at_once, VIEWS) == dump(in_bites, VIEWS)


def test_reading_again_folds_nothing_twice(store: Store) -> None:
    """Ten reads, by two stores in turn, count each point once."""
    other = Store(store.path)
    store.append_all([begun("r"), *(point("r", i) for i in range(100))])
    for _ in range(5):
        assert count(store) == count(other) == 100


def test_the_first_value_of_a_param_stays(store: Store) -> None:
    """A later one, even of another process, changes nothing."""
    other = Store(store.path)
    store.append_all([begun("r"), Param(run="r", key="lr", text="1")])
    other.rows("SELECT 1")
    other.append(Param(run="r", key="lr", text="2"))
    assert store.rows("SELECT params FROM runs") == [({"lr": "1"},)]
    other.close()


def test_who_has_read_comes_later(store: Store) -> None:
    """A process that saw a tag overwrites it, although it logged much less."""
    other = Store(store.path)
    store.append_all([begun("r"), *(Tag(run="r", key="k", text=str(i)) for i in range(99))])
    other.rows("SELECT 1")
    other.append(Tag(run="r", key="k", text="last"))
    assert store.rows("SELECT tags FROM runs") == [({"k": "last"},)]
    other.close()


def test_a_tag_is_removed_and_set_again(store: Store) -> None:
    """None removes it; a later text brings it back."""
    for text, left in [("1", {"k": "1"}), (None, {}), ("2", {"k": "2"})]:
        store.append_all([begun("r"), Tag(run="r", key="k", text=text)])
        assert store.rows("SELECT tags FROM runs") == [(left,)]


@pytest.mark.parametrize(
    ("points", "latest"),
    [
        ([(0, 5, 1.0), (1, 4, 2.0)], 2.0),
        ([(1, 4, 2.0), (0, 5, 1.0)], 2.0),
        ([(1, 4, 2.0), (1, 5, 1.0)], 1.0),
        ([(1, 4, 2.0), (1, 4, 3.0), (1, 4, 1.0)], 3.0),
        ([(-1, 9, 2.0), (-(2**63), 9, 3.0)], 2.0),
        ([(2**63 - 1, 0, 2.0), (2**63 - 2, 9, 3.0)], 2.0),
    ],
)
def test_the_latest_point(
    store: Store, points: list[tuple[int, int, float]], latest: float
) -> None:
    """The highest step, then the highest time, then the highest value; in one fold or in many."""
    for step, ts, value in points:
        store.append_all([begun("r"), Metric(run="r", key="k", value=value, step=step, ts=ts)])
        store.fold()
    assert store.rows("SELECT metrics['k'] FROM runs") == [(latest,)]
    store.rebuild()
    assert store.rows("SELECT metrics['k'] FROM runs") == [(latest,)]


@pytest.mark.parametrize("value", VALUES)
def test_numbers_come_back_as_they_were(store: Store, value: float | str) -> None:
    """NaN, infinities, minus zero, the smallest and the largest double."""
    store.append_all([begun("r"), Metric(run="r", key="k", value=value)])
    assert repr(values(store, "r")) == repr([float(value)])
    assert repr(store.rows("SELECT metrics['k'] FROM runs")) == repr([(float(value),)])


def test_a_run_ends_and_goes_on(store: Store) -> None:
    """Each status replaces the one before; a resumed run has no end."""
    query = "SELECT status, end_time, duration FROM runs"
    store.append(begun("r"))
    for event, row in [
        (finished("r"), ("FINISHED", 2_000, 1.0)),
        (RunStatus(run="r", text="RUNNING"), ("RUNNING", None, None)),
        (RunStatus(run="r", text="FAILED", ts=4_000), ("FAILED", 4_000, 3.0)),
    ]:
        store.append(event)
        assert store.rows(query) == [row]


def test_a_deleted_run_comes_back_and_a_purged_one_does_not(store: Store) -> None:
    """Purging is for ever: neither a restore nor a late point of another process undoes it."""
    store.append_all([begun("r"), point("r", 1), RunStage(run="r", text="deleted", ts=1)])
    assert store.rows("SELECT lifecycle_stage FROM runs") == [("deleted",)]
    store.append_all([RunStage(run="r", text="active", ts=2)])
    assert store.rows("SELECT lifecycle_stage FROM runs") == [("active",)]
    store.append_all([RunStage(run="r", text="purged", ts=3)])
    assert count(store, "runs") == count(store) == 0
    store.append_all([RunStage(run="r", text="active", ts=4), point("r", 2)])
    assert count(store, "runs") == count(store) == 0


def test_points_may_come_before_their_run(store: Store) -> None:
    """Another process's points are folded although the birth of the run is not there yet."""
    store.append(point("r", 1))
    assert count(store) == 1
    assert count(store, "runs") == 0
    store.append(begun("r"))
    assert store.rows("SELECT run_id, metrics['loss'] FROM runs") == [("r", 1.0)]


def test_bites_cut_at_lines(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bite of one byte still takes whole lines."""
    monkeypatch.setattr("jupyter_mltrack.store.bite.BITE", 1)
    store.append_all([begun("r"), *(point("r", i) for i in range(5))])
    assert values(store, "r") == list(range(5))


def test_a_torn_last_line_waits_for_its_writer(store: Store) -> None:
    """While the writer lives the rest may still come; when it is dead it is damage."""
    store.append_all([begun("r"), point("r", 1)])
    (path,) = store.folder.glob("*.ndjson")
    with path.open("ab") as file:
        file.write(b'{"op":"metric","to')
    assert (count(store), count(store, "quarantine")) == (1, 0)
    store.close()
    assert (count(store), count(store, "quarantine")) == (1, 1)


def test_a_last_line_without_its_newline_is_whole(store: Store) -> None:
    """Of several dead writers; their texts are not glued together."""
    for name in "abc":
        store.append_all([begun(name), point(name, 1)])
        store.close()
    for path in store.folder.glob("*.ndjson"):
        path.write_bytes(path.read_bytes()[:-1])
    assert (count(store), count(store, "quarantine")) == (3, 0)


@pytest.mark.parametrize(
    "name", ["run=5", "step=7", "a*b", "[ab]", "{a,b}", "it's", "ä 😀", "#%41;"]
)
def test_a_store_may_be_in_any_folder(tmp_path: Path, name: str) -> None:
    """No sign in a folder's name is taken for a pattern, a partition or an end of text."""
    (tmp_path / name).mkdir()
    store = Store(tmp_path / name / "m.duckdb")
    store.append_all([begun("r"), point("r", 1, step=3)])
    assert store.rows("SELECT run_id, key, value, step FROM metric_history") == [
        ("r", "loss", 1, 3)
    ]
    assert contents(Store(store.path)) == contents(store)
    store.close()


def test_changes_of_the_registry_leave_runs_alone(store: Store) -> None:
    """Statements about runs and models are left out when nothing is said of any."""
    store.append_all([begun("r"), point("r", 1.0)])
    store.fold()
    named: list[str] = []
    store.folding.tracer = lambda name, _: named.append(name)
    store.append_all(registry_of("r"))
    assert count(store, "model_versions") == 2
    assert "put_registry" in named
    assert not {"find_touched", "drop_touched", "put_touched", "merge_models"} & set(named)
    assert values(store, "r") == [1.0]


def test_volumes_of_a_dead_writer_are_final(store: Store) -> None:
    """Whether a writer lives is looked up before the size, so a dead one's size is its last."""
    store.append(begun("r"))
    (volume,) = store.shelf.volumes().values()
    assert volume.alive
    store.close()
    (after,) = store.shelf.volumes().values()
    assert after == Volume(name=volume.name, path=volume.path, alive=False, size=volume.size,
                           sealed=False, owner=volume.owner)  # fmt: skip
