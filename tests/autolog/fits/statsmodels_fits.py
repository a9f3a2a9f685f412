"""Trainings with statsmodels."""

from __future__ import annotations

from typing import Any

import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

from tests.autolog.fits.fit import Fit
from tests.autolog.fits.rows import CLASSES, X, Y

COLUMNS = sm.add_constant(X.astype("float64"))
NO_MODEL = {"log_models": False}


def least_squares() -> Any:
    """All that a linear regression says of itself."""
    return sm.OLS(Y, COLUMNS).fit()


def robust_errors() -> Any:
    """Arguments of fit by keyword."""
    return sm.OLS(Y, COLUMNS).fit(cov_type="HC1", use_t=True)


def general_linear() -> Any:
    """A model without most of the numbers."""
    return sm.GLM(Y, COLUMNS, family=sm.families.Gaussian()).fit()


def logistic() -> Any:
    """Arguments that a method of the solver takes."""
    return sm.Logit(CLASSES, COLUMNS[:, :2]).fit(disp=0, maxiter=50)


def from_formula() -> Any:
    """A formula and a DataFrame."""
    table = pd.DataFrame({"y": Y, "a": X[:, 0], "b": X[:, 1]})
    return smf.ols("y ~ a + b", table).fit()


def time_series() -> Any:
    """A model whose fit calls the fit of another."""
    return sm.tsa.AutoReg(Y, lags=1).fit()


FITS = {
    "least_squares": Fit(least_squares, {}),
    "robust_errors": Fit(robust_errors, NO_MODEL),
    "general_linear": Fit(general_linear, NO_MODEL),
    "logistic": Fit(logistic, NO_MODEL),
    "from_formula": Fit(from_formula, NO_MODEL),
    "time_series": Fit(time_series, NO_MODEL),
}
