"""PyTorch: whole modules, TorchScript, and graphs that ``torch.export`` made.

Layout and settings are those of MLflow's ``mlflow/pytorch``: ``data/model.pth`` beside the name of
what pickled it, or ``data/model.pt2``. None of them is data alone: pickles run what they name,
TorchScript is a program that may open files, and loading a graph evaluates texts in it as
expressions (``sympify`` in ``torch/_export/serde/serialize.py``). State dicts are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.flavors import torch_export, torch_pickle
from jupyter_mltrack.models.flavors.torch_state import (
    load_state_dict,
    log_state_dict,
    save_state_dict,
)
from jupyter_mltrack.models.signature import ModelSignature
from jupyter_mltrack.models.verbs import default_environment, verbs

__all__ = [
    "FLAVOR",
    "PyTorch",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_model",
    "load_state_dict",
    "log_model",
    "log_state_dict",
    "save_model",
    "save_state_dict",
]

_FOLDER = "data"
_EXPORTED = "model.pt2"

PICKLE, PT2 = "pickle", "pt2"


class PyTorch(Flavor):
    """Models of PyTorch: any ``torch.nn.Module``.

    Args:
        example: An array or tensor, or a list of them, that is run through a model to export it.
        signature: Its dimensions of -1 stay open in an exported graph; without it, the first ones.
    """

    name = "pytorch"
    argument = "pytorch_model"
    packages = ("torch", "cloudpickle")
    options: ClassVar[dict[str, Any]] = {
        "pickle_module": None,
        "pickle_protocol": 2,
        "export_model": False,
        "serialization_format": None,
    }

    def __init__(self, example: Any = None, signature: ModelSignature | None = None) -> None:
        self._example = example
        self._signature = signature

    def write(
        self,
        model: Any,
        folder: Path,
        *,
        pickle_module: ModuleType | None = None,
        pickle_protocol: int = 2,
        export_model: bool = False,
        serialization_format: str | None = None,
    ) -> Written:
        """Write ``data/model.pth`` or ``data/model.pt2``.

        Args:
            model: A ``torch.nn.Module``, or what ``torch.jit`` made of one.
            folder: Where to.
            pickle_module: What pickles; None is cloudpickle.
            pickle_protocol: The protocol of the pickle.
            export_model: MLflow's older way to say ``"pt2"``.
            serialization_format: ``"pickle"`` or ``"pt2"``. None is ``"pickle"``, as in MLflow 2:
                what is loaded then is the model, and not a graph that cannot be trained on.

        Raises:
            InvalidParameterValue: if it is no module, or cannot be written in that format.
        """
        import torch

        if not isinstance(model, torch.nn.Module):
            msg = (
                f"pytorch_model is a torch.nn.Module, not {type(model).__name__!r}. Use"
                " log_state_dict() for a dict of tensors."
            )
            raise InvalidParameterValue(msg)
        data = folder / _FOLDER
        data.mkdir()
        if _format(serialization_format, export_model=export_model) == PT2:
            inputs = torch_export.tensors(self._example)
            torch_export.write(model, data / _EXPORTED, inputs, self._signature)
            pickled_by, is_function = torch_pickle.DEFAULT, len(inputs) == 1
        else:
            pickled_by = torch_pickle.write(model, data, pickle_module, pickle_protocol)
            is_function = True
        function = {"data": _FOLDER, "pickle_module_name": pickled_by, "config": {"device": None}}
        return Written(
            settings={"model_data": _FOLDER, "pytorch_version": str(torch.__version__)},
            pyfunc=function if is_function else None,
        )

    def read(self, folder: Path, settings: Settings, *, device: Any = None, **options: Any) -> Any:
        """The model, ready to predict (``eval()``).

        Args:
            folder: The model's folder.
            settings: What ``MLmodel`` says.
            device: Where to move it.
            **options: Keyword arguments of ``torch.load``, such as ``map_location``.

        Raises:
            InvalidParameterValue: if an exported graph is asked for on another device.
        """
        data = contained(folder, settings.get("model_data", ""))
        if (data / torch_pickle.FILE).is_file():
            model = torch_pickle.read(data, options).eval()
        else:
            model = torch_export.read(data / _EXPORTED)
        return model if device is None else torch_export.moved(model, device)

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The model called on a tensor; on the ``device`` of the config, or where it is."""
        device = (settings.get("config") or {}).get("device")
        return Forward(model if device is None else torch_export.moved(model, device))


@dataclass(frozen=True, slots=True)
class Forward:
    """A module as a function of tables and arrays, without gradients and not training.

    Args:
        module: A ``torch.nn.Module``.
    """

    module: Any

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """The one tensor that the module returns.

        Args:
            data: A DataFrame of numbers, or an array, the first dimension being the rows. Floats
                become those of the module's weights, float32 as a rule.
            params: Further keyword arguments of the module.

        Returns:
            A DataFrame with the index of the given one, or an array.

        Raises:
            InvalidParameterValue: if the data is something else, or the module returns no tensor.
        """
        import pandas as pd
        import torch

        tensors = chain(self.module.parameters(), self.module.buffers())
        weight = next(filter(torch.is_floating_point, tensors), torch.zeros(0))
        given = torch.from_numpy(_array(data)).to(weight.device)
        given = given.to(weight.dtype) if given.is_floating_point() else given
        with torch.no_grad(), _at_rest(self.module):
            found = self.module(given, **(params or {}))
        if not isinstance(found, torch.Tensor):
            msg = f"A model used as a function returns one tensor, not {type(found).__name__!r}."
            raise InvalidParameterValue(msg)
        values = found.cpu().numpy()
        return pd.DataFrame(values, index=data.index) if isinstance(data, pd.DataFrame) else values


@contextmanager
def _at_rest(module: Any) -> Iterator[None]:
    """Not training for a while: no dropout, and the statistics of batches stay as they are."""
    training = [each for each in module.modules() if each.training]
    for each in training:
        each.training = False
    try:
        yield
    finally:
        for each in training:
            each.training = True


def _array(data: Any) -> Any:
    """Data as an array; a table as float32, as MLflow takes it."""
    import numpy as np
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data.to_numpy(dtype=np.float32)
    if isinstance(data, np.ndarray):
        return data
    msg = (
        "A model of PyTorch predicts from a DataFrame or an array, not from"
        f" {type(data).__name__!r}. For other inputs load it with mlflow.pytorch.load_model()."
    )
    raise InvalidParameterValue(msg)


def _format(asked: str | None, *, export_model: bool) -> str:
    chosen = asked or (PT2 if export_model else PICKLE)
    if chosen not in {PICKLE, PT2} or (export_model and chosen != PT2):
        msg = (
            f"serialization_format is 'pickle' or 'pt2', and export_model=True means 'pt2'; not"
            f" {chosen!r}."
        )
        raise InvalidParameterValue(msg)
    return chosen


def _for_call(given: dict[str, Any]) -> PyTorch:
    """The flavor that knows what a model is exported with."""
    signature = given.get("signature")
    return PyTorch(
        given.get("input_example"), signature if isinstance(signature, ModelSignature) else None
    )


def _kept(given: dict[str, Any]) -> dict[str, Any]:
    """The arguments with an example that can be kept: an array for a tensor, none for a list."""
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    example = given.get("input_example")
    if torch is None or numpy is None or example is None:
        return given
    if isinstance(example, torch.Tensor):
        return given | {"input_example": example.detach().cpu().numpy()}
    parts = example if isinstance(example, list | tuple) else []
    is_of_inputs = any(isinstance(part, torch.Tensor | numpy.ndarray) for part in parts)
    return given | {"input_example": None} if is_of_inputs else given


def _exporting(verb: Callable[..., Any], which: int) -> Callable[..., Any]:
    """A function of users whose flavor knows what a model is exported with."""

    @wraps(verb)
    def call(*args: Any, **given: Any) -> Any:
        return verbs(_for_call(given))[which](*args, **_kept(given))

    return call


FLAVOR = PyTorch()

save_model, log_model, load_model = verbs(FLAVOR)
save_model, log_model = _exporting(save_model, 0), _exporting(log_model, 1)
get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
