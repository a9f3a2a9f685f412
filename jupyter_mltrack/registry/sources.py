"""Where the files of a version come from, and the digest that tells them apart."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mltrack.artifacts import LocalUri, RunUri, parse
from jupyter_mltrack.artifacts.contents import Contents, is_counted
from jupyter_mltrack.entities.logged_model import LoggedModelStatus
from jupyter_mltrack.errors import InvalidState, ResourceDoesNotExist
from jupyter_mltrack.registry.changes import ChangeMethods
from jupyter_mltrack.store import model_search

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mltrack.entities import LoggedModel

_LOGGED = re.compile(r"models:/+(?P<model>m-[0-9a-f]{32})/*")

#: Where files of a run, and of a model without one, are, here and in MLflow.
_IN_RUN = re.compile(r"(?P<home>.*/(?P<run>[0-9a-f]{32})/artifacts)/(?P<path>.+)")
_IN_MODEL = re.compile(r".*/(?P<model>m-[0-9a-f]{32})/artifacts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The files that a version is made of.

    Attributes:
        uri: As the caller gave it.
        run_id: The run that made them.
        model_id: The logged model that they are.
        location: Where they are, if they are not a logged model: ``runs:/…`` of files of a run,
            so that the store can be moved; else a path or a URI.
        digest: Of their list; None if they are far away and the store does not know them.
    """

    uri: str
    run_id: str | None = None
    model_id: str | None = None
    location: str | None = None
    digest: str | None = None

    @property
    def is_in_run(self) -> bool:
        """Whether they are files of a run that are no logged model."""
        return self.location is not None and self.location.startswith("runs:/")


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
        if isinstance(place, LocalUri):
            return self._of_path(uri, place.path, run_id)
        if isinstance(place, RunUri):
            return self._of_run(uri, place.run_id, place.path)
        return Source(uri=uri, run_id=run_id, location=uri)

    def _check_there(self, origin: Source) -> None:
        """Return if nobody removed the files for ever since; ask under ``agreeing``.

        Raises:
            ResourceDoesNotExist: if somebody did.
        """
        if origin.run_id is not None and origin.is_in_run:
            self.get_run(origin.run_id)
        gone = origin.model_id is not None and (
            model_search.location(self._store, origin.model_id) is None
        )
        if gone:
            msg = f"The files at {origin.uri!r} were removed for ever. Log the model again."
            raise ResourceDoesNotExist(msg)

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

    def _of_path(self, uri: str, path: Path, run_id: str | None) -> Source:
        """A folder on this machine; the files of a run or a model, if it is theirs."""
        spelled = os.path.abspath(path)  # noqa: PTH100  (links stay)
        if found := _IN_MODEL.fullmatch(spelled):
            with suppress(ResourceDoesNotExist):
                model = self.get_logged_model(found["model"])
                if model.artifact_location == spelled or not path.exists():
                    return self._of_logged(uri, model, run_id)
        if found := _IN_RUN.fullmatch(spelled):
            with suppress(ResourceDoesNotExist):
                home = self.get_run(found["run"]).info.artifact_uri
                if home == found["home"] or not path.exists():
                    return self._of_run(uri, found["run"], found["path"])
        if not path.is_dir():
            msg = f"There is no model's folder at {str(path)!r}. Log or save the model first."
            raise ResourceDoesNotExist(msg)
        return Source(
            uri=uri, run_id=run_id, location=spelled, digest=Contents.of(Path(spelled)).digest
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
        return Source(
            uri=uri, run_id=run_id, location=f"runs:/{run_id}/{path}", digest=_digest(below)
        )


def _digest(files: Mapping[str, Sequence[str]]) -> str | None:
    """The digest of files that the store knows, as `Contents` makes it; the newest of each."""
    counted = {path: found[-1] for path, found in files.items() if is_counted(path)}
    return Contents(files=counted).digest if counted else None
