"""The client's half that goes back: the version that was in a stage before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.entities.model_registry.model_version_stages import (
    STAGE_ARCHIVED,
    STAGE_NONE,
    STAGE_PRODUCTION,
    get_canonical_stage,
)
from jupyter_mltrack.errors import InvalidParameterValue, InvalidState
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.changes import details
from jupyter_mltrack.registry.history import HistoryMethods
from jupyter_mltrack.registry.signatures import Signatures
from jupyter_mltrack.store import registry, registry_past
from jupyter_mltrack.store.registry_past import Staging


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What going back in a stage means now.

    Attributes:
        stage: The stage.
        there: The versions in it, the newest first.
        found: The version to go back to; None if there is none.
    """

    stage: str
    there: Sequence[ModelVersion]
    found: ModelVersion | None

    def leaving(self, found: ModelVersion) -> list[ModelVersion]:
        """Who leaves so that ``found`` is the one in use: the one that is, and all above."""
        above = [one for one in self.there if one is self.there[0] or one.version > found.version]
        return [one for one in above if one.version != found.version]


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

        Once more goes back further. If the stage is empty, because somebody took a bad version out
        of it by hand, the one before that comes back, as it would have while that was there. In no
        case a version comes back that came later than the one in use and was taken out by hand;
        `transition_model_version_stage` brings back any. Not in MLflow.

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
        signatures = Signatures(self)

        def go_back() -> ModelVersion:
            with self._store.agreeing():
                turn = self._turn(name, stage)
                found = _found(turn)
                leaving = turn.leaving(found)
                note = {"from": [one.version for one in leaving], "to": found.version}
                said = self._passed(found, turn.stage, reason, signatures, rollback=note)
                left = details(rollback=note)
                now = self._record(
                    self._staged(found, turn.stage, why, said),
                    *(self._staged(one, STAGE_ARCHIVED, why, left) for one in leaving),
                )
            return replace(found, current_stage=turn.stage, last_updated_timestamp=now)

        return signatures.decided(go_back)

    def version_before(self, name: str, stage: str = STAGE_PRODUCTION) -> ModelVersion | None:
        """The version that `rollback_model_version_stage` would bring back; None if there is none.

        Raises:
            ResourceDoesNotExist: if there is no such model.
            InvalidParameterValue: if there is no such stage, or nothing can go back in it.
        """
        with self._store.reading():
            return self._turn(name, stage).found

    def _turn(self, name: str, stage: str) -> Turn:
        target = get_canonical_stage(stage, self.registry_stages())
        if target in {STAGE_NONE, STAGE_ARCHIVED}:
            msg = f"Nobody goes back in the stage {target!r}. Name one that versions are used from."
            raise InvalidParameterValue(msg)
        model_id = self._model_id(name)
        known = {one.version: one for one in registry.versions(self._store, str(name))}
        there = [one for one in known.values() if one.current_stage == target]
        order = entered(registry_past.stagings(self._store, model_id), target)
        before = _before(order, [one.version for one in there])
        left = [known[number] for number in before if number in known]
        return Turn(stage=target, there=there, found=left[-1] if left else None)


def _found(turn: Turn) -> ModelVersion:
    """The version to go back to.

    Raises:
        InvalidState: if there is none.
    """
    if turn.found is not None:
        return turn.found
    now = f"version {turn.there[0].version} is" if turn.there else "none is now"
    msg = (
        f"There is nothing to go back to: {now} in {turn.stage}, and no other version that still"
        " exists was before. Move one there with transition_model_version_stage()."
    )
    raise InvalidState(msg)


def _before(order: Sequence[int], there: Sequence[int]) -> list[int]:
    """The versions that one could go back to, the best at the end.

    Args:
        order: Those that were in the stage, see `entered`.
        there: Those that are in it, the highest first, which is the one in use.
    """
    last = next(iter([*there[:1], *order[-1:]]), 0)
    came = order.index(last) if last in order else len(order)
    return [
        number
        for place, number in enumerate(order)
        if number != last and (place < came or number in there)
    ]


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
