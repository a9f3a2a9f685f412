"""Who judges changes of the registry; the rules are told in `judging`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyter_mltrack.store.links import fields, link
from jupyter_mltrack.store.registry_form import RULES, UNREADABLE, is_readable, people
from jupyter_mltrack.store.sharing import writer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jupyter_mltrack.events import RegistryChange

    Key = tuple[str, str | int]

#: A version may be so far above the highest one that is known: those between may be in lines that
#: were lost to damage, and it must not be lost with them. Nobody uses up all numbers in one line.
MOST_LOST = 10_000

_DECIDING = frozenset({"stage", "status", "deleted", "name"})
_NONE = "None"
_ROOT = 0


class Judge:
    """Hears changes in their order, and knows what those that count have made.

    Args:
        owner: The uid that a shared store belongs to; None for a private store.
        highest: The highest version of each model by its id, if changes were heard before.
    """

    def __init__(self, owner: int | None, highest: Mapping[str, int] | None = None) -> None:
        self.owner = owner
        self._highest = dict(highest or {})
        self._approvers: dict[Key, dict[int, str]] = {}
        self._stages: dict[Key, str] = {}
        self._names: dict[str, str] = {}
        self._made: set[str] = set()

    def all(self, changes: Sequence[RegistryChange]) -> list[str | None]:
        """Why each change is refused, in order; None for those that count."""
        late = self._late(changes) if self.owner is not None else {}
        said: list[str | None] = []
        for number, change in enumerate(changes):
            before = changes[number - 1] if number else None
            if before is not None and (before.q, before.j) == (change.q, change.j):
                is_same = fields(before) == fields(change)  # a line that is there twice
                said.append(said[-1] if is_same else "another change has its place")
            else:
                said.append(self.hear(change, late.get(number)))
        return said

    def hear(self, change: RegistryChange, late: str | None = None) -> str | None:
        """Why the next change is refused; None if it counts.

        Args:
            change: The change.
            late: Why it comes too late, if it does.
        """
        if not is_readable(change):
            return UNREADABLE
        reason = (
            late
            or self._forged(change)
            or self._again(change)
            or self._not_next(change)
            or self._not_theirs(change)
        )
        if reason is None:
            self._take(change)
        return reason

    def _forged(self, change: RegistryChange) -> str | None:
        if self.owner is None:
            return None
        writer = writer_of(change.j)
        if writer is None:
            return "its journal was begun before the store was shared; restart the kernel"
        if writer != change.author:
            return (
                f"it claims to be by uid {change.author}, but stands in a journal of uid {writer}"
            )
        return None

    def _again(self, change: RegistryChange) -> str | None:
        """Whether it makes what there is already; only where others could."""
        if self.owner is None or change.version or change.field not in {"created", "name"}:
            return None
        if change.field == "created" and change.registered in self._made:
            return "it makes again what there is already"
        if change.text in self._names.values():
            return f"the name {change.text!r} is taken"
        return None

    def _not_next(self, change: RegistryChange) -> str | None:
        """Whether the number of a version is not one that it can have."""
        highest = self._highest.get(change.registered, 0)
        if change.field == "created" and 0 < change.version <= highest:
            return "it makes again what there is already"
        if change.version > highest + MOST_LOST:
            return f"version {change.version} cannot be there yet: the highest is {highest}"
        return None

    def _not_theirs(self, change: RegistryChange) -> str | None:
        if change.field in RULES:
            return self._not_a_rule(change)
        for stage in sorted(self._concerned(change)):
            known = self._approvers.get((change.registered, stage))
            known = self._approvers.get(("", stage), {}) if known is None else known
            if known and change.author not in known:
                names = ", ".join(f"{user} (uid {uid})" for uid, user in sorted(known.items()))
                return (
                    f"{change.user} (uid {change.author}) has no say about the stage {stage!r};"
                    f" {names} may"
                )
        return None

    def _not_a_rule(self, change: RegistryChange) -> str | None:
        if self.owner is not None and change.author not in {self.owner, _ROOT}:
            return f"only the owner of the store (uid {self.owner}) sets {change.field}"
        return None

    def _concerned(self, change: RegistryChange) -> set[str]:
        """The stages whose approvers have a say in a change."""
        model, version = change.registered, change.version
        if version == 0:
            return self._stages_of(model) if change.field in {"deleted", "name"} else set()
        now = self._stages.get((model, version), _NONE)
        if change.field == "stage":
            return {now, str(change.text)}
        return {now} if change.field in {"deleted", "status"} else set()

    def _stages_of(self, model: str) -> set[str]:
        """The stages that its versions are in, and those that it has approvers of its own for.

        The latter even while they are empty: under a new id there would be no such approvers.
        """
        taken = {stage for (of, _), stage in self._stages.items() if of == model}
        return taken | {str(stage) for of, stage in self._approvers if of == model}

    def _take(self, change: RegistryChange) -> None:
        """Remember what a change that counts has made."""
        key: Key = (change.registered, change.version)
        of: dict[str, Callable[[], object]] = {
            "approvers": lambda: self._set_approvers(change),
            "stage": lambda: self._stages.__setitem__(key, change.text or _NONE),
            "created": lambda: self._made.add(change.registered),
            "deleted": lambda: self._forget(change),
        }
        of.get(change.field, lambda: None)()
        if change.version:
            highest = self._highest.get(change.registered, 0)
            self._highest[change.registered] = max(highest, change.version)
        if change.version == 0 and change.field in {"created", "name"}:
            self._names[change.registered] = str(change.text)

    def _set_approvers(self, change: RegistryChange) -> None:
        key: Key = (change.registered, change.key)
        if change.text is None:
            self._approvers.pop(key, None)
        else:
            self._approvers[key] = people(change.text)

    def _forget(self, change: RegistryChange) -> None:
        if change.version:
            self._stages.pop((change.registered, change.version), None)
            return
        self._names.pop(change.registered, None)
        for key in [key for key in self._stages if key[0] == change.registered]:
            del self._stages[key]

    def _late(self, changes: Sequence[RegistryChange]) -> dict[int, str]:
        """Changes before the owner's last rule that it does not follow from, by their place.

        The link of the rule is over all that was there when it was made. Where the trail is
        damaged before it that cannot be told, and only what decides about stages is left out,
        unless somebody made it whom the owner ever trusted.
        """
        last = self._last_rule(changes)
        if last is None:
            return {}
        before, first = _ancestors(changes, last)
        known = {self.owner, _ROOT} | self._ever_approvers(changes[: last + 1])
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(changes[last].ts / 1000))
        why = f"it was not there when the owner of the store set rules on {when}"
        return {
            number: why
            for number, change in enumerate(changes[:last])
            if number not in before
            and writer_of(change.j) not in known
            and (number > first or change.field in _DECIDING)
        }

    def _ever_approvers(self, changes: Sequence[RegistryChange]) -> set[int | None]:
        named: set[int | None] = set()
        for change in changes:
            if (
                change.field == "approvers"
                and is_readable(change)
                and not (self._forged(change) or self._not_a_rule(change))
            ):
                named.update(people(change.text))
        return named

    def _last_rule(self, changes: Sequence[RegistryChange]) -> int | None:
        trusted = {self.owner, _ROOT}
        for number in reversed(range(len(changes))):
            change = changes[number]
            if change.field in RULES and change.author in trusted and not self._forged(change):
                return number
        return None


def _ancestors(changes: Sequence[RegistryChange], last: int) -> tuple[set[int], int]:
    """The places of all changes that the one at ``last`` follows from, link by link.

    Returns:
        The places, and the one before which it cannot be told; -1 if it always can.
    """
    found: set[int] = set()
    here = last
    while link("", changes[here]) != changes[here].chain:
        change = changes[here]
        earlier = reversed(range(here))
        before = next((n for n in earlier if link(changes[n].chain, change) == change.chain), None)
        if before is None:
            return found, here
        found.add(before)
        here = before
    return found, -1
