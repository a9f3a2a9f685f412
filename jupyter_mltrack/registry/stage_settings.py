"""The client's half that says which stages there are."""

from __future__ import annotations

import json
from collections.abc import Sequence

from jupyter_mltrack.entities.model_registry.model_version_stages import (
    ALL_STAGES,
    STAGE_ARCHIVED,
    STAGE_DELETED_INTERNAL,
    STAGE_NONE,
)
from jupyter_mltrack.errors import InvalidParameterValue, InvalidState
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.version_files import VersionFileMethods
from jupyter_mltrack.store import registry

#: The longest name of a stage, and the most stages.
MAX_STAGE = 50
MAX_STAGES = 50

#: What means something else in ``models:/<name>/<stage>``, or to MLflow.
_TAKEN = {"latest", STAGE_DELETED_INTERNAL.lower()}


class StageSettingMethods(VersionFileMethods):
    """The stages of the store."""

    def registry_stages(self) -> list[str]:
        """The stages of this store, in order. Not in MLflow, which has four."""
        return list(registry.settings(self._store, "stages").get(("", ""), ALL_STAGES))

    def set_registry_stages(self, stages: Sequence[str], *, comment: str | None = None) -> None:
        """Say which stages there are, for all models of the store. Not in MLflow.

        Args:
            stages: In the order in which a version goes through them; ``"None"`` is the first, and
                ``"Archived"`` is one of them.
            comment: Why, for the trail.

        Raises:
            InvalidParameterValue: if they cannot be the stages.
            InvalidState: if one would go that a version is in, or that has gates or approvers.

        Example:
            >>> client.set_registry_stages(["None", "Validation", "Production", "Archived"])
        """
        new, why = checked(stages), limits.comment(comment)
        with self._store.agreeing():
            known = registry.settings(self._store, "stages").get(("", ""))
            gone = set(known or ALL_STAGES) - set(new)
            if reason := self._needed(gone):
                raise InvalidState(reason)
            before = None if known is None else _text(known)
            self._record(RegistryChange("", "stages", 0, "", before, _text(new), why))

    def _needed(self, gone: set[str]) -> str | None:
        """Why stages cannot go; None if they can."""
        query = "SELECT stage, name, version FROM model_versions ORDER BY name, version"
        for stage, name, version in self._store.rows(query):
            if stage in gone:
                return (
                    f"The stage {stage!r} cannot go: version {version} of {name!r} is in it. Move"
                    " that to another one first."
                )
        for kind in ("gates", "approvers"):
            for stage, rules in self._rules(kind):
                if named := gone & {stage, *_named(rules)}:
                    return (
                        f"The stage {min(named)!r} cannot go: the {kind} of {stage!r} name it."
                        f" Change them first with set_stage_{kind}()."
                    )
        return None

    def _rules(self, kind: str) -> list[tuple[str, object]]:
        """The stages and rules of a kind, but those of models that were deleted."""
        found = self._store.rows("SELECT registered_model_id FROM registered_models")
        living = {"", *(model for (model,) in found)}
        known = registry.settings(self._store, kind)
        return [(stage, rules) for (model, stage), rules in known.items() if model in living]


def checked(stages: object) -> list[str]:
    """Stages as a caller gave them.

    Raises:
        InvalidParameterValue: if they cannot be the stages of a store.
    """
    if isinstance(stages, str) or not isinstance(stages, Sequence) or len(stages) > MAX_STAGES:
        msg = f"Stages are a list of at most {MAX_STAGES} names, not {stages!r}."
        raise InvalidParameterValue(msg)
    found = [_checked_name(stage) for stage in stages]
    if found[:1] != [STAGE_NONE] or STAGE_ARCHIVED not in found:
        msg = f"{STAGE_NONE!r} must be the first stage and {STAGE_ARCHIVED!r} one of them: {found}."
        raise InvalidParameterValue(msg)
    if len({stage.lower() for stage in found}) < len(found):
        msg = f"Two stages differ in capital letters only, or not at all: {found}."
        raise InvalidParameterValue(msg)
    return found


def _checked_name(stage: object) -> str:
    if not isinstance(stage, str) or not stage.strip() or len(stage) > MAX_STAGE:
        msg = f"A stage is a name of 1 to {MAX_STAGE} characters, not {stage!r}."
        raise InvalidParameterValue(msg)
    is_free = stage.lower() not in _TAKEN and not stage.isdecimal() and stage == stage.strip()
    if not is_free or not stage.isprintable() or any(mark in stage for mark in "/:@"):
        msg = (
            f"{stage!r} cannot be a stage: it would mean something else in 'models:/name/stage'."
            " Use a word without '/', ':' and '@' that is no number."
        )
        raise InvalidParameterValue(msg)
    return str(stage)


def _named(rules: object) -> set[str]:
    """The stages that gates compare with."""
    listed = rules if isinstance(rules, list) else []
    gates = [rule for rule in listed if isinstance(rule, dict)]
    return {str(gate.get(field)) for gate in gates for field in ("stage", "compatible_with")}


def _text(stages: Sequence[str]) -> str:
    return json.dumps(list(stages), ensure_ascii=False)
