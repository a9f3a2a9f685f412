"""The configuration of a model: values that are logged with it and may be changed on loading."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue

Config = dict[str, Any]

#: The configuration of the model whose code runs: False outside of such code, None without one.
_RUNNING: ContextVar[Config | bool | None] = ContextVar("_RUNNING", default=False)


class ModelConfig:
    """The configuration in a model's code: that of the model, or one for development.

    Args:
        development_config: What to take while the code runs by itself: a dict, or the path of a
            YAML file. As a model it has the ``model_config`` it was logged with.

    Raises:
        FileNotFoundError: if there is none, as in MLflow.

    Example:
        >>> config = ModelConfig(development_config={"threshold": 0.5})
        >>> config.get("threshold")
        0.5
    """

    def __init__(self, *, development_config: str | Path | Config | None = None) -> None:
        running = _RUNNING.get()
        given = development_config if running is False else running
        if not given or isinstance(given, bool):
            msg = "There is no configuration. Give model_config when you log or load the model."
            raise FileNotFoundError(msg)
        if isinstance(given, str | Path) and not Path(given).is_file():
            msg = f"Config file '{given}' not found."
            raise FileNotFoundError(msg)
        self.config: str | Path | Config = given

    def to_dict(self) -> Config:
        """All of it."""
        return read_config(self.config) or {}

    def get(self, key: str) -> Any:
        """One value.

        Raises:
            KeyError: if it is not there.
        """
        found = self.to_dict()
        if key not in found:
            msg = f"Key '{key}' not found in configuration: {found}."
            raise KeyError(msg)
        return found[key]


@contextmanager
def configured(config: Config | None) -> Iterator[None]:
    """While a model's code runs: `ModelConfig` gives this configuration."""
    token = _RUNNING.set(config)
    try:
        yield
    finally:
        _RUNNING.reset(token)


def read_config(given: str | Path | Config | None) -> Config | None:
    """A configuration given as a dict or as the path of a YAML file, checked.

    Raises:
        InvalidParameterValue: if it is neither, or its values are no JSON.
    """
    import yaml

    if given is None:
        return None
    try:
        found = yaml.safe_load(Path(given).read_bytes()) if isinstance(given, str | Path) else given
        json.dumps(found)
    except (OSError, yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        msg = f"The model_config cannot be used: {error}. Give a dict of plain values, or YAML."
        raise InvalidParameterValue(msg) from error
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        msg = "A model_config is a dict with texts as keys, or the path of a YAML file with one."
        raise InvalidParameterValue(msg)
    return found


def changed_config(logged: Config | None, given: str | Path | Config | None) -> Config | None:
    """The configuration of a model, with values given on loading; only its own keys can change."""
    changes = read_config(given) or {}
    known = logged or {}
    if unknown := [key for key in changes if key not in known]:
        msg = (
            f"The model was logged without {unknown} in its model_config, so they are ignored. It"
            f" has {list(known)}."
        )
        warnings.warn(msg, stacklevel=3)
    return ({**known, **{key: changes[key] for key in changes if key in known}}) or None
