"""Signatures and enforcement as MLflow does them, written to `mlflow_signatures.json`.

Run it again with the Python of an environment that has mlflow (or mlflow-skinny), numpy, scipy,
and pandas before 3, as MLflow wants it: ``python tests/models/mlflow_signatures.py``. Each case is
an expression, which the tests evaluate with our own types.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
import logging
import math
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

FILE = Path(__file__).with_suffix(".json")
TYPES = (
    "AnyType Array ColSpec DataType Map Object ParamSchema ParamSpec Property Schema TensorSpec"
).split()

#: Arguments of infer_signature.
INFERENCE = """
pd.DataFrame({"a": [1.5, 2.5]})
pd.DataFrame({"a": [1.5, nan]})
pd.DataFrame({"a": [1, 2]})
pd.DataFrame({"a": np.array([1, 2], dtype="int8")})
pd.DataFrame({"a": np.array([1, 2], dtype="int16")})
pd.DataFrame({"a": np.array([1, 2], dtype="int32")})
pd.DataFrame({"a": np.array([1, 2], dtype="uint8")})
pd.DataFrame({"a": np.array([1, 2], dtype="uint16")})
pd.DataFrame({"a": np.array([1, 2], dtype="uint32")})
pd.DataFrame({"a": np.array([1, 2], dtype="uint64")})
pd.DataFrame({"a": np.array([1, 2], dtype="float16")})
pd.DataFrame({"a": np.array([1, 2], dtype="float32")})
pd.DataFrame({"a": np.array([1, 2], dtype="complex64")})
pd.DataFrame({"a": [True, False]})
pd.DataFrame({"a": [True, None]})
pd.DataFrame({"a": ["x", "y"]})
pd.DataFrame({"a": ["x", None]})
pd.DataFrame({"a": ["x", nan]})
pd.DataFrame({"a": ["x", 1]})
pd.DataFrame({"a": [b"x", b"y"]})
pd.DataFrame({"a": [bytearray(b"x")]})
pd.DataFrame({"a": [None, None]})
pd.DataFrame({"a": [1, None]}, dtype=object)
pd.DataFrame({"a": [1.5, None]}, dtype=object)
pd.DataFrame({"a": [1, 2.5]}, dtype=object)
pd.DataFrame({"a": []})
pd.DataFrame({"a": []}, dtype=object)
pd.DataFrame({"a": [dt.datetime(2020, 1, 2), dt.datetime(2020, 1, 3)]})
pd.DataFrame({"a": [dt.datetime(2020, 1, 2), None]})
pd.DataFrame({"a": [dt.date(2020, 1, 2)]})
pd.DataFrame({"a": pd.to_datetime(["2020-01-02"], utc=True)})
pd.DataFrame({"a": [dt.timedelta(1)]})
pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})
pd.DataFrame({"a": pd.array([1, 2], dtype="Int32")})
pd.DataFrame({"a": pd.array([1.5, None], dtype="Float64")})
pd.DataFrame({"a": pd.array([True, None], dtype="boolean")})
pd.DataFrame({"a": pd.array(["x", None], dtype="string")})
pd.DataFrame({"a": pd.Categorical(["x", "y", "x"])})
pd.DataFrame({"a": pd.Categorical([1, 2, 1])})
pd.DataFrame({"a": [[1, 2], [3]]})
pd.DataFrame({"a": [[1, 2], None]})
pd.DataFrame({"a": [[1.5], []]})
pd.DataFrame({"a": [np.array([1, 2]), np.array([3])]})
pd.DataFrame({"a": [[[1], [2]], [[3]]]})
pd.DataFrame({"a": [["x"], [1]]})
pd.DataFrame({"a": [{"x": 1}, {"x": 2, "y": "b"}]})
pd.DataFrame({"a": [{"x": None}, {"x": 1}]})
pd.DataFrame({"a": [{"x": 1}, {"x": None}]})
pd.DataFrame({"a": [{"x": {"y": [1.5]}}]})
pd.DataFrame({"a": [{"x": 1}, None]})
pd.DataFrame({"a": [decimal.Decimal("1.5")]})
pd.DataFrame([[1.5, "x"], [2.5, "y"]])
pd.DataFrame({"b": [1.5], "a": ["x"], "c": [True]})
pd.DataFrame()
pd.Series([1.5, 2.5])
pd.Series([1.5, nan])
pd.Series([1.5, nan], name="y")
pd.Series([1, 2], name="y")
pd.Series(["x"], name="y")
np.array([1.5, 2.5])
np.zeros((2, 3), dtype="float32")
np.zeros((2, 3, 4), dtype="uint8")
np.array(["x", "yyy"])
np.array([b"x"])
np.array([True])
np.array([None, "x"], dtype=object)
np.array(["2020-01-02"], dtype="datetime64[D]")
np.array(1.5)
np.array([])
{"a": np.array([1.5]), "b": np.zeros((2, 3))}
{"a": np.array([1.5]), "b": "x"}
{"a": 1}
{"a": 1.5, "b": "x", "c": True, "d": b"x", "e": None}
{"a": [1, 2]}
{"a": ["x", None]}
{"a": []}
{"a": {}}
{"a": {"b": {"c": [1, 2]}}}
{"a": [{"b": 1}, {"b": 2, "c": "x"}]}
{"a": [1, 2.5]}
{1: 2}
{}
[]
[1, 2]
[1.5, None]
["x", "y"]
["x", 1]
[[1, 2], [3]]
[None]
[{"a": 1}, {"a": 2}]
[{"a": 1}, {"a": 2, "b": "x"}]
[{"a": 1}, {"a": None}]
[{"a": [1]}, {"a": [2, 3]}]
[{"a": 1}, {"a": "x"}]
[{"messages": [{"role": "user", "content": "hi"}]}]
"hi"
1
1.5
True
b"x"
dt.datetime(2020, 1, 2)
np.float32(1.5)
np.int64(1)
np.int8(1)
(1, 2)
{1, 2}
object()
sp.csr_matrix(np.eye(3))
sp.csc_matrix(np.eye(3, dtype="float32"))
sp.csr_array(np.eye(3))
sp.coo_matrix(np.eye(3))
pd.DataFrame({"a": [1.5]}), np.array([1, 2])
pd.DataFrame({"a": [1.5]}), pd.Series([1, 2])
pd.DataFrame({"a": [1.5]}), pd.DataFrame({"y": [1.5]})
pd.DataFrame({"a": [1.5]}), ["x", "y"]
None, np.array([1.5])
None, None, None
None, None, {"t": 0.5}
None, None, {"a": 1, "b": "x", "c": True, "d": 0.5}
None, None, {"a": [1, 2]}
None, None, {"a": [1, 2.5]}
None, None, {"a": ["x", "y"]}
None, None, {"a": ["x", 1]}
None, None, {"a": [True, False]}
None, None, {"a": []}
None, None, {"a": np.array([1.5, 2.5])}
None, None, {"a": [[1], [2]]}
None, None, {"a": {"x": 1, "y": ["z"]}}
None, None, {"a": dt.datetime(2020, 1, 2, 3, 4)}
None, None, {"a": dt.date(2020, 1, 2)}
None, None, {"a": [dt.date(2020, 1, 2)]}
None, None, {"a": np.float32(1.5), "b": np.int32(2), "c": np.datetime64("2020-01-02")}
None, None, {"a": b"x"}
None, None, {"a": None}
None, None, {"a": (1, 2)}
None, None, {}
"""

#: A schema, and data that should be of it; OBJECT has one property, a long x.
ENFORCEMENT = """
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": [1.5]})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": [1.5], "b": ["x"]})
Schema([ColSpec("double", "a"), ColSpec("string", "b")]), pd.DataFrame({"b": ["x"], "a": [1.5]})
Schema([ColSpec("double", "a"), ColSpec("string", "b")]), pd.DataFrame({"a": [1.5]})
Schema([ColSpec("double", "a"), ColSpec("string", "b", required=False)]), pd.DataFrame({"a": [1.5]})
Schema([ColSpec("double", "a", required=False)]), pd.DataFrame({"a": [1.5, nan]})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": [1.5, nan]})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": [1.5, None]}, dtype=object)
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": [1, 0]})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": [1, 2]})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": [2**60 + 1]})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": np.array([1, 2], dtype="int32")})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": np.array([1, 2], dtype="uint8")})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": np.array([1, 2], dtype="float32")})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": [True]})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": ["x"]})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": [decimal.Decimal("1.5")]})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": pd.array([1.5, None], dtype="Float64")})
Schema([ColSpec("double", "a")]), pd.DataFrame({"a": [[1.5]]})
Schema([ColSpec("float", "a")]), pd.DataFrame({"a": np.array([1.5], dtype="float32")})
Schema([ColSpec("float", "a")]), pd.DataFrame({"a": np.array([1.5], dtype="float16")})
Schema([ColSpec("float", "a")]), pd.DataFrame({"a": [1.5]})
Schema([ColSpec("float", "a")]), pd.DataFrame({"a": [0, 1]})
Schema([ColSpec("float", "a")]), pd.DataFrame({"a": np.array([3], dtype="int32")})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": [1, 2]})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": [1.5]})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": [1.0]})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": [1.0, nan]})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": [1, 2]}, dtype=object)
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": [1, None]}, dtype=object)
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": np.array([1, 2], dtype="int16")})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": np.array([1, 2], dtype="uint32")})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": np.array([1, 2], dtype="uint64")})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": pd.array([1, 2], dtype="Int64")})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": [True]})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": ["1"]})
Schema([ColSpec("integer", "a")]), pd.DataFrame({"a": np.array([1, 2], dtype="int32")})
Schema([ColSpec("integer", "a")]), pd.DataFrame({"a": np.array([1, 2], dtype="int8")})
Schema([ColSpec("integer", "a")]), pd.DataFrame({"a": [1, 2]})
Schema([ColSpec("boolean", "a")]), pd.DataFrame({"a": [True, False]})
Schema([ColSpec("boolean", "a")]), pd.DataFrame({"a": [True, None]})
Schema([ColSpec("boolean", "a")]), pd.DataFrame({"a": [1, 0]})
Schema([ColSpec("boolean", "a")]), pd.DataFrame({"a": ["yes"]})
Schema([ColSpec("boolean", "a")]), pd.DataFrame({"a": pd.array([True, False], dtype="boolean")})
Schema([ColSpec("boolean", "a")]), pd.DataFrame({"a": pd.array([True, None], dtype="boolean")})
Schema([ColSpec("string", "a")]), pd.DataFrame({"a": ["x", "y"]})
Schema([ColSpec("string", "a")]), pd.DataFrame({"a": ["x", None]})
Schema([ColSpec("string", "a")]), pd.DataFrame({"a": [1, "x"]})
Schema([ColSpec("string", "a")]), pd.DataFrame({"a": [1, 2]})
Schema([ColSpec("string", "a")]), pd.DataFrame({"a": pd.array(["x"], dtype="string")})
Schema([ColSpec("string", "a")]), pd.DataFrame({"a": pd.Categorical(["x", "y"])})
Schema([ColSpec("long", "a")]), pd.DataFrame({"a": pd.Categorical([1, 2])})
Schema([ColSpec("binary", "a")]), pd.DataFrame({"a": [b"x"]})
Schema([ColSpec("binary", "a")]), pd.DataFrame({"a": [bytearray(b"x"), None]})
Schema([ColSpec("binary", "a")]), pd.DataFrame({"a": [1]})
Schema([ColSpec("binary", "a")]), pd.DataFrame({"a": [1, "x"]})
Schema([ColSpec("datetime", "a")]), pd.DataFrame({"a": [dt.datetime(2020, 1, 2, 3)]})
Schema([ColSpec("datetime", "a")]), pd.DataFrame({"a": [dt.date(2020, 1, 2)]})
Schema([ColSpec("datetime", "a")]), pd.DataFrame({"a": ["2020-01-02"]})
Schema([ColSpec("datetime", "a")]), pd.DataFrame({"a": ["2020-01-02", None]})
Schema([ColSpec("datetime", "a")]), pd.DataFrame({"a": ["tomorrow"]})
Schema([ColSpec("datetime", "a")]), pd.DataFrame({"a": [1]})
Schema([ColSpec("datetime", "a")]), pd.DataFrame({"a": np.array(["2020-01-02"], "datetime64[s]")})
Schema([ColSpec("datetime", "a")]), pd.DataFrame({"a": pd.to_datetime(["2020-01-02"], utc=True)})
Schema([ColSpec("double", "a")]), {"a": 1.5}
Schema([ColSpec("double", "a")]), {"a": [1.5, 2.5]}
Schema([ColSpec("double", "a")]), {"a": np.array([1.5, 2.5])}
Schema([ColSpec("double", "a")]), {"a": np.array([[1.5, 2.5]])}
Schema([ColSpec("double", "a")]), {"b": 1.5}
Schema([ColSpec("double", "a"), ColSpec("double", "b")]), {"a": [1.5], "b": [1.5, 2.5]}
Schema([ColSpec("string", "a")]), {"a": "x"}
Schema([ColSpec("string", "a")]), {"a": ["x", "y"]}
Schema([ColSpec("string", "a")]), {"a": np.array("x")}
Schema([ColSpec("double", "a")]), [{"a": 1.5}, {"a": 2.5}]
Schema([ColSpec("double", "a")]), [1.5]
Schema([ColSpec("double", "a")]), np.array([[1.5]])
Schema([ColSpec("double", "a")]), 1.5
Schema([ColSpec("double", "a")]), pd.Series([1.5], name="a")
Schema([ColSpec("double", "a")]), pd.Series([1.5])
Schema([ColSpec("double", "a")]), None
Schema([ColSpec("double", "a")]), (1.5,)
Schema([ColSpec("double", "a")]), sp.csr_matrix(np.eye(2))
Schema([ColSpec("double")]), [1.5, 2.5]
Schema([ColSpec("double")]), np.array([1.5])
Schema([ColSpec("double"), ColSpec("double")]), np.array([[1.5, 2.5]])
Schema([ColSpec("double"), ColSpec("double")]), np.array([[1.5]])
Schema([ColSpec("double"), ColSpec("string")]), pd.DataFrame({"u": [1.5], "v": ["x"], "w": [2]})
Schema([ColSpec("double"), ColSpec("double")]), np.zeros((1, 2, 3))
Schema([ColSpec("string")]), "x"
Schema([ColSpec("string")]), ["x", "y"]
Schema([ColSpec("long")]), 1
Schema([ColSpec("long")]), True
Schema([ColSpec(Array("long"))]), [[1, 2], [3]]
Schema([ColSpec("double", 0), ColSpec("double", 1)]), pd.DataFrame([[1.5, 2.5]])
Schema([ColSpec(Array("string"), "a")]), pd.DataFrame({"a": [["x", "y"], []]})
Schema([ColSpec(Array("string"), "a")]), pd.DataFrame({"a": [["x", 1]]})
Schema([ColSpec(Array("string"), "a")]), pd.DataFrame({"a": [np.array(["x", "y"])]})
Schema([ColSpec(Array("string"), "a")]), pd.DataFrame({"a": ["x"]})
Schema([ColSpec(Array("string"), "a")]), pd.DataFrame({"a": [("x",)]})
Schema([ColSpec(Array("string"), "a")]), {"a": ["x", "y"]}
Schema([ColSpec(Array("string"), "a", required=False)]), pd.DataFrame({"a": [["x"], None]})
Schema([ColSpec(Array("string"), "a", required=False)]), pd.DataFrame({"a": [["x", None]]})
Schema([ColSpec(Array("string"), "a")]), pd.DataFrame({"a": [["x"], None]})
Schema([ColSpec(Array("double"), "a")]), pd.DataFrame({"a": [[1.5, 1]]})
Schema([ColSpec(Array("double"), "a")]), pd.DataFrame({"a": [[1.5, 7]]})
Schema([ColSpec(Array("long"), "a")]), pd.DataFrame({"a": [[1.5]]})
Schema([ColSpec(Array("integer"), "a")]), pd.DataFrame({"a": [[1]]})
Schema([ColSpec(Array("integer"), "a")]), pd.DataFrame({"a": [[np.int32(1)]]})
Schema([ColSpec(Array("boolean"), "a")]), pd.DataFrame({"a": [[True, False]]})
Schema([ColSpec(Array("boolean"), "a")]), pd.DataFrame({"a": [[1]]})
Schema([ColSpec(Array("datetime"), "a")]), pd.DataFrame({"a": [["2020-01-02"]]})
Schema([ColSpec(Array("datetime"), "a")]), pd.DataFrame({"a": [[dt.datetime(2020, 1, 2)]]})
Schema([ColSpec(Array(Array("long")), "a")]), pd.DataFrame({"a": [[[1], [2, 3]]]})
Schema([ColSpec(Array(AnyType()), "a")]), pd.DataFrame({"a": [[1, "x", None], None]})
Schema([ColSpec(AnyType())]), pd.DataFrame({"a": [1], "b": ["x"]})
Schema([ColSpec(AnyType())]), (1, 2)
Schema([ColSpec(AnyType(), "a")]), pd.DataFrame({"a": [[1], "x", None]})
Schema([ColSpec(OBJECT, "a")]), pd.DataFrame({"a": [{"x": 1}]})
Schema([ColSpec(OBJECT, "a")]), {"a": {"x": 1}}
Schema([ColSpec(OBJECT, "a")]), pd.DataFrame({"a": [{"x": "1"}]})
Schema([ColSpec(OBJECT, "a")]), pd.DataFrame({"a": [{}]})
Schema([ColSpec(OBJECT, "a")]), pd.DataFrame({"a": [{"x": 1, "y": 2}]})
Schema([ColSpec(OBJECT, "a")]), pd.DataFrame({"a": [[1]]})
Schema([ColSpec(Object([Property("x", "long", False)]), "a")]), {"a": {}}
Schema([ColSpec(Object([Property("x", "long", False)]), "a")]), {"a": {"x": None}}
Schema([ColSpec(OBJECT, "a", required=False)]), pd.DataFrame({"a": [{"x": 1}, None]})
Schema([ColSpec(OBJECT, "a", required=False)]), pd.DataFrame([{"a": {"x": 1}}, {}])
Schema([ColSpec(Map("long"), "a")]), pd.DataFrame({"a": [{"x": 1, "y": 2}, {}]})
Schema([ColSpec(Map("long"), "a")]), pd.DataFrame({"a": [{"x": "1"}]})
Schema([ColSpec(Map("long"), "a")]), pd.DataFrame({"a": [{1: 1}]})
Schema([ColSpec(Map("long"), "a")]), {"a": {"x": 1}}
Schema([ColSpec(Map(Array("double")), "a")]), pd.DataFrame({"a": [{"x": [1.5]}]})
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), np.zeros((3, 2))
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), np.zeros((3, 3))
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), np.zeros(2)
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), np.zeros((3, 2), dtype="float32")
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), np.zeros((3, 2), dtype="int64")
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), pd.DataFrame({"a": [1.5], "b": [2.5]})
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), pd.DataFrame({"a": [1.5], "b": [2.5], "c": [1]})
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), pd.DataFrame({"a": [1], "b": [2]})
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), pd.DataFrame({"a": [[1, 2], [3, 4]]})
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), pd.DataFrame({"a": [[1, 2], [3]]})
Schema([TensorSpec(np.dtype("float64"), (-1, 2, 2))]), pd.DataFrame({"a": [[1, 2, 3, 4]]})
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), pd.DataFrame({"a": [np.array([1.5, 2.5])]})
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), pd.DataFrame({"a": [np.array([1, 2])]})
Schema([TensorSpec(np.dtype("int64"), (-1, 2))]), pd.DataFrame({"a": [[1.5, 2.5]]})
Schema([TensorSpec(np.dtype("float64"), (-1,))]), pd.DataFrame({"a": [1.5, 2.5]})
Schema([TensorSpec(np.dtype("float64"), (-1,))]), pd.Series([1, 2])
Schema([TensorSpec(np.dtype("int64"), (-1,))]), pd.Series([1.5, 2.5])
Schema([TensorSpec(np.dtype("float64"), (-1, 1))]), pd.DataFrame({"a": [1.5, 2.5]})
Schema([TensorSpec(np.dtype("float64"), (-1, 3))]), pd.DataFrame({"a": [1.5, 2.5]})
Schema([TensorSpec(np.dtype("float64"), (2, 1))]), pd.DataFrame({"a": [1.5, 2.5]})
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), pd.DataFrame({"a": [], "b": []})
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), [[1.5, 2.5]]
Schema([TensorSpec(np.dtype("float64"), (-1, 3))]), sp.csr_matrix(np.eye(3))
Schema([TensorSpec(np.dtype("float32"), (-1, 3))]), sp.csr_matrix(np.eye(3))
Schema([TensorSpec(np.dtype("float64"), (-1, 2))]), sp.csc_matrix(np.eye(3))
Schema([TensorSpec(np.dtype("str"), (-1,))]), np.array(["x", "yyy"])
Schema([TensorSpec(np.dtype("O"), (-1,))]), np.array([1.5])
Schema([TensorSpec(np.dtype("float64"), (-1, -1))]), np.array([[1.5], [1.5, 2.5]], dtype=object)
Schema([TensorSpec(np.dtype("float64"), (-1,), "a")]), {"a": np.array([1.5])}
Schema([TensorSpec(np.dtype("float64"), (-1,), "a")]), {"a": np.array([1.5]), "b": np.array([1])}
Schema([TensorSpec(np.dtype("float64"), (-1,), "a")]), {"b": np.array([1.5])}
Schema([TensorSpec(np.dtype("float64"), (-1,), "a")]), {"a": [1.5]}
Schema([TensorSpec(np.dtype("float64"), (-1,), "a")]), {"a": np.array([1])}
Schema([TensorSpec(np.dtype("float64"), (-1,), "a")]), np.array([1.5])
Schema([TensorSpec(np.dtype("float64"), (-1,), "a")]), [1.5]
Schema([TensorSpec(np.dtype("float64"), (-1,), "a")]), pd.DataFrame({"a": [1.5]})
Schema([TensorSpec(np.dtype("float64"), (-1, 2), "a")]), pd.DataFrame({"a": [[1.5, 2.5]]})
"""

#: A schema of parameters, and values.
PARAMS = """
ParamSchema([ParamSpec("a", "long", 1)]), None
ParamSchema([ParamSpec("a", "long", 1)]), {}
ParamSchema([ParamSpec("a", "long", 1)]), {"a": 2}
ParamSchema([ParamSpec("a", "long", 1)]), {"a": np.int64(2)}
ParamSchema([ParamSpec("a", "long", 1)]), {"a": np.int32(2)}
ParamSchema([ParamSpec("a", "long", 1)]), {"a": 2.0}
ParamSchema([ParamSpec("a", "long", 1)]), {"a": "2"}
ParamSchema([ParamSpec("a", "long", 1)]), {"a": True}
ParamSchema([ParamSpec("a", "long", 1)]), {"a": None}
ParamSchema([ParamSpec("a", "long", 1)]), {"a": [2]}
ParamSchema([ParamSpec("a", "long", 1)]), {"b": 2}
ParamSchema([ParamSpec("a", "long", 1)]), [("a", 2)]
ParamSchema([ParamSpec("a", "integer", 1)]), {"a": np.int64(2)}
ParamSchema([ParamSpec("a", "double", 0.5)]), {"a": 1}
ParamSchema([ParamSpec("a", "double", 0.5)]), {"a": np.float32(0.5)}
ParamSchema([ParamSpec("a", "double", 0.5)]), {"a": True}
ParamSchema([ParamSpec("a", "float", 0.5)]), {"a": np.float64(0.5)}
ParamSchema([ParamSpec("a", "float", 0.5)]), {"a": 2}
ParamSchema([ParamSpec("a", "string", "x")]), {"a": "y"}
ParamSchema([ParamSpec("a", "string", "x")]), {"a": 1}
ParamSchema([ParamSpec("a", "boolean", True)]), {"a": False}
ParamSchema([ParamSpec("a", "boolean", True)]), {"a": np.bool_(False)}
ParamSchema([ParamSpec("a", "boolean", True)]), {"a": 1}
ParamSchema([ParamSpec("a", "datetime", "2020-01-02")]), {"a": "2021-03-04T05:06"}
ParamSchema([ParamSpec("a", "datetime", "2020-01-02")]), {"a": "soon"}
ParamSchema([ParamSpec("a", "datetime", "2020-01-02")]), {"a": 1}
ParamSchema([ParamSpec("a", "long", [1], (-1,))]), {"a": [2, 3]}
ParamSchema([ParamSpec("a", "long", [1], (-1,))]), {"a": np.array([2, 3])}
ParamSchema([ParamSpec("a", "long", [1], (-1,))]), {"a": 2}
ParamSchema([ParamSpec("a", "long", [1], (-1,))]), {"a": ["x"]}
ParamSchema([ParamSpec("a", "long", [1], (-1,))]), {"a": [[2]]}
ParamSchema([ParamSpec("a", OBJECT, {"x": 1})]), {"a": {"x": 2}}
ParamSchema([ParamSpec("a", OBJECT, {"x": 1})]), {"a": {"y": 2}}
ParamSchema([ParamSpec("a", "long", 1), ParamSpec("b", "string", "x")]), {"b": "y"}
ParamSchema([ParamSpec("a", "long", 0.5)]), {}
ParamSchema([ParamSpec("a", "binary", b"x")]), {}
ParamSchema([ParamSpec("a", "long", 1, (2,))]), {}
ParamSchema([ParamSpec("a", "long", 1), ParamSpec("a", "long", 1)]), {}
None, None
None, {"a": 1}
"""

Refusal = {"refused": True}


def cases(text: str) -> list[str]:
    """One for each line."""
    return text.strip().splitlines()


def evaluated(case: str, types: Any) -> tuple[Any, ...]:
    """The values of a case, with the types of this module."""
    names = {name: getattr(types, name) for name in TYPES}
    names["OBJECT"] = types.Object([types.Property("x", "long")])
    libraries = {"np": np, "pd": pd, "sp": sp, "dt": dt, "decimal": decimal, "nan": math.nan}
    made = eval(case, names | libraries)  # noqa: S307  (our own text, above)
    is_several = isinstance(made, tuple) and not case.startswith("(")
    return made if is_several else (made,)


def outcome(case: str, types: Any, act: Callable[..., Any]) -> Any:
    """What comes of a case, as JSON has it; for an error, that it was refused."""
    try:
        return plain(act(*evaluated(case, types)))
    except Exception:  # noqa: BLE001  (MLflow lets errors of pandas and NumPy through)
        return Refusal


def signature(make: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """A signature: its JSON, and what a notebook shows of it."""
    made = make(*arguments)
    return {**made.to_dict(), "shown": repr(made)}


def plain(value: Any) -> Any:
    """A value in words of JSON that say its type too."""
    if isinstance(value, pd.DataFrame):
        return [[name, *plain_column(value[name])] for name in value.columns]
    if sp.issparse(value):
        return ["sparse", plain(value.toarray())]
    if isinstance(value, np.ndarray) and value.ndim:
        bare = value.dtype.name.rstrip("0123456789") if value.dtype.kind in "US" else None
        return [bare or value.dtype.name, list(value.shape), [plain(each) for each in value]]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return plain_scalar(value)


def plain_column(values: pd.Series[Any]) -> tuple[str, Any]:
    """Type and values; texts are of one type, whichever release of pandas has them."""
    is_text = values.dtype.kind == "O" and all(isinstance(each, str) for each in values.dropna())
    return "text" if is_text else str(values.dtype), [plain(each) for each in values]


def plain_scalar(value: Any) -> Any:
    """A single value."""
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124
        return None
    return value if isinstance(value, bool | int | float | str) else str(value)


def main() -> None:
    """Ask MLflow."""
    types = import_module("mlflow.types.schema")
    models, checks = import_module("mlflow.models"), import_module("mlflow.models.utils")
    warnings.simplefilter("ignore")
    logging.disable()
    asked: dict[str, tuple[str, Callable[..., Any]]] = {
        "inference": (INFERENCE, lambda *data: signature(models.infer_signature, *data)),
        "enforcement": (ENFORCEMENT, lambda schema, data: checks._enforce_schema(data, schema)),
        "params": (PARAMS, lambda schema, data: checks._enforce_params_schema(data, schema)),
    }
    found = {
        part: {case: outcome(case, types, act) for case in cases(text)}
        for part, (text, act) in asked.items()
    }
    made_by = {name: import_module(name).__version__ for name in ("mlflow", "pandas", "numpy")}
    lines = json.dumps({"made_by": made_by, **found}, indent=1, ensure_ascii=False)
    FILE.write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
