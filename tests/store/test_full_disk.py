"""Promise 3 on a disk that is really full: a file system of 3 MB, when root may mount one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_mltrack.store import Store
from tests.reliability import Noting
from tests.store.writers import begun, count, point, values


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system in memory."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", tmp_path]
    if os.getuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount, and not in every container")
    yield tmp_path
    subprocess.run(["umount", "-l", tmp_path], check=True)


def fill(disk: Path) -> Path:
    """Write until nothing fits any more."""
    filler = disk / "filler"
    descriptor = os.open(filler, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(descriptor, bytes(1_024))
    except OSError:
        os.close(descriptor)
    return filler


def test_reading_and_logging_on_a_full_disk(
    disk: Path, caplog: pytest.LogCaptureFixture, promise: Noting
) -> None:
    """What is on the disk is read, from the journals; the rest waits and is written later."""
    store = Store(disk / "m.duckdb")
    store.append_all([begun("r"), *(point("r", i) for i in range(1_000))])
    store.fold()
    store.append_all([point("r", i) for i in range(1_000, 2_000)])
    filler = fill(disk)
    assert values(store, "r") == list(range(2_000))
    for i in range(2_000, 3_000):
        store.append(point("r", i))
    assert 2_000 <= count(store) < 3_000
    assert sorted(path.name for path in disk.iterdir()) == ["filler", "m.duckdb", "m.journal"]
    filler.unlink()
    store.sync()
    assert values(store, "r") == list(range(3_000))
    said = {record.getMessage() for record in caplog.records}
    warnings = sum(str(disk) in message for message in said)
    assert warnings <= 2
    store.close()
    promise(3, "a file system of 3 MB, full, then not", points=3_000, lost=0, warnings=warnings)


def test_a_store_that_begins_on_a_full_disk(disk: Path) -> None:
    """Nothing is raised, no litter is left, and all is there when there is room."""
    filler = fill(disk)
    store = Store(disk / "m.duckdb")
    for i in range(100):
        store.append(point("r", i))
    assert count(store) == 0
    assert len(list(disk.rglob("*"))) <= 4
    filler.unlink()
    store.close()
    assert values(store, "r") == list(range(100))
