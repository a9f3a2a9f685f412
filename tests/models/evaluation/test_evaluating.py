from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier

from jupyter_mltrack import MlflowClient
from jupyter_mltrack.errors import InvalidParameterValue, MltrackException, ResourceDoesNotExist
from jupyter_mltrack.models.evaluation import (
    MetricThreshold,
    ModelValidationFailedException,
    evaluate,
    list_evaluators,
    make_metric,
)
from jupyter_mltrack.tracking import datasets
from jupyter_mltrack.tracking.fluent import active_run, get_run, search_runs, start_run
from tests.models.evaluation import cases

pytestmark = pytest.mark.usefixtures("fresh", "undrawn")

Arguments = dict[str, Any]


def binary() -> Arguments:
    """Arguments for a classifier of two labels that tells no probabilities."""
    return cases.judged("classifier", cases.two_classes(), RidgeClassifier())


def ranked() -> Arguments:
    """Arguments for one that does."""
    return cases.neighbours(cases.two_classes())


def nobody(table: pd.DataFrame) -> Any:
    """A model that says 0."""
    return np.zeros(len(table), int)


def test_the_active_run_is_used_and_stays_open() -> None:
    """Metrics, files and data are in it."""
    with start_run() as run:
        result = evaluate(**binary())
        assert active_run() is not None
    found = get_run(run.info.run_id)
    assert result.run_id == run.info.run_id
    assert found.data.metrics == result.metrics
    assert found.inputs.dataset_inputs[0].tags[0].value == "eval"


def test_without_a_run_one_is_started_and_ended() -> None:
    """As MLflow does."""
    result = evaluate(**binary())
    assert active_run() is None
    assert get_run(str(result.run_id)).info.status == "FINISHED"


def test_metrics_of_a_logged_model() -> None:
    """They belong to it too, and know the data they were measured on."""
    client = MlflowClient()
    model = client.create_logged_model("0", name="neighbours")
    result = evaluate(**binary(), model_id=model.model_id)
    inputs = get_run(str(result.run_id)).inputs
    found = {one.key: one for one in client.get_logged_model(model.model_id).metrics}
    assert found["f1_score"].value == result.metrics["f1_score"]
    assert found["f1_score"].dataset_digest == inputs.dataset_inputs[0].dataset.digest
    assert [one.model_id for one in inputs.model_inputs] == [model.model_id]


def test_a_model_that_the_store_does_not_know() -> None:
    """That is said before anything is stored."""
    with pytest.raises(ResourceDoesNotExist, match="m-1"):
        evaluate(**binary(), model_id="m-1")
    assert len(search_runs()) == 0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"data": None}, "takes a DataFrame"),
        ({"targets": None}, "targets argument must be specified"),
        ({"model": None}, "nothing to evaluate"),
        ({"model": 3}, "`model` is the URI"),
        ({"model_type": "text"}, "not judged here"),
        ({"model_type": "clasifier"}, "one of classifier, regressor"),
        ({"model_type": None}, "what kind of model"),
        ({"env_manager": "virtualenv"}, "leave out env_manager"),
        ({"evaluators": "shapely"}, "no evaluator 'shapely'"),
        ({"evaluators": "regressor"}, "can evaluate a model of type 'classifier'"),
        ({"evaluators": []}, "a name or a list of names"),
        ({"evaluators": ["default"], "evaluator_config": {"average": "macro"}}, "for each of them"),
        ({"evaluator_config": "fast"}, "dict of options"),
        ({"evaluator_config": {"average": "mean"}}, "one of weighted, macro, micro"),
        ({"evaluator_config": {"pos_label": 7}}, "none of the labels: 0, 1"),
        ({"evaluator_config": {"label_list": [0, 2]}}, "'label_list' lacks: 1"),
        ({"evaluator_config": {"label_list": "01"}}, "is a list"),
        ({"evaluator_config": {"sample_weights": [1, 2]}}, "for each of the 60 rows"),
        ({"evaluator_config": {"sample_weights": [-1.0] * 60}}, "from 0 upwards"),
        ({"evaluator_config": {"sample_weights": ["x"] * 60}}, "are numbers"),
        ({"evaluator_config": {"metric_prefix": 3}}, "is a text"),
        ({"evaluator_config": {"metric_prefix": "<b>"}}, "Invalid metric name"),
        ({"evaluator_config": {"calibration_n_bins": 0}}, "above 0"),
        ({"extra_metrics": [len]}, "make_metric"),
        ({"extra_metrics": "f1"}, "is a list of metrics"),
        ({"custom_artifacts": ["x"]}, "list of functions"),
        ({"validation_thresholds": {"f1_score": 0.9}}, "MetricThreshold"),
        ({"inference_params": {"k": 1}}, "was logged"),
    ],
)
def test_what_cannot_be_used(changed: Arguments, message: str, fresh: Path) -> None:
    """A clear error, and nothing is left behind, not even a store."""
    with pytest.raises(InvalidParameterValue, match=message):
        evaluate(**(binary() | changed))
    assert list(fresh.iterdir()) == []


def test_features_with_gaps() -> None:
    """They are the model's business."""
    arguments = binary()
    arguments["data"].loc[3, "a"] = np.nan
    found = evaluate(**arguments | {"model": lambda table: table["a"].isna().astype(int)}).metrics
    assert found["true_positives"] + found["false_positives"] == 1


def test_the_features_alone_reach_the_model() -> None:
    """In the order that is asked for; what the model does to them is not seen outside."""
    arguments = binary()
    before = arguments["data"].copy()
    seen = []

    def spoil(table: pd.DataFrame) -> Any:
        seen.extend(table.columns)
        table["a"] = 0
        return table["a"]

    evaluate(**arguments | {"model": spoil, "feature_names": ["c", "a"]})
    assert seen == ["c", "a"]
    pd.testing.assert_frame_equal(arguments["data"], before)


def test_a_baseline() -> None:
    """Its metrics on the same data are beside those of the model, and are not logged."""
    result = evaluate(**binary(), baseline_model=nobody)
    assert result.baseline_model_metrics["true_positives"] == 0
    assert result.baseline_model_metrics.keys() < result.metrics.keys()
    assert get_run(str(result.run_id)).data.metrics == result.metrics


def test_thresholds_that_are_not_reached() -> None:
    """All failures are listed, after all is logged."""
    too_much = MetricThreshold(threshold=1.1, greater_is_better=True)
    change = MetricThreshold(min_absolute_change=0.9, greater_is_better=True)
    thresholds = {"f1_score": too_much, "accuracy_score": change, "bleu": too_much}
    arguments = binary() | {"baseline_model": nobody, "validation_thresholds": thresholds}
    with pytest.raises(ModelValidationFailedException) as caught:
        evaluate(**arguments)
    assert [line.split()[1] for line in str(caught.value).splitlines()] == list(thresholds)
    assert len(search_runs()) == 1


def test_a_change_needs_a_baseline() -> None:
    """That is said before anything is computed."""
    change = MetricThreshold(min_relative_change=0.1, greater_is_better=True)
    with pytest.raises(InvalidParameterValue, match="give `baseline_model`"):
        evaluate(**binary(), validation_thresholds={"f1_score": change})


def test_probabilities_for_labels() -> None:
    """A booster or a network that says chances is a classifier too."""
    arguments = ranked()
    model = arguments["model"]
    expected = evaluate(**arguments).metrics
    found = evaluate(**arguments | {"model": model.predict_proba}).metrics
    assert {**found, "score": expected["score"]} == pytest.approx(expected)


def test_data_without_one_of_the_labels(caplog: pytest.LogCaptureFixture) -> None:
    """What can be told is told; the rest is left out, with a warning."""
    arguments = ranked()
    ones = arguments["data"].query("y == 1")
    found = evaluate(**arguments | {"data": ones}).metrics
    assert "roc_auc is left out" in caplog.text
    assert {"roc_auc", "accuracy_score"} & found.keys() == {"accuracy_score"}
    assert found["example_count"] == len(ones)


def test_probabilities_that_fail(caplog: pytest.LogCaptureFixture) -> None:
    """The labels are there."""

    class Half(KNeighborsClassifier):
        def predict_proba(self, X: Any) -> Any:  # noqa: N803  (scikit-learn's name)
            msg = f"no chances for {len(X)}"
            raise RuntimeError(msg)

        def predict(self, X: Any) -> Any:  # noqa: N803
            return np.ones(len(X), int)

    found = evaluate(**binary() | {"model": Half()}).metrics
    assert "log_loss" not in found
    assert "no chances" in caplog.text


def test_matplotlib_is_no_dependency(caplog: pytest.LogCaptureFixture) -> None:
    """Without it the metrics are there, and one warning says how to get the plots."""
    result = evaluate(**binary())
    assert result.artifacts == {}
    assert "accuracy_score" in result.metrics
    assert ["pip install matplotlib" in one.getMessage() for one in caplog.records] == [True]


def test_scikit_learn_is_no_dependency(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    arguments = binary()
    monkeypatch.setitem(sys.modules, "sklearn.metrics", None)
    with pytest.raises(MltrackException, match="pip install scikit-learn"):
        evaluate(**arguments)


def test_a_prefix_is_the_context_of_the_data() -> None:
    """As in MLflow; so two evaluations in one run are told apart, tables too."""
    with start_run() as run:
        for prefix in ("val_", "test_"):
            arguments = cases.judged("classifier", cases.three_classes(), RidgeClassifier())
            evaluate(**arguments | {"evaluator_config": {"metric_prefix": prefix}})
    found = get_run(run.info.run_id)
    assert [one.tags[0].value for one in found.inputs.dataset_inputs] == ["val_", "test_"]
    files = {one.path for one in MlflowClient().list_artifacts(run.info.run_id)}
    assert {"val_per_class_metrics.csv", "test_per_class_metrics.csv"} <= files


def test_shap_is_asked_for_but_not_there(caplog: pytest.LogCaptureFixture) -> None:
    """Only who asks is told."""
    evaluate(**binary() | {"evaluator_config": None})
    assert "shap" not in caplog.text
    evaluate(**binary() | {"evaluator_config": {"log_model_explainability": True}})
    assert "pip install shap" in caplog.text


@pytest.mark.parametrize(
    "given",
    [
        {"evaluators": "default", "evaluator_config": {"pos_label": 0}},
        {"evaluators": ["classifier"], "evaluator_config": {"classifier": {"pos_label": 0}}},
        {"evaluators": ["default"], "evaluator_config": {"default": {"pos_label": 0}}},
        {"evaluator_config": {"default": {"pos_label": 0}}},
    ],
)
def test_options_may_be_nested(given: Arguments) -> None:
    """By the name of the evaluator, as in MLflow."""
    found = evaluate(**binary() | given).metrics
    assert found["true_positives"] + found["false_negatives"] == 36


def test_own_metrics_alone_of_a_model_that_says_too_little() -> None:
    """There is one prediction for each row, whatever kind of model it is."""
    fine = make_metric(
        eval_fn=lambda predictions: predictions.sum(), greater_is_better=True, name="s"
    )
    with pytest.raises(InvalidParameterValue, match="1 predictions for 60 rows"):
        evaluate(lambda _: [1], binary()["data"], extra_metrics=[fine])


def test_a_misspelt_option(caplog: pytest.LogCaptureFixture) -> None:
    """It is told, unless a metric asks for it."""
    wide = make_metric(eval_fn=lambda width: width, greater_is_better=True, name="wide")
    config = {"pos_lable": 1, "width": 3, "explainability_nsamples": 10}
    result = evaluate(**binary() | {"evaluator_config": config, "extra_metrics": [wide]})
    assert result.metrics["wide"] == 3
    assert "evaluator_config has pos_lable, which nothing uses" in caplog.text


def test_the_older_name_of_extra_metrics() -> None:
    """Of MLflow 1."""

    def n(predictions: Any) -> int:
        return len(predictions)

    metric = make_metric(eval_fn=n, greater_is_better=True)
    assert evaluate(**binary(), custom_metrics=[metric]).metrics["n"] == 60
    with pytest.raises(InvalidParameterValue, match="older name"):
        evaluate(**binary(), custom_metrics=[metric], extra_metrics=[metric])


def test_targets_given_twice() -> None:
    """A dataset has its own."""
    arguments = binary()
    data = datasets.from_pandas(arguments["data"], targets="y")
    with pytest.raises(InvalidParameterValue, match="has its own targets"):
        evaluate(**arguments | {"data": data})


def test_predictions_given_twice() -> None:
    """By the data, and by a model."""
    arguments = cases.static(binary())
    data = datasets.from_pandas(arguments["data"], targets="y", predictions="said")
    with pytest.raises(InvalidParameterValue, match="has predictions already"):
        evaluate(nobody, data, model_type="classifier")


def test_list_evaluators() -> None:
    """MLflow's names."""
    assert list_evaluators() == ["default", "classifier", "regressor", "shap"]
