"""A small text file of a model's folder, written whole or not at all."""

from __future__ import annotations

import secrets
from pathlib import Path

from jupyter_mltrack.artifacts.contained import PASSING
from jupyter_mltrack.errors import InvalidParameterValue, StoreError


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step: who reads it finds the old text or the new one.

    It is not synced; that happens when the folder becomes a run's.

    Args:
        path: Which file; its folder exists.
        text: Its content, written as UTF-8.

    Raises:
        InvalidParameterValue: if the text has characters that UTF-8 cannot write.
        StoreError: if the folder does not take the file.
    """
    passing = path.with_name(f"{PASSING}{secrets.token_hex(8)}")
    try:
        with passing.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        passing.replace(path)
    except UnicodeEncodeError as error:
        passing.unlink(missing_ok=True)
        msg = f"{path.name} cannot be written as UTF-8: {error}. Remove the lone surrogate."
        raise InvalidParameterValue(msg) from error
    except OSError as error:
        passing.unlink(missing_ok=True)
        msg = f"Cannot write {path}: {error.strerror or error}."
        raise StoreError(msg) from error
