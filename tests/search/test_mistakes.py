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
        ("metrics.a > 1 || metrics.b > 2", "||", "Write OR"),
        ("metrics.a > 1 && metrics.b > 2", "&&", "Write AND"),
        ("!metrics.a > 1", "!", "NOT stands before a clause"),
        ("params.a NOT 'x'", "NOT", "write '!='"),
        ("metrics.a > (1)", "(1", "Parentheses go around whole clauses"),
        ("metrics.a > 1)", ")", "closes nothing"),
        ("(metrics.a > 1", "", "')' that closes"),
        ("(metrics.a > 1 AND)", ")", "closes nothing"),
        ("()", ")", "closes nothing"),
        ("metrics.a > 1 OR", "", "Expected a field"),
        ("OR metrics.a > 1", "OR", "Expected a field"),
        ("NOT", "", "Expected a field"),
        ("metrics.a BETWEEN 1", "", "AND and the upper end"),
        ("metrics.a BETWEEN 1 OR 2", "OR", "AND and the upper end"),
        ("metrics.a BETWEEN (1, 2)", "(", "Parentheses"),
        ("params.a =~ 'x'", "~", "Write RLIKE"),
        ("params.a REGEXP 'x'", "REGEXP", "Write RLIKE"),
        ("params.a RLIKE 5", "5", "string in quotes"),
        ("metrics.a == 1", "==", "'=' instead"),
        ("metrics.a <> 1", "<>", "'!=' instead"),
        ("metrics.a => 1", "=>", "'>='"),
        ("metrics.a ~ 1", "~", "Write RLIKE"),
        ("metrics.a > 1; metrics.b > 2", ";", "one filter"),
        ("metrics.a > metrics.b", "metrics.b", "Two fields"),
        ("params.a = tags.b", "tags.b", "Two fields"),
        ("metrics.a = nan", "nan", "nan and inf"),
        ("metrics.a < -inf", "-inf", "nan and inf"),
        ("metrics.a < 1e999", "1e999", "too large"),
        ("metrics.a = '1'", "'1'", "number without quotes"),
        ("metrics.a = 1_000", "1_000", "number without quotes"),
        ("start_time > '2026-13-01'", "'2026", "This is no date for attribute 'start_time'"),
        ("start_time > '3 moons ago'", "'3", "milliseconds since 1970"),
        ("start_time > '99999999 weeks ago'", "'9", "This is no date"),
        ("start_time > '9999-12-31'", "'9", "This is no date"),
        ("start_time LIKE '2026%'", "LIKE", "values are numbers"),
        ("duration > '1 hose'", "'1 h", "or a number: seconds"),
        ("params.lr > '0.05'", "'0.05'", "numbers without quotes to compare param 'lr' by size"),
        ("tags.n BETWEEN '1' AND 'b'", "'1'", "numbers without quotes"),
        ("params.n IN (1, 'b')", "(", "with quotes, or none"),
        ("params.a = LR", "LR", "string in quotes for param 'a', such as 'text' or a number"),
        ("params.a = `LR`", "`LR`", "string in quotes"),
        ("status = 1", "1", "string in quotes"),
        ("status = true", "true", "string in quotes"),
        ("metrics.a LIKE 'x'", "LIKE", "values are numbers"),
        ("metrics.a IN ('1')", "'1'", "number without quotes"),
        ("metrics.a RLIKE '1'", "RLIKE", "values are numbers"),
        ("metrics.a IN 1", "1", "such as (1, 2)"),
        ("status IS 'RUNNING'", "IS", "IS must be followed by NULL"),
        ("params.a = NULL", "NULL", "Write IS NULL"),
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
        ("metrics.a > 1 NAND metrics.b > 2", "NAND", "Expected AND, OR or the end"),
        ("metrics.a > 1, metrics.b > 2", ",", "Expected AND, OR or the end"),
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
        ("colour = 'red'", "write one of run_id, run_name, status"),
        ("datasets.nam = 'x'", "Unknown dataset 'nam' in a search of runs: did you mean 'name'?"),
        ("experiment.owner = 'x'", "write one of name, id"),
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
    shown = str(failure("metrics.a LIKE 1")).splitlines()
    assert shown[1:] == ["  metrics.a LIKE 1", "            ^"]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("start", "start_time"),
        ("Statsu", "status"),
        ("STATUS", "status"),
        ("s", None),
        ("zzz", None),
        ("x" * 41, None),
    ],
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
