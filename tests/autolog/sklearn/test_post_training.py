"""Metrics after the training."""

from __future__ import annotations

import gc
import json
import weakref
from typing import Any

import numpy as np
import pytest
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.linear_model import Ridge

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog.sklearn import autolog
from jupyter_mltrack.autolog.sklearn.naming import as_called, variable_name
from jupyter_mltrack.autolog.sklearn.post_training import models
from tests.autolog.fits.rows import X, Y

pytestmark = pytest.mark.usefixtures("fresh")


def found(model: Any) -> dict[str, float]:
    """The metrics of a model's run that are not of its training."""
    run = mlflow.get_run(models.get(model).log.run_id)
    return {k: v for k, v in run.data.metrics.items() if not k.startswith("training")}


def test_metrics_go_to_an_ended_run(on: None) -> None:
    """Also while another run is active; ``metric_info.json`` holds every call."""
    model = Ridge().fit(X, Y)
    rows = X[:20]
    with mlflow.start_run() as other:
        metrics.r2_score(Y[:20], model.predict(rows))
        metrics.r2_score(Y[:20], model.predict(rows), force_finite=False)
    assert found(model).keys() == {"r2_score_rows", "r2_score-2_rows"}
    assert mlflow.get_run(other.info.run_id).data.metrics == {}
    uri = mlflow.get_run(models.get(model).log.run_id).info.artifact_uri
    said = json.loads(mlflow.artifacts.load_text(f"{uri}/metric_info.json"))
    assert said["r2_score-2_rows"].endswith("force_finite=False)")


def test_predictions_of_others_are_nobodys(on: None) -> None:
    """A copy, a new array, another model that was not logged."""
    model = Ridge().fit(X, Y)
    rows = X[:20]
    guess = model.predict(rows)
    metrics.r2_score(Y[:20], guess.copy())
    metrics.r2_score(Y[:20], guess + 1)
    metrics.r2_score(Y[:20], rows @ model.coef_)
    assert found(model) == {}


def test_a_prediction_that_is_gone_leaves_no_trace(on: None) -> None:
    """Whoever gets its place in memory is somebody else; nothing is kept alive."""

    def short_lived() -> tuple[weakref.ref[Any], weakref.ref[Any]]:
        model = Ridge().fit(X, Y)
        return weakref.ref(model.predict(X)), weakref.ref(model)

    gone = short_lived()
    gc.collect()
    assert [each() for each in gone] == [None, None]
    assert models.has_predictions() is False


def test_fitted_again_it_belongs_to_the_newer_run(on: None) -> None:
    """What is predicted from then on."""
    model = Ridge().fit(X, Y)
    first = models.get(model).log.run_id
    model.fit(X, -Y)
    rows = X[:20]
    model.score(rows, Y[:20])
    assert "Ridge_score_rows" in found(model)
    assert "Ridge_score_rows" not in mlflow.get_run(first).data.metrics


def test_what_is_no_number_is_not_logged(on: None) -> None:
    """A matrix, an array for each column."""
    model = KMeans(2, n_init=1, random_state=0).fit(X)
    rows = X[:20]
    guess = model.predict(rows)
    metrics.confusion_matrix(guess, guess)
    metrics.homogeneity_completeness_v_measure(guess, guess)
    assert found(model) == {}


def test_data_in_a_variable_of_one_name(on: None) -> None:
    """The same data have the same name, other data a number: arrays and lists."""
    model = Ridge().fit(X, Y)
    for make in (np.asarray, list):
        for start in (0, 20):
            rows = make(X[start : start + 20])
            model.score(rows, Y[start : start + 20])
            model.score(rows, Y[start : start + 20], sample_weight=None)
    assert found(model).keys() == {
        "Ridge_score_rows", "Ridge_score-2_rows", "Ridge_score-3_rows-2", "Ridge_score-4_rows-2",
        "Ridge_score-5_rows-3", "Ridge_score-6_rows-3", "Ridge_score-7_rows-4",
        "Ridge_score-8_rows-4",
    }  # fmt: skip


def test_odd_calls_do_no_harm(on: None) -> None:
    """Errors are the user's, lists cannot be remembered, the rest is as ever."""
    model = Ridge().fit(X, Y)
    with pytest.raises(ValueError, match="inconsistent"):
        metrics.r2_score(Y[:3], model.predict(X))
    with pytest.raises(TypeError):
        model.predict()
    assert model.predict(X.tolist()).shape == Y.shape


def test_not_wanted() -> None:
    """Then predictions are not even noted."""
    autolog(log_models=False, log_post_training_metrics=False)
    model = Ridge().fit(X, Y)
    metrics.r2_score(Y, model.predict(X))
    assert models.get(model) is None


def test_the_name_of_a_variable() -> None:
    """Where it is held, not where it was passed through."""
    thing = object()

    def through(passed: object, *more: object, **named: object) -> str:
        return variable_name(passed, "?")

    found_names = [variable_name(each, "?") for each in [object()]]
    found_names += [variable_name(thing, "?"), through(thing), through(object())]
    assert found_names == ["each", "thing", "thing", "?"]


def test_a_call_as_text() -> None:
    """Long texts are cut, what has no name is shown by its type."""
    y_test = np.zeros(3)
    text = as_called("f", metrics.r2_score, (y_test, [1]), {"multioutput": "x" * 50, "n": None})
    short = "x" * 32 + "..."
    assert text == f"f(y_true=y_test, y_pred=<list>, multioutput='{short}', n=None)"
