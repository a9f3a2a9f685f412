"""What the user calls a thing: the name of the variable that holds it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import FrameType
from typing import Any

_OURS = "jupyter_mltrack.autolog"
_LONGEST = 32


def variable_name(thing: Any, otherwise: str) -> str:
    """The name of the variable that holds ``thing`` where the watched function was called.

    A function that got it as an argument is passed over for its caller: MLflow's rule.

    Args:
        thing: Any object but None.
        otherwise: The name of what is in no variable.
    """
    for frame in _frames_of_user():
        if not any(thing is argument for argument in _arguments(frame)):
            held = (name for name, value in frame.f_locals.items() if value is thing)
            return next(filter(str.isidentifier, held), otherwise)
    return otherwise


def as_called(name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """A call as text, with the names of variables: ``accuracy_score(y_true=y, y_pred=pred)``.

    Args:
        name: What to write before the bracket.
        function: Its signature says what positional arguments are called.
        args: Positional arguments, without ``self``.
        kwargs: The others.
    """
    names = inspect.signature(function).parameters
    given = [*zip(names, args, strict=False), *kwargs.items()]
    return f"{name}({', '.join(f'{key}={_as_text(value)}' for key, value in given)})"


def _as_text(value: Any) -> str:
    import numpy as np

    if isinstance(value, str) and len(value) > _LONGEST:
        return repr(value[:_LONGEST] + "...")
    if value is None or np.isscalar(value):
        return repr(value)
    return variable_name(value, f"<{type(value).__name__}>")


def _frames_of_user() -> Iterator[FrameType]:
    """The calls that led here, the innermost first, without those of autolog."""
    frame = inspect.currentframe()
    while frame is not None:
        if not frame.f_globals.get("__name__", "").startswith(_OURS):
            yield frame
        frame = frame.f_back


def _arguments(frame: FrameType) -> Iterator[Any]:
    """What the function that runs in a frame was called with."""
    found = inspect.getargvalues(frame)
    yield from (found.locals[name] for name in found.args if name in found.locals)
    yield from found.locals.get(found.varargs or "", ())
    yield from found.locals.get(found.keywords or "", {}).values()
