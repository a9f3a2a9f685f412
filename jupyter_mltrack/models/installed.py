"""Which installed distribution a module belongs to, told by ``importlib.metadata``.

The notes that installers leave are read once, and again when something was installed since.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

_DASHES = re.compile(r"[-_.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A distribution and the files its installer noted.

    Attributes:
        distribution: What ``importlib.metadata`` knows of it.
        record: The text of its ``RECORD``, empty if there is none.
    """

    distribution: metadata.Distribution
    record: str

    def has_file(self, file: str) -> bool:
        """Whether the installer noted this file; without any notes, whether it may be so."""
        root = Path(str(self.distribution.locate_file("")))
        if not Path(file).is_relative_to(root):
            return self._is_editable()
        below = Path(file).relative_to(root).as_posix()
        lines = f"\n{self.record}"
        return not self.record or f"\n{below}," in lines or f'\n"{below}",' in lines

    def _is_editable(self) -> bool:
        """Whether the modules stay in their source folder (PEP 610)."""
        try:
            origin = json.loads(_text(self.distribution, "direct_url.json") or "{}")
            return bool(origin.get("dir_info", {}).get("editable"))
        except (ValueError, AttributeError):
            return False


def distributions_of(module: str, likely: Iterable[str] = ()) -> list[str]:
    """The names of the distributions that a module comes from; none for the user's own.

    Args:
        module: Its full name, such as ``sklearn.linear_model._base``.
        likely: Distributions to ask first, besides the one that is named like the module: all
            notes of installers need be read only if neither is right.
    """
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top == "__main__":
        return []
    file = getattr(sys.modules.get(module) or sys.modules.get(top), "__file__", None)
    if file is None:
        found = list(_by_top_level(_state_of_path()).get(top, ()))
    else:
        asked = [each for name in (top, *likely) if (each := _named(name, _state_of_path()))]
        found = [each for each in asked if each.has_file(file)] or [
            each for each in _by_top_level(_state_of_path()).get(top, ()) if each.has_file(file)
        ]
    names = (_field(each.distribution, "Name") for each in found)
    return sorted({normalised(name) for name in names if name})


def installed_version(name: str) -> str | None:
    """The version of a distribution as PyPI has it, without a local part such as ``+cu121``."""
    try:
        distribution = metadata.distribution(name)
    except (metadata.PackageNotFoundError, ValueError):
        return None
    return _field(distribution, "Version").partition("+")[0] or None


def normalised(name: str) -> str:
    """The name of a distribution in its one spelling (PEP 503)."""
    return _DASHES.sub("-", name).lower()


def _state_of_path() -> tuple[tuple[str, int], ...]:
    """Where modules are looked for, and when something was last installed there."""
    folders = (Path(entry) for entry in sys.path)
    return tuple((str(each), each.stat().st_mtime_ns) for each in folders if each.is_dir())


@lru_cache(maxsize=64)
def _named(name: str, _state: tuple[tuple[str, int], ...]) -> Installed | None:
    """The distribution of a name, or None."""
    try:
        return _noted(metadata.distribution(name))
    except (metadata.PackageNotFoundError, ValueError):  # a name that none can have
        return None


@lru_cache(maxsize=1)
def _by_top_level(_state: tuple[tuple[str, int], ...]) -> Mapping[str, list[Installed]]:
    """Distributions by the modules and packages they put at the top."""
    found: dict[str, list[Installed]] = defaultdict(list)
    for each in map(_noted, metadata.distributions()):
        for name in _text(each.distribution, "top_level.txt").split() or _tops(each.record):
            found[name].append(each)
    return found


def _noted(distribution: metadata.Distribution) -> Installed:
    return Installed(distribution=distribution, record=_text(distribution, "RECORD"))


def _field(distribution: metadata.Distribution, name: str) -> str:
    """A field of what a distribution says of itself; empty in what is left of a broken one."""
    fields = distribution.metadata
    return fields[name] if name in fields else ""  # noqa: SIM401 - it has no get before 3.12


def _text(distribution: metadata.Distribution, name: str) -> str:
    """A note of an installer; empty if there is none, or none that can be read."""
    try:
        return distribution.read_text(name) or ""
    except (OSError, ValueError):
        return ""


def _tops(record: str) -> set[str]:
    """The modules and packages at the top among the files of a ``RECORD``."""
    firsts = {line.lstrip('"').partition("/")[0] for line in record.splitlines()}
    return {
        first.partition(",")[0].partition(".")[0]
        for first in firsts
        if not first.partition(",")[0].endswith((".dist-info", ".data", "..", ".pth"))
    }
