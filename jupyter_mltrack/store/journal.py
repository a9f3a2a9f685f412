"""The writer: the journal of this process.

One file per process, opened for append, one ``os.write`` per call, nothing kept in Python. When
`Journal.append` returns, the line is in the kernel's page cache and survives the death of the
process; a thread syncs it to the disk within a second, `Journal.sync` at once.

The file is locked (``flock``) for as long as its writer lives: that lock is how others tell a
running run from one whose kernel died.
"""

from __future__ import annotations

import fcntl
import logging
import os
import platform
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mltrack.errors import StoreError
from jupyter_mltrack.events import END_OF_CLOCK, FORMAT, MAX_LINE, Event, Opened
from jupyter_mltrack.ids import new_token
from jupyter_mltrack.settings import VERSION
from jupyter_mltrack.store.lines import encode
from jupyter_mltrack.store.sharing import make_folder, open_own, token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mltrack.settings import Durability

_log = logging.getLogger("jupyter_mltrack")

#: Seconds between two syncs while something is being written.
SYNC_INTERVAL = 1.0

#: While the disk refuses writes, so many bytes are kept and tried again, the oldest first.
MAX_UNWRITTEN = 16_000_000


class Journal:
    """Appends events to a file of its own inside ``folder``.

    Args:
        folder: The store's journal folder; made when first needed.
        durability: ``process``, or ``disk`` to sync every call.
        strict: Raise when the disk refuses a write; otherwise warn once and go on.
    """

    def __init__(
        self, folder: Path, *, durability: Durability = "process", strict: bool = False
    ) -> None:
        self.folder = folder
        self.durability = durability
        self.strict = strict
        self.clock = 0
        self._forget()

    def _forget(self) -> None:
        """Start with no file, as a new process does."""
        self.token = token(self.folder)
        self._lock = threading.RLock()  # a signal handler may log while a call is under way
        self._descriptor = -1
        self._is_named = False  # on the disk, in the list of the folder's names
        self._unwritten = bytearray()
        self._warned = False
        self._dirty = False
        self._syncer: threading.Thread | None = None

    def append(self, event: Event) -> None:
        """Write one event; it is safe from the death of this process when the call returns.

        Raises:
            StoreError: if the event is larger than `MAX_LINE`, or, with ``strict``, if the disk
                refuses it.
        """
        with self._lock:
            line = self._stamped(event)
            if not self._dirty:
                self._write(line)
                return
            try:  # nearly always: the file is open, nothing waits, and a sync is due anyway
                done = os.write(self._descriptor, line)
            except OSError:  # again, with all that is to be done about it
                done = 0
            if done < len(line):
                self._write(line, done)

    def append_all(self, events: Sequence[Event]) -> None:
        """Write several events in one call to the kernel, in order."""
        with self._lock:
            self._write(b"".join([self._stamped(event) for event in events]))

    def append_whole(self, events: Sequence[Event]) -> None:
        """Write several events, all or none: what the disk refuses is taken back.

        They are with the kernel when this returns, whatever the durability; see `confirm`.

        Raises:
            StoreError: if the disk refuses them, or refused something before that still waits.
        """
        with self._lock:
            data = b"".join([self._stamped(event) for event in events])
            with suppress(StoreError):  # strict; it is raised below
                if self._unwritten:
                    self._write(b"")
                if not self._unwritten and self._is_written_or_taken_back(data):
                    return
        msg = f"Cannot write to {self.folder}: the disk refuses. Nothing was changed; try it again."
        raise StoreError(msg)

    def _is_written_or_taken_back(self, data: bytes) -> bool:
        """Write ``data`` while nothing waits before it; whether the disk took all of it."""
        size, done = -1, 0
        try:
            if self._descriptor < 0:
                self._open()
            size = os.fstat(self._descriptor).st_size
            while done < len(data):
                done += os.write(self._descriptor, data[done:])
        except OSError:
            with suppress(OSError):
                if size >= 0:
                    os.ftruncate(self._descriptor, size)  # nobody else writes to it
            return False
        return True

    def confirm(self) -> None:
        """Put what was appended on the disk, for somebody who was promised that it is there.

        Raises:
            StoreError: if the disk does not say so.
        """
        try:
            self._put_on_disk(self._descriptor)
        except OSError as error:
            msg = (
                f"This was written to {self.folder} and counts, but the disk did not confirm it"
                f" ({error.strerror or error}): it may not survive a power cut. Look with"
                " registry_history() before you do it again."
            )
            raise StoreError(msg) from error

    def observe(self, clock: int) -> None:
        """Number all later events above ``clock``, because their writer has now seen it.

        One that no machine has is not believed, see `END_OF_CLOCK`.
        """
        if clock < END_OF_CLOCK:
            with self._lock:
                self.clock = max(self.clock, clock)

    def sync(self) -> None:
        """Return when all that was appended is on the disk."""
        with self._lock:
            if self._unwritten:
                self._write(b"")
            descriptor, self._dirty = self._descriptor, False
        if descriptor >= 0:
            try:
                self._put_on_disk(descriptor)
            except OSError as error:
                if descriptor == self._descriptor:
                    self._trouble(error)

    def close(self) -> None:
        """Sync and let go of the file; its runs then count as ended by whoever looks next."""
        self.sync()
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
            self._descriptor = -1
            self.token = token(self.folder)

    def is_removed(self) -> bool:
        """Whether somebody deleted the file that is being written."""
        try:
            return self._descriptor >= 0 and os.fstat(self._descriptor).st_nlink == 0
        except OSError:
            return False

    def before_fork(self) -> None:
        """Wait until no thread is writing, so the child knows every file it inherits."""
        self._lock.acquire()

    def after_fork_in_parent(self) -> None:
        """Let the other threads go on."""
        self._lock.release()

    def after_fork_in_child(self) -> None:
        """Leave the parent's file to the parent; the child's first event opens its own."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._forget()

    def _stamped(self, event: Event) -> bytes:
        before = self.clock
        # All processes of one boot share the monotonic clock: who ran later counts higher, even
        # if it never read what the other wrote.
        now = int(time.monotonic() * 1_000_000)
        if now > before:
            self.clock = event.q = now
            event.m = None
        else:
            self.clock = event.q = before + 1
            event.m = now / 1_000_000
        event.v = FORMAT
        event.j = self.token
        event.t = int(time.time() * 1000) / 1000
        line = encode(event)
        if len(line) > MAX_LINE:
            self.clock = before
            msg = (
                f"This {type(event).__name__.lower()} takes {len(line):,} bytes; the store keeps at"
                f" most {MAX_LINE:,} in one record. Log it as an artifact (log_text, log_dict)."
            )
            raise StoreError(msg, "INVALID_PARAMETER_VALUE")
        return line

    def _write(self, data: bytes | bytearray, done: int = 0) -> None:
        """Write ``data``, of which ``done`` bytes are written already, and what waits before it."""
        if self._unwritten:
            if len(self._unwritten) + len(data) <= MAX_UNWRITTEN:
                self._unwritten += data
            data = self._unwritten
        try:
            if self._descriptor < 0:
                self._open()
            while done < len(data):
                done += os.write(self._descriptor, data[done:] if done else data)
            if self.durability == "disk":
                self._put_on_disk(self._descriptor)
        except OSError as error:
            self._dirty = False
            self._keep(data, done)
            self._trouble(error)
            return
        if self._unwritten:
            self._unwritten = bytearray()
        if self.durability != "disk" and not self._dirty:
            self._dirty = True
            self._start_syncer()

    def _put_on_disk(self, descriptor: int) -> None:
        """Sync the file, and the first time its name: or the power may go and the file with it."""
        os.fsync(descriptor)
        if not self._is_named:
            for folder in (self.folder, self.folder.parent):
                with suppress(OSError):  # not every file system can; or somebody removed the store
                    sync_folder(folder)
            self._is_named = descriptor == self._descriptor

    def _keep(self, data: bytes | bytearray, done: int) -> None:
        """After a refusal: hold the lines of ``data`` that are not whole on the disk."""
        rest = data if isinstance(data, bytearray) else bytearray(data)
        line = rest.rfind(b"\n", 0, done) + 1
        if line == done or rest[done : done + 1] == b"\n":
            del rest[:done]
        else:
            rest[:line] = b"\n"
        self._unwritten = rest

    def _trouble(self, error: OSError) -> None:
        reason = error.strerror or str(error)
        if self.strict:
            if self._unwritten:  # who was told so will not expect to find it later
                self._unwritten = bytearray(b"\n")
            msg = f"Cannot write to {self.folder}: {reason}. This was not logged."
            raise StoreError(msg) from error
        self._start_syncer()
        if not self._warned:
            self._warned = True
            msg = (
                f"Cannot write to {self.folder}: {reason}. What is logged now is kept in memory"
                f" (at most {MAX_UNWRITTEN:,} bytes) and written when the disk takes it again;"
                " your code goes on."
            )
            _log.warning(msg)

    def _open(self) -> None:
        """Make the file under a passing name, lock it, head it, then show it to others."""
        make_folder(self.folder)
        _note_format(self.folder)
        host = "".join(c if c.isalnum() else "_" for c in socket.gethostname()) or "host"
        name = f"{host}-{os.getpid()}-{int(time.time())}-{self.token}.ndjson"
        passing = self.folder / f"{name}.new"
        flags = os.O_WRONLY | os.O_APPEND | os.O_EXCL
        descriptor = open_own(passing, flags, self.folder)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            head = Opened(
                host=host, boot=_boot_id(), pid=os.getpid(), uid=os.geteuid(), versions=_versions()
            )
            head.v, head.j, head.t, head.m = FORMAT, self.token, time.time(), time.monotonic()
            os.write(descriptor, encode(head))
            passing.rename(self.folder / name)
        except BaseException:  # an interrupt too must not leave a file that looks alive
            os.close(descriptor)
            passing.unlink(missing_ok=True)
            raise
        self._descriptor, self._is_named = descriptor, False

    def _start_syncer(self) -> None:
        if self._syncer is None:
            self._syncer = threading.Thread(
                target=self._sync_while_written, name="mltrack-sync", daemon=True
            )
            try:
                self._syncer.start()
            except RuntimeError:  # the interpreter is shutting down
                self._syncer = None

    def _sync_while_written(self) -> None:
        while True:
            time.sleep(SYNC_INTERVAL)
            with self._lock:
                if not (self._dirty or self._unwritten):
                    self._syncer = None
                    return
            with suppress(StoreError):  # strict: the next call says so
                self.sync()
            self._look_after()

    def _look_after(self) -> None:
        """Say so, once, if somebody removed the file that is being written."""
        if self.is_removed() and not self._warned:
            self._warned = True
            _log.warning("%s was removed while runs are being logged to it.", self.folder)


def sync_folder(folder: Path) -> None:
    """Put the names in ``folder`` on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _note_format(folder: Path) -> None:
    """Leave the store's format where an older release looks before it touches anything."""
    if noted_format(folder) < FORMAT:
        passing = folder / f"format.{new_token()}.tmp"
        try:
            descriptor = open_own(passing, os.O_WRONLY | os.O_EXCL, folder)
            with os.fdopen(descriptor, "w") as file:
                file.write(f"{FORMAT}\n")
            with suppress(PermissionError):  # another user's note, in a shared store
                passing.replace(folder / "format")
        finally:
            passing.unlink(missing_ok=True)


def noted_format(folder: Path) -> int:
    """The format that the newest release to write here noted; 0 if there is no note."""
    try:
        return int((folder / "format").read_text("ascii"))
    except (OSError, ValueError):
        return 0


def _boot_id() -> str:
    """Names this boot of the machine: monotonic clocks of two boots cannot be compared."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return platform.node()


def _versions() -> dict[str, str]:
    return {"jupyter_mltrack": VERSION, "python": sys.version.split()[0]}
