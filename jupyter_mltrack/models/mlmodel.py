"""The file ``MLmodel``: one mapping in YAML that says what a model's folder holds.

A folder may come from anybody, so reading checks before it believes: the file is small, it is
plain data, and what MLflow gives a meaning has the type that MLflow writes. Nothing is executed.
The keys are those of MLflow's ``mlflow/models/model.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException, ResourceDoesNotExist

Fields = dict[str, Any]

MLMODEL_FILE = "MLmodel"

#: The newest MLflow whose files ours equal.
MLFLOW_VERSION = "3.17.2"

#: The largest file that is read; MLflow's own have some kilobytes.
MAX_BYTES = 10_000_000

#: The most values in it, counting what YAML's aliases repeat.
MAX_VALUES = 200_000

#: The deepest nesting; YAML's parser in C follows deeper ones until the stack overflows.
MAX_DEPTH = 100

#: What a key holds when it does not hold null.
_TYPES: dict[str, type] = {
    "artifact_path": str,
    "env_vars": list,
    "flavors": dict,
    "metadata": dict,
    "mlflow_version": str,
    "model_id": str,
    "model_size_bytes": int,
    "model_uuid": str,
    "prompts": list,
    "run_id": str,
    "saved_input_example_info": dict,
    "signature": dict,
}
_TOO_MUCH = f"it has more than {MAX_VALUES:,} values, or {MAX_DEPTH} levels of them"
_WORDS = {dict: "a mapping", list: "a list", str: "a text", int: "a whole number"}


def read_mlmodel(path: Path) -> Fields:
    """The content of an ``MLmodel`` file, checked.

    Args:
        path: The file, or the model's folder.

    Raises:
        ResourceDoesNotExist: if there is no such file.
        InvalidParameterValue: if it does not describe a model.
    """
    file = path / MLMODEL_FILE if path.is_dir() else path
    if not file.is_file():
        msg = f"There is no MLmodel file at {str(path)!r}. Give a model's folder, or the file."
        raise ResourceDoesNotExist(msg)
    if file.stat().st_size > MAX_BYTES:
        msg = f"{file} is no MLmodel file: it is larger than {MAX_BYTES // 1_000_000} MB."
        raise InvalidParameterValue(msg)
    return checked_fields(_parsed(file), str(file))


def checked_fields(fields: object, origin: str = "This") -> Fields:
    """Return ``fields`` if they can be the content of an ``MLmodel`` file.

    Args:
        fields: What was read.
        origin: Where from, for the message.

    Raises:
        InvalidParameterValue: for the first key that is not as MLflow writes it.
    """
    if not isinstance(fields, dict) or not all(isinstance(key, str) for key in fields):
        raise _not_a_model(origin, "it is not a mapping of names to values")
    for key, kind in _TYPES.items():
        if fields.get(key) is not None and not isinstance(fields[key], kind):
            found = type(fields[key]).__name__
            raise _not_a_model(origin, f"{key!r} is {_WORDS[kind]} there, not {found}")
    flavors = fields.get("flavors")
    if not flavors:
        raise _not_a_model(origin, "it names no flavors, so nothing could load it")
    for name, settings in flavors.items():
        if not isinstance(name, str) or not isinstance(settings, dict):
            raise _not_a_model(origin, f"the flavor {name!r} has no mapping of its settings")
    return fields


def mlmodel_text(fields: Fields) -> str:
    """The text of an ``MLmodel`` file: YAML, its keys sorted.

    Raises:
        InvalidParameterValue: if a value is not plain data.
    """
    import yaml

    try:
        return yaml.safe_dump(fields, default_flow_style=False)
    except yaml.YAMLError as error:
        msg = (
            f"MLmodel holds plain data only: {' '.join(str(error).split())}. Use numbers, texts,"
            " lists and dicts, also within `metadata`."
        )
        raise InvalidParameterValue(msg) from error


def _parsed(file: Path) -> object:
    """What is in the file, as plain data of bearable size."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """YAML's safe loader without merge keys (``<<``): MLflow writes none, and they swell."""

        def flatten_mapping(self, _node: yaml.MappingNode) -> None: ...

    text = file.read_bytes()
    try:
        depth = 0
        for count, event in enumerate(yaml.parse(text, Loader)):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH or count > MAX_VALUES:
                raise _not_a_model(str(file), _TOO_MUCH)
        found: object = yaml.load(text, Loader)  # noqa: S506 - a safe loader
    except MltrackException:
        raise
    except (yaml.YAMLError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise _not_a_model(str(file), f"its YAML cannot be read ({reason})") from error
    if _has_more_values(found, MAX_VALUES):
        raise _not_a_model(str(file), _TOO_MUCH)
    return found


def _has_more_values(found: object, limit: int) -> bool:
    """Whether walking through ``found`` meets more values; a circle never ends, so it does."""
    waiting, count = [found], 0
    while waiting:
        value = waiting.pop()
        if not isinstance(value, dict | list | set | tuple):
            continue
        parts = value.values() if isinstance(value, dict) else value
        count += len(parts)
        if count > limit:
            return True
        waiting.extend(parts)
    return False


def _not_a_model(origin: str, reason: str) -> InvalidParameterValue:
    return InvalidParameterValue(
        f"{origin} does not describe a model: {reason}. Log or save the model again."
    )
