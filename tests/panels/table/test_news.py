import time
from pathlib import Path

import pytest

from jupyter_mltrack.errors import StoreBusy
from jupyter_mltrack.events import Metric
from tests.fresh import start
from tests.panels.examples import make_run, sweep
from tests.panels.table.tables import Asked, client_of, log, table_of


@pytest.fixture
def table(tmp_path: Path) -> Asked:
    """Eight runs, #8 the newest and running."""
    return table_of(tmp_path, sweep())


def test_no_news(table: Asked) -> None:
    """Nothing was logged, so nothing is asked of the store."""
    before = table.head
    assert table.ask("news") == {"changed": False}
    assert table.head is before


def test_new_runs_appear(table: Asked) -> None:
    """What a user chose stays as it is."""
    table.ask("sort", column="metrics.loss", direction="ascending")
    table.ask("group", column="params.optimizer")
    table.ask("expand", key="group:=adam", open=True)
    table.set_state({"selected_ids": [f"{5:032x}"]})
    run = make_run(9, metrics={"loss": 0.001}, params={"optimizer": "adam"})
    log(client_of(Path(table.client.store.path).parent), run)
    assert table.ask("news") == {"changed": True}
    assert table.texts("attributes.run_name")[:2] == ["adam · 7 runs", "#9 brisk-otter"]
    assert table.head["sort"] == [{"column": "metrics.loss", "direction": "ascending"}]
    assert table.selected_ids == [f"{5:032x}"]
    assert table.head["total"] == 9


def test_values_of_running_runs_change(table: Asked) -> None:
    """As they are logged."""
    table.client.store.append(Metric(f"{8:032x}", "loss", 0.0625, 1))
    assert table.ask("news") == {"changed": True}
    assert table.texts("metrics.loss")[0] == "0.0625"


def test_a_run_whose_kernel_died_is_killed(tmp_path: Path) -> None:
    """Within 5 seconds, although a dead process logs nothing."""
    writer = start(
        """
        import time, jupyter_mltrack as mlt
        mlt.start_run()
        mlt.log_metric("loss", 1)
        print("ready", flush=True)
        time.sleep(60)
        """,
        MLTRACK_TRACKING_URI=str(tmp_path / "mltrack.duckdb"),
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    table = table_of(tmp_path)
    assert table.page["rows"][0]["label"].endswith("running")
    writer.kill()
    writer.communicate()
    died = time.monotonic()
    while not table.ask("news")["changed"]:
        assert time.monotonic() < died + 5
        time.sleep(0.1)
    assert table.page["rows"][0]["label"].endswith("killed")


def test_news_that_cost_much_are_asked_seldom(table: Asked) -> None:
    """A tenth of the time at most."""
    log(table.client, make_run(9))
    table.ask("news")
    log(table.client, make_run(10))
    assert table.ask("news") == {"changed": False}
    table._next_look = 0
    assert table.ask("news") == {"changed": True}


def test_a_store_in_trouble_leaves_the_last_rows(
    table: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says so, until it is well again."""
    rows = table.page
    log(table.client, make_run(9, started=1_900_000_000_000))
    lock = table.client.store._lock
    with monkeypatch.context() as patch:

        def busy() -> None:
            msg = "Another process has the store."
            raise StoreBusy(msg)

        patch.setattr(lock, "hold", busy)
        assert table.ask("news") == {"changed": True}
        assert table.page is rows
        assert table.head["note"].startswith("The store cannot be read now; this is what was read")
        assert "Another process has the store." in table.head["note"]
    table._next_look = 0
    assert table.ask("news") == {"changed": True}
    assert table.head["note"] == ""
    assert table.numbers()[0] == "#9"
