"""The first rows of data that a library takes over: later they cannot be had as they were."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any
from weakref import WeakKeyDictionary

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.model_logging import first_rows


class Samples:
    """The first rows of what objects were made of, for as long as the objects live."""

    def __init__(self) -> None:
        self._rows: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    def watch(self, call: Call) -> Generator[None, Any, None]:
        """Watch the constructor of a class whose first argument is ``data``."""
        data = call.args[0] if call.args else call.kwargs.get("data")
        try:
            rows = first_rows(data)
        except Exception:  # noqa: BLE001  (a file, an iterator, anything)
            rows = None
        yield
        if rows is not None:
            self._rows[call.instance] = rows

    def of(self, made: Any) -> Any:
        """The rows an object was made of.

        Raises:
            LookupError: if it was made before autolog was on, or of something without rows.
        """
        rows = self._rows.get(made)
        if rows is None:
            msg = f"a {type(made).__name__} that was made before autolog, or of a file, has no rows"
            raise LookupError(msg)
        return rows
