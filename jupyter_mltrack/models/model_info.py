"""What ``log_model`` and ``get_model_info`` tell about a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mltrack.models.signature import ModelSignature


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """A model that was logged or saved; the names of the fields are MLflow's.

    Attributes:
        artifact_path: Where its folder is, as ``MLmodel`` says.
        flavors: How to load it: settings by the name of the flavor.
        model_uri: What to load it by.
        model_uuid: Its id in ``MLmodel``.
        run_id: The run it was logged in.
        saved_input_example_info: How its input example is stored.
        signature: What goes in and comes out.
        utc_time_created: When, such as ``2026-11-20 22:19:07.302674``.
        mlflow_version: The version of MLflow whose format its folder has.
        metadata: What the user noted.
        registered_model_version: Its number in the registry.
        env_vars: Names of variables of the environment that it used.
        prompts: URIs of prompts that belong to it.
        model_id: Its id in the store.
        name: What the user called it.
        creation_timestamp: When it was logged, in milliseconds since 1970.
        metrics: Metrics that were logged for it.
        params: Its parameters.
        tags: Its tags.
    """

    artifact_path: str | None
    flavors: dict[str, Any]
    model_uri: str
    model_uuid: str | None
    run_id: str | None
    saved_input_example_info: dict[str, Any] | None
    signature: ModelSignature | None
    utc_time_created: str
    mlflow_version: str | None
    metadata: dict[str, Any] | None = None
    registered_model_version: int | None = None
    env_vars: list[str] | None = None
    prompts: list[str] | None = None
    model_id: str | None = None
    name: str | None = None
    creation_timestamp: int | None = None
    metrics: Sequence[Any] | None = None
    params: Mapping[str, str] | None = None
    tags: Mapping[str, str] | None = None
