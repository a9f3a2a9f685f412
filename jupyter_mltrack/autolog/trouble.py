"""What fails inside autolog is said in one warning; the training goes on."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Any

from jupyter_mltrack.autolog.configuration import Configuration

_log = logging.getLogger("jupyter_mltrack")


def tell(configuration: Configuration, message: str) -> None:
    """Warn, unless the user asked for silence."""
    if not configuration.silent:
        _log.warning("autolog: %s", message)


class Attempt:
    """A part that may fail: what it raises becomes a warning, and what follows goes on.

    Args:
        configuration: Says whether to be silent.
        what: What could not be done, as in "the confusion matrix was not logged".
    """

    def __init__(self, configuration: Configuration, what: str) -> None:
        self._configuration = configuration
        self._what = what

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """Say what failed; Ctrl-C is the user's and goes on."""
        if not isinstance(error, Exception):
            return False
        tell(self._configuration, f"{self._what}: {type(error).__name__}: {error}")
        return True


def attempt(configuration: Configuration, what: str) -> Attempt:
    """Begin a part that may fail, see `Attempt`."""
    return Attempt(configuration, what)


def harmless(configuration: Configuration, function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, to be called by a library in the midst of a training.

    If it raises, that is said once, it is not called again, and the caller gets None.
    """
    broken = False

    @functools.wraps(function)
    def tried(*args: Any, **kwargs: Any) -> Any:
        nonlocal broken
        if broken:
            return None
        broken = True
        with attempt(configuration, "no more is logged while this training goes on"):
            result = function(*args, **kwargs)
            broken = False
            return result
        return None

    return tried
