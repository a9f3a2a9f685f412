"""Where the files of a version come from, and the digest that tells them apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mltrack.artifacts import LocalUri, RunUri, parse
from jupyter_mltrack.artifacts.contents import SIGNATURE_FILE, Contents
from jupyter_mltrack.entities.logged_model import LoggedModelStatus
from jupyter_mltrack.errors import InvalidState, ResourceDoesNotExist
from jupyter_mltrack.registry.changes import ChangeMethods

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mltrack.entities import LoggedModel

_LOGGED = re.compile(r"models:/+(?P<model>m-[0-9a-f]{32})/*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The files that a version is made of.

    Attributes:
        uri: As the caller gave it.
        run_id: The run that made them.
        model_id: The logged model that they are.
        location: Where they are, if not with a run or a logged model of the store.
        digest: Of their list; None if they are far away and the store does not know them.
    """

    uri: str
    run_id: str | None = None
    model_id: str | None = None
    location: str | None = None
    digest: str | None = None


class SourceMethods(ChangeMethods):
    """Find what a version is to be made of."""

    def _source(self, uri: str, run_id: str | None = None, model_id: str | None = None) -> Source:
        """What is at a URI.

        Args:
            uri: ``runs:/<run_id>/<path>``, ``models:/m-<id>``, a path, or one that fsspec knows.
            run_id: The run, if the URI does not say it.
            model_id: The logged model, if the URI does not say it.

        Raises:
            ResourceDoesNotExist: if there is nothing.
            InvalidState: if the model was never stored completely.
        """
        logged = _LOGGED.fullmatch(uri)
        if logged or model_id is not None:
            model = self.get_logged_model(logged["model"] if logged else str(model_id))
            return self._of_logged(uri, model, run_id)
        place = parse(uri)
        if isinstance(place, RunUri):
            return self._of_run(uri, place.run_id, place.path)
        if not isinstance(place, LocalUri):
            return Source(uri=uri, run_id=run_id, location=uri)
        folder = place.path.absolute()
        if not folder.is_dir():
            msg = f"There is no model's folder at {str(place.path)!r}. Log or save the model first."
            raise ResourceDoesNotExist(msg)
        digest = Contents.of(folder).digest
        return Source(uri=uri, run_id=run_id, location=str(folder), digest=digest)

    def _of_logged(self, uri: str, model: LoggedModel, run_id: str | None = None) -> Source:
        if model.status in {LoggedModelStatus.PENDING, LoggedModelStatus.FAILED}:
            msg = (
                f"The model {model.name!r} ({model.model_id}) is {model.status}: its files were"
                " never stored completely. Log it again before you register it."
            )
            raise InvalidState(msg)
        known = self._model_digests(self._model_home(model.model_id), model.model_id, "")
        return Source(
            uri=uri,
            run_id=model.source_run_id or run_id,
            model_id=model.model_id,
            digest=_digest(known),
        )

    def _of_run(self, uri: str, run_id: str, path: str) -> Source:
        self.get_run(run_id)  # raises if there is none
        model = self.logged_model_at(run_id, path) if path else None
        if model is not None:
            return self._of_logged(uri, model)
        known = self._digests(run_id, path)
        if not known:
            msg = (
                f"There is no model at {uri!r}: the run has nothing there. Log one with"
                " log_model(), or look at list_artifacts()."
            )
            raise ResourceDoesNotExist(msg)
        below = {name.removeprefix(f"{path}/"): found for name, found in known.items()}
        return Source(uri=uri, run_id=run_id, digest=_digest(below))


def _digest(files: Mapping[str, Sequence[str]]) -> str | None:
    """The digest of files that the store knows, as `Contents` makes it; the newest of each."""
    counted = {path: found[-1] for path, found in files.items() if path != SIGNATURE_FILE}
    return Contents(files=counted).digest if counted else None
