"""Artifacts elsewhere: s3://, gs://, abfs://, sftp://, memory:// … whatever fsspec speaks.

fsspec comes with this package; the program for a scheme is often a package of its own.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts.contained import PASSING, checked, contained
from jupyter_mltrack.artifacts.folder import Listing, Noting, Stored
from jupyter_mltrack.entities import FileInfo
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist, StoreError

#: Where an upload shows up when it is complete and not before. Elsewhere a file is uploaded under
#: a passing name and moved.
_WHOLE_UPLOADS = frozenset(
    {"abfs", "abfss", "adl", "az", "gcs", "gs", "memory", "oss", "s3", "s3a"}
)


class RemoteFolder:
    """The artifact folder at ``uri``.

    Args:
        uri: With a scheme, such as ``s3://bucket/folder``.

    Raises:
        InvalidParameterValue: if nothing speaks this scheme, or its package is not installed.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._files, self._root = _connected(uri)

    def __repr__(self) -> str:
        return f"RemoteFolder({self.uri!r})"

    def put(self, source: Path, path: str, note: Noting | None = None) -> Stored:
        """Upload a file; see `ArtifactFolder.put`."""
        path = checked(path)
        with source.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            stored = Stored(path=path, size=content.tell(), sha256=sha256)
        with self._complaints(path):
            self._upload(source, stored, note or (lambda _: None))
        return stored

    def list(self, path: str = "") -> Listing:
        """What is directly in a folder; see `ArtifactFolder.list`."""
        place = self._place(path)
        with self._complaints(path):
            self._files.invalidate_cache()
            try:
                entries = self._files.ls(place, detail=True)
            except (FileNotFoundError, NotADirectoryError):
                return []
        found = {info.path: info for entry in entries if (info := self._described(entry, place))}
        return [found[name] for name in sorted(found)]

    def fetch(self, path: str, destination: Path | None = None) -> Path:
        """Download a file or folder; see `ArtifactFolder.fetch`.

        Without a destination it comes to a new temporary folder, which stays.
        """
        place = self._place(path)
        folder = Path(tempfile.mkdtemp(prefix="mltrack-")) if destination is None else destination
        with self._complaints(path):
            self._files.invalidate_cache()
            if not self._files.exists(place):
                msg = f"No such artifact: {path!r} in {self.uri}. See list_artifacts() for what is."
                raise ResourceDoesNotExist(msg)
            names = [place] if self._files.isfile(place) else self._files.find(place)
        for name in names:
            self._download(name, folder)
        return folder if place == self._root else contained(folder, path)

    def remove(self) -> None:
        """Delete everything; see `ArtifactFolder.remove`."""
        with self._complaints(""):
            self._files.invalidate_cache()
            if self._files.exists(self._root):
                self._files.rm(self._root, recursive=True)

    def _place(self, path: str) -> str:
        return self._root if path in {"", "."} else f"{self._root}/{checked(path)}"

    def _upload(self, source: Path, stored: Stored, note: Noting) -> None:
        place = self._place(stored.path)
        parent = place.rpartition("/")[0]
        self._files.makedirs(parent, exist_ok=True)
        if not _WHOLE_UPLOADS.isdisjoint(_protocols(self._files)):
            self._files.put_file(str(source), place)
            self._check_size(place, stored)
            note(stored)
            return
        passing = f"{parent}/{PASSING}{secrets.token_hex(8)}"
        try:
            self._files.put_file(str(source), passing)
            self._check_size(passing, stored)
            note(stored)
            self._files.mv(passing, place)
        except BaseException:
            if self._files.exists(passing):
                self._files.rm_file(passing)
            raise

    def _check_size(self, place: str, stored: Stored) -> None:
        self._files.invalidate_cache()
        if self._files.info(place).get("size") not in {stored.size, None}:
            msg = f"{stored.path!r} changed while it was uploaded to {self.uri}. Log it again."
            raise StoreError(msg)

    def _download(self, name: str, folder: Path) -> None:
        """Bring one file to its own path below ``folder``, whatever name the other side gave it."""
        relative = name.removeprefix(self._root).lstrip("/")
        if PASSING not in relative:
            target = contained(folder, relative)
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._complaints(relative):
                self._files.get_file(name, str(target))

    def _described(self, entry: dict[str, Any], place: str) -> FileInfo | None:
        """The listing of one entry; None for ``place`` itself and for what is being written."""
        name = str(entry["name"]).rstrip("/")
        relative = name.removeprefix(self._root).lstrip("/")
        if name.strip("/") == place.strip("/") or PASSING in relative:
            return None
        if entry["type"] == "directory":
            return FileInfo(relative, is_dir=True)
        return FileInfo(relative, is_dir=False, file_size=entry.get("size"))

    @contextmanager
    def _complaints(self, path: str) -> Iterator[None]:
        """Say in our words what the other side refused."""
        try:
            yield
        except (ResourceDoesNotExist, StoreError):
            raise
        except Exception as error:  # every package has exceptions of its own
            msg = f"Cannot reach {path or 'the folder'!r} at {self.uri}: {error}."
            raise StoreError(msg) from error


def _connected(uri: str) -> tuple[Any, str]:
    """The file system behind ``uri`` and the place in it."""
    from fsspec.core import url_to_fs

    scheme = uri.partition(":")[0]
    if "::" in uri:
        msg = f"{uri!r} chains two places; write the one where the artifacts are."
        raise InvalidParameterValue(msg)
    try:
        files, root = url_to_fs(uri)
    except ImportError as error:
        msg = f"{scheme}:// needs a package that is not installed: {error}. Install it with pip."
        raise InvalidParameterValue(msg) from error
    except ValueError as error:
        msg = f"Cannot keep artifacts at {uri!r}: {error}."
        raise InvalidParameterValue(msg) from error
    return files, str(root).rstrip("/")


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)
