"""Local artifacts: private, whole or absent, and no links out."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_mltrack.artifacts import LocalFolder
from jupyter_mltrack.artifacts.contained import PASSING
from jupyter_mltrack.errors import InvalidParameterValue, StoreError

MEGABYTES = 100

COPY = """
import sys
from pathlib import Path
from jupyter_mltrack.artifacts import LocalFolder
folder = LocalFolder(Path(sys.argv[1]))
print("ready", flush=True)
folder.put(Path(sys.argv[2]), "big/model.bin")
print("stored", flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> LocalFolder:
    """An empty folder."""
    return LocalFolder(tmp_path / "store" / "0" / "run" / "artifacts")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file that everybody may read."""
    path = tmp_path / "source"
    path.write_bytes(b"content")
    path.chmod(0o666)
    return path


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_private_whatever_the_umask(folder: LocalFolder, source: Path, umask: int) -> None:
    """Folders are 0700 and files 0600, also when the file they come from is open to all."""
    before = os.umask(umask)
    try:
        folder.put(source, "a/b/c")
    finally:
        os.umask(before)
    top = folder.root.parents[2]
    made = [top, *top.rglob("*")]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_dir()}
    assert modes == {0o700}
    assert stat.S_IMODE((folder.root / "a/b/c").stat().st_mode) == 0o600


def test_leftovers_are_not_shown(folder: LocalFolder, source: Path, tmp_path: Path) -> None:
    """What a killed process left behind is neither listed nor fetched."""
    folder.put(source, "a")
    (folder.root / f"{PASSING}0123").write_bytes(b"half")
    assert [info.path for info in folder.list()] == ["a"]
    folder.fetch("", tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["a"]


@pytest.mark.parametrize("target", ["/etc/hostname", "/etc", "../../../../source", "nowhere"])
def test_links_out_are_neither_shown_nor_copied(
    folder: LocalFolder, source: Path, tmp_path: Path, target: str
) -> None:
    """A folder that came from elsewhere cannot smuggle files in by links."""
    folder.put(source, "a")
    (folder.root / "link").symlink_to(target)
    assert [info.path for info in folder.list()] == ["a"]
    folder.fetch("", tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["a"]


def test_a_link_is_not_written_through(folder: LocalFolder, source: Path, tmp_path: Path) -> None:
    """Writing to a name that is a link out leaves its target alone."""
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    folder.put(source, "a")
    (folder.root / "link").symlink_to(victim)
    with pytest.raises(InvalidParameterValue, match="link"):
        folder.put(source, "link")
    assert victim.read_text() == "untouched"


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a/b", "a"), ("a/b", "a/b/c/d")])
def test_a_file_is_no_folder(folder: LocalFolder, source: Path, first: str, second: str) -> None:
    """A name is taken by either; nothing is left behind by the attempt."""
    folder.put(source, first)
    with pytest.raises(InvalidParameterValue, match="another artifact path"):
        folder.put(source, second)
    assert [path.name for path in folder.root.rglob("*")] == first.split("/")


def test_the_disk_refuses(folder: LocalFolder, source: Path) -> None:
    """An error of the file system says what could not be written, and leaves nothing."""
    code = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3, 3))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code + COPY, folder.root, source],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert StoreError.__name__ in done.stderr
    assert "Cannot write the artifact" in done.stderr
    assert list((folder.root / "big").iterdir()) == []


def test_only_regular_files(folder: LocalFolder, tmp_path: Path) -> None:
    """A pipe would be waited for without end."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileNotFoundError, match="pipe"):
        folder.put(tmp_path / "pipe", "a")


def test_killed_while_copying(folder: LocalFolder, tmp_path: Path) -> None:
    """SIGKILL at any moment of a large copy: the file is whole or absent."""
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(MEGABYTES << 20)
        file.seek(0, os.SEEK_END)
        file.write(b"end")
    size, seen = (MEGABYTES << 20) + 3, []
    for delay in (0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.25, 0.4):
        with subprocess.Popen(
            [sys.executable, "-c", COPY, folder.root, big], stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(delay)
            child.kill()
        listed = {info.path: info.file_size for info in folder.list("big")}
        assert listed in ({}, {"big/model.bin": size})
        seen.append(len(listed))
        folder.remove()
    print(f"{len(seen)} kills, {sum(seen)} whole, {len(seen) - sum(seen)} absent, 0 half")
    assert 0 in seen


def test_a_half_file_would_be_seen(folder: LocalFolder) -> None:
    """The check above can fail: a file that is written in place shows its half."""
    (folder.root / "big").mkdir(parents=True)
    (folder.root / "big" / "model.bin").write_bytes(b"half")
    assert [info.file_size for info in folder.list("big")] == [4]
