"""Where a run comes from: user, code, environment."""

import os
import subprocess
import sys
import types
import warnings
from pathlib import Path

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.tracking import births
from tests.fresh import finish

pytestmark = pytest.mark.usefixtures("fresh")


def git(*arguments: str) -> str:
    """What git answers in the working folder."""
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    command = ["git", *who, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def checkout(fresh: Path) -> Path:
    """The working folder is a git checkout with one commit."""
    (fresh / "train.py").write_text("pass")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    git("remote", "add", "origin", "https://me:secret@example.com/me/wine.git")
    births._git.cache_clear()
    return fresh


def code_tags() -> dict[str, str]:
    """The tags about git, without their common beginning."""
    prefix = "mlflow.source.git."
    births._git.cache_clear()
    found = births.tags()
    return {key.removeprefix(prefix): found[key] for key in found if key.startswith(prefix)}


def test_user_and_source(fresh: Path) -> None:
    """Without a checkout there is nothing about git."""
    found = births.tags()
    assert found["mlflow.user"] == births.user() != ""
    assert found["mlflow.source.name"] == sys.argv[0]
    assert found["mlflow.source.type"] == "LOCAL"
    assert code_tags() == {}


def test_a_script_is_named(fresh: Path) -> None:
    """As it was called."""
    (fresh / "train.py").write_text("import jupyter_mltrack as m\nm.start_run()\n")
    script = "import runpy, sys; sys.argv = ['train.py']; runpy.run_path('train.py')"
    code, _, errors = finish(script)
    assert code == 0, errors
    assert mlflow.search_runs()["tags.mlflow.source.name"][0] == "train.py"


def test_a_checkout(checkout: Path) -> None:
    """Commit, branch, whether there are changes, and the remote without its password."""
    expected = {
        "commit": git("rev-parse", "HEAD"),
        "branch": "main",
        "dirty": "false",
        "repoURL": "https://example.com/me/wine.git",
    }
    assert code_tags() == expected
    (checkout / "new.txt").write_text("not added")
    assert code_tags()["dirty"] == "false"
    (checkout / "train.py").write_text("changed")
    assert code_tags() == expected | {"dirty": "true"}
    with mlflow.start_run() as run:
        assert run.data.tags["mlflow.source.git.commit"] == expected["commit"]


def test_a_detached_head_and_a_checkout_without_a_commit(checkout: Path) -> None:
    """There is no branch in the one, and nothing to say about the other."""
    git("checkout", "-q", "--detach")
    assert "branch" not in code_tags()
    (checkout / "empty").mkdir()
    os.chdir(checkout / "empty")
    git("init", "-q")
    assert code_tags() == {}


def test_looking_changes_nothing_and_runs_nothing_of_the_checkout(checkout: Path) -> None:
    """The index is not rewritten, and a program that the checkout names is not started."""
    git("config", "core.fsmonitor", f"touch {checkout}/started; false")
    os.utime(checkout / "train.py", (1, 1))
    before = (checkout / ".git" / "index").stat().st_mtime_ns
    assert code_tags()["branch"] == "main"
    assert (checkout / ".git" / "index").stat().st_mtime_ns == before
    assert not (checkout / "started").exists()


def test_without_git(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without it has runs all the same."""
    monkeypatch.setenv("PATH", str(checkout))
    assert code_tags() == {}


def test_without_a_working_folder(fresh: Path) -> None:
    """Somebody removed it; a store that was chosen before is somewhere else."""
    mlflow.set_tracking_uri("runs.duckdb")
    gone = fresh / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    with mlflow.start_run():
        mlflow.log_metric("a", 1)
    os.chdir(fresh)
    assert mlflow.search_runs()["metrics.a"][0] == 1


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions of what is imported, without waking up a module that answers when asked."""
    loud = types.ModuleType("loud")
    loud.__getattr__ = lambda name: warnings.warn(name, stacklevel=1)  # type: ignore[method-assign]
    plain = types.ModuleType("plain")
    plain.__version__ = "1.2"  # type: ignore[attr-defined]
    for name, module in {"loud": loud, "plain": plain, "plain.sub": plain, "_own": plain}.items():
        monkeypatch.setitem(sys.modules, name, module)
    found = births.environment()
    assert found.packages["plain"] == "1.2"
    assert found.packages["pytest"] == pytest.__version__
    assert not {"loud", "plain.sub", "_own", "os"} & found.packages.keys()
    assert found.python == ".".join(map(str, sys.version_info[:3]))


def test_the_environment_of_a_run() -> None:
    """Kept once a process, and again when something was imported meanwhile."""
    with mlflow.start_run() as run:
        pass
    query = "SELECT packages['pytest'] FROM environments WHERE run_id = ?"
    store = mlflow.MlflowClient().store
    assert store.rows(query, [run.info.run_id]) == [(pytest.__version__,)]
    with mlflow.start_run():
        pass
    assert store.rows("SELECT count(*) FROM base.environments") == [(1,)]
