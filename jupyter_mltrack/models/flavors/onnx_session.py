"""Sessions of ONNX Runtime, as a model's settings want them.

The names are those that MLflow keeps in ``MLmodel``; what they mean is said at
https://onnxruntime.ai/docs/api/python/api_summary.html#sessionoptions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavor import Settings

_log = logging.getLogger("jupyter_mltrack")

_CPU = "CPUExecutionProvider"

#: What MLflow notes if nothing else is asked for: a GPU if there is one.
PROVIDERS = ("CUDAExecutionProvider", _CPU)

_MODES = {"parallel": "ORT_PARALLEL", "sequential": "ORT_SEQUENTIAL"}

#: Options of a session that are passed on, with the values each may have.
_OPTIONS: dict[str, Callable[[Any], bool]] = {
    "execution_mode": lambda value: isinstance(value, str) and value.lower() in _MODES,
    "extra_session_config": lambda value: isinstance(value, Mapping),
    "graph_optimization_level": lambda value: value in {0, 1, 2, 99},
    "inter_op_num_threads": lambda value: isinstance(value, int) and value >= 0,
    "intra_op_num_threads": lambda value: isinstance(value, int) and value >= 0,
}


def checked(options: object) -> Settings | None:
    """The options of a session, if each exists and has a value that it may have.

    Raises:
        InvalidParameterValue: for the first that does not.
    """
    if options is None:
        return None
    if not isinstance(options, Mapping):
        msg = f"onnx_session_options is a dict, not {type(options).__name__!r}."
        raise InvalidParameterValue(msg)
    for name, value in options.items():
        if not _is_option(name, value):
            msg = (
                f"onnx_session_options has {name!r} = {value!r}. There are: execution_mode"
                " ('parallel' or 'sequential'), graph_optimization_level (0, 1, 2 or 99),"
                " inter_op_num_threads and intra_op_num_threads (0 or more), and"
                " extra_session_config (a dict)."
            )
            raise InvalidParameterValue(msg)
    return dict(options)


def is_plain(settings: Settings) -> bool:
    """Whether a session with these settings loads no library and opens no file that they name."""
    providers = settings.get("providers") or []
    options = settings.get("onnx_session_options") or {}
    return all(isinstance(each, str) for each in providers) and not options.get(
        "extra_session_config"
    )


def opened(model: Any, settings: Settings) -> Any:
    """A session for a graph.

    Args:
        model: A ``ModelProto``.
        settings: What ``MLmodel`` says under ``onnx``: ``onnx_session_options``, and
            ``providers``, of which those are taken that this ONNX Runtime has.
    """
    import onnxruntime

    return onnxruntime.InferenceSession(
        model.SerializeToString(),
        sess_options=_options(settings.get("onnx_session_options") or {}),
        providers=_available(settings.get("providers") or PROVIDERS),
    )


def _options(asked: Mapping[str, Any]) -> Any:
    """Options as ONNX Runtime takes them; what it does not have is left out, as MLflow does."""
    import onnxruntime

    chosen = {name: value for name, value in asked.items() if _is_option(name, value)}
    options = onnxruntime.SessionOptions()
    for name in ("inter_op_num_threads", "intra_op_num_threads"):
        setattr(options, name, chosen.get(name, 0))
    if mode := chosen.get("execution_mode"):
        options.execution_mode = getattr(onnxruntime.ExecutionMode, _MODES[mode.lower()])
    if level := chosen.get("graph_optimization_level"):
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel(level)
    for key, value in chosen.get("extra_session_config", {}).items():
        options.add_session_config_entry(str(key), str(value))
    return options


def _is_option(name: str, value: object) -> bool:
    return name in _OPTIONS and _OPTIONS[name](value)


def _available(wanted: Any) -> list[Any]:
    """The wanted providers that are there, or else the processor."""
    import onnxruntime

    there = set(onnxruntime.get_available_providers())
    pairs = [(each, {}) if isinstance(each, str) else tuple(each) for each in wanted]
    found = [(name, options) for name, options in pairs if name in there]
    if not found:
        _log.warning("ONNX Runtime has none of %s here; the model runs on the processor.", wanted)
    return found or [(_CPU, {})]
