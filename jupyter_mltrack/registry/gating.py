"""The client's half that keeps gates: rules that a version must keep to come into a stage."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities.model_registry.model_version_stages import get_canonical_stage
from jupyter_mltrack.errors import GatesFailed
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.changes import details
from jupyter_mltrack.registry.gate_context import ClientContext
from jupyter_mltrack.registry.gates import written
from jupyter_mltrack.registry.signatures import Signatures
from jupyter_mltrack.registry.stage_settings import StageSettingMethods
from jupyter_mltrack.store import registry

if TYPE_CHECKING:
    from jupyter_mltrack.entities.model_registry import ModelVersion
    from jupyter_mltrack.registry.gates import Gate, GateResult


class GateMethods(StageSettingMethods):
    """Set gates, and ask what they say of a version."""

    def set_stage_gates(
        self,
        stage: str,
        gates: Sequence[Gate] | None,
        *,
        name: str | None = None,
        comment: str | None = None,
    ) -> None:
        """Set the gates that a version must pass to come into a stage. Not in MLflow.

        Args:
            stage: The stage, in any case.
            gates: From `jupyter_mltrack.gates`; they replace those there are. None, or an empty
                list, lifts them.
            name: Only for this registered model, in place of those for all; None is for all.
            comment: Why, for the trail.

        Raises:
            InvalidParameterValue: if there is no such stage, or something is no gate.
            ResourceDoesNotExist: if there is no such model.

        Example:
            >>> from jupyter_mltrack.gates import BetterThan, HasSignature, MetricGate
            >>> client.set_stage_gates(
            ...     "Production",
            ...     [
            ...         MetricGate("rmse", maximum=0.80),
            ...         BetterThan("rmse", lower_is_better=True),
            ...         HasSignature(),
            ...     ],
            ... )
        """
        given, why = written.checked(gates or []), limits.comment(comment)
        with self._store.agreeing():
            stages = self.registry_stages()
            target = get_canonical_stage(stage, stages)
            new = written.to_json([_at_stages(gate, stages) for gate in given])
            model = "" if name is None else self._model_id(name)
            before = registry.settings(self._store, "gates").get((model, target))
            old = written.as_text(before)
            self._record(RegistryChange(model, "gates", 0, target, old, new, why))

    def stage_gates(self, stage: str, *, name: str | None = None) -> list[Gate]:
        """The gates that a version must pass to come into a stage. Not in MLflow.

        Args:
            stage: The stage, in any case.
            name: For this registered model: its own gates if it has any, else those for all.

        Raises:
            InvalidParameterValue: if there is no such stage.
            ResourceDoesNotExist: if there is no such model.
            InvalidState: if a later release set a gate that this one does not know.
        """
        with self._store.reading():
            target = get_canonical_stage(stage, self.registry_stages())
            model = "" if name is None else self._model_id(name)
            found = registry.settings(self._store, "gates")
            return written.from_data(found.get((model, target)) or found.get(("", target), []))

    def check_gates(self, name: str, version: str | int, stage: str) -> list[GateResult]:
        """What the gates of a stage say of a version; nothing is moved. Not in MLflow.

        Args:
            name: The registered model.
            version: Its number.
            stage: The stage that it would come into.

        Returns:
            The answer of each gate, in their order; empty if there are none.

        Raises:
            ResourceDoesNotExist: if there is no such version.
            InvalidParameterValue: if there is no such stage.
        """
        signatures = Signatures(self)

        def ask() -> list[GateResult]:
            with self._store.reading():
                return self._checked(self._version(name, version), stage, signatures)

        return signatures.decided(ask)

    def _checked(self, found: ModelVersion, stage: str, signatures: Signatures) -> list[GateResult]:
        gates = self.stage_gates(stage, name=found.name)
        context = ClientContext(self, self._store, signatures)
        return [gate.check(found, context) for gate in gates]

    def _passed(
        self,
        found: ModelVersion,
        target: str,
        override: str | None,
        signatures: Signatures,
        **known: Any,
    ) -> str | None:
        """What the gates of a stage say of a version, as details of its change.

        Args:
            found: The version.
            target: The stage that it is to come into.
            override: Why it may although a gate says no; not kept if all say yes.
            signatures: Those that were fetched.
            **known: What else is known of the change.

        Raises:
            GatesFailed: if one says no, and there is no reason to override it.
            NotFetched: if a gate asks for a signature that is not there yet.
        """
        results = self._checked(found, target, signatures)
        if all(result.passed for result in results):
            override = None
        elif override is None:
            raise GatesFailed(found.name, found.version, target, results)
        said = [dataclasses.asdict(result) for result in results]
        return details(gates=said or None, override=override, **known)


def _at_stages(gate: Gate, stages: Sequence[str]) -> Gate:
    """The gate with the stage it names as the store writes it.

    Raises:
        InvalidParameterValue: if there is no such stage.
    """
    for field in _NAMING & {field.name for field in dataclasses.fields(gate)}:  # type: ignore[arg-type]
        stage = getattr(gate, field)
        if stage is not None:
            return dataclasses.replace(gate, **{field: get_canonical_stage(stage, stages)})  # type: ignore[type-var]
    return gate


#: The fields of gates that name a stage.
_NAMING = {"stage", "compatible_with"}
