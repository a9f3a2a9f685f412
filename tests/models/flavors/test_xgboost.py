"""XGBoost: its own formats, its own classes, and damaged files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.artifacts.contents import SIGNATURE_FILE
from jupyter_mltrack.errors import InvalidParameterValue, ModelNotTrusted
from jupyter_mltrack.models import Model
from jupyter_mltrack.models.flavors import xgboost
from jupyter_mltrack.models.flavors.xgboost_trees import check_trees

xgb = pytest.importorskip("xgboost")

TABLE = pd.DataFrame(np.random.default_rng(0).random((40, 3)), columns=["a", "b", "c"])
KINDS = (TABLE["a"] > 0.5).astype(int)


def booster() -> Any:
    """A small Booster that knows its columns."""
    return xgb.train({"max_depth": 2}, xgb.DMatrix(TABLE, KINDS), 3)


def foreign(folder: Path, **options: Any) -> Path:
    """A saved Booster that nobody here signed."""
    xgboost.save_model(booster(), folder, **options)
    (folder / SIGNATURE_FILE).unlink()
    return folder


@pytest.mark.parametrize("model_format", ["ubj", "json"])
def test_a_booster_comes_back(tmp_path: Path, model_format: str) -> None:
    """As itself, with the settings that MLflow writes."""
    xgboost.save_model(booster(), tmp_path / "saved", model_format=model_format)
    settings = Model.load(tmp_path / "saved").flavors["xgboost"]
    assert settings == {
        "code": None,
        "data": f"model.{model_format}",
        "model_class": "xgboost.core.Booster",
        "model_format": model_format,
        "xgb_version": xgb.__version__,
    }
    loaded = xgboost.load_model(tmp_path / "saved")
    assert loaded.get_fscore() == booster().get_fscore() != {}


@pytest.mark.parametrize("name", ["XGBClassifier", "XGBRFClassifier", "XGBRegressor"])
def test_the_classes_of_scikit_learn(tmp_path: Path, name: str) -> None:
    """They come back as they are, also from a class of the user's made of one."""
    own = type("Own", (getattr(xgb, name),), {})
    model = own(n_estimators=2, max_depth=2).fit(TABLE, KINDS)
    xgboost.save_model(model, tmp_path / "saved")
    loaded = xgboost.load_model(tmp_path / "saved")
    assert type(loaded) is getattr(xgb, name)
    assert np.array_equal(loaded.predict(TABLE), model.predict(TABLE))


def test_as_a_function(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A table keeps its columns' names; params that XGBoost does not know are left out."""
    model = booster()
    predict = xgboost.FLAVOR.predictor(model, {}).predict
    assert np.allclose(predict(TABLE), model.predict(xgb.DMatrix(TABLE)))
    with pytest.raises(ValueError, match="feature_names mismatch"):
        predict(TABLE.rename(columns={"a": "z"}))
    assert predict(TABLE, {"pred_leaf": True, "nonsense": 1}).shape == (40, 3)
    assert "takes no params ['nonsense']" in caplog.text


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        (lambda: "a text", {}, "not 'str'"),
        (xgb.XGBClassifier, {}, "Is it trained"),
        (booster, {"model_format": "pickle"}, "no format 'pickle'"),
    ],
)
def test_what_cannot_be_saved(
    tmp_path: Path, model: Callable[[], Any], options: dict[str, Any], words: str
) -> None:
    """The message says why."""
    with pytest.raises(InvalidParameterValue, match=words):
        xgboost.save_model(model(), tmp_path / "saved", **options)


@pytest.mark.parametrize("model_class", ["os.system", "xgboost.core.DMatrix", "builtins.eval", 7])
def test_a_class_that_is_none_of_xgboost(tmp_path: Path, model_class: Any) -> None:
    """It is neither let in nor looked up."""
    folder = foreign(tmp_path / "saved")
    text = (folder / "MLmodel").read_text()
    (folder / "MLmodel").write_text(text.replace("xgboost.core.Booster", str(model_class)))
    with pytest.raises(ModelNotTrusted):
        xgboost.load_model(folder)
    with pytest.raises(InvalidParameterValue, match="none of XGBoost's"):
        xgboost.FLAVOR.read(folder, {"data": "model.ubj", "model_class": model_class})


def test_a_foreign_booster_needs_no_trust(tmp_path: Path) -> None:
    """Its format is data alone."""
    loaded = xgboost.load_model(foreign(tmp_path / "saved"))
    assert np.allclose(loaded.predict(xgb.DMatrix(TABLE)), booster().predict(xgb.DMatrix(TABLE)))


#: Changes of the first tree that XGBoost reads without a word, and follows when it predicts.
FAULTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "feature that there is not": lambda tree: tree["split_indices"].__setitem__(0, 9),
    "out of itself": lambda tree: tree["right_children"].__setitem__(0, 99),
    "in a circle": lambda tree: tree["left_children"].__setitem__(1, 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_trees_that_lead_astray(tmp_path: Path, fault: str) -> None:
    """They are found before a prediction follows them."""
    content = json.loads(booster().save_raw("json"))
    FAULTS[fault](content["learner"]["gradient_booster"]["model"]["trees"][0])
    (tmp_path / "model.json").write_text(json.dumps(content))
    model = xgboost.FLAVOR.read(tmp_path, {"data": "model.json"})
    with pytest.raises(InvalidParameterValue, match="The tree 0 of the model"):
        check_trees(model)


@pytest.mark.parametrize("name", ["gbtree", "gblinear", "dart"])
def test_good_models_are_not_refused(name: str) -> None:
    """Of every kind of booster, with several classes."""
    model = xgb.XGBClassifier(n_estimators=2, booster=name).fit(TABLE, np.arange(40) % 3)
    check_trees(model.get_booster())
