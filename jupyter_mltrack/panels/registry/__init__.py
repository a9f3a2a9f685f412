"""The model registry: models, versions, stages, aliases, and who changed what, when and why."""

from jupyter_mltrack.panels.registry.registry_panel import RegistryPanel, registry
from jupyter_mltrack.panels.registry.registry_view import RegistryView

__all__ = ["RegistryPanel", "RegistryView", "registry"]
