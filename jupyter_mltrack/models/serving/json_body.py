"""Requests in JSON: which of MLflow's four forms, and what the model gets of it.

``dataframe_split`` and ``dataframe_records`` are tables; ``instances`` are rows and ``inputs``
columns or arrays, as TensorFlow Serving has them. ``params`` may be beside each.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from jupyter_mltrack.models.serving.answer import Refused, bad_request
from jupyter_mltrack.models.serving.arrays import read_inputs, read_instances
from jupyter_mltrack.models.serving.frames import read_records, read_split
from jupyter_mltrack.models.serving.request import ScoringRequest

#: Keys of requests to language models, which go to the model as they are.
_CHAT = ("messages", "prompt", "input")

_decode = msgspec.json.Decoder().decode


def read_json(body: bytes, schema: Any) -> ScoringRequest:
    """The request of a body in JSON.

    Args:
        body: UTF-8.
        schema: The inputs of the signature, or None.

    Raises:
        Refused: if it is no JSON, or none of the forms, or does not fit the signature.

    Example:
        >>> read_json(b'{"inputs": [1, 2]}', None).data
        array([1, 2])
    """
    fields = _parsed(body)
    if not isinstance(fields, dict):
        raise _formless(what=f"this one is a {_kind(fields)}")
    given = [key for key in fields if key in _FORMS]
    params = fields.pop("params", None)
    if not given and any(key in fields for key in _CHAT):
        return ScoringRequest(data=fields, params=params)
    if len(given) != 1:
        raise _formless(what=f"this one has the keys {list(fields)[:10]}")
    (form,) = given
    return ScoringRequest(data=_FORMS[form](fields[form], schema), params=params)


def _parsed(body: bytes) -> Any:
    try:
        return _decode(body)
    except RecursionError:
        msg = "The JSON is nested too deeply. Send rows of single values, or of arrays."
        raise bad_request(msg) from None
    except (msgspec.DecodeError, ValueError):
        return _parsed_slowly(body)


def _parsed_slowly(body: bytes) -> Any:
    """As Python reads it: with ``NaN`` and ``Infinity``, which are no JSON but often sent."""
    try:
        return json.loads(body.decode())
    except RecursionError:
        msg = "The JSON is nested too deeply. Send rows of single values, or of arrays."
        raise bad_request(msg) from None
    except ValueError as error:
        msg = f"The body is no JSON in UTF-8: {error}. Send one of {_KNOWN}."
        raise bad_request(msg) from None


def _formless(*, what: str) -> Refused:
    return bad_request(
        f"A request is a JSON object with exactly one of {_KNOWN}, and 'params' if the model has"
        f" some; {what}."
    )


def _kind(value: Any) -> str:
    return {list: "list", str: "text", type(None): "null"}.get(type(value), "single value")


_FORMS: dict[str, Callable[[Any, Any], Any]] = {
    "dataframe_split": read_split,
    "dataframe_records": read_records,
    "instances": read_instances,
    "inputs": read_inputs,
}
FIELDS = frozenset(_FORMS)
_KNOWN = ", ".join(_FORMS)
