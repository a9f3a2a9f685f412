"""Do something when a module is imported, or at once if it was imported before.

While nobody waits there is nothing in ``sys.meta_path``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from jupyter_mltrack.autolog.configuration import Configuration
from jupyter_mltrack.autolog.trouble import attempt

#: What to do, under the name of who asked: module -> name -> function.
Waiting = dict[str, dict[str, Callable[[], None]]]


class Arrivals:
    """Who waits for the import of which module."""

    def __init__(self) -> None:
        self._waiting: Waiting = {}

    def expect(self, module: str, name: str, act: Callable[[], None]) -> None:
        """Call ``act`` once ``module`` is imported: now, if it is.

        Args:
            module: The module.
            name: Who asks; a newer ``act`` under the same name takes the place of the older.
            act: What to do. If it fails during the import, that is a warning.
        """
        if module in sys.modules:
            act()
            return
        self._waiting.setdefault(module, {})[name] = act
        self._listen()

    def forget(self, name: str) -> None:
        """Do nothing of what was asked for under this name."""
        for acts in self._waiting.values():
            acts.pop(name, None)
        self._listen()

    def waiting(self) -> Waiting:
        """A copy of what is to be done, for `wait_again`."""
        return {module: dict(acts) for module, acts in self._waiting.items() if acts}

    def wait_again(self, waiting: Waiting) -> None:
        """Wait for this and nothing else; what came meanwhile is done now."""
        self._waiting = {}
        for module, acts in waiting.items():
            for name, act in acts.items():
                self.expect(module, name, act)
        self._listen()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module that somebody waits for, as the others find it."""
        if not self._waiting.get(fullname):
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _Announcing(spec.loader, self)  # type: ignore[assignment]
                return spec
        return None

    def arrived(self, module: str) -> None:
        """Do what was asked for."""
        acts = self._waiting.pop(module, {})
        self._listen()
        for name, act in acts.items():
            with attempt(Configuration(), f"{name} is not logged"):
                act()

    def _listen(self) -> None:
        """Be asked for modules while somebody waits."""
        waits = any(self._waiting.values())
        if waits and self not in sys.meta_path:
            sys.meta_path.insert(0, self)
        elif not waits and self in sys.meta_path:
            sys.meta_path.remove(self)


class _Announcing:
    """A loader that says when its module is there, and then is gone from the module."""

    def __init__(self, loader: Any, arrivals: Arrivals) -> None:
        self._loader = loader
        self._arrivals = arrivals

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the loader does."""
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """As the loader does, and then say so."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._arrivals.arrived(module.__name__)
