"""The signature of models that this user logged: an HMAC-SHA256 with a key that only they have.

It says who made the files, so it is checked before any of them is believed. The key lies in
`settings.data_folder`; whoever can read it can sign.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path

from jupyter_mltrack import settings
from jupyter_mltrack.artifacts.contents import SIGNATURE_FILE, Contents
from jupyter_mltrack.models.whole_file import write_whole

_log = logging.getLogger("jupyter_mltrack")

_KEY_BYTES = 32
_PURPOSE = b"jupyter_mltrack model 1\n"

#: The largest signature file that is read; ours have 100 bytes.
_MAX_BYTES = 4096

#: Signs while there is no place for a key that stays. One for all threads and forked children.
_PASSING_KEY = secrets.token_bytes(_KEY_BYTES)


def sign(folder: Path) -> None:
    """Note in a model's folder that this user made its files, as they are now."""
    mac = _mac(Contents.of(folder))
    write_whole(folder / SIGNATURE_FILE, json.dumps({"version": 1, "hmac_sha256": mac}))


def is_signed(folder: Path, contents: Contents) -> bool:
    """Whether this user signed a folder with just these contents."""
    file = folder / SIGNATURE_FILE
    try:
        if file.is_symlink() or file.stat().st_size > _MAX_BYTES:
            return False
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    mac = found.get("hmac_sha256") if isinstance(found, dict) else None
    if not isinstance(mac, str):
        return False
    return hmac.compare_digest(mac.encode(errors="replace"), _mac(contents).encode())


def private_folder(name: str) -> Path:
    """A folder of the user's data that only they can enter; it is made if it is not there.

    Raises:
        OSError: if it cannot be made, or others may write into it or own it.
    """
    folder = settings.data_folder() / name
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.stat()
    if found.st_uid != os.geteuid():
        msg = f"{folder} belongs to another user"
        raise PermissionError(msg)
    if stat.S_IMODE(found.st_mode) != stat.S_IRWXU:
        folder.chmod(0o700)
    return folder


def _mac(contents: Contents) -> str:
    return hmac.digest(_key_in(settings.data_folder()), _PURPOSE + contents.text, "sha256").hex()


@cache
def _key_in(data_folder: Path) -> bytes:
    """The user's key, made when it is first needed."""
    try:
        return _kept_key(private_folder("trust") / "key")
    except OSError as error:
        _log.warning(
            "The key that signs your models cannot be kept in %s: %s. Models that you log now load"
            " in this process only; later you must call trust() on them. Set MLTRACK_DATA_DIR to a"
            " folder that you alone can write.",
            data_folder,
            error.strerror or error,
        )
        return _PASSING_KEY


def _kept_key(file: Path) -> bytes:
    """The key in a file; two processes that make it at once end up with the same."""
    if not file.exists():
        passing = file.with_name(f"key-{secrets.token_hex(8)}")
        descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, secrets.token_bytes(_KEY_BYTES))
            os.fsync(descriptor)
            with suppress(FileExistsError):  # another process was faster
                os.link(passing, file)
        finally:
            os.close(descriptor)
            passing.unlink(missing_ok=True)
    return _read_key(file)


def _read_key(file: Path) -> bytes:
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            msg = f"others than you can read {file}; delete it, and a new one will be made"
            raise PermissionError(msg)
        key = os.read(descriptor, _KEY_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(key) != _KEY_BYTES:
        msg = f"{file} is damaged; delete it, and a new one will be made"
        raise OSError(msg)
    return key
