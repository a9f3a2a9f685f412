"""Whatever takes a model takes a version of a registered one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mltrack as mlflow
from jupyter_mltrack import MltrackClient
from jupyter_mltrack.cli.main import main
from jupyter_mltrack.models import get_model_info, infer_signature, validate_serving_input
from jupyter_mltrack.models.pyfunc import duckdb_udf, load_model
from tests.registry.lasting import lasting

URI = "models:/line/Production"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store with a line in Production."""
    with lasting(tmp_path_factory.mktemp("used")) as uri:
        data = pd.DataFrame({"a": [0.0, 1.0]})
        model = LinearRegression().fit(data, [1.0, 3.0])
        signature = infer_signature(data, model.predict(data))
        mlflow.sklearn.log_model(
            model, name="model", signature=signature, registered_model_name="line"
        )
        MltrackClient().transition_model_version_stage("line", 1, "Production")
        yield uri


@pytest.fixture(autouse=True)
def _in_use(store: str, fresh: Path) -> None:
    """That store is the one in use."""
    mlflow.set_tracking_uri(store)


def test_as_a_function() -> None:
    """In Python and for a server."""
    assert load_model(URI).predict(pd.DataFrame({"a": [2.0]})).tolist() == pytest.approx([5.0])
    request = {"dataframe_records": [{"a": 2.0}]}
    assert validate_serving_input(URI, request).tolist() == pytest.approx([5.0])
    assert get_model_info(URI).signature is not None


def test_as_a_function_of_sql() -> None:
    """Under the name that the query gives it."""
    pytest.importorskip("pyarrow")
    with duckdb.connect() as con:
        duckdb_udf(con, URI, name="line")
        assert con.execute("SELECT line(2.0)").fetchall() == [(pytest.approx(5.0),)]


def test_in_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    """The command finds the store as every process does."""
    Path("in.csv").write_text("a\n2\n")
    assert main(["models", "predict", "-m", URI, "-i", "in.csv", "-t", "csv"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["predictions"]
    assert found == pytest.approx(5.0)
