"""The trained model as part of what autolog logs."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.trouble import tell

if TYPE_CHECKING:
    from jupyter_mltrack.models.model_info import ModelInfo
    from jupyter_mltrack.models.signature import ModelSignature

#: So many rows are an input example.
EXAMPLE_ROWS = 5


def log_model(
    call: Call,
    flavor: str,
    model: Any,
    *,
    sample: Callable[[], Any] | None = None,
    predict: Callable[[Any], Any] | None = None,
    name: str = "model",
    **options: Any,
) -> ModelInfo | None:
    """Log a trained model with what the user asked for: signature, example, a registered name.

    Args:
        call: The training.
        flavor: Who writes it: ``models/flavors/<flavor>.py``.
        model: The model.
        sample: Gives a few rows of what it was trained with; may raise.
        predict: Gives the model's predictions for a copy of the sample; may raise.
        name: What to call it in the run.
        **options: Further arguments of the flavor's ``log_model``.

    Returns:
        What was logged; None if it was not, which has been said.
    """
    configuration = call.configuration
    if not configuration.log_models:
        return None
    example, signature = example_and_signature(call, sample, predict)
    with call.attempt(f"the model {name!r} was not logged"):
        verbs = importlib.import_module(f"jupyter_mltrack.models.flavors.{flavor}")
        info: ModelInfo = verbs.log_model(
            model,
            name=name,
            signature=signature,
            input_example=example,
            registered_model_name=configuration.registered_model_name,
            **options,
        )
        return info
    return None


def example_and_signature(
    call: Call,
    sample: Callable[[], Any] | None,
    predict: Callable[[Any], Any] | None,
) -> tuple[Any, ModelSignature | None]:
    """The input example and the signature of a model, each None if not wanted or not possible."""
    configuration = call.configuration
    if sample is None or not (
        configuration.log_input_examples or configuration.log_model_signatures
    ):
        return None, None
    try:
        example = sample()
    except Exception as error:  # noqa: BLE001  (the data may be anything)
        tell(configuration, f"neither example nor signature of the model: {error}")
        return None, None
    signature = None
    if configuration.log_model_signatures and predict is not None:
        with call.attempt("the model has no signature"):
            signature = _signature(example, predict)
    return example if configuration.log_input_examples else None, signature


def first_rows(data: Any) -> Any:
    """The first rows of a table or array, as a copy.

    Raises:
        TypeError: if ``data`` is neither.
    """
    if hasattr(data, "iloc"):
        return data.iloc[:EXAMPLE_ROWS].copy()
    if not hasattr(data, "__getitem__") or isinstance(data, dict | str | bytes):
        msg = f"there are no rows in {type(data).__name__}"
        raise TypeError(msg)
    rows = data[:EXAMPLE_ROWS]
    return rows.copy() if hasattr(rows, "copy") else rows


def _signature(example: Any, predict: Callable[[Any], Any]) -> ModelSignature:
    from copy import deepcopy

    from jupyter_mltrack.models.signature import infer_signature

    return infer_signature(example, predict(deepcopy(example)))
