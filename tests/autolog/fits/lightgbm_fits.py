"""Trainings with LightGBM."""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import pandas as pd
from sklearn import metrics

from tests.autolog.fits.fit import Fit
from tests.autolog.fits.rows import CLASSES, NAMES, THREE, X, Y

TREES = {
    "objective": "regression", "num_leaves": 4, "min_data_in_leaf": 2, "learning_rate": 0.5,
    "verbose": -1, "seed": 3, "num_threads": 1, "deterministic": True, "force_row_wise": True,
}  # fmt: skip
FEW = {
    "n_estimators": 3, "num_leaves": 4, "min_child_samples": 2, "n_jobs": 1, "random_state": 1,
    "verbose": -1, "deterministic": True, "force_row_wise": True,
}  # fmt: skip
NO_MODEL = {"log_models": False}


def _sets() -> tuple[lgb.Dataset, lgb.Dataset]:
    train = lgb.Dataset(X[:40], label=Y[:40])
    return train, lgb.Dataset(X[40:], label=Y[40:], reference=train)


def two_metrics_on_two_sets() -> Any:
    """Every metric of every set, at every iteration."""
    train, test = _sets()
    return lgb.train(
        TREES | {"metric": ["l2", "l1"]}, train, num_boost_round=4, valid_sets=[train, test],
        valid_names=["train", "validation"],
    )  # fmt: skip


def sets_without_names() -> Any:
    """LightGBM names the sets by itself."""
    train, test = _sets()
    return lgb.train(TREES, train, 2, [test, train])


def nothing_evaluated() -> Any:
    """No metrics at all."""
    return lgb.train(TREES, _sets()[0], 3)


def stopped_early() -> Any:
    """It stops, and the metrics of the best iteration come again."""
    train, test = _sets()
    stop = lgb.early_stopping(2, verbose=False)
    params = TREES | {"learning_rate": 1.0}
    return lgb.train(params, train, 40, valid_sets=[test], callbacks=[stop])


def columns_with_names() -> Any:
    """A DataFrame."""
    return lgb.train(TREES, lgb.Dataset(pd.DataFrame(X, columns=NAMES), label=Y), 3)


def classifier() -> Any:
    """The API of scikit-learn with a set to test on."""
    model = lgb.LGBMClassifier(**FEW)
    return model.fit(X[:40], CLASSES[:40], eval_set=[(X[40:], CLASSES[40:])])


def regressor_stopped_early() -> Any:
    """The API of scikit-learn, stopped early."""
    model = lgb.LGBMRegressor(**FEW | {"n_estimators": 40, "learning_rate": 1.0})
    stop = lgb.early_stopping(2, verbose=False)
    return model.fit(X[:40], Y[:40], eval_set=[(X[40:], Y[40:])], callbacks=[stop])


def ranker() -> Any:
    """A metric with an ``@`` in its name."""
    model = lgb.LGBMRanker(**FEW)
    group = [20, 40]
    return model.fit(
        X, THREE, group=group, eval_set=[(X, THREE)], eval_group=[group], eval_at=[2, 3]
    )


def scored() -> Any:
    """What is computed of predictions belongs to the run of the model."""
    model = lgb.LGBMClassifier(**FEW).fit(X, CLASSES)
    predicted = model.predict(X)
    metrics.accuracy_score(CLASSES, predicted)
    return model.score(X, CLASSES)


FITS = {
    "two_metrics_on_two_sets": Fit(two_metrics_on_two_sets, NO_MODEL),
    "sets_without_names": Fit(sets_without_names, NO_MODEL),
    "stopped_early": Fit(stopped_early, NO_MODEL),
    "columns_with_names": Fit(columns_with_names, {}),
    "without_datasets": Fit(nothing_evaluated, NO_MODEL | {"log_datasets": False}),
    "classifier": Fit(classifier, {"extra_tags": {"team": "a"}}),
    "regressor_stopped_early": Fit(regressor_stopped_early, NO_MODEL),
    "ranker": Fit(ranker, NO_MODEL),
    "scored": Fit(scored, NO_MODEL),
}
