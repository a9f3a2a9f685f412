"""Saving, logging and loading, the same for every flavor."""

import inspect
import json
import os
import stat
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    MltrackException,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
    StoreError,
)
from jupyter_mltrack.models import Model, infer_signature
from jupyter_mltrack.models.flavor import Flavor, Written
from jupyter_mltrack.models.flavors import sklearn
from jupyter_mltrack.models.verbs import default_environment, log, save, verbs

pytestmark = pytest.mark.usefixtures("fresh")

TABLE = pd.DataFrame({"a": [0.0, 1.0], "b": [1.0, 0.5]})


def fitted() -> LinearRegression:
    """A small model of the columns of `TABLE`."""
    return LinearRegression().fit(TABLE, [0.0, 1.0])


def names(folder: str) -> list[str]:
    """What is in a folder."""
    return sorted(each.name for each in Path(folder).iterdir())


class Texts(Flavor):
    """Texts as models, made for one call; with an option, and a fault if it is asked for."""

    name = "texts"
    argument = "text"
    packages = ("pyyaml",)
    options: ClassVar[dict[str, Any]] = {"shout": False}

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault

    def write(self, model: Any, folder: Path, *, shout: bool = False) -> Written:
        """Write the text; then fail, if it should."""
        (folder / "text").write_text(model.upper() if shout else model)
        if self.fault is not None:
            raise self.fault
        return Written(settings={"data": "text", "note": model * 100}, pyfunc=None)

    def read(self, folder: Path, settings: dict[str, Any], *, times: int = 1) -> Any:
        """The text, repeated."""
        return (folder / settings["data"]).read_text() * times

    def predictor(self, model: Any, settings: dict[str, Any]) -> Any:
        """None: a text is no function."""


def test_a_saved_folder(tmp_path: Path) -> None:
    """What MLflow writes, and the signature; nothing passing is left beside it."""
    sklearn.save_model(fitted(), "saved", metadata={"by": "me"})
    assert names("saved") == [
        "MLmodel",
        "conda.yaml",
        "mltrack_signature.json",
        "model.pkl",
        "python_env.yaml",
        "requirements.txt",
    ]
    assert names(".") == ["saved"]
    meta = Model.load("saved")
    assert (meta.metadata, meta.run_id, meta.model_id) == ({"by": "me"}, None, None)
    assert meta.model_size_bytes == Path("saved/model.pkl").stat().st_size
    assert sklearn.load_model("saved").predict(TABLE) == pytest.approx([0.0, 1.0])


def test_the_description_of_a_logged_model() -> None:
    """Its ids, its run and its path in the run."""
    with mlflow.start_run() as run:
        mlflow.log_param("alpha", 0.5)
        info = sklearn.log_model(fitted(), "my_model", params={"depth": 3}, tags={"kind": "best"})
    (folder,) = Path().glob("mltrack.artifacts/0/*/artifacts/my_model")
    meta = Model.load(folder)
    assert meta.model_id == meta.model_uuid == info.model_id
    assert (meta.run_id, meta.artifact_path) == (run.info.run_id, "my_model")
    assert (info.name, info.params) == ("my_model", {"alpha": "0.5", "depth": "3"})
    assert info.tags == {"kind": "best"}
    assert info.model_uri == f"models:/{info.model_id}"


def test_a_logged_model_in_its_run() -> None:
    """The run knows what it made, at which step, also as MLflow 2 noted it."""
    with mlflow.start_run() as run:
        infos = [sklearn.log_model(fitted(), name="model", step=step) for step in (3, 4)]
    found = mlflow.get_run(run.info.run_id)
    made = [(each.model_id, each.step) for each in found.outputs.model_outputs]
    assert sorted(made, key=lambda each: each[1]) == [
        (infos[0].model_id, 3),
        (infos[1].model_id, 4),
    ]
    history = json.loads(found.data.tags["mlflow.log-model.history"])
    assert [each["model_uuid"] for each in history] == [info.model_id for info in infos]
    assert history[0]["artifact_path"] == "model"
    assert history[1]["artifact_path"] == f"model-{infos[1].model_id}"


def test_the_history_in_the_tag_stays_short() -> None:
    """The oldest models leave it."""
    with mlflow.start_run() as run:
        infos = [log(Texts(), "a note of words", name="text") for _ in range(4)]
    text = mlflow.get_run(run.info.run_id).data.tags["mlflow.log-model.history"]
    assert len(text) <= 5_000
    noted = [each["model_uuid"] for each in json.loads(text)]
    assert noted == [info.model_id for info in infos[-len(noted) :]]
    assert 1 < len(noted) < len(infos)


def test_without_a_run_it_belongs_to_the_experiment() -> None:
    """No run is started for it."""
    mlflow.set_experiment("mine")
    info = sklearn.log_model(fitted(), name="model")
    assert info.run_id is None
    assert len(mlflow.search_runs()) == 0
    assert sklearn.load_model(info.model_uri).predict(TABLE) == pytest.approx([0.0, 1.0])


def test_a_run_that_is_not_active() -> None:
    """By its id."""
    with mlflow.start_run() as run:
        pass
    info = sklearn.log_model(fitted(), name="model", run_id=run.info.run_id)
    assert info.run_id == run.info.run_id
    assert mlflow.active_run() is None


def test_a_model_that_was_begun() -> None:
    """Its files are added to what the store has already."""
    begun = mlflow.MlflowClient().create_logged_model("0", name="begun")
    info = sklearn.log_model(fitted(), model_id=begun.model_id)
    assert (info.model_id, info.name) == (begun.model_id, "begun")
    assert mlflow.MlflowClient().get_logged_model(begun.model_id).status == "READY"


def test_an_example_shows_the_signature() -> None:
    """Rows of a table give a column without a name."""
    sklearn.save_model(fitted(), "saved", input_example=TABLE)
    meta = Model.load("saved")
    assert meta.signature == infer_signature(TABLE, pd.Series([0.5]))
    assert meta.load_input_example("saved").equals(TABLE)
    assert meta.is_signature_from_type_hint is False


def test_an_example_of_an_array_gives_tensors() -> None:
    """In and out."""
    sklearn.save_model(
        LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), "saved", input_example=np.ones((1, 1))
    )
    assert Model.load("saved").signature == infer_signature(np.ones((1, 1)), np.ones(1))


@pytest.mark.parametrize("signature", [False, infer_signature(pd.DataFrame({"z": ["text"]}))])
def test_a_signature_that_is_given(signature: Any) -> None:
    """It is taken as it is; False leaves it out, though there is an example."""
    sklearn.save_model(fitted(), "saved", input_example=TABLE, signature=signature)
    assert Model.load("saved").signature == (signature or None)


def test_a_model_that_fails_on_its_example(caplog: pytest.LogCaptureFixture) -> None:
    """One warning, and the model is kept without a signature."""
    sklearn.save_model(fitted(), "saved", input_example=pd.DataFrame({"z": [1.0]}))
    assert Model.load("saved").signature is None
    (warning,) = caplog.records
    assert "the model fails on it" in warning.getMessage()


def test_predicting_does_not_change_the_example() -> None:
    """It is kept as the user gave it."""

    class Greedy(LinearRegression):
        def predict(self, X: Any) -> Any:  # noqa: N803 - scikit-learn's name
            X["a"] = 7.0
            return super().predict(X)

    example = TABLE.copy()
    sklearn.save_model(Greedy().fit(TABLE, [0.0, 1.0]), "saved", input_example=example)
    assert example.equals(TABLE)
    assert Model.load("saved").load_input_example("saved").equals(TABLE)


#: What cannot be saved; only the last is Python's own error.
MISTAKES: list[dict[str, Any]] = [
    {"signature": "double"},
    {"code_paths": "code.py"},
    {"code_paths": ["nowhere.py"]},
    {"extra_files": "one.txt"},
    {"extra_files": ["nowhere.txt"]},
    {"pip_requirements": [], "extra_pip_requirements": []},
    {"serialization_format": "json"},
    {"metadata": {"a": object()}},
    {"input_example": object()},
    {"no_such_option": 1},
]

#: What is wrong with the entry of a model.
WRONG_ENTRIES: list[dict[str, Any]] = [
    {"name": "a/b"},
    {"name": "x", "artifact_path": "y"},
    {"artifact_path": "../x"},
    {"model_id": "m-1"},
    {"registered_model_name": "a/b"},
    {"run_id": "no"},
]


def test_a_mistake_leaves_no_folder() -> None:
    """Nor a passing one beside it."""
    for mistake in MISTAKES:
        with pytest.raises((InvalidParameterValue, TypeError)):
            sklearn.save_model(fitted(), "saved", **mistake)
    assert names(".") == []


def test_a_mistake_leaves_nothing_in_the_store() -> None:
    """Neither files nor a model."""
    with mlflow.start_run() as run:
        for mistake in MISTAKES:
            with pytest.raises((InvalidParameterValue, TypeError)):
                sklearn.log_model(fitted(), "model", **mistake)
        for mistake in WRONG_ENTRIES:
            with pytest.raises(MltrackException):
                sklearn.log_model(fitted(), **mistake)
    assert mlflow.MlflowClient().list_artifacts(run.info.run_id) == []
    assert len(mlflow.MlflowClient().search_logged_models(["0"])) == 0


def test_a_folder_that_is_taken() -> None:
    """It stays as it is; an empty one is used."""
    Path("saved").mkdir()
    sklearn.save_model(fitted(), "saved")
    before = names("saved")
    with pytest.raises(ResourceAlreadyExists, match="not empty"):
        sklearn.save_model(fitted(), "saved")
    assert names("saved") == before


def test_a_fault_while_saving_leaves_nothing() -> None:
    """Of whatever kind."""
    for fault in (RuntimeError("of the library"), KeyboardInterrupt()):
        with pytest.raises(type(fault)):
            save(Texts(fault), "hello", "saved")
    with pytest.raises(StoreError, match="Cannot save the model"):
        save(Texts(OSError(28, "No space left on device")), "hello", "saved")
    assert names(".") == []


def test_trouble_of_the_disk_does_not_stop_the_training(caplog: pytest.LogCaptureFixture) -> None:
    """One warning, and a model that is FAILED and not registered."""
    full = Texts(OSError(28, "No space left on device"))
    with mlflow.start_run():
        info = log(full, "hello", name="text", registered_model_name="greetings")
    assert info.registered_model_version is None
    assert mlflow.search_registered_models() == []
    (warning,) = caplog.records
    assert "was not stored: [Errno 28] No space left on device" in warning.getMessage()
    found = mlflow.MlflowClient().get_logged_model(info.model_id)
    assert (found.status, found.name) == ("FAILED", "text")
    with pytest.raises(MltrackException, match="is FAILED"):
        sklearn.load_model(info.model_uri)


def test_strict_raises_trouble_of_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the user asked for it."""
    monkeypatch.setenv("MLTRACK_STRICT", "1")
    with mlflow.start_run(), pytest.raises(OSError, match="No space"):
        log(Texts(OSError(28, "No space left on device")), "hello", name="text")


def test_the_model_by_keyword() -> None:
    """As MLflow calls it, and simply `model`."""
    save_model, log_model, load_model = verbs(Texts())
    save_model(text="hello", path="one", shout=True)
    save_model(model="hello", path="two")
    assert Path("one/text").read_text() == "HELLO"
    assert load_model("two", times=2) == "hellohello"
    with pytest.raises(TypeError, match="text"):
        log_model(name="three")


def test_what_help_shows() -> None:
    """The names of MLflow, the options of the flavor, and a docstring without our inner ones."""
    save_model, log_model, load_model = verbs(Texts())
    assert [*inspect.signature(save_model).parameters][:4] == [
        "text",
        "path",
        "conda_env",
        "code_paths",
    ]
    assert inspect.signature(log_model).parameters["shout"].default is False
    assert log_model.__name__ == "log_model"
    document = inspect.getdoc(log_model) or ""
    assert "text: The model." in document
    assert "shout: Options of the flavor." in document
    assert "flavor:" not in document
    assert "flavor:" not in (inspect.getdoc(load_model) or "")


def test_both_names_for_the_place() -> None:
    """`artifact_path` as in MLflow 2, with folders; both if they are the same."""
    with mlflow.start_run() as run:
        sklearn.log_model(fitted(), artifact_path="models/best.one")
        sklearn.log_model(fitted(), artifact_path="same", name="same")
    for path in ("models/best.one", "same"):
        assert sklearn.load_model(f"runs:/{run.info.run_id}/{path}") is not None


def test_code_and_other_files() -> None:
    """They are copied under their own names, and noted as MLflow does."""
    Path("package/__pycache__").mkdir(parents=True)
    Path("package/__init__.py").write_text("VALUE = 1")
    Path("package/__pycache__/old.pyc").write_text("")
    Path("note.txt").write_text("hello")
    sklearn.save_model(fitted(), "older", code_path=["package"])
    sklearn.save_model(fitted(), "saved", code_paths=["package"], extra_files=["note.txt"])
    settings = Model.load("saved").flavors
    assert names("saved/code/package") == names("older/code/package") == ["__init__.py"]
    assert settings["sklearn"]["code"] == settings["python_function"]["code"] == "code"
    assert settings["sklearn"]["extra_files"] == [{"path": "extra_files/note.txt"}]
    assert Path("saved/extra_files/note.txt").read_text() == "hello"


def test_requirements_may_be_given() -> None:
    """Instead of what is found, or in addition."""
    sklearn.save_model(fitted(), "own", pip_requirements=["scikit-learn"])
    sklearn.save_model(fitted(), "more", extra_pip_requirements=["mine==1"])
    assert Path("own/requirements.txt").read_text() == "mlflow==3.17.2\nscikit-learn"
    lines = Path("more/requirements.txt").read_text().splitlines()
    assert {"mine==1"} < set(lines)
    assert [line.partition("==")[0] for line in lines][:2] == ["mlflow", "cloudpickle"]


def test_the_default_environment() -> None:
    """What every model of the flavor needs."""
    requirements, conda = default_environment(Texts())
    (line,) = requirements()
    assert line.startswith("pyyaml==")
    assert conda()["dependencies"][-1]["pip"][1:] == [line]


def test_another_flavor() -> None:
    """The message names those that the model has."""
    save(Texts(), "hello", "saved")
    with pytest.raises(InvalidParameterValue, match="no flavor 'sklearn'; it has texts"):
        sklearn.load_model("saved")
    with pytest.raises(ResourceDoesNotExist):
        sklearn.load_model("nowhere")


def test_files_in_the_store_are_private() -> None:
    """Whatever the umask says."""
    before = os.umask(0)
    try:
        sklearn.log_model(fitted(), name="model")
    finally:
        os.umask(before)
    found = [*Path("mltrack.artifacts").rglob("*")]
    assert found
    assert all(stat.S_IMODE(each.stat().st_mode) & 0o077 == 0 for each in found)
