"""The client's half that goes back: the version that was in a stage before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.entities.model_registry.model_version_stages import (
    STAGE_ARCHIVED,
    STAGE_NONE,
    STAGE_PRODUCTION,
    get_canonical_stage,
)
from jupyter_mltrack.errors import InvalidParameterValue, InvalidState
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.changes import details
from jupyter_mltrack.registry.history import HistoryMethods
from jupyter_mltrack.store import registry, registry_past
from jupyter_mltrack.store.registry_past import Staging


class RollbackMethods(HistoryMethods):
    """Go back to the version before."""

    def rollback_model_version_stage(
        self,
        name: str,
        stage: str = STAGE_PRODUCTION,
        *,
        comment: str | None = None,
        override: str | None = None,
    ) -> ModelVersion:
        """Bring back the version that was in a stage before; what is there now becomes Archived.

        Once more goes back further. Not in MLflow.

        Args:
            name: The registered model.
            stage: The stage, in any case; not None and not Archived.
            comment: Why, for the trail.
            override: Why it comes back although a gate of the stage says no.

        Returns:
            The version that came back, as it is now.

        Raises:
            ResourceDoesNotExist: if there is no such model.
            InvalidParameterValue: if there is no such stage, or nothing can go back in it.
            InvalidState: if no other version that still exists was in the stage.
            GatesFailed: if a gate of the stage says no and there is no ``override``.

        Example:
            >>> client.rollback_model_version_stage("prices", comment="2 fails on empty rows")
        """
        why, reason = limits.comment(comment), limits.comment(override)
        with self._store.agreeing():
            target = get_canonical_stage(stage, self.registry_stages())
            _check_stage(target)
            model = self._model(name)
            known = registry.versions(self._store, model.name)
            there = [one for one in known if one.current_stage == target]
            found = self._before(model.registered_model_id, target, known, there)
            leaving = [one for one in there if one is there[0] or one.version > found.version]
            leaving = [one for one in leaving if one is not found]
            note = {"from": [one.version for one in leaving], "to": found.version}
            said = self._passed(found, target, reason, rollback=note)
            moved = [(found, target, said)]
            moved += [(one, STAGE_ARCHIVED, details(rollback=note)) for one in leaving]
            now = self._record(
                *(
                    RegistryChange(
                        model.registered_model_id, "stage", one.version, "", one.current_stage,
                        new, why, digest=one.digest, details=noted,
                    )
                    for one, new, noted in moved
                )
            )  # fmt: skip
        return replace(found, current_stage=target, last_updated_timestamp=now)

    def _before(
        self,
        model_id: str,
        stage: str,
        known: Sequence[ModelVersion],
        there: Sequence[ModelVersion],
    ) -> ModelVersion:
        """The version to go back to.

        Raises:
            InvalidState: if there is none.
        """
        by_number = {one.version: one for one in known}
        left = [
            number
            for number in entered(registry_past.stagings(self._store, model_id), stage)
            if number in by_number and by_number[number] not in there[:1]
        ]
        if left:
            return by_number[left[-1]]
        now = f"version {there[0].version} is" if there else "none is now"
        msg = (
            f"There is nothing to go back to: {now} in {stage}, and no other version that still"
            " exists was. Move one there with transition_model_version_stage()."
        )
        raise InvalidState(msg)


def entered(past: Sequence[Staging], stage: str) -> list[int]:
    """The versions that were in a stage, the last to come at the end.

    Who was left by a rollback is not among them: to go back twice is to go further back.
    """
    order: list[int] = []
    for one in past:
        if one.stage != stage:
            continue
        if one.is_back and one.version in order:
            del order[order.index(one.version) + 1 :]
        else:
            order = [*(number for number in order if number != one.version), one.version]
    return order


def _check_stage(stage: str) -> None:
    if stage in {STAGE_NONE, STAGE_ARCHIVED}:
        msg = f"Nobody goes back in the stage {stage!r}. Name one that versions are used from."
        raise InvalidParameterValue(msg)
