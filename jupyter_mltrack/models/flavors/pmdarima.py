"""pmdarima: fitted ARIMA models and pipelines, pickled.

Layout and settings are those of MLflow's ``mlflow/pmdarima``.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.verbs import default_environment, verbs

_FILE = "model.pmd"


class Pmdarima(Flavor):
    """Models of pmdarima: ``ARIMA`` and its like, and ``Pipeline``."""

    name = "pmdarima"
    argument = "pmdarima_model"
    packages = ("pmdarima",)

    def write(self, model: Any, folder: Path) -> Written:
        """Write ``model.pmd``.

        Raises:
            InvalidParameterValue: if it is no model of pmdarima.
        """
        import pmdarima
        from pmdarima.base import BaseARIMA
        from pmdarima.pipeline import Pipeline

        if not isinstance(model, BaseARIMA | Pipeline):
            msg = f"pmdarima_model is an ARIMA or Pipeline, not {type(model).__name__!r}."
            raise InvalidParameterValue(msg)
        (folder / _FILE).write_bytes(pickle.dumps(model))
        settings = {
            "data": _FILE,
            "model_type": type(model).__name__,
            "pmdarima_version": pmdarima.__version__,
        }
        return Written(settings=settings, pyfunc={"data": _FILE})

    def read(self, folder: Path, settings: Settings) -> Any:
        """The model; the file is a pickle."""
        file = contained(folder, settings.get("data", _FILE))
        return pickle.loads(file.read_bytes())  # noqa: S301 - it has passed the gate

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The forecast that a table asks for."""
        del settings
        return Forecast(model)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A fitted model as a function of a table with one row.

    Args:
        model: A model of pmdarima.
    """

    model: Any

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """The next values.

        Args:
            data: A DataFrame with one row: ``n_periods``, and if wanted ``X`` (the regressors of
                those periods, one row each), ``return_conf_int`` and ``alpha``.
            params: They mean nothing here.

        Returns:
            A DataFrame with the column ``yhat``, and with ``yhat_lower`` and ``yhat_upper`` if the
            confidence interval was asked for.

        Raises:
            InvalidParameterValue: if the table has not one row, or no ``n_periods``.
        """
        import pandas as pd

        del params
        asked = _asked(data)
        wants_interval = bool(asked.get("return_conf_int", False))
        found = self.model.predict(
            n_periods=int(asked["n_periods"]),
            X=asked.get("X"),
            return_conf_int=wants_interval,
            alpha=float(asked.get("alpha", 0.05)),
        )
        if not wants_interval:
            return pd.DataFrame({"yhat": found})
        values, interval = found
        return pd.DataFrame(
            {"yhat": values, "yhat_lower": interval[:, 0], "yhat_upper": interval[:, 1]}
        )


def _asked(data: Any) -> dict[str, Any]:
    """The one row of the table, if it says for how many periods."""
    rows = data.to_dict(orient="records")
    if len(rows) == 1:
        periods = rows[0].get("n_periods")
        if type(periods) is int and periods > 0:  # True is an int too
            return dict(rows[0])
    msg = (
        "A model of pmdarima predicts from a DataFrame with one row, whose column 'n_periods' says"
        f" how many values are wanted; this one has {len(rows)} rows and the columns"
        f" {list(data.columns)}."
    )
    raise InvalidParameterValue(msg)


FLAVOR = Pmdarima()

save_model, log_model, load_model = verbs(FLAVOR)
get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
