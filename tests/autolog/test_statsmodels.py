"""Tests of autolog for statsmodels."""

from __future__ import annotations

from typing import Any

import pytest
import statsmodels.api as sm
from statsmodels.regression.linear_model import OLSResults, RegressionModel

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog.statsmodels import autolog
from tests.autolog.fits.rows import Y
from tests.autolog.fits.statsmodels_fits import COLUMNS, FITS
from tests.autolog.parity import compared

pytestmark = pytest.mark.usefixtures("fresh")

#: What differs from MLflow, and why.
REASONS = {
    name: {"params.kwargs": "MLflow takes **kwargs for an argument that has no value"}
    for name in FITS.keys() - {"time_series"}
}


def test_trainings_are_recorded_as_by_mlflow() -> None:
    """Params, metrics, tags, files and the signature are MLflow's, but for what is listed."""
    assert compared("statsmodels", REASONS) == {}


def test_the_summary_is_a_text() -> None:
    """It is what statsmodels prints."""
    autolog(log_models=False)
    result = sm.OLS(Y, COLUMNS).fit()
    run = mlflow.last_active_run()
    assert run is not None
    text = mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/model_summary.txt")
    assert f"{result.rsquared:.3f}" in text


def test_a_fit_inside_a_fit_is_not_logged() -> None:
    """A model that fits another one is one training, with one run."""
    autolog(log_models=False)
    _Odd(Y, COLUMNS).fit()
    assert len(mlflow.search_runs()) == 1


def test_disable_leaves_the_classes_as_they_were() -> None:
    """The very functions are back."""
    before = vars(RegressionModel)["fit"], vars(sm.GLM)["fit"]
    autolog()
    assert vars(sm.GLM)["fit"] is not before[1]
    autolog(disable=True)
    assert (vars(RegressionModel)["fit"], vars(sm.GLM)["fit"]) == before


def test_numbers_that_cannot_be_computed_are_named(caplog: pytest.LogCaptureFixture) -> None:
    """The other metrics are logged, and the user gets the result."""
    autolog(log_models=False)
    result = _Odd(Y, COLUMNS).fit()
    run = mlflow.last_active_run()
    assert run is not None
    assert run.data.metrics["rsquared"] == result.rsquared
    assert "llf" not in run.data.metrics
    assert "the metric 'llf' was not logged" in caplog.text


class _OddResults(OLSResults):
    """Results that are in part impossible."""

    @property
    def llf(self) -> float:
        """Not this one."""
        raise NotImplementedError


class _Odd(sm.OLS):
    """A model of the user's."""

    def fit(self, *args: Any, **kwargs: Any) -> Any:
        """Learn as usual."""
        result = super().fit(*args, **kwargs)
        result._results.__class__ = _OddResults
        return result
