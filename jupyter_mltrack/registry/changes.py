"""How the registry changes: under the store's lock, one call to the trail, on the disk."""

from __future__ import annotations

import json
import os
import pwd
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mltrack import settings
from jupyter_mltrack.errors import ResourceDoesNotExist
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry import limits
from jupyter_mltrack.store import registry, trail
from jupyter_mltrack.tracking.client import TrackingClient

if TYPE_CHECKING:
    from jupyter_mltrack.entities.model_registry import ModelVersion, RegisteredModel


class ChangeMethods(TrackingClient):
    """What all changes share."""

    def _record(self, *changes: RegistryChange) -> int:
        """Make changes, all or none; once inside ``self._store.agreeing()``.

        Returns:
            When they were made, in ms since 1970: never before what was made earlier, though a
            clock was set back.
        """
        now = max(int(time.time() * 1000), registry.last_stamp(self._store))
        user, author = current_user(), os.geteuid()
        for change in changes:
            change.user, change.author, change.ts = user, author, now
        trail.record(self._store, changes)
        return now

    def _model(self, name: str, at: int | None = None) -> RegisteredModel:
        found = registry.model(self._store, str(name), at)
        if found is None:
            raise ResourceDoesNotExist(_no_model(name, at))
        return found

    def _model_id(self, name: str) -> str:
        found = registry.identity(self._store, str(name))
        if found is None:
            raise ResourceDoesNotExist(_no_model(name))
        return found

    def _version(self, name: str, version: str | int, at: int | None = None) -> ModelVersion:
        number = limits.version(version)
        found = registry.version(self._store, str(name), number, at)
        if found is None:
            self._model(name, at)  # raises if there is not even the model
            msg = (
                f"Model Version (name={name}, version={number}) not found{_then(at)}"
                f"{self._deletion(str(name), number) if at is None else '.'}"
                f" search_model_versions(\"name = '{name}'\") lists those there are."
            )
            raise ResourceDoesNotExist(msg)
        return found

    def _deletion(self, name: str, number: int) -> str:
        """When a version was deleted and by whom, as the end of a sentence."""
        found = registry.deletion(self._store, self._model_id(name), number)
        if found is None:
            return "."
        user, at = found
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(at / 1000))
        return f": {user} deleted it on {when}."


def current_user() -> str:
    """Who runs this process, as the system knows them: the environment can claim anything."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a container without this user
        return settings.user() or str(os.geteuid())


def details(**known: Any) -> str | None:
    """What is known of a change beside its fields, as JSON; None if nothing is."""
    said = {key: value for key, value in known.items() if value is not None}
    plain = json.loads(json.dumps(said), parse_constant=lambda _: None)  # NaN is no JSON
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")) if said else None


def tags(model_id: str, version: int, given: Mapping[str, Any] | None) -> list[RegistryChange]:
    """First tags of a model or a version."""
    return [
        RegistryChange(model_id, "tag", version, key, None, text)
        for key, text in limits.tags(given).items()
    ]


def _no_model(name: str, at: int | None = None) -> str:
    return (
        f"Registered Model with name={name} not found{_then(at)}."
        " search_registered_models() lists those there are."
    )


def _then(at: int | None) -> str:
    if at is None:
        return ""
    return f" as of {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(at / 1000))}"
