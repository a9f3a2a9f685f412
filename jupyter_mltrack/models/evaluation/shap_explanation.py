"""Which features moved the predictions, by SHAP; its own plots are not used, as they are pyplot's.

SHAP is no dependency: without it there are no such plots, and that is said only to who asked for
them. Options and names of files are MLflow's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.models.evaluation import matplotlib_shap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from jupyter_mltrack.models.evaluation.candidate import Candidate
    from jupyter_mltrack.models.evaluation.evaluation_data import EvaluationData
    from jupyter_mltrack.models.evaluation.options import Options

_log = logging.getLogger("jupyter_mltrack")


def drawings(
    model: Candidate, data: EvaluationData, options: Options
) -> dict[str, Callable[[], Figure]]:
    """The plots of what moved the predictions, each as a function that draws it.

    Args:
        model: The model.
        data: The rows; at most ``explainability_nsamples`` of them are explained.
        options: ``log_model_explainability`` False wants none; True says why there are none.
    """
    asked = options.log_model_explainability
    if asked is False:
        return {}
    tell = _log.warning if asked else _log.debug
    if options.log_explainer:
        _log.warning("'log_explainer' has no effect: explainers are not stored as models here.")
    if find_spec("shap") is None:
        tell("What moved the predictions is not explained: run `pip install shap`.")
        return {}
    frame = data.frame
    if not all(dtype.kind in "biuf" for dtype in frame.dtypes):
        tell("What moved the predictions is not explained: SHAP takes features of numbers alone.")
        return {}
    rows = _rows(frame, options.explainability_nsamples)
    try:
        values = _values(model, data, rows, options)
    except Exception as error:  # noqa: BLE001  (SHAP fails in many ways, never worth the metrics)
        _log.warning("What moved the predictions is not explained: %s", error)
        return {}
    return {
        "shap_beeswarm_plot": lambda: matplotlib_shap.beeswarm(values, rows),
        "shap_feature_importance_plot": lambda: matplotlib_shap.importance(values, rows),
    }


def _rows(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows to explain, the same ones each time; SHAP takes no missing values."""
    chosen = frame.sample(most, random_state=0) if len(frame) > most else frame
    return chosen.astype(float).fillna(frame.astype(float).mean())


def _values(model: Candidate, data: EvaluationData, rows: pd.DataFrame, options: Options) -> Any:
    """How much each feature moved each prediction: shape ``(rows, features)``."""
    import numpy as np
    import pandas as pd

    def predict(x: Any) -> Any:
        table = pd.DataFrame(x, columns=rows.columns)
        said = (model.predict_proba or model.predict)(
            table
            if isinstance(data.features, pd.DataFrame) or model.takes_table
            else table.to_numpy()
        )
        return np.asarray(said, dtype=float)

    explain = import_module("shap").Explainer(
        predict,
        rows,
        feature_names=[str(name) for name in rows.columns],
        algorithm=options.explainability_algorithm or "auto",
    )
    found = np.asarray(explain(rows).values)
    # Of several classes, the last one of two, else the mean of their sizes.
    if found.ndim > 2:  # noqa: PLR2004
        found = found[..., -1] if found.shape[-1] == 2 else np.abs(found).mean(axis=-1)  # noqa: PLR2004
    return found
