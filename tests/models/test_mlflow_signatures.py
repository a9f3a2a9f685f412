"""What MLflow infers and enforces, case by case; `mlflow_signatures.py` asked it."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_mltrack.models import infer_signature
from jupyter_mltrack.models.enforcement import enforce_params, enforce_schema
from jupyter_mltrack.models.types import schema as types
from tests.models.mlflow_signatures import FILE, Refusal, cases, outcome, signature

MLFLOW = json.loads(FILE.read_text(encoding="utf-8"))

#: Where we differ on purpose: what we do, why, and the cases.
DIFFERENT = """
accepted: only the column that fits no type may be anything; MLflow gives up the whole schema
pd.DataFrame({"a": np.array([1, 2], dtype="uint64")})
pd.DataFrame({"a": np.array([1, 2], dtype="complex64")})
pd.DataFrame({"a": ["x", 1]})
pd.DataFrame({"a": [dt.timedelta(1)]})
pd.DataFrame({"a": [["x"], [1]]})
pd.DataFrame({"a": [decimal.Decimal("1.5")]})
{"a": [1, 2.5]}
[{"a": 1}, {"a": "x"}]
accepted: predictions without a name may have gaps and are still numbers
pd.Series([1.5, nan])
accepted: the type of a scalar of NumPy is known, whatever its width
np.int8(1)
accepted: an unknown object is no text
object()
accepted: all sparse matrices are matrices
sp.csr_array(np.eye(3))
sp.coo_matrix(np.eye(3))
accepted: an empty list of parameters is more often one of texts than one of dates
None, None, {"a": []}
accepted: integers become floats if none changes; MLflow says so of int32 to double, and of 0 and 1
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": [1, 2]})
Schema([ColSpec("float", "a")]), pd.DataFrame({"a": np.array([3], dtype="int32")})
accepted: gaps are kept in booleans of pandas, as in those of objects
Schema([ColSpec("boolean", "a")]), pd.DataFrame({"a": pd.array([True, None], dtype="boolean")})
accepted: MLflow infers a type from categories, but does not take them
Schema([ColSpec("string", "a")]), pd.DataFrame({"a": pd.Categorical(["x", "y"])})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": pd.Categorical([1, 2])})
accepted: MLflow infers this schema from this very list, but does not take it
Schema([ColSpec(Array("long"))]), [[1, 2], [3]]
accepted: a missing text stays missing; MLflow makes 'None' of it
Schema([ColSpec(Array("string"), "a", required=False)]), pd.DataFrame({"a": [["x", None]]})
accepted: dates in lists stay dates; MLflow makes numbers of them
Schema([ColSpec(Array("datetime"), "a")]), pd.DataFrame({"a": [["2020-01-02"]]})
Schema([ColSpec(Array("datetime"), "a")]), pd.DataFrame({"a": [[dt.datetime(2020, 1, 2)]]})
accepted: pandas has NaN where a dict is missing
Schema([ColSpec(OBJECT, "a", required=False)]), pd.DataFrame([{"a": {"x": 1}}, {}])
accepted: a dict with a map is one row, as a dict with an object is
Schema([ColSpec(Map("long"), "a")]), {"a": {"x": 1}}
accepted: what may be anything keeps all its columns, and need not be a table
Schema([ColSpec(AnyType())]), pd.DataFrame({"a": [1], "b": ["x"]})
Schema([ColSpec(AnyType())]), (1, 2)
accepted: the tensor has the type that the signature promises
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), pd.DataFrame({"a": [np.array([1, 2])]})
accepted: parameters are always a dict
None, None
refused: a text is neither true nor false, and not bytes
Schema([ColSpec("boolean", "a")]), pd.DataFrame({"a": ["yes"]})
Schema([ColSpec("binary", "a")]), pd.DataFrame({"a": [1, "x"]})
refused: a number in a list of texts is as wrong as in a column of them
Schema([ColSpec(Array("string"), "a")]), pd.DataFrame({"a": [["x", 1]]})
refused: 1.5 is no integer
Schema([TensorSpec(np.dtype("int64"), (-1, 2))]), pd.DataFrame({"a": [[1.5, 2.5]]})
Schema([TensorSpec(np.dtype("int64"), (-1,))]), pd.Series([1.5, 2.5])
"""
VERDICT = re.compile(r"(accepted|refused): ")


def ours(part: str, case: str) -> Any:
    """What comes of a case here."""
    acts = {
        "inference": lambda *data: signature(infer_signature, *data),
        "enforcement": lambda schema, data: enforce_schema(data, schema),
        "params": lambda schema, data: enforce_params(data, schema),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return json.loads(json.dumps(outcome(case, types, acts[part])))


def different() -> Iterator[tuple[str, str, str]]:
    """What we do, the part and the case."""
    verdict = ""
    for line in cases(DIFFERENT):
        if found := VERDICT.match(line):
            verdict = found[1]
        else:
            yield verdict, next(part for part in PARTS if line in MLFLOW[part]), line


PARTS = ("inference", "enforcement", "params")
LISTED = list(different())
ALL = [(part, case) for part in PARTS for case in MLFLOW[part]]
SAME = [each for each in ALL if each not in {listed[1:] for listed in LISTED}]


@pytest.mark.parametrize(("part", "case"), SAME)
def test_as_mlflow(part: str, case: str) -> None:
    """The same JSON, the same repr, the same values in the same types, or refused as well."""
    assert ours(part, case) == MLFLOW[part][case]


@pytest.mark.parametrize(("verdict", "part", "case"), LISTED)
def test_unlike_mlflow(verdict: str, part: str, case: str) -> None:
    """Each difference in the list is one, and is what the list says."""
    found = ours(part, case)
    assert found != MLFLOW[part][case]
    assert (found == Refusal) == (verdict == "refused")


def test_the_cases_are_many() -> None:
    """And each is asked of MLflow once."""
    assert len(MLFLOW["inference"]) >= 60
    assert len(MLFLOW["enforcement"]) >= 80
    assert MLFLOW["made_by"]["mlflow"].startswith("3.")
