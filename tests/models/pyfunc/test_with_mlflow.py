"""What is saved here loads in MLflow, and what MLflow saved loads here, with equal predictions."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyter_mltrack.errors import ModelNotTrusted
from jupyter_mltrack.models.pyfunc import load_model
from jupyter_mltrack.models.trust import trust
from tests.fresh import ROOT

PROGRAM = Path(__file__).with_name("shared_models.py")
OURS = "jupyter_mltrack.models"

#: Keys whose values differ from one saving to the next, or tell who saved.
PASSING = {"mltrack_version", "model_uuid", "utc_time_created", "model_size_bytes", "uri"}


def answers() -> dict[str, Any]:
    """What the models answer, read from the program without running it."""
    for statement in ast.parse(PROGRAM.read_text()).body:
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "CALLS":
            calls = statement.value
            assert isinstance(calls, ast.Dict)
            pairs = zip(calls.keys, calls.values, strict=True)
            return {ast.literal_eval(k): ast.literal_eval(v.elts[2]) for k, v in pairs}  # type: ignore[attr-defined, arg-type]
    raise AssertionError(PROGRAM)


EXPECTED = answers() | {"stream": ["a", "b", "c"], "derived": True}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the key of this user is, for all processes."""
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    return home


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Path:
    """Models that were saved here."""
    pytest.importorskip("pydantic")
    folder = tmp_path_factory.mktemp("ours")
    run(sys.executable, home, "save", OURS, folder)
    return folder


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory, home: Path, mlflow_python: Path) -> Path:
    """Models that MLflow saved."""
    folder = tmp_path_factory.mktemp("theirs")
    run(mlflow_python, home, "save", "mlflow", folder)
    return folder


def run(python: str | Path, home: Path, verb: str, package: str, folder: Path) -> Any:
    """Run the program, and return what it prints; MLflow finds nothing of ours."""
    environment = dict(os.environ) | {"XDG_DATA_HOME": str(home), "PYTHONPATH": str(ROOT)}
    if package == "mlflow":
        del environment["PYTHONPATH"]
    done = subprocess.run(
        [str(python), str(PROGRAM), verb, package, str(folder)],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_ours_answer_here(ours: Path, home: Path) -> None:
    """In a new process, without a question: this user saved them."""
    assert run(sys.executable, home, "load", OURS, ours) == EXPECTED


@pytest.mark.nightly
def test_ours_answer_in_mlflow(ours: Path, home: Path, mlflow_python: Path) -> None:
    """MLflow's environment has nothing of this package."""
    assert run(mlflow_python, home, "load", "mlflow", ours) == EXPECTED


@pytest.mark.nightly
def test_theirs_are_refused_until_trusted(
    theirs: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And then they answer, in a process without MLflow."""
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    for name in answers():
        with pytest.raises(ModelNotTrusted):
            load_model(str(theirs / name))
        trust(theirs / name)
    assert run(sys.executable, home, "load", OURS, theirs) == EXPECTED


@pytest.mark.nightly
@pytest.mark.parametrize("name", sorted(answers()))
def test_the_descriptions_are_equal(ours: Path, theirs: Path, name: str) -> None:
    """Key by key, but for what is ours or of the moment."""
    assert described(ours / name) == described(theirs / name)


def described(folder: Path) -> Any:
    """What MLmodel says, without what may differ."""
    found = yaml.safe_load((folder / "MLmodel").read_text())
    function = found["flavors"]["python_function"]
    if "model_code_path" in function:  # MLflow notes where it was on this machine
        function["model_code_path"] = Path(function["model_code_path"]).name
    return without(found)


def without(value: Any) -> Any:
    """Plain data without the keys in `PASSING`, and without keys that are null."""
    if not isinstance(value, dict):
        return value
    return {k: without(v) for k, v in value.items() if k not in PASSING and v is not None}
