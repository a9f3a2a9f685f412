"""A watched call: the original is called once with the user's arguments, come what may."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from jupyter_mltrack.autolog import nesting
from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.configuration import Configuration
from jupyter_mltrack.autolog.library import Patch
from jupyter_mltrack.autolog.session import Session, open_session, user_run
from jupyter_mltrack.autolog.trouble import attempt
from jupyter_mltrack.tracking.fluent.runs import status_after

_Running = Generator[None, Any, None] | None


def watched(
    patch: Patch,
    flavor: str,
    configuration: Configuration | None,
    original: Callable[..., Any],
    instance: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """Call ``original`` and log the call, unless it is not to be logged.

    Args:
        patch: Says how to watch.
        flavor: The library.
        configuration: How it is logged; None if it is switched off.
        original: The function, bound if it is a method.
        instance: The ``self`` of a method.
        args: What the user calls it with.
        kwargs: The same by name.

    Returns:
        What ``original`` returns.

    Raises:
        BaseException: what ``original`` raises, and nothing else but Ctrl-C.
    """
    outer = nesting.outer()
    if configuration is None or not _is_wanted(patch, configuration, outer, instance):
        return original(*args, **kwargs)
    call = Call(original, instance, args, dict(kwargs), configuration)
    own = None
    if outer is not None:
        call.current = outer.session
    elif patch.trains:
        own = call.current = _opened(flavor, configuration)
        if own is None:
            return original(*args, **kwargs)
    with nesting.inside(call.current):
        return _between(patch, call, own, args, kwargs)


def _is_wanted(
    patch: Patch, configuration: Configuration, outer: nesting.Outer | None, instance: Any
) -> bool:
    if not patch.when(instance):
        return False
    if outer is not None:
        return patch.joins and (outer.session is not None or not patch.trains)
    return not (patch.trains and configuration.exclusive and user_run() is not None)


def _opened(flavor: str, configuration: Configuration) -> Session | None:
    with attempt(configuration, "this training is not logged"):
        return open_session(flavor, configuration)
    return None


def _between(
    patch: Patch, call: Call, own: Session | None, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """The first half of the watcher, the original, the second half."""
    status = "KILLED"  # if Ctrl-C comes while something is logged
    try:
        running = _first_half(patch, call)
        try:
            if running is None:
                result = call.original(*args, **kwargs)
            else:
                result = call.original(*call.args, **call.kwargs)
        except BaseException as error:
            status = status_after(type(error), error)
            _closed(running, call)
            raise
        _second_half(running, call, result)
        status = "FINISHED"
        return result
    finally:
        if own is not None:
            with attempt(call.configuration, "the run was not ended"):
                own.end(status)


def _first_half(patch: Patch, call: Call) -> _Running:
    with attempt(call.configuration, "the training is logged in part only"):
        running = patch.watcher(call)
        next(running)
        return running
    return None


def _second_half(running: _Running, call: Call, result: Any) -> None:
    if running is None:
        return
    with attempt(call.configuration, "the training is logged in part only"):
        try:
            running.send(result)
        except StopIteration:
            return
        running.close()


def _closed(running: _Running, call: Call) -> None:
    if running is not None:
        with attempt(call.configuration, "not all was tidied up after a training that failed"):
            running.close()
