"""The gates that look at what was said of a version: its description and its tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.registry.gates.gate import GateResult, word

if TYPE_CHECKING:
    from jupyter_mltrack.entities.model_registry import ModelVersion
    from jupyter_mltrack.registry.gates.gate import GateContext

_LONG = 60


@dataclass(frozen=True, slots=True)
class HasDescription:
    """The version must have a description."""

    def check(self, version: ModelVersion, context: GateContext) -> GateResult:
        """Say whether it has one."""
        del context
        passed = bool((version.description or "").strip())
        said = (
            "it has a description"
            if passed
            else ("it has no description; give it one with update_model_version()")
        )
        return GateResult(gate="HasDescription", passed=passed, said=said)


@dataclass(frozen=True, slots=True)
class HasTag:
    """The version must have a tag, with a certain value if one is given.

    Attributes:
        key: The key of the tag.
        value: The value that it must have; None is any.

    Raises:
        InvalidParameterValue: if one of them cannot be used.
    """

    key: str
    value: str | None = None

    def __post_init__(self) -> None:
        word(self.key, "The key of a tag")
        given: object = self.value
        if given is not None and not isinstance(given, str):
            msg = f"The value of a tag is a text, not {given!r}. Write it in quotes."
            raise InvalidParameterValue(msg)

    def check(self, version: ModelVersion, context: GateContext) -> GateResult:
        """Say whether it has the tag."""
        del context
        wanted = "" if self.value is None else f", wanted {_short(self.value)}"
        if self.key not in version.tags:
            return self._result(passed=False, said=f"it has no tag {self.key!r}{wanted}")
        found = version.tags[self.key]
        passed = self.value is None or found == self.value
        return self._result(passed=passed, said=f"the tag {self.key!r} is {_short(found)}{wanted}")

    def _result(self, *, passed: bool, said: str) -> GateResult:
        return GateResult(gate="HasTag", passed=passed, said=said)


def _short(text: str) -> str:
    return repr(text if len(text) <= _LONG else f"{text[:_LONG]}…")
