"""Saving and logging Python models: what is kept, and what is refused before anything is."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import InvalidParameterValue, ModelNotTrusted, UnsafePath
from jupyter_mltrack.models import Model, infer_signature
from jupyter_mltrack.models.pyfunc import (
    PythonModel,
    TypeFromExample,
    add_to_model,
    get_default_conda_env,
    get_default_pip_requirements,
    load_model,
    log_model,
    save_model,
)
from jupyter_mltrack.models.pyfunc.python_function import PythonFunction
from jupyter_mltrack.models.types.column import ColSpec
from jupyter_mltrack.models.types.schema import Schema

pytestmark = pytest.mark.usefixtures("fresh")

TABLE = pd.DataFrame({"x": [1.0, 2.0]})
CODE = "from mlflow.models import set_model\nset_model(lambda x: x['x'].tolist())"


class Files(PythonModel):
    """Reads its artifacts when it predicts."""

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        """The text of each file, and of the first file of each folder."""
        del model_input, params
        paths = {name: Path(path) for name, path in context.artifacts.items()}
        files = {k: next(p.iterdir()) if p.is_dir() else p for k, p in paths.items()}
        return {name: file.read_text() for name, file in files.items()}


def double(model_input: Any) -> Any:
    """A function as a model."""
    return (model_input["x"] * 2).tolist()


def test_a_logged_model_is_found_again() -> None:
    """By its URI, and by run and name."""
    with mlflow.start_run() as run:
        info = log_model(name="double", python_model=double, input_example=TABLE)
    assert load_model(info.model_uri).predict(TABLE) == [2.0, 4.0]
    assert load_model(f"runs:/{run.info.run_id}/double").predict(TABLE) == [2.0, 4.0]
    assert info.signature is not None
    assert info.signature.inputs == Schema([ColSpec("double", "x")])


def test_artifacts_travel_with_the_model(tmp_path: Path) -> None:
    """Files and folders, from here and from a run; two of one name are kept apart."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "k.txt").write_text(name)
    with mlflow.start_run() as run:
        mlflow.log_text("c", "texts/k.txt")
    artifacts = {
        "a": str(tmp_path / "a" / "k.txt"),
        "b": str(tmp_path / "b" / "k.txt"),
        "c": f"runs:/{run.info.run_id}/texts/k.txt",
        "folder": str(tmp_path / "b"),
        "again": str(tmp_path / "a" / "k.txt"),
    }
    save_model(tmp_path / "model", python_model=Files(), artifacts=artifacts)
    (tmp_path / "a" / "k.txt").write_text("changed")
    found = load_model(str((tmp_path / "model").rename(tmp_path / "moved"))).predict(TABLE)
    assert found == {"a": "a", "b": "b", "c": "c", "folder": "b", "again": "a"}


def test_a_model_within_a_model(tmp_path: Path) -> None:
    """The usual way to put something before or behind the model of a library."""
    fitted = LinearRegression().fit(TABLE, [2.0, 4.0])
    mlflow.sklearn.save_model(fitted, tmp_path / "inner")

    class Rounded(PythonModel):
        def load_context(self, context: Any) -> None:
            self.model = mlflow.sklearn.load_model(context.artifacts["inner"])

        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            del context, params
            return self.model.predict(model_input).round().tolist()

    artifacts = {"inner": str(tmp_path / "inner")}
    save_model(tmp_path / "m", python_model=Rounded(), artifacts=artifacts, input_example=TABLE)
    assert load_model(str(tmp_path / "m")).predict(TABLE) == [2.0, 4.0]


def test_an_artifact_outside_the_folder(tmp_path: Path) -> None:
    """`MLmodel` may name no file that is not the model's."""
    save_model(tmp_path / "m", python_model=Files(), artifacts={"a": __file__})
    text = (tmp_path / "m" / "MLmodel").read_text()
    (tmp_path / "m" / "MLmodel").write_text(text.replace("artifacts/test_saving.py", "../secret"))
    with pytest.raises((ModelNotTrusted, UnsafePath)):
        load_model(str(tmp_path / "m"))
    settings = Model.load(tmp_path / "m").flavors["python_function"]
    with pytest.raises(UnsafePath, match="climbs"):
        PythonFunction().read(tmp_path / "m", settings)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "Give python_model"),
        ({"python_model": Files}, r"the class Files: give an instance, Files\(\)"),
        ({"python_model": 7}, "not a int"),
        ({"python_model": lambda a, b: (a, b)}, "exactly one argument"),
        ({"python_model": "nowhere.py"}, "does not exist"),
        ({"python_model": double, "loader_module": "m"}, "Give one pair"),
        ({"loader_module": "m", "data_path": "nowhere"}, "data_path names"),
        ({"python_model": double, "artifacts": {"a": "nowhere"}}, "nowhere"),
        ({"python_model": double, "artifacts": {"a": 1}}, "artifacts is a dict"),
        ({"python_model": double, "model_config": {"a": object()}}, "model_config"),
        ({"python_model": threading.Lock}, "exactly one argument"),
    ],
)
def test_what_is_refused(tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    """Nothing is left behind."""
    with pytest.raises(mlflow.MlflowException, match=message):
        save_model(tmp_path / "model", **arguments)
    assert not list(tmp_path.iterdir())


def test_a_model_that_cannot_be_pickled(tmp_path: Path) -> None:
    """The message says what to do instead."""
    model = Files()
    model.lock = threading.Lock()  # type: ignore[attr-defined]
    with pytest.raises(InvalidParameterValue, match="make it in load_context"):
        save_model(tmp_path / "model", python_model=model)
    assert not list(tmp_path.iterdir())


def test_an_unknown_argument(tmp_path: Path) -> None:
    """A slip of the pen is an error, as in any function."""
    with pytest.raises(TypeError, match="artefacts"):
        save_model(tmp_path / "model", python_model=double, artefacts={})


def test_models_from_code(tmp_path: Path) -> None:
    """The file is kept as it is, beside what says how to load it."""
    (tmp_path / "my.py").write_text(CODE)
    save_model(tmp_path / "m", python_model=tmp_path / "my.py", input_example=TABLE)
    model = load_model(str(tmp_path / "m"))
    assert (tmp_path / "m" / "my.py").read_text() == CODE
    assert not (tmp_path / "m" / "python_model.pkl").exists()
    assert model.metadata.flavors["python_function"]["model_code_path"] == "my.py"
    assert model.predict(TABLE) == [1.0, 2.0]


def test_hints_are_the_signature(tmp_path: Path) -> None:
    """A table is taken, too; one that was given and is another is not."""

    class Hinted(PythonModel):
        def predict(self, model_input: list[str]) -> list[int]:  # type: ignore[override]
            return [len(each) for each in model_input]

    save_model(tmp_path / "m", python_model=Hinted(), signature=infer_signature(TABLE))
    model = load_model(str(tmp_path / "m"))
    assert model.metadata.is_signature_from_type_hint
    assert model.metadata.get_input_schema() == Schema([ColSpec("string")])
    assert model.metadata.get_output_schema() == Schema([ColSpec("long")])
    assert model.predict(["a", "bb"]) == model.predict(pd.DataFrame({"t": ["a", "bb"]})) == [1, 2]
    with pytest.raises(InvalidParameterValue, match="got int"):
        model.predict([7])


def test_an_example_that_does_not_fit_the_hints(tmp_path: Path) -> None:
    """One of both is wrong, so nothing is saved."""

    def predict(model_input: list[str]) -> Any:
        return model_input

    with pytest.raises(InvalidParameterValue, match="example does not fit the type hint"):
        save_model(tmp_path / "m", python_model=predict, input_example=[1])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("example", "arrived"),
    [(["a", "b"], ["x"]), (pd.DataFrame({"t": ["a"]}), ["DataFrame"])],
)
def test_the_form_of_the_example(tmp_path: Path, example: Any, arrived: Any) -> None:
    """A hint can leave it to the example what arrives: a list or a table."""

    def predict(model_input: TypeFromExample) -> Any:  # type: ignore[valid-type]
        return model_input if isinstance(model_input, list) else [type(model_input).__name__]

    save_model(tmp_path / "m", python_model=predict, input_example=example)
    model = load_model(str(tmp_path / "m"))
    data = ["x"] if isinstance(example, list) else example
    assert model.metadata.type_hint_from_example
    assert model.predict(data) == arrived


def test_configurations_are_changed_on_loading(tmp_path: Path) -> None:
    """In the context of the model."""

    class Configured(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            del model_input, params
            return context.model_config

    (tmp_path / "c.yaml").write_text("a: 1\nb: 2")
    save_model(tmp_path / "m", python_model=Configured(), model_config=tmp_path / "c.yaml")
    assert load_model(str(tmp_path / "m")).predict(0) == {"a": 1, "b": 2}
    assert load_model(str(tmp_path / "m"), model_config={"b": 3}).predict(0) == {"a": 1, "b": 3}
    load_model(str(tmp_path / "m"), suppress_warnings=True, model_config={"z": 0})


def test_what_every_model_needs() -> None:
    """What pickles it."""
    assert [line.partition("=")[0] for line in get_default_pip_requirements()] == ["cloudpickle"]
    assert "mlflow==3.17.2" in get_default_conda_env()["dependencies"][2]["pip"]


def test_a_function_is_added_to_a_description() -> None:
    """As MLflow's own flavors do."""
    model = add_to_model(Model(), "mine", data="d", conda_env="conda.yaml", predict_fn="score")
    found = model.flavors["python_function"]
    assert found.pop("python_version")
    assert found == {
        "data": "d",
        "env": {"conda": "conda.yaml"},
        "loader_module": "mine",
        "predict_fn": "score",
    }
