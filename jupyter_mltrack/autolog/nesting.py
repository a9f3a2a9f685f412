"""Whether the caller is inside a watched call already: only the outermost one is logged.

A search over parameters fits many models, a pipeline fits its steps, ``score`` calls ``predict``.
The answer is per thread and per asyncio task. A process that was forked in the midst of a
training is a worker of that training and logs nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mltrack.tracking import active

if TYPE_CHECKING:
    from jupyter_mltrack.autolog.session import Session


@dataclass(slots=True, eq=False)
class Outer:
    """A call that is being watched.

    Attributes:
        session: Where it is logged; None if it is no training, or nothing is to be logged.
    """

    session: Session | None


class _Process:
    """What this process does."""

    def __init__(self) -> None:
        self.watched = 0
        self.is_worker = False

    def forked(self) -> None:
        """In the child."""
        self.is_worker = self.is_worker or self.watched > 0


_process = _Process()
_outer: ContextVar[Outer | None] = ContextVar("mltrack_autolog_outer", default=None)
_nowhere = Outer(session=None)


def outer() -> Outer | None:
    """The watched call that the caller is inside of, if any."""
    return _nowhere if _process.is_worker or active.is_muted() else _outer.get()


@contextmanager
def inside(session: Session | None) -> Iterator[None]:
    """What is called in this block is inside a watched call that is logged to ``session``."""
    before = _outer.set(Outer(session=session))
    _process.watched += 1
    try:
        yield
    finally:
        _process.watched -= 1
        _outer.reset(before)


os.register_at_fork(after_in_child=_process.forked)
