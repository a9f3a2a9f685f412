"""``mlflow.autolog()``: a package of this name is there, so it can be called.

Python binds the package to the name ``autolog`` of its parent whenever it is first imported.
"""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

from jupyter_mltrack.autolog.all_libraries import autolog


class CallablePackage(ModuleType):
    """The package ``jupyter_mltrack.autolog``, which calls `autolog` when it is called."""

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(autolog)

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """See `autolog`."""
        autolog(*args, **kwargs)
