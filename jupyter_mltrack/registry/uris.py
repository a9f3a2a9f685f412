"""What ``models:/`` URIs of registered models mean; nothing is looked up.

    models:/wine/3                      a version
    models:/wine/latest                 the highest version
    models:/wine/Production             the highest version in a stage
    models:/wine@champion               the version that an alias stands for
    models:/wine@2026-05-03             the highest version at the end of that day
    models:/wine/Production@2026-05-03  what was in a stage then
    models:/wine@champion@2026-05-03T14:00

Behind each a path into the model's folder may follow. The first four are MLflow's.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.search.times import MOMENTS, last_instant

_REGISTERED = re.compile(
    r"models:/+(?P<name>[^/@]+)"
    r"(?:/+(?P<which>[^/@]+)|@(?P<alias>[^/@]+))"
    r"(?:@(?P<when>[^/@]+))?"
    r"(?:/+(?P<path>.*?))?/*",
    re.DOTALL,
)

#: What stands for a logged model where the name of a registered one would be.
_LOGGED = re.compile(r"m-[0-9a-f]{32}")

_NUMBER = re.compile(r"[0-9]+")

#: An instant that needs no second ``@``; no alias is like this, see `limits.alias`.
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredUri:
    """Which version a URI asks for: the highest one, unless it says another.

    Attributes:
        name: The registered model.
        version: The number of the version.
        stage: The stage that it is in, as it was written.
        alias: The alias that stands for it.
        at: As of this time, in ms since 1970; None is now.
        path: Where in its folder; ``""`` is the folder itself.
    """

    name: str
    version: str | None = None
    stage: str | None = None
    alias: str | None = None
    at: int | None = None
    path: str = ""


def parse(uri: str, now: float | None = None) -> RegisteredUri | None:
    """What a URI asks for; None if it names no registered model.

    Args:
        uri: The URI.
        now: The time that ``'7 days ago'`` counts from, in seconds since 1970; default is now.

    Raises:
        InvalidParameterValue: if it asks for a time that is none.

    Example:
        >>> parse("models:/wine/Production").stage
        'Production'
    """
    found = _REGISTERED.fullmatch(uri)
    if found is None or _LOGGED.fullmatch(found["name"]):
        return None
    which, alias, when = found["which"], found["alias"], found["when"]
    if alias is not None and when is None and _DATE.fullmatch(alias):
        alias, when = None, alias
    is_number = which is not None and _NUMBER.fullmatch(which) is not None
    is_newest = which is None or which.lower() == "latest"
    return RegisteredUri(
        name=found["name"],
        version=which if is_number else None,
        stage=None if is_number or is_newest else which,
        alias=alias,
        at=None if when is None else _instant(uri, when, time.time() if now is None else now),
        path=found["path"] or "",
    )


def _instant(uri: str, when: str, now: float) -> int:
    try:
        return last_instant(when, now)
    except ValueError:
        msg = f"{when!r} in {uri!r} is no time; write {MOMENTS}."
        raise InvalidParameterValue(msg) from None
