"""The table of an evaluation: rows, targets, predictions, and the scores of each row."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_mltrack.models.evaluation.evaluation_data import EvaluationData
    from jupyter_mltrack.models.evaluation.extra_metrics import Values

_log = logging.getLogger("jupyter_mltrack")

#: The name of the file in a run, after the prefix.
FILE = "eval_results_table.json"


def eval_table(
    data: EvaluationData,
    said: pd.Series[Any],
    values: Values,
    *,
    prefix: str,
    output: str | None,
) -> pd.DataFrame | None:
    """The rows with their scores; None if no metric has scores of rows, as in MLflow.

    Args:
        data: The rows.
        said: What the model said to each.
        values: The metrics.
        prefix: In front of the names of metrics.
        output: What the predictions are called in the output of the model.
    """
    columns = {
        f"{prefix}{name}/{what}": scores
        for name, value in values.items()
        for what, scores in (("score", value.scores), ("justification", value.justifications))
        if scores
    }
    if not columns:
        return None
    table = data.frame.reset_index(drop=True)
    if data.targets is not None:
        table[data.targets_name or "target"] = data.targets
    table[data.predictions_name or output or "outputs"] = said.to_numpy()
    for name, scores in columns.items():
        table[name] = scores
    if len({str(name) for name in table.columns}) < len(table.columns):
        _log.warning("The table of scores is left out: columns of the data have the same name.")
        return None
    return table
