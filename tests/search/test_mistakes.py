"""Mistakes: each is pointed at, and its message says what to write instead."""

from __future__ import annotations

import pytest

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.search import EXPERIMENTS, RUNS, Grammar, parse_filter
from jupyter_mltrack.search.mistakes import advice, nearest, shorten


def failure(text: str, grammar: Grammar = RUNS) -> FilterSyntaxError:
    """The error a filter raises."""
    with pytest.raises(FilterSyntaxError) as caught:
        parse_filter(text, grammar)
    return caught.value


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("metrics.a > 1 OR metrics.b > 2", "OR", "OR is not supported"),
        ("metrics.a > 1 || metrics.b > 2", "||", "OR is not supported"),
        ("metrics.a > 1 && metrics.b > 2", "&&", "Write AND"),
        ("NOT metrics.a > 1", "NOT", "write '!='"),
        ("params.a NOT LIKE 'x'", "NOT", "NOT IN"),
        ("(metrics.a > 1)", "(", "Parentheses"),
        ("metrics.a > 1 AND (params.b = 'x')", "(", "Parentheses"),
        ("metrics.a > (1)", "(1", "Parentheses"),
        ("metrics.a > 1)", ")", "Parentheses"),
        ("metrics.a BETWEEN 1 AND 2", "BETWEEN", "field >= low AND"),
        ("metrics.a == 1", "==", "'=' instead"),
        ("metrics.a <> 1", "<>", "'!=' instead"),
        ("metrics.a => 1", "=>", "'>='"),
        ("metrics.a ~ 1", "~", "Expected an operator"),
        ("metrics.a > 1; metrics.b > 2", ";", "one filter"),
        ("metrics.a > metrics.b", "metrics.b", "Two fields"),
        ("params.a = tags.b", "tags.b", "Two fields"),
        ("metrics.a = nan", "nan", "nan and inf"),
        ("metrics.a < -inf", "-inf", "nan and inf"),
        ("metrics.a < 1e999", "1e999", "too large"),
        ("metrics.a = '1'", "'1'", "number without quotes"),
        ("metrics.a = 1_000", "1_000", "number without quotes"),
        ("start_time > '2026-05-03'", "'2026", "milliseconds since 1970"),
        ("duration > '1h'", "'1h'", "seconds"),
        ("params.lr > 0.05", ">", "values are strings: write one of =, !="),
        ("params.lr = 0.1", "0.1", "string in quotes"),
        ("params.a = LR", "LR", "string in quotes"),
        ("params.a = `LR`", "`LR`", "string in quotes"),
        ("status = 1", "1", "string in quotes"),
        ("status = true", "true", "string in quotes"),
        ("metrics.a LIKE 'x'", "LIKE", "values are numbers"),
        ("metrics.a IN ('1')", "IN", "values are numbers"),
        ("metrics.a IS NULL", "IS", "write one of ="),
        ("status IS NULL", "IS", "write one of ="),
        ("status IS 'RUNNING'", "IS", "IS must be followed by NULL"),
        ("params.a = NULL", "NULL", "Write IS NULL"),
        ("datasets.name > 'x'", ">", "values are strings"),
        ("params.a = 'LR", "'LR", "never closed"),
        ("params.a = \"LR'", '"LR', "never closed"),
        ("params.'a = 1", "'a", "never closed"),
        ("`metrics.a > 1", "`", "never closed"),
        ("params.a = \u2018x\u2019", "\u2018", "straight quotes"),
        ("run_id IN 'a'", "'a'", "list in parentheses"),
        ("run_id IN ['a']", "[", "list in parentheses"),
        ("run_id IN ()", ")", "list after IN is empty"),
        ("run_id IN ('a' 'b')", "'b'", "',' or ')'"),
        ("run_id IN ('a'", "", "',' or ')'"),
        ("run_id IN (1)", "1", "string in quotes"),
        ("metrics. > 1", "> 1", "a key after the dot"),
        ("metrics.`` > 1", "``", "Write a key"),
        ("metrics.a", "", "Expected an operator"),
        ("metrics.a !=", "", "Expected a number"),
        ("1 < metrics.a", "1", "Expected a field, such as metrics.rmse"),
        ("'x' = params.a", "'x'", "Expected a field"),
        ("AND metrics.a > 1", "AND", "Expected a field"),
        ("AND", "AND", "Expected a field"),
        ("metrics.a > 1 AND AND metrics.b > 2", "AND metrics.b", "Expected a field"),
        ("metrics.a > 1 NAND metrics.b > 2", "NAND", "Expected AND or the end"),
        ("metrics.a > 1, metrics.b > 2", ",", "Expected AND or the end"),
        (" \n ", " \n ", "pass '' to match everything"),
    ],
)
def test_mistake(text: str, at: str, words: str) -> None:
    """A mistake is pointed at, and the message says what to write."""
    error = failure(text)
    assert text[error.position :].startswith(at)
    assert error.position == (text.rindex(at) if at else len(text))
    assert words in error.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("metrcs.a > 1", "Unknown prefix 'metrcs' in a search of runs: did you mean 'metrics'?"),
        ("Params.a = 'x'", "Unknown prefix 'Params' in a search of runs: did you mean 'params'?"),
        ("m.a > 1", "write one of metrics, params, tags, attributes, datasets"),
        ("statuss = 'x'", "Unknown attribute 'statuss' in a search of runs: did you mean 'status'"),
        ("attr.start_tme > 1", "did you mean 'start_time'?"),
        ("acc > 0.9", "or, for what was logged, metrics.acc or params.acc or tags.acc"),
        ("lifecycle_stage = 'active'", "write one of run_id, run_name, status"),
        ("datasets.nam = 'x'", "Unknown dataset 'nam' in a search of runs: did you mean 'name'?"),
        ("`metrics.a` > 1", "metrics.<key>"),
    ],
)
def test_unknown_name(text: str, reason: str) -> None:
    """An unknown name is met with the nearest known one, or with all of them."""
    assert reason in failure(text).reason


def test_experiments_have_no_metrics() -> None:
    """A grammar knows only what its own things have."""
    error = failure("metrics.a > 1", EXPERIMENTS)
    assert error.reason.endswith("in a search of experiments: write one of tags, attributes")


def test_caret_under_the_mistake() -> None:
    """The message shows the filter with a caret."""
    assert str(failure("params.lr > 1")).splitlines()[1:] == ["  params.lr > 1", "            ^"]


@pytest.mark.parametrize(
    ("name", "known"),
    [("start", "start_time"), ("Statsu", "status"), ("s", None), ("zzz", None), ("x" * 41, None)],
)
def test_nearest(name: str, known: str | None) -> None:
    """A beginning counts before likeness; very long names are not compared at all."""
    assert nearest(name, ["status", "start_time", "x" * 41]) == known


def test_no_advice() -> None:
    """What is no known mistake gets no advice."""
    assert advice("metrics.a > 1", 0) is None


def test_shorten() -> None:
    """A message repeats at most forty characters of a name."""
    assert shorten("a") == "'a'"
    assert shorten("a" * 41) == f"'{'a' * 40}…'"
