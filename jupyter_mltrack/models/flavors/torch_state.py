"""State dicts of PyTorch: tensors by name, without the program that uses them.

They are no models: there is no ``MLmodel``, only the file ``state_dict.pth``, as MLflow keeps them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.models.locating import located
from jupyter_mltrack.tracking.fluent.files import log_artifacts

_FILE = "state_dict.pth"


def save_state_dict(state_dict: Any, path: str | Path, **kwargs: Any) -> None:
    """Save a state dict, or a dict of several and of numbers, in a folder.

    Args:
        state_dict: A dict: what ``model.state_dict()`` gives, for example.
        path: The folder; it is made if missing.
        **kwargs: Keyword arguments of ``torch.save``.

    Raises:
        InvalidParameterValue: if it is no dict, such as the model itself.

    Example:
        >>> mlflow.pytorch.save_state_dict(model.state_dict(), "weights")
    """
    import torch

    if not isinstance(state_dict, dict):
        msg = (
            f"state_dict is a dict, not {type(state_dict).__name__!r}. Give model.state_dict(), or"
            " keep the whole model with save_model()."
        )
        raise InvalidParameterValue(msg)
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(state_dict, folder / _FILE, **kwargs)


def log_state_dict(state_dict: Any, artifact_path: str, **kwargs: Any) -> None:
    """Log a state dict with the active run.

    Args:
        state_dict: As for `save_state_dict`.
        artifact_path: The folder among the files of the run.
        **kwargs: Keyword arguments of ``torch.save``.

    Raises:
        InvalidParameterValue: if it is no dict.

    Example:
        >>> checkpoint = {"model": model.state_dict(), "epoch": 3}
        >>> mlflow.pytorch.log_state_dict(checkpoint, "checkpoint")
    """
    with tempfile.TemporaryDirectory(prefix="mltrack-") as folder:
        save_state_dict(state_dict, folder, **kwargs)
        log_artifacts(folder, artifact_path)


def load_state_dict(state_dict_uri: str | Path, **kwargs: Any) -> dict[str, Any]:
    """Load a state dict; nothing in the file is run.

    Args:
        state_dict_uri: ``runs:/<run_id>/<path>``, a path, or a URI that fsspec knows.
        **kwargs: Keyword arguments of ``torch.load``. With ``weights_only=False`` everything that
            the file names is made and run: only for files that you wrote.

    Raises:
        ResourceDoesNotExist: if there is none.

    Example:
        >>> model.load_state_dict(mlflow.pytorch.load_state_dict("runs:/4f0c…/weights"))
    """
    import torch

    file = contained(located(state_dict_uri), _FILE)
    if not file.is_file():
        msg = f"There is no {_FILE} at {str(state_dict_uri)!r}. Give the folder that has it."
        raise ResourceDoesNotExist(msg)
    found: dict[str, Any] = torch.load(file, **({"weights_only": True} | kwargs))
    return found
