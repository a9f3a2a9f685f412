"""statsmodels: results with and without data, and forecasts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue, ModelNotTrusted
from jupyter_mltrack.models.flavors import statsmodels
from tests.models.flavors.examples import statsmodels_ols, statsmodels_series

pytestmark = pytest.mark.usefixtures("fresh")


def test_the_data_can_be_left_out(tmp_path: Path) -> None:
    """The file is smaller, and the predictions are the same."""
    this = statsmodels_ols()
    statsmodels.save_model(this.model, tmp_path / "all")
    statsmodels.save_model(this.model, tmp_path / "less", remove_data=True)
    sizes = [(tmp_path / name / "model.statsmodels").stat().st_size for name in ("all", "less")]
    assert sizes[1] < sizes[0]
    loaded = statsmodels.load_model(tmp_path / "less")
    assert np.allclose(loaded.predict(this.data), this.expected)


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame({"start": [1, 2], "end": [3, 4]}),
        pd.DataFrame({"start": [1]}),
        pd.DataFrame({"start": [], "end": []}),
    ],
)
def test_a_forecast_is_asked_for_with_one_row(data: pd.DataFrame) -> None:
    """The message says what the table must have."""
    predictor = statsmodels.FLAVOR.predictor(statsmodels_series().model, {})
    with pytest.raises(InvalidParameterValue, match="one row and the columns 'start' and 'end'"):
        predictor.predict(data)


def test_a_forecast_takes_dates() -> None:
    """Whatever the index of the one row is."""
    from statsmodels.tsa.ar_model import AutoReg

    days = pd.date_range("2024-01-01", periods=60, freq="D")
    model: Any = AutoReg(pd.Series(np.sin(np.arange(60)), days), lags=2).fit()
    asked = pd.DataFrame({"start": [days[58]], "end": [pd.Timestamp("2024-03-04")]}, index=[7])
    found = statsmodels.FLAVOR.predictor(model, {}).predict(asked)
    assert list(found.index) == list(pd.date_range(days[58], "2024-03-04"))


def test_a_strangers_model_needs_trust(tmp_path: Path) -> None:
    """It is a pickle."""
    statsmodels.save_model(statsmodels_ols().model, tmp_path / "model")
    (tmp_path / "model" / "mltrack_signature.json").unlink()
    with pytest.raises(ModelNotTrusted, match=r"statsmodels: model\.statsmodels can hold code"):
        statsmodels.load_model(tmp_path / "model")
