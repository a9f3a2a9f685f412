"""What autolog records of scikit-learn, key by key as MLflow records it.

Kept otherwise on purpose, and therefore not among the trainings: a run whose training went well
is FINISHED also if something of it could not be logged; Ctrl-C makes it KILLED; classes of users
that predict are logged if they are no subclass of one of scikit-learn's too; labels that are a
list or a Series are part of the digest of an array; ``autolog(disable=True)`` ends what the
library's own function switched on; models do not carry the id of their run when pickled.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import jupyter_mltrack
from jupyter_mltrack.autolog import sklearn as autolog_sklearn
from jupyter_mltrack.tracking import active
from tests.autolog.sklearn.fits import FITS
from tests.autolog.sklearn.recorded import recorded, train
from tests.fresh import our_variables, untouched

FACTS = json.loads((Path(__file__).parent / "mlflow_fits.json").read_text(encoding="utf-8"))


class Ours:
    """The package under the names that a training uses."""

    sklearn = autolog_sklearn

    def __getattr__(self, name: str) -> Any:
        return getattr(jupyter_mltrack, name)


#: Trainings that differ little from others.
NIGHTLY = set(
    "three_classes one_class_counts no_probabilities only_one_class regression_with_tags"
    " regression_without_data weighted_by_name several_targets outliers series_of_labels forest"
    " pipeline_that_transforms grid_search grid_search_no_child search_of_pipeline own_preparation"
    " predictions_not_wanted predictions_of_pipeline projected model_of_search"
    " model_without_signature".split()
)
NAMES = [
    pytest.param(name, marks=pytest.mark.nightly) if name in NIGHTLY else name for name in FITS
]


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """What the chosen trainings recorded here: all are done first, and looked at in one go."""
    selected = {each.name for each in request.session.items}
    chosen = {name for name in FITS if f"test_as_mlflow[{name}]" in selected}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("fits"))
        for name, value in untouched().items():
            patch.setattr(active, name, value)
        client = jupyter_mltrack.MlflowClient()
        known, seen = client._known.params, {}
        for name, fit in FITS.items():
            if name not in chosen:
                continue
            before = len(known)
            train(Ours(), fit)
            seen[name] = list(known)[before:]
        with client.store.reading():
            models = list(client.search_logged_models(["0"]))
            yield {name: recorded(Ours(), run_ids, models) for name, run_ids in seen.items()}
        active.forget_store(client.store.path)
        for name in our_variables():
            del os.environ[name]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with where it is."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, below in items:
            yield from leaves(below, f"{path}/{key}")
    else:
        yield path, value


@pytest.mark.parametrize("name", NAMES)
def test_as_mlflow(name: str, runs: dict[str, Any]) -> None:
    """The same runs with the same params, metrics, tags, files and data."""
    found = dict(leaves(json.loads(json.dumps(runs[name]))))
    theirs = dict(leaves(FACTS["fits"][name]))
    different = {key for key in found.keys() | theirs.keys() if not same(key, found, theirs)}
    assert {key: (found.get(key), theirs.get(key)) for key in different} == {}


def same(key: str, found: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Whether a value is the same, up to the last digits of a number."""
    if key not in found or key not in theirs:
        return False
    ours, other = found[key], theirs[key]
    if isinstance(ours, float) and isinstance(other, float):
        return ours == pytest.approx(other, rel=1e-6, abs=1e-9, nan_ok=True)
    return type(ours) is type(other) and ours == other
