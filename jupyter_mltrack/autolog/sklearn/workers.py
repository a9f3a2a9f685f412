"""Threads that scikit-learn starts within a training log nothing of their own.

Its tasks go through `sklearn.utils.parallel`: each is marked where it is handed over, and the mark
is looked at where it is done. Other processes have no autolog, or know that they are forks.
The tasks of ``cross_validate`` and its like are marked too, as no model comes out of them; users
may have imported those functions before autolog was switched on.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jupyter_mltrack.autolog import nesting
from jupyter_mltrack.tracking import active

_MARK = "_mltrack_inside"
_JUDGING = "sklearn.model_selection._validation"


class Workers:
    """The two methods of scikit-learn that are changed, and their originals."""

    def __init__(self) -> None:
        self._changed: list[tuple[type, str, Any, Any]] = []

    def mark(self) -> None:
        """Begin to mark tasks."""
        from sklearn.utils import parallel

        task = getattr(parallel, "_FuncWrapper", None)
        if task is not None and hasattr(parallel, "Parallel") and not self._changed:
            self._change(parallel.Parallel, _handing_over)
            self._change(task, _doing)

    def take_back(self) -> None:
        """Leave scikit-learn as it was."""
        for kind, name, original, ours in self._changed:
            if vars(kind).get(name) is ours:
                setattr(kind, name, original)
        self._changed.clear()

    def _change(self, kind: type, change: Callable[[Any], Any]) -> None:
        original = vars(kind)["__call__"]
        ours = functools.wraps(original)(change(original))
        self._changed.append((kind, "__call__", original, ours))
        kind.__call__ = ours  # type: ignore[method-assign]


def _handing_over(original: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: Any, iterable: Iterable[Any]) -> Any:
        inside = nesting.outer() is not None
        return original(self, _marked(iterable, all_of_them=inside))

    return call


def _doing(original: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not getattr(self, _MARK, False):
            return original(self, *args, **kwargs)
        with active.muted():
            return original(self, *args, **kwargs)

    return call


def _marked(tasks: Iterable[Any], *, all_of_them: bool) -> Iterator[Any]:
    for task in tasks:
        function = getattr(task[0], "function", None)  # of what `delayed` of scikit-learn makes
        if function is not None and (all_of_them or function.__module__ == _JUDGING):
            setattr(task[0], _MARK, True)
        yield task
