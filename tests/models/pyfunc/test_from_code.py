"""Models kept as code: files, notebooks, and what they say."""

import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.pyfunc.from_code import code_of, run_code, set_model
from jupyter_mltrack.models.pyfunc.model_config import ModelConfig, changed_config, read_config

SETS = "from mlflow.models import set_model\nset_model(lambda x: [x, __name__])\n"


def notebook(folder: Path, *cells: str) -> Path:
    """A notebook of these cells, with one of text."""
    code = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    path = folder / "my model.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "# Hi"}, *code]}))
    return path


def test_a_file_sets_a_model(tmp_path: Path) -> None:
    """Its module stays, under a name of its own."""
    file = tmp_path / "model.py"
    file.write_text(SETS)
    found, name = run_code(file)(7)
    assert found == 7
    assert sys.modules.pop(name).__file__ == str(file)


def test_mlflow_in_the_code_is_this_package(tmp_path: Path) -> None:
    """Whichever way it is imported, also in functions that run later."""
    file = tmp_path / "model.py"
    file.write_text(
        "import mlflow.pyfunc as p\nfrom mlflow.exceptions import MlflowException\n"
        "def f(x):\n    import mlflow\n    return mlflow.__name__, p.__name__, MlflowException\n"
        "from mlflow.models.model import set_model\nset_model(f)\n"
    )
    assert run_code(file)(0) == ("jupyter_mltrack", p_name(), MltrackException)
    assert "mlflow" not in sys.modules


def p_name() -> str:
    """The name of our package of Python models."""
    return run_code.__module__.rpartition(".")[0]


def test_a_notebook_becomes_a_file(tmp_path: Path) -> None:
    """Magics and shell commands are left out, a cell that is tracked is not."""
    path = notebook(
        tmp_path,
        "%matplotlib inline\nimport math\n!ls\nfiles = !ls\nk = math.pi",
        "%%bash\nrm -rf nothing",
        '%%track --name x\ntext = """\n%not a magic\n"""',
        "from mlflow.models import set_model\nset_model(lambda x: (k, text))",
    )
    name, text = code_of(path)
    assert name == "my model.py"
    assert "bash" not in text
    assert run_code(path, text=text)(0)[1] == "\n%not a magic\n"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("model", None, r"Did you mean '.*model.py'"),
        ("model.py", "def f(:", "cannot be read as Python"),
        ("model.ipynb", "no JSON", "cannot be read as Python"),
        ("model.ipynb", "[]", "cannot be read as Python"),
    ],
)
def test_what_is_no_code(tmp_path: Path, name: str, text: str | None, message: str) -> None:
    """It is found before anything is saved."""
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InvalidParameterValue, match=message):
        code_of(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "message"),
    [("x = 1", "sets no model"), ("1 / 0", "ZeroDivisionError"), ("import nowhere", "nowhere")],
)
def test_code_that_fails(tmp_path: Path, text: str, message: str) -> None:
    """The module is forgotten, and the error of the code is the cause."""
    file = tmp_path / "model.py"
    file.write_text(text)
    before = set(sys.modules)
    with pytest.raises(MltrackException, match=message):
        run_code(file)
    assert not {name for name in set(sys.modules) - before if name.startswith("code_model_")} or (
        text == "x = 1"
    )


def test_models_of_two_threads_do_not_meet(tmp_path: Path) -> None:
    """Each gets the one that its own code sets."""
    wait = "import time\ntime.sleep(0.05)\n"
    found: dict[str, Any] = {}
    for name in "ab":
        text = f"{wait}from mlflow.models import set_model\n{wait}set_model(lambda x: {name!r})"
        (tmp_path / name).write_text(text)
    threads = [
        threading.Thread(target=lambda n=name: found.update({n: run_code(tmp_path / n)(0)}))  # type: ignore[misc]
        for name in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"a": "a", "b": "b"}


def test_set_model_elsewhere() -> None:
    """In a notebook that is being written it only checks."""
    set_model(len)
    with pytest.raises(InvalidParameterValue, match="PythonModel or a function"):
        set_model("model")


def test_the_configuration_in_code(tmp_path: Path) -> None:
    """It is that of the model; the one for development counts only outside."""
    file = tmp_path / "model.py"
    file.write_text(
        "from mlflow.models import ModelConfig, set_model\n"
        "c = ModelConfig(development_config={'k': 1})\nset_model(lambda x: c.get('k'))"
    )
    assert run_code(file, {"k": 5})(0) == 5
    with pytest.raises(MltrackException, match="no configuration"):
        run_code(file)
    assert ModelConfig(development_config={"k": 1}).to_dict() == {"k": 1}
    with pytest.raises(KeyError, match="'z' not found"):
        ModelConfig(development_config={"k": 1}).get("z")
    with pytest.raises(FileNotFoundError):
        ModelConfig(development_config="nowhere.yaml")


def test_a_configuration_is_plain(tmp_path: Path) -> None:
    """A dict or a YAML file, of what JSON can hold."""
    (tmp_path / "c.yaml").write_text("a: [1, 2]")
    assert read_config(tmp_path / "c.yaml") == {"a": [1, 2]}
    assert read_config(None) is None
    for wrong in ({"a": object()}, {1: 2}, "nowhere.yaml", [1]):
        with pytest.raises(InvalidParameterValue, match="model_config"):
            read_config(wrong)  # type: ignore[arg-type]


def test_only_known_values_are_changed_on_loading() -> None:
    """As in MLflow; the logged configuration is not touched."""
    logged = {"a": 1, "b": 2}
    with pytest.warns(UserWarning, match=r"without \['z'\]"):
        assert changed_config(logged, {"a": 3, "z": 4}) == {"a": 3, "b": 2}
    assert logged == {"a": 1, "b": 2}
    assert changed_config(logged, None) == logged
    assert changed_config(None, None) is None
