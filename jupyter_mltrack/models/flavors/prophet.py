"""Prophet: models as the JSON that Prophet itself writes.

Layout and settings are those of MLflow's ``mlflow/prophet``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.flavors.own_predict import OwnPredict
from jupyter_mltrack.models.verbs import default_environment, verbs
from jupyter_mltrack.models.whole_file import write_whole

_FILE = "model.pr"


class ProphetModels(Flavor):
    """Fitted models of Prophet.

    They are not taken for data alone: older releases of Prophet hand the texts in the file to
    ``pandas.read_json``, which opens what looks like a path or a URL.
    """

    name = "prophet"
    argument = "pr_model"
    packages = ("prophet",)

    def write(self, model: Any, folder: Path) -> Written:
        """Write ``model.pr``: a JSON text that holds Prophet's JSON as one string, as MLflow's.

        Raises:
            InvalidParameterValue: if it is no model of Prophet, or not fitted.
        """
        import prophet
        from prophet.serialize import model_to_json

        if not isinstance(model, prophet.Prophet) or model.history is None:
            msg = f"pr_model is a fitted Prophet, not {type(model).__name__!r}. Call fit() first."
            raise InvalidParameterValue(msg)
        write_whole(folder / _FILE, json.dumps(model_to_json(model)))
        settings = {
            "data": _FILE,
            "model_type": type(model).__name__,
            "prophet_version": prophet.__version__,
        }
        return Written(settings=settings, pyfunc={"data": _FILE})

    def read(self, folder: Path, settings: Settings) -> Any:
        """The model."""
        from prophet.serialize import model_from_json

        file = contained(folder, settings.get("data", _FILE))
        return model_from_json(json.loads(file.read_text(encoding="utf-8")))

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The model's own ``predict``, which takes a table with the column ``ds``."""
        del settings
        return OwnPredict(model)


FLAVOR = ProphetModels()

save_model, log_model, load_model = verbs(FLAVOR)
get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
