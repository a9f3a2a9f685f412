"""Which classes are watched, and that they are the same as ever."""

from __future__ import annotations

import inspect
import pickle
from types import FunctionType, MethodType
from typing import Any

import cloudpickle
import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils._set_output import _SetOutputMixin
from sklearn.utils.parallel import Parallel

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog.sklearn import autolog
from tests.autolog.fits.rows import CLASSES, X, Y

pytestmark = pytest.mark.usefixtures("fresh")


def everything() -> dict[tuple[str, str], Any]:
    """What all classes and modules of scikit-learn that are loaded consist of."""
    from sklearn import metrics, model_selection

    kinds, found = [BaseEstimator, ClassifierMixin, TransformerMixin, Parallel], {}
    for kind in kinds:
        kinds += [each for each in kind.__subclasses__() if each not in kinds]
    for place in (*kinds, _SetOutputMixin, metrics, model_selection):
        for name, value in vars(place).items():
            if not isinstance(value, dict | set | type(None)):
                found[place.__name__, name] = value
    return found


def test_disable_restores_everything() -> None:
    """Every attribute of every class is the very object that it was."""
    before = everything()
    autolog()
    assert everything() != before
    autolog(disable=True)
    after = everything()
    assert after.keys() == before.keys()
    assert all(after[key] is before[key] for key in before)


def test_signatures_and_types_stay() -> None:
    """Of methods, of those that depend on the steps of a pipeline, of functions."""
    from sklearn import metrics

    def shown() -> list[Any]:
        model = make_pipeline(Ridge())
        kept = (Ridge.fit, Ridge().fit, model.predict, Pipeline.predict, metrics.r2_score)
        return [(str(inspect.signature(each)), type(each), each.__doc__) for each in kept]

    before = shown()
    autolog()
    assert shown() == before
    assert {kind for _, kind, _ in before} == {FunctionType, MethodType}


def test_a_method_that_is_not_there_stays_away(on: None) -> None:
    """``hasattr`` answers as before, and so does the error."""
    scaler = make_pipeline(StandardScaler())
    assert not hasattr(scaler, "predict")
    assert hasattr(make_pipeline(Ridge()), "predict")
    with pytest.raises(AttributeError, match="has no attribute 'predict'"):
        scaler.predict  # noqa: B018


def test_models_clone_and_pickle(on: None) -> None:
    """A fitted model holds nothing of ours, and is logged no less after a copy."""
    model = Ridge().fit(X, Y)
    for dump in (pickle.dumps, cloudpickle.dumps):
        content = dump(model)
        assert b"mltrack" not in content
        assert b"mlflow" not in content
        again = pickle.loads(content)  # noqa: S301  (our own bytes)
        np.testing.assert_array_equal(again.predict(X), model.predict(X))
    clone(model).fit(X, Y)
    assert len(mlflow.search_runs()) == 2


def test_a_class_that_is_defined_later(on: None) -> None:
    """It is watched if it predicts, and unwatched like the others."""

    class Mine(ClassifierMixin, BaseEstimator):
        def fit(self, _: Any, y: Any) -> Any:
            self.classes_ = np.unique(y)
            return self

        def predict(self, x: Any) -> Any:
            return np.zeros(len(x), dtype=int)

    Mine().fit(X, CLASSES)
    assert mlflow.last_active_run().data.tags["estimator_name"] == "Mine"
    autolog(disable=True)
    assert type(vars(Mine)["fit"]) is FunctionType
    Mine().fit(X, CLASSES)
    assert len(mlflow.search_runs()) == 1


def test_a_transformer_that_is_defined_later(on: None) -> None:
    """scikit-learn wraps its methods at birth; it takes nothing of ours along when pickled."""

    class Mine(TransformerMixin, BaseEstimator):
        def fit(self, *_: Any) -> Any:
            return self

        def transform(self, x: Any) -> Any:
            return x * 2

    Mine.__module__ = "__main__"
    assert b"jupyter_mltrack" not in cloudpickle.dumps(Mine())
    np.testing.assert_array_equal(Mine().fit_transform(X), X * 2)
    assert len(mlflow.search_runs()) == 0


def test_unusual_models(on: None) -> None:
    """No hash, equality of its own: the training is logged and predictions go on."""

    class Odd(Ridge):
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> Any:
            msg = "not comparable"
            raise RuntimeError(msg)

    x_test = X[:20]
    assert Odd().fit(X, Y).score(x_test, Y[:20]) > 0.9
    assert "Odd_score_x_test" in mlflow.last_active_run().data.metrics


def test_what_the_training_warns_of_reaches_the_user(on: None) -> None:
    """Once, and with the class it has."""
    from sklearn.exceptions import DataConversionWarning

    with pytest.warns(DataConversionWarning) as warned:
        RandomForestRegressor(n_estimators=1).fit(X, Y[:, None])
    assert len(warned) == 1


def test_other_libraries_are_left_to_their_own_autolog(on: None) -> None:
    """Such as XGBoost, whose models are estimators too."""
    fit = LinearRegression.fit

    class Foreign(LinearRegression):
        def fit(self, x: Any, y: Any) -> Any:
            return super().fit(x, y)

    Foreign.__module__ = "xgboost.sklearn"
    assert fit is LinearRegression.fit
    Foreign().fit(X, Y)
    assert mlflow.last_active_run() is None or len(mlflow.search_runs()) == 1
