"""The stages that a version of a registered model can be in, as MLflow has them.

A store may have others: see `RegistryClient.set_registry_stages`.
"""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mltrack.errors import InvalidParameterValue

STAGE_NONE = "None"
STAGE_STAGING = "Staging"
STAGE_PRODUCTION = "Production"
STAGE_ARCHIVED = "Archived"

#: MLflow's name for versions that are gone.
STAGE_DELETED_INTERNAL = "Deleted_Internal"

#: In the order in which a version goes through them.
ALL_STAGES = [STAGE_NONE, STAGE_STAGING, STAGE_PRODUCTION, STAGE_ARCHIVED]

#: Stages whose older versions can be archived when a new one comes.
DEFAULT_STAGES_FOR_GET_LATEST_VERSIONS = [STAGE_STAGING, STAGE_PRODUCTION]


def get_canonical_stage(stage: object, stages: Sequence[str] = ALL_STAGES) -> str:
    """The stage as it is written, whatever the case it is given in.

    Args:
        stage: Such as ``"production"``.
        stages: Those there are.

    Raises:
        InvalidParameterValue: if there is no such stage.
    """
    for known in stages:
        if isinstance(stage, str) and known.lower() == stage.lower():
            return known
    msg = f"Invalid model version stage: {stage!r}. Value must be one of {', '.join(stages)}."
    raise InvalidParameterValue(msg)
