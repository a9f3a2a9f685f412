"""Who may read and write the files of a store: its owner alone, or by choice a group.

A store is private (folders 0700, files 0600) unless ``MLTRACK_SHARED`` names a group when it is
made; then a file ``shared`` in its journal folder says so from then on. In a shared store

    mltrack.journal/       3770   the group adds files; a member removes only their own
    …/<journal>.ndjson     0640   read by the group, written by its owner
    …/lock, turn, …        0660   written by the group
    mltrack.duckdb         0660   a cache: what counts is in the journals
    mltrack.artifacts/     2770   and 0640 for the files in it

The name of a journal there ends in the uid of its writer. A file whose owner is another one is no
journal, so who wrote a journal is what the system says, and not what the journal says. Root, who
can be everybody, is believed.

The owner of a sticky folder may remove and rename any file in it (inode(7), of S_ISVTX). So whoever
made the store can take away the journal of anybody, and put it back. They cannot write into it, nor
change who a line is by: what is gone shows in the chain of the trail, see `trail`.
"""

from __future__ import annotations

import grp
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from jupyter_mltrack import settings
from jupyter_mltrack.errors import StoreError
from jupyter_mltrack.ids import new_token

#: Present in the journal folder of a shared store; says the group, for people.
NOTE = "shared"

_JOURNALS = ".journal"  # how the name of a journal folder ends
_COMMON = ("lock", "turn", "seal.lock")
_BELOW = ("numbers", "sealed")
_PLAIN_TOKEN = 12
_TOKEN = _PLAIN_TOKEN + 8  # and eight digits of a uid


def is_shared(folder: Path) -> bool:
    """Whether a store is shared, by its journal folder."""
    try:
        return (folder / NOTE).lstat().st_uid in {folder.stat().st_uid, 0}
    except OSError:
        return False


def owner_of(folder: Path) -> int | None:
    """The uid that a store belongs to; None if there is no store."""
    try:
        return folder.stat().st_uid
    except OSError:
        return None


def make_folder(folder: Path) -> None:
    """Make the journal folder of a store if it is missing, or one below it, whatever the umask.

    Raises:
        OSError: if the disk refuses it.
        StoreError: if it is to be shared with a group that there is not.
    """
    if folder.is_dir():
        return
    if settings.shared() and folder.name.endswith(_JOURNALS):
        _make_shared(folder, *_group(str(settings.shared())))
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o3770 if is_shared(folder.parent) else 0o700
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    folder.chmod(mode)


def token(folder: Path) -> str:
    """A token for a new journal: in a shared store it ends in the uid of its writer."""
    shared = is_shared(folder) or (settings.shared() and not folder.exists())
    return new_token() + (f"{os.geteuid():08x}" if shared else "")


def writer_of(journal: str) -> int | None:
    """The uid that the token of a journal names; None if it names none."""
    if len(journal) != _TOKEN:
        return None
    try:
        return int(journal[_PLAIN_TOKEN:], 16)
    except ValueError:
        return None


def is_its_own(journal: str, owner: int) -> bool:
    """Whether a file of this owner can be the journal of this token, in a shared store."""
    return owner == 0 or writer_of(journal) in {owner, None}


def open_common(path: Path, flags: int) -> int:
    """Open a file that everybody who may write to the store writes to; make it if it is missing.

    Where a folder is sticky, Linux may refuse to open somebody else's file with ``O_CREAT``
    (``fs.protected_regular``), so that comes second.
    """
    while True:
        with suppress(FileNotFoundError):
            return os.open(path, flags)
        with suppress(FileExistsError):
            descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
            if is_shared(path.parent) or is_shared(path.parent.parent):
                os.fchmod(descriptor, 0o660)
            return descriptor


def open_own(path: Path, flags: int, folder: Path) -> int:
    """Make a file that only its owner writes, and the group of a shared store reads."""
    descriptor = os.open(path, flags | os.O_CREAT, 0o600)
    if is_shared(folder):
        os.fchmod(descriptor, 0o640)
    return descriptor


def settle(path: Path, folder: Path) -> None:
    """Give a file beside the journal folder the rights that it is to have."""
    if not is_shared(folder):
        path.chmod(0o600)
    elif path.stat().st_uid == os.geteuid():
        os.chown(path, -1, folder.stat().st_gid)
        path.chmod(0o660)


def _group(wanted: str) -> tuple[int, str]:
    """A group by its name or number; the own one if the setting is a plain yes."""
    try:
        if wanted in settings.YES:
            return os.getegid(), str(os.getegid())
        gid = int(wanted) if wanted.isdecimal() else grp.getgrnam(wanted).gr_gid
    except KeyError:
        msg = f"MLTRACK_SHARED names the group {wanted!r}, which this machine does not know."
        raise StoreError(msg) from None
    return gid, wanted


def _make_shared(folder: Path, gid: int, name: str) -> None:
    """Make all folders of a shared store under a passing name, so that nobody meets half of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    passing = folder.with_name(f"{folder.name}.{new_token()}.tmp")
    passing.mkdir(mode=0o700)
    try:
        for below in ("", *_BELOW):
            place = passing / below
            place.mkdir(mode=0o700, exist_ok=True)
            os.chown(place, -1, gid)
            place.chmod(0o3770)
        for file in (NOTE, *_COMMON):
            (passing / file).write_text(f"{name}\n" if file == NOTE else "", "utf-8")
            os.chown(passing / file, -1, gid)
            (passing / file).chmod(0o640 if file == NOTE else 0o660)
        _make_artifacts(folder.with_name(f"{folder.name.removesuffix(_JOURNALS)}.artifacts"), gid)
        passing.rename(folder)
    except PermissionError as error:
        msg = f"You cannot share a store with the group {name!r}: {error.strerror}. Are you in it?"
        raise StoreError(msg) from error
    except OSError:
        if not folder.is_dir():  # else somebody else was faster
            raise
    finally:
        shutil.rmtree(passing, ignore_errors=True)


def _make_artifacts(folder: Path, gid: int) -> None:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, -1, gid)
        folder.chmod(stat.S_ISGID | 0o770)
