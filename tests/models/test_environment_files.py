"""The files that say what to install, and what users may say instead."""

import importlib.metadata
import platform
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.models.environment_files import (
    ModelEnvironment,
    model_dependencies,
    model_environment,
)
from jupyter_mltrack.models.requirement_lines import combined, read_lines
from jupyter_mltrack.models.requirements import MLFLOW_REQUIREMENT as MLFLOW
from tests.models.golden.make import ENVIRONMENTS

GOLDEN = Path(__file__).parent / "golden"
FOUND = (MLFLOW, "numpy==2.4.6", "scikit-learn==1.9.1")
CONDA: dict[str, Any] = {
    "name": "mine",
    "channels": ["defaults"],
    "dependencies": ["python=3.12", "pip", {"pip": ["xgboost>=2"]}, "gcc"],
}


def written(folder: Path, environment: ModelEnvironment) -> dict[str, str]:
    """The files of an environment, by name."""
    environment.write(folder)
    return {file.name: file.read_text() for file in sorted(folder.iterdir())}


def test_what_was_found_is_written(tmp_path: Path) -> None:
    """Three files, as MLflow writes them."""
    files = written(tmp_path, model_environment(FOUND))
    python = platform.python_version()
    tools = "\n".join(f"- {name}{pinned(name)}" for name in ("pip", "setuptools", "wheel"))
    assert files == {
        "requirements.txt": "mlflow==3.17.2\nnumpy==2.4.6\nscikit-learn==1.9.1",
        "python_env.yaml": (
            f"python: {python}\nbuild_dependencies:\n{tools}\n"
            "dependencies:\n- -r requirements.txt\n"
        ),
        "conda.yaml": (
            f"channels:\n- conda-forge\ndependencies:\n- python={python}\n"
            f"- pip{pinned('pip').replace('==', '<=')}\n- pip:\n  - mlflow==3.17.2\n"
            "  - numpy==2.4.6\n  - scikit-learn==1.9.1\nname: mlflow-env\n"
        ),
    }


def pinned(tool: str) -> str:
    """The version that is installed behind ``==``; nothing if there is none."""
    return next((f"=={one.version}" for one in importlib.metadata.distributions(name=tool)), "")


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([], (MLFLOW,)),
        (["a", "b==1"], (MLFLOW, "a", "b==1")),
        (["mlflow>=2"], ("mlflow>=2",)),
        (["b", "mlflow-skinny[gateway]==3.1"], ("b", "mlflow-skinny[gateway]==3.1")),
        (["mlflow==3.1 --hash=sha256:00"], ("mlflow==3.1 --hash=sha256:00",)),
        (["./wheels/x.whl", "-e ."], (MLFLOW, "./wheels/x.whl", "-e .")),
        (
            ["--extra-index-url ${INDEX}", "a"],
            (MLFLOW, "--extra-index-url ${INDEX}", "a"),
        ),
        (["git+https://github.com/mlflow/mlflow@v3"], ("git+https://github.com/mlflow/mlflow@v3",)),
        (["a @ file:///a.whl"], (MLFLOW, "a @ file:///a.whl")),
        (["a ; python_version<'3.12'"], (MLFLOW, 'a; python_version < "3.12"')),
        (["# note", "", " a  # why", "b>=1,\\", "<2"], (MLFLOW, "a", "b<2,>=1")),
        (("a",), (MLFLOW, "a")),
    ],
)
def test_requirements_instead(lines: Any, wanted: tuple[str, ...]) -> None:
    """They replace what was found; MLflow comes first unless it is among them."""
    environment = model_environment(FOUND, pip_requirements=lines)
    assert environment.requirements == wanted
    assert environment.conda_env["dependencies"][-1] == {"pip": list(wanted)}


def test_requirements_in_addition() -> None:
    """Behind what was found, each package once."""
    extra = ["numpy<3", "cuml", "scikit_learn[benchmark]"]
    environment = model_environment(FOUND, extra_pip_requirements=extra)
    assert environment.requirements == (
        MLFLOW,
        "numpy<3,==2.4.6",
        "scikit_learn[benchmark]==1.9.1",
        "cuml",
    )


def test_another_mlflow_in_addition() -> None:
    """The user's wish counts, ours does not contradict it."""
    environment = model_environment(FOUND, extra_pip_requirements=["mlflow==2.9.1"])
    assert environment.requirements == (*FOUND[1:], "mlflow==2.9.1")


def test_files_of_requirements(tmp_path: Path) -> None:
    """Those they name are read, from where they are; constraints get a file of their own."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "r.txt").write_text("a\n-r sub/more.txt\n--constraint=sub/c.txt\n-c https://h/c\n")
    (tmp_path / "sub" / "more.txt").write_text("b==1\n--requirement ../last.txt")
    (tmp_path / "sub" / "c.txt").write_text("d<3\n")
    (tmp_path / "last.txt").write_text("e")
    model = tmp_path / "model"
    model.mkdir()
    environment = model_environment(FOUND, pip_requirements=str(tmp_path / "r.txt"))
    files = written(model, environment)
    lines = [MLFLOW, "a", "b==1", "e", "-c https://h/c", "-c constraints.txt"]
    assert files["requirements.txt"].splitlines() == lines
    assert files["constraints.txt"] == "d<3"
    assert yaml.safe_load(files["conda.yaml"])["dependencies"][-1] == {"pip": lines}


@pytest.mark.parametrize("text", ["-r a.txt", "-c a.txt", "-r b.txt"])
def test_files_that_name_themselves(text: str, tmp_path: Path) -> None:
    """It would never end."""
    (tmp_path / "a.txt").write_text(text)
    (tmp_path / "b.txt").write_text("-r a.txt")
    with pytest.raises(InvalidParameterValue, match="leads back to itself"):
        read_lines(tmp_path / "a.txt")


@pytest.mark.parametrize("given", ["missing.txt", ["-r missing.txt"], ["-c missing.txt"], [3], 3])
def test_requirements_that_cannot_be_read(given: Any) -> None:
    """A file that is not there, or no text."""
    with pytest.raises(InvalidParameterValue, match=r"requirements file missing.txt|list of lines"):
        model_environment(FOUND, pip_requirements=given)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["a", "a"], ["a"]),
        (["a", "A==1"], ["A==1"]),
        (["a==1", "a"], ["a==1"]),
        (["a>1", "a[x]", "a[y]<2"], ["a[x,y]<2,>1"]),
        (["a==2.1", "a==2.*"], ["a==2.*,==2.1"]),
        (["a==1rc1", "a>=0.9"], ["a==1rc1,>=0.9"]),
        (["a; os_name=='nt'", "a>1"], ['a; os_name == "nt"', "a>1"]),
        (["-e .", "b", "-e ."], ["-e .", "b"]),
        (["a @ file:///w", "a @ file:///w"], ["a @ file:///w"]),
    ],
)
def test_a_package_is_named_once(lines: list[str], wanted: list[str]) -> None:
    """Under all conditions; per marker, because only one of two may hold."""
    assert combined(lines) == wanted


@pytest.mark.parametrize("pair", [["a==1", "a==2"], ["a==1", "a>1"], ["a>=1", "a @ file:///w"]])
def test_a_contradiction(pair: list[str]) -> None:
    """Nothing could be installed."""
    with pytest.raises(InvalidParameterValue, match="contradict each other"):
        combined(pair)


@pytest.mark.parametrize("as_file", [False, True])
def test_a_conda_environment(as_file: bool, tmp_path: Path) -> None:
    """It is the user's, but for MLflow; pip gets its pip part."""
    file = tmp_path / "env.yaml"
    file.write_text(yaml.safe_dump(CONDA))
    environment = model_environment(FOUND, conda_env=str(file) if as_file else CONDA)
    assert environment.requirements == (MLFLOW, "xgboost>=2")
    assert environment.conda_env == CONDA | {
        "dependencies": ["python=3.12", "pip", {"pip": [MLFLOW, "xgboost>=2"]}, "gcc"]
    }
    assert CONDA["dependencies"][2] == {"pip": ["xgboost>=2"]}


def test_a_conda_environment_without_pip() -> None:
    """MLflow is needed all the same."""
    environment = model_environment(FOUND, conda_env={"dependencies": ["python"]})
    assert environment.conda_env == {"dependencies": ["python", {"pip": [MLFLOW]}]}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"dependencies": "a"},
        {"dependencies": [{"pip": "a"}]},
        {"dependencies": [{"pip": []}] * 2},
        3,
        ["a"],
        "missing.yaml",
    ],
)
def test_no_conda_environment(given: Any) -> None:
    """The message says what one is."""
    with pytest.raises(InvalidParameterValue, match=r"conda environment|missing.yaml"):
        model_environment(FOUND, conda_env=given)


def test_a_conda_environment_that_is_no_plain_data(tmp_path: Path) -> None:
    """Nothing is written."""
    environment = model_environment(FOUND, conda_env={"dependencies": [], "name": object()})
    with pytest.raises(InvalidParameterValue, match="texts, lists and dicts"):
        environment.write(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "given",
    [
        {"conda_env": CONDA, "pip_requirements": ["a"]},
        {"conda_env": CONDA, "extra_pip_requirements": ["a"]},
        {"pip_requirements": [], "extra_pip_requirements": []},
    ],
)
def test_only_one_of_them(given: dict[str, Any]) -> None:
    """As in MLflow; the message names both."""
    with pytest.raises(InvalidParameterValue, match=" and ".join(given)):
        model_environment(FOUND, **given)


def test_what_a_model_depends_on(tmp_path: Path) -> None:
    """The file for pip, made from conda's for a model of an old MLflow."""
    with pytest.raises(ResourceDoesNotExist, match="has no conda"):
        model_dependencies(tmp_path)
    (tmp_path / "conda.yaml").write_text(yaml.safe_dump(CONDA))
    assert model_dependencies(tmp_path).read_text() == "xgboost>=2"
    assert model_dependencies(tmp_path, "conda") == tmp_path / "conda.yaml"
    (tmp_path / "requirements.txt").write_text("b")
    assert model_dependencies(tmp_path) == tmp_path / "requirements.txt"
    with pytest.raises(InvalidParameterValue, match="'pip' or 'conda'"):
        model_dependencies(tmp_path, "uv")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_files_are_those_of_mlflow(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given what MLflow found and the same wish; but for the versions of Python and its tools."""
    monkeypatch.chdir(tmp_path)
    Path("limits.txt").write_text("joblib<9\n")
    theirs = {file.name: file.read_text() for file in (GOLDEN / f"environment_{name}").iterdir()}
    found = (GOLDEN / "sklearn_saved" / "requirements.txt").read_text().splitlines()
    ours = written(tmp_path, model_environment(found, **ENVIRONMENTS[name]))
    del theirs["MLmodel"], ours["limits.txt"]
    assert {file: versionless(text) for file, text in ours.items()} == {
        file: versionless(text) for file, text in theirs.items()
    }


def versionless(text: str) -> str:
    """Without the versions of Python and the tools that build packages."""
    return re.sub(r"(python|pip|setuptools|wheel)(: |=+|<=)[\d.]+", r"\1", text)
