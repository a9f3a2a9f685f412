"""The request that a server shows when it starts is one that it takes."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pandas as pd
import pytest

from jupyter_mltrack.models.serving.description import Description
from tests.models.serving.asking import ask, fake
from tests.models.serving.mlflow_requests import SIGNATURES


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_request_is_taken(name: str) -> None:
    """Whatever the signature says, also if there is none."""
    model = fake(**SIGNATURES[name])
    request = Description.of(model).request
    assert ask(model, request.encode()).status == 200


def test_the_example_of_the_model() -> None:
    """Is shown instead, if it is short."""
    model: Any = fake()
    model.input_example = pd.DataFrame({"a": [1.5]})
    expected = {"dataframe_split": {"columns": ["a"], "data": [[1.5]]}}
    assert json.loads(Description.of(model).request) == expected
    model.input_example = pd.DataFrame({"a": [1.5] * 1_000})
    assert Description.of(model).request == '{"inputs": [[0.5]]}'


def test_an_example_that_cannot_be_shown() -> None:
    """Keeps no model from being served."""
    model: Any = fake()
    model.input_example = object()
    assert Description.of(model).request == '{"inputs": [[0.5]]}'


def test_it_travels_between_processes() -> None:
    """Workers tell it to the process that started them."""
    made = Description.of(fake(**SIGNATURES["object"]))
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301
