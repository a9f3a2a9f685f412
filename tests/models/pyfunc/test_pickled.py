"""Pickles of Python models: what is named as in MLflow, and how it is found again."""

from __future__ import annotations

import gzip
import pickle
import pickletools
from pathlib import Path
from typing import Any

import pytest

import jupyter_mltrack
from jupyter_mltrack.errors import InvalidParameterValue, MltrackException, ResourceDoesNotExist
from jupyter_mltrack.models.pyfunc import PythonModel, pyfunc
from jupyter_mltrack.models.pyfunc.checking import is_checking
from jupyter_mltrack.models.pyfunc.mlflow_names import name_in_mlflow, resolved
from jupyter_mltrack.models.pyfunc.model import FunctionModel
from jupyter_mltrack.models.pyfunc.pickled import dump, load
from jupyter_mltrack.models.types.data_type import DataType


def texts(file: Path) -> set[str]:
    """All texts in a pickle; reading them executes nothing."""
    return {arg for _, arg, _ in pickletools.genops(file.read_bytes()) if isinstance(arg, str)}


def test_a_class_within_a_function_comes_back(tmp_path: Path) -> None:
    """With its base, its closure, `super()`, and the check of its hint."""
    factor = 3

    class Model(PythonModel):
        def __init__(self) -> None:
            super().__init__()
            self.own = type(self).__name__

        def predict(self, model_input: list[int]) -> Any:  # type: ignore[override]
            return [each * factor for each in model_input]

    dump(Model(), tmp_path / "m.pkl")
    found = load(tmp_path / "m.pkl")
    assert isinstance(found, PythonModel)
    assert type(found) is Model  # cloudpickle knows it again in this process
    assert is_checking(type(found).predict)
    assert found.predict([1, 2]) == [3, 6]


def test_nothing_of_ours_is_named_in_a_pickle(tmp_path: Path) -> None:
    """So MLflow, which has none of it, can read it."""

    class Model(PythonModel):
        def predict(self, context: Any, model_input: list[int]) -> Any:  # type: ignore[override]
            return jupyter_mltrack, MltrackException, context, model_input

    dump(Model(), tmp_path / "class")
    dump(FunctionModel(lambda model_input: (jupyter_mltrack, model_input)), tmp_path / "function")
    for name in ("class", "function"):
        modules = {each for each in texts(tmp_path / name) if each.startswith("jupyter_mltrack")}
        assert modules <= {"jupyter_mltrack"}  # a variable's name
    found = load(tmp_path / "class").predict(1, [2])
    assert found[0].__name__ == "jupyter_mltrack"
    assert found[1:] == (MltrackException, 1, [2])


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        (PythonModel, "mlflow.pyfunc.model:PythonModel"),
        (pyfunc, "mlflow.pyfunc.utils:pyfunc"),
        (MltrackException, "mlflow.exceptions:MlflowException"),
        (jupyter_mltrack, "mlflow"),
        (jupyter_mltrack.log_metric, "mlflow:log_metric"),
        (pytest, None),
        (len, None),
        (Path, None),
        (7, None),
    ],
)
def test_names_in_mlflow(thing: Any, name: str | None) -> None:
    """Those that MLflow finds, too, lead back to the same thing here."""
    assert name_in_mlflow(thing) == name
    assert name is None or resolved(name) is thing


def test_what_mlflow_names_and_we_have_not() -> None:
    """Without MLflow beside us the message says so."""
    for name in ("mlflow.nowhere:x", "mlflow:x", "mlflow.pyfunc.model:ChatModel"):
        with pytest.raises(ResourceDoesNotExist, match="not part of this release"):
            resolved(name)
    assert resolved("mlflow.types.schema:DataType")(5) is DataType.double
    assert resolved("pathlib:Path") is Path


def test_a_library_that_is_not_installed(tmp_path: Path) -> None:
    """The message names it, and the file that lists what is needed."""
    (tmp_path / "m.pkl").write_bytes(b"cnowhere.at_all\nModel\n.")
    with pytest.raises(MltrackException, match=r"needs nowhere.*requirements.txt"):
        load(tmp_path / "m.pkl")


def test_compressed_pickles(tmp_path: Path) -> None:
    """MLflow can write them."""
    with gzip.open(tmp_path / "m.gz", "wb") as file:
        file.write(pickle.dumps([1]))
    assert load(tmp_path / "m.gz", "gzip") == [1]
    with pytest.raises(InvalidParameterValue, match="'zip'"):
        load(tmp_path / "m.gz", "zip")
