"""The signature as the MLmodel file has it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import ModelSignature, infer_signature
from jupyter_mltrack.models.types import (
    AnyType,
    ColSpec,
    ParamSchema,
    ParamSpec,
    Schema,
    TensorSpec,
)

INPUTS = Schema([ColSpec("double", "a")])
OUTPUTS = Schema([TensorSpec(np.dtype("int64"), (-1,))])
PARAMS = ParamSchema([ParamSpec("t", "double", 0.5)])
WHOLE = ModelSignature(INPUTS, OUTPUTS, PARAMS)


def test_three_texts() -> None:
    """Each part is JSON in a text, so that the YAML stays short."""
    assert WHOLE.to_dict() == {
        "inputs": '[{"type": "double", "name": "a", "required": true}]',
        "outputs": '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]',
        "params": '[{"name": "t", "default": 0.5, "shape": null, "type": "double"}]',
    }


@pytest.mark.parametrize(
    "signature",
    [
        WHOLE,
        ModelSignature(inputs=INPUTS),
        ModelSignature(outputs=OUTPUTS),
        ModelSignature(params=PARAMS),
    ],
)
def test_there_and_back(signature: ModelSignature) -> None:
    """What is not there is null, or missing as in old files."""
    written = signature.to_dict()
    assert ModelSignature.from_dict(written) == signature
    present = {name: value for name, value in written.items() if value is not None}
    assert ModelSignature.from_dict(present) == signature


def test_no_parameters_are_null() -> None:
    """As MLflow writes an empty list of them."""
    assert ModelSignature(INPUTS, params=ParamSchema([])).to_dict()["params"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "at least one of inputs, outputs and params"),
        ({"inputs": pd.DataFrame()}, "inputs must be a Schema"),
        ({"outputs": [ColSpec("long")]}, "outputs must be a Schema"),
        ({"params": INPUTS}, "params must be a ParamSchema"),
    ],
)
def test_what_is_no_signature(arguments: dict[str, Any], message: str) -> None:
    """The message says which of the three is wrong."""
    with pytest.raises(InvalidParameterValue, match=message):
        ModelSignature(**arguments)


def test_inferred() -> None:
    """The usual line of a notebook."""
    data = pd.DataFrame({"a": [1.5, 2.5]})
    assert infer_signature(data, np.array([1, 2]), {"t": 0.5}) == WHOLE


def test_what_fits_no_type_is_left_open() -> None:
    """A notebook goes on; the other columns are checked, and the warning names the one."""
    data = pd.DataFrame({"a": [1.5], "b": [object()]})
    with pytest.warns(UserWarning, match="inputs .* left open .* 'b' fits no type"):
        signature = infer_signature(data)
    assert signature.inputs == Schema([ColSpec("double", "a"), ColSpec(AnyType(), "b")])


def test_an_object_may_be_anything() -> None:
    """As in MLflow, if nothing is known of the data at all."""
    with pytest.warns(UserWarning, match="of type object"):
        assert repr(infer_signature(object()).inputs) == "[Any (required)]"


def test_what_a_notebook_shows() -> None:
    """As MLflow's repr."""
    assert repr(ModelSignature(INPUTS)) == (
        "inputs: \n  ['a': double (required)]\noutputs: \n  None\nparams: \n  None\n"
    )
