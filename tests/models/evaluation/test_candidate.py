from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import pyfunc
from jupyter_mltrack.models.evaluation import evaluate
from jupyter_mltrack.models.evaluation.answers import answers_in
from jupyter_mltrack.models.evaluation.candidate import candidate
from jupyter_mltrack.models.evaluation.evaluation_data import EvaluationData, Roles, read_data
from jupyter_mltrack.models.flavors import sklearn as flavor
from jupyter_mltrack.tracking.fluent import get_run, start_run
from tests.models.evaluation import cases

pytestmark = pytest.mark.usefixtures("fresh")


def rows() -> EvaluationData:
    """Two rows."""
    return read_data(pd.DataFrame({"a": [1.0, 2.0], "y": [0, 1]}), Roles(targets="y"))


def test_a_model_by_its_uri() -> None:
    """As good as the model itself, and its metrics are known to be its."""
    arguments = cases.judged("classifier", cases.two_classes(), RidgeClassifier())
    expected = evaluate(**arguments)
    with start_run():
        info = flavor.log_model(arguments["model"], name="model")
        result = evaluate(**arguments | {"model": info.model_uri})
    run = get_run(str(result.run_id))
    assert result.metrics == pytest.approx(expected.metrics)
    assert [one.model_id for one in run.inputs.model_inputs] == [info.model_id]
    assert str(info.model_uuid) in run.data.tags["mlflow.datasets"]


def test_probabilities_of_a_logged_model(tmp_path: Path) -> None:
    """Its library is asked for them."""
    model = KNeighborsClassifier(1).fit(pd.DataFrame({"a": [1.0, 2.0]}), ["x", "y"])
    flavor.save_model(model, str(tmp_path / "model"))
    found = candidate(str(tmp_path / "model"))
    assert found.probabilities(rows()).tolist() == [[1, 0], [0, 1]]
    assert found.classes == ["x", "y"]


def test_a_python_model_with_params(tmp_path: Path) -> None:
    """`inference_params` reach it."""

    class Times(pyfunc.PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            del context
            return model_input["a"] * (params or {}).get("factor", 1)

    pyfunc.save_model(
        str(tmp_path / "model"),
        python_model=Times(),
        signature=_signature(),
    )
    found = candidate(str(tmp_path / "model"), inference_params={"factor": 3.0})
    assert list(found.answers(rows())) == [3, 6]


def _signature() -> Any:
    from jupyter_mltrack.models import infer_signature

    return infer_signature(pd.DataFrame({"a": [1.0]}), params={"factor": 1.0})


def test_a_loaded_model_and_a_configuration(tmp_path: Path) -> None:
    """It is loaded with it, not evaluated."""
    flavor.save_model(LinearRegression().fit([[1.0], [2.0]], [0, 1]), str(tmp_path / "model"))
    model = pyfunc.load_model(str(tmp_path / "model"))
    with pytest.raises(InvalidParameterValue, match="is for a URI"):
        candidate(model, model_config={"a": 1})


def test_a_model_is_another_one(tmp_path: Path) -> None:
    """The ids have to be the same."""
    with start_run():
        info = flavor.log_model(LinearRegression().fit([[1.0], [2.0]], [0, 1]), name="model")
    with pytest.raises(InvalidParameterValue, match="`model_id` is 'm-1', but the model is"):
        candidate(info.model_uri, model_id="m-1")


def test_a_model_of_arrays() -> None:
    """It gets an array, without a warning about names."""
    data = read_data(np.array([[1.0], [2.0]]), Roles(targets=[0, 1]))
    found = candidate(LinearRegression().fit([[1.0], [2.0]], [0, 1]))
    assert found.answers(data) == pytest.approx([0, 1])
    assert found.own_score(data, None) == pytest.approx(1)


def test_a_function_gets_a_table() -> None:
    """Also of an array."""
    data = read_data(np.eye(2), Roles(targets=[0, 1]))
    assert list(candidate(lambda table: table["feature_1"]).answers(data)) == [1, 0]


def test_a_score_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    """It is left out, with a warning."""

    class Odd(LinearRegression):
        def score(self, *_: Any, **__: Any) -> float:
            raise ArithmeticError

    assert candidate(Odd().fit([[1.0], [2.0]], [0, 1])).own_score(rows(), None) is None
    assert "score is left out" in caplog.text


@pytest.mark.parametrize(
    "output",
    [
        pd.DataFrame({"said": [1, 2], "why": ["a", "b"]}, index=[7, 8]),
        {"said": [1, 2], "why": ["a", "b"]},
        [{"said": 1, "why": "a"}, {"said": 2, "why": "b"}],
    ],
)
def test_several_columns(output: Any) -> None:
    """One is named; the others are for extra metrics."""
    found = answers_in(output, "said")
    assert list(found.values) == [1, 2]
    assert found.others is not None
    assert found.others["why"].tolist() == ["a", "b"]
    with pytest.raises(InvalidParameterValue, match="it is not said which"):
        answers_in(output, None)
    with pytest.raises(InvalidParameterValue, match="none is called 'q'"):
        answers_in(output, "q")


def test_one_column() -> None:
    """Whatever it is called."""
    found = answers_in(pd.DataFrame({"x": [1, 2]}), "y")
    assert [list(found.values), found.name, found.others] == [[1, 2], "x", None]


def test_a_table_of_probabilities() -> None:
    """Numbers for every label."""
    found = answers_in(pd.DataFrame({"no": [0.5, 0.2], "yes": [0.5, 0.8]}), None)
    assert np.shape(found.values) == (2, 2)
