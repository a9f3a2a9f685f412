"""The client's half that brings the files of versions, as they were registered."""

from __future__ import annotations

import hashlib
from pathlib import Path

from jupyter_mltrack.artifacts import ArtifactFolder, RunUri, checked, open_folder, parse
from jupyter_mltrack.artifacts.contents import Contents
from jupyter_mltrack.entities.model_registry import ModelVersion, ModelVersionStatus
from jupyter_mltrack.errors import InvalidState, RegisteredFilesChanged, ResourceDoesNotExist
from jupyter_mltrack.registry.versions import VersionMethods
from jupyter_mltrack.store import model_search


class VersionFileMethods(VersionMethods):
    """Say where the files of versions are, and bring them here."""

    def get_model_version_download_uri(self, name: str, version: str | int) -> str:
        """Where the files of a version are: a path, or a URI that `download_artifacts` takes.

        Raises:
            ResourceDoesNotExist: if there is no such version, or its files were removed.
        """
        return self.model_version_folder(self._version(name, version))

    def model_version_folder(self, version: ModelVersion) -> str:
        """Where the files of a version are, which may be one of the past. Not in MLflow.

        Raises:
            ResourceDoesNotExist: if they were removed for ever.
        """
        if version.model_id is not None:
            place = model_search.location(self._store, version.model_id)
            if place is None:
                msg = (
                    f"The files of version {version.version} of {version.name} were removed for"
                    " ever. Log the model and register it again."
                )
                raise ResourceDoesNotExist(msg)
            return place
        stored = version.location or str(version.source)
        place_of_run = parse(stored)
        if not isinstance(place_of_run, RunUri):
            return stored
        home = self.get_run(place_of_run.run_id).info.artifact_uri
        return f"{home}/{place_of_run.path}" if place_of_run.path else home

    def download_model_version(
        self, version: ModelVersion, path: str = "", dst_path: str | Path | None = None
    ) -> Path:
        """Bring the files of a version to this machine, as they were registered. Not in MLflow.

        A file that the store noted when it was logged is compared alone; else all files are.

        Args:
            version: The version.
            path: A file or folder of it; ``""`` is everything.
            dst_path: A folder, made if missing; the files keep their paths below it. Without it
                files that are on this machine stay where they are.

        Returns:
            Where it is now.

        Raises:
            InvalidState: if the version is not READY: its files may not be whole.
            ResourceDoesNotExist: if its files were removed, or there is nothing at ``path``.
            RegisteredFilesChanged: if they are not those that were registered.
        """
        if version.status != ModelVersionStatus.READY:
            reason = f" ({version.status_message})" if version.status_message else ""
            msg = (
                f"Version {version.version} of {version.name} is {version.status}{reason}, so its"
                " files may not be whole. Register the model again."
            )
            raise InvalidState(msg)
        below = checked(path) if path not in {"", "."} else ""
        target = None if dst_path is None else Path(dst_path)
        folder = open_folder(self.model_version_folder(version))
        if version.digest is None:  # far away, and never noted
            return folder.fetch(below, target)
        noted = self._noted_files(version.model_id, version.run_id, version.location)
        if noted.digest == version.digest and below in noted.files:
            return _one_file(version, folder, below, target, noted)
        whole = folder.fetch("")
        _check(version, Contents.of(whole), whole)
        return open_folder(whole).fetch(below, target)


def _one_file(
    version: ModelVersion, folder: ArtifactFolder, path: str, target: Path | None, noted: Contents
) -> Path:
    file = folder.fetch(path, target)
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    _check(version, Contents(files={**noted.files, path: found}), file)
    return file


def _check(version: ModelVersion, found: Contents, place: Path) -> None:
    """Return if these are the files that were registered.

    Raises:
        RegisteredFilesChanged: if they are not.
    """
    expected = str(version.digest)
    if found.digest != expected:
        raise RegisteredFilesChanged(
            version.name, version.version, str(place), expected, found.digest
        )
