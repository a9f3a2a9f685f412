"""The benchmarks still run; what they measure is nobody's business here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.logging_latency import bench
from tests.benchmarks.logging_latency.contenders import PEERS, ROWS, Row
from tests.benchmarks.logging_latency.kill_check import kill_often
from tests.benchmarks.logging_latency.process import WorkerError, Workers

_OUR_ROWS = [row for row in ROWS if row.contender not in PEERS]


@pytest.mark.parametrize("row", _OUR_ROWS, ids=lambda row: f"{row.contender} {row.call}")
def test_every_row_of_ours_gives_figures(row: Row, tmp_path: Path) -> None:
    """A worker of ours times its call and answers with a sample."""
    sample = Workers().ask(tmp_path, row.contender, "measure", row.call, "20")
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


def test_the_command_prints_a_table_and_writes_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole course on the floor alone, with two calls a round and no kill."""
    monkeypatch.setattr(bench, "ROWS", [Row(contender="floor", call="os.write", calls=2)])
    file = tmp_path / "figures.json"
    options = ["--only", "floor", "--rounds", "2", "--kills", "0", "--json", str(file)]
    assert main(["logging", *options]) == 0
    assert "os.write" in capsys.readouterr().out
    (row,) = json.loads(file.read_text())["rows"]
    assert len(row["rounds"]) == 2


def test_a_failing_worker_says_why(tmp_path: Path) -> None:
    """What the worker wrote to stderr reaches the reader."""
    with pytest.raises(WorkerError, match="KeyError: 'no such call'"):
        Workers().ask(tmp_path, "floor", "measure", "no such call", "1")
