"""The client's half that empties the bin: deleted runs and models go for ever, with their files."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from jupyter_mltrack.artifacts import open_folder
from jupyter_mltrack.errors import InvalidParameterValue, InvalidState
from jupyter_mltrack.events import ModelSet, RunStage
from jupyter_mltrack.store import model_search, queries, registry_search
from jupyter_mltrack.tracking import limits
from jupyter_mltrack.tracking.logged_models import LoggedModelMethods

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    #: By the id of a run or a model, names and numbers of the versions that came from it.
    _Needed = Mapping[str, Sequence[tuple[str, int]]]

_log = logging.getLogger("jupyter_mltrack")


class BinMethods(LoggedModelMethods):
    """Empty the bin."""

    def gc(
        self,
        older_than: str | None = None,
        run_ids: Sequence[str] | None = None,
        experiment_ids: Sequence[str] | None = None,
        logged_model_ids: Sequence[str] | None = None,
    ) -> list[str]:
        """Remove deleted runs and logged models for ever, with their files.

        A model that lies among the files of a run goes with the run. What versions of registered
        models came from stays until these are deleted; a warning names it.

        Args:
            older_than: Only those deleted so long ago, such as ``"30d"`` or ``"1d12h"``.
            run_ids: Only these runs, and no models but ``logged_model_ids``.
            experiment_ids: Only those of these experiments (ids or names).
            logged_model_ids: Only these models, and no runs but ``run_ids``.

        Returns:
            The ids of the runs, then those of the models, that were removed.

        Raises:
            InvalidParameterValue: if one that is named is not deleted, or ``older_than`` is no
                duration.
            InvalidState: if a version of a registered model came from one that is named.
        """
        before = int(time.time() * 1000) - limits.milliseconds(older_than or "0s")
        everything = run_ids is None and logged_model_ids is None
        of = None if experiment_ids is None else set(self._experiment_ids(experiment_ids))
        store = self._store
        # Agreeing, else somebody may register what is being removed.
        with store.agreeing() if store.exists() else store.reading():
            needed = registry_search.needed(self._store)
            _refuse_needed(needed, [*(run_ids or ()), *(logged_model_ids or ())])
            runs = queries.deleted_runs(self._store, before)
            models = model_search.deleted(self._store, before)
            chosen_runs = _chosen(runs, None if everything else run_ids or (), of)
            chosen_models = _chosen(models, None if everything else logged_model_ids or (), of)
            _warn_of_needed(needed, chosen_runs + chosen_models)
            gone_runs = [run_id for run_id in chosen_runs if run_id not in needed]
            gone_models = [model_id for model_id in chosen_models if model_id not in needed]
            for run_id in gone_runs:
                self._remove_run(run_id)
            for model_id in gone_models:
                self._remove_model(model_id)
        return gone_runs + gone_models

    def _remove_run(self, run_id: str) -> None:
        self._artifact_folder(run_id).remove()
        self._store.append(RunStage(run_id, "purged", int(time.time() * 1000)))
        for model_id, home in list(self._known.models.items()):
            if home.run_id == run_id:
                del self._known.models[model_id]

    def _remove_model(self, model_id: str) -> None:
        place = model_search.location(self._store, model_id)
        if place is not None:  # else it went with its run
            open_folder(place).remove()
            self._set(ModelSet(model_id, "stage", "purged"))


def _refuse_needed(needed: _Needed, named: Sequence[str]) -> None:
    """Refuse to remove what versions of registered models came from.

    Raises:
        InvalidState: if there is some among those that are named.
    """
    kept = [one for one in named if one in needed]
    if kept:
        msg = (
            f"Registered models need what is to be removed: {_listed(needed, kept)}. Delete these"
            " versions first with delete_model_version(), or leave their runs and models alone."
        )
        raise InvalidState(msg)


def _warn_of_needed(needed: _Needed, chosen: Sequence[str]) -> None:
    kept = [one for one in chosen if one in needed]
    if kept:
        _log.warning("Kept, because registered models need it: %s.", _listed(needed, kept))


def _listed(needed: _Needed, ids: Sequence[str]) -> str:
    """Ids, each with the versions that came from it."""
    return "; ".join(
        f"{one} ({', '.join(f'{name} version {number}' for name, number in needed[one])})"
        for one in ids
    )


def _chosen(
    binned: dict[str, str], ids: Sequence[str] | None, experiment_ids: set[str] | None
) -> list[str]:
    """Those to be removed of what is in the bin, which comes with the experiment of each.

    Raises:
        InvalidParameterValue: if one that is named is not in the bin.
    """
    chosen = set(binned) if ids is None else set(ids)
    if not chosen <= binned.keys():
        msg = (
            f"{', '.join(sorted(chosen - binned.keys()))} cannot be removed: not deleted, or"
            " not for long enough. Delete it first with delete_run() or delete_logged_model()."
        )
        raise InvalidParameterValue(msg)
    return sorted(one for one in chosen if experiment_ids is None or binned[one] in experiment_ids)
