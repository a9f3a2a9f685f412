"""The data of an evaluation: features, targets and predictions, from whatever holds them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import polars_tables
from jupyter_mltrack.models.evaluation.one_each import one_for_each
from jupyter_mltrack.tracking import datasets
from jupyter_mltrack.tracking.datasets import (
    ArrowDataset,
    Dataset,
    NumpyDataset,
    PandasDataset,
    PolarsDataset,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationData:
    """Rows to evaluate a model on.

    Attributes:
        features: What the model gets: a DataFrame, or an array of two or more axes.
        names: The names of the features.
        targets: What is right, one for each row, or None.
        predictions: What a model said, if it is in the data.
        dataset: What the run remembers of it.
        targets_name: The column of the targets, if they are one.
        predictions_name: That of the predictions.
    """

    features: Any
    names: tuple[Any, ...]
    targets: np.ndarray | None
    predictions: np.ndarray | None
    dataset: Dataset
    targets_name: str | None = None
    predictions_name: str | None = None

    def __len__(self) -> int:
        return len(self.features)

    @property
    def frame(self) -> pd.DataFrame:
        """A copy of the features, as a table with their names."""
        import pandas as pd

        if isinstance(self.features, pd.DataFrame):
            return self.features.copy()
        flat = self.features.reshape(len(self.features), -1)
        names = self.names if len(self.names) == flat.shape[1] else range(flat.shape[1])
        return pd.DataFrame(flat, columns=list(names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which part of the data is what, as the user said.

    Attributes:
        targets: A column, or the values.
        predictions: A column that holds what a model said.
        features: The names of the features; None takes all other columns.
        path: Where the data is stored.
    """

    targets: Any = None
    predictions: Any = None
    features: Sequence[Any] | None = None
    path: str | None = None


def read_data(data: Any, roles: Roles) -> EvaluationData:
    """Rows to evaluate on.

    Args:
        data: A DataFrame of pandas or Polars, an array, a list of rows, or a dataset of
            ``mlflow.data``, which says itself what its targets and predictions are.
        roles: Which part of it is what.

    Raises:
        InvalidParameterValue: if it is nothing of these, has no rows, or lacks a column.
    """
    import numpy as np
    import pandas as pd

    _check(roles)
    readers: list[tuple[Any, Callable[[Any, Roles], EvaluationData]]] = [
        (Dataset, _of_dataset),
        (pd.DataFrame, _of_frame),
        (np.ndarray, _of_array),
        (list, _of_list),
    ]
    for kind, read in readers:
        if isinstance(data, kind):
            return _with_rows(read(data, roles))
    if polars_tables.is_table(data):
        dataset = datasets.from_polars(data, source=roles.path)
        return _with_rows(_of_table(polars_tables.to_pandas(data), dataset, roles))
    msg = (
        f"evaluate() takes a DataFrame, an array, a list of rows or a dataset of mlflow.data as"
        f" `data`, not {type(data).__name__}."
    )
    raise InvalidParameterValue(msg)


def _check(roles: Roles) -> None:
    names = roles.features
    if names is not None and len(set(names)) < len(list(names)):
        msg = "`feature_names` argument must be a list containing unique feature names."
        raise InvalidParameterValue(msg)
    if roles.path is not None and '"' in str(roles.path):
        msg = f'Dataset path cannot include a double quote (") but got {roles.path}'
        raise InvalidParameterValue(msg)


def _with_rows(data: EvaluationData) -> EvaluationData:
    if not len(data):
        msg = "There is nothing to evaluate on: `data` has no rows."
        raise InvalidParameterValue(msg)
    return data


def _of_dataset(data: Dataset, roles: Roles) -> EvaluationData:
    """A dataset says itself which column is what."""
    for name in ("targets", "predictions"):
        if getattr(roles, name) is not None:
            msg = (
                f"A dataset has its own {name}: give them to it, as in mlflow.data.from_pandas(df,"
                f" {name}='...'), and leave out `{name}` here."
            )
            raise InvalidParameterValue(msg)
    own = Roles(
        targets=getattr(data, "targets", None),
        predictions=getattr(data, "predictions", None),
        features=roles.features,
    )
    if isinstance(data, NumpyDataset):
        if not isinstance(data.features, dict) and not isinstance(own.targets, dict):
            return _of_values(data.features, data, own)
    elif isinstance(data, PandasDataset):
        return _of_table(data.df, data, own)
    elif isinstance(data, PolarsDataset) and polars_tables.is_table(data.df):
        return _of_table(polars_tables.to_pandas(data.df), data, own)
    elif isinstance(data, ArrowDataset) and hasattr(data.df, "to_pandas"):
        return _of_table(data.df.to_pandas(), data, own)
    msg = f"evaluate() cannot read the rows of {data!r}. Load them, and describe the table."
    raise InvalidParameterValue(msg)


def _of_frame(data: pd.DataFrame, roles: Roles) -> EvaluationData:
    return _of_table(data, None, roles)


def _of_table(frame: pd.DataFrame, dataset: Dataset | None, roles: Roles) -> EvaluationData:
    targets_name = _column(frame, roles.targets, "targets")
    predictions_name = _column(frame, roles.predictions, "predictions")
    if roles.features is None:
        used = {targets_name, predictions_name} - {None}
        features = frame.loc[:, [name not in used for name in frame.columns]]
    else:
        for name in roles.features:
            _column(frame, name, "feature_names")
        features = frame[list(roles.features)]
    if dataset is None:
        dataset = datasets.from_pandas(
            frame, roles.path, targets=targets_name, predictions=predictions_name
        )
    targets = roles.targets if targets_name is None else frame[targets_name]
    said = None if predictions_name is None else frame[predictions_name]
    return EvaluationData(
        features=features,
        names=tuple(features.columns),
        targets=None if targets is None else one_for_each(targets, len(frame), "targets"),
        predictions=None if said is None else one_for_each(said, len(frame), "predictions"),
        dataset=dataset,
        targets_name=targets_name,
        predictions_name=predictions_name,
    )


def _column(frame: pd.DataFrame, given: Any, role: str) -> Any:
    """The name of the column that is meant; None if nothing is, or the values are given."""
    if given is None or (not isinstance(given, str | int) and role == "targets"):
        return None
    if given not in frame.columns:
        known = ", ".join(repr(name)[:60] for name in frame.columns[:10])
        msg = f"The data has no column {given!r}, which `{role}` names. It has {known}."
        raise InvalidParameterValue(msg)
    if list(frame.columns).count(given) > 1:
        msg = f"The data has the column {given!r} twice, so `{role}` does not say which."
        raise InvalidParameterValue(msg)
    return given


def _of_list(data: list[Any], roles: Roles) -> EvaluationData:
    """A list of rows; a list of single values is a table of one column."""
    import numpy as np

    rows = (
        data if not data or isinstance(data[0], list | tuple | np.ndarray) else [[d] for d in data]
    )
    try:
        array = np.array(rows)
    except ValueError as error:
        msg = f"The rows of `data` are of different lengths: {error}. Give a DataFrame."
        raise InvalidParameterValue(msg) from error
    return _of_array(array, roles)


def _of_array(data: np.ndarray, roles: Roles) -> EvaluationData:
    import numpy as np

    if roles.predictions is not None:
        msg = "`predictions` names a column: give `data` as a DataFrame that has it."
        raise InvalidParameterValue(msg)
    if isinstance(roles.targets, str):
        msg = "`targets` are the values themselves if `data` is an array: it has no columns."
        raise InvalidParameterValue(msg)
    targets = None if roles.targets is None else np.asarray(roles.targets)
    return _of_values(data, datasets.from_numpy(data, roles.path, targets=targets), roles)


def _of_values(data: np.ndarray, dataset: Dataset, roles: Roles) -> EvaluationData:
    import pandas as pd

    if data.ndim == 1:
        data = data.reshape(-1, 1)
    columns = math.prod(data.shape[1:])
    names = list(roles.features) if roles.features is not None else _numbered(columns)
    if len(names) != columns:
        msg = f"There are {columns} features and {len(names)} `feature_names`."
        raise InvalidParameterValue(msg)
    named = roles.features is not None
    targets = roles.targets
    return EvaluationData(
        features=pd.DataFrame(data.reshape(len(data), -1), columns=names) if named else data,
        names=tuple(names),
        targets=None if targets is None else one_for_each(targets, len(data), "targets"),
        predictions=None,
        dataset=dataset,
    )


def _numbered(columns: int) -> list[str]:
    """MLflow's names of columns that have none: ``feature_01``, as many digits as are needed."""
    digits = math.ceil(math.log10(columns + 1)) if columns else 1
    return [f"feature_{place:0{digits}d}" for place in range(1, columns + 1)]
