"""The arguments of a training as params of its run."""

from __future__ import annotations

import inspect
from collections.abc import Collection
from typing import Any

from jupyter_mltrack.autolog.call import Call


def fit_arguments(call: Call, without: Collection[str] = ()) -> dict[str, Any]:
    """The arguments of a call by name, defaults included.

    Args:
        call: The training.
        without: Those that are no params, such as the data.

    Returns:
        The arguments; what the function takes as ``**kwargs`` stands beside the others.
    """
    found = call.arguments()
    for parameter in inspect.signature(call.original).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            found |= found.pop(parameter.name, {})
        elif parameter.kind is parameter.VAR_POSITIONAL:
            found.pop(parameter.name, None)
    return {name: value for name, value in found.items() if name not in without}
