"""What MLflow finds, case by case; `mlflow_facts.py` asked it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_mltrack import MlflowClient
from jupyter_mltrack.models import evaluation
from jupyter_mltrack.tracking.fluent import get_run
from tests.models.evaluation.cases import CASES, facts
from tests.models.evaluation.mlflow_facts import FILE

pytestmark = pytest.mark.usefixtures("fresh")

MLFLOW = json.loads(FILE.read_text(encoding="utf-8"))["cases"]

#: Plots that MLflow has not.
OURS = {"predicted_vs_actual_plot", "residuals_plot"}
#: The cases whose plots are drawn; the others show the same ones.
DRAWN = [
    "binary_prefix",
    "multiclass_few_curves",
    "multiclass_of_texts",
    "multiclass_static",
    "own_files",
]


def ours(case: str) -> dict[str, Any]:
    """The facts of a case here."""
    result = evaluation.evaluate(**CASES[case](evaluation))
    assert result.run_id is not None
    files = [one.path for one in MlflowClient().list_artifacts(result.run_id)]
    found = facts(result, get_run(result.run_id), files)
    for name in OURS & found["artifacts"].keys():
        found["files"].remove(found["artifacts"].pop(name)[1])
    return found


@pytest.mark.parametrize("case", DRAWN)
def test_plots_as_mlflow(case: str) -> None:
    """Under the same names."""
    check(ours(case), MLFLOW[case])


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("case", [case for case in CASES if case not in DRAWN])
def test_as_mlflow(case: str) -> None:
    """The same metrics in the same order, files, contents, tables and data."""
    expected = MLFLOW[case]
    expected["artifacts"] = {
        name: one for name, one in expected["artifacts"].items() if not one[1].endswith(".png")
    }
    expected["files"] = [name for name in expected["files"] if not name.endswith(".png")]
    check(ours(case), expected)


def check(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """All facts of a case."""
    for same in ("run_metrics", "artifacts", "files", "datasets"):
        assert found[same] == expected[same], same
    assert list(found["metrics"]) == list(expected["metrics"])
    assert found["contents"].keys() == expected["contents"].keys()
    for close in ("metrics", "contents"):
        check_close(found[close], expected[close])
    for name, table in expected["tables"].items():
        check_close(found["tables"][name], table)


def check_close(found: Any, expected: Any) -> None:
    """The same names and texts, and nearly the same numbers."""
    names, numbers = apart(found)
    assert names == apart(expected)[0]
    assert numbers == pytest.approx(apart(expected)[1], rel=1e-9)


def apart(value: Any) -> tuple[list[Any], list[float]]:
    """All that is no number in nested lists and dicts, and all numbers."""
    below = flat(value)
    return (
        [each for each in below if not isinstance(each, int | float)],
        [each for each in below if isinstance(each, int | float)],
    )


def flat(value: Any) -> list[Any]:
    """All names and values, in order."""
    if isinstance(value, dict):
        return [each for name, below in value.items() for each in [name, *flat(below)]]
    if isinstance(value, list):
        return [each for below in value for each in flat(below)]
    return [value]
