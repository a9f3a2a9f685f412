"""The client's half that says who may move versions into a stage, or out of it."""

from __future__ import annotations

import dataclasses
import json
import pwd
from collections.abc import Sequence
from typing import Any

from jupyter_mltrack.entities.model_registry.model_version_stages import get_canonical_stage
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.gating import GateMethods
from jupyter_mltrack.store import registry

_MAX_UID = 2**32 - 2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """Somebody who decides about a stage.

    Attributes:
        user: The name of the login, for people.
        uid: The uid, which is what counts.
    """

    user: str
    uid: int


class ApproverMethods(GateMethods):
    """Set approvers, and ask who they are."""

    def set_stage_approvers(
        self,
        stage: str,
        users: Sequence[str | int] | None,
        *,
        name: str | None = None,
        comment: str | None = None,
    ) -> None:
        """Say who alone may move versions into a stage or out of it, or delete those in it.

        In a store that is shared with a group (``MLTRACK_SHARED``) the system enforces it: the
        owner of the store sets approvers, and changes of anybody else do not count, whatever
        program made them. In a private store all processes have the same rights, and this is a
        guard-rail only; ``mltrack doctor`` says which it is. Not in MLflow.

        Args:
            stage: The stage, in any case.
            users: Logins or uids; they replace those there are. None, or an empty list, lifts it.
            name: Only for this registered model, in place of those for all; None is for all.
            comment: Why, for the trail.

        Raises:
            InvalidParameterValue: if there is no such stage, or no such login.
            ResourceDoesNotExist: if there is no such model.
            NotAllowed: if the store is shared, and belongs to somebody else.

        Example:
            >>> client.set_stage_approvers("Production", ["ada", "grace"])
        """
        people = {one.uid: one for one in map(_approver, _listed(users))}
        new, why = _text(list(people.values())), limits.comment(comment)
        with self._store.agreeing():
            target = get_canonical_stage(stage, self.registry_stages())
            model = "" if name is None else self._model_id(name)
            found = registry.settings(self._store, "approvers").get((model, target))
            old = None if found is None else _text(_approvers(found))
            self._record(RegistryChange(model, "approvers", 0, target, old, new, why))

    def stage_approvers(self, stage: str, *, name: str | None = None) -> list[Approver]:
        """Who may move versions into a stage or out of it; empty if everybody may. Not in MLflow.

        Args:
            stage: The stage, in any case.
            name: For this registered model: its own approvers if it has any, else those for all.

        Raises:
            InvalidParameterValue: if there is no such stage.
            ResourceDoesNotExist: if there is no such model.
        """
        with self._store.reading():
            target = get_canonical_stage(stage, self.registry_stages())
            model = "" if name is None else self._model_id(name)
            found = registry.settings(self._store, "approvers")
            return _approvers(found.get((model, target)) or found.get(("", target), []))


def _listed(users: object) -> list[Any]:
    if users is None:
        return []
    if isinstance(users, (str, int)) or not isinstance(users, Sequence):
        msg = f"Approvers are a list of logins or uids, not {users!r}."
        raise InvalidParameterValue(msg)
    return list(users)


def _approver(user: object) -> Approver:
    try:
        if isinstance(user, str):
            return Approver(user=user, uid=pwd.getpwnam(user).pw_uid)
    except KeyError:
        msg = f"There is no login {user!r} on this machine. Give a login that there is, or a uid."
        raise InvalidParameterValue(msg) from None
    if isinstance(user, bool) or not isinstance(user, int) or not 0 <= user <= _MAX_UID:
        msg = f"An approver is a login or a uid, not {user!r}."
        raise InvalidParameterValue(msg)
    try:
        return Approver(user=pwd.getpwuid(user).pw_name, uid=user)
    except KeyError:  # of another machine, or a container
        return Approver(user=str(user), uid=user)


def _approvers(said: Sequence[Any]) -> list[Approver]:
    return [Approver(user=str(one["user"]), uid=int(one["uid"])) for one in said]


def _text(approvers: Sequence[Approver]) -> str | None:
    return json.dumps([dataclasses.asdict(one) for one in approvers]) if approvers else None
