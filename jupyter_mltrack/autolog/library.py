"""What autolog knows of a library, and what it watches in it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mltrack.autolog.call import Call

#: A generator function that watches one call: what is before its only ``yield`` runs before the
#: original function, which returns what ``yield`` gives, and the rest runs after it. If the
#: original raises, the generator is closed at its ``yield``, as ``finally`` blocks see.
Watcher = Callable[["Call"], Generator[None, Any, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A function that is watched.

    Attributes:
        owner: The module or class that has it in its ``__dict__``.
        name: Its name there: a function, a method, or what scikit-learn's ``available_if`` makes.
        watcher: What is done before and after each call.
        trains: Whether the call is a training, which is logged to the active run or to a run of
            its own. Other calls, such as ``predict``, have no `Call.session`.
        joins: Whether it is watched inside another watched call too; its session then is that of
            the outer call.
        when: Asked with the ``self`` of a method (None for a function); other calls are not
            watched. It must be quick and must not raise.
    """

    owner: Any
    name: str
    watcher: Watcher
    trains: bool = True
    joins: bool = False
    when: Callable[[Any], bool] = lambda _: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A library whose trainings can be logged.

    Attributes:
        flavor: Its name, as in ``mlflow.<flavor>.autolog()``.
        module: It is patched when this module is imported, or at once if it was imported before.
        distribution: What pip calls it.
        versions: The oldest and the newest release that were tried; `1.9` means any `1.9.x`.
        patches: Called after the import: what to watch. It may also do other reversible things,
            see `undo`.
        undo: Called after the patches are taken back.
    """

    flavor: str
    module: str
    distribution: str
    versions: tuple[str, str]
    patches: Callable[[], Iterable[Patch]]
    undo: Callable[[], None] = lambda: None
