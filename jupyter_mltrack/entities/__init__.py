"""What the API returns: runs, experiments, metrics, datasets, models, files."""

from jupyter_mltrack.entities.dataset import Dataset, DatasetInput, InputTag
from jupyter_mltrack.entities.experiment import Experiment, ExperimentTag
from jupyter_mltrack.entities.files import FileInfo
from jupyter_mltrack.entities.logged_model import (
    LoggedModel,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
)
from jupyter_mltrack.entities.paged_list import PagedList
from jupyter_mltrack.entities.run import (
    Metric,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunTag,
)
from jupyter_mltrack.entities.states import LifecycleStage, RunStatus, SourceType, ViewType

__all__ = [
    "Dataset",
    "DatasetInput",
    "Experiment",
    "ExperimentTag",
    "FileInfo",
    "InputTag",
    "LifecycleStage",
    "LoggedModel",
    "LoggedModelInput",
    "LoggedModelOutput",
    "LoggedModelParameter",
    "LoggedModelStatus",
    "LoggedModelTag",
    "Metric",
    "PagedList",
    "Param",
    "Run",
    "RunData",
    "RunInfo",
    "RunInputs",
    "RunOutputs",
    "RunStatus",
    "RunTag",
    "SourceType",
    "ViewType",
]
