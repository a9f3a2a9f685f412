import json
import math
from pathlib import Path

from jupyter_mltrack.events import Metric
from jupyter_mltrack.panels.table.columns import MOST_COLUMNS
from tests.panels.examples import make_run, sweep
from tests.panels.table.tables import Asked, client_of, log, table_of


def column(table: Asked, label: str) -> dict[str, object]:
    """A column by the text of its header."""
    found: dict[str, object] = next(one for one in table.head["columns"] if one["label"] == label)
    return found


def test_only_what_differs_is_a_column(tmp_path: Path) -> None:
    """The rest is folded into one line."""
    table = table_of(tmp_path, sweep())
    assert set(table.columns("Metrics")) == {"loss", "val_accuracy", "f1"}
    assert set(table.columns("Parameters")) == {"learning_rate", "depth", "optimizer"}
    assert table.head["equal"]["label"] == "4 parameters, 1 metric equal"
    assert set(table.head["equal"]["lines"]) == {
        *("batch_size = 128", "dropout = 0.1", "scheduler = cosine", "seed = 0"),
        "epochs_run = 20",
    }
    assert table.head["is_default"]


def test_what_differs_far_down_is_a_column(tmp_path: Path) -> None:
    """All runs that were found are compared, not those of the first page."""
    runs = [make_run(number, params={"a": "1", "b": "1"}) for number in range(1, 300)]
    runs[0] = make_run(1, params={"a": "2", "b": "1"})
    assert table_of(tmp_path, runs).columns() == ["a"]


def test_differing_follows_the_search(tmp_path: Path) -> None:
    """What is the same in all that a filter finds is folded."""
    table = table_of(tmp_path, sweep())
    table.search("params.optimizer = 'sgd'")
    assert "optimizer" not in table.columns()
    assert "optimizer = sgd" in table.head["equal"]["lines"]


def test_a_single_run_shows_all(tmp_path: Path) -> None:
    """With nothing to compare, nothing is folded away."""
    table = table_of(tmp_path, [make_run(metrics={"loss": 1.5}, params={"lr": "0.1"})])
    assert table.columns() == ["loss", "lr"]
    assert table.head["equal"] is None


def test_missing_here_and_there_is_a_difference(tmp_path: Path) -> None:
    """A key that some runs do not have is no equal one."""
    table = table_of(tmp_path, [make_run(1, params={"a": "1"}), make_run(2)])
    assert table.columns() == ["a"]
    assert table.texts("params.a") == ["", "1"]


def test_best_values_and_the_first_click_follow_the_direction(tmp_path: Path) -> None:
    """The header says why a value is bold."""
    table = table_of(tmp_path, sweep())
    assert table.more("metrics.loss", "b") == [1, *[None] * 7]
    assert column(table, "loss")["first"] == "ascending"
    assert column(table, "val_accuracy")["first"] == "descending"
    assert "(lower is better)" in str(column(table, "loss")["hint"])
    assert "(higher is better)" in str(column(table, "val_accuracy")["hint"])


def test_the_best_is_that_of_all_runs(tmp_path: Path) -> None:
    """No value of the first page is bold if a better one is far down."""
    runs = [make_run(number, metrics={"loss": 1000.0 + number}) for number in range(1, 100)]
    table = table_of(tmp_path, runs)
    assert set(table.more("metrics.loss", "b")) == {None}
    rows = table.ask("rows", first=98, count=5, generation=0)["rows"]
    assert rows[0]["more"][str(table.place("metrics.loss"))]["b"] == 1


def test_direction_can_be_chosen(tmp_path: Path) -> None:
    """By the user, who knows better than the name does."""
    table = table_of(tmp_path, sweep())
    table.ask("column", column="metrics.loss", better="higher")
    assert table.more("metrics.loss", "b").index(1) == 7
    assert column(table, "loss")["better"] == "higher"
    assert "as you chose" in str(column(table, "loss")["hint"])
    table.ask("column", column="metrics.loss", better=None)
    assert set(table.more("metrics.loss", "b")) == {None}


def test_missing_and_unordered_values_are_shown(tmp_path: Path) -> None:
    """NaN and infinite values are no best ones; all of it is JSON."""
    values = [0.25, math.nan, math.inf, -math.inf, None]
    runs = [
        make_run(number, metrics={} if one is None else {"a": one})
        for number, one in enumerate(values, 1)
    ]
    table = table_of(tmp_path, [*runs, make_run(6, metrics={"a": 0.5})])
    assert table.texts("metrics.a") == ["0.50", "", "-inf", "inf", "NaN", "0.25"]
    assert table.more("metrics.a", "b") == [1, *[None] * 5]
    assert json.loads(json.dumps(table.page, allow_nan=False)) == table.page


def test_numbers_are_sorted_and_what_is_missing_comes_last(tmp_path: Path) -> None:
    """In both directions; NaN stands before what is missing."""
    values = [0.25, math.nan, math.inf, None]
    runs = [
        make_run(number, metrics={} if one is None else {"a": one})
        for number, one in enumerate(values, 1)
    ]
    table = table_of(tmp_path, runs)
    table.ask("sort", column="metrics.a", direction="ascending")
    assert table.numbers() == ["#1", "#3", "#2", "#4"]
    table.ask("sort", column="metrics.a", direction="descending")
    assert table.numbers() == ["#3", "#1", "#2", "#4"]


def test_full_values_are_said_on_hover(tmp_path: Path) -> None:
    """Where four digits are all there is, nothing repeats them."""
    runs = [
        make_run(number, metrics={"a": one}, params={"p": str(one)})
        for number, one in enumerate((0.25, 0.123456789), 1)
    ]
    table = table_of(tmp_path, runs)
    assert table.more("metrics.a", "h") == ["0.123456789", "0.25"]
    assert table.more("params.p", "h") == ["0.123456789", None]
    assert table.texts("params.p") == ["0.1235", "0.25"]


def test_params_are_numbers_if_all_are(tmp_path: Path) -> None:
    """Then they stand at the right; a text among them makes all texts."""
    runs = [
        make_run(number, params={"n": n, "t": t})
        for number, (n, t) in enumerate((("10", "10"), ("9", "auto")), 1)
    ]
    table = table_of(tmp_path, [*runs, make_run(3)])
    assert column(table, "n")["numeric"]
    assert not column(table, "t")["numeric"]
    table.ask("sort", column="params.n", direction="ascending")
    assert table.texts("params.n") == ["9", "10", ""]


def test_an_empty_text_is_not_a_missing_one(tmp_path: Path) -> None:
    """Both would be blank."""
    table = table_of(tmp_path, [make_run(1, params={"a": ""}), make_run(2)])
    assert table.texts("params.a") == ["", "''"]


def test_formats(tmp_path: Path) -> None:
    """A column can be written in other ways."""
    table = table_of(
        tmp_path, [make_run(1, metrics={"a": 0.5}), make_run(2, metrics={"a": 0.123456})]
    )
    written = {}
    for how in ("short", "exact", "percent", "scientific", None):
        table.ask("column", column="metrics.a", format=how)
        written[how] = table.texts("metrics.a")
    assert written == {
        "short": ["0.1235", "0.5000"],
        "exact": ["0.123456", "0.5"],
        "percent": ["12.35%", "50.00%"],
        "scientific": ["1.235e-01", "5.000e-01"],
        None: ["0.1235", "0.5000"],
    }


def test_too_many_columns_are_counted(tmp_path: Path) -> None:
    """A page of hundreds of columns helps nobody; all of them can be chosen."""
    runs = [
        make_run(
            number,
            metrics={f"metric_{i}": float(number) for i in range(30)},
            params={f"param_{i}": str(number) for i in range(30)},
        )
        for number in (1, 2, 3)
    ]
    table = table_of(tmp_path, runs)
    assert len(table.columns()) == MOST_COLUMNS
    assert table.head["omitted"] == 20
    offered = table.head["all_columns"]
    assert len([one for one in offered if one["group"] in ("Metrics", "Parameters")]) == 60
    assert sum(one["shown"] for one in offered) == len(table.head["columns"])


def test_columns_can_be_chosen(tmp_path: Path) -> None:
    """In any order, equal ones too; None shows those that differ again."""
    table = table_of(tmp_path, sweep())
    before = table.columns()
    chosen = ["attributes.run_name", "params.seed", "metrics.loss"]
    assert table.ask("columns", ids=chosen) == {}
    assert [one["id"] for one in table.head["columns"]] == chosen
    assert table.texts("params.seed") == ["0"] * 8
    assert not table.head["is_default"]
    assert table.head["equal"] is None
    table.ask("columns", ids=None)
    assert table.columns() == before


def test_a_column_can_be_hidden_and_pinned(tmp_path: Path) -> None:
    """A pinned one comes right after what names the run."""
    table = table_of(tmp_path, sweep())
    table.ask("column", column="metrics.f1", hidden=True)
    assert "f1" not in table.columns()
    table.ask("column", column="params.depth", pinned=True)
    assert [one["id"] for one in table.head["columns"]][2] == "params.depth"
    assert column(table, "depth")["pinned"]
    table.ask("column", column="params.depth", pinned=False)
    assert not column(table, "depth")["pinned"]
    table.ask("column", column="metrics.f1", hidden=False)
    assert "f1" in table.columns()


def test_curves_are_drawn_where_there_is_one(tmp_path: Path) -> None:
    """Of the first metric with several points, right before its value."""
    table = table_of(tmp_path, [make_run(1, metrics={"f1": 0.5}), make_run(2)])
    points = [Metric(f"{1:032x}", "loss", 1 / (step + 1), step) for step in range(1000)]
    table.client.store.append_all(points)
    table.refresh()
    assert [one["id"] for one in table.head["columns"]][4:] == [
        "metrics.f1",
        "curve.loss",
        "metrics.loss",
    ]
    nothing, (line,) = table.more("curve.loss", "s")
    assert nothing is None
    assert 70 <= len(line.split()) <= 72
    assert line.startswith("2,2 ")
    assert column(table, "loss")["first"] is None


def test_tags_data_and_several_experiments_are_columns(tmp_path: Path) -> None:
    """Tags of users, not ours."""
    client = client_of(tmp_path)
    log(client, make_run(1), owner="ada")
    log(client, make_run(2), owner="grace")
    other = client.create_experiment("beer")
    client.create_run(other, run_name="pale")
    table = Asked(client, ["0", other])
    assert table.columns("Tags") == ["owner"]
    assert table.texts("tags.owner") == ["", "grace", "ada"]
    assert table.texts("attributes.experiment") == ["beer", "Default", "Default"]


def test_rows_say_what_the_browser_draws(tmp_path: Path) -> None:
    """Colour, tone, time, and a name for those who listen."""
    table = table_of(tmp_path, sweep())
    row = table.page["rows"][5]
    assert row["label"] == "#3 vivid-newt, failed"
    assert row["tone"] == "bad"
    assert row["colour"].startswith("#")
    assert row["started"] > 1_600_000_000_000
    assert (row["key"], row["id"]) == (f"{3:032x}", f"{3:032x}")
    assert row["texts"][:2] == ["✗", "#3 vivid-newt"]
