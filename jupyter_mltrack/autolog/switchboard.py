"""Which libraries are logged, and how: the one object that knows."""

from __future__ import annotations

import importlib.metadata
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.version import InvalidVersion, Version

from jupyter_mltrack.autolog.arrivals import Arrivals, Waiting
from jupyter_mltrack.autolog.configuration import Configuration
from jupyter_mltrack.autolog.library import Library, Patch
from jupyter_mltrack.autolog.patching import Placed
from jupyter_mltrack.autolog.trouble import attempt, tell


@dataclass(slots=True)
class _Line:
    """A library with how it is logged."""

    library: Library
    configuration: Configuration
    is_own_choice: bool
    is_placed: bool = False
    placed: list[Placed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Setting:
    """What was switched on at some moment, see `Switchboard.setting`."""

    lines: Mapping[str, tuple[Library, Configuration, bool]]
    waiting: Waiting


class Switchboard:
    """Which libraries are logged, and how."""

    def __init__(self) -> None:
        self.arrivals = Arrivals()
        self._lines: dict[str, _Line] = {}
        self._lock = threading.RLock()
        self._by_all = False

    def switch(self, library: Library, arguments: Mapping[str, Any]) -> None:
        """Log a library, log it otherwise, or stop: what an ``autolog`` function does.

        Args:
            library: Which.
            arguments: Those of the function, by name.

        Raises:
            InvalidParameterValue: if ``extra_tags`` is no dict; then nothing changes.

        Example:
            >>> def autolog(log_models=True, disable=False):
            ...     switchboard.switch(XGBOOST, locals())
        """
        configuration = Configuration.of(arguments)
        with self._lock:
            self._set(library, configuration, is_own_choice=not self._by_all)

    def configuration(self, flavor: str) -> Configuration | None:
        """How a library is logged; None if it is not."""
        line = self._lines.get(flavor)
        return None if line is None or line.configuration.disable else line.configuration

    def is_own_choice(self, flavor: str) -> bool:
        """Whether the user called the ``autolog`` of this very library."""
        line = self._lines.get(flavor)
        return line is not None and line.is_own_choice

    def switch_by_all(self, switch: Callable[[], None]) -> None:
        """Call the ``autolog`` of a library, on behalf of the one for all libraries."""
        with self._lock:
            self._by_all = True
            try:
                switch()
            finally:
                self._by_all = False

    def add(self, flavor: str, patches: Iterable[Patch]) -> None:
        """Watch more of a library that is being watched, such as classes that came later."""
        with self._lock:
            line = self._lines.get(flavor)
            if line is not None and line.is_placed:
                self._add(line, patches)

    def disable(self, flavor: str) -> None:
        """Log a library no more and leave it as it was, whoever switched it on."""
        with self._lock:
            self.arrivals.forget(by_all(flavor))
            line = self._lines.pop(flavor, None)
            if line is not None:
                self._take_back(line)

    def setting(self) -> Setting:
        """What is switched on now."""
        with self._lock:
            lines = {
                flavor: (line.library, line.configuration, line.is_own_choice)
                for flavor, line in self._lines.items()
            }
            return Setting(lines=lines, waiting=self.arrivals.waiting())

    def put(self, setting: Setting) -> None:
        """Switch on what was switched on then, and nothing else."""
        with self._lock:
            for flavor in [*self._lines]:
                if flavor not in setting.lines:
                    self._take_back(self._lines.pop(flavor))
            self.arrivals.wait_again(setting.waiting)
            for library, configuration, is_own_choice in setting.lines.values():
                self._set(library, configuration, is_own_choice=is_own_choice)

    def _set(self, library: Library, configuration: Configuration, *, is_own_choice: bool) -> None:
        line = self._lines.get(library.flavor)
        if line is None:
            line = self._lines[library.flavor] = _Line(library, configuration, is_own_choice)
        line.configuration, line.is_own_choice = configuration, is_own_choice
        if configuration.disable:
            self._take_back(line)
        elif not line.is_placed:
            self.arrivals.expect(library.module, library.flavor, lambda: self._place(line))

    def _place(self, line: _Line) -> None:
        """Patch a library that is imported."""
        with self._lock:
            if line.is_placed or line.configuration.disable or not _is_supported(line):
                return
            library = line.library
            line.is_placed = True
            self._add(line, library.patches())

    def _add(self, line: _Line, patches: Iterable[Patch]) -> None:
        flavor = line.library.flavor
        for patch in patches:
            with attempt(line.configuration, f"{patch.name} of {flavor} is not logged"):
                line.placed.append(Placed(patch, flavor, lambda: self.configuration(flavor)))

    def _take_back(self, line: _Line) -> None:
        self.arrivals.forget(line.library.flavor)
        for placed in reversed(line.placed):
            placed.take_back()
        line.placed.clear()
        if line.is_placed:
            line.is_placed = False
            line.library.undo()


def by_all(flavor: str) -> str:
    """Under which name a library is expected on behalf of all."""
    return f"{flavor} by all"


def _installed(library: Library) -> tuple[int, ...] | None:
    """The release that is installed, also under another name; None if it does not say."""
    try:
        text = importlib.metadata.version(library.distribution)
    except importlib.metadata.PackageNotFoundError:
        text = getattr(sys.modules.get(library.module), "__version__", "")
    try:
        return Version(text).release
    except InvalidVersion:
        return None


def _is_supported(line: _Line) -> bool:
    """Whether to log this version of a library; says so if it is older than what was tried."""
    library, configuration = line.library, line.configuration
    oldest, newest = (Version(each).release for each in library.versions)
    found = _installed(library)
    if found is None or (found >= oldest and found[: len(newest)] <= newest):
        return True
    if found < oldest and not configuration.disable_for_unsupported_versions:
        tell(
            configuration,
            f"{library.distribution} {'.'.join(map(str, found))} is older than"
            f" {library.versions[0]}, the first that is known to work.",
        )
    return not configuration.disable_for_unsupported_versions


#: What is switched on in this process.
switchboard = Switchboard()
