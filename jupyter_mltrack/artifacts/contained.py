"""The one sink through which every artifact path goes: nothing leaves the folder it belongs to.

A path is what the caller typed, not a URL: nothing is decoded, so ``%2e%2e`` is a name of six
characters. What could mean a place elsewhere to some program on some machine is refused, also
where it would be harmless here, because a store may be moved.
"""

from __future__ import annotations

import re
from pathlib import Path

from jupyter_mltrack.errors import UnsafePath

#: Names that begin so belong to files that are still being written; they are never listed.
PASSING = ".mltrack-passing-"

#: The longest name of one file or folder, in bytes, on the usual file systems.
MAX_NAME = 255

#: The longest path below a run's folder, in bytes: what S3 takes as a key.
MAX_PATH = 1024

_DRIVE_OR_SCHEME = re.compile(r"[A-Za-z]:|[A-Za-z][A-Za-z0-9+.\-]+:/")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def checked(relative: object) -> str:
    """Return a relative path in its shortest spelling, with ``/``.

    Example:
        >>> checked("plots//loss.png")
        'plots/loss.png'

    Raises:
        UnsafePath: if it is empty, absolute, climbs with ``..``, or could mean another place.
    """
    if not isinstance(relative, str):
        msg = f"An artifact path is a string such as 'plots/loss.png'; this is a {type(relative)}."
        raise UnsafePath(msg)
    if reason := _first_fault(relative):
        msg = (
            f"Invalid artifact path {relative[:200]!r}: {reason}. Use a relative path with '/'"
            " between names, such as 'plots/loss.png'."
        )
        raise UnsafePath(msg)
    return "/".join(_names(relative))


def contained(base: Path, relative: str) -> Path:
    """Return the place of ``relative`` below ``base``, with all links followed.

    Args:
        base: The folder that must not be left; it need not exist.
        relative: A path as `checked` takes it.

    Raises:
        UnsafePath: if `checked` refuses it, or a link on the way leads out of ``base``.
    """
    below = checked(relative)
    try:
        root = base.resolve()
        target = (root / below).resolve()
    except (OSError, RuntimeError) as error:  # a loop of links
        msg = f"Cannot follow the links in {below!r} below {base}: {error}. Remove them."
        raise UnsafePath(msg) from error
    if target == root or not target.is_relative_to(root):
        msg = f"{below!r} leads through a link out of {base}. Remove the link, or copy its target."
        raise UnsafePath(msg)
    return target


def _names(relative: str) -> list[str]:
    return [name for name in relative.split("/") if name not in {"", "."}]


def _first_fault(relative: str) -> str | None:
    """Why a path cannot be used, or None."""
    names = _names(relative)
    faults = {
        "it holds a control character": _CONTROL.search(relative),
        "it is not valid unicode": _encoded(relative) is None,
        "it holds a backslash": "\\" in relative,
        "it is absolute": relative.startswith("/"),
        "it begins like a drive or a URL": _DRIVE_OR_SCHEME.match(relative),
        "it climbs with '..'": ".." in names,
        "it names nothing": not names,
        f"'{PASSING}' is reserved": any(name.startswith(PASSING) for name in names),
        f"a name takes more than {MAX_NAME} bytes": any(
            len(_encoded(name) or b"") > MAX_NAME for name in names
        ),
        f"it takes more than {MAX_PATH} bytes": len(_encoded(relative) or b"") > MAX_PATH,
    }
    return next((reason for reason, found in faults.items() if found), None)


def _encoded(text: str) -> bytes | None:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None
