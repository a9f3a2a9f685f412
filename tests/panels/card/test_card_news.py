import math
import os

from jupyter_mltrack.events import Metric, Param, Tag
from jupyter_mltrack.panels.card.news import JournalTail, Line, RunNews
from jupyter_mltrack.store import Store
from tests.panels.examples import make_run


def tail(store: Store) -> JournalTail:
    """What is read of the store's own journal."""
    return JournalTail(store.folder, store.journal.token)


def test_what_was_logged_since_the_start(store: Store) -> None:
    """Params and metrics, in order, without opening the database."""
    store.append(Metric(run="r", key="loss", value=9))
    journal = tail(store)
    assert journal.read() == []
    store.append(Metric(run="r", key="loss", value=1, step=3))
    store.append(Tag(run="r", key="note", text="not shown"))
    store.append(Param(run="r", key="lr", text="0.1"))
    store.append(Metric(run="r", key="rmse", value="NaN"))
    lines = journal.read()
    assert [(line.op, line.run, line.key) for line in lines] == [
        ("metric", "r", "loss"),
        ("param", "r", "lr"),
        ("metric", "r", "rmse"),
    ]
    assert journal.read() == []
    assert not store.path.exists()


def test_news_of_a_run(store: Store) -> None:
    """What it had when it was opened, and what came since; the machine's steps do not count."""
    news = RunNews(make_run(metrics={"old": 5.0}, params={"depth": "6"}))
    store.append(Param(run="r", key="lr", text="0.1"))
    journal = tail(store)
    store.append(Param(run="r", key="lr", text="0.2"))
    for step, value in enumerate([3.0, 2.0, "Infinity"]):
        store.append(Metric(run="r", key="loss", value=value, step=step))
    store.append(Metric(run="r", key="system/cpu", value=1, step=99))
    for line in journal.read():
        news.take(line)
    run = news.now()
    assert run.data.params == {"depth": "6", "lr": "0.2"}
    assert run.data.metrics == {"old": 5.0, "loss": math.inf, "system/cpu": 1.0}
    assert news.histories["loss"] == [3.0, 2.0, math.inf]
    assert news.step == 2


def test_a_line_that_is_being_written(store: Store) -> None:
    """It is read when it is whole."""
    store.append(Metric(run="r", key="a", value=1))
    journal = tail(store)
    (path,) = store.folder.glob("*.ndjson")
    store.append(Metric(run="r", key="a", value=2))
    whole = path.read_bytes()
    os.truncate(path, len(whole) - 5)
    assert journal.read() == []
    with path.open("ab") as written:
        written.write(whole[-5:])
    assert [line.value for line in journal.read()] == [2.0]


def test_a_damaged_line_is_left_out(store: Store) -> None:
    """What comes after it is read."""
    store.append(Metric(run="r", key="a", value=1))
    journal = tail(store)
    (path,) = store.folder.glob("*.ndjson")
    with path.open("ab") as written:
        written.write(b'{"op":"metric","run":\n')
    store.append(Metric(run="r", key="a", value=2))
    assert [line.value for line in journal.read()] == [2.0]


def test_of_very_many_lines_some_are_read(store: Store) -> None:
    """All params, the last points, and the work is bounded; histories are thinned."""
    store.append(Metric(run="r", key="a", value=-1))
    journal, news = tail(store), RunNews(make_run())
    store.append(Param(run="r", key="lr", text="0.1"))
    store.append_all([Metric(run="r", key="a", value=i) for i in range(50_000)])
    lines = journal.read()
    assert len(lines) <= 4_001
    for line in lines:
        news.take(line)
    values = news.histories["a"]
    assert len(values) <= 2_001
    assert values[-1] == 49_999.0
    assert values == sorted(values)
    assert news.params == {"lr": "0.1"}


def test_no_journal(store: Store) -> None:
    """Nothing is read where nothing was logged."""
    assert tail(store).read() == []


def test_histories_are_kept_of_what_a_card_could_draw() -> None:
    """Of 10,000 metrics four of the run and four of the machine; the latest value of all."""
    news = RunNews(make_run(metrics={"old": 5.0}))
    for prefix in ("system/", ""):
        for number in range(5_000):
            news.take(Line(op="metric", run="r", key=f"{prefix}m{number}", value=1.0))
    assert set(news.histories) == {
        "m0", "m1", "m2", *(f"system/m{number}" for number in range(4))
    }  # fmt: skip
    assert len(news.metrics) == 10_001
    news.take(Line(op="metric", run="r", key="old", value=2.0))
    assert news.histories["old"] == [2.0]
