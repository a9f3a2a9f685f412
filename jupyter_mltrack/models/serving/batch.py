"""Predictions for a file, or for data as a server would get it, without a server."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.models.input_example import convert_input_example_to_serving_input
from jupyter_mltrack.models.serving.json_body import FIELDS, read_json
from jupyter_mltrack.models.serving.loading import load
from jupyter_mltrack.models.serving.output import write_json, write_predictions
from jupyter_mltrack.models.serving.request import ScoringRequest
from jupyter_mltrack.models.serving.tables import (
    csv_frames,
    parquet_frames,
    read_csv,
    read_parquet,
)

_BODIES = {"json": read_json, "csv": read_csv, "parquet": read_parquet}
_FRAMES: dict[str, Callable[..., Iterator[Any]]] = {"csv": csv_frames, "parquet": parquet_frames}


def predict(
    model_uri: str,
    input_data: Any = None,
    input_path: str | Path | None = None,
    content_type: str | None = None,
    output_path: str | Path | None = None,
    env_manager: str | None = "local",
    install_mlflow: bool = False,
    pip_requirements_override: list[str] | None = None,
    extra_envs: dict[str, str] | None = None,
    *,
    batch_rows: int | None = None,
) -> None:
    """Let a model predict in this environment, and write what it says.

    Args:
        model_uri: Which model.
        input_data: Anything that can be an input example, or the text of a request.
        input_path: A file instead; without both, what comes through the pipe.
        content_type: ``json``, ``csv`` or ``parquet``; None goes by the name of the file, and is
            JSON without one.
        output_path: Where to; without one it is printed. ``.csv`` and ``.parquet`` become tables,
            with the predictions as columns, others ``{"predictions": …}``.
        env_manager: Only ``local``.
        install_mlflow: Only False; it is for other environments.
        pip_requirements_override: Only None, as ``install_mlflow``.
        extra_envs: Only None, as ``install_mlflow``.
        batch_rows: Read and predict so many rows of a table at a time, which bounds the memory.
            Only for models that look at each row by itself.

    Raises:
        InvalidParameterValue: if the model does not take the data, or something was asked for
            that is not here.
        ResourceDoesNotExist: if there is no such file.
        MltrackException: with the code BAD_REQUEST if the input cannot be read.

    Example:
        >>> predict("models:/wine/3", input_path="new.csv", output_path="quality.parquet")
    """
    others = (install_mlflow, pip_requirements_override, extra_envs)
    if env_manager not in {None, "local"} or any(others):
        msg = (
            "Models predict in this environment: leave out env_manager, install_mlflow,"
            " pip_requirements_override and extra_envs, and install what is in the model's"
            " requirements.txt."
        )
        raise InvalidParameterValue(msg)
    file = None if input_path is None else _file(input_path)
    kind = _content_type(content_type, file)
    _check_batches(batch_rows, file, kind)
    model = load(model_uri)
    schema = model.metadata.get_input_schema()
    predictions = (
        model.predict(each.data, params=each.params)
        for each in _requests(input_data, file, kind, schema, batch_rows)
    )
    if output_path is None:
        shown = BytesIO()
        write_json(predictions, shown)
        sys.stdout.write(shown.getvalue().decode() + "\n")
    else:
        write_predictions(predictions, Path(output_path))


def validate_serving_input(model_uri: str, serving_input: str | dict[str, Any]) -> Any:
    """The predictions of a model for what a scoring server would get.

    Args:
        model_uri: Which model.
        serving_input: The JSON of a request, or what it says.

    Raises:
        InvalidParameterValue: if the model does not take it.
    """
    text = serving_input if isinstance(serving_input, str) else json.dumps(serving_input)
    model = load(model_uri)
    request = read_json(text.encode(), model.metadata.get_input_schema())
    return model.predict(request.data, params=request.params)


def _file(path: str | Path) -> Path:
    file = Path(path)
    if not file.is_file():
        msg = f"There is no file {path}."
        raise ResourceDoesNotExist(msg)
    return file


def _content_type(given: str | None, file: Path | None) -> str:
    kind = given or (file.suffix[1:].lower() if file else "json")
    if kind in _BODIES:
        return kind
    if given is None:
        return "json"
    msg = f"The input is one of {', '.join(_BODIES)}, not {given!r}."
    raise InvalidParameterValue(msg)


def _check_batches(rows: int | None, file: Path | None, kind: str) -> None:
    if rows is None:
        return
    if file is None or kind not in _FRAMES:
        msg = "Only a file of CSV or Parquet is read in batches. Name one, or leave out batch_rows."
        raise InvalidParameterValue(msg)
    if rows < 1:
        msg = f"A batch has at least one row, not {rows}."
        raise InvalidParameterValue(msg)


def _requests(
    data: Any, file: Path | None, kind: str, schema: Any, rows: int | None
) -> Iterator[ScoringRequest]:
    """One request, or one for each batch."""
    if file is not None and kind in _FRAMES:
        for frame in _FRAMES[kind](file, schema, rows):
            yield ScoringRequest(data=frame)
    else:
        body = _body(data) if file is None else file.read_bytes()
        yield _BODIES[kind](body, schema)


def _body(data: Any) -> bytes:
    """Data as the body of a request."""
    if data is None:
        return sys.stdin.buffer.read()
    if isinstance(data, str):
        return data.encode()
    if isinstance(data, dict) and FIELDS & set(data):
        return json.dumps(data).encode()
    return (convert_input_example_to_serving_input(data) or "").encode()
