"""A search over parameters: its best model, all its results, and its best points as child runs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from numbers import Number
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.autolog.configuration import AUTOLOGGING
from jupyter_mltrack.autolog.session import RunLog, Session
from jupyter_mltrack.tracking import births
from jupyter_mltrack.tracking.runs import PARENT

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_mltrack.tracking.datasets import Dataset

_RANK = "rank_test_"
#: Columns of ``cv_results_`` that are no metrics of a point: its params and the single splits.
_NO_METRICS = ("param", "split")


def is_search(model: Any) -> bool:
    """Whether a model is a search over parameters, whose points become child runs."""
    from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

    return isinstance(model, GridSearchCV | RandomizedSearchCV)


def own_params(model: Any) -> dict[str, Any]:
    """The params of a model, with those of its parts; of a search without, they are tried out."""
    params: dict[str, Any] = model.get_params(deep=not is_search(model))
    return params


def estimator_tags(model: Any) -> dict[str, str]:
    """The tags that say what kind of model this is."""
    kind = type(model)
    return {
        "estimator_name": kind.__name__,
        "estimator_class": f"{kind.__module__}.{kind.__name__}",
    }


def best_params(search: Any) -> dict[str, Any]:
    """The params of the best point, as the run of the search shows them."""
    found = getattr(search, "best_params_", {})
    return {f"best_{name}": value for name, value in found.items()}


def best_score(search: Any) -> dict[str, float]:
    """The metric of the best point, if there is one best point."""
    score = getattr(search, "best_score_", None)
    return {} if score is None else {"best_cv_score": score}


def log_results(session: RunLog, search: Any) -> None:
    """Log all points as ``cv_results.csv``."""
    session.log_text(_results(search).to_csv(index=False), "cv_results.csv")


def log_children(session: Session, search: Any, most: int | None, dataset: Dataset | None) -> None:
    """Make a child run of each of the best points.

    Args:
        session: The run of the search.
        search: After its ``fit``.
        most: So many; None for all.
        dataset: What they all were trained with.
    """
    marks = {
        **births.tags(),
        AUTOLOGGING: "sklearn",
        PARENT: session.run_id,
        **estimator_tags(search.estimator),
    }
    params = own_params(search.estimator)
    end = int(time.time() * 1000)
    for point in _best_points(_results(search), most):
        child = session.client.create_run(
            session.info.experiment_id, session.info.start_time, marks
        )
        log = RunLog(session.client, child.info.run_id, session.configuration, is_new=True)
        log.log(params={**params, **point["params"]}, metrics=_metrics(point))
        if dataset is not None:
            log.log_input(dataset, "train")
        session.client.set_terminated(child.info.run_id, end_time=end)


def _results(search: Any) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame.from_dict(search.cv_results_)


def _best_points(results: pd.DataFrame, most: int | None) -> list[dict[str, Any]]:
    """The points by rank; with several scorers the rank is that of the first."""
    if most is not None:
        rank = "rank_test_score"
        if rank not in results:
            rank = next(column for column in results.columns if _RANK in column)
        results = results.nsmallest(most, rank)
    return [
        {str(name): value for name, value in point.items()} for point in results.to_dict("records")
    ]


def _metrics(point: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in point.items()
        if isinstance(value, Number) and not name.startswith(_NO_METRICS)
    }
