"""The client's half that follows ``models:/`` URIs to versions."""

from __future__ import annotations

from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.registry import uris
from jupyter_mltrack.registry.sources import Source
from jupyter_mltrack.registry.stages import StageMethods


class ResolvingMethods(StageMethods):
    """Find versions by URI."""

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
