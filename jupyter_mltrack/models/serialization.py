"""The three formats in which scikit-learn's models, and those like them, become a file.

The names are those of MLflow's ``mlflow/sklearn``. A pickle runs whatever it says; a file of skops
is data, as far as the classes that it names are known to be harmless (`skops_files`).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models import skops_files

PICKLE, CLOUDPICKLE, SKOPS = "pickle", "cloudpickle", "skops"
FORMATS = (PICKLE, CLOUDPICKLE, SKOPS)

PICKLE_FILE = "model.pkl"
SKOPS_FILE = "model.skops"


def write_model(
    model: Any, folder: Path, serialization_format: str, trusted_types: Sequence[str] | None = None
) -> str:
    """Write a model into a folder.

    Args:
        model: The model.
        folder: Where to.
        serialization_format: One of `FORMATS`.
        trusted_types: For skops: full names of classes that may be in it beside those it knows.

    Returns:
        The name of the file.

    Raises:
        InvalidParameterValue: if there is no such format, or the model cannot be written in it.
    """
    if serialization_format not in FORMATS:
        msg = (
            f"Unrecognized serialization format: {serialization_format!r}. Choose one of"
            f" {', '.join(FORMATS)}."
        )
        raise InvalidParameterValue(msg)
    if serialization_format == SKOPS:
        skops_files.write(model, folder / SKOPS_FILE, trusted_types)
        return SKOPS_FILE
    try:
        content = _dumper(serialization_format)(model)
    except MltrackException:
        raise
    except Exception as error:
        other = "" if serialization_format == CLOUDPICKLE else ", or try 'cloudpickle'"
        msg = (
            f"The {type(model).__name__} cannot be written as a {serialization_format}: {error}."
            f" Take out what it holds of this process, such as open files{other}."
        )
        raise InvalidParameterValue(msg) from error
    (folder / PICKLE_FILE).write_bytes(content)
    return PICKLE_FILE


def read_model(
    file: Path, serialization_format: str, trusted_types: Sequence[str] | None = None
) -> Any:
    """The model in a file that has passed the gate.

    Args:
        file: Where it is.
        serialization_format: As ``MLmodel`` says.
        trusted_types: For skops, as ``MLmodel`` says.

    Raises:
        InvalidParameterValue: if there is no such format, or skops meets other classes.
    """
    if serialization_format == SKOPS:
        return skops_files.read(file, trusted_types)
    if serialization_format not in FORMATS:
        msg = (
            f"MLmodel names the serialization format {serialization_format!r}; this release knows"
            f" {', '.join(FORMATS)}."
        )
        raise InvalidParameterValue(msg)
    with file.open("rb") as content:
        return pickle.load(content)  # noqa: S301 - the gate has let it in


def _dumper(serialization_format: str) -> Callable[[Any], bytes]:
    """How to pickle, in Python's default protocol, which older releases read too."""
    if serialization_format == PICKLE:
        return pickle.dumps
    import cloudpickle

    def dumps(model: Any) -> bytes:
        content: bytes = cloudpickle.dumps(model, protocol=pickle.DEFAULT_PROTOCOL)
        return content

    return dumps
