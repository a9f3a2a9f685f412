"""The benchmark of serving still runs; what it measures is nobody's business here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import serving
from tests.benchmarks.process import Workers
from tests.benchmarks.setting import Setting


@pytest.mark.nightly
def test_serving_gives_figures(tmp_path: Path) -> None:
    """Rates and latencies of ours, with one process and with two."""
    kept = tmp_path / "kept"
    kept.mkdir()
    setting = Setting(
        workers=Workers(stores=tmp_path), only=("ours",), shrink=1_000, rounds=1, kept=kept
    )
    figures = serving.measure(setting)
    assert setting.failures == []
    assert len(figures) == 16
    assert all(one.value > 0 for one in figures)
