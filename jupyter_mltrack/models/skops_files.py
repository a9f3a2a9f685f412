"""Files of skops: scikit-learn's models as data, https://skops.readthedocs.io/en/stable/persistence.html.

skops makes only objects of classes that it knows, and of those that it is told to trust; here it is
told nothing by a file that nobody trusts. A known class may still follow wrong numbers out of its
memory when it predicts: classes whose predictions are compiled code count as unknown.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue

#: The description of all objects in a file, and the largest that is looked through.
_SCHEMA, _MAX_SCHEMA = "schema.json", 20_000_000

#: All that a file may become when it is unpacked, as a multiple of its size and in bytes.
_MAX_SWELLING, _MAX_SMALL = 200, 50_000_000

#: How objects may be made: of values, attributes, arrays. None calls what the file names.
_LOADERS = frozenset(
    "BytearrayNode BytesNode CachedNode DTypeNode DefaultDictNode DictNode FunctionNode JsonNode"
    " ListNode MaskedArrayNode NdArrayNode ObjectNode RandomGeneratorNode RandomStateNode SetNode"
    " SliceNode SparseMatrixNode TupleNode TypeNode".split()
)

_LIBRARIES = frozenset({"builtins", "collections", "datetime", "numpy", "scipy", "sklearn"})

#: Parts of scikit-learn that predict with compiled code, which checks no bounds.
_COMPILED = frozenset(
    "cluster ensemble isotonic manifold neighbors semi_supervised svm tree".split()
)

#: What skops does not know, but nothing can happen with.
_HARMLESS = frozenset({"numpy.dtype"})


def write(model: Any, file: Path, trusted_types: Sequence[str] | None) -> None:
    """Write a model, and read it once to see that it can be.

    Args:
        model: The model.
        file: Where to.
        trusted_types: Full names of classes that may be in it beside those that skops knows.

    Raises:
        InvalidParameterValue: if skops cannot write it, or meets other classes.
    """
    io = _skops()
    try:
        io.dump(model, file)
    except Exception as error:
        msg = (
            f"skops cannot write the {type(model).__name__}: {error}. It knows classes and"
            " functions of libraries, not of notebooks; use serialization_format='cloudpickle'."
        )
        raise InvalidParameterValue(msg) from error
    others = sorted(set(io.get_untrusted_types(file=file)) - set(trusted_types or ()))
    if others:
        msg = (
            f"The {type(model).__name__} holds classes that skops does not know: {others}. If they"
            " are in order, give them as skops_trusted_types, or use"
            " serialization_format='cloudpickle'."
        )
        raise InvalidParameterValue(msg)


def read(file: Path, trusted_types: Sequence[str] | None) -> Any:
    """The model in a file.

    Args:
        file: Where it is.
        trusted_types: As ``MLmodel`` says.

    Raises:
        InvalidParameterValue: if it holds other classes than these and those that skops knows.
    """
    from skops.io.exceptions import UntrustedTypesFoundException

    trusted = list(trusted_types or ())
    if trusted == [] and is_harmless(file):
        trusted = sorted(_HARMLESS)
    try:
        return _skops().load(file, trusted=trusted)
    except UntrustedTypesFoundException as error:
        msg = f"The file {file.name} of skops holds classes that MLmodel does not name: {error}."
        raise InvalidParameterValue(msg) from error


def is_harmless(file: Path) -> bool:
    """Whether a file of skops is data alone, as far as its description of itself goes."""
    schema = _schema(file)
    if schema is None:
        return False
    for node in _nodes(schema):
        library, *parts = f"{node.get('__module__')}".split(".")
        known = node["__loader__"] in _LOADERS and library in _LIBRARIES
        if not known or (library == "sklearn" and not _COMPILED.isdisjoint(parts)):
            return False
    return set(_skops().get_untrusted_types(file=file)) <= _HARMLESS


def _schema(file: Path) -> Any:
    """The description of the objects; None if the file is none of skops, or swells."""
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(each.file_size for each in archive.infolist())
            if size > max(_MAX_SMALL, _MAX_SWELLING * file.stat().st_size):
                return None
            with archive.open(_SCHEMA) as content:
                text = content.read(_MAX_SCHEMA + 1)
            return json.loads(text) if len(text) <= _MAX_SCHEMA else None
    except (KeyError, OSError, RecursionError, RuntimeError, ValueError, zipfile.BadZipFile):
        return None


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """The descriptions of all objects in it."""
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "__loader__" in value:
                yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _skops() -> Any:
    try:
        import skops.io
    except ImportError as error:
        msg = (
            "The format 'skops' needs the package skops, which is not installed: pip install skops."
        )
        raise InvalidParameterValue(msg) from error
    return skops.io
