"""CatBoost: its classes and formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import catboost as library
import numpy as np
import pytest

from jupyter_mltrack.errors import InvalidParameterValue, ModelNotTrusted
from jupyter_mltrack.models.flavors import catboost
from tests.models.flavors.examples import catboost_classifier

pytestmark = pytest.mark.usefixtures("fresh")


class Own(library.CatBoostClassifier):  # type: ignore[misc]
    """A class of the user's."""


def test_a_class_of_the_users_is_loaded_as_its_parent(tmp_path: Path) -> None:
    """MLflow notes its name and cannot load it again."""
    this = catboost_classifier()
    model = Own()
    this.model.save_model(tmp_path / "file")
    model.load_model(tmp_path / "file")
    catboost.save_model(model, tmp_path / "model")
    loaded = catboost.load_model(tmp_path / "model")
    assert type(loaded) is library.CatBoostClassifier
    assert np.array_equal(loaded.predict(this.data), this.expected)


@pytest.mark.parametrize("format", ["cpp", "pmml", "exe"])
def test_a_format_that_cannot_be_read_is_refused(format: str, tmp_path: Path) -> None:
    """CatBoost writes some that it cannot load."""
    with pytest.raises(InvalidParameterValue, match=f"cannot load the format '{format}'"):
        catboost.save_model(catboost_classifier().model, tmp_path / "model", format=format)
    assert list(tmp_path.iterdir()) == []


def test_an_unfitted_model_is_refused(tmp_path: Path) -> None:
    """The message says so."""
    with pytest.raises(InvalidParameterValue, match="is a fitted model of CatBoost"):
        catboost.save_model(library.CatBoost(), tmp_path / "model")


@pytest.mark.parametrize("named", ["os.system", "CatBoostError", None, ["CatBoost"]])
def test_only_classes_of_catboost_are_made(named: Any, tmp_path: Path) -> None:
    """``MLmodel`` may come from anybody."""
    with pytest.raises(InvalidParameterValue, match="is not one of CatBoost"):
        catboost.FLAVOR.read(tmp_path, {"model_type": named, "data": "model.cb"})


def test_a_strangers_model_needs_trust(tmp_path: Path) -> None:
    """Its native parser follows what the file says, and no check of ours looks first."""
    catboost.save_model(catboost_classifier().model, tmp_path / "model")
    (tmp_path / "model" / "mltrack_signature.json").unlink()
    with pytest.raises(ModelNotTrusted, match=r"catboost: model\.cb"):
        catboost.load_model(tmp_path / "model")
