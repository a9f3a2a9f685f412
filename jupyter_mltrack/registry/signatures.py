"""Signatures of versions, fetched while nobody has to wait for the store.

Files may be far away. So what decides under the store's lock only looks at signatures that were
fetched before; one that is not there yet is fetched without the lock, and it is decided anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.registry import model_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_mltrack.entities.model_registry import ModelVersion
    from jupyter_mltrack.registry.version_files import VersionFileMethods

T = TypeVar("T")


class NotFetched(Exception):
    """A signature that nobody fetched yet.

    Args:
        version: The version that it is of.
    """

    def __init__(self, version: ModelVersion) -> None:
        super().__init__(version.name, version.version)
        self.version = version


class Signatures:
    """The signatures that were fetched for one decision.

    Args:
        client: Who fetches them.
    """

    def __init__(self, client: VersionFileMethods) -> None:
        self._client = client
        self._known: dict[object, Mapping[str, Any] | MltrackException | None] = {}

    def of(self, version: ModelVersion) -> Mapping[str, Any] | None:
        """The ``signature`` of a version's ``MLmodel`` file; None if it has none.

        Raises:
            NotFetched: if nobody fetched it yet.
            MltrackException: if the file could not be read.
        """
        key = _files(version)
        if key not in self._known:
            raise NotFetched(version)
        found = self._known[key]
        if isinstance(found, MltrackException):
            raise found
        return found

    def decided(self, decide: Callable[[], T]) -> T:
        """What ``decide`` returns, which may ask for signatures under the store's lock.

        Each time one is missing it is fetched, and ``decide`` is called again, so a version that
        came between is judged by its own files.
        """
        while True:
            try:
                return decide()
            except NotFetched as wanted:
                self._fetch(wanted.version)

    def _fetch(self, version: ModelVersion) -> None:
        try:
            self._known[_files(version)] = model_file.signature(self._client, version)
        except MltrackException as error:
            self._known[_files(version)] = error


def _files(version: ModelVersion) -> object:
    """What tells the files of one version from those of another."""
    return version.model_id, version.location, version.source, version.digest
