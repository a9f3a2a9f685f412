"""What the ``MLmodel`` file of a version says, read as data.

The format is MLflow's (``mlflow/models/model.py``). A version may come from anybody, so the file
is small, plain YAML, and nothing is built or run from it.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_mltrack.entities.model_registry import ModelVersion
    from jupyter_mltrack.registry.version_files import VersionFileMethods

_NAME = "MLmodel"

#: The largest file that is read; those of tables with 5,000 columns have half of it.
MAX_BYTES = 1_000_000


def signature(client: VersionFileMethods, version: ModelVersion) -> Mapping[str, Any] | None:
    """The entry ``signature`` of a version's ``MLmodel`` file; None if there is none.

    Raises:
        ResourceDoesNotExist: if there is no such file.
        RegisteredFilesChanged: if it is not what was registered.
        InvalidState: if the version is not READY.
        InvalidParameterValue: if it is not as MLflow writes it.
    """
    with tempfile.TemporaryDirectory(prefix="mltrack-") as passing:
        fields = _read(client.download_model_version(version, _NAME, passing))
    found = fields.get("signature")
    if found is not None and not isinstance(found, dict):
        msg = "the signature in its MLmodel file is no mapping"
        raise InvalidParameterValue(msg)
    return found or None


def _read(file: Path) -> Mapping[str, Any]:
    import yaml

    if file.stat().st_size > MAX_BYTES:
        msg = f"its MLmodel file is larger than {MAX_BYTES // 1_000_000} MB"
        raise InvalidParameterValue(msg)
    try:
        # The parser in C would follow deep nesting until the stack overflows.
        fields = yaml.load(file.read_bytes(), yaml.SafeLoader)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        msg = f"its MLmodel file is no YAML: {str(error).splitlines()[0]}"
        raise InvalidParameterValue(msg) from error
    if not isinstance(fields, dict):
        msg = "its MLmodel file is no mapping"
        raise InvalidParameterValue(msg)
    return fields
