"""Trainings with scikit-learn that MLflow's autolog and ours watch alike.

Each gets the module ``mlflow`` (the real one or ours). Names of variables count: metrics after
the training are named after them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn import metrics, model_selection
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import IsolationForest, RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tests.autolog.fits.rows import CLASSES, NAMES, THREE, X, Y

TABLE = pd.DataFrame(X.astype("float64"), columns=NAMES)
TEXTS = np.array(["low", "middle", "high"])[THREE]


@dataclass(frozen=True, slots=True)
class Fit:
    """A training, and the options of ``autolog`` under which it is watched."""

    train: Callable[[Any], Any]
    options: dict[str, Any] = field(default_factory=dict)


def two_classes(_: Any) -> None:
    """A table, and probabilities."""
    LogisticRegression(C=0.3).fit(TABLE, CLASSES)


def three_classes(_: Any) -> None:
    """Arrays, and arguments by name."""
    LogisticRegression(max_iter=50).fit(X=X, y=THREE)


def classes_with_names(_: Any) -> None:
    """Labels are texts."""
    DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, TEXTS)


def one_class_counts(_: Any) -> None:
    """Precision, recall and F1 of one class only."""
    DecisionTreeClassifier(max_depth=1).fit(X, CLASSES)


def no_probabilities(_: Any) -> None:
    """Neither log loss nor ROC AUC."""
    SVC(kernel="linear").fit(X, CLASSES)


def only_one_class(_: Any) -> None:
    """Some metrics are not defined."""
    DummyClassifier().fit(X, np.zeros(len(X), dtype=int))


def regression(_: Any) -> None:
    """The metrics of a regressor."""
    LinearRegression().fit(X, Y)


def weighted(_: Any) -> None:
    """The weights of the samples count in every metric."""
    Ridge(alpha=2.0).fit(X, Y, np.linspace(0.1, 1.0, len(X)))


def weighted_by_name(_: Any) -> None:
    """They may be given by name."""
    weights = np.linspace(0.1, 1.0, len(X))
    DecisionTreeClassifier(max_depth=2).fit(X, CLASSES, sample_weight=weights)


def several_targets(_: Any) -> None:
    """Labels in two columns."""
    DecisionTreeRegressor(max_depth=3).fit(X, np.column_stack([Y, -Y]))


def several_classes_at_once(_: Any) -> None:
    """The third argument is called otherwise, most metrics are not possible."""
    model = MultiOutputClassifier(DecisionTreeClassifier(max_depth=2))
    model.fit(X, np.column_stack([CLASSES, CLASSES]))


def clusters(_: Any) -> None:
    """No labels."""
    KMeans(n_clusters=2, n_init=1, random_state=0).fit_predict(X)


def outliers(_: Any) -> None:
    """An inherited ``fit_predict``."""
    IsolationForest(n_estimators=5, random_state=0).fit_predict(X)


def projection(_: Any) -> None:
    """``fit_transform``."""
    PCA(n_components=2).fit_transform(X)


def sparse_rows(_: Any) -> None:
    """They are described as if they were dense."""
    Ridge().fit(sparse.csr_matrix(X), Y)


def lists(_: Any) -> None:
    """They are no dataset."""
    LinearRegression().fit(X.tolist(), Y.tolist())


def series_of_labels(_: Any) -> None:
    """A table with a column of labels."""
    LinearRegression().fit(TABLE, pd.Series(Y, name="y"))


def pipeline(_: Any) -> None:
    """One run, with the params of all steps."""
    make_pipeline(StandardScaler(), MinMaxScaler(), Ridge(alpha=0.5)).fit(TABLE, Y)


def branches(_: Any) -> None:
    """Parts within parts."""
    table = TABLE.assign(kind=TEXTS)
    columns = ColumnTransformer([("n", StandardScaler(), NAMES), ("k", OneHotEncoder(), ["kind"])])
    both = FeatureUnion([("pca", PCA(2, random_state=0)), ("scaled", MinMaxScaler())])
    parts = [("columns", columns), ("both", both), ("model", Ridge())]
    Pipeline(parts).fit(table, Y)


def pipeline_that_transforms(_: Any) -> None:
    """It has no ``predict``."""
    make_pipeline(StandardScaler(), PCA(2)).fit_transform(X)


def meta_estimator(_: Any) -> None:
    """The models inside it are not logged by themselves."""
    parts = [("t", DecisionTreeClassifier(max_depth=1)), ("l", LogisticRegression())]
    VotingClassifier(parts, voting="soft").fit(X, CLASSES)


def forest(_: Any) -> None:
    """Neither are the trees, which threads fit."""
    RandomForestClassifier(n_estimators=4, max_depth=2, random_state=1, n_jobs=2).fit(X, CLASSES)


def grid_search(_: Any) -> None:
    """More points than child runs."""
    GridSearchCV(Ridge(), {"alpha": [0.01, 0.1, 0.5, 1, 2, 5, 10]}, cv=2).fit(X, Y)


def search_of_pipeline(_: Any) -> None:
    """All points of a classifier, names of params have two parts."""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    choice = {"logisticregression__C": [1, 2, 3]}
    search = RandomizedSearchCV(model, choice, n_iter=3, random_state=0, cv=2)
    search.fit(TABLE, CLASSES)


def search_by_two_scores(_: Any) -> None:
    """The best points are those of the first."""
    scores = {"error": "neg_mean_squared_error", "fit": "r2"}
    GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=2, scoring=scores, refit="fit").fit(X, Y)


def search_without_best(_: Any) -> None:
    """No model is fitted in the end."""
    GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=2, refit=False).fit(X, Y)


def cross_validation(_: Any) -> None:
    """No model comes out, so there is no run."""
    model_selection.cross_val_score(Ridge(), X, Y, cv=2)


def preparation(_: Any) -> None:
    """No run either."""
    MinMaxScaler().fit_transform(StandardScaler().fit_transform(X))
    ColumnTransformer([("n", StandardScaler(), [0])]).fit(X)


class Careful(DecisionTreeRegressor):
    """A user's, which calls what it inherits."""

    def fit(self, x: Any, y: Any, careful: int = 1) -> Any:
        """Fit."""
        del careful
        return super().fit(x, y)


class Doubled(TransformerMixin, BaseEstimator):
    """A user's preparation of data."""

    def fit(self, x: Any, y: Any = None) -> Any:
        """Learn nothing."""
        del x, y
        return self

    def transform(self, x: Any) -> Any:
        """Twice the data."""
        return 2 * x


def subclass(_: Any) -> None:
    """It is logged under its own name."""
    Careful(max_depth=2).fit(X, Y)


def own_preparation(_: Any) -> None:
    """A run for the pipeline only."""
    Doubled().fit_transform(X)
    make_pipeline(Doubled(), Ridge()).fit(X, Y)


def one_run_of_the_user(mlflow: Any) -> None:
    """It takes the params of the first, and the metrics of both."""
    with mlflow.start_run():
        Ridge(alpha=1.0).fit(X, Y)
        Ridge(alpha=1.0).fit(X, -Y)


def run_of_the_user(mlflow: Any) -> None:
    """Which is left alone, if autolog is exclusive."""
    with mlflow.start_run():
        Ridge().fit(X, Y)


def failed(_: Any) -> None:
    """The training raises."""
    try:
        Ridge(alpha=-1.0).fit(X, Y)
    except ValueError:
        return


def predictions(_: Any) -> None:
    """Metrics of predictions, called again, with other data, by keyword."""
    x_test, y_test, more = X[:20], CLASSES[:20], X[30:]
    model = LogisticRegression().fit(X, CLASSES)
    found = model.predict(x_test)
    metrics.accuracy_score(y_test, found)
    metrics.accuracy_score(y_true=y_test, y_pred=found, normalize=False)
    metrics.f1_score(y_test, found, average="macro")
    metrics.confusion_matrix(y_test, found)
    metrics.roc_auc_score(y_test, model.predict_proba(x_test)[:, 1])
    metrics.log_loss(y_test, proba := model.predict_proba(x_test))
    metrics.brier_score_loss(y_test, y_test)
    metrics.log_loss(CLASSES[30:], model.predict_proba(more))
    model.score(x_test, y_test)
    model.score(more, CLASSES[30:])
    metrics.log_loss(y_test, y_pred=proba)


def predictions_of_two(_: Any) -> None:
    """Each metric belongs to the run of the model that predicted."""
    x_test, y_test = TABLE[:20], Y[:20]
    one, two = Ridge(alpha=1.0).fit(TABLE, Y), Ridge(alpha=50.0).fit(TABLE, Y)
    for model in (one, two):
        metrics.mean_squared_error(y_test, model.predict(x_test))
    first = two.predict(x_test)
    x_test = TABLE[20:40]
    second = two.predict(x_test)
    metrics.r2_score(y_test, first)
    metrics.r2_score(Y[20:40], second)


def predictions_in_function(_: Any) -> None:
    """The name is that of the caller's variable."""

    def judge(model: Any, data: Any, labels: Any) -> float:
        return float(metrics.r2_score(labels, model.predict(data)))

    outer = X[:30]
    judge(Ridge().fit(X, Y), outer, Y[:30])


def predictions_of_pipeline(_: Any) -> None:
    """Predicted through ``available_if``, from an expression."""
    model = make_pipeline(StandardScaler(), Ridge()).fit(X, Y)
    metrics.r2_score(Y[5:], model.predict(X[5:]))
    model.score(X[5:], Y[5:])


def projected(_: Any) -> None:
    """What ``transform`` gives counts as a prediction."""
    model = PCA(2, random_state=0).fit(X)
    flat = model.transform(X)
    metrics.silhouette_score(flat, CLASSES)


#: Without models: how they are stored has tests of its own.
WITHOUT = {"log_models": False}


FITS = {
    "two_classes": Fit(two_classes, WITHOUT),
    "three_classes": Fit(three_classes, WITHOUT),
    "classes_with_names": Fit(classes_with_names, WITHOUT),
    "one_class_counts": Fit(one_class_counts, WITHOUT | {"pos_label": 1}),
    "no_probabilities": Fit(no_probabilities, WITHOUT),
    "only_one_class": Fit(only_one_class, WITHOUT),
    "regression": Fit(regression, WITHOUT),
    "regression_with_tags": Fit(regression, WITHOUT | {"extra_tags": {"team": "red"}}),
    "regression_without_data": Fit(regression, WITHOUT | {"log_datasets": False}),
    "weighted": Fit(weighted, WITHOUT),
    "weighted_by_name": Fit(weighted_by_name, WITHOUT),
    "several_targets": Fit(several_targets, WITHOUT),
    "several_classes_at_once": Fit(several_classes_at_once, WITHOUT),
    "clusters": Fit(clusters, WITHOUT),
    "outliers": Fit(outliers, WITHOUT),
    "projection": Fit(projection, WITHOUT),
    "sparse_rows": Fit(sparse_rows, WITHOUT),
    "lists": Fit(lists, WITHOUT),
    "series_of_labels": Fit(series_of_labels, WITHOUT),
    "pipeline": Fit(pipeline, WITHOUT),
    "branches": Fit(branches, WITHOUT),
    "pipeline_that_transforms": Fit(pipeline_that_transforms, WITHOUT),
    "meta_estimator": Fit(meta_estimator, WITHOUT),
    "forest": Fit(forest, WITHOUT),
    "grid_search": Fit(grid_search, WITHOUT),
    "grid_search_two_children": Fit(grid_search, WITHOUT | {"max_tuning_runs": 2}),
    "grid_search_no_child": Fit(grid_search, WITHOUT | {"max_tuning_runs": 0}),
    "search_of_pipeline": Fit(search_of_pipeline, WITHOUT | {"max_tuning_runs": None}),
    "search_by_two_scores": Fit(search_by_two_scores, WITHOUT),
    "search_without_best": Fit(search_without_best, WITHOUT),
    "cross_validation": Fit(cross_validation, WITHOUT),
    "preparation": Fit(preparation, WITHOUT),
    "subclass": Fit(subclass, WITHOUT),
    "own_preparation": Fit(own_preparation, WITHOUT),
    "one_run_of_the_user": Fit(one_run_of_the_user, WITHOUT),
    "run_of_the_user_exclusive": Fit(run_of_the_user, WITHOUT | {"exclusive": True}),
    "disabled": Fit(regression, {"disable": True}),
    "failed": Fit(failed, WITHOUT),
    "predictions": Fit(predictions, WITHOUT),
    "predictions_not_wanted": Fit(
        predictions_of_two, WITHOUT | {"log_post_training_metrics": False}
    ),
    "predictions_of_two": Fit(predictions_of_two, WITHOUT),
    "predictions_in_function": Fit(predictions_in_function, WITHOUT),
    "predictions_of_pipeline": Fit(predictions_of_pipeline, WITHOUT),
    "projected": Fit(projected, WITHOUT),
    "model": Fit(pipeline),
    "model_of_search": Fit(grid_search, {"max_tuning_runs": 1}),
    "model_with_example": Fit(series_of_labels, {"log_input_examples": True}),
    "model_without_signature": Fit(regression, {"log_model_signatures": False}),
    "model_that_transforms": Fit(projection),
}
