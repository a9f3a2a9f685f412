"""Whether files are what was logged: their SHA-256, compared when they are loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from jupyter_mltrack.errors import ArtifactChanged


def check_intact(place: Path, path: str, logged: Mapping[str, Sequence[str]], home: str) -> None:
    """Return if no file at or below ``place`` differs from what was logged.

    A file that was logged several times may be any of these: the process that logged it may have
    died before the newer one took its place. Files without a note are not looked at.

    Args:
        place: Where the file or folder ``path`` of a run is on this machine.
        path: Its path in the run; ``""`` is everything.
        logged: The digests of files at or below ``path``, by path in the run, the newest last.
        home: The run's artifact folder, for the message.

    Raises:
        ArtifactChanged: for the first file that does.
    """
    for name, digests in sorted(logged.items()):
        file = place / name.removeprefix(path).lstrip("/") if name != path else place
        if not file.is_file():
            continue
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
        if found not in digests:
            raise ArtifactChanged(name, f"{home}/{name}", digests[-1], found)
