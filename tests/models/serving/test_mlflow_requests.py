"""What MLflow's server makes of requests and predictions, case by case; it was asked for it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from jupyter_mltrack.models.pyfunc.loaded import PyFuncModel
from tests.models.serving.asking import BEARER, HOST, ask, fake
from tests.models.serving.mlflow_requests import FILE, JSON, SIGNATURES, prediction, seen

MLFLOW = json.loads(FILE.read_text(encoding="utf-8"))

#: Values of a column where we differ on purpose: why, and for each type which.
VALUES = """
refused: what is neither true nor false; MLflow takes all that is not empty for true
boolean -1 1.5 "" "x" "1.5" "aGk=" "a" "2020-01-02" "2020-01-02T03:04:05"
boolean "2020-01-02T03:04:05.123456" "2020-01-02T03:04:05Z" "2020-01-02T03:04:05+02:00" 2147483648
boolean 9007199254740993 9223372036854775808 1e300 NaN Infinity [1] {"k":1}
refused: what changes when it becomes an integer; MLflow cuts it
integer 1.5 2147483648 9007199254740993 9223372036854775808 1e300
long 1.5 9223372036854775808 1e300
refused: what is too large for the type; MLflow makes infinity of it
float 1e300
refused: what is no base64; MLflow skips what does not belong, or takes the text as it is
binary 1 0 -1 1.0 1.5 true "x" "1" "1.5" "a" "2020-01-02" "2020-01-02T03:04:05"
binary "2020-01-02T03:04:05.123456" "2020-01-02T03:04:05Z" "2020-01-02T03:04:05+02:00" 2147483648
binary 9007199254740993 9223372036854775808 1e300 NaN Infinity [1] {"k":1}
refused: numbers for times; MLflow takes them for nanoseconds since 1970
datetime 1 0 -1 1.0 1.5 true "1" 2147483648 9007199254740993 1e300 Infinity
accepted: a truth value that is missing is missing; MLflow makes False of it
boolean null
accepted: numbers in a column of texts stay what they are, as MLflow has it in records
string 1 0 -1 1.0 1.5 true null 2147483648 9007199254740993 9223372036854775808 1e300 NaN
string Infinity [1] {"k":1}
accepted: base64 is bytes in every form; MLflow decodes it in records only
binary null "true" "aGk="
accepted: times with a zone become UTC, and missing ones are missing
datetime NaN "2020-01-02T03:04:05Z" "2020-01-02T03:04:05+02:00"
"""

#: Other requests where we differ on purpose.
BODIES = """
refused: records are dicts
{"dataframe_records": [1, 2]}
{"dataframe_records": [[1, 2]]}
refused: rows that have not the same keys; MLflow makes columns of different lengths
{"instances": [{"a": 1}, {"b": 2}]}
refused: rows have one length
{"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2], [3]]}}
refused: params are a dict
{"inputs": [1], "params": [1]}
refused: numbers that do not fit into the tensor
{"inputs": [[1e300, 2]]}
{"inputs": {"x": [[1, 2]], "y": [5.5]}}
refused: a number is no text
{"inputs": [1]}
accepted: columns by name, also if the signature has no names
{"inputs": {"p": [1], "q": [2]}}
accepted: lists and dicts in a column hold Python's own values, not NumPy's
{"inputs": {"a": [1, 2]}}
{"inputs": [{"a": [1, 2]}]}
{"dataframe_records": [{"a": {"k": 1}}]}
{"inputs": {"a": {"k": 1}}}
{"inputs": [{"a": {"k": 1}}]}
"""

_ONE_VALUE = re.compile(
    r'\{"dataframe_records": \[\{"a": (.*)\}\]\}|\{"inputs": \{"a": \[(.*)\]\}\}'
)


def _on_purpose() -> dict[tuple[str, str], bool]:
    """Type and value, or nothing and body -> whether it may be accepted."""
    found: dict[tuple[str, str], bool] = {}
    for text, of_values in ((VALUES, True), (BODIES, False)):
        accepted = False
        for line in text.strip().splitlines():
            if line.startswith(("refused: ", "accepted: ")):
                accepted = line.startswith("accepted")
            elif of_values:
                kind, *values = line.split(" ")
                found |= {(kind, value): accepted for value in values}
            else:
                found["", line] = accepted
    return found


ON_PURPOSE = _on_purpose()


class Impl:
    """Notes what it gets."""

    got: Any = None

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> list[int]:
        """One number; no params are the same as none."""
        self.got = [seen(data), repr(params or None)]
        return [0]


def ours(name: str, content_type: str, body: str) -> tuple[int, Any]:
    """The status, and what the model got."""
    impl = Impl()
    model = PyFuncModel(fake(**SIGNATURES[name]).metadata, impl)
    told = ask(model, body.encode(), headers=[HOST, BEARER, ("content-type", content_type)])
    return int(told.status), impl.got


def difference(name: str, body: str) -> bool | None:
    """Whether a case that differs on purpose is accepted; None if it does not differ."""
    one = _ONE_VALUE.fullmatch(body)
    return ON_PURPOSE.get((name, (one[1] or one[2]) if one else ""), ON_PURPOSE.get(("", body)))


@pytest.mark.filterwarnings("ignore:The signature has no parameters")
@pytest.mark.parametrize("name", SIGNATURES)
def test_a_request(name: str) -> None:
    """The model gets the same data, or the request is refused likewise."""
    wrong = []
    for signature, content_type, body, status, got in MLFLOW["requests"]:
        if signature != name or content_type != JSON:
            continue
        told = ours(name, content_type, body)
        same = told[0] == status and (status != 200 or told[1] == [got[0], _params(got[1])])
        accepted = difference(name, body)
        if not same and (accepted is None or accepted != (told[0] == 200)):
            wrong.append((body, (status, got), told))
    assert not wrong


def _params(text: str) -> str:
    return "None" if text == "{}" else text


CSV_DIFFERENT = {
    ("binary", "a\naGk=\n"): "base64 is bytes in every form",
    ("datetime", "a\n2020-01-02\n"): "MLflow cannot read times in CSV",
}


@pytest.mark.parametrize(
    "case", [one for one in MLFLOW["requests"] if one[1] == "text/csv"], ids=lambda one: one[0]
)
def test_a_table(case: list[Any]) -> None:
    """The same of CSV."""
    name, content_type, body, status, got = case
    told = ours(name, content_type, body)
    if (name, body) in CSV_DIFFERENT:
        assert told[0] == 200
    else:
        assert told[0] == status
        assert status != 200 or told[1] == [got[0], _params(got[1])]


@pytest.mark.parametrize(
    "case",
    [one for one in MLFLOW["requests"] if one[1] not in {JSON, "text/csv"}],
    ids=lambda one: one[1],
)
def test_a_content_type(case: list[Any]) -> None:
    """The same are refused; types have no case here, as HTTP has it (RFC 9110, 8.3.1)."""
    name, content_type, body, status, _ = case
    assert ours(name, content_type, body)[0] == (200 if content_type.isupper() else status)


#: Predictions where we differ on purpose, and what we answer.
ANSWERS = {
    'np.array(["2020-01-02T03:04:05.123456789"], dtype="datetime64[ns]")': [
        "2020-01-02T03:04:05.123456789"
    ],
    '{"a": pd.DataFrame({"c": [1]})}': {"a": [{"c": 1}]},
}


@pytest.mark.parametrize("case", MLFLOW["predictions"], ids=lambda one: one[0])
def test_a_prediction(case: list[Any]) -> None:
    """The same JSON, or the same status if there is none."""
    text, status, body = case
    told = ask(fake(answer=lambda _: prediction(text)))
    if text in ANSWERS:
        assert told.fields == {"predictions": ANSWERS[text]}
    else:
        assert told.status == status
        assert status != 200 or repr(told.fields) == repr(json.loads(body))
