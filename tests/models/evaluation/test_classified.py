from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.evaluation import sklearn_metrics
from jupyter_mltrack.models.evaluation.classified import classified
from jupyter_mltrack.models.evaluation.regressed import regressed

CHANCES = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])


def texts(*labels: Any) -> Any:
    """Labels of any kind as an array."""
    return np.array(labels, dtype=object)


@pytest.mark.parametrize(
    ("targets", "said", "labels"),
    [
        (np.array([0, 1]), np.array([0.0, 1.0]), (0, 1)),
        (np.array([True, False]), [1, 0], (False, True)),
        (texts("b", "a"), pd.Series(["b", "b"]), ("a", "b")),
        (texts("b", "a"), pd.Categorical(["b", "c"]), ("a", "b", "c")),
        (np.array([3, 1]), np.array([[1], [1]]), (1, 3)),
    ],
)
def test_labels(targets: Any, said: Any, labels: tuple[Any, ...]) -> None:
    """Those that occur, sorted; equal ones of other types are the same."""
    assert classified(targets, said).labels == labels


def test_the_positive_label_is_the_second() -> None:
    """So are its probabilities."""
    case = classified(np.array([0, 1, 1]), np.array([0, 1, 0]), probabilities=CHANCES, positive=0)
    assert case.labels == (1, 0)
    assert case.targets.tolist() == [1, 0, 0]
    assert case.probabilities is not None
    assert case.probabilities[:, 1].tolist() == [0.9, 0.2, 0.6]


def test_a_model_that_knows_more_labels_than_occur() -> None:
    """Its columns keep their labels."""
    chances = np.array([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2]])
    case = classified(
        texts("c", "a"), texts("c", "a"), probabilities=chances, classes=["a", "b", "c"]
    )
    assert case.labels == ("a", "b", "c")
    assert sklearn_metrics.multiclass(case, "weighted")["accuracy_score"] == 1


def test_a_label_that_the_model_does_not_know() -> None:
    """It never says it: the probability is 0."""
    case = classified(
        texts("a", "b", "z"), texts("a", "b", "a"), probabilities=CHANCES, classes=["a", "b"]
    )
    assert case.probabilities is not None
    assert case.probabilities[:, 2].tolist() == [0, 0, 0]


@pytest.mark.parametrize("answers", [CHANCES, CHANCES[:, 1], CHANCES[:, [1]]])
def test_probabilities_for_labels(answers: Any) -> None:
    """The likeliest label counts."""
    case = classified(texts("no", "yes", "yes"), answers)
    assert case.predictions.tolist() == [0, 1, 0]
    assert case.probabilities == pytest.approx(CHANCES)


def test_a_probability_is_that_of_the_positive_label() -> None:
    """Whichever it is."""
    case = classified(texts("no", "yes", "yes"), np.array([0.9, 0.2, 0.4]), positive="no")
    assert case.labels == ("yes", "no")
    assert case.predictions.tolist() == [1, 0, 0]


def test_targets_that_look_like_numbers(caplog: pytest.LogCaptureFixture) -> None:
    """They may be labels, but probably are not."""
    assert len(classified(np.array([0.5, 1.5]), np.array([1.5, 1.5])).labels) == 2
    assert "regressor" in caplog.text


@pytest.mark.parametrize(
    ("targets", "said", "message"),
    [
        ([0, 1], ["0", "1"], "different kinds, such as '0' and 0"),
        (["x", "x"], ["x", "x"], "at least two labels apart, and the data has 'x'"),
        ([0, 1], [1], "for each of the 2 rows"),
        (["a", "b"], ["a", None], "1 of the 2 predictions are missing"),
        ([0, 1, 2], [0.2, 0.3, 0.4], "gives 1 numbers for a row, and there are 3 labels"),
        ([(1,), 2], [2, 2], "cannot be sorted"),
    ],
)
def test_what_cannot_be_compared(targets: list[Any], said: list[Any], message: str) -> None:
    """The message says what does not fit."""
    truth = np.empty(len(targets), dtype=object)
    truth[:] = targets
    with pytest.raises(InvalidParameterValue, match=message):
        classified(truth, said)


def test_probabilities_of_another_shape(caplog: pytest.LogCaptureFixture) -> None:
    """They are left out, and the labels count."""
    case = classified(np.array([0, 1, 2]), np.array([0, 1, 2]), probabilities=CHANCES)
    assert case.probabilities is None
    assert "(3, 2)" in caplog.text


def test_probabilities_of_single_precision() -> None:
    """They sum to one as far as such numbers can, which scikit-learn knows."""
    chances = np.random.default_rng(0).dirichlet(np.ones(3), 300).astype("float32")
    said = chances.argmax(axis=1)
    case = classified(said, said, probabilities=chances)
    assert sklearn_metrics.multiclass(case, "weighted").keys() >= {"log_loss", "roc_auc"}


def test_one_class_of_many() -> None:
    """It is told from all others."""
    case = classified(texts("a", "b", "c"), texts("a", "c", "c"))
    table = sklearn_metrics.per_class(case, ranked=False)
    assert table["positive_class"].tolist() == ["a", "b", "c"]
    assert table["false_positives"].tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("targets", "said", "message"),
    [
        (["a", "b"], [1, 2], "a classifier says labels"),
        ([1, 2], [1], "for each of 2 rows"),
        ([1, np.inf], [1, 2], "1 of the 2 targets are missing or infinite"),
        ([1, 2], [np.nan, np.nan], "2 of the 2 predictions are missing or infinite"),
        ([1, 2], [[1, 2], [3, 4]], "for each of 2 rows"),
    ],
)
def test_numbers_that_cannot_be_compared(targets: list[Any], said: list[Any], message: str) -> None:
    """The message says what does not fit."""
    with pytest.raises(InvalidParameterValue, match=message):
        regressed(targets, said)


def test_a_single_number(caplog: pytest.LogCaptureFixture) -> None:
    """What one row cannot tell is left out."""
    found = sklearn_metrics.regression(regressed([1], [[3]]))
    assert found["max_error"] == 2
    assert "r2_score" not in found
    assert "r2_score is left out" in caplog.text
