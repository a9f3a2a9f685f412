"""What is opened: settings by flavor, and code that came with the model."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sklearn.base import BaseEstimator

from jupyter_mltrack.artifacts.contents import SIGNATURE_FILE
from jupyter_mltrack.errors import InvalidParameterValue, ModelNotTrusted, ResourceDoesNotExist
from jupyter_mltrack.models.flavors import NAMES, flavor_named, flavor_of_loader, sklearn
from jupyter_mltrack.models.opening import open_model

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    """The import system is afterwards as it was."""
    path, known = sys.path[:], set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - known:
        if name.startswith("own"):
            del sys.modules[name]


def with_code(folder: str, value: int, module: str = "own") -> Path:
    """A saved model that brings a module along; the module is not importable otherwise."""
    source = Path(f"sources of {folder}")
    source.mkdir()
    (source / f"{module}.py").write_text(f"VALUE = {value}\n")
    sklearn.save_model({"a": "dict"}, folder, code_paths=[str(source / f"{module}.py")])
    return Path(folder)


def test_settings_of_a_flavor() -> None:
    """As `MLmodel` says, and with those of the function below them."""
    sklearn.save_model(BaseEstimator(), "saved", pyfunc_predict_fn="get_params")
    opened = open_model("saved")
    assert opened.settings("sklearn")["pickled_model"] == "model.pkl"
    assert "predict_fn" not in opened.settings("sklearn")
    assert opened.function_settings("sklearn")["predict_fn"] == "get_params"
    assert (opened.uri, opened.folder) == ("saved", Path("saved"))
    with pytest.raises(InvalidParameterValue, match="no flavor 'xgboost'; it has python_function"):
        opened.settings("xgboost")


def test_code_is_found_by_imports() -> None:
    """From a copy: the model's folder is not written to, and can go."""
    folder = with_code("saved", 1)
    before = sorted(folder.rglob("*"))
    open_model(folder)
    own: Any = importlib.import_module("own")
    assert own.VALUE == 1
    assert not Path(own.__file__).is_relative_to(folder.resolve())
    assert sorted(folder.rglob("*")) == before


def test_each_model_finds_its_own_code() -> None:
    """Though the modules have one name; the older one goes on working for who holds it."""
    values = []
    for number, folder in enumerate(("first", "second")):
        open_model(with_code(folder, number))
        values.append(importlib.import_module("own"))
    open_model("first")
    assert importlib.import_module("own").VALUE == 0
    assert [module.VALUE for module in values] == [0, 1]


def test_loading_again_imports_nothing_again() -> None:
    """Classes stay the same, and the path does not grow."""
    folder = with_code("saved", 1)
    open_model(folder)
    own = importlib.import_module("own")
    length = len(sys.path)
    open_model(folder)
    assert importlib.import_module("own") is own
    assert len(sys.path) == length


def test_the_users_own_module_wins() -> None:
    """One that is imported already stays, as in MLflow."""
    Path("own.py").write_text("VALUE = 'mine'")
    sys.path.insert(0, str(Path.cwd()))
    own = importlib.import_module("own")
    open_model(with_code("saved", 1))
    assert importlib.import_module("own") is own


def test_code_of_a_stranger_is_not_put_on_the_path() -> None:
    """The gate comes first."""
    folder = with_code("saved", 1)
    (folder / SIGNATURE_FILE).unlink()
    before = sys.path[:]
    with pytest.raises(ModelNotTrusted, match="code: Python code"):
        open_model(folder)
    assert sys.path == before


def test_compiled_files_in_the_code_are_never_used() -> None:
    """They do not count for the digest, so nobody vouches for them."""
    folder = with_code("saved", 1)
    cache = folder / "code" / "__pycache__"
    cache.mkdir()
    (cache / f"own.{sys.implementation.cache_tag}.pyc").write_bytes(b"not Python's")
    open_model(folder)
    assert importlib.import_module("own").VALUE == 1


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_flavor_is_found(name: str) -> None:
    """By its name and by MLflow's loader, without its library; it has the functions of users."""
    flavor = flavor_named(name)
    assert flavor.name == name
    assert flavor_of_loader(f"mlflow.{name}") is flavor
    module = importlib.import_module(type(flavor).__module__)
    for function in ("save_model", "log_model", "load_model", "get_default_pip_requirements"):
        assert callable(getattr(module, function))


@pytest.mark.parametrize("loader", ["mlflow.pyfunc.model", "mlflow.verbs", "sklearn", None, 1])
def test_loaders_that_are_no_flavor(loader: Any) -> None:
    """They are somebody's code."""
    assert flavor_of_loader(loader) is None


@pytest.mark.parametrize("name", ["os", "", "../sklearn", "own_predict"])
def test_no_flavor(name: str) -> None:
    """Only those of the table are imported."""
    with pytest.raises(ResourceDoesNotExist):
        flavor_named(name)
