"""What is said of a model, read and changed after it was logged."""

from pathlib import Path

import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import InvalidParameterValue, InvalidState, MltrackException
from jupyter_mltrack.models import (
    ModelInfo,
    get_model_info,
    infer_pip_requirements,
    infer_signature,
    set_signature,
    update_model_requirements,
)

X, Y = [[0.0], [1.0]], [0.0, 1.0]


@pytest.fixture
def logged(tmp_path: Path) -> ModelInfo:
    """A model of a run, without a signature."""
    mlflow.set_tracking_uri(tmp_path / "mltrack.duckdb")
    with mlflow.start_run():
        info: ModelInfo = mlflow.sklearn.log_model(LinearRegression().fit(X, Y), name="line")
    return info


def test_what_is_known(logged: ModelInfo) -> None:
    """By the run and by the model's id: the same."""
    for uri in (logged.model_uri, f"runs:/{logged.run_id}/line"):
        found = get_model_info(uri)
        assert (found.model_id, found.run_id) == (logged.model_id, logged.run_id)
        assert set(found.flavors) == {"python_function", "sklearn"}


@pytest.mark.parametrize("by_run", [True, False])
def test_a_new_signature(logged: ModelInfo, *, by_run: bool) -> None:
    """It is kept to from then on, and the model still loads with no question."""
    uri = f"runs:/{logged.run_id}/line" if by_run else logged.model_uri
    set_signature(uri, infer_signature({"x": 1.0}, 1.0))
    model = mlflow.pyfunc.load_model(uri)
    assert model.metadata.get_input_schema().input_names() == ["x"]
    with pytest.raises(MltrackException, match="x"):
        model.predict({"y": 1.0})
    assert mlflow.sklearn.load_model(uri).predict(X).tolist() == pytest.approx(Y)


def test_a_registered_model_stays_as_it_is(logged: ModelInfo) -> None:
    """By whatever URI; after that it still loads."""
    mlflow.register_model(logged.model_uri, "lines")
    for uri in (logged.model_uri, f"runs:/{logged.run_id}/line", "models:/lines/1"):
        with pytest.raises(InvalidState, match="registered as lines version 1"):
            set_signature(uri, infer_signature({"x": 1.0}, 1.0))
    assert mlflow.sklearn.load_model("models:/lines/1").coef_ == pytest.approx([1.0])


def test_a_saved_model(tmp_path: Path) -> None:
    """A folder that no store knows is changed where it is; it stays this user's."""
    mlflow.sklearn.save_model(LinearRegression().fit(X, Y), tmp_path / "line")
    set_signature(str(tmp_path / "line"), infer_signature({"x": 1.0}))
    assert get_model_info(str(tmp_path / "line")).signature is not None
    assert mlflow.sklearn.load_model(str(tmp_path / "line")).coef_ == pytest.approx([1.0])


def test_a_strangers_model_stays_strange(tmp_path: Path) -> None:
    """To change what is said of it is not to vouch for it."""
    mlflow.sklearn.save_model(LinearRegression().fit(X, Y), tmp_path / "line")
    (tmp_path / "line" / "mltrack_signature.json").unlink()
    set_signature(str(tmp_path / "line"), infer_signature({"x": 1.0}))
    with pytest.raises(MltrackException, match="trust"):
        mlflow.sklearn.load_model(str(tmp_path / "line"))


def test_requirements(logged: ModelInfo) -> None:
    """Lines are added and taken away; what else is there stays."""

    def lines() -> list[str]:
        path = mlflow.pyfunc.get_model_dependencies(logged.model_uri)
        return Path(path).read_text().splitlines()

    before = lines()
    update_model_requirements(logged.model_uri, "add", ["Some_Package>=1", "other"])
    assert lines() == [*before, "Some_Package>=1", "other"]
    update_model_requirements(logged.model_uri, "remove", ["some-package"])
    assert lines() == [*before, "other"]
    assert mlflow.sklearn.load_model(logged.model_uri).coef_ == pytest.approx([1.0])


def test_requirements_are_found(logged: ModelInfo) -> None:
    """By loading the model; what cannot be loaded gives the fallback."""
    found = infer_pip_requirements(logged.model_uri, "sklearn")
    assert any(line.startswith("scikit-learn==") for line in found)
    assert infer_pip_requirements(logged.model_uri, "xgboost", ["xgboost"]) == ["xgboost"]
    with pytest.raises(MltrackException, match="no flavor 'xgboost'"):
        infer_pip_requirements(logged.model_uri, "xgboost")


def test_mistakes(logged: ModelInfo) -> None:
    """Each is said, and nothing changes."""
    with pytest.raises(InvalidParameterValue, match="infer_signature"):
        set_signature(logged.model_uri, {"x": "double"})  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterValue, match="'add' or 'remove'"):
        update_model_requirements(logged.model_uri, "replace", [])  # type: ignore[arg-type]
    assert get_model_info(logged.model_uri).signature is None
