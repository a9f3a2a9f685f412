"""The same trainings under MLflow's autolog and ours, compared value by value."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.models.opening import open_model
from jupyter_mltrack.tracking import active
from tests.autolog.described import describe
from tests.autolog.fits.fit import Fit

FACTS = Path(__file__).with_name("mlflow_fits")

#: The module of each flavor whose version the numbers depend on.
LIBRARIES = {
    "keras": "keras",
    "lightgbm": "lightgbm",
    "pytorch": "pytorch_lightning",
    "statsmodels": "statsmodels",
    "xgboost": "xgboost",
}

#: Every value of a record under a name such as ``params.eta``.
Flat = dict[str, Any]


def compared(flavor: str, reasons: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """What is wrong with our record of each training of a library; nothing is {}.

    Args:
        flavor: The library; the test is skipped if MLflow's record is of another release of it.
        reasons: For each training why something differs, see `complaints`.
    """
    facts = json.loads((FACTS / f"{flavor}.json").read_text(encoding="utf-8"))
    module = sys.modules[LIBRARIES[flavor]]
    if module.__version__ != facts["version"]:
        pytest.skip(f"recorded with {flavor} {facts['version']}; here is {module.__version__}")
    fits = import_module(f"tests.autolog.fits.{flavor}_fits").FITS
    assert fits.keys() == facts["fits"].keys()
    runs = {name: _run_of(flavor, fit) for name, fit in fits.items()}
    found = {}
    for name, run_id in runs.items():
        seen = _seen(run_id, has_model=fits[name].options.get("log_models", True))
        wrong = complaints(seen, dict(_flat(facts["fits"][name])), reasons.get(name, {}))
        found |= {name: wrong} if wrong else {}
    return found


def _run_of(flavor: str, fit: Fit) -> str:
    """The id of the run that a training is logged to."""
    library = import_module(f"jupyter_mltrack.autolog.{flavor}")
    library.autolog(**fit.options)
    fit.train()
    library.autolog(disable=True)
    last = active.last_run()
    assert last is not None
    return last[1]


def _seen(run_id: str, *, has_model: bool) -> Flat:
    """What we recorded of a training."""
    seen = json.loads(json.dumps(describe(mlflow.MlflowClient(), run_id)))
    if has_model:
        signature = open_model(f"runs:/{run_id}/model").model.signature
        seen["signature"] = signature.to_dict() if signature else None
    return dict(_flat(seen))


def complaints(mine: Flat, expected: Flat, reasons: Mapping[str, str]) -> list[str]:
    """What differs without a reason, and reasons for what does not differ.

    Args:
        mine: What we recorded.
        expected: What MLflow recorded.
        reasons: Why something differs, by its name or a pattern of names.
    """
    found = differences(mine, expected)
    unexplained = [
        f"{name}: ours {pair[0]!r}, MLflow's {pair[1]!r}"
        for name, pair in found.items()
        if not any(fnmatch(name, pattern) for pattern in reasons)
    ]
    stale = [
        f"{pattern} does not differ"
        for pattern in reasons
        if not any(fnmatch(name, pattern) for name in found)
    ]
    return unexplained + stale


def differences(mine: Flat, expected: Flat) -> dict[str, tuple[Any, Any]]:
    """What differs: ours and MLflow's; None stands for nothing."""
    return {
        name: (mine.get(name), expected.get(name))
        for name in sorted(mine.keys() | expected.keys())
        if not _same(mine.get(name), expected.get(name))
    }


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return all(_same(left, right) for left, right in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-5) or (math.isnan(one) and math.isnan(other))
    return bool(one == other)


def _flat(seen: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Pairs of names and values; of a list of files or inputs each is one value."""
    match name.partition(".")[0], seen:
        case "artifacts" | "inputs", list():
            for one in seen:
                text = one if isinstance(one, str) else json.dumps(one, sort_keys=True)
                yield f"{name}.{text}", True
        case _, dict() if name.count(".") < 1:
            for key, value in seen.items():
                yield from _flat(value, f"{name}.{key}" if name else key)
        case _:
            yield name, seen
