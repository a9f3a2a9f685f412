"""Which modules a model's objects and code come from: what must be there to load it.

Objects are followed through their attributes and containers. Code that the user wrote in a
notebook or beside it travels within the pickled model, so it is followed through the names it
uses and the imports in it.
"""

from __future__ import annotations

import dis
import logging
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from types import CodeType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

_log = logging.getLogger("jupyter_mltrack")

#: Objects that are looked at: more are rarely of classes not seen yet.
MAX_OBJECTS = 8_000

#: Parts of one container that are looked at.
MAX_PARTS = 500

_SIMPLE = frozenset({bool, int, float, complex, str, bytes, bytearray, type(None)})


def modules_of(root: Any, is_users: Callable[[str], bool]) -> set[str]:
    """The full names of the modules that a model needs, those of the standard library too.

    Args:
        root: The model.
        is_users: Whether a module is the user's own, so what is in it counts too.
    """
    modules: set[str] = set()
    seen: dict[int, Any] = {}  # the objects are held, so that no id is given twice
    waiting = deque([root])
    while waiting and len(seen) < MAX_OBJECTS:
        value = waiting.popleft()
        if type(value) in _SIMPLE or id(value) in seen:
            continue
        seen[id(value)] = value
        try:
            name = _module_name(value)
            waiting.extend(_parts(value, users=bool(name) and is_users(name)))
            modules.add(name)
        except Exception:  # noqa: BLE001 - a proxy of nothing raises whatever it likes
            _log.debug("Not followed: an object of %s", type(value), exc_info=True)
    return modules - {""}


def _module_name(value: Any) -> str:
    """The module that a module, class or function is from; of other objects that of the class."""
    if isinstance(value, ModuleType):
        return value.__name__
    names = (getattr(each, "__module__", None) for each in (value, type(value)))
    return next((name for name in names if isinstance(name, str)), "")


def _parts(value: Any, *, users: bool) -> Iterable[Any]:
    """What to look at next."""
    for kind, of_code in _CODE.items():
        if isinstance(value, kind):
            return of_code(value) if users else getattr(value, "__bases__", ())
    for wrapper, of_wrapper in _WRAPPERS.items():
        if isinstance(value, wrapper):
            return of_wrapper(value)
    return chain((type(value),), _of_container(value), _of_attributes(value))


def _of_module(module: ModuleType) -> Iterator[Any]:
    """What a module of the user has; of the notebook itself only what code names."""
    if module.__name__ != "__main__":
        own = {name: part for name, part in list(vars(module).items()) if name != "__builtins__"}
        yield from own.values()


def _of_class(cls: type) -> Iterator[Any]:
    """The classes below, and what the class statement holds."""
    yield from cls.__bases__
    yield from list(vars(cls).values())


def _of_function(function: FunctionType) -> Iterator[Any]:
    """What a function's code names, what it imports, what it closes over, its defaults."""
    for code in _codes(function.__code__):
        yield from (
            function.__globals__[name] for name in code.co_names if name in function.__globals__
        )
        for step in dis.get_instructions(code):
            if step.opname == "IMPORT_NAME" and step.argval in sys.modules:
                yield sys.modules[step.argval]
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            continue
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code of a function and of those within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _of_container(value: Any) -> list[Any]:
    """The first parts of a container; taken at once, because another thread may change it."""
    if isinstance(value, dict):
        return [part for pair in list(islice(value.items(), MAX_PARTS)) for part in pair]
    if isinstance(value, list | tuple | set | frozenset | deque):
        return list(islice(value, MAX_PARTS))
    if type(value).__name__ == "ndarray" and value.dtype.kind == "O":
        return list(islice(value.flat, MAX_PARTS))
    return []


def _of_attributes(value: Any) -> Iterator[Any]:
    """Attributes that are simply there; nothing is computed for the looking."""
    yield from islice(list(getattr(value, "__dict__", {}).values()), MAX_PARTS)
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            member = cls.__dict__.get(slot)
            if isinstance(member, MemberDescriptorType):
                try:
                    yield member.__get__(value)
                except AttributeError:  # not set
                    continue


#: What may be the user's own code, and what is in it.
_CODE: dict[type, Callable[[Any], Iterable[Any]]] = {
    ModuleType: _of_module,
    type: _of_class,
    FunctionType: _of_function,
}

#: What wraps functions, and what is in it.
_WRAPPERS: dict[type, Callable[[Any], Iterable[Any]]] = {
    MethodType: lambda method: (method.__func__, method.__self__),
    classmethod: lambda method: (method.__func__,),
    partial: lambda call: (call.func, *call.args, *call.keywords.values()),
    property: lambda both: (both.fget, both.fset),
    staticmethod: lambda method: (method.__func__,),
}
