"""PyTorch: three formats of models, state dicts, and modules as functions."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    ModelNotTrusted,
    ResourceDoesNotExist,
)
from jupyter_mltrack.models import Model, ModelSignature, pyfunc
from jupyter_mltrack.models.flavors import pytorch
from jupyter_mltrack.models.flavors.pytorch import Forward
from jupyter_mltrack.models.types import Schema, TensorSpec
from tests.models.flavors.examples import ARRAY, TABLE, pytorch_module

pytestmark = pytest.mark.usefixtures("fresh")


class Scaled(torch.nn.Module):
    """A class of a notebook, with a parameter of its ``forward``."""

    def __init__(self) -> None:
        super().__init__()
        self.batch = torch.nn.BatchNorm1d(3)

    def forward(self, x: Any, factor: float = 1.0) -> Any:
        """The batch, normal and scaled."""
        return self.batch(x) * factor


def test_a_table_gives_a_table_with_its_index() -> None:
    """An array gives an array; both are floats of the weights."""
    this = pytorch_module()
    forward = Forward(this.model)
    found = forward.predict(TABLE.set_index(TABLE.index + 7))
    assert isinstance(found, pd.DataFrame)
    assert list(found.index) == list(TABLE.index + 7)
    assert np.allclose(found.to_numpy(), this.expected, rtol=1e-5)
    assert np.allclose(forward.predict(ARRAY.astype(float)), this.expected, rtol=1e-5)


def test_predicting_leaves_a_model_in_training_as_it_was() -> None:
    """Statistics of batches do not move, no gradient is kept, and the training goes on."""
    model = Scaled().train()
    model.batch.momentum = 0.5
    before = model.batch.running_mean.clone()
    found = Forward(model).predict(ARRAY, {"factor": 2.0})
    assert torch.equal(model.batch.running_mean, before)
    assert model.training
    assert model.batch.training
    assert np.allclose(found, 2 * Forward(model).predict(ARRAY))


@pytest.mark.parametrize("data", [[[1.0, 2.0, 3.0]], {"x": ARRAY}], ids=["list", "dict"])
def test_other_data_is_refused(data: Any) -> None:
    """As in MLflow, whose message is a TypeError."""
    with pytest.raises(InvalidParameterValue, match="from a DataFrame or an array"):
        Forward(torch.nn.Linear(3, 1)).predict(data)


def test_a_model_of_two_outputs_is_no_function() -> None:
    """The message says what came back."""
    with pytest.raises(InvalidParameterValue, match="one tensor, not 'tuple'"):
        Forward(torch.nn.LSTM(3, 2)).predict(ARRAY)


def test_a_class_of_a_notebook_travels_along(tmp_path: Path) -> None:
    """The default pickles it by value, as cloudpickle does; training can go on."""
    notebook: dict[str, Any] = {"__name__": "__main__"}
    exec("import torch\nclass Own(torch.nn.Linear):\n    pass\n", notebook)  # noqa: S102
    pytorch.save_model(notebook["Own"](3, 1), tmp_path / "model")
    loaded = pytorch.load_model(tmp_path / "model")
    assert type(loaded).__name__ == "Own"
    assert not loaded.training
    loaded.train()(torch.zeros(2, 3)).sum().backward()


def test_the_module_that_pickles_can_be_chosen(tmp_path: Path) -> None:
    """Its name is noted; whoever lacks it is told."""
    pytorch.save_model(torch.nn.Linear(3, 1), tmp_path / "model", pickle_module=pickle)
    by = tmp_path / "model" / "data" / "pickle_module_info.txt"
    assert by.read_text() == "pickle"
    assert isinstance(pytorch.load_model(tmp_path / "model"), torch.nn.Linear)
    by.write_text("no.such.module")
    mlflow_trust(tmp_path / "model")
    with pytest.raises(ResourceDoesNotExist, match=r"no\.such\.module"):
        pytorch.load_model(tmp_path / "model")


def mlflow_trust(folder: Path) -> None:
    """Trust a folder that was changed."""
    from jupyter_mltrack.models.trust import trust

    trust(folder)


def test_what_cannot_be_pickled_is_refused(tmp_path: Path) -> None:
    """Nothing is left behind."""
    model = torch.nn.Linear(3, 1)
    model.log = sys.stdout
    with pytest.raises(InvalidParameterValue, match="cannot be pickled"):
        pytorch.save_model(model, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_an_exported_graph_takes_any_number_of_rows(tmp_path: Path) -> None:
    """The tensor of the example is kept as an array, and shows the signature."""
    model = torch.nn.Linear(3, 1)
    example = torch.from_numpy(ARRAY[:2])
    pytorch.save_model(model, tmp_path / "m", serialization_format="pt2", input_example=example)
    loaded = pyfunc.load_model(str(tmp_path / "m"))
    assert loaded.metadata.signature.inputs.inputs[0].shape == (-1, 3)
    with torch.no_grad():
        assert np.allclose(loaded.predict(ARRAY), model(torch.from_numpy(ARRAY)).numpy())
    with pytest.raises(InvalidParameterValue, match="cannot be moved to 'meta'"):
        pytorch.load_model(tmp_path / "m", device="meta")


def test_a_graph_of_two_inputs_is_no_function(tmp_path: Path) -> None:
    """It is called with two tensors, of as many rows as the signature leaves open."""
    model = torch.nn.Bilinear(3, 3, 1)
    inputs = Schema([TensorSpec(np.dtype("float32"), (-1, 3), name) for name in "ab"])
    pytorch.save_model(
        model,
        tmp_path / "model",
        export_model=True,
        input_example=[ARRAY[:2], torch.from_numpy(ARRAY[:2])],
        signature=ModelSignature(inputs),
    )
    tensor = torch.from_numpy(ARRAY)
    loaded = pytorch.load_model(tmp_path / "model", device="cpu")
    assert torch.allclose(loaded(tensor, tensor), model(tensor, tensor))
    assert list(Model.load(tmp_path / "model").flavors) == ["pytorch"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"serialization_format": "pt2"}, "needs input_example"),
        ({"serialization_format": "zip"}, "'pickle' or 'pt2'"),
        ({"serialization_format": "pickle", "export_model": True}, "means 'pt2'"),
        ({"export_model": True, "input_example": [[1.0]]}, "needs input_example"),
    ],
)
def test_a_format_that_cannot_be_is_refused(
    options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    """The message says what to give instead."""
    with pytest.raises(InvalidParameterValue, match=message):
        pytorch.save_model(torch.nn.Linear(1, 1), tmp_path / "model", **options)


def test_a_strangers_model_needs_trust(tmp_path: Path) -> None:
    """Pickles run what they name."""
    pytorch.save_model(torch.nn.Linear(3, 1), tmp_path / "model")
    (tmp_path / "model" / "mltrack_signature.json").unlink()
    with pytest.raises(ModelNotTrusted, match="pytorch: data can hold code"):
        pytorch.load_model(tmp_path / "model")


def test_a_state_dict_is_logged_and_loaded() -> None:
    """Also one of several dicts and numbers."""
    model = torch.nn.Linear(3, 1)
    with mlflow.start_run() as run:
        pytorch.log_state_dict({"model": model.state_dict(), "epoch": 3}, "checkpoint")
    found = pytorch.load_state_dict(f"runs:/{run.info.run_id}/checkpoint")
    assert found["epoch"] == 3
    assert torch.equal(found["model"]["weight"], model.weight)


def test_a_state_dict_is_a_dict(tmp_path: Path) -> None:
    """A model in its place is refused, and a folder without one is named."""
    with pytest.raises(InvalidParameterValue, match="not 'Linear'"):
        pytorch.save_state_dict(torch.nn.Linear(3, 1), tmp_path / "weights")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ResourceDoesNotExist, match=r"no state_dict\.pth"):
        pytorch.load_state_dict(tmp_path)


def test_a_hostile_state_dict_runs_nothing(tmp_path: Path) -> None:
    """Only tensors and plain values are made of it."""

    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "ran",)

    torch.save({"weight": Hostile()}, tmp_path / "state_dict.pth")
    with pytest.raises(pickle.UnpicklingError):
        pytorch.load_state_dict(tmp_path)
    assert not (tmp_path / "ran").exists()
