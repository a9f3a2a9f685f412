"""Nothing a user writes becomes SQL: its text depends on the shape of a filter only."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.search import RUNS, parse_columns, parse_filter, parse_order_by
from jupyter_mltrack.store import Store, queries
from jupyter_mltrack.store.compiler import Compiler

EVIL = [
    "x'); DROP TABLE runs; --",
    "$v0",
    "' OR '1'='1",
    "x')) UNION SELECT read_text('/etc/passwd') --",
    "\"; ATTACH '/tmp/x'; --",
    "{0}",
    "{subject}",
    "%s",
    "`]['; COPY runs TO '/tmp/x'",
    "\0",
    "\\'; SELECT 1; --",
    "naïve \N{SNOWMAN}",
]
TEMPLATES = [
    "metrics.{key} > 1",
    "metrics.{key} IN (1, 2) OR metrics.{key} IS NULL",
    "params.{key} = {value}",
    "params.{key} NOT LIKE {value} AND tags.{key} IN ({value}, {value})",
    "tags.{key} BETWEEN {value} AND {value} OR NOT tags.{key} >= 5",
    "run_name ILIKE {value} AND status = {value}",
    "dataset.name != {value} OR dataset.context IS NOT NULL",
    "experiment.name NOT IN ({value}) AND lifecycle_stage = {value}",
]


def sql(template: str, text: str) -> str:
    """The statement's text for a filter with a hostile key and value, with a sort and a column."""
    value = "'{}'".format(text.replace("'", "''"))
    key = "`{}`".format(text.replace("`", "``"))
    compiler = Compiler()
    where = compiler.where(parse_filter(template.format(key=key, value=value), RUNS))
    order = compiler.order_by(
        parse_order_by([f"metrics.{key} DESC", f"tags.{key}"], RUNS), "run_id"
    )
    (column,) = map(compiler.value, parse_columns([f"params.{key}"], RUNS))
    return f"{column} | {where} | {order}"


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_text_is_the_same_whatever_is_searched(template: str) -> None:
    """Keys and values are bound: a hostile one gives the very text of a harmless one."""
    harmless = sql(template, "zq")
    assert "zq" not in harmless
    for text in EVIL:
        assert sql(template, text) == harmless


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_hostile_filter_is_only_a_filter(store: Store, template: str) -> None:
    """It runs, finds nothing that has such a value, and the store is as before."""
    for text in EVIL:
        value = "'{}'".format(text.replace("'", "''"))
        wanted = template.format(key="`{}`".format(text.replace("`", "``")), value=value)
        search = queries.RunSearch(experiment_ids=["0"], filter_string=wanted)
        assert queries.runs(store, search) == []


@pytest.mark.parametrize(
    "pattern",
    ["(" * 2000, "a*" * 500_000, "a{1000}{1000}", "(?<x>", "\\", "[", "*"],
    ids=lambda pattern: pattern[:15],
)
def test_a_hostile_pattern(store: Store, pattern: str) -> None:
    """What RE2 refuses is an error of the caller, not of the database."""
    search = queries.RunSearch(experiment_ids=["0"], filter_string=f"run_id RLIKE '{pattern}'")
    with pytest.raises(FilterSyntaxError, match="no regular expression"):
        queries.runs(store, search)


def test_many_clauses(store: Store, tmp_path: Path) -> None:
    """DuckDB's own limit on depth is not met by a thousand clauses."""
    for joint in (" OR ", " AND "):
        wanted = joint.join(f"params.a = '{n}'" for n in range(1000))
        search = queries.RunSearch(experiment_ids=["0"], filter_string=wanted)
        assert queries.runs(store, search) == []
    wanted = "NOT (" * 25 + "number = 1" + ")" * 25
    search = queries.RunSearch(experiment_ids=["0"], filter_string=wanted)
    assert queries.runs(store, search) == []
