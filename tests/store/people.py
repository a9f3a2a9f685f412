"""Several users of one machine, for tests of stores that they share; only root can be them all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.store.writers import end, fork

GROUP = 61100
OWNER, ADA, BOB = 61001, 61002, 61003

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other users")


@contextmanager
def meeting_place() -> Iterator[Path]:
    """A folder that the group adds to and where nobody removes what is another's."""
    folder = Path(tempfile.mkdtemp(prefix="mltrack-shared-", dir="/tmp"))
    try:
        os.chown(folder, OWNER, GROUP)
        folder.chmod(0o3770)
        yield folder
    finally:
        shutil.rmtree(folder)


def act(uid: int, do: Callable[..., object], *arguments: object) -> int:
    """Let a user do something in a process of their own; returns its exit status."""

    def be() -> None:
        os.setgroups([GROUP])
        os.setresgid(GROUP, GROUP, GROUP)
        os.setresuid(uid, uid, uid)
        os.environ["MLTRACK_SHARED"] = str(GROUP)
        do(*arguments)

    return end(fork(be))


def well(uid: int, do: Callable[..., object], *arguments: object) -> None:
    """As `act`; it must end well."""
    assert act(uid, do, *arguments) == 0
