"""Trainings with XGBoost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
import xgboost as xgb
from sklearn import metrics

from tests.autolog.fits.fit import Fit
from tests.autolog.fits.rows import CLASSES, NAMES, THREE, X, Y

TREES = {"max_depth": 2, "eta": 0.5, "seed": 3, "nthread": 1}
NO_MODEL = {"log_models": False}
NUMBERS = NO_MODEL | {"importance_types": []}


def _matrices() -> tuple[xgb.DMatrix, xgb.DMatrix]:
    return xgb.DMatrix(X[:40], label=Y[:40]), xgb.DMatrix(X[40:], label=Y[40:])


def two_metrics_on_two_sets() -> Any:
    """Every metric of every set, at every iteration."""
    train, test = _matrices()
    params = TREES | {"eval_metric": ["rmse", "mae"]}
    evals = [(train, "train"), (test, "validation")]
    return xgb.train(params, train, num_boost_round=4, evals=evals, verbose_eval=False)


def nothing_evaluated() -> Any:
    """No metrics at all."""
    return xgb.train(TREES, _matrices()[0], 3)


def stopped_early() -> Any:
    """It stops, and the metrics of the best iteration come again."""
    train, test = _matrices()
    return xgb.train(
        TREES | {"eta": 1.0}, train, 30, evals=[(test, "validation")],
        early_stopping_rounds=2, verbose_eval=False,
    )  # fmt: skip


def everything_by_keyword() -> Any:
    """All arguments that become params."""
    train, test = _matrices()
    return xgb.train(
        params=TREES, dtrain=train, num_boost_round=2, evals=[(test, "v")], maximize=False,
        verbose_eval=False, custom_metric=_bias,
    )  # fmt: skip


def _bias(predicted: Any, data: xgb.DMatrix) -> tuple[str, float]:
    return "bias", float(np.mean(predicted - data.get_label()))


def ranks() -> Any:
    """A metric with an ``@`` in its name."""
    train = xgb.DMatrix(X, label=THREE)
    train.set_group([20, 40])
    params = TREES | {"objective": "rank:ndcg", "eval_metric": ["ndcg@3", "ndcg@2-"]}
    return xgb.train(params, train, 2, evals=[(train, "train")], verbose_eval=False)


def columns_with_names() -> Any:
    """A DataFrame, and two types of importance."""
    train = xgb.DMatrix(pd.DataFrame(X, columns=NAMES), label=Y)
    return xgb.train(TREES, train, 3)


def sparse_rows() -> Any:
    """A sparse matrix."""
    return xgb.train(TREES, xgb.DMatrix(sp.csr_matrix(X), label=Y), 2)


def linear_of_three_classes() -> Any:
    """One weight for each class and feature."""
    params = {"booster": "gblinear", "objective": "multi:softmax", "num_class": 3, "nthread": 1}
    params |= {"updater": "coord_descent", "seed": 1}
    return xgb.train(params, xgb.DMatrix(X, label=THREE), 2)


def classifier() -> Any:
    """The API of scikit-learn with a set to test on."""
    model = xgb.XGBClassifier(n_estimators=3, max_depth=2, n_jobs=1, random_state=1)
    return model.fit(X[:40], CLASSES[:40], eval_set=[(X[40:], CLASSES[40:])], verbose=False)


def regressor_stopped_early() -> Any:
    """The API of scikit-learn, stopped early."""
    model = xgb.XGBRegressor(
        n_estimators=30, max_depth=2, learning_rate=1.0, n_jobs=1, early_stopping_rounds=2,
        eval_metric=["mae", "rmse"],
    )  # fmt: skip
    evals = [(X[:40], Y[:40]), (X[40:], Y[40:])]
    return model.fit(X[:40], Y[:40], eval_set=evals, verbose=False)


def ranker() -> Any:
    """Groups of rows."""
    model = xgb.XGBRanker(n_estimators=2, max_depth=2, n_jobs=1, eval_metric="ndcg@2")
    group = [20, 40]
    return model.fit(X, THREE, group=group, eval_set=[(X, THREE)], eval_group=[group])


def scored() -> Any:
    """What is computed of predictions belongs to the run of the model."""
    model = xgb.XGBClassifier(n_estimators=2, max_depth=2, n_jobs=1).fit(X, CLASSES)
    predicted = model.predict(X)
    metrics.accuracy_score(CLASSES, predicted)
    return model.score(X, CLASSES)


FITS = {
    "two_metrics_on_two_sets": Fit(two_metrics_on_two_sets, NO_MODEL),
    "stopped_early": Fit(stopped_early, NUMBERS),
    "everything_by_keyword": Fit(everything_by_keyword, NUMBERS),
    "ranks": Fit(ranks, NUMBERS),
    "columns_with_names": Fit(columns_with_names, {"importance_types": ["weight", "gain"]}),
    "sparse_rows": Fit(sparse_rows, NUMBERS | {"extra_tags": {"team": "a"}}),
    "without_datasets": Fit(nothing_evaluated, NUMBERS | {"log_datasets": False}),
    "linear_of_three_classes": Fit(linear_of_three_classes, NO_MODEL),
    "classifier": Fit(classifier, {"model_format": "json"}),
    "regressor_stopped_early": Fit(regressor_stopped_early, NUMBERS),
    "ranker": Fit(ranker, NUMBERS),
    "scored": Fit(scored, NUMBERS),
}
