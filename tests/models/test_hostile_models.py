"""Nothing in a model that this user did not log runs before it was trusted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fresh import finish
from tests.models.hostile import CASES, fill

pytest.importorskip("xgboost")
pytest.importorskip("skops")

PROGRAM = Path(__file__).with_name("load_hostile.py")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the process told that loaded them all, and which of the payloads ran."""
    folder = tmp_path_factory.mktemp("hostile")
    names = fill(folder / "corpus", folder / "ran")
    script = f"import runpy, sys; sys.argv[1:] = [{str(folder / 'corpus')!r}, '{len(names)}'];"
    script += f"runpy.run_path({str(PROGRAM)!r}, run_name='__main__')"
    code, out, err = finish(script, XDG_DATA_HOME=str(folder), KERAS_BACKEND="torch")
    assert code == 0, err[-3000:]
    told = json.loads(out.splitlines()[-1])
    ran = sorted(each.name for each in (folder / "ran").iterdir())
    return told | {"ran": ran, "found": dict(zip(names, told["found"].values(), strict=True))}


def test_no_payload_ran(told: dict[str, Any]) -> None:
    """Neither in the process that loads nor in the trial process; but the trusted one did."""
    assert told["ran"] == ["control"]


def test_nothing_at_all_ran(told: dict[str, Any], promise: Callable[..., None]) -> None:
    """No code, no import, no process but the trial, no pickle, no socket: 0 audit events."""
    promise(14, "loading hostile models", models=len(CASES), audit_events=len(told["watched"]))
    assert told["watched"] == []
    assert any("mkdir" in event for event in told["control"])  # or nobody would have noticed


@pytest.mark.parametrize("name", CASES)
def test_every_way_to_load_it_is_refused(told: dict[str, Any], name: str) -> None:
    """With an error of ours, so that the kernel goes on."""
    found = told["found"][name]
    assert {"open_model", "pyfunc"} <= found.keys()
    accepted = {way: how for way, how in found.items() if how == "loaded" or "raised" in how}
    assert accepted == {}


@pytest.mark.parametrize("name", ["native cut", "native deep"])
def test_native_files_are_tried_in_another_process(told: dict[str, Any], name: str) -> None:
    """One is no model, and the library crashes at the other."""
    assert {*told["found"][name].values()} == {"ModelDamaged"}
