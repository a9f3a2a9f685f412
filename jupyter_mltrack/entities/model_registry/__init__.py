"""What the model registry returns."""

from jupyter_mltrack.entities.model_registry.model_version import ModelVersion, ModelVersionTag
from jupyter_mltrack.entities.model_registry.model_version_status import ModelVersionStatus
from jupyter_mltrack.entities.model_registry.registered_model import (
    RegisteredModel,
    RegisteredModelAlias,
    RegisteredModelTag,
)
from jupyter_mltrack.entities.model_registry.registry_event import RegistryEvent

__all__ = [
    "ModelVersion",
    "ModelVersionStatus",
    "ModelVersionTag",
    "RegisteredModel",
    "RegisteredModelAlias",
    "RegisteredModelTag",
    "RegistryEvent",
]
