"""statsmodels: fitted results, pickled by their own ``save``.

Layout and settings are those of MLflow's ``mlflow/statsmodels``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.flavors.own_predict import OwnPredict
from jupyter_mltrack.models.verbs import default_environment, verbs

_FILE = "model.statsmodels"


class Statsmodels(Flavor):
    """What ``fit`` of statsmodels returns."""

    name = "statsmodels"
    argument = "statsmodels_model"
    packages = ("statsmodels",)
    options: ClassVar[dict[str, Any]] = {"remove_data": False}

    def write(self, model: Any, folder: Path, *, remove_data: bool = False) -> Written:
        """Write ``model.statsmodels``.

        Args:
            model: The results of a fit.
            folder: Where to.
            remove_data: Leave out the arrays of the length of the data; predictions stay the same.
                statsmodels then removes them from ``model`` too.

        Raises:
            InvalidParameterValue: if it is something else, such as a model that is not fitted.
        """
        import statsmodels
        from statsmodels.base.model import Results
        from statsmodels.base.wrapper import ResultsWrapper

        if not isinstance(model, Results | ResultsWrapper):
            msg = (
                "statsmodels_model is a result, what fit() of a model of statsmodels returns, not"
                f" {type(model).__name__!r}."
            )
            raise InvalidParameterValue(msg)
        model.save(str(folder / _FILE), remove_data)
        settings = {"data": _FILE, "statsmodels_version": statsmodels.__version__}
        return Written(settings=settings, pyfunc={"data": _FILE})

    def read(self, folder: Path, settings: Settings) -> Any:
        """The results; the file is a pickle."""
        from statsmodels.iolib.api import load_pickle

        return load_pickle(str(contained(folder, settings.get("data", _FILE))))

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The results' own ``predict``, or `Forecast` for models of time series."""
        from statsmodels.tsa.base.tsa_model import TimeSeriesModel

        del settings
        is_series = isinstance(model.model, TimeSeriesModel)
        return Forecast(model) if is_series else OwnPredict(model)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A fitted model of a time series as a function of a table with one row.

    Args:
        results: What ``fit`` returned.
    """

    results: Any

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """The values between two times.

        Args:
            data: A DataFrame with one row and the columns ``start`` and ``end``: positions or
                dates, as statsmodels takes them.
            params: They mean nothing here.

        Raises:
            InvalidParameterValue: if the table is another.
        """
        del params
        columns = list(getattr(data, "columns", ()))
        if not {"start", "end"} <= set(columns) or len(data) != 1:
            msg = (
                "A model of a time series predicts from a DataFrame with one row and the columns"
                f" 'start' and 'end'; this one has {len(data)} rows and the columns {columns}."
            )
            raise InvalidParameterValue(msg)
        row = data.iloc[0]
        return self.results.predict(start=row["start"], end=row["end"])


FLAVOR = Statsmodels()

save_model, log_model, load_model = verbs(FLAVOR)
get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
