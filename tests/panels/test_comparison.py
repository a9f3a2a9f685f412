import math

import pytest

from jupyter_mltrack.panels import comparison


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        *(
            (key, "lower")
            for key in ("loss", "val_loss", "RMSE", "testLoss", "mean_absolute_error")
        ),
        *((key, "lower") for key in ("mae", "eval/perplexity", "false_positive_error", "time_s")),
        *((key, "higher") for key in ("accuracy", "val_f1", "r2", "roc_auc", "closeness")),
        ("neg_mean_squared_error", "higher"),
        *((key, None) for key in ("epoch", "step", "lr", "batch_size")),
        ("", "higher"),
    ],
)
def test_direction_follows_the_name(key: str, wanted: str | None) -> None:
    """Losses and errors are better when lower; counters are never better."""
    assert comparison.direction(key) == wanted


def test_best_values_are_found() -> None:
    """Ties are all best; NaN, infinite and missing values are not."""
    values = [0.3, None, 0.1, math.nan, 0.1, -math.inf, 0.9]
    assert comparison.best(values, "lower") == [2, 4]
    assert comparison.best(values, "higher") == [6]
    assert comparison.best(values, None) == []


@pytest.mark.parametrize("values", [[], [0.1], [0.1, 0.1], [None, math.nan]])
def test_without_a_choice_nothing_is_best(values: list[float | None]) -> None:
    """One value, or equal ones, are not praised."""
    assert comparison.best(values, "higher") == []


def test_equal_keys_are_in_all_records() -> None:
    """A key that one record lacks differs; NaN equals NaN."""
    one = {"a": 1.0, "b": 2.0, "c": math.nan}
    assert comparison.equal_keys([one, {"a": 1.0, "c": math.nan}, one]) == ["a", "c"]
    assert comparison.equal_keys([one]) == []
    assert comparison.equal_keys([]) == []
    assert comparison.keys_of([{"b": 1}, {"a": 1, "b": 2}]) == ["b", "a"]


def test_changes_tell_old_and_new() -> None:
    """What is new, gone and other is listed, what is the same is not."""
    changes = comparison.changes(
        {"lr": "1", "old": "x", "k": "5"}, {"lr": "2", "new": "y", "k": "5"}
    )
    assert changes == [("lr", "1", "2"), ("new", None, "y"), ("old", "x", None)]
