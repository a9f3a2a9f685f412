"""The store's lock: one holder among all processes and all threads.

It is a ``flock`` on a file of its own, because closing any descriptor of the DuckDB file would
drop DuckDB's own lock. A thread lock stands in front of it: ``flock`` belongs to the open file,
so two threads of a process would both be let in.

Whoever releases the lock and wants it again at once would always be first. So there is a second
file: only who holds ``turn`` waits for the lock, and lets go of it when the lock is his. A process
that comes back finds somebody else at the turn.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_mltrack.errors import StoreBusy
from jupyter_mltrack.store.sharing import open_common

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FIRST_PAUSE = 0.001
_LONGEST_PAUSE = 0.005
_FORK_PATIENCE = 10.0


class StoreLock:
    """The lock of one store.

    Args:
        path: The lock file; made when first needed.
        patience: How long to wait for another holder, in seconds.
    """

    def __init__(self, path: Path, *, patience: float = 60.0) -> None:
        self._path = path
        self._patience = patience
        self._thread = threading.RLock()
        self._depth = 0
        self._kept_for_fork = False

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the lock; entering again from the same thread is free.

        Raises:
            StoreBusy: if another process keeps it for longer than ``patience``.
        """
        with self._thread:
            if self._depth:
                yield
                return
            descriptor = open_common(self._path, os.O_RDWR)
            owner = os.getpid()
            try:
                self._wait_in_line(descriptor)
                with suppress(OSError):  # the disk may be full
                    # Not truncated first: a file system may then wait for the disk at the close.
                    os.pwrite(descriptor, b"%-20d\n" % owner, 0)
                self._depth = 1
                yield
            finally:
                self._depth = 0
                if os.getpid() == owner:  # closing is not enough if a child was forked inside
                    fcntl.flock(descriptor, fcntl.LOCK_UN)
                os.close(descriptor)

    def _wait_in_line(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._patience
        turn = open_common(self._path.with_name("turn"), os.O_RDWR)
        try:
            self._wait(turn, deadline)
            self._wait(descriptor, deadline)
        finally:
            fcntl.flock(turn, fcntl.LOCK_UN)
            os.close(turn)

    def _wait(self, descriptor: int, deadline: float) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    msg = (
                        f"{self._path} has been locked by {self._holder()} for"
                        f" {self._patience:g} s. Wait for it, or end it."
                    )
                    raise StoreBusy(msg) from None
                time.sleep(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE)
            else:
                return

    def _holder(self) -> str:
        """Who has the lock now, as it noted itself."""
        try:
            noted = self._path.read_text("ascii").strip()
        except (OSError, ValueError):
            noted = ""
        return f"process {noted}" if noted.isdecimal() else "another process"

    def before_fork(self) -> bool:
        """Wait until no thread of this process is inside: a child inherits no open database.

        Not for ever: a thread may be inside that waits for what the forking thread has.

        Returns:
            Whether nobody is inside now, this thread included.
        """
        self._kept_for_fork = self._thread.acquire(timeout=_FORK_PATIENCE)
        return self._kept_for_fork and not self._depth

    def after_fork_in_parent(self) -> None:
        """Let the threads of the parent go on."""
        if self._kept_for_fork:
            self._thread.release()

    def after_fork_in_child(self) -> None:
        """Start the child with a lock that nobody holds."""
        self._thread = threading.RLock()
        self._depth = 0
        self._kept_for_fork = False


def is_locked(path: Path) -> bool:
    """Whether some process holds a ``flock`` on ``path``; False if the file is gone.

    If that cannot be told (no descriptor is free, the file is another user's), it is held.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)
