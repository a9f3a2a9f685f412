"""Artifacts behind fsspec: clear errors, and names from the other side are not trusted."""

import uuid
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFile

from jupyter_mltrack.artifacts import RemoteFolder
from jupyter_mltrack.artifacts.contained import PASSING
from jupyter_mltrack.errors import InvalidParameterValue, StoreError, UnsafePath


@pytest.fixture
def folder() -> RemoteFolder:
    """An empty folder in memory."""
    return RemoteFolder(f"memory://{uuid.uuid4()}/artifacts")


def test_names_of_the_other_side_cannot_climb(folder: RemoteFolder, tmp_path: Path) -> None:
    """A bucket may hold any key; a download stays in its folder."""
    files = fsspec.filesystem("memory")
    key = f"{folder._root}/../../evil"
    files.store[key] = MemoryFile(files, key, b"evil")
    with pytest.raises(UnsafePath):
        folder.fetch("", tmp_path / "target")
    assert not (tmp_path / "evil").exists()


def test_uploads_under_way_are_not_shown(folder: RemoteFolder, tmp_path: Path) -> None:
    """The passing names of other writers are neither listed nor fetched."""
    fsspec.filesystem("memory").pipe_file(f"{folder._root}/{PASSING}1", b"half")
    assert folder.list() == []
    folder.fetch("", tmp_path / "target")
    assert list((tmp_path / "target").glob("*")) == []


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("s3://bucket/folder", "s3fs"),
        ("nonsense://x", "Cannot keep artifacts"),
        ("simplecache::memory://x", "chains"),
        ("zip://x::http://evil/a.zip", "chains"),
    ],
)
def test_schemes_that_cannot_be_used(uri: str, says: str) -> None:
    """The message names the missing package, or what is wrong with the URI."""
    with pytest.raises(InvalidParameterValue, match=says):
        RemoteFolder(uri)


def test_trouble_on_the_way(tmp_path: Path) -> None:
    """What the other side refuses is a StoreError that says which file and where."""
    (tmp_path / "taken").write_bytes(b"a file")
    (tmp_path / "source").write_bytes(b"x")
    folder = RemoteFolder(f"local://{tmp_path}/taken")
    with pytest.raises(StoreError, match=r"'a/b' at local://"):
        folder.put(tmp_path / "source", "a/b")
