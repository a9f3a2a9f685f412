"""The names MLflow's users know lead to the same objects as ours."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import jupyter_mltrack
from jupyter_mltrack import errors, names
from jupyter_mltrack.tracking import datasets

ROOT = Path(__file__).parents[1]


def test_a_module_under_two_names_is_one_module() -> None:
    """A second copy would break `isinstance` and `except`."""
    from jupyter_mltrack import data, exceptions, types  # type: ignore[attr-defined]

    assert types is importlib.import_module("jupyter_mltrack.models.types")
    assert exceptions is errors is jupyter_mltrack.exceptions
    assert data is datasets is importlib.import_module("jupyter_mltrack.data")
    assert sys.modules["jupyter_mltrack.exceptions"] is errors
    assert errors.__name__ == errors.__spec__.name == "jupyter_mltrack.errors"


def test_mlflows_import_lines() -> None:
    """As tutorials write them."""
    from jupyter_mltrack.artifacts import download_artifacts
    from jupyter_mltrack.entities import Metric, Param, RunTag, ViewType
    from jupyter_mltrack.exceptions import MlflowException  # type: ignore[import-not-found]
    from jupyter_mltrack.models.signature import ModelSignature
    from jupyter_mltrack.tracking import MlflowClient
    from jupyter_mltrack.types.schema import Schema  # type: ignore[import-not-found]

    assert ModelSignature is jupyter_mltrack.models.ModelSignature
    assert Schema is jupyter_mltrack.types.Schema
    assert MlflowClient is jupyter_mltrack.MltrackClient
    assert MlflowException is jupyter_mltrack.MltrackException
    assert callable(download_artifacts)
    assert [kind.__name__ for kind in (Metric, Param, RunTag)] == ["Metric", "Param", "RunTag"]
    assert ViewType.ALL == 3


def test_what_is_below_a_package_is_one_module_too() -> None:
    """Whichever of the two names comes first."""
    for name in ("schema", "column"):
        below = importlib.import_module(f"jupyter_mltrack.types.{name}")
        assert below is importlib.import_module(f"jupyter_mltrack.models.types.{name}")
        assert below.__name__ == below.__spec__.name == f"jupyter_mltrack.models.types.{name}"


@pytest.mark.parametrize("home", names.LENT)
def test_lent_names_are_there(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is the thing of the floor above, in the module as users call it."""
    monkeypatch.setenv("KERAS_BACKEND", "torch")  # for the callbacks of Keras
    called = {where: name for name, where in names.MODULES.items()}
    module = importlib.import_module(f"jupyter_mltrack.{called.get(home, home)}")
    assert module.__name__ == f"jupyter_mltrack.{home}"
    for name, where in names.LENT[home].items():
        assert getattr(module, name) is names.find(where)


@pytest.mark.parametrize("name", names.LAZY)
def test_lazy_names_are_there(name: str) -> None:
    """They are loaded when they are first used."""
    assert getattr(jupyter_mltrack, name) is names.find(names.LAZY[name])


def test_install_again_is_free() -> None:
    """One finder, whoever calls."""
    names.install()
    assert sum(isinstance(finder, names._Finder) for finder in sys.meta_path) == 1


def test_a_module_that_does_not_exist() -> None:
    """The finder knows its own names only."""
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("jupyter_mltrack.pytorch_lightning")


@pytest.mark.parametrize(
    "line",
    [
        "import jupyter_mltrack.exceptions",
        "from jupyter_mltrack.exceptions import MlflowException",
        "import jupyter_mltrack.data as data; data.from_pandas",
        "from jupyter_mltrack.tracking.client import TrackingClient",
        "import jupyter_mltrack.client",
        "from jupyter_mltrack.types.schema import ColSpec; ColSpec('long')",
        "from jupyter_mltrack.models.signature import ModelSignature",
        "import jupyter_mltrack as mlflow; mlflow.models.infer_signature; mlflow.types.Schema",
    ],
)
def test_the_first_import_may_be_any_of_them(line: str) -> None:
    """In a process of its own, where nothing of us is loaded yet."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", line], env=environment, check=True)
