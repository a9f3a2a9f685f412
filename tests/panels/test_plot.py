from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

import jupyter_mltrack as mlt
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.panels import plot


@pytest.fixture
def ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Six runs in the active experiment, with params, metrics and histories."""
    monkeypatch.chdir(tmp_path)
    mlt.set_tracking_uri(f"duckdb:///{tmp_path}/mltrack.duckdb")
    made = []
    for number in range(6):
        with mlt.start_run() as run:
            mlt.log_params({"lr": 0.1 / (number + 1), "depth": number % 3, "seed": 0})
            for step in range(20):
                mlt.log_metrics({"loss": 1 / (step + number + 1), "accuracy": 0.5}, step=step)
            made.append(run.info.run_id)
    yield made
    mlt.set_tracking_uri(None)


def test_runs_can_be_told_in_every_way(ids: list[str]) -> None:
    """A filter, ids, runs, or a DataFrame give the same points."""
    found = mlt.search_runs(output_format="list")
    for runs in ("", ids, found, tuple(found), mlt.search_runs()):
        figure = plot.scatter(runs, "params.lr", "metrics.loss")
        assert isinstance(figure, go.Figure)
        assert sorted(figure.data[0].customdata) == sorted(ids)
    some = plot.scatter("params.depth = '1'", "lr", "loss").data[0]
    assert set(some.customdata) == {ids[1], ids[4]}
    assert plot.bar(found[0], "loss").data[0].customdata == (found[0].info.run_id,)


def test_defaults_are_what_differs(ids: list[str]) -> None:
    """The seed is the same in all runs, and so is the accuracy."""
    figure = plot.parallel_coordinates()
    assert [axis.label for axis in figure.data[0].dimensions] == ["lr", "depth", "loss"]
    figure = plot.scatter()
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("lr", "loss")
    figure = plot.contour()
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("lr", "depth")
    assert plot.box(by="params.depth").layout.xaxis.ticktext == ("0", "1", "2")


def test_curves_come_from_the_store(ids: list[str]) -> None:
    """All metrics, or those that are named; on each axis."""
    figure = plot.curves(ids[:2])
    assert [(trace.name is not None, len(trace.x)) for trace in figure.data] == [(True, 20)] * 4
    figure = plot.curves("", "loss", x="relative", log_y=True)
    assert figure.layout.yaxis.type == "log"
    assert len(figure.data) == 6
    with pytest.raises(InvalidParameterValue, match="'step', 'time' or 'relative'"):
        plot.curves("", "loss", x="steps")


def test_no_metrics_are_no_curves(tmp_path: Path, ids: list[str]) -> None:
    """An empty figure, not an error."""
    mlt.set_tracking_uri(f"duckdb:///{tmp_path}/other.duckdb")
    assert plot.curves().data == ()


def test_a_frame_must_have_runs() -> None:
    """Any other DataFrame is refused in words."""
    with pytest.raises(InvalidParameterValue, match="run_id"):
        plot.scatter(pd.DataFrame({"a": [1]}), "a", "a")


def test_too_few_runs_for_a_contour(ids: list[str]) -> None:
    """The message says what to do instead."""
    with pytest.raises(InvalidParameterValue, match="Use a scatter plot"):
        plot.contour(ids[:2], "lr", "depth", "loss")


def test_plotly_is_imported_by_the_first_figure() -> None:
    """Neither the package nor its `plot` needs it."""
    code = (
        "import sys, jupyter_mltrack as mlt; mlt.plot.scatter;"
        "print('plotly' in sys.modules, 'numpy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split()[0] == "False"
