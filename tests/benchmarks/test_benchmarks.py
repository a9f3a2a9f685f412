"""The benchmarks still run; what they measure is nobody's business here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks import (
    concurrent,
    fold,
    growth,
    imports,
    memory,
    profile,
    report,
    search,
    size,
)
from tests.benchmarks.__main__ import main
from tests.benchmarks.contenders import PEERS
from tests.benchmarks.figures import Figure, Unit
from tests.benchmarks.logging_latency import bench
from tests.benchmarks.logging_latency.kill_check import kill_often
from tests.benchmarks.logging_latency.rows import ROWS, Row
from tests.benchmarks.logging_latency.worker import measure
from tests.benchmarks.process import WorkerError, Workers
from tests.benchmarks.setting import Setting

_OUR_ROWS = [row for row in ROWS if row.contender not in PEERS]
_MEASURES = [
    *(module.measure for module in (size, imports)),
    *(
        pytest.param(module.measure, marks=pytest.mark.nightly)
        for module in (concurrent, fold, memory, search)
    ),
]


@pytest.fixture
def tiny(tmp_path: Path) -> Setting:
    """A setting without peers, a thousandth of the sizes."""
    kept = tmp_path / "kept"
    kept.mkdir()
    return Setting(
        workers=Workers(stores=tmp_path), only=("ours", "floor"), shrink=1_000, rounds=1, kept=kept
    )


@pytest.mark.parametrize("row", _OUR_ROWS, ids=lambda row: f"{row.contender} {row.call}")
def test_every_row_of_ours_gives_figures(row: Row, tmp_path: Path) -> None:
    """A worker of ours times its call and answers with a sample."""
    sample = Workers().ask(tmp_path, row.contender, measure, row.call, 20)
    assert sample["calls"] == 20
    assert 0 < sample["p50"] <= sample["p99"] <= sample["max"]
    assert sample["calls_per_s"] >= sample["stored_per_s"] > 0


@pytest.mark.parametrize("contender", ["floor", "ours"])
def test_a_killed_writer_is_counted(contender: str, tmp_path: Path) -> None:
    """A kill gives the points acknowledged and those lost, none of them for these two."""
    figures = kill_often(
        Workers(stores=tmp_path), contender, kills=1, pause=0.005, lifetime=(0.1, 0.3)
    )
    assert figures["acknowledged"] > 0
    assert figures["lost"] == 0
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("measured", _MEASURES, ids=lambda one: one.__module__.rpartition(".")[2])
def test_a_benchmark_gives_figures(
    measured: Callable[[Setting], list[Figure]], tiny: Setting
) -> None:
    """Every benchmark runs on little stores, and what must be exact is."""
    figures = measured(tiny)
    assert tiny.failures == []
    assert any(one.contender == "ours" and one.value > 0 for one in figures)
    exact = [one for one in figures if one.unit is Unit.COUNT and one.is_target]
    assert [one.what for one in exact if not one.is_met] == []


def test_growth_compares_its_marks(tiny: Setting) -> None:
    """The slope is given from the first mark to the last, and the store is kept for others."""
    (flat,) = [one for one in growth.measure(tiny) if one.is_target]
    assert "after 10,000 against 1,000" in flat.what
    assert flat.value > 0
    assert (tiny.kept / growth.KEPT / "bench.duckdb").exists()


@pytest.mark.nightly
def test_the_profile_names_who_spends_the_time(
    tiny: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    """Floors of the package, statements of the fold, calls of DuckDB."""
    assert profile.measure(tiny) == []
    told = capsys.readouterr().out
    assert all(words in told for words in ("Store.append", "read_bite", "DuckDB: execute"))


def test_the_command_prints_tables_and_writes_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole course on the floor alone, with two calls a round and no kill."""
    monkeypatch.setattr(bench, "ROWS", [Row(contender="floor", call="os.write", calls=2)])
    figures, table = tmp_path / "figures.json", tmp_path / "table.md"
    options = ["--only", "floor", "--rounds", "2", "--kills", "0", "--json", str(figures)]
    assert main(["logging", *options, "--markdown", str(table)]) == 0
    assert "os.write" in capsys.readouterr().out
    assert {one["unit"] for one in json.loads(figures.read_text())["benchmarks"]["logging"]} == {
        "ns",
        "points/s",
    }
    assert "| jupyter_mltrack | target |" in table.read_text()


def test_a_target_that_is_missed_is_called_so() -> None:
    """Both sides of a limit, and the peer's figure as a multiple of ours."""
    ours = Figure(what="import", contender="ours", value=200e6, unit=Unit.NS, at_most=150e6)
    peer = Figure(what="import", contender="mlflow_sqlite", value=1e9, unit=Unit.NS)
    told = report.table([ours, peer])
    assert "MISSED" in told
    assert "5.00 x" in told
    assert report.summary({"imports": [ours]}).endswith("0 of 1 targets met")


def test_a_failing_job_says_why(tmp_path: Path) -> None:
    """What the process wrote to stderr reaches the reader, and the others go on."""
    setting = Setting(workers=Workers(stores=tmp_path), kept=tmp_path)
    with setting.attempt():
        setting.ask("floor", measure, "no such call", 1)
    assert "KeyError: 'no such call'" in setting.failures[0]
    with pytest.raises(WorkerError, match="KeyError"):
        setting.ask("floor", measure, "no such call", 1)
