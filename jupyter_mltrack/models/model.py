"""A model as its ``MLmodel`` file describes it: flavors, signature, where it comes from."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TextIO

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import input_example
from jupyter_mltrack.models.mlmodel import (
    MLFLOW_VERSION,
    MLMODEL_FILE,
    Fields,
    checked_fields,
    mlmodel_text,
    read_mlmodel,
)
from jupyter_mltrack.models.model_info import ModelInfo
from jupyter_mltrack.models.whole_file import write_whole
from jupyter_mltrack.settings import VERSION

if TYPE_CHECKING:
    from jupyter_mltrack.entities import LoggedModel
    from jupyter_mltrack.models.signature import ModelSignature

#: Keys that are absent from the file rather than null, as MLflow leaves them out.
_ABSENT_IF_NONE = frozenset(
    "artifact_path auth_policy env_vars metadata mlflow_version mltrack_version model_size_bytes"
    " resources run_id saved_input_example_info signature".split()
)


class Model:
    """The description of a model, and of every way to load it. Attributes are MLflow's.

    Args:
        artifact_path: Where the model's folder is, in its run or as a URI.
        run_id: The run it was logged in.
        utc_time_created: When; None is now.
        flavors: Settings by the name of the flavor.
        signature: What goes in and comes out.
        saved_input_example_info: How the input example is stored.
        model_uuid: Its id, or what makes one.
        mlflow_version: The version of MLflow whose format the folder has.
        metadata: What the user wants to note: plain data.
        model_size_bytes: How large the folder is.
        resources: What MLflow's hosts need to serve it; kept as it is.
        env_vars: Names of variables of the environment that it used.
        auth_policy: As ``resources``.
        model_id: Its id in the store.
        prompts: URIs of prompts that belong to it.
        is_signature_from_type_hint: Whether the signature was read off ``predict``'s type hints.
        type_hint_from_example: Whether a type hint left the type to the example.
        mltrack_version: The release of ours that made it: a key that MLflow keeps and ignores.
        **other_keys: Keys of a newer MLflow; they survive loading and saving.

    Example:
        >>> model = Model(run_id="4f…").add_flavor("sklearn", pickled_model="model.pkl")
        >>> model.save("my_model/MLmodel")
    """

    def __init__(
        self,
        /,  # a file may have a key of this name
        artifact_path: str | None = None,
        run_id: str | None = None,
        utc_time_created: str | datetime | None = None,
        flavors: dict[str, Any] | None = None,
        signature: ModelSignature | None = None,
        saved_input_example_info: dict[str, Any] | None = None,
        model_uuid: str | Callable[[], str] | None = lambda: uuid.uuid4().hex,
        mlflow_version: str | None = MLFLOW_VERSION,
        metadata: dict[str, Any] | None = None,
        model_size_bytes: int | None = None,
        resources: Any = None,
        env_vars: list[str] | None = None,
        auth_policy: Any = None,
        model_id: str | None = None,
        prompts: list[str] | None = None,
        *,
        is_signature_from_type_hint: bool = False,
        type_hint_from_example: bool = False,
        mltrack_version: str | None = VERSION,
        **other_keys: Any,
    ) -> None:
        self.artifact_path = artifact_path
        self.run_id = run_id
        self.utc_time_created = str(utc_time_created or datetime.now(UTC).replace(tzinfo=None))
        self.flavors = {} if flavors is None else flavors
        self.signature = signature
        self.saved_input_example_info = saved_input_example_info
        self.model_uuid = model_uuid() if callable(model_uuid) else model_uuid
        self.mlflow_version = mlflow_version
        self.metadata = metadata
        self.model_size_bytes = model_size_bytes
        self.resources = resources
        self.env_vars = env_vars
        self.auth_policy = auth_policy
        self.model_id = model_id
        self.prompts = prompts
        self.is_signature_from_type_hint = is_signature_from_type_hint
        self.type_hint_from_example = type_hint_from_example
        self.mltrack_version = mltrack_version
        self.other_keys = other_keys

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.to_yaml()

    def add_flavor(self, name: str, **params: Any) -> Self:
        """Add a way to load the model, over an older one of this name; returns the model."""
        self.flavors[name] = params
        return self

    def get_input_schema(self) -> Any:
        """What goes in, or None."""
        return None if self.signature is None else self.signature.inputs

    def get_output_schema(self) -> Any:
        """What comes out, or None."""
        return None if self.signature is None else self.signature.outputs

    def get_params_schema(self) -> Any:
        """The parameters of ``predict``, or None."""
        return None if self.signature is None else self.signature.params

    def load_input_example(self, path: str | Path) -> Any:
        """The input example in the model's folder, or None; see `input_example.load`."""
        info = self.saved_input_example_info
        return input_example.load(Path(path), info, self.get_input_schema()) if info else None

    def load_input_example_params(self, path: str | Path) -> dict[str, Any] | None:
        """The parameters that belong to the input example, or None."""
        info = self.saved_input_example_info
        return input_example.load_params(Path(path), info) if info else None

    def get_serving_input(self, path: str | Path) -> str | None:
        """The input example as the JSON that a scoring server takes, or None."""
        info = self.saved_input_example_info
        return input_example.load_serving_input(Path(path), info) if info else None

    def get_model_info(self, logged_model: LoggedModel | None = None) -> ModelInfo:
        """The description as `ModelInfo`.

        Args:
            logged_model: What the store knows of it, if it was logged.
        """
        by_path = f"runs:/{self.run_id}/{self.artifact_path}" if self.run_id else self.artifact_path
        names = ("name", "creation_timestamp", "metrics", "params", "tags")
        known = {name: getattr(logged_model, name) for name in names} if logged_model else {}
        model_id = self.model_id or (logged_model.model_id if logged_model else None)
        return ModelInfo(
            artifact_path=self.artifact_path,
            flavors=self.flavors,
            model_uri=f"models:/{model_id}" if model_id else by_path or "",
            model_uuid=self.model_uuid,
            run_id=self.run_id,
            saved_input_example_info=self.saved_input_example_info,
            signature=self.signature,
            utc_time_created=self.utc_time_created,
            mlflow_version=self.mlflow_version,
            metadata=self.metadata,
            env_vars=self.env_vars,
            prompts=self.prompts,
            model_id=model_id,
            **known,
        )

    def to_dict(self) -> Fields:
        """The content of the ``MLmodel`` file."""
        fields = {key: value for key, value in vars(self).items() if key != "other_keys"}
        if self.signature is None:
            for flag in ("is_signature_from_type_hint", "type_hint_from_example"):
                del fields[flag]
        else:
            fields["signature"] = self.signature.to_dict()
        fields |= self.other_keys
        return {
            key: value
            for key, value in fields.items()
            if value is not None or key not in _ABSENT_IF_NONE
        }

    def to_yaml(self, stream: TextIO | None = None) -> str:
        """The text of the ``MLmodel`` file; it is also written to ``stream`` if there is one."""
        text = mlmodel_text(self.to_dict())
        if stream is not None:
            stream.write(text)
        return text

    def to_json(self) -> str:
        """The content of the ``MLmodel`` file as JSON."""
        return json.dumps(self.to_dict(), default=str)

    def save(self, path: str | Path) -> None:
        """Write the ``MLmodel`` file, whole or not at all.

        Args:
            path: The file, or the folder to write it into.
        """
        file = Path(path)
        write_whole(file / MLMODEL_FILE if file.is_dir() else file, self.to_yaml())

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read the ``MLmodel`` file of a folder on this machine; nothing of it is executed.

        Args:
            path: The model's folder, or the file.

        Raises:
            ResourceDoesNotExist: if there is none.
            InvalidParameterValue: if it does not describe a model.
        """
        return cls.from_dict(read_mlmodel(Path(path)))

    @classmethod
    def from_dict(cls, model_dict: Fields) -> Self:
        """A model from what `to_dict` gives.

        Raises:
            InvalidParameterValue: if this does not describe a model.
        """
        unknown = dict.fromkeys(("model_uuid", "mlflow_version", "mltrack_version"))
        fields: Fields = unknown | checked_fields(model_dict)
        if fields.get("signature") is not None:
            fields["signature"] = _signature(fields["signature"])
        return cls(**fields)


def _signature(fields: Fields) -> ModelSignature:
    from jupyter_mltrack.models.signature import ModelSignature

    try:
        return ModelSignature.from_dict(fields)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        msg = f"The signature in MLmodel cannot be read: {error}. Set it again with set_signature."
        raise InvalidParameterValue(msg) from error
