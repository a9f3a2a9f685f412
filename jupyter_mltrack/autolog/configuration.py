"""How one library is to be logged: the arguments of its ``autolog``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.registry import limits

#: The tag of a run that autolog started: the flavor that started it.
AUTOLOGGING = "mlflow.autologging"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The arguments of an ``autolog`` function, MLflow's names.

    Attributes:
        log_input_examples: Log an input example with the model.
        log_model_signatures: Log a signature with the model.
        log_models: Log the trained model.
        log_datasets: Note the data as inputs of the run.
        disable: Log nothing and leave the library as it is.
        exclusive: Log nothing to runs that the user started.
        disable_for_unsupported_versions: Log nothing with an untested version of the library.
        silent: Warn of nothing.
        registered_model_name: Make each trained model a version of this registered model.
        extra_tags: Further tags of the runs that autolog starts.
        options: The arguments that only this library has.
    """

    log_input_examples: bool = False
    log_model_signatures: bool = True
    log_models: bool = True
    log_datasets: bool = True
    disable: bool = False
    exclusive: bool = False
    disable_for_unsupported_versions: bool = False
    silent: bool = False
    registered_model_name: str | None = None
    extra_tags: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Self:
        """The configuration that the arguments of an ``autolog`` function mean.

        Args:
            arguments: All of them by name, as ``locals()`` gives them on the first line.

        Raises:
            InvalidParameterValue: if ``extra_tags`` is no dict, or no registered model can have
                the name.
        """
        if arguments.get("registered_model_name") is not None:
            limits.name(arguments["registered_model_name"])
        tags = arguments.get("extra_tags") or {}
        if not isinstance(tags, Mapping):
            msg = f"extra_tags is a dict of tags, not {type(tags).__name__}."
            raise InvalidParameterValue(msg)
        shared = {each.name for each in fields(cls)} - {"extra_tags", "options"}
        known = {name: value for name, value in arguments.items() if name in shared}
        others = {
            name: value
            for name, value in arguments.items()
            if name not in shared and name != "extra_tags"
        }
        kept = {key: value for key, value in tags.items() if key != AUTOLOGGING}
        return cls(**known, extra_tags=kept, options=others)
