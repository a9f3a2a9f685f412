"""Where the files of a version come from, and the digest that tells them apart."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mltrack.artifacts import LocalUri, RunUri, parse
from jupyter_mltrack.artifacts.contents import Contents, is_counted
from jupyter_mltrack.entities.logged_model import LoggedModel, LoggedModelStatus
from jupyter_mltrack.errors import InvalidState, ResourceDoesNotExist
from jupyter_mltrack.registry.changes import ChangeMethods
from jupyter_mltrack.store import model_search

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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

    def owner_of_path(self, path: Path) -> LoggedModel | RunUri | None:
        """Whose files are at a path: a logged model's, or a run's. Not in MLflow.

        Args:
            path: On this machine; it need not exist if it is where MLflow would keep such files.

        Returns:
            The model, or the place in the run; None if they are of neither in this store.
        """
        spelled = os.path.abspath(path)  # noqa: PTH100  (links stay)
        if found := _IN_MODEL.fullmatch(spelled):
            with suppress(ResourceDoesNotExist):
                model = self.get_logged_model(found["model"])
                if model.artifact_location == spelled or not path.exists():
                    return model
        if found := _IN_RUN.fullmatch(spelled):
            with suppress(ResourceDoesNotExist):
                home = self.get_run(found["run"]).info.artifact_uri
                if home == found["home"] or not path.exists():
                    return RunUri(run_id=found["run"], path=found["path"])
        return None

    def _of_logged(self, uri: str, model: LoggedModel, run_id: str | None = None) -> Source:
        if model.status in {LoggedModelStatus.PENDING, LoggedModelStatus.FAILED}:
            msg = (
                f"The model {model.name!r} ({model.model_id}) is {model.status}: its files were"
                " never stored completely. Log it again before you register it."
            )
            raise InvalidState(msg)
        return self._with_digest(
            Source(uri=uri, run_id=model.source_run_id or run_id, model_id=model.model_id)
        )

    def _of_path(self, uri: str, path: Path, run_id: str | None) -> Source:
        """A folder on this machine; the files of a run or a model, if it is theirs."""
        match self.owner_of_path(path):
            case RunUri(run_id=run, path=below):
                return self._of_run(uri, run, below)
            case LoggedModel() as model:
                return self._of_logged(uri, model, run_id)
        if not path.is_dir():
            msg = f"There is no model's folder at {str(path)!r}. Log or save the model first."
            raise ResourceDoesNotExist(msg)
        spelled = os.path.abspath(path)  # noqa: PTH100  (links stay)
        return Source(
            uri=uri, run_id=run_id, location=spelled, digest=Contents.of(Path(spelled)).digest
        )

    def _of_run(self, uri: str, run_id: str, path: str) -> Source:
        self.get_run(run_id)  # raises if there is none
        model = self.logged_model_at(run_id, path) if path else None
        if model is not None:
            return self._of_logged(uri, model)
        found = self._with_digest(Source(uri=uri, run_id=run_id, location=f"runs:/{run_id}/{path}"))
        if found.digest is None:
            msg = (
                f"There is no model at {uri!r}: the run has nothing there. Log one with"
                " log_model(), or look at list_artifacts()."
            )
            raise ResourceDoesNotExist(msg)
        return found

    def _with_digest(self, origin: Source) -> Source:
        """A source with the digest of its files, if the store has noted any."""
        noted = self._noted_files(origin.model_id, origin.run_id, origin.location)
        return replace(origin, digest=noted.digest if noted.files else None)

    def _noted_files(
        self, model_id: str | None, run_id: str | None, location: str | None
    ) -> Contents:
        """The files of a source, as the store noted them; of a model in the bin too."""
        place = parse(location) if location is not None else None
        inside = None if model_id is None else model_search.folder(self._store, model_id)
        if isinstance(place, RunUri):
            run_id, inside = place.run_id, place.path
        found: Mapping[str, Sequence[str]] = {}
        if inside is not None:
            known = self._digests(str(run_id), inside)
            found = {path.removeprefix(f"{inside}/"): sums for path, sums in known.items()}
        elif model_id is not None:
            found = model_search.file_digests(self._store, model_id, "")
        newest = {path: sums[-1] for path, sums in found.items() if is_counted(path)}
        return Contents(files=newest)
