"""ONNX: what a session is fed with, its options, and files that are not in order."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import onnx as library
import pandas as pd
import pytest
from onnx import TensorProto, helper

from jupyter_mltrack.errors import InvalidParameterValue, ModelDamaged, ModelNotTrusted
from jupyter_mltrack.models.flavors import onnx, onnx_session
from tests.models.flavors.examples import ARRAY, onnx_regression

pytestmark = pytest.mark.usefixtures("fresh")


def graph(*inputs: str, operator: str = "Add") -> Any:
    """A model that puts its inputs, columns of floats, together."""
    shape = [None, 1]
    made = helper.make_graph(
        [helper.make_node(operator, list(inputs), ["sum"])],
        "graph",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in inputs],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, shape)],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def predicted(model: Any, data: Any) -> Any:
    """What a model says to some data."""
    return onnx.FLAVOR.predictor(model, {"providers": ["CPUExecutionProvider"]}).predict(data)


def test_columns_are_fed_by_name() -> None:
    """A table gives a table, and doubles become floats."""
    table = pd.DataFrame({"y": [1.0, 2.0], "x": [10.0, 20.0]})
    columns = {name: table[[name]].to_numpy() for name in table}
    assert predicted(graph("x", "y"), columns)["sum"].tolist() == [[11.0], [22.0]]
    single = predicted(graph("x", operator="Identity"), table[["x"]])
    assert single.to_dict("list") == {"sum": [10.0, 20.0]}


@pytest.mark.parametrize("data", [ARRAY, pd.DataFrame({"x": [1.0]}), [1.0]])
def test_data_that_fits_no_input_is_refused(data: Any) -> None:
    """The message names the inputs."""
    with pytest.raises(InvalidParameterValue, match=r"has the inputs \['x', 'y'\]"):
        predicted(graph("x", "y"), data)


def test_the_model_stays_whole(tmp_path: Path) -> None:
    """It is emptied by onnx when its tensors go to a file of their own; here a copy is."""
    this = onnx_regression()
    before = this.model.SerializeToString()
    onnx.save_model(this.model, tmp_path / "a", input_example=ARRAY)
    assert this.model.SerializeToString() == before
    assert (tmp_path / "a" / "model.onnx.data").stat().st_size == 4800
    onnx.save_model(this.model, tmp_path / "b", save_as_external_data=False)
    assert not (tmp_path / "b" / "model.onnx.data").exists()
    weights = [onnx.load_model(tmp_path / name).graph.initializer[0].raw_data for name in "ab"]
    assert weights[0] == weights[1] == this.model.graph.initializer[0].raw_data


def test_a_session_has_the_options_of_the_model() -> None:
    """They are MLflow's; what this ONNX Runtime lacks is left out."""
    options = {
        "execution_mode": "parallel",
        "extra_session_config": {"session.disable_prepacking": "1"},
        "graph_optimization_level": 1,
        "inter_op_num_threads": 3,
        "intra_op_num_threads": 2,
        "of_a_newer_one": 1,
    }
    settings = {"onnx_session_options": options, "providers": ["CUDAExecutionProvider"]}
    session = onnx_session.opened(graph("x", "y"), settings)
    found = session.get_session_options()
    assert found.execution_mode.name == "ORT_PARALLEL"
    assert found.graph_optimization_level.name == "ORT_ENABLE_BASIC"
    assert (found.inter_op_num_threads, found.intra_op_num_threads) == (3, 2)
    assert session.get_providers() == ["CPUExecutionProvider"]


def test_missing_providers_are_named(caplog: pytest.LogCaptureFixture) -> None:
    """A model that was to run elsewhere runs on the processor, and says so."""
    with caplog.at_level(logging.WARNING, "jupyter_mltrack"):
        onnx_session.opened(graph("x", "y"), {"providers": [["NoProvider", {"a": "b"}]]})
    assert "none of [['NoProvider', {'a': 'b'}]]" in caplog.text


@pytest.mark.parametrize(
    "options",
    [
        {"execution_mode": "both"},
        {"graph_optimization_level": 5},
        {"inter_op_num_threads": -1},
        {"extra_session_config": "a"},
        {"no_such": 1},
        [("execution_mode", "parallel")],
    ],
)
def test_options_that_do_not_exist_are_refused(options: Any, tmp_path: Path) -> None:
    """MLflow would note them and ignore them."""
    with pytest.raises(InvalidParameterValue, match="onnx_session_options"):
        onnx.save_model(graph("x", "y"), tmp_path / "model", onnx_session_options=options)
    assert list(tmp_path.iterdir()) == []


def test_an_invalid_model_is_refused(tmp_path: Path) -> None:
    """What onnx finds is in the message."""
    with pytest.raises(InvalidParameterValue, match="No Op registered for NoOperator"):
        onnx.save_model(graph("x", "y", operator="NoOperator"), tmp_path / "model")


def stranger(folder: Path) -> Path:
    """A saved model as if it came from somewhere else."""
    onnx.save_model(graph("x", "y"), folder)
    (folder / "mltrack_signature.json").unlink()
    return folder


def test_a_damaged_file_does_not_kill_the_process(tmp_path: Path) -> None:
    """A graph is data: it is tried in another process."""
    file = stranger(tmp_path / "model") / "model.onnx"
    assert onnx.load_model(tmp_path / "model") == library.load(file)
    file.write_bytes(file.read_bytes()[:-9] + b"\xff" * 9)
    with pytest.raises(ModelDamaged, match="cannot be read"):
        onnx.load_model(tmp_path / "model")


def test_a_session_that_loads_libraries_needs_trust(tmp_path: Path) -> None:
    """Options of a provider may name one, and those of a session files."""
    text = (stranger(tmp_path / "model") / "MLmodel").read_text()
    provider = "  - - QNNExecutionProvider\n    - backend_path: /tmp/hostile.so\n"
    hostile = text.replace(
        "    - CPUExecutionProvider\n", f"  {provider.replace(chr(10), chr(10) + '  ', 1)}"
    )
    assert hostile != text
    (tmp_path / "model" / "MLmodel").write_text(hostile)
    with pytest.raises(ModelNotTrusted, match=r"onnx: model\.onnx"):
        onnx.load_model(tmp_path / "model")
