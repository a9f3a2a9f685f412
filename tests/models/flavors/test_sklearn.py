"""scikit-learn: three formats, and the method that is the function."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from jupyter_mltrack.artifacts.contents import SIGNATURE_FILE
from jupyter_mltrack.errors import InvalidParameterValue, ModelNotTrusted
from jupyter_mltrack.models import Model
from jupyter_mltrack.models.dangers import dangers
from jupyter_mltrack.models.flavors import sklearn
from jupyter_mltrack.models.opening import open_model

ROWS = np.random.default_rng(0).random((40, 3))
KINDS = (ROWS[:, 0] > 0.5).astype(int)


def fitted(model: Any = None) -> Any:
    """A small classifier."""
    return (LogisticRegression() if model is None else model).fit(ROWS, KINDS)


def foreign(model: Any, folder: Path, **options: Any) -> Path:
    """A saved model that nobody here signed."""
    sklearn.save_model(model, folder, **options)
    (folder / SIGNATURE_FILE).unlink()
    return folder


@pytest.mark.parametrize("serialization_format", ["cloudpickle", "pickle", "skops"])
def test_each_format_comes_back(tmp_path: Path, serialization_format: str) -> None:
    """With the settings that MLflow writes."""
    folder = tmp_path / "saved"
    sklearn.save_model(fitted(), folder, serialization_format=serialization_format)
    settings = Model.load(folder).flavors["sklearn"]
    file = "model.skops" if serialization_format == "skops" else "model.pkl"
    assert settings["pickled_model"] == file
    assert settings["serialization_format"] == serialization_format
    assert set(settings) == {
        "code",
        "pickled_model",
        "serialization_format",
        "sklearn_version",
        "skops_trusted_types",
    }
    assert np.array_equal(sklearn.load_model(folder).predict(ROWS), fitted().predict(ROWS))


@pytest.mark.parametrize(
    "method", ["predict", "predict_proba", "predict_log_proba", "decision_function"]
)
def test_the_method_that_is_the_function(tmp_path: Path, method: str) -> None:
    """It is noted, and it is what the predictor calls."""
    sklearn.save_model(fitted(), tmp_path / "saved", pyfunc_predict_fn=method)
    opened = open_model(tmp_path / "saved")
    settings = opened.function_settings("sklearn")
    model = sklearn.FLAVOR.read(opened.folder, settings)
    predicted = sklearn.FLAVOR.predictor(model, settings).predict(ROWS)
    assert np.array_equal(predicted, getattr(fitted(), method)(ROWS))


def test_a_model_without_the_method(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is kept, but is no function; one warning says so."""
    sklearn.save_model(
        SVC().fit(ROWS, KINDS), tmp_path / "saved", pyfunc_predict_fn="predict_proba"
    )
    assert [*Model.load(tmp_path / "saved").flavors] == ["sklearn"]
    (warning,) = caplog.records
    assert "has no method predict_proba()" in warning.getMessage()


@pytest.mark.parametrize("method", ["__reduce__", "_repr_html_", "nothing", 3])
def test_a_method_that_is_not_for_everybody(method: Any) -> None:
    """`MLmodel` may come from anybody."""
    with pytest.raises(InvalidParameterValue, match="lacks"):
        sklearn.FLAVOR.predictor(fitted(), {"predict_fn": method})


def test_code_of_the_notebook_travels_with_cloudpickle_alone(tmp_path: Path) -> None:
    """The other formats say what to use instead."""
    model = fitted(make_pipeline(FunctionTransformer(lambda rows: rows * 2), LogisticRegression()))
    sklearn.save_model(model, tmp_path / "saved")
    assert np.array_equal(sklearn.load_model(tmp_path / "saved").predict(ROWS), model.predict(ROWS))
    for other in ("pickle", "skops"):
        with pytest.raises(InvalidParameterValue, match="'cloudpickle'"):
            sklearn.save_model(model, tmp_path / other, serialization_format=other)
    assert [each.name for each in tmp_path.iterdir()] == ["saved"]


def test_skops_with_types_that_are_trusted(tmp_path: Path) -> None:
    """Named by the user when saving; noted, and used when loading."""
    forest = fitted(RandomForestClassifier(3, random_state=0))
    with pytest.raises(InvalidParameterValue, match=r"sklearn\.tree\._tree\.Tree"):
        sklearn.save_model(forest, tmp_path / "saved", serialization_format="skops")
    types = ["sklearn.tree._tree.Tree"]
    sklearn.save_model(
        forest, tmp_path / "saved", serialization_format="skops", skops_trusted_types=types
    )
    assert Model.load(tmp_path / "saved").flavors["sklearn"]["skops_trusted_types"] == types
    assert np.array_equal(
        sklearn.load_model(tmp_path / "saved").predict(ROWS), forest.predict(ROWS)
    )


def test_a_foreign_file_of_skops_needs_no_trust(tmp_path: Path) -> None:
    """If all in it is known to be harmless, nothing would run."""
    model = make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression())
    folder = foreign(fitted(model), tmp_path / "saved", serialization_format="skops")
    assert dangers(folder, Model.load(folder)) == ()
    content = (folder / "model.skops").read_bytes()
    (folder / "model.skops").write_bytes(content[: len(content) // 2])
    assert dangers(folder, Model.load(folder)) == ("sklearn: model.skops can hold code (skops)",)


@pytest.mark.parametrize(
    ("model", "options"),
    [
        (SVC(), {}),  # predicts with compiled code
        (LogisticRegression(), {"skops_trusted_types": ["os.system"]}),
        (RandomForestClassifier(2), {"skops_trusted_types": ["sklearn.tree._tree.Tree"]}),
    ],
)
def test_a_foreign_file_of_skops_that_is_not_harmless(
    tmp_path: Path, model: Any, options: dict[str, Any]
) -> None:
    """What `MLmodel` trusts is not what this user trusts."""
    folder = foreign(fitted(model), tmp_path / "saved", serialization_format="skops", **options)
    with pytest.raises(ModelNotTrusted, match="skops"):
        sklearn.load_model(folder)


def test_the_default_environment() -> None:
    """What every model of scikit-learn needs."""
    assert sklearn.get_default_pip_requirements()[0].startswith("scikit-learn==")
    assert sklearn.get_default_conda_env()["name"] == "mlflow-env"
