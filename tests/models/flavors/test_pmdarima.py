"""pmdarima: the forecast that a table asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavors import pmdarima
from tests.models.flavors.examples import pmdarima_arima


def test_an_interval_can_be_asked_for() -> None:
    """It is as wide as ``alpha`` says."""
    predictor = pmdarima.FLAVOR.predictor(pmdarima_arima().model, {})
    asked = {"n_periods": [3], "return_conf_int": [True]}
    found = predictor.predict(pd.DataFrame(asked))
    wide = predictor.predict(pd.DataFrame(asked | {"alpha": [0.01]}))
    assert list(found) == ["yhat", "yhat_lower", "yhat_upper"]
    assert (wide["yhat_upper"] > found["yhat_upper"]).all()
    assert (wide["yhat_lower"] < found["yhat_lower"]).all()


def test_regressors_go_along() -> None:
    """One row of ``X`` for each period."""
    import pmdarima as library

    given = np.cos(np.arange(60.0)).reshape(-1, 1)
    noise = np.random.default_rng(1).normal(scale=0.01, size=60)
    model = library.ARIMA((0, 0, 0)).fit(2 * given[:, 0] + noise, X=given)
    asked = pd.DataFrame({"n_periods": [2], "X": [[[1.0], [2.0]]]})
    found = pmdarima.FLAVOR.predictor(model, {}).predict(asked)
    assert np.allclose(found["yhat"], [2, 4], atol=0.02)


@pytest.mark.parametrize("table", [{"n_periods": [1, 2]}, {"n_periods": [1.5]}, {"n": [1]}])
def test_a_table_without_periods_is_refused(table: dict[str, Any]) -> None:
    """One row, and a whole number of periods."""
    predictor = pmdarima.FLAVOR.predictor(pmdarima_arima().model, {})
    with pytest.raises(InvalidParameterValue, match="'n_periods' says how many"):
        predictor.predict(pd.DataFrame(table))
