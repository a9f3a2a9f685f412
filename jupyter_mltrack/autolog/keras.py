"""Autolog for Keras 3: ``Model.fit``, with whatever backend."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from types import GeneratorType
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.checkpoints import CheckpointPlan
from jupyter_mltrack.autolog.fit_arguments import fit_arguments
from jupyter_mltrack.autolog.keras_stopping import early_stopping, log_stopping, stopping_params
from jupyter_mltrack.autolog.library import Library, Patch
from jupyter_mltrack.autolog.switchboard import switchboard
from jupyter_mltrack.autolog.train_data import log_data

if TYPE_CHECKING:
    from jupyter_mltrack.models.signature import ModelSignature
    from jupyter_mltrack.models.types.schema import Schema

#: Arguments of ``fit`` that are no params of a run.
_NO_PARAMS = frozenset("x y callbacks validation_data verbose".split())

#: A value that is not known before the training.
_LATER = object()

#: How the names of the optimizer's params begin, by the flavor that is logged.
_PREFIXES = {"keras": "optimizer_", "tensorflow": "opt_"}


def autolog(
    log_every_epoch: bool = True,
    log_every_n_steps: int | None = None,
    log_models: bool = True,
    log_model_signatures: bool = True,
    save_exported_model: bool = False,
    log_datasets: bool = True,
    log_input_examples: bool = False,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    save_model_kwargs: dict[str, Any] | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log every ``fit`` of Keras 3: params, metrics of each epoch, the layers, the model.

    Args:
        log_every_epoch: Log metrics at the end of each epoch.
        log_every_n_steps: Log metrics of every so many batches instead.
        log_models: Log the trained model.
        log_model_signatures: Log a signature with the model.
        save_exported_model: Export the model instead of keeping it in the ``.keras`` format.
        log_datasets: Note the data as inputs of the run.
        log_input_examples: Accepted as MLflow does; no example is logged.
        disable: Log nothing any more.
        exclusive: Log nothing to runs that you started.
        disable_for_unsupported_versions: Log nothing with untested versions of Keras.
        silent: Warn of nothing.
        registered_model_name: Make the model a version of this registered model.
        save_model_kwargs: Further arguments of ``keras.Model.save``.
        extra_tags: Further tags of the runs that are started.

    Example:
        >>> mlflow.keras.autolog()
        >>> model.fit(x, y, epochs=10, validation_data=(x_test, y_test))
    """
    switchboard.switch(library("keras"), locals())


def library(flavor: str) -> Library:
    """Keras as the library of a flavor: ``keras`` or ``tensorflow``."""
    return Library(
        flavor=flavor,
        module="keras",
        distribution="keras",
        versions=("3.0", "3.15"),
        patches=lambda: _patches(flavor),
    )


def _patches(flavor: str) -> Iterator[Patch]:
    import keras

    def watcher(call: Call) -> Generator[None, Any, None]:
        return _fit(call, flavor)

    owner = next(kind for kind in keras.Model.__mro__ if "fit" in vars(kind))
    yield Patch(owner=owner, name="fit", watcher=watcher)


def _fit(call: Call, flavor: str) -> Generator[None, Any, None]:
    """Watch ``fit`` of a model."""
    given = fit_arguments(call)
    stopping = early_stopping(given["callbacks"])
    with call.attempt("the params were not logged"):
        params = {name: value for name, value in given.items() if name not in _NO_PARAMS}
        params |= _batch_size(call, given) | stopping_params(stopping)
        call.session.log(params={name: each for name, each in params.items() if each is not _LATER})
    with call.attempt("the data are not noted"):
        _log_data(call, given)
    with call.attempt("the metrics are not logged"):
        _give_callbacks(call, given["callbacks"], _PREFIXES[flavor])
    history = yield
    with call.attempt("the early stopping was not logged"):
        log_stopping(call.session, stopping, history)
    if call.configuration.log_models:
        with call.attempt("the model was not logged"):
            _log_model(call)


def _batch_size(call: Call, given: Mapping[str, Any]) -> dict[str, Any]:
    """The batch size as a param; that of a generator is logged when its first batch comes."""
    data = given["x"]
    if given["batch_size"] is not None:
        return {"batch_size": given["batch_size"]}
    if isinstance(data, GeneratorType):
        tell = call.harmless(lambda batch: call.session.log(params={"batch_size": _rows_of(batch)}))
        call.give("x", _told_of_first(data, tell))
        return {"batch_size": _LATER}
    known = getattr(data, "batch_size", None) or getattr(data, "_batch_size", None)
    return {"batch_size": None if known is None else int(known)}


def _told_of_first(
    batches: Generator[Any, None, None], tell: Callable[[Any], None]
) -> Generator[Any, None, None]:
    """The same batches; of the first, ``tell`` is told when it comes."""
    for number, batch in enumerate(batches):
        if number == 0:
            tell(batch)
        yield batch


def _rows_of(batch: Any) -> int:
    """How many rows the first input of a batch has."""
    import keras

    return len(keras.tree.flatten(batch)[0])


def _give_callbacks(call: Call, callbacks: Any, prefix: str) -> None:
    """Put ours behind those of the user, who may have put one of them there already."""
    import keras

    from jupyter_mltrack.autolog import keras_callbacks as ours

    if isinstance(callbacks, keras.callbacks.CallbackList):
        msg = "a CallbackList cannot be added to; give fit() a list of callbacks"
        raise TypeError(msg)
    together = [*keras.tree.flatten(callbacks or [])]
    if not any(isinstance(each, ours.MlflowCallback) for each in together):
        together.append(ours.MlflowCallback.watching(call.session, prefix))
    plan = CheckpointPlan.of(call.configuration.options)
    checkpoint = ours.MlflowModelCheckpointCallback
    if plan is not None and not any(isinstance(each, checkpoint) for each in together):
        together.append(checkpoint.watching(call.session, plan))
    call.give("callbacks", together)


def _log_data(call: Call, given: Mapping[str, Any]) -> None:
    log_data(call, given["x"], "train", targets=given["y"])
    tested = given["validation_data"]
    if isinstance(tested, tuple | list):
        log_data(call, tested[0], "eval", targets=tested[1])
    else:
        log_data(call, tested, "eval")


def _log_model(call: Call) -> None:
    from jupyter_mltrack.models.flavors.keras import log_model

    configuration = call.configuration
    signature = None
    if configuration.log_model_signatures:
        with call.attempt("the model has no signature"):
            signature = _signature(call.instance)
    options = configuration.options
    log_model(
        call.instance,
        name="model",
        signature=signature,
        registered_model_name=configuration.registered_model_name,
        save_exported_model=options.get("save_exported_model", False),
        save_model_kwargs=options.get("save_model_kwargs") or options.get("keras_model_kwargs"),
    )


def _signature(model: Any) -> ModelSignature:
    """Types and shapes of inputs and outputs, as the layers say."""
    from jupyter_mltrack.models.signature import ModelSignature

    return ModelSignature(
        inputs=_schema(model.input_shape, model.input_dtype),
        outputs=_schema(model.output_shape, model.compute_dtype),
    )


def _schema(shapes: Any, dtype: str) -> Schema:
    import numpy as np

    from jupyter_mltrack.models.types.schema import Schema, TensorSpec

    many = shapes if isinstance(shapes, list) else [shapes]
    return Schema(
        [
            TensorSpec(np.dtype(dtype), [-1 if size is None else size for size in shape])
            for shape in many
        ]
    )
