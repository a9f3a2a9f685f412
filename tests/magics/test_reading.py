import ast
import math

import numpy as np
import pytest

from jupyter_mltrack.magics.reading import literals, metrics_of, result_name, split_last

PARAMS = {
    "alpha = 0.5": {"alpha": 0.5},
    "a = b = -3": {"a": -3, "b": -3},
    "x: float = 1e-3": {"x": 0.001},
    "flag = True\nname = 'ridge'": {"flag": True, "name": "ridge"},
    "a = 1\na = 2": {"a": 2},
    "a = 1\na = f()": {},
    "a = 1\na: int": {"a": 1},
    "x: float": {},
    "_hidden = 1": {},
    "a, b = 1, 2": {},
    "a.b = 1\nc[0] = 2": {},
    "a = [1, 2]\nb = {'x': 1}\nc = None\nd = 1j\ne = b'x'": {},
    "a = 1 + 1\nb = f'{x}'\nc = (3)": {"c": 3},
    "if True:\n    a = 1\ndef f():\n    b = 2\nfor i in x:\n    c = 3": {},
    "a = 1 +": {},
    "": {},
}


@pytest.mark.parametrize("source", PARAMS)
def test_literals_at_the_top_are_params(source: str) -> None:
    """Numbers, strings and booleans that a name is bound to last; nothing that is computed."""
    assert literals(source) == PARAMS[source]


NAMES = {
    "accuracy": "accuracy",
    "model.score(X, y)": "score",
    "Ridge().fit(X, y).score(X, y)": "score",
    "r2_score(y, p)": "r2_score",
    "a.b.rmse": "rmse",
    "{'a': 1}": "result",
    "1 + 1": "result",
    "x[0]": "result",
    "x = 1": "result",
    "get_ipython().run_line_magic('timeit', '-o f()')": "result",
    "": "result",
}


@pytest.mark.parametrize("source", NAMES)
def test_last_expression_gives_a_name(source: str) -> None:
    """A name, an attribute, or what is called; else ``result``."""
    assert result_name(f"x = 0\n{source}") == NAMES[source]


VALUES = {
    "int": (3, {"m": 3.0}),
    "float": (0.5, {"m": 0.5}),
    "infinity": (math.inf, {"m": math.inf}),
    "numpy scalar": (np.float32(0.5), {"m": 0.5}),
    "numpy integer": (np.int8(5), {"m": 5.0}),
    "array of no dimension": (np.array(2.0), {"m": 2.0}),
    "array of one item": (np.array([2.0]), {}),
    "bool": (True, {}),
    "numpy bool": (np.bool_(1), {}),
    "complex": (1j, {}),
    "numpy complex": (np.complex128(1), {}),
    "numpy text": (np.str_("5"), {}),
    "numpy time": (np.datetime64("2026-01-01"), {}),
    "text": ("0.5", {}),
    "nothing": (None, {}),
    "dict": ({"a": 1, "b": np.float64(2)}, {"a": 1.0, "b": 2.0}),
    "dict with odd keys": ({("a", 1): 1, 5: 2}, {"_a_ 1_": 1.0, "5": 2.0}),
    "dict of dicts": ({"a": {"b": 1}}, {}),
    "dict with text": ({"a": 1, "b": "x", "c": None}, {"a": 1.0}),
    "empty dict": ({}, {}),
}


@pytest.mark.parametrize("case", VALUES)
def test_numbers_are_metrics(case: str) -> None:
    """A real number, or a dict of them; no bool, no complex number, no array."""
    value, expected = VALUES[case]
    assert metrics_of("m", value) == expected


def test_split_last() -> None:
    """The last expression is taken off; a cell without one stays whole."""
    body, last = split_last(ast.parse("x = 1\nx + 1"))
    assert ast.unparse(body) == "x = 1"
    assert last is not None
    assert ast.unparse(last) == "x + 1"
    assert split_last(ast.parse("x = 1"))[1] is None
    assert split_last(ast.parse(""))[1] is None
