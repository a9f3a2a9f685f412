"""Code that goes with a model."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_mltrack.models.pyfunc import load_model, save_model
from jupyter_mltrack.models.pyfunc.shared_code import own_code, with_mlflow_imports


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("import jupyter_mltrack", "import mlflow as jupyter_mltrack"),
        ("import os, jupyter_mltrack as m", "import os, mlflow as m"),
        ("import jupyter_mltrack.sklearn", "import mlflow.sklearn, mlflow as jupyter_mltrack"),
        ("import jupyter_mltrack.models.pyfunc as p", "import mlflow.pyfunc as p"),
        ("from jupyter_mltrack import log_metric as l", "from mlflow import log_metric as l"),
        ("from jupyter_mltrack.errors import (\n  A,\n)", "from mlflow.exceptions import A"),
        ("x = 'é'; import jupyter_mltrack as m; y = 1", "x = 'é'; import mlflow as m; y = 1"),
        ("if 1:\n    import jupyter_mltrack as m  # ours", "if 1:\n    import mlflow as m  # ours"),
    ],
)
def test_imports_in_the_words_of_mlflow(ours: str, theirs: str) -> None:
    """What they bind is bound as before."""
    assert with_mlflow_imports(ours) == theirs


@pytest.mark.parametrize(
    "text", ["", "import os\r\n", "from . import jupyter_mltrack", "x = 'import jupyter_mltrack'"]
)
def test_other_text_is_not_touched(text: str) -> None:
    """Not even its ends of lines."""
    assert with_mlflow_imports(text) == text


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of the user that uses a package of the user."""
    (tmp_path / "own_package").mkdir()
    (tmp_path / "own_package" / "__init__.py").write_text("def twice(x):\n    return 2 * x\n")
    (tmp_path / "own_module.py").write_text(
        "from own_package import twice\nfrom jupyter_mltrack.models.pyfunc import PythonModel\n"
        "class Own(PythonModel):\n    def predict(self, context, model_input):\n"
        "        return twice(model_input)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import own_module

    yield own_module
    for name in ("own_module", "own_package"):
        sys.modules.pop(name, None)


def test_the_users_modules(module: Any, tmp_path: Path) -> None:
    """Those that a class is from, and those that they use; not what is installed."""
    wanted = [str(tmp_path / "own_module.py"), str(tmp_path / "own_package")]
    assert own_code(module.Own()) == wanted
    assert own_code(pytest.MonkeyPatch()) == []


def test_code_is_found_and_kept(module: Any, tmp_path: Path) -> None:
    """The model loads where there is nothing of it."""
    save_model(tmp_path / "m", python_model=module.Own(), infer_code_paths=True)
    assert load_model(str(tmp_path / "m")).predict(3) == 6
    done = subprocess.run(
        [sys.executable, "-c", LOADS, str(tmp_path / "m")],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "6\n", done.stderr


LOADS = """
import sys
sys.path.insert(0, "")
from jupyter_mltrack.models.pyfunc import load_model
print(load_model(sys.argv[1]).predict(3))
"""
