from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import jupyter_mltrack as mlt
from jupyter_mltrack.panels.table import as_code
from jupyter_mltrack.store.listing import Wanted
from tests.panels.examples import make_run, sweep
from tests.panels.table.tables import Asked, log, table_of


@pytest.fixture
def table(tmp_path: Path) -> Asked:
    """Runs in the store that is in use."""
    before = mlt.get_tracking_uri()
    mlt.set_tracking_uri(str(tmp_path / "mltrack.duckdb"))
    table = table_of(tmp_path, sweep(count=24))
    odd = {"it's": '\\n """ \' $v0 ', "depth": "deep"}
    log(table.client, make_run(25, "o'tter", metrics={"val acc": 0.5, "loss": 1e-9}, params=odd))
    table.refresh()
    yield table
    mlt.set_tracking_uri(before)


def executed(cell: str) -> pd.DataFrame:
    """What a cell shows: the value of its last line."""
    names: dict[str, Any] = {}
    *statements, last = cell.rsplit("\n", 1)
    if cell.endswith("df"):
        exec(statements[0], names)  # noqa: S102  (that is the test)
        return eval(last, names)  # noqa: S307
    head, _, call = cell.partition("\n\n")
    exec(head, names)  # noqa: S102
    return eval(call, names)  # noqa: S307


@pytest.mark.parametrize(
    "text",
    [
        "",
        "metrics.loss < 0.1 AND params.optimizer = 'adam'",
        "metrics.loss.min < 0.1 OR metrics.loss.count >= 1 AND metrics.loss.last < 0.2",
        "NOT status IN ('FAILED', 'KILLED') AND start_time > '2020-01-01'",
        "params.depth > 4 AND duration BETWEEN 60 AND 600",
        "params.`it's` = '\\\\n \"\"\" '' $v0 ' OR run_name = 'o''tter'",
        "run_name LIKE '%o''t%' OR metrics.`val acc` IS NOT NULL",
        "run_name RLIKE '^c.lm' AND experiment_name = 'Default' AND dataset.name IS NULL",
        "tags.team IS NULL AND user_id ILIKE 'AD_'",
    ],
)
def test_both_cells_find_the_same_runs_in_the_same_order(table: Asked, text: str) -> None:
    """As the table shows them."""
    table.ask("sort", column="params.depth", direction="descending", add=False)
    table.ask("sort", column="metrics.loss", direction="ascending", add=True)
    assert table.ask("search", filter=text) == {}
    shown = table.ask("ids")["ids"]
    assert shown
    for language in ("python", "sql"):
        found = executed(table.ask("code", language=language)["text"])
        assert list(found.run_id) == shown, language


def test_sql_has_the_columns_that_are_shown(table: Asked) -> None:
    """Named as in the DataFrame of a search, with the same values."""
    cells = {one: table.ask("code", language=one)["text"] for one in ("python", "sql")}
    by_call, by_sql = executed(cells["python"]), executed(cells["sql"])
    for name in ("metrics.loss", "metrics.val acc"):
        pd.testing.assert_series_equal(by_call[name], by_sql[name])
    for name in ("params.depth", "params.it's"):
        there = by_sql[name].notna()
        assert list(by_sql[name][there]) == list(by_call[name].dropna())


def test_the_bin_and_the_limit_are_said(table: Asked, tmp_path: Path) -> None:
    """The cell finds what the table shows."""
    table.ask("delete", runs=[f"{4:032x}", f"{5:032x}"])
    table.ask("deleted", on=True)
    limited = Asked(table.client, ["0"], limit=3)
    for shown in (table, limited):
        for language in ("python", "sql"):
            found = executed(shown.ask("code", language=language)["text"])
            assert list(found.run_id) == shown.ask("ids")["ids"]


def test_a_plain_cell_is_plain() -> None:
    """What people read and go on from."""
    wanted = Wanted(experiment_ids=["1"], filter_string="params.model = 'ridge'")
    assert as_code.python(wanted) == (
        "import jupyter_mltrack as mlt\n\n"
        "df = mlt.search_runs(\n"
        '    experiment_ids=["1"],\n'
        "    filter_string=\"params.model = 'ridge'\",\n"
        ")\ndf"
    )
    assert as_code.sql(wanted, ["loss"], []) == (
        'import jupyter_mltrack as mlt\n\nmlt.sql("""\n'
        "SELECT run_id, number, run_name, status, started_at, duration,\n"
        "    metrics['loss'] AS \"metrics.loss\"\n"
        "FROM runs\n"
        "WHERE list_contains(['1'], experiment_id)\n"
        "    AND lifecycle_stage = 'active'\n"
        "    AND (params['model'] = 'ridge')\n"
        'ORDER BY start_time DESC, number DESC, run_id ASC\n""")'
    )


def test_what_the_views_do_not_have_is_said(table: Asked) -> None:
    """Then there is the other cell."""
    table.search("artifact_uri LIKE '%'")
    assert "search_runs()" in table.ask("code", language="sql")["error"]
    assert len(executed(table.ask("code", language="python")["text"])) == 25
