"""LightGBM: what it can save and load, and what a damaged text does."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lightgbm.basic import LightGBMError

from jupyter_mltrack.errors import InvalidParameterValue, ModelDamaged, ModelNotTrusted
from jupyter_mltrack.models.flavors import lightgbm
from jupyter_mltrack.models.flavors.lightgbm_trees import check_trees
from tests.models.flavors.examples import TABLE, lightgbm_booster, lightgbm_classifier

pytestmark = pytest.mark.usefixtures("fresh")


@cache
def text() -> str:
    """A model as LightGBM writes it; trees of two leaves or more, one with categories."""
    written: str = lightgbm_booster().model.model_to_string()
    return written


@cache
def linear() -> str:
    """A model whose leaves are linear models."""
    import lightgbm as library

    data = library.Dataset(TABLE, TABLE["a"] * TABLE["b"], params={"linear_tree": True})
    params = {"linear_tree": True, "verbosity": -1, "min_data_in_leaf": 5, "num_threads": 1}
    written: str = library.train(params, data, 2).model_to_string()
    return written


def stranger(folder: Path, text: str) -> Path:
    """A saved model with another text, as if it came from somewhere else."""
    lightgbm.save_model(lightgbm_booster().model, folder)
    (folder / "model.lgb").write_text(text)
    (folder / "mltrack_signature.json").unlink()
    return folder


def changed(text: str, field: str, value: str) -> str:
    """A model with another value for the first field of a name."""
    found, count = re.subn(rf"(?m)^{field}=.*$", f"{field}={value}", text, count=1)
    assert count, field
    return found


#: A field, what it is changed to, and what the message says.
FAULTS = {
    "a feature that is not there": ("split_feature", "9 2 0 0 1", "feature that there is not"),
    "a negative feature": ("split_feature", "-1 2 0 0 1", "feature that there is not"),
    "a child that is not there": ("left_child", "1 -1 3 -2 -50", "leads out of itself"),
    "a node that is not there": ("left_child", "1 -1 30 -2 -5", "leads out of itself"),
    "a circle": ("left_child", "0 -1 3 -2 -5", "in a circle"),
    "a list that is too short": ("right_child", "2 -3", "different lengths"),
    "too many leaves": ("num_leaves", "600", "other leaves"),
    "no leaves": ("num_leaves", "0", "other leaves"),
    "no number": ("num_leaves", "many", "lacks a value"),
    "a category that is not there": ("threshold", "0.4 7 0.8 0.5 0.1", "categories"),
    "categories without bits": ("cat_boundaries", "0 70", "categories"),
    "more classes": ("num_class", "3", "numbers of classes"),
    "more classes in the objective": ("objective", "multiclass num_class:7", "numbers of classes"),
    "no trees in a round": ("num_tree_per_iteration", "0", "numbers of classes"),
}
LINEAR_FAULTS = {
    "a feature that is not there": ("leaf_features", "9", "ask for a feature"),
    "more features than it has": ("num_features", "0 9 0 0 0 0", "ask for a feature"),
    "too few leaves": ("leaf_const", "0.1", "ask for a feature"),
}


def test_sound_trees_pass() -> None:
    """Trees with categories and trees with linear leaves."""
    check_trees(text())
    check_trees(linear())
    assert "num_cat=1" in text()
    assert "is_linear=1" in linear()


@pytest.mark.parametrize(("field", "value", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_a_tree_is_found(field: str, value: str, fault: str) -> None:
    """What LightGBM would follow out of its memory is refused, with the reason."""
    with pytest.raises(InvalidParameterValue, match=fault):
        check_trees(changed(text(), field, value))


@pytest.mark.parametrize(("field", "value", "fault"), LINEAR_FAULTS.values(), ids=LINEAR_FAULTS)
def test_a_fault_in_a_linear_leaf_is_found(field: str, value: str, fault: str) -> None:
    """Leaves ask for features of their own."""
    with pytest.raises(InvalidParameterValue, match=fault):
        check_trees(changed(linear(), field, value))


def test_a_strangers_booster_needs_no_trust(tmp_path: Path) -> None:
    """The text is data alone: it is tried in another process, and loaded."""
    model = lightgbm.load_model(stranger(tmp_path / "model", text()))
    assert np.allclose(model.predict(TABLE), lightgbm_booster().expected)


def test_a_damaged_booster_does_not_kill_the_process(tmp_path: Path) -> None:
    """A text that LightGBM would follow out of its memory is refused by the gate."""
    folder = stranger(tmp_path / "model", changed(text(), "split_feature", "999999999 2 0 0 1"))
    with pytest.raises(ModelDamaged, match="cannot be read"):
        lightgbm.load_model(folder)


def test_a_pickle_that_calls_itself_a_booster_is_not_unpickled(tmp_path: Path) -> None:
    """The class that ``MLmodel`` names decides who reads the file, and LightGBM refuses it."""
    folder = tmp_path / "model"
    lightgbm.save_model(lightgbm_classifier().model, folder)
    (folder / "mltrack_signature.json").unlink()
    with pytest.raises(ModelNotTrusted, match=r"model\.pkl can hold code"):
        lightgbm.load_model(folder)
    with pytest.raises(LightGBMError):
        lightgbm.FLAVOR.read(folder, {"data": "model.pkl", "model_class": "lightgbm.basic.Booster"})


@pytest.mark.parametrize("form", ["skops", "pickle"])
def test_the_format_can_be_chosen(form: str, tmp_path: Path) -> None:
    """A file of skops holds what MLflow lets it hold; a pickle is a pickle."""
    this = lightgbm_classifier()
    lightgbm.save_model(this.model, tmp_path / "model", serialization_format=form)
    loaded = lightgbm.load_model(tmp_path / "model")
    assert type(loaded) is type(this.model)
    assert np.array_equal(loaded.predict(this.data), this.expected)


def test_an_unfitted_model_is_refused(tmp_path: Path) -> None:
    """LightGBM would pickle it, and predictions would fail later."""
    import lightgbm as library

    unfitted: Any = library.LGBMRegressor()
    with pytest.raises(InvalidParameterValue, match=r"Call fit\(\) first"):
        lightgbm.save_model(unfitted, tmp_path / "model")
