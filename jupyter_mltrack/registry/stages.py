"""The client's half that deals with stages: where a version is on its way to production."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.entities.model_registry.model_version_stages import (
    STAGE_ARCHIVED,
    STAGE_NONE,
    get_canonical_stage,
)
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.approvers import ApproverMethods
from jupyter_mltrack.registry.signatures import Signatures
from jupyter_mltrack.store import registry


class StageMethods(ApproverMethods):
    """Move versions between stages, and find the latest in each."""

    def transition_model_version_stage(
        self,
        name: str,
        version: str | int,
        stage: str,
        archive_existing_versions: bool = False,
        *,
        comment: str | None = None,
        override: str | None = None,
    ) -> ModelVersion:
        """Move a version to another stage; on the disk when this returns.

        Args:
            name: The registered model.
            version: Its number.
            stage: ``"None"``, ``"Staging"``, ``"Production"``, ``"Archived"``, or one that the
                store was given; in any case.
            archive_existing_versions: Whether other versions in that stage become Archived.
            comment: Why, for the trail. Not in MLflow.
            override: Why it moves although a gate of the stage says no; the trail keeps the
                reason, unless all gates say yes. Not in MLflow.

        Returns:
            The version as it is now.

        Raises:
            ResourceDoesNotExist: if there is no such version.
            InvalidParameterValue: if there is no such stage, or it is one whose versions are not
                archived, such as None.
            GatesFailed: if a gate of the stage says no and there is no ``override``; see
                `set_stage_gates`.
            NotAllowed: if the stage has approvers and you are none; see `set_stage_approvers`.
        """
        why, reason = limits.comment(comment), limits.comment(override)
        signatures = Signatures(self)

        def move() -> ModelVersion:
            with self._store.agreeing():
                found = self._version(name, version)
                target = get_canonical_stage(stage, self.registry_stages())
                archived = self._archived(found, target) if archive_existing_versions else []
                said = self._passed(found, target, reason, signatures)
                now = self._record(
                    self._staged(found, target, why, said),
                    *(self._staged(one, STAGE_ARCHIVED, why) for one in archived),
                )
            return replace(found, current_stage=target, last_updated_timestamp=now)

        return signatures.decided(move)

    def get_latest_versions(
        self, name: str, stages: Sequence[str] | None = None
    ) -> list[ModelVersion]:
        """The highest version in each stage that has one.

        Args:
            name: The registered model.
            stages: Only these; None is all.

        Raises:
            ResourceDoesNotExist: if there is no such model.
            InvalidParameterValue: if there is no such stage.
        """
        latest = self._model(name).latest_versions
        if stages is None:
            return latest
        known = self.registry_stages()
        wanted = [get_canonical_stage(stage, known) for stage in stages]
        return [one for one in latest if one.current_stage in wanted]

    def get_model_version_by_stage(
        self, name: str, stage: str, *, at: int | None = None
    ) -> ModelVersion:
        """The highest version in a stage. Not in MLflow, which loads it by its URI only.

        Args:
            name: The registered model.
            stage: The stage, in any case.
            at: As of this time, in ms since 1970; None is now.

        Raises:
            ResourceDoesNotExist: if there is no such model, or no version in that stage.
            InvalidParameterValue: if there is no such stage.
        """
        for one in self._model(name, at).latest_versions:
            if one.current_stage.lower() == str(stage).lower():  # also one that is no stage now
                return one
        wanted = get_canonical_stage(stage, self.registry_stages())
        msg = (
            f"No versions of model with name {name!r} and stage {wanted!r} found."
            " Move one there with transition_model_version_stage()."
        )
        raise ResourceDoesNotExist(msg)

    def get_model_version_stages(self, name: str, version: str | int) -> list[str]:
        """The stages that a version can be in.

        Raises:
            ResourceDoesNotExist: if there is no such version.
        """
        self._version(name, version)
        return self.registry_stages()

    def _staged(
        self, found: ModelVersion, stage: str, why: str | None, said: str | None = None
    ) -> RegistryChange:
        """A version's way to a stage, with details."""
        return RegistryChange(
            self._model_id(found.name), "stage", found.version, "", found.current_stage, stage, why,
            digest=found.digest, details=said,
        )  # fmt: skip

    def _archived(self, found: ModelVersion, target: str) -> list[ModelVersion]:
        """The other versions that are in a stage."""
        if target in {STAGE_NONE, STAGE_ARCHIVED}:
            msg = (
                f"Versions in stage {target!r} are not archived when another one comes. Leave out"
                " archive_existing_versions."
            )
            raise InvalidParameterValue(msg)
        there = registry.versions(self._store, found.name, stage=target)
        return [one for one in there if one.version != found.version]

    def _version_or_latest(
        self, name: str, version: str | int | None, stage: str | None
    ) -> ModelVersion:
        if (version is None) == (stage is None):
            msg = "Give a version or a stage, not both: version or stage must be set."
            raise InvalidParameterValue(msg)
        if stage is not None:
            return self.get_model_version_by_stage(name, stage)
        return self._version(name, str(version))
