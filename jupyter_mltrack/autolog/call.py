"""One call of a watched function, as its watcher sees it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from jupyter_mltrack.autolog.configuration import Configuration
from jupyter_mltrack.autolog.trouble import Attempt, attempt, harmless

if TYPE_CHECKING:
    from jupyter_mltrack.autolog.session import Session


@dataclass(slots=True, eq=False)
class Call:
    """One call of a watched function.

    Attributes:
        original: The function itself, bound if it is a method. Do not call it: it is called once,
            at the ``yield`` of the watcher.
        instance: The ``self`` of a method; None for a function.
        args: What it is called with, without ``self``; a watcher may replace it, see `give`.
        kwargs: The same by name: a copy, so it may be changed.
        configuration: How the library is to be logged, at the time of the call.
        current: Where a training is logged.
    """

    original: Callable[..., Any]
    instance: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    configuration: Configuration
    current: Session | None = None

    @property
    def session(self) -> Session:
        """Where the training is logged."""
        return cast("Session", self.current)

    def arguments(self) -> dict[str, Any]:
        """All arguments by name, defaults included; ``**kwargs`` of the function is one dict."""
        bound = inspect.signature(self.original).bind(*self.args, **self.kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)

    def argument(self, name: str, default: Any = None) -> Any:
        """One argument as the function will see it; ``default`` if it has none of that name."""
        if name in self.kwargs:
            return self.kwargs[name]
        return self.arguments().get(name, default)

    def give(self, name: str, value: Any) -> None:
        """Call the original with this value of an argument, such as a longer list of callbacks.

        If the watcher fails before its ``yield``, the user's own arguments are used.
        """
        bound = inspect.signature(self.original).bind(*self.args, **self.kwargs)
        if name in bound.arguments and name not in self.kwargs:
            bound.arguments[name] = value
            self.args, self.kwargs = bound.args, dict(bound.kwargs)
        else:
            self.kwargs[name] = value

    def attempt(self, what: str) -> Attempt:
        """A part of the logging that may fail alone; ``what`` says what then is missing.

        Example:
            >>> with call.attempt("the model was not logged"):
            ...     log_model(call, "xgboost", booster)
        """
        return attempt(self.configuration, what)

    def harmless(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function`` for a callback of the library: if it raises, that is said once."""
        return harmless(self.configuration, function)
