"""The floors drawn in pyproject.toml are kept, and the check of them can fail."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the floors of the package in `folder` as the command line does."""
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    """A package with one empty module for every floor's name."""
    package = tmp_path / "jupyter_mltrack"
    package.mkdir()
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contract["contracts"][0]["layers"]
    names = [name.strip(" ()") for floor in layers for name in floor.split("|")]
    for name in ["__init__", *names]:
        (package / f"{name}.py").touch()
    return tmp_path


def test_floors_are_kept() -> None:
    """Every floor uses only the floors below it, and every module is on one."""
    checked = lint_imports(ROOT)
    assert checked.returncode == 0, checked.stdout


def test_empty_house_stands(empty_house: Path) -> None:
    """The house the next test breaks was whole before."""
    checked = lint_imports(empty_house)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("errors", "import jupyter_mltrack.store"),
        ("store", "import jupyter_mltrack.artifacts"),
        ("unheard_of", ""),
    ],
    ids=["upwards", "neighbours", "no floor"],
)
def test_broken_floors_are_found(empty_house: Path, module: str, text: str) -> None:
    """An import upwards or sideways, or a module that has no floor, fails the check."""
    (empty_house / "jupyter_mltrack" / f"{module}.py").write_text(text)
    checked = lint_imports(empty_house)
    assert checked.returncode == 1
    assert "0 kept, 1 broken" in checked.stdout
