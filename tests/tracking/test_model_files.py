"""Files of logged models: whole, noted with a digest, and checked when they are brought back."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.entities import FileInfo
from jupyter_mltrack.errors import (
    ArtifactChanged,
    InvalidState,
    ResourceDoesNotExist,
    UnsafePath,
)

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture
def client() -> MltrackClient:
    """A client of a store that does not exist yet."""
    return MltrackClient("runs.duckdb")


@pytest.fixture
def source(fresh: Path) -> Path:
    """The folder of a model."""
    folder = fresh / "source"
    (folder / "code").mkdir(parents=True)
    (folder / "MLmodel").write_text("flavors: {}")
    (folder / "model.pkl").write_text("pickle")
    (folder / "code" / "a.py").write_text("x = 1")
    return folder


@pytest.fixture(params=["of a run", "on its own"])
def model(request: pytest.FixtureRequest, client: MltrackClient, source: Path) -> str:
    """The id of a model that is READY, with these files."""
    run = client.create_run("0").info.run_id if request.param == "of a run" else None
    made = client.create_logged_model("0", "m", run).model_id
    client.log_model_artifacts(made, source)
    client.finalize_logged_model(made, "READY")
    return made


def files(folder: str | Path) -> dict[str, str]:
    """What is in a folder, by path."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def test_a_folder_comes_back_as_it_was(client: MltrackClient, source: Path, model: str) -> None:
    """Where it is, or a copy; all of it or a part."""
    assert files(client.download_logged_model(model)) == files(source)
    assert files(client.download_logged_model(model, dst_path="copy")) == files(source)
    assert Path(client.download_logged_model(model, "code/a.py", "copy")).read_text() == "x = 1"
    assert client.list_logged_model_artifacts(model, "code") == [
        FileInfo("code/a.py", is_dir=False, file_size=5)
    ]
    assert [one.path for one in client.list_logged_model_artifacts(model)] == [
        "MLmodel", "code", "model.pkl",
    ]  # fmt: skip


def test_each_file_is_noted_and_mlmodel_is_last(client: MltrackClient, model: str) -> None:
    """Whoever finds it in the journal finds all others before it."""
    query = """SELECT path, size, length(sha256) FROM logged_model_files
        WHERE model_id = ? ORDER BY logged_at, path = 'MLmodel', path"""
    assert client.store.rows(query, [model]) == [
        ("code/a.py", 5, 64), ("model.pkl", 6, 64), ("MLmodel", 11, 64),
    ]  # fmt: skip
    journal = next(client.store.folder.glob("*.ndjson")).read_text()
    assert journal.index("a.py") < journal.index("model.pkl") < journal.index('MLmodel"')


def test_a_changed_file_is_not_given_out(client: MltrackClient, model: str) -> None:
    """Neither where it is, nor as a copy; the others are."""
    place = Path(client.get_logged_model(model).artifact_location)
    (place / "model.pkl").write_text("evil")
    for path in ("", "model.pkl"):
        with pytest.raises(ArtifactChanged, match="was changed after it was logged"):
            client.download_logged_model(model, path, "copy")
    assert Path(client.download_logged_model(model, "code")).name == "code"


def test_files_are_private(client: MltrackClient, model: str) -> None:
    """Folders 0700, files 0600, whatever the umask."""
    del model
    for path in client.store.artifacts.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_model_that_is_not_ready_is_not_given_out(client: MltrackClient, source: Path) -> None:
    """Its files may not be whole; what is there can be listed."""
    made = client.create_logged_model("0", "m").model_id
    client.log_model_artifacts(made, source)
    with pytest.raises(InvalidState, match="is PENDING"):
        client.download_logged_model(made)
    client.finalize_logged_model(made, "FAILED", status_message="no space")
    with pytest.raises(InvalidState, match=r"is FAILED \(no space\)"):
        client.download_logged_model(made)
    assert len(client.list_logged_model_artifacts(made)) == 3


@pytest.mark.parametrize("path", ["../m", "/etc/passwd", "a/../../x", "a\\b", "\x00", "file:/x"])
def test_no_path_leaves_the_model(client: MltrackClient, source: Path, path: str) -> None:
    """Neither to write, nor to read, nor to list."""
    made = client.create_logged_model("0", "m").model_id
    client.finalize_logged_model(made, "READY")
    for call in (
        lambda: client.log_model_artifact(made, source / "MLmodel", path),
        lambda: client.log_model_artifacts(made, source, path),
        lambda: client.list_logged_model_artifacts(made, path),
        lambda: client.download_logged_model(made, path),
    ):
        with pytest.raises(UnsafePath):
            call()
    assert client.list_logged_model_artifacts(made) == []


def test_what_is_not_there(client: MltrackClient, source: Path, model: str) -> None:
    """Errors that say so."""
    with pytest.raises(FileNotFoundError):
        client.log_model_artifact(model, source / "none")
    with pytest.raises(FileNotFoundError):
        client.log_model_artifacts(model, source / "none")
    with pytest.raises(ResourceDoesNotExist):
        client.download_logged_model(model, "none")
    assert client.list_logged_model_artifacts(model, "none") == []


def test_one_file_or_a_folder_by_name(client: MltrackClient, source: Path) -> None:
    """As `log_artifact` of a run."""
    made = client.create_logged_model("0", "m").model_id
    client.log_model_artifact(made, source / "MLmodel", "a/b")
    client.log_model_artifact(made, source / "code")
    client.finalize_logged_model(made, "READY")
    assert set(files(client.download_logged_model(made))) == {"a/b/MLmodel", "code/a.py"}


def test_a_run_finds_its_models_by_name(client: MltrackClient, source: Path) -> None:
    """Where it has no folder of that name: in the newest model that is READY."""
    other = client.create_experiment("other")
    run = client.create_run("0").info.run_id
    made = client.create_logged_model(other, "m", run).model_id  # not among the run's files
    client.log_model_artifacts(made, source)
    assert client.list_artifacts(run, "m") == []
    client.finalize_logged_model(made, "READY")
    assert [one.path for one in client.list_artifacts(run, "m")] == [
        "m/MLmodel", "m/code", "m/model.pkl",
    ]  # fmt: skip
    assert [one.path for one in client.list_artifacts(run, "m/code")] == ["m/code/a.py"]
    assert files(client.download_artifacts(run, "m")) == files(source)
    with pytest.raises(ResourceDoesNotExist):
        client.download_artifacts(run, "n")
