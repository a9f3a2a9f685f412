"""The example of an input that is kept with a model: written as two files of JSON, and read back.

``input_example.json`` is what ``predict`` takes, ``serving_input_example.json`` what a scoring
server takes. The names of the files and what ``MLmodel`` says of them are those of MLflow's
``mlflow/models/utils.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts.contained import contained
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.models.example_json import dumps
from jupyter_mltrack.models.example_kinds import READERS, encoded
from jupyter_mltrack.models.whole_file import write_whole

Info = dict[str, Any]

INPUT_EXAMPLE_FILE = "input_example.json"
SERVING_INPUT_FILE = "serving_input_example.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedInputExample:
    """An input example, ready to be written.

    Attributes:
        data: What goes into ``predict``, as the user gave it.
        params: The parameters of ``predict`` that belong to it, or None.
        info: What ``MLmodel`` says of it, under ``saved_input_example_info``.
        text: The content of ``input_example.json``.
        serving_text: The content of ``serving_input_example.json``.
    """

    data: Any
    params: dict[str, Any] | None
    info: Info
    text: str
    serving_text: str

    @classmethod
    def of(cls, example: Any) -> SavedInputExample:
        """An example of a table, an array, a dict of arrays, a sparse matrix, or plain data.

        Args:
            example: The input, or a tuple of it and a dict of parameters.

        Raises:
            InvalidParameterValue: if it cannot be written; the message names the type.
        """
        data, params = _split(example)
        try:
            kept = encoded(data)
        except RecursionError as error:
            msg = "The input example is nested too deeply, or contains itself. Give a flatter one."
            raise InvalidParameterValue(msg) from error
        content, serving = kept.content, kept.serving
        if params:
            content = {"inputs": content, "params": params}
            serving = serving | (params if serving is data else {"params": params})
        info = {
            "artifact_path": INPUT_EXAMPLE_FILE,
            "serving_input_path": SERVING_INPUT_FILE,
            **kept.info,
            **({"params": "true"} if params else {}),
        }
        return cls(
            data=data,
            params=params,
            info=info,
            text=dumps(content),
            serving_text=dumps(serving, indent=2),
        )

    def write(self, folder: Path) -> None:
        """Write both files into a model's folder."""
        write_whole(folder / INPUT_EXAMPLE_FILE, self.text)
        write_whole(folder / SERVING_INPUT_FILE, self.serving_text)


def convert_input_example_to_serving_input(input_example: Any) -> str | None:
    """The JSON that a scoring server takes for an input example; None for None."""
    return None if input_example is None else SavedInputExample.of(input_example).serving_text


def load(folder: Path, info: Info, schema: Any = None) -> Any:
    """The input example in a model's folder.

    Args:
        folder: The model's folder.
        info: What ``MLmodel`` says under ``saved_input_example_info``.
        schema: What the signature says of the input; columns and arrays get these types.

    Raises:
        ResourceDoesNotExist: if the file is missing.
        InvalidParameterValue: if it is damaged, or of a kind that is not known here.
    """
    kind = info.get("type")
    if not isinstance(kind, str) or kind not in READERS:
        msg = (
            f"The input example is of the type {kind!r}; known are {', '.join(sorted(READERS))}."
            " A newer release may read it."
        )
        raise InvalidParameterValue(msg)
    content = _parsed(folder, info)
    try:
        if info.get("params"):
            content = content["inputs"]
        return READERS[kind](content, schema)
    except (LookupError, TypeError, ValueError) as error:
        msg = f"The input example is damaged: {error}. Log the model again with one."
        raise InvalidParameterValue(msg) from error


def load_params(folder: Path, info: Info) -> dict[str, Any] | None:
    """The parameters that belong to the input example in a model's folder, or None."""
    content = _parsed(folder, info) if info.get("params") else None
    return content.get("params") if isinstance(content, dict) else None


def load_serving_input(folder: Path, info: Info) -> str | None:
    """The input example as the JSON that a scoring server takes, or None if there is none."""
    name = info.get("serving_input_path")
    return None if name is None else _place(folder, name).read_text(encoding="utf-8")


def _split(example: Any) -> tuple[Any, dict[str, Any] | None]:
    """The example, and the parameters if it came with them."""
    match example:
        case (data, dict() as params) if isinstance(example, tuple):
            return data, params or None
    return example, None


def _parsed(folder: Path, info: Info) -> Any:
    content = _place(folder, info.get("artifact_path")).read_bytes()
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        msg = f"The input example is no JSON: {error}. Log the model again with one."
        raise InvalidParameterValue(msg) from error


def _place(folder: Path, name: Any) -> Path:
    """Where a file is that ``MLmodel`` names: in the folder, whatever the name says."""
    file = contained(folder, name)
    if not file.is_file():
        msg = f"The model's folder {folder} has no {name!r}, though MLmodel names it."
        raise ResourceDoesNotExist(msg)
    return file
