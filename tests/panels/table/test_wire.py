"""What travels to a browser of a table: little, and all that it needs."""

import json
from pathlib import Path

from jupyter_mltrack.panels.table.columns import MOST_COLUMNS
from tests.panels.examples import make_run, sweep
from tests.panels.table.tables import Asked, client_of, log, table_of


def wide(folder: Path, runs: int) -> Asked:
    """A table of 40 columns."""
    return table_of(
        folder,
        [
            make_run(
                number,
                metrics={f"metric_{key}": (number + key) / 7 for key in range(20)},
                params={f"param_{key}": str(number * key) for key in range(21)},
            )
            for number in range(1, runs + 1)
        ],
    )


def test_a_first_paint_of_a_wide_table_is_light(tmp_path: Path) -> None:
    """Code, styles, head, first rows and twin together are below 100 kB."""
    table = wide(tmp_path, 1_100)
    assert len(table.columns()) == MOST_COLUMNS
    state = table.get_state()
    twin = table.html()
    assert len(twin.encode()) <= 6_000
    assert "… and 1," in twin
    assert len(json.dumps(state)) + len(twin.encode()) + len(table.text()) < 100_000


def test_hover_texts_come_only_when_they_are_asked_for(tmp_path: Path) -> None:
    """All else of a row is the same."""
    table = wide(tmp_path, 3)
    bare, whole = (
        table.ask("rows", first=0, count=3, generation=1, whole=one)["rows"]
        for one in (False, True)
    )
    place = str(table.place("metrics.metric_1"))
    assert table.get_state()["page"]["rows"] == bare
    assert "h" in whole[0]["more"][place]
    assert not any("h" in one for row in bare for one in row.get("more", {}).values())
    for row in (*bare, *whole):
        row.pop("more", None)
    assert bare == whole


def test_what_an_id_says_does_not_travel(tmp_path: Path) -> None:
    """A column has only what is unusual for it; a name stands among the columns or the names."""
    client = client_of(tmp_path, sweep())
    log(client, make_run(9, metrics={"val acc": 1.0}))
    table = Asked(client, ["0"])
    head = table.get_state()["head"]
    columns = {one["id"]: one for one in head["columns"]}
    assert columns["metrics.val_accuracy"] == {
        "id": "metrics.val_accuracy",
        "better": "higher",
        "hint": "val_accuracy (higher is better)",
    }
    assert columns["params.depth"] == {"id": "params.depth", "numeric": True}
    assert "params.depth" in head["all_columns"]
    assert "params.depth" not in head["names"]
    assert "metrics.`val acc`" in head["names"]


def test_tags_of_ours_are_no_columns(tmp_path: Path) -> None:
    """They can be named in a filter all the same."""
    client = client_of(tmp_path)
    for number in (1, 2):
        log(client, make_run(number), owner=str(number), **{"mltrack.cell": str(number)})
    table = Asked(client, ["0"])
    assert table.columns("Tags") == ["owner"]
    table.search("tags.`mltrack.cell` = '2'")
    assert table.numbers() == ["#2"]
