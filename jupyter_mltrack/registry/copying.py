"""The client's half that copies versions from one registered model to another."""

from __future__ import annotations

from dataclasses import replace

from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.described import Described
from jupyter_mltrack.registry.registering import RegisterMethods


class CopyMethods(RegisterMethods):
    """Copy versions."""

    def copy_model_version(
        self, src_model_uri: str, dst_name: str, *, comment: str | None = None
    ) -> ModelVersion:
        """Make a version a version of another registered model, which is made if there is none.

        The copy has the description, the tags and the files of the original, whatever becomes of
        that; its stage is None, and it has no aliases. The files are not copied.

        Args:
            src_model_uri: ``models:/<name>/<version>``, or any other URI of a version.
            dst_name: The registered model that gets it.
            comment: Why, for the trail. Not in MLflow.

        Returns:
            The copy.

        Raises:
            InvalidParameterValue: if one of them cannot be used.
            ResourceDoesNotExist: if there is no such version.

        Example:
            >>> client.copy_model_version("models:/wine-dev@candidate", "wine")
        """
        called = limits.name(dst_name)
        found = self.get_model_version_by_uri(src_model_uri)
        origin = self._source(src_model_uri)
        said = Described.of(found.description, found.tags, found.run_link, comment)
        here = replace(origin, uri=f"models:/{found.name}/{found.version}")
        return self._added(called, said, here).version
