"""What users install: built from a clean copy of the checkout, with everything in it, and fresh."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = Path(sys.executable).parent
SETTINGS = (ROOT / "jupyter_mltrack" / "settings.py").read_text()
VERSION = SETTINGS.partition('VERSION = "')[2].partition('"')[0]
DATA = f"jupyter_mltrack-{VERSION}.data/data/share/jupyter/labextensions/jupyter-mltrack"
LABEL = "Insert tracking starter cell"

needs_node = pytest.mark.skipif(
    shutil.which("node") is None,
    reason="Node.js is not installed, and the JupyterLab extension cannot be built without it",
)


def run(*command: str | Path, cwd: Path, path: str) -> None:
    """Run a Python tool with the given PATH; a failure shows what it printed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("SKIP_")}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env=env | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def build(kind: str, source: Path, out: Path, path: str) -> Path:
    """Build an sdist or a wheel of the tree `source`, and return the file."""
    run("build", kind, "--no-isolation", "--outdir", out, cwd=source, path=path)
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def path_with_node() -> str:
    """The tools of this environment first, then the machine's."""
    return f"{TOOLS}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="module")
def path_without_node(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty folder: whoever looks for Node.js there finds none."""
    return str(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all files git tracks or would track: nothing that was built or downloaded."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    copy = tmp_path_factory.mktemp("checkout")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def sdist(checkout: Path, tmp_path_factory: pytest.TempPathFactory, path_with_node: str) -> Path:
    """The source distribution, unpacked."""
    archive = build("--sdist", checkout, tmp_path_factory.mktemp("sdist"), path_with_node)
    folder = tmp_path_factory.mktemp("unpacked")
    run("tarfile", "--extract", archive, folder, cwd=folder, path=path_with_node)
    (unpacked,) = folder.iterdir()
    return unpacked


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory, path_without_node: str) -> Path:
    """The wheel made from the source distribution where there is no Node.js."""
    return build("--wheel", sdist, tmp_path_factory.mktemp("wheel"), path_without_node)


@pytest.fixture(scope="module")
def later_wheel(
    checkout: Path,
    sdist: Path,  # built first, so that its output lies around in the checkout
    tmp_path_factory: pytest.TempPathFactory,
    path_with_node: str,
) -> Path:
    """A wheel made from the same checkout after the extension's source was changed."""
    source = checkout / "labextension" / "src" / "starter.ts"
    source.write_text(source.read_text().replace(LABEL, "A changed label"))
    return build("--wheel", checkout, tmp_path_factory.mktemp("later"), path_with_node)


def scripts(wheel: Path) -> str:
    """All JavaScript of the JupyterLab extension in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(f"{DATA}/static/")]
        return "\n".join(archive.read(name).decode() for name in names if name.endswith(".js"))


@needs_node
def test_wheel_holds_the_extension(wheel: Path) -> None:
    """JupyterLab finds the built extension and the script that loads it, once."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        load = json.loads(archive.read(f"{DATA}/package.json"))["jupyterlab"]["_build"]["load"]
    assert f"{DATA}/{load}" in names
    assert f"{DATA}/install.json" in names
    assert not [name for name in names if name.startswith("jupyter_mltrack/labextension")]
    assert LABEL in scripts(wheel)


@needs_node
def test_wheel_holds_the_whole_package(wheel: Path, checkout: Path) -> None:
    """Every file of the package is shipped: Python, SQL, scripts, styles and the typing mark."""
    package = checkout / "jupyter_mltrack"
    wanted = {
        path.relative_to(checkout).as_posix()
        for path in package.rglob("*")
        if path.is_file() and not path.is_relative_to(package / "labextension")
    }
    assert "jupyter_mltrack/py.typed" in wanted
    assert wanted <= set(zipfile.ZipFile(wheel).namelist())


@needs_node
def test_wheel_holds_the_tour(wheel: Path, checkout: Path) -> None:
    """The notebooks of the checkout are in the package; nothing else is at the top."""
    tour = {f"jupyter_mltrack/notebooks/{path.name}" for path in checkout.glob("notebooks/*.ipynb")}
    names = set(zipfile.ZipFile(wheel).namelist())
    assert tour <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"jupyter_mltrack"}


@needs_node
def test_wheel_from_checkout_ships_the_same_files(wheel: Path, later_wheel: Path) -> None:
    """The way over the source distribution loses nothing and adds nothing."""
    ours, others = (
        {name for name in zipfile.ZipFile(each).namelist() if "/static/" not in name}
        for each in (wheel, later_wheel)
    )
    assert ours == others


@needs_node
def test_changed_source_is_shipped(later_wheel: Path) -> None:
    """Output of an earlier build lay in the checkout, and none of it was shipped."""
    assert "A changed label" in scripts(later_wheel)
    assert LABEL not in scripts(later_wheel)


@needs_node
def test_installs_without_node(wheel: Path, tmp_path: Path, path_without_node: str) -> None:
    """Installing a wheel puts the extension where JupyterLab looks, and needs no Node.js."""
    # --ignore-installed: or pip would uninstall the package from this environment.
    options = ("--quiet", "--ignore-installed", "--no-deps", "--no-index")
    target = ("--prefix", tmp_path / "prefix")
    run("pip", "install", *options, *target, wheel, cwd=tmp_path, path=path_without_node)
    extension = tmp_path / "prefix" / "share" / "jupyter" / "labextensions" / "jupyter-mltrack"
    assert json.loads((extension / "package.json").read_text())["name"] == "jupyter-mltrack"
    assert (tmp_path / "prefix" / "bin" / "mltrack").is_file()


def test_one_version() -> None:
    """The package and its extension are released together."""
    extension = json.loads((ROOT / "labextension" / "package.json").read_text())
    assert extension["version"] == VERSION


def test_lock_file_names_no_host() -> None:
    """The same versions can be fetched from any registry."""
    assert "://" not in (ROOT / "labextension" / "yarn.lock").read_text()
