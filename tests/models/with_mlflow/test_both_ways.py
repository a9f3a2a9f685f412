"""A model that one side saved predicts the same on the other."""

import importlib
import importlib.util
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from jupyter_mltrack.artifacts.contents import SIGNATURE_FILE
from jupyter_mltrack.errors import ModelNotTrusted
from jupyter_mltrack.models.pyfunc import PythonModel, load_model
from jupyter_mltrack.models.trust import trust
from tests.models.with_mlflow.kinds import KINDS, made, plain

OURS = "jupyter_mltrack.models"
SIDE = Path(__file__).with_name("mlflow_side.py")

#: The library that a kind needs, where it is not called like its flavor.
_LIBRARY = {"pytorch": "torch", "pyfunc": "pandas"}

#: Formats that are data alone: they need no trust.
DATA_ALONE = {"lightgbm_booster", "sklearn_skops", "xgboost_booster", "xgboost_classifier"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """What was done on both sides.

    Attributes:
        ours: The folder of models that were saved here.
        theirs: The folder of models that MLflow saved.
        answers: What MLflow's process told.
    """

    ours: Path
    theirs: Path
    answers: dict[str, Any]


@pytest.fixture(scope="module")
def both(mlflow_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Both:
    """All kinds saved on both sides and loaded in MLflow, in one process."""
    folder = tmp_path_factory.mktemp("both")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "data"))
        for name in filter(_is_here, KINDS):
            _save(name, folder / "ours" / name)
    command = [mlflow_python, SIDE, folder / "ours", folder / "theirs", folder / "answers.json"]
    variables = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    subprocess.run([str(each) for each in command], check=True, cwd=folder, env=variables)
    answers = json.loads((folder / "answers.json").read_text())
    return Both(ours=folder / "ours", theirs=folder / "theirs", answers=answers)


def _is_here(name: str) -> bool:
    flavor = name.partition("_")[0]
    return importlib.util.find_spec(_LIBRARY.get(flavor, flavor)) is not None


def _save(name: str, folder: Path) -> None:
    kind = made(name, PythonModel)
    where = f"{OURS}.pyfunc" if kind.flavor == "pyfunc" else f"{OURS}.flavors.{kind.flavor}"
    save_model = importlib.import_module(where).save_model
    save_model(path=str(folder), **{kind.argument: kind.model}, **kind.options)


def _answer(both: Both, which: str, name: str) -> Any:
    """What MLflow predicted with a model, or a failed test that shows its traceback."""
    if name not in both.answers[which]:
        pytest.skip(f"the library of {name} is not installed")
    found = both.answers[which][name]
    if isinstance(found, dict) and "error" in found:
        pytest.fail(found["error"])
    return found


def _assert_equal(found: Any, expected: Any) -> None:
    if np.asarray(expected).dtype.kind in "biuf":
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    else:
        assert found == expected


def test_it_is_the_real_one(both: Both) -> None:
    """Of the version whose formats ours equal; it cannot lean on us."""
    assert both.answers["version"] == "3.17.2"
    assert both.answers["sees ours"] is False


@pytest.mark.parametrize("name", KINDS)
def test_ours_predicts_the_same_in_mlflow(both: Both, name: str) -> None:
    """And here MLflow has loaded it, its signature included."""
    expected = _answer(both, "of ours", name)
    data = made(name, PythonModel).data
    _assert_equal(plain(load_model(both.ours / name).predict(data)), expected)


@pytest.mark.parametrize("name", KINDS)
def test_theirs_predicts_the_same_here_after_trust(both: Both, name: str, tmp_path: Path) -> None:
    """Before that it is refused, unless it is data alone."""
    expected = _answer(both, "of theirs", name)
    folder = shutil.copytree(both.theirs / name, tmp_path / "model")
    if name not in DATA_ALONE:
        with pytest.raises(ModelNotTrusted):
            load_model(folder)
        trust(folder)
    _assert_equal(plain(load_model(folder).predict(made(name, PythonModel).data)), expected)


@pytest.mark.parametrize("name", KINDS)
def test_the_same_files_and_settings(both: Both, name: str) -> None:
    """What each side writes differs in what must differ only."""
    _answer(both, "of theirs", name)
    ours, theirs = both.ours / name, both.theirs / name
    assert _files(ours) - {SIGNATURE_FILE} == _files(theirs)
    assert _settings(ours) == _settings(theirs)


def _files(folder: Path) -> set[str]:
    found = (each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())
    return {path for path in found if "__pycache__" not in path}


def _settings(folder: Path) -> Any:
    found = yaml.safe_load((folder / "MLmodel").read_text())
    for settings in found["flavors"].values():
        if settings.get("skops_trusted_types"):
            settings["skops_trusted_types"].sort()  # MLflow writes them in any order
    return {key: found.get(key) for key in ("flavors", "signature", "saved_input_example_info")}
