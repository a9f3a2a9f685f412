"""Models that MLflow and this package save and load in turn; run as a program by either Python.

    python shared_models.py save mlflow FOLDER
    python shared_models.py load jupyter_mltrack.models FOLDER

Classes of a program are pickled by value, as those of a notebook are.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pydantic

warnings.simplefilter("ignore")

tool = importlib.import_module(sys.argv[2])
pyfunc = importlib.import_module(f"{sys.argv[2]}.pyfunc")

TABLE = pd.DataFrame({"x": [1.0, 2.0]})
CODE = """
import mlflow
import mlflow.pyfunc as functions
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel

assert functions.PythonModel is mlflow.pyfunc.PythonModel is PythonModel
assert mlflow.models.set_model is set_model

config = mlflow.models.ModelConfig(development_config={"k": 1})


class Adds(PythonModel):
    def predict(self, context, model_input):
        return (model_input["x"] + config.get("k")).tolist()


set_model(Adds())
"""
LOADER = """
class Multiplies:
    def __init__(self, k):
        self.k = k

    def predict(self, data):
        return (data["x"] * self.k).tolist()


def _load_pyfunc(path):
    return Multiplies(float(open(path).read()))
"""


class Base(pyfunc.PythonModel):  # type: ignore[misc, name-defined]
    """Between the package's class and the model."""

    def factor(self, params: dict[str, Any] | None) -> float:
        """What the file says, times the parameter."""
        return float(self.k * (params or {}).get("t", 1))


class WithContext(Base):
    """Reads a file when it is loaded, takes parameters, and streams."""

    def load_context(self, context: Any) -> None:
        """Read the file."""
        super().load_context(context)
        self.k = float(Path(context.artifacts["k"]).read_text())

    def predict(self, context: Any, model_input: Any, params: Any = None) -> list[float]:
        """Multiply."""
        assert context.model_config == {"a": 1}
        return [x * self.factor(params) for x in model_input["x"]]

    def predict_stream(self, context: Any, model_input: Any) -> Iterator[str]:
        """Letters."""
        del context, model_input
        yield from "abc"


class Hinted(pyfunc.PythonModel):  # type: ignore[misc, name-defined]
    """Type hints are its signature."""

    def __init__(self, k: float) -> None:
        super().__init__()
        self.k = k

    def predict(self, model_input: list[dict[str, float]], params: Any = None) -> list[float]:
        """Multiply."""
        del params
        return [row["x"] * self.k for row in model_input]


class Row(pydantic.BaseModel):
    """A row with a field that may be missing."""

    x: float
    when: datetime | None = None


class Rows(pyfunc.PythonModel):  # type: ignore[misc, name-defined]
    """Takes objects of pydantic."""

    def predict(self, model_input: list[Row]) -> list[float]:
        """Add one."""
        return [row.x + 1 for row in model_input]


class NamesItsTool(pyfunc.PythonModel):  # type: ignore[misc, name-defined]
    """Uses the module of the package, from outside and by an import."""

    def predict(self, context: Any, model_input: Any) -> list[bool]:
        """Whether both are one, and its error is the root of errors."""
        from mlflow.exceptions import MlflowException

        del context, model_input
        return [issubclass(MlflowException, Exception), issubclass(pyfunc.PythonModel, object)]


def lengths(model_input: list[str]) -> list[int]:
    """A function with hints."""
    return [len(each) for each in model_input]


def doubled(model_input: Any) -> Any:
    """A function without hints."""
    return (model_input["x"] * 2).tolist()


def save(folder: Path) -> None:
    """Save each model to a folder of its name."""
    code, loader, k = (folder / name for name in ("adds.py", "shared_loader.py", "k.txt"))
    imported = "import mlflow" if sys.argv[2] == "mlflow" else "import jupyter_mltrack as mlflow"
    code.write_text(CODE.replace("import mlflow\n", f"{imported}\n"))
    loader.write_text(LOADER)
    k.write_text("3")
    models: dict[str, dict[str, Any]] = {
        "code": {"python_model": str(code), "model_config": {"k": 7}, "input_example": TABLE},
        "context": {
            "python_model": WithContext(),
            "artifacts": {"k": str(k)},
            "model_config": {"a": 1},
            "input_example": (TABLE, {"t": 2}),
        },
        "function": {"python_model": doubled, "input_example": TABLE},
        "hinted": {"python_model": Hinted(4)},
        "hinted_function": {"python_model": lengths},
        "loader": {
            "loader_module": "shared_loader",
            "data_path": str(k),
            "code_paths": [str(loader)],
        },
        "pydantic": {"python_model": Rows()},
        "tool": {"python_model": NamesItsTool()},
    }
    for name, arguments in models.items():
        pyfunc.save_model(folder / name, **arguments, pip_requirements=["pandas"])


#: What each model is asked, and what MLflow and this package answer.
CALLS: dict[str, tuple[Any, dict[str, Any] | None, Any]] = {
    "code": (TABLE, None, [8.0, 9.0]),
    "context": (TABLE, {"t": 10}, [30.0, 60.0]),
    "function": (TABLE, None, [2.0, 4.0]),
    "hinted": ([{"x": 1.0}], None, [4.0]),
    "hinted_function": (["a", "bb"], None, [1, 2]),
    "loader": (TABLE, None, [3.0, 6.0]),
    "pydantic": ([{"x": 2.0}], None, [3.0]),
    "tool": (TABLE, None, [True, True]),
}


def load(folder: Path) -> dict[str, Any]:
    """Ask each model; the error if one does not answer."""
    answers: dict[str, Any] = {}
    for name, (data, params, _) in CALLS.items():
        try:
            model = pyfunc.load_model(str(folder / name), suppress_warnings=True)
            answers[name] = model.predict(data, params=params)
        except Exception as error:  # noqa: BLE001 - the test shows it
            answers[name] = repr(error)
    context = pyfunc.load_model(str(folder / "context"), suppress_warnings=True)
    answers["stream"] = list(context.predict_stream(TABLE.head(1)))
    answers["derived"] = isinstance(context.unwrap_python_model(), pyfunc.PythonModel)
    return answers


if __name__ == "__main__":
    place = Path(sys.argv[3])
    print(json.dumps(save(place) if sys.argv[1] == "save" else load(place)))
