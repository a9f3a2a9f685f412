"""The benchmark of the panels still runs; how fast they are is nobody's business here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import panels
from tests.benchmarks.figures import Unit
from tests.benchmarks.process import Workers
from tests.benchmarks.setting import Setting

pytestmark = [pytest.mark.browser, pytest.mark.nightly]


def test_every_panel_gives_figures(tmp_path: Path) -> None:
    """On little stores: times and bytes of the table, the lines and the curves."""
    kept = tmp_path / "kept"
    kept.mkdir()
    workers = Workers(stores=tmp_path)
    setting = Setting(workers=workers, only=("ours",), shrink=1_000, rounds=1, kept=kept)
    figures = panels.measure(setting)
    assert setting.failures == []
    assert all(one.value > 0 for one in figures)
    targets = [one for one in figures if one.is_target]
    assert len(targets) == 8
    assert {one.unit for one in targets} == {Unit.NS, Unit.BYTES, Unit.MB}
