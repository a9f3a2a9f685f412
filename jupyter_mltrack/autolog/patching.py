"""Put a watched function in the place of another, and the other back.

What takes the place is a real function or method with the name, text and signature of the
original, and pickles as the original: a class of a notebook that is pickled by value takes
nothing of autolog with it.
"""

from __future__ import annotations

import functools
import inspect
import operator
import pkgutil
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.autolog.watching import watched

if TYPE_CHECKING:
    from jupyter_mltrack.autolog.configuration import Configuration
    from jupyter_mltrack.autolog.library import Patch

_Ask = Callable[[], "Configuration | None"]


class Placed:
    """A patch in its place, until `take_back`; several may be stacked in one place.

    Args:
        patch: What to watch.
        flavor: The library.
        configuration: Asked at every call; None means not to watch.

    Raises:
        AttributeError: if ``patch.owner`` itself has no function of that name.
    """

    def __init__(self, patch: Patch, flavor: str, configuration: _Ask) -> None:
        self._owner, self._name = patch.owner, patch.name
        if self._name not in vars(self._owner):
            msg = f"{self._owner!r} has no {self._name!r} of its own"
            raise AttributeError(msg)
        original = vars(self._owner)[self._name]
        kind = _MethodWatch if inspect.isclass(self._owner) else _FunctionWatch
        self.watch: _Watch = kind(original, patch, flavor, configuration)
        self._ours = self.watch.stand_in()
        self._stack = _stacks.setdefault((id(self._owner), self._name), [])
        self._stack.append(self)
        setattr(self._owner, self._name, self._ours)

    def take_back(self) -> None:
        """Put back what was here before, unless somebody else has taken the place since."""
        at = self._stack.index(self)
        if at + 1 < len(self._stack):
            self._stack[at + 1].watch.original = self.watch.original
        elif vars(self._owner).get(self._name) is self._ours:
            setattr(self._owner, self._name, self.watch.original)
        self._stack.remove(self)
        if not self._stack:
            _stacks.pop((id(self._owner), self._name), None)


#: The patches that are in one place, by owner and name, the outermost last.
_stacks: dict[tuple[int, str], list[Placed]] = {}


class _Watch:
    """What a stand-in calls.

    Args:
        original: What was in the place before.
        patch: What to watch.
        flavor: The library.
        configuration: Asked at every call.
    """

    def __init__(self, original: Any, patch: Patch, flavor: str, configuration: _Ask) -> None:
        self.original = original
        self.patch = patch
        self.flavor = flavor
        self.configuration = configuration

    def stand_in(self) -> Any:
        """What takes the place."""
        raise NotImplementedError

    def call(self, original: Callable[..., Any], instance: Any, args: Any, kwargs: Any) -> Any:
        """Call the original, watched."""
        return watched(
            self.patch, self.flavor, self.configuration(), original, instance, args, kwargs
        )


class _FunctionWatch(_Watch):
    """Watches a function of a module."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.call(self.original, None, args, kwargs)

    def __reduce__(self) -> tuple[Any, ...]:
        return pkgutil.resolve_name, (f"{self.patch.owner.__name__}:{self.patch.name}",)

    def stand_in(self) -> Any:
        """A function."""
        function = _as_function(self, self.original)
        function.__module__ = self.patch.owner.__name__  # where pickle finds this very object
        return function


class _MethodWatch(_Watch):
    """Watches a method: a function in a class, or a descriptor that makes one if it wants to."""

    def __call__(self, instance: Any, *args: Any, **kwargs: Any) -> Any:
        bound = self.original.__get__(instance, type(instance))
        return self.call(bound, instance, args, kwargs)

    def __reduce__(self) -> tuple[Any, ...]:
        return operator.getitem, ((self.original,), 0)

    def stand_in(self) -> Any:
        """A descriptor that gives methods."""
        return _StandIn(self)


class _StandIn:
    """What is in the ``__dict__`` of a class.

    Args:
        watch: What its methods call.
    """

    def __init__(self, watch: _MethodWatch) -> None:
        self._watch = watch
        self._is_plain = isinstance(watch.original, FunctionType)
        original = watch.original
        function = original if self._is_plain else original.__get__(None, watch.patch.owner)
        self._method = _as_function(watch, function)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self._method
        if not self._is_plain:
            self._watch.original.__get__(instance, owner)  # raises if it has no such method
        return MethodType(self._method, instance)

    def __reduce__(self) -> tuple[Any, ...]:
        return operator.getitem, ((self._watch.original,), 0)


def _as_function(watch: Callable[..., Any], original: Callable[..., Any]) -> Callable[..., Any]:
    """A function that refers to ``watch`` and to nothing else of ours, for whoever pickles it."""

    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        return watch(*args, **kwargs)

    return function
