"""Every artifact folder keeps the same promises, wherever its files are."""

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_mltrack.artifacts import ArtifactFolder, open_folder
from jupyter_mltrack.errors import ResourceDoesNotExist, UnsafePath


@pytest.fixture(params=["path", "file", "memory", "local"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ArtifactFolder]:
    """A folder of each kind: ``local:`` is one that fsspec cannot write in one step."""
    place = tmp_path / "artifacts"
    uris = {
        "path": str(place),
        "file": place.as_uri(),
        "memory": f"memory://{uuid.uuid4()}/artifacts",
        "local": f"local://{place}",
    }
    opened = open_folder(uris[request.param])
    yield opened
    opened.remove()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file to log."""
    path = tmp_path / "source.bin"
    path.write_bytes(b"content")
    return path


def paths(folder: ArtifactFolder, below: str = "") -> list[str]:
    """What a listing shows, folders with a slash."""
    return [info.path + "/" * info.is_dir for info in folder.list(below)]


def test_a_file_comes_back(folder: ArtifactFolder, source: Path) -> None:
    """`put` says size and digest; `fetch` gives the same bytes."""
    stored = folder.put(source, "a//b/./c.bin")
    assert (stored.path, stored.size) == ("a/b/c.bin", 7)
    assert stored.sha256 == hashlib.sha256(b"content").hexdigest()
    assert folder.fetch("a/b/c.bin").read_bytes() == b"content"


def test_a_file_is_replaced(folder: ArtifactFolder, source: Path) -> None:
    """The same path again holds the new content."""
    folder.put(source, "x")
    source.write_bytes(b"newer and longer")
    assert folder.put(source, "x").size == 16
    assert folder.fetch("x").read_bytes() == b"newer and longer"


def test_listings_are_sorted_and_one_level_deep(folder: ArtifactFolder, source: Path) -> None:
    """Folders and files in one order, paths from the top, sizes of files only."""
    for path in ("b.txt", "a/2", "a/1", "a/sub/deep", "c"):
        folder.put(source, path)
    assert paths(folder) == ["a/", "b.txt", "c"]
    assert paths(folder, "a") == ["a/1", "a/2", "a/sub/"]
    assert [info.file_size for info in folder.list()] == [None, 7, 7]


@pytest.mark.parametrize("below", ["", ".", "none", "none/deeper", "file"])
def test_listing_nothing(folder: ArtifactFolder, source: Path, below: str) -> None:
    """There is nothing in a folder that does not exist, nor in a file."""
    if below == "file":
        folder.put(source, "file")
    assert folder.list(below) == []


def test_a_folder_comes_whole(folder: ArtifactFolder, source: Path, tmp_path: Path) -> None:
    """Files keep their paths below the destination, which is made."""
    for path in ("model/MLmodel", "model/code/a.py", "other"):
        folder.put(source, path)
    target = tmp_path / "deep" / "target"
    assert folder.fetch("model", target) == target / "model"
    assert (target / "model" / "code" / "a.py").read_bytes() == b"content"
    assert not (target / "other").exists()


def test_everything_comes_with_an_empty_path(
    folder: ArtifactFolder, source: Path, tmp_path: Path
) -> None:
    """``""`` is the folder itself, with or without a destination."""
    folder.put(source, "a/b")
    assert folder.fetch("", tmp_path / "all") == tmp_path / "all"
    assert (tmp_path / "all" / "a" / "b").read_bytes() == b"content"
    assert (folder.fetch("") / "a" / "b").read_bytes() == b"content"


def test_what_is_not_there(folder: ArtifactFolder, source: Path, tmp_path: Path) -> None:
    """Fetching nothing is an error, and so is logging nothing."""
    folder.put(source, "a")
    with pytest.raises(ResourceDoesNotExist, match="No such artifact"):
        folder.fetch("b")
    with pytest.raises(FileNotFoundError):
        folder.put(tmp_path / "missing", "a")
    assert folder.fetch("a").read_bytes() == b"content"


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "", "a\x00", "..\\x", "file:///x"])
def test_every_entry_point_is_guarded(
    folder: ArtifactFolder, source: Path, tmp_path: Path, path: str
) -> None:
    """A hostile path does not get past any method."""
    with pytest.raises(UnsafePath):
        folder.put(source, path)
    if path:
        with pytest.raises(UnsafePath):
            folder.list(path)
        with pytest.raises(UnsafePath):
            folder.fetch(path, tmp_path / "target")
    assert not (tmp_path / "x").exists()


def test_removing_twice(folder: ArtifactFolder, source: Path) -> None:
    """After `remove` nothing is there, and a new file begins anew."""
    folder.put(source, "a/b")
    folder.remove()
    folder.remove()
    assert folder.list() == []
    folder.put(source, "c")
    assert paths(folder) == ["c"]


def test_odd_names_come_back(folder: ArtifactFolder, source: Path) -> None:
    """Names that mean something to shells, globs and URLs are kept as they are."""
    names = sorted(["*", "[a]", "a b", "%2e%2e", "été 数", "x'y", "q#1", "~", "..."])
    for name in names:
        folder.put(source, f"odd/{name}")
    assert paths(folder, "odd") == [f"odd/{name}" for name in names]
    assert folder.fetch("odd/*").read_bytes() == b"content"
