"""Graphs that ``torch.export`` makes of a model: the format ``pt2``.

What the dimensions of a signature mean for the graph is as in MLflow's ``mlflow/pytorch``.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue


def write(model: Any, file: Path, inputs: tuple[Any, ...], signature: Any = None) -> None:
    """Write the graph of what a model does with some inputs.

    Args:
        model: A ``torch.nn.Module``.
        file: Where to.
        inputs: A tensor for each input.
        signature: Its dimensions of -1 stay open in the graph; without it, each first one. One
            that has size 1 in ``inputs`` is closed, as torch takes it for a constant.

    Raises:
        InvalidParameterValue: if torch cannot export it, or the signature has other inputs.
    """
    import torch

    shapes = [spec.shape for spec in signature.inputs] if signature else [(-1,)] * len(inputs)
    if len(shapes) != len(inputs):
        msg = f"The signature has {len(shapes)} inputs, and the input example {len(inputs)}."
        raise InvalidParameterValue(msg)
    auto = torch.export.Dim.AUTO
    dynamic = [{at: auto for at, size in enumerate(shape) if size == -1} for shape in shapes]
    try:
        program = torch.export.export(model, inputs, dynamic_shapes=dynamic)
    except Exception as error:
        msg = (
            f"torch.export cannot make a graph of the {type(model).__name__}:"
            f" {str(error).strip()[:500]}. Use serialization_format='pickle'."
        )
        raise InvalidParameterValue(msg) from error
    torch.export.save(program, file)


def read(file: Path) -> Any:
    """The graph in a file, as a module."""
    import torch

    return torch.export.load(file).module()


def tensors(example: Any) -> tuple[Any, ...]:
    """An input example as one tensor for each input.

    Raises:
        InvalidParameterValue: if it is none, or holds something else.
    """
    import numpy as np
    import torch

    parts = example if isinstance(example, list | tuple) else [example]
    if not parts or not all(isinstance(part, np.ndarray | torch.Tensor) for part in parts):
        msg = (
            "serialization_format='pt2' needs input_example: an array or a tensor, or a list of"
            " them, which is run through the model to find its graph."
        )
        raise InvalidParameterValue(msg)
    return tuple(map(torch.as_tensor, parts))


def moved(model: Any, device: Any) -> Any:
    """A module on a device.

    Raises:
        InvalidParameterValue: if it is a graph, and was made on another one.
    """
    import torch

    if not isinstance(model, torch.fx.GraphModule):
        return model.to(device)
    places = {each.device.type for each in chain(model.parameters(), model.buffers())}
    if places <= {torch.device(device).type}:
        return model
    msg = (
        f"This model is an exported graph, and cannot be moved to {str(device)!r}. Move the model"
        " there before you log it, or log it with serialization_format='pickle'."
    )
    raise InvalidParameterValue(msg)
