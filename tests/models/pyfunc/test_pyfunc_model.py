"""Loaded models: every kind of input, parameters, streams, and what they tell of themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.linear_model import LinearRegression

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException, ResourceDoesNotExist
from jupyter_mltrack.models import Model, infer_signature
from jupyter_mltrack.models.flavors import sklearn
from jupyter_mltrack.models.pyfunc import (
    PyFuncModel,
    PythonModel,
    get_model_dependencies,
    load_model,
    load_pyfunc,
    save_model,
)
from jupyter_mltrack.models.types.schema import ParamSchema, ParamSpec, Schema, TensorSpec

TABLE = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})


class Told(PythonModel):
    """Tells what it gets."""

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        """The kind of data, and the parameters."""
        del context
        return type(model_input).__name__, model_input, params

    def predict_stream(self, context: Any, model_input: Any, params: Any = None) -> Iterator[Any]:
        """The same in pieces."""
        del context
        yield model_input
        yield params


Saved = Callable[..., PyFuncModel]


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """Save a Python model and load it."""

    def save(model: Any, **arguments: Any) -> PyFuncModel:
        save_model(tmp_path / "model", python_model=model, pip_requirements=[], **arguments)
        return load_model(str(tmp_path / "model"))

    return save


@pytest.mark.parametrize(
    "data",
    [
        TABLE,
        pl.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}),
        {"a": np.array([1.0, 2.0]), "b": np.array([3.0, 4.0])},
        {"a": [1.0, 2.0], "b": [3.0, 4.0]},
        [{"a": 1.0, "b": 3.0}, {"b": 4.0, "a": 2.0}],
        TABLE.assign(c=0)[["c", "b", "a"]],
        TABLE.astype("float32"),
    ],
    ids=["pandas", "polars", "arrays", "lists", "rows", "more columns", "narrower"],
)
def test_kinds_of_tables(saved: Saved, data: Any) -> None:
    """All arrive as a table with the columns of the signature."""
    kind, arrived, _ = saved(Told(), signature=infer_signature(TABLE)).predict(data)
    assert kind == "DataFrame"
    pd.testing.assert_frame_equal(arrived, TABLE)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (np.eye(2), "ndarray"),
        (sparse.csr_matrix(np.eye(2)), "csr_matrix"),
        (sparse.csc_matrix(np.eye(2)), "csc_matrix"),
        (pd.DataFrame(np.eye(2)), "ndarray"),
    ],
)
def test_kinds_of_tensors(saved: Saved, data: Any, kind: str) -> None:
    """Arrays and sparse matrices stay what they are; a table becomes an array."""
    signature = infer_signature(np.eye(2))
    assert signature.inputs == Schema([TensorSpec(np.dtype("float64"), (-1, 2))])
    assert saved(Told(), signature=signature).predict(data)[0] == kind


@pytest.mark.parametrize("data", ["text", ["a", "b"], {"q": 1}, [{"a": 1}, {"b": "x"}], 7, None])
def test_without_a_signature_anything_arrives_as_it_is(saved: Saved, data: Any) -> None:
    """Nothing is checked, and nothing changed."""
    assert saved(Told()).predict(data)[1] is data


@pytest.mark.parametrize("data", ["text", ["text"], pd.Series(["text"])])
def test_single_texts(saved: Saved, data: Any) -> None:
    """A text, a list or a series of them: one column."""
    _, arrived, _ = saved(Told(), signature=infer_signature(["text"])).predict(data)
    assert arrived.iloc[:, 0].tolist() == ["text"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (TABLE[["a"]], r"Model is missing inputs \['b'\]"),
        (TABLE.assign(a="x"), "Failed to enforce schema of data 'DataFrame of shape"),
    ],
)
def test_data_that_does_not_fit(saved: Saved, data: Any, message: str) -> None:
    """The error is MLflow's, and it never reaches the model."""
    model = saved(Told(), signature=infer_signature(TABLE))
    with pytest.raises(InvalidParameterValue, match=message) as caught:
        model.predict(data)
    assert caught.value.json_kwargs["error_class"] == "SCHEMA_ENFORCEMENT_FAILED"


def test_parameters(saved: Saved) -> None:
    """Defaults for those that are missing; a wrong type and an unknown name are told."""
    params = {"t": 0.5, "n": [1, 2]}
    model = saved(Told(), signature=infer_signature(TABLE, params=params))
    assert model.predict(TABLE)[2] == params
    assert model.predict(TABLE, params={"t": 2})[2] == {"t": 2.0, "n": [1, 2]}
    with pytest.raises(InvalidParameterValue, match="'t'"):
        model.predict(TABLE, params={"t": "warm"})
    with pytest.warns(UserWarning, match="temprature"):
        model.predict(TABLE, params={"temprature": 1})


def test_a_model_without_parameters(saved: Saved) -> None:
    """They are left out of the call, with a word."""

    class Old(PythonModel):
        def predict(self, context: Any, model_input: Any) -> Any:  # type: ignore[override]
            del context
            return len(model_input)

    signature = infer_signature(TABLE, params={"t": 1})
    with pytest.warns(UserWarning, match="ignored"):
        assert saved(Old(), signature=signature).predict(TABLE, {"t": 2}) == 2


@pytest.mark.parametrize("data", [{"a": 1.0, "b": 3.0}, [{"a": 1.0, "b": 3.0}], TABLE.head(1)])
def test_streams(saved: Saved, data: Any) -> None:
    """One input, as a dict, with the parameters."""
    params = ParamSchema([ParamSpec("t", "long", 1)])
    model = saved(Told(), signature=infer_signature(TABLE, params={"t": 1}))
    assert model.metadata.get_params_schema() == params
    assert list(model.predict_stream(data, {"t": 3})) == [{"a": 1.0, "b": 3.0}, {"t": 3}]
    with pytest.raises(InvalidParameterValue, match="one input, and these are 2"):
        model.predict_stream(TABLE)


def test_what_a_loaded_model_tells(saved: Saved, tmp_path: Path) -> None:
    """The names are MLflow's."""
    model = saved(Told(), input_example=TABLE, model_config={"k": 1}, metadata={"m": 2})
    pd.testing.assert_frame_equal(model.input_example, TABLE)
    assert (model.model_config, model.model_id) == ({"k": 1}, None)
    assert model.loader_module == "mlflow.pyfunc.model"
    assert model.metadata.metadata == {"m": 2}
    assert model.get_raw_model() is model.unwrap_python_model()
    assert repr(model) == "mlflow.pyfunc.loaded_model:\n  flavor: mlflow.pyfunc.model\n"
    assert model == load_pyfunc(str(tmp_path / "model"))
    assert model != "model"


def test_models_of_a_library(tmp_path: Path) -> None:
    """The raw model is the library's; it is no PythonModel and does not stream."""
    fitted = LinearRegression().fit(TABLE, [0.0, 1.0])
    sklearn.save_model(fitted, tmp_path / "m", signature=infer_signature(TABLE))
    model = load_model(str(tmp_path / "m"))
    assert model.predict(TABLE) == pytest.approx(np.array([0.0, 1.0]))
    assert isinstance(model.get_raw_model(), LinearRegression)
    for call in (model.unwrap_python_model, lambda: model.predict_stream(TABLE)):
        with pytest.raises(MltrackException):
            call()


def test_another_method_than_predict(tmp_path: Path) -> None:
    """What the model was saved with is what `predict` calls."""

    class Impl:
        def score(self, data: Any) -> int:
            return len(data)

    model = PyFuncModel(Model(flavors={"python_function": {}}), Impl(), "score")
    assert model.predict([1, 2]) == 2
    with pytest.raises(NotImplementedError, match="get_raw_model"):
        model.get_raw_model()
    with pytest.raises(MltrackException, match="missing required predict method"):
        PyFuncModel(Model(), Impl())


class Fails(PythonModel):
    """Fails where it is told to."""

    def __init__(self, where: str) -> None:
        self.where = where

    def load_context(self, context: Any) -> None:
        """Fail, perhaps."""
        del context
        if self.where == "load_context":
            msg = "no file"
            raise OSError(msg)

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        """Fail."""
        del context, model_input, params
        raise ZeroDivisionError


def test_errors_of_the_model_are_its_own(saved: Saved) -> None:
    """They are not wrapped: code that catches them goes on working."""
    with pytest.raises(ZeroDivisionError):
        saved(Fails("predict")).predict(TABLE)


def test_a_context_that_cannot_be_loaded(saved: Saved) -> None:
    """The error is the model's, with a note where it is from."""
    with pytest.raises(OSError, match="no file") as caught:
        saved(Fails("load_context"))
    assert caught.value.__notes__ == ["This is from load_context of Fails."]


def test_many_threads_share_a_model(saved: Saved) -> None:
    """Each gets the answer to its own question."""
    model = saved(Told(), signature=infer_signature(TABLE, params={"t": 0}))
    wrong: list[Any] = []

    def ask(number: int) -> None:
        for _ in range(20):
            _, data, params = model.predict(TABLE + number, params={"t": number})
            if params != {"t": number} or data["a"].iloc[0] != 1 + number:
                wrong.append((number, data, params))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_requirements_of_a_model(tmp_path: Path) -> None:
    """The path of the file, for pip and for conda; nothing of the model is loaded."""
    folder = tmp_path / "model"
    save_model(folder, python_model=Fails("load_context"), pip_requirements=["numpy"])
    assert Path(get_model_dependencies(str(folder))).read_text() == "mlflow==3.17.2\nnumpy"
    assert get_model_dependencies(str(folder), "conda") == str(folder / "conda.yaml")


def test_a_model_of_an_unknown_library(tmp_path: Path) -> None:
    """The message says what is missing, and what to do."""
    save_model(tmp_path / "m", loader_module="mlflow.nowhere")
    with pytest.raises(ResourceDoesNotExist, match=r"'mlflow.nowhere'.*install MLflow"):
        load_model(str(tmp_path / "m"))
