"""What a model needs to be loaded, found in this process."""

import importlib.metadata
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from jupyter_mltrack.models import installed
from jupyter_mltrack.models.mlmodel import MLFLOW_VERSION
from jupyter_mltrack.models.requirements import inferred_requirements

LIMIT = 0.05
SECRET = pd.Series([1])


class Slotted:
    """An object without `__dict__`."""

    __slots__ = ("inner", "unset")

    def __init__(self, inner: Any) -> None:
        self.inner = inner


class Custom:
    """A model of the user's, whose code uses what the object does not hold."""

    def predict(self, rows: Any) -> Any:
        """Names pandas, through a global."""
        return rows + SECRET

    def load(self) -> Any:
        """Imports within."""
        from PIL import Image

        return Image


def enclosing(library: ModuleType) -> Callable[[], Any]:
    """A function that closes over a module."""
    return lambda: library.__name__


def names(model: Any, *packages: str) -> set[str]:
    """The distributions found, MLflow aside."""
    first, *others = inferred_requirements(packages, model)
    assert first == f"mlflow=={MLFLOW_VERSION}"
    assert others == sorted(others)
    return {line.partition("==")[0] for line in others}


def test_a_fitted_model() -> None:
    """Its flavor's packages, and those of what it holds."""
    model = LinearRegression().fit([[0], [1]], [0, 1])
    version = importlib.metadata.version
    assert inferred_requirements(["scikit_learn", "yaml-of-nobody"], model) == [
        f"mlflow=={MLFLOW_VERSION}",
        f"numpy=={version('numpy')}",
        f"scikit-learn=={version('scikit-learn')}",
    ]
    assert inferred_requirements([]) == [f"mlflow=={MLFLOW_VERSION}"]


@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        (make_pipeline(StandardScaler(), FunctionTransformer(pd.to_numeric)), "pandas"),
        ({"a": [(np.float64(1),)]}, "numpy"),
        (np.array([pd.Timestamp(0)], dtype=object), "pandas"),
        (Slotted(Slotted(pd.NaT)), "pandas"),
        (partial(print, sep=yaml.SafeLoader), "pyyaml"),
        (enclosing(yaml), "pyyaml"),
        (lambda: yaml.safe_load(""), "pyyaml"),
        (lambda x=np.pi: SECRET + x, "pandas"),
        (Custom().predict, "pandas"),
        (type("Made", (LinearRegression,), {}), "scikit-learn"),
        (type("Held", (), {"p": property(lambda _: pd), "s": staticmethod(np.sum)}), "pandas"),
    ],
)
def test_wherever_it_is_hidden(model: Any, wanted: str) -> None:
    """In containers, slots, closures, defaults, bases and wrappers."""
    assert wanted in names(model)


def test_code_of_the_user_is_followed() -> None:
    """Through globals, and imports within functions if the module is loaded."""
    import PIL.Image

    assert PIL.Image
    assert {"pandas", "pillow"} <= names(Custom())
    assert "scikit-learn" not in names(Custom())


def test_only_what_the_model_uses() -> None:
    """Not the tools that happen to be loaded."""
    assert "pytest" in sys.modules
    model = RandomForestClassifier(3).fit(np.eye(3), [0, 1, 0])
    assert names(model, "scikit-learn") == {"numpy", "scikit-learn"}


def test_the_difference_to_mlflow() -> None:
    """MLflow lists what loading imports and no other package needs; we, what the model holds."""
    file = Path(__file__).parent / "golden" / "sklearn_saved" / "requirements.txt"
    theirs = {line.partition("==")[0] for line in file.read_text().splitlines()[1:]}
    ours = names(LinearRegression().fit([[0], [1]], [0, 1]), "scikit-learn", "cloudpickle")
    assert theirs - ours == {"pandas"}
    assert ours - theirs == {"numpy"}


def test_circles_and_sizes_end() -> None:
    """A model may point to itself, and hold a million numbers."""
    circle: list[Any] = [list(range(1_000_000)), np.zeros(1_000_000, dtype=object)]
    circle.append(circle)
    assert names(circle) == {"numpy"}


class Lost:
    """A proxy of something that is gone."""

    @property
    def __class__(self) -> Any:
        """As those of web frameworks, outside a request."""
        msg = "there is no request"
        raise RuntimeError(msg)


def test_an_object_that_cannot_be_looked_at() -> None:
    """The others can."""
    assert names([Lost(), {"a": Lost(), "b": np.zeros(1)}]) == {"numpy"}


def test_a_broken_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an interrupted `pip` leaves does not stop anybody from logging a model."""
    install(tmp_path, "whole", "1", ["whole.py"])
    broken = install(tmp_path, "numpy-broken", "1", [])
    (broken / "METADATA").write_text("")
    (broken / "RECORD").write_bytes(b"\xff\xfe")
    (broken / "top_level.txt").write_text("whole\nnumpy")
    monkeypatch.syspath_prepend(tmp_path)
    import whole  # type: ignore[import-not-found]

    assert installed.distributions_of("whole") == ["whole"]
    assert inferred_requirements(["numpy-broken", ""], whole)[1:] == ["whole==1"]
    del sys.modules["whole"]


def test_it_is_quick() -> None:
    """At most 50 ms once the notes of installers are known, so training does not wait."""
    model = make_pipeline(StandardScaler(), RandomForestClassifier(100))
    model.fit(np.random.default_rng(0).random((50, 3)), [0, 1] * 25)
    times = []
    for _ in range(8):
        begun = time.perf_counter()
        inferred_requirements(["scikit-learn", "cloudpickle"], model)
        times.append(time.perf_counter() - begun)
    print(f"requirements inferred in {min(times[1:]) * 1000:.0f} ms, first {times[0] * 1000:.0f}")
    assert min(times[1:]) < LIMIT


@pytest.mark.parametrize(
    ("version", "pinned"), [("2.1.0+cu121", "2.1.0"), ("1.0rc1", "1.0rc1"), ("3", "3")]
)
def test_a_local_version_is_cut(
    version: str, pinned: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else can install `+cu121`."""
    install(tmp_path, "Own_Torch", version, ["own_torch.py"])
    monkeypatch.syspath_prepend(tmp_path)
    import own_torch  # type: ignore[import-not-found]

    assert inferred_requirements([], own_torch)[1:] == [f"own-torch=={pinned}"]
    del sys.modules["own_torch"]


def test_an_editable_install_has_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its version, not where its source is on this machine."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "being_made.py").write_text("class Model: ...")
    info = install(tmp_path, "being-made", "0.3", [])
    (info / "direct_url.json").write_text('{"url": "file:///x", "dir_info": {"editable": true}}')
    for folder in (tmp_path, source):
        monkeypatch.syspath_prepend(folder)
    import being_made  # type: ignore[import-not-found]

    assert inferred_requirements([], being_made.Model())[1:] == ["being-made==0.3"]
    del sys.modules["being_made"]


def test_two_distributions_share_a_namespace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the one whose file it is counts."""
    for part in ("one", "two"):
        install(tmp_path, f"shared-{part}", "1", [f"shared/{part}.py"])
    monkeypatch.syspath_prepend(tmp_path)
    import shared.two  # type: ignore[import-not-found]

    assert installed.distributions_of("shared.two") == ["shared-two"]
    assert inferred_requirements([], shared.two)[1:] == ["shared-two==1"]
    for name in ("shared.two", "shared"):
        del sys.modules[name]


def test_a_module_of_the_user_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beside the notebook is in no distribution; what it imports is."""
    (tmp_path / "beside.py").write_text("import yaml\nclass Model: ...\nhere = Model()")
    monkeypatch.syspath_prepend(tmp_path)
    import beside  # type: ignore[import-not-found]

    assert installed.distributions_of("beside") == []
    assert names(beside) == {"pyyaml"}
    assert names(beside.Model()) == set()
    del sys.modules["beside"]


def test_what_was_installed_meanwhile_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`%pip install` in a notebook needs no new kernel."""
    monkeypatch.syspath_prepend(tmp_path)
    assert installed.distributions_of("later") == []
    install(tmp_path, "later-package", "1", ["later/__init__.py"])
    os.utime(tmp_path, ns=(1, 1))
    import later  # type: ignore[import-not-found]

    assert later
    assert installed.distributions_of("later") == ["later-package"]
    del sys.modules["later"]


def test_code_of_a_notebook(tmp_path: Path) -> None:
    """A class of `__main__` counts, the other variables of the notebook do not."""
    script = """
import numpy, pandas, yaml
from jupyter_mltrack.models.requirements import inferred_requirements
unused = pandas.Series([1])
class Mine:
    def predict(self, rows):
        return yaml.safe_load(rows)
print(*inferred_requirements([], Mine())[1:])
"""
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [f"pyyaml=={importlib.metadata.version('pyyaml')}"]


def install(site: Path, name: str, version: str, files: list[str]) -> Path:
    """Leave what an installer leaves, and the files; returns the folder of its notes."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    for file in files:
        (site / file).parent.mkdir(exist_ok=True)
        (site / file).write_text("")
    return info
