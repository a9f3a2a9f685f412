"""Workers of a training log nothing of their own."""

from __future__ import annotations

import warnings

import joblib
import pytest
from sklearn.ensemble import BaggingRegressor, VotingRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.parallel import Parallel, delayed

import jupyter_mltrack as mlflow
from tests.autolog.fits.rows import X, Y

pytestmark = pytest.mark.usefixtures("fresh", "on")

CHOICE = {"alpha": [1.0, 2.0, 3.0]}


@pytest.mark.parametrize(
    "backend", ["threading", "multiprocessing", pytest.param("loky", marks=pytest.mark.nightly)]
)
def test_a_search_with_workers(backend: str) -> None:
    """One run, and a child for each point: what one worker would have left."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forks beside threads
        with joblib.parallel_backend(backend, n_jobs=2):
            GridSearchCV(Ridge(), CHOICE, cv=2).fit(X, Y)
    found = mlflow.search_runs()
    assert len(found) == 4
    assert found["tags.mlflow.parentRunId"].notna().sum() == 3
    assert (found["status"] == "FINISHED").all()


@pytest.mark.parametrize(
    "model",
    [
        VotingRegressor([("a", Ridge()), ("b", LinearRegression())], n_jobs=2),
        BaggingRegressor(DecisionTreeRegressor(max_depth=1), n_estimators=3, n_jobs=2),
    ],
)
def test_models_of_models_in_threads(model: VotingRegressor) -> None:
    """Theirs is the only run."""
    with joblib.parallel_backend("threading"):
        model.fit(X, Y)
    assert len(mlflow.search_runs()) == 1


@pytest.mark.parametrize("judge", [cross_val_score, cross_validate])
def test_judges_that_were_imported_before(judge: object) -> None:
    """No model comes out of them, also with workers."""
    for workers in (None, 2):
        with joblib.parallel_backend("threading"):
            assert judge(Ridge(), X, Y, cv=2, n_jobs=workers) is not None  # type: ignore[operator]
    assert len(mlflow.search_runs()) == 0


def test_trainings_that_the_user_does_in_parallel() -> None:
    """They are not inside a training: each has a run."""
    tasks = (delayed(Ridge(alpha).fit)(X, Y) for alpha in (1.0, 2.0))
    Parallel(n_jobs=2, backend="threading")(tasks)
    assert sorted(mlflow.search_runs()["params.alpha"]) == ["1.0", "2.0"]
