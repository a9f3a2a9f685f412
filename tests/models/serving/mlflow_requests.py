"""What MLflow's scoring server makes of requests and of predictions, in `mlflow_requests.json`.

Run it again with the Python of an environment that has mlflow and httpx: ``python
tests/models/serving/mlflow_requests.py``. Each request is a signature, a type of content and a
body; what is noted is the status, and what the model got or how it was refused. Each prediction is
an expression; what is noted is the body of the answer.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FILE = Path(__file__).with_suffix(".json")
JSON, CSV = "application/json", "text/csv"

_A = {"name": "a", "required": True}
_TYPES = "boolean integer long float double string binary datetime".split()
_TENSOR = {"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}
_PAIR = [
    {"name": "x", "type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}},
    {"name": "y", "type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}},
]
_TWO = [{"type": "double", **_A}, {"type": "string", "name": "b", "required": False}]
_PARAMS = [
    {"name": "n", "type": "long", "default": 1, "shape": None},
    {"name": "when", "type": "datetime", "default": "2020-01-02T00:00:00", "shape": None},
]

#: Name -> what a signature has of inputs and params; an empty one is no signature.
SIGNATURES: dict[str, dict[str, Any]] = {
    "none": {},
    "two": {"inputs": _TWO},
    "unnamed": {"inputs": [{"type": "double"}, {"type": "double"}]},
    "tensor": {"inputs": [_TENSOR]},
    "tensors": {"inputs": _PAIR},
    "list": {"inputs": [{"type": "array", "items": {"type": "long"}, **_A}]},
    "object": {
        "inputs": [
            {"type": "object", "properties": {"k": {"type": "long", "required": True}}, **_A}
        ]
    },
    "texts": {"inputs": [{"type": "string", "required": True}]},
    "params": {"inputs": _TWO, "params": _PARAMS},
    **{kind: {"inputs": [{"type": kind, **_A}]} for kind in _TYPES},
}

_VALUES = """
1 0 -1 1.0 1.5 true null "" "x" "1" "1.5" "true" "aGk=" "a" "2020-01-02" "2020-01-02T03:04:05"
"2020-01-02T03:04:05.123456" "2020-01-02T03:04:05Z" "2020-01-02T03:04:05+02:00" 2147483648
9007199254740993 9223372036854775808 1e300 NaN Infinity [1] {"k":1}
""".split()

_BODIES = {
    "none": """
{"dataframe_split": {"columns": ["a", "b"], "data": [[1, "x"], [2, null]]}}
{"dataframe_split": {"columns": ["a"], "index": [7, 8], "data": [[1.5], [2.5]]}}
{"dataframe_split": {"data": [[1, 2], [3, 4]]}}
{"dataframe_split": {"columns": ["a"], "data": []}}
{"dataframe_split": {"columns": ["a", "a"], "data": [[1, 2]]}}
{"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}}
{"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2], [3]]}}
{"dataframe_split": {"columns": ["a"], "data": [1, 2]}}
{"dataframe_split": {"columns": ["a"]}}
{"dataframe_split": {"columns": ["a"], "data": [[1]], "extra": 1}}
{"dataframe_split": [[1, 2]]}
{"dataframe_split": "x"}
{"dataframe_split": null}
{"dataframe_split": {"columns": ["d"], "data": [["2020-01-02"]]}}
{"dataframe_split": {"columns": ["a"], "data": [[[1, 2]], [{"k": 1}]]}}
{"dataframe_records": [{"a": 1, "b": "x"}, {"a": 2}]}
{"dataframe_records": [{"b": "x", "a": 1}, {"a": 2, "c": true}]}
{"dataframe_records": []}
{"dataframe_records": {"a": [1, 2]}}
{"dataframe_records": {"a": 1}}
{"dataframe_records": [1, 2]}
{"dataframe_records": [[1, 2]]}
{"dataframe_records": [{"a": 1}, 5]}
{"dataframe_records": "x"}
{"dataframe_records": null}
{"instances": [1, 2]}
{"instances": [[1, 2.5], [3, 4]]}
{"instances": [{"a": 1, "b": [1, 2]}, {"a": 2, "b": [3, 4]}]}
{"instances": [{"a": 1}, {"b": 2}]}
{"instances": [{"a": 1}, 3]}
{"instances": {"a": [1, 2]}}
{"instances": ["x", "y"]}
{"instances": []}
{"instances": 5}
{"instances": null}
{"inputs": [1, 2]}
{"inputs": [[1, 2.5], [3]]}
{"inputs": {"a": [1, 2], "b": ["x", "y"]}}
{"inputs": {"a": [1, 2], "b": ["x"]}}
{"inputs": {"a": 1}}
{"inputs": "x"}
{"inputs": 5}
{"inputs": null}
{"inputs": []}
{"inputs": {}}
{"inputs": [{"a": 1}, {"a": 2}]}
{"inputs": [1], "instances": [1]}
{"inputs": [1], "extra": [1]}
{"inputs": [1], "params": {"n": 1}}
{"inputs": [1], "params": null}
{"inputs": [1], "params": [1]}
{"signature_name": "serving_default", "instances": [1]}
{"signature_name": "x", "inputs": [1]}
{"columns": ["a"], "data": [[1]]}
{"messages": [{"role": "user", "content": "x"}]}
{"prompt": "x", "n": 1}
{"input": ["x"]}
{"dataframe_split": {"columns": ["a"], "data": [[1]]}, "params": {"n": 1}}
{"params": {"n": 1}}
{}
[]
[1, 2]
"x"
5
null
{"inputs": [1]
{"inputs": [NaN, 1]}
{"inputs": [1]} x
""",
    "two": """
{"dataframe_split": {"columns": ["a", "b"], "data": [[1, "x"], [2, null]]}}
{"dataframe_split": {"columns": ["b", "a", "c"], "data": [["x", 1.5, true]]}}
{"dataframe_split": {"columns": ["a"], "data": [[1]]}}
{"dataframe_split": {"columns": ["b"], "data": [["x"]]}}
{"dataframe_split": {"columns": ["a", "b"], "data": []}}
{"dataframe_split": {"columns": ["a", "a"], "data": [[1, 2]]}}
{"dataframe_split": {"data": [[1, "x"]]}}
{"dataframe_split": {"columns": ["a"], "index": ["r"], "data": [[1]]}}
{"dataframe_records": [{"a": 1, "b": "x"}, {"a": 2.5}]}
{"dataframe_records": [{"b": "x"}]}
{"dataframe_records": []}
{"instances": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}
{"instances": [[1, "x"]]}
{"instances": [1, 2]}
{"inputs": {"a": [1, 2], "b": ["x", "y"]}}
{"inputs": {"a": 1, "b": "x"}}
{"inputs": {"a": [1, 2], "b": ["x"]}}
{"inputs": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}
{"inputs": [[1, "x"]]}
{"inputs": "x"}
{"inputs": {"a": [1]}, "params": {"n": 1}}
""",
    "unnamed": """
{"dataframe_split": {"columns": ["p", "q"], "data": [[1, 2.5]]}}
{"dataframe_split": {"data": [[1, 2]]}}
{"dataframe_split": {"data": [[1, 2, 3]]}}
{"dataframe_split": {"data": [[1]]}}
{"dataframe_records": [{"p": 1, "q": 2}]}
{"instances": [[1, 2], [3, 4]]}
{"inputs": [[1, 2], [3, 4]]}
{"inputs": {"p": [1], "q": [2]}}
""",
    "tensor": """
{"instances": [[1, 2], [3, 4.5]]}
{"instances": [[1, 2, 3]]}
{"instances": [["x", "y"]]}
{"instances": [{"a": [1, 2]}, {"a": [3, 4]}]}
{"inputs": [[1, 2], [3, 4.5]]}
{"inputs": {"a": [[1, 2]]}}
{"inputs": [[null, 2]]}
{"inputs": [[1e300, 2]]}
{"inputs": []}
{"inputs": [[1, 2], [3]]}
{"dataframe_split": {"columns": ["p", "q"], "data": [[1, 2.5]]}}
{"dataframe_records": [{"p": 1, "q": 2}]}
""",
    "tensors": """
{"instances": [{"x": [1, 2], "y": 5}, {"x": [3, 4], "y": 6}]}
{"instances": [{"x": [1, 2]}]}
{"instances": [[1, 2]]}
{"inputs": {"x": [[1, 2], [3, 4]], "y": [5, 6]}}
{"inputs": {"x": [[1, 2]], "y": [5.5]}}
{"inputs": {"x": [[1, 2]], "y": [5], "z": [1]}}
{"inputs": {"x": [[1, 2]]}}
{"inputs": [[1, 2]]}
{"dataframe_records": [{"x": [1, 2], "y": 5}]}
{"dataframe_split": {"columns": ["x", "y"], "data": [[[1, 2], 5]]}}
""",
    "list": """
{"dataframe_records": [{"a": [1, 2]}, {"a": []}]}
{"dataframe_records": [{"a": ["x"]}]}
{"dataframe_records": [{"a": 1}]}
{"inputs": {"a": [[1, 2], [3]]}}
{"inputs": {"a": [1, 2]}}
{"inputs": [{"a": [1, 2]}]}
{"instances": [{"a": [1, 2]}]}
""",
    "object": """
{"dataframe_records": [{"a": {"k": 1}}]}
{"dataframe_records": [{"a": {"j": 1}}]}
{"inputs": {"a": {"k": 1}}}
{"inputs": [{"a": {"k": 1}}]}
{"inputs": {"a": [{"k": 1}, {"k": 2}]}}
""",
    "texts": """
{"inputs": ["x", "y"]}
{"inputs": "x"}
{"inputs": [["x"], ["y"]]}
{"inputs": [1]}
{"instances": ["x", "y"]}
{"dataframe_split": {"columns": ["t"], "data": [["x"]]}}
{"dataframe_split": {"data": [["x"]]}}
""",
    "params": """
{"inputs": {"a": [1]}, "params": {"n": 5}}
{"inputs": {"a": [1]}, "params": {"n": 5.5}}
{"inputs": {"a": [1]}, "params": {"n": "x"}}
{"inputs": {"a": [1]}, "params": {"n": null}}
{"inputs": {"a": [1]}, "params": {"m": 1}}
{"inputs": {"a": [1]}, "params": {"when": "2021-05-06"}}
{"inputs": {"a": [1]}, "params": {"when": "x"}}
{"inputs": {"a": [1]}, "params": {}}
{"inputs": {"a": [1]}, "params": [1]}
{"inputs": {"a": [1]}}
{"dataframe_records": [{"a": 1}], "params": {"n": 5}}
""",
}

_TABLES = {
    "none": [
        "a,b\n1,x\n2,y\n",
        "a\n",
        "",
        "a,b\n1\n",
        "a,b\n1,2,3\n",
        "a,a\n1,2\n",
        "a\n2020-01-02\n",
    ],
    "two": ["a,b\n1,x\n2.5,\n", "b,a,c\nx,1,2\n", "b\nx\n", "a,b\nq,x\n", "a\n1\n", "a,b\n,x\n"],
    "long": ["a\n1\n", "a\n1.5\n", "a\n\n", "a,b\n1,\n", "a\nx\n"],
    "integer": ["a\n1\n", "a\n2147483648\n"],
    "float": ["a\n1.5\n", "a\nnan\n", "a\ninf\n"],
    "boolean": ["a\ntrue\n", "a\nTrue\n", "a\n1\n", "a\nx\n"],
    "string": ["a\n007\n", "a,b\n,1\n", "a\nNA\n", 'a\n"x,y"\n'],
    "binary": ["a\naGk=\n"],
    "datetime": ["a\n2020-01-02\n", "a\nx\n"],
    "unnamed": ["p,q\n1,2\n", "1,2\n3,4\n"],
    "tensor": ["p,q\n1,2\n"],
}

_CONTENT_TYPES = """
application/json
application/json; charset=utf-8
application/json;charset=UTF-8
APPLICATION/JSON
application/json; charset=latin-1
application/json; boundary=x
application/json; format=pandas-split
application/x-json
text/plain
text/csv; charset=utf-8
""".strip().splitlines()

#: What a model gives.
PREDICTIONS = """
np.array([1.5, 2.5])
np.array([1, 2])
np.array([[1.5, 2.5], [3.5, 4.5]])
np.array([True, False])
np.array(["x", "é"])
np.array([1.5, nan, inf, -inf])
np.array([0.1, 1e22, 1e-7, 123456789.123456789, 1e16, -0.0])
np.array([0.1, 1e22], dtype="float32")
np.array([0.1], dtype="float16")
np.array([1.5, None], dtype=object)
np.array(["2020-01-02"], dtype="datetime64[D]")
np.array(["2020-01-02T03:04:05.123456789"], dtype="datetime64[ns]")
np.array([b"hi", b"x"])
np.array([b"hi"], dtype=object)
np.array(1.5)
np.array([])
np.array([1 + 2j])
np.array([18446744073709551615], dtype="uint64")
np.zeros((2, 0))
np.float64(1.5)
np.float32(0.1)
np.int64(3)
np.bool_(True)
np.datetime64("2020-01-02")
pd.DataFrame({"a": [1, 2], "b": ["x", None]})
pd.DataFrame({"a": [1.5, nan]})
pd.DataFrame({"a": [True, False]})
pd.DataFrame({"a": pd.to_datetime(["2020-01-02T00:00:00", "2020-01-02T03:04:05"])})
pd.DataFrame({"a": pd.to_datetime(["2020-01-02T03:04:05.123456"])})
pd.DataFrame({"a": pd.to_datetime(["2020-01-02", None])})
pd.DataFrame({"a": pd.to_datetime(["2020-01-02"], utc=True)})
pd.DataFrame({"a": [dt.date(2020, 1, 2), dt.time(3, 4)]})
pd.DataFrame({"a": [b"hi"]})
pd.DataFrame({"a": [np.array([1, 2])]})
pd.DataFrame({"a": [[np.float32(1.5)]]})
pd.DataFrame({"a": [dec.Decimal("1.5")]})
pd.DataFrame({"a": [dt.timedelta(1)]})
pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})
pd.DataFrame({"a": pd.Categorical(["x", "y"])})
pd.DataFrame({"a": np.array([0.1], dtype="float32")})
pd.DataFrame([[1, 2]])
pd.DataFrame([[1, 2]], columns=["a", "a"])
pd.DataFrame({"a": []})
pd.DataFrame()
pd.DataFrame({("a", "b"): [1]})
pd.DataFrame({"a": [1]}, index=["r"])
pd.Series([1.5, 2.5])
pd.Series([1, 2], name="y")
pd.Series(["x", None])
[1, 2.5, "x", None, True]
[np.float64(1.5), np.int64(2), np.bool_(True)]
[np.array([1, 2]), np.array([3])]
[nan, inf]
[{"a": np.float32(0.5)}, {"a": dt.datetime(2020, 1, 2)}]
{"a": np.array([1, 2]), "b": [1]}
{"a": pd.DataFrame({"c": [1]})}
{1: 2}
{"a": {1, 2}}
(1, 2)
"x"
b"hi"
5
1.5
nan
None
True
dt.datetime(2020, 1, 2, 3, 4, 5)
dt.date(2020, 1, 2)
object()
""".strip().splitlines()


def requests() -> Iterator[tuple[str, str, str]]:
    """Signature, type of content, body."""
    for name, lines in _BODIES.items():
        yield from ((name, JSON, line) for line in lines.strip().splitlines())
    for kind in _TYPES:
        for value in _VALUES:
            yield kind, JSON, f'{{"dataframe_records": [{{"a": {value}}}]}}'
            yield kind, JSON, f'{{"inputs": {{"a": [{value}]}}}}'
    for name, tables in _TABLES.items():
        yield from ((name, CSV, table) for table in tables)
    yield from (("none", kind, '{"inputs": [1]}') for kind in _CONTENT_TYPES)


def prediction(text: str) -> Any:
    """The value of an expression of `PREDICTIONS`."""
    import datetime as dt
    import decimal

    known = {"np": np, "pd": pd, "dt": dt, "dec": decimal, "nan": np.nan, "inf": np.inf}
    return eval(text, known)  # noqa: S307


def seen(data: Any) -> Any:
    """What a model got, so that two releases of pandas say the same."""
    if isinstance(data, pd.DataFrame):
        names = [repr(name) for name in data.columns]
        columns = [_column(data.iloc[:, place]) for place in range(data.shape[1])]
        return ["frame", names, data.index.tolist(), columns]
    if isinstance(data, np.ndarray):
        kind = data.dtype.kind if data.dtype.kind in "OUS" else str(data.dtype)
        return ["array", kind, list(data.shape), repr(data.tolist())]
    if isinstance(data, dict):
        return ["dict", {str(name): seen(value) for name, value in data.items()}]
    return [type(data).__name__, repr(data)]


def _column(values: Any) -> list[Any]:
    kind = "O" if values.dtype.kind in "OU" or str(values.dtype) == "str" else str(values.dtype)
    plain = ["missing" if _is_gap(value) else repr(_plain(value)) for value in values]
    return [kind, plain]


def _is_gap(value: Any) -> bool:
    return value is None or (np.isscalar(value) and bool(pd.isna(value)))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def main() -> None:
    """Ask MLflow and write the file."""
    mlflow = import_module("mlflow")
    logging.disable()
    warnings.simplefilter("ignore")
    asked = [[*case, *_asked(*case)] for case in requests()]
    answered = [[text, *_answered(text)] for text in PREDICTIONS]
    told = {"mlflow": mlflow.__version__, "pandas": pd.__version__}
    parts = [
        f'"versions": {json.dumps(told)}',
        '"requests": [\n' + ",\n".join(map(json.dumps, asked)) + "\n]",
        '"predictions": [\n' + ",\n".join(map(json.dumps, answered)) + "\n]",
    ]
    FILE.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


class _Model:
    def __init__(self, answer: Any) -> None:
        self.answer, self.got = answer, None

    def predict(self, data: Any, params: Any = None) -> Any:
        self.got = [seen(data), repr(params)]
        return self.answer


def _client(model: _Model, signature: dict[str, Any]) -> Any:
    from mlflow.models import Model, ModelSignature
    from mlflow.pyfunc import PyFuncModel, scoring_server
    from starlette.testclient import TestClient

    written = {name: json.dumps(part) for name, part in signature.items()}
    made = ModelSignature.from_dict({"inputs": None, **written}) if written else None
    flavors = {"python_function": {"loader_module": "mlflow.sklearn"}}
    described = Model(run_id="0" * 32, flavors=flavors, signature=made)
    return TestClient(
        scoring_server.init(PyFuncModel(described, model)), raise_server_exceptions=False
    )


def _asked(name: str, content_type: str, body: str) -> tuple[int, Any]:
    model = _Model(answer=[0])
    answer = _client(model, SIGNATURES[name]).post(
        "/invocations", content=body.encode(), headers={"content-type": content_type}
    )
    if answer.status_code == 200:
        return 200, model.got
    return answer.status_code, _refusal(answer.text)


def _refusal(text: str) -> Any:
    try:
        fields = json.loads(text)
    except ValueError:
        return text[:300]
    return {key: str(value)[:300] for key, value in fields.items() if key != "stack_trace"}


def _answered(text: str) -> tuple[int, str]:
    model = _Model(answer=prediction(text))
    answer = _client(model, {}).post("/invocations", json={"inputs": [1]})
    return answer.status_code, answer.text if answer.status_code == 200 else ""


if __name__ == "__main__":
    main()
