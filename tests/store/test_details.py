import math

import pytest

import jupyter_mltrack as mlt
from jupyter_mltrack.store import Store, details
from jupyter_mltrack.tracking import fluent
from tests.fresh import fresh

__all__ = ["fresh"]

pytestmark = pytest.mark.usefixtures("fresh")


def store() -> Store:
    """The store in use."""
    return fluent.client().store


def run(name: str, parent: str | None = None) -> str:
    """A run; its id."""
    tags = {"mlflow.parentRunId": parent} if parent else {}
    with mlt.start_run(run_name=name, tags=tags) as started:
        pass
    return started.info.run_id


def test_run_before_is_of_the_same_kin() -> None:
    """Among runs of the experiment, and among those inside one run; deleted ones do not count."""
    first, second = run("first"), run("second")
    inside = [run("a", first), run("b", first)]
    third = run("third")
    before = {
        one: details.run_before(store(), mlt.get_run(one).info, parent)
        for one, parent in [(first, None), (third, None), *((one, first) for one in inside)]
    }
    assert before == {first: None, third: second, inside[0]: None, inside[1]: inside[0]}
    mlt.delete_run(second)
    assert details.run_before(store(), mlt.get_run(third).info, None) == first
    kin, count = details.children(store(), first, 1)
    assert ([one.name for one in kin], count) == (["a"], 2)


def test_curves_keep_every_peak_and_gap() -> None:
    """In at most 72 values; what is only NaN is a gap."""
    with mlt.start_run() as started:
        for step in range(3600):
            value = 100.0 if step == 1234 else math.nan if 2000 <= step < 2300 else step / 3600
            mlt.log_metric("loss", value, step=step)
        mlt.log_metric("short", 1.0, step=0)
        mlt.log_metric("short", 2.0, step=1)
    found = details.metric_curves(store(), started.info.run_id, ["loss", "short", "none"])
    assert set(found) == {"loss", "short"}
    assert len(found["loss"]) <= 72
    assert 100.0 in found["loss"]
    assert any(math.isnan(value) for value in found["loss"])
    assert found["short"] == [1.0, 2.0]


@pytest.mark.parametrize(
    "change",
    [
        lambda: mlt.log_metric("loss", 1.0),
        lambda: mlt.log_param("rate", 1),
        lambda: mlt.set_tag("team", "b"),
        lambda: mlt.log_text("x", "a.txt"),
        mlt.end_run,
    ],
)
def test_state_differs_after_every_change(change: object) -> None:
    """And not without one."""
    with mlt.start_run(tags={"team": "a"}) as started:
        before = details.run_state(store(), started.info.run_id)
        assert details.run_state(store(), started.info.run_id) == before
        change()  # type: ignore[operator]
        assert details.run_state(store(), started.info.run_id) != before


def test_ids_are_found_by_their_beginning() -> None:
    """Never by a pattern."""
    one = run("one")
    assert details.ids_beginning(store(), one[:8], 3) == [one]
    assert details.ids_beginning(store(), "%", 3) == []
    assert details.newest_run(store()) == one
