"""Rubbish is answered with a reason; no body ends the server or reaches a model that has types."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.serving.asking import BEARER, HOST, FakeModel, Told, ask, fake

#: Of parameters that no signature has.
pytestmark = pytest.mark.filterwarnings("ignore:The signature has no parameters")

_TYPES = "boolean integer long float double string binary datetime".split()
SIGNATURES: dict[str, list[dict[str, Any]]] = {
    "columns": [{"name": kind, "type": kind, "required": False} for kind in _TYPES],
    "tensor": [{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1, 2]}}],
    "list": [{"type": "array", "items": {"type": "long"}, "name": "a", "required": True}],
}

RUBBISH = {
    "nothing": b"",
    "blanks": b" \n\t ",
    "zeros": b"\0" * 100,
    "UTF-16": '{"inputs": [1]}'.encode("utf-16"),
    "UTF-8 with a mark": b'\xef\xbb\xbf{"inputs": [1]}',
    "broken UTF-8 in a text": b'{"inputs": ["\xff\xfe"]}',
    "a lone surrogate": b'{"inputs": ["\\ud800"]}',
    "half an escape": b'{"inputs": ["\\u12"]}',
    "deep lists": b"[" * 100_000,
    "deep closed lists": b'{"inputs": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "deep dicts": b'{"a":' * 100_000,
    "a deep table": b'{"dataframe_split": {"data": ' + b"[" * 900 + b"]" * 900 + b"}}",
    "a huge integer": b'{"inputs": [' + b"9" * 100_000 + b"]}",
    "a huge exponent": b'{"inputs": [1e999999999]}',
    "a long fraction": b'{"inputs": [0.' + b"1" * 100_000 + b"]}",
    "two objects": b'{"inputs": [1]}{"inputs": [1]}',
    "a comma": b'{"inputs": [1,]}',
    "single quotes": b"{'inputs': [1]}",
    "a number with zeros": b'{"inputs": [007]}',
    "hexadecimal": b'{"inputs": [0x1]}',
    "a pickle": b"\x80\x04\x95cos\nsystem\n(S'true'\ntR.",
    "YAML": b"inputs: !!python/object/apply:os.system [true]",
    "XML": b"<?xml version='1.0'?><inputs/>",
    "a form": b"inputs=1&params=2",
    "unknown keys": b'{"__class__": "os.system", "inputs": [1], "instances": [2]}',
    "a million keys": b"{" + b",".join(b'"%d":1' % n for n in range(100_000)) + b"}",
    "ragged rows": b'{"dataframe_split": {"columns": ["long"], "data": [[1], [1, 2]]}}',
    "rows of rows": b'{"dataframe_records": [{"long": {"a": [1]}}]}',
}

#: Of the above those that hold data for a model without a signature.
HARMLESS = {
    "a deep table",
    "UTF-8 with a mark",
    "a lone surrogate",
    "a huge exponent",
    "a long fraction",
    "rows of rows",
}


def is_explained(told: Told) -> bool:
    """Whether the request was refused with a short reason, and not by accident."""
    message = told.fields["message"]
    return 20 < len(message) < 3_000 and not message.startswith("The model could not predict")


@pytest.mark.parametrize("what", RUBBISH)
@pytest.mark.parametrize("signature", [None, *SIGNATURES])
def test_rubbish(what: str, signature: str | None) -> None:
    """400 with a short reason, in no time."""
    model = fake(inputs=SIGNATURES[signature]) if signature else fake()
    began = time.monotonic()
    told = ask(model, RUBBISH[what])
    assert told.status == 400 or (what in HARMLESS and told.status == 200)
    assert told.status == 200 or is_explained(told)
    assert time.monotonic() - began < 60


def test_a_key_that_comes_twice() -> None:
    """The last one counts, as for every reader of JSON in Python."""
    model = fake()
    assert ask(model, b'{"inputs": [1], "inputs": [2]}').status == 200
    assert model.got[0].tolist() == [2]


@pytest.mark.parametrize("content_type", ["text/csv", "application/vnd.apache.parquet"])
def test_rubbish_as_tables(content_type: str) -> None:
    """400, or a table of texts where there is no signature; never worse."""
    bodies = [*RUBBISH.values(), b'a,b\n"x', b"a\n" + b"\xff" * 10, b"PAR1" + b"\0" * 50 + b"PAR1"]
    for body in bodies:
        headers = [HOST, BEARER, ("content-type", content_type)]
        for model in (fake(), fake(inputs=SIGNATURES["list"])):
            assert ask(model, body[:20_000], headers=headers).status in {200, 400}


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["2020-01-02", "aGk=", "1.5", "nan", 2**63, 2**31, 1e300]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
_ROWS = st.lists(st.dictionaries(st.sampled_from([*_TYPES, "a", "0"]), _VALUES), max_size=3)
_SPLIT = st.fixed_dictionaries(
    {"data": st.lists(st.lists(_VALUES, max_size=3), max_size=3) | _VALUES},
    optional={"columns": st.lists(st.sampled_from(_TYPES), max_size=3) | _VALUES, "index": _VALUES},
)
_BODIES = st.fixed_dictionaries(
    {},
    optional={
        "dataframe_split": _SPLIT | _VALUES,
        "dataframe_records": _ROWS | _VALUES,
        "instances": _ROWS | _VALUES,
        "inputs": st.dictionaries(st.sampled_from(_TYPES), st.lists(_VALUES)) | _VALUES,
        "params": _VALUES,
        "messages": _VALUES,
    },
)


@settings(max_examples=60, deadline=None)
@given(_BODIES | _VALUES, st.sampled_from([None, *SIGNATURES]))
def test_any_json(body: Any, signature: str | None) -> None:
    """Either the model gets what its signature says, or the fault is the request's."""
    model = fake(inputs=SIGNATURES[signature]) if signature else fake()
    told = ask(model, json.dumps(body).encode())
    assert told.status in {200, 400}
    assert told.status == 200 or is_explained(told)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    """No JSON at all."""
    assert ask(fake(), body).status in {200, 400}


def test_a_request_that_is_damaged_anywhere() -> None:
    """Cut or changed at any place; the server is well afterwards."""
    model: FakeModel = fake(inputs=SIGNATURES["columns"])
    whole = b'{"dataframe_split": {"columns": ["long", "string"], "data": [[1, "x"], [2, "y"]]}}'
    chance = random.Random(7)
    for _ in range(80):
        place = chance.randrange(len(whole))
        changed = bytes([chance.randrange(256)])
        for body in (whole[:place], whole[:place] + changed + whole[place + 1 :]):
            assert ask(model, body).status in {200, 400}
    assert ask(model, whole).status == 200
