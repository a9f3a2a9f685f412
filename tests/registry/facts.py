"""The twin of `ClientContext` in memory: what gates ask, without a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mltrack.entities import Dataset, DatasetInput, Run, RunData, RunInfo, RunInputs
from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.errors import InvalidParameterValue


class Facts:
    """Versions of one model, and what is known of them."""

    user, author = "ada", 1001

    def __init__(self) -> None:
        self.versions: list[ModelVersion] = []
        self.runs: dict[str, Run] = {}
        self.signatures: dict[int, Any] = {}

    def add(
        self,
        stage: str = "None",
        *,
        data: str | None = "d1",
        signed: object = None,
        description: str | None = None,
        tags: dict[str, str] | None = None,
        **metrics: float,
    ) -> ModelVersion:
        """A new version whose run logged these metrics."""
        number = len(self.versions) + 1
        run_id = f"{number:032x}"
        used = [] if data is None else [DatasetInput(Dataset("houses", data, "code", "{}"))]
        info = RunInfo(run_id, "0", "ada", "FINISHED", 1, 2, "active", "", "run")
        self.runs[run_id] = Run(info, RunData(metrics), RunInputs(used))
        self.signatures[number] = signed
        made = ModelVersion(
            "prices", number, 1, description=description, current_stage=stage, run_id=run_id,
            tags=tags or {},
        )  # fmt: skip
        self.versions.append(made)
        return made

    def run(self, version: ModelVersion) -> Run | None:
        """The run that made a version."""
        return self.runs.get(str(version.run_id))

    def current(self, version: ModelVersion, stage: str) -> ModelVersion | None:
        """The highest other version in a stage."""
        found = [one for one in self.versions if one.current_stage == stage and one != version]
        return found[-1] if found else None

    def signature(self, version: ModelVersion) -> Mapping[str, Any] | None:
        """What its file says; a text is a damaged file."""
        found = self.signatures[version.version]
        if isinstance(found, str):
            raise InvalidParameterValue(found)
        return None if found is None else dict(found)

    def registered_by(self, version: ModelVersion) -> tuple[str, int]:
        """The first by Ada, all others by Bob."""
        return ("ada", 1001) if version.version == 1 else ("bob", 1002)
