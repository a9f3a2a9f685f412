"""The client's half that follows ``models:/`` URIs: to a version, and to its files."""

from __future__ import annotations

from pathlib import Path

from jupyter_mltrack.artifacts import RunUri, checked, open_folder, parse
from jupyter_mltrack.artifacts.contents import Contents
from jupyter_mltrack.entities.model_registry import ModelVersion, ModelVersionStatus
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    InvalidState,
    RegisteredFilesChanged,
    ResourceDoesNotExist,
)
from jupyter_mltrack.registry import uris
from jupyter_mltrack.registry.sources import Source
from jupyter_mltrack.registry.stages import StageMethods
from jupyter_mltrack.store import model_search


class ResolvingMethods(StageMethods):
    """Find versions by URI, and the files of versions."""

    def get_model_version_by_uri(self, uri: str) -> ModelVersion:
        """The version that a ``models:/`` URI means. Not in MLflow.

        Args:
            uri: ``models:/<name>/<version>``, ``…/<stage>``, ``…/latest`` or
                ``models:/<name>@<alias>``; with ``@<date>`` behind, as of that time.

        Raises:
            InvalidParameterValue: if it is no such URI, or asks for an alias or a stage that is
                not there.
            ResourceDoesNotExist: if there is no such model or version.

        Example:
            >>> client.get_model_version_by_uri("models:/wine/Production@2026-05-03").version
            2
        """
        asked = uris.parse(uri)
        if asked is None:
            msg = (
                f"{uri!r} names no registered model; write 'models:/<name>/<version>',"
                " 'models:/<name>/<stage>' or 'models:/<name>@<alias>', and '@2026-05-03' behind"
                " it for that day."
            )
            raise InvalidParameterValue(msg)
        if asked.alias is not None:
            return self.get_model_version_by_alias(asked.name, asked.alias, at=asked.at)
        if asked.stage is not None:
            return self.get_model_version_by_stage(asked.name, asked.stage, at=asked.at)
        if asked.version is not None:
            return self.get_model_version(asked.name, asked.version, at=asked.at)
        return self._newest(asked)

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
        whole = open_folder(self.model_version_folder(version)).fetch("")
        if version.digest is not None:
            found = Contents.of(whole).digest
            if found != version.digest:
                raise RegisteredFilesChanged(
                    version.name, version.version, str(whole), version.digest, found
                )
        return open_folder(whole).fetch(below, None if dst_path is None else Path(dst_path))

    def _newest(self, asked: uris.RegisteredUri) -> ModelVersion:
        found = self._model(asked.name, asked.at).latest_versions
        if not found:
            msg = (
                f"No versions of model with name {asked.name!r} found. Add one with"
                " register_model()."
            )
            raise ResourceDoesNotExist(msg)
        return max(found, key=lambda one: one.version)

    def _source(self, uri: str, run_id: str | None = None, model_id: str | None = None) -> Source:
        """As `SourceMethods._source`, of versions of registered models too."""
        if model_id is not None or uris.parse(uri) is None:
            return super()._source(uri, run_id, model_id)
        found = self.get_model_version_by_uri(uri)
        self.model_version_folder(found)  # raises if there is nothing
        return Source(
            uri=uri,
            run_id=found.run_id or run_id,
            model_id=found.model_id,
            location=found.location,
            digest=found.digest,
        )
