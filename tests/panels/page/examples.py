"""Runs with everything a page can show, for the tests and for the notebook in a browser."""

from __future__ import annotations

import base64
import json
import math
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd

import jupyter_mltrack as mlt

#: A red dot, 8 × 8.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGO4Y2SEFTEMLQkAbRlQAcgCOpkAAAAASU"
    "VORK5CYII="
)
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
FIGURE = {
    "data": [{"type": "scatter", "x": [1, 2, 3], "y": [3, 1, 2], "name": "loss"}],
    "layout": {"title": {"text": "A figure that was logged"}, "height": 300},
}
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": ["# Title\n", "words"]},
        {"cell_type": "code", "source": "print(1)", "outputs": []},
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}
_SLEEPER = """
import sys, time
import jupyter_mltrack as mlt
mlt.set_tracking_uri(sys.argv[1])
mlt.set_experiment("wine")
with mlt.start_run(run_name="sleeper") as run:
    mlt.log_metric("loss", 0.5)
    print(run.info.run_id, flush=True)
    time.sleep(120)
"""


def log_files() -> None:
    """One file of every kind, in the active run."""
    files = {
        "dot.png": PNG,
        "blink.gif": GIF,
        "false.png": b"this is no picture",
        "report.html": b"<h1>hi</h1><script>window.canary=1</script>",
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.canary=1'/>",
        "rows.tsv": b"a\tb\n1\tx\n",
        "train.py": b"# train\nfor i in range(3):\n    print('step', i)\n",
        "weights.bin": bytes(range(256)) * 8,
        "git.diff": b"--- a\n+++ b\n-old\n+new\n",
        "MLmodel": b"artifact_path: model\nflavors:\n  sklearn: {}\n",
        "notebook.ipynb": json.dumps(NOTEBOOK).encode(),
        "empty.txt": b"",
    }
    for name, content in files.items():
        Path(name).write_bytes(content)
        mlt.log_artifact(name)
        Path(name).unlink()
    mlt.log_text("first line\nsecond line\n", "notes.txt")
    mlt.log_dict({"alpha": [1, 2], "deep": {"er": None}}, "config.json")
    mlt.log_dict(FIGURE, "figure.json")
    mlt.log_table({"name": ["ada", "bob"], "score": [1.5, 2.0]}, "scores.json")
    table = pd.DataFrame({"age": range(150), "name": [f"n{i}" for i in range(150)]})
    mlt.log_table(table, "people.parquet")
    mlt.log_text(table.to_csv(index=False), "tables/people.csv")
    mlt.log_text("[deep]", "tables/more/deep.txt")


def train(rate: float, depth: int, *, steps: int = 60) -> str:
    """A run with params, curves, data, a child and files; its id."""
    frame = pd.DataFrame({"acidity": [7.4, 7.8, 11.2], "quality": [5, 5, 6]})
    with mlt.start_run(tags={"team": "cellar"}, description="Sweep over\nthe rate.") as run:
        mlt.log_params({"rate": rate, "depth": depth, "optimizer": "adam", "note": "x" * 400})
        mlt.log_params({f"layer_{i}": 2**i for i in range(9)})
        mlt.log_input(mlt.data.from_pandas(frame, name="wine"), context="training")
        for step in range(steps):
            mlt.log_metric("loss", rate + math.exp(-step / 20), step=step)
            mlt.log_metric("accuracy", 1 - rate - math.exp(-step / 25) / 3, step=step)
        mlt.log_metric("system/cpu_utilization_percentage", 42.0, step=0)
        mlt.log_metric("system/cpu_utilization_percentage", 57.0, step=1)
        with mlt.start_run(nested=True, run_name="fold-1"):
            mlt.log_metric("loss", 0.5)
        log_files()
    return run.info.run_id


def sleeper() -> tuple[subprocess.Popen[str], str]:
    """A run that goes on in another process, and its id."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_SLEEPER), mlt.get_tracking_uri()],
        stdout=subprocess.PIPE,
        text=True,
    )
    if process.stdout is None:
        raise RuntimeError
    return process, process.stdout.readline().strip()
