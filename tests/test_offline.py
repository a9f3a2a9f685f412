"""Promise 16: nothing is fetched and nothing is sent, whatever is done or looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fresh import finish
from tests.reliability import Noting

#: Notes every attempt to reach another machine; asking for an address counts too.
WATCH = """
import sys

attempts, seen = [], [0]

def watch(event, arguments):
    if event not in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"}:
        return
    seen[0] += 1
    place = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    host = place[0] if isinstance(place, tuple) else place
    if isinstance(place, tuple) and host in {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}:
        return
    if event != "socket.getaddrinfo" and not isinstance(place, tuple):
        return  # a socket of this machine's file system
    attempts.append(f"{event} {host}")

sys.addaudithook(watch)
"""

USE = """
import io
import numpy as np
import pandas as pd
import jupyter_mltrack as mlflow
from jupyter_mltrack import panels
from jupyter_mltrack.cli import main

mlflow.set_experiment("offline")
data = mlflow.data.from_pandas(pd.DataFrame({"a": [1, 2]}), source="https://example.org/d.csv")
with mlflow.start_run(log_system_metrics=True) as run:
    mlflow.log_params({"lr": 0.1, "url": "https://example.org/x?y=1"})
    for step in range(10):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.set_tag("mlflow.note.content", "<img src='https://example.org/pixel.png'>")
    mlflow.log_input(data, context="training")
    mlflow.log_text("<script src='https://example.org/a.js'></script>", "report.html")
    mlflow.log_dict({"$ref": "https://example.org/schema.json"}, "d.json")
    mlflow.log_image(np.zeros((4, 4, 3), "uint8"), "i.png")
    mlflow.log_table({"a": [1]}, "t.json")
    import plotly.graph_objects as go
    mlflow.log_figure(go.Figure(go.Scatter(y=[1, 2])), "f.html")
    mlflow.log_stream(io.BytesIO(b"x"), "s.bin")
runs = mlflow.search_runs(filter_string="metrics.loss < 1", order_by=["metrics.loss"])
for path in ("report.html", "d.json", "f.html"):
    mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=path)
mlflow.load_table("t.json")
mlflow.sql("SELECT * FROM runs")
for arguments in (["doctor"], ["runs"], ["experiments"], ["rebuild"], ["gc"]):
    main(arguments)
"""

LOOK = r"""
from IPython.testing.globalipapp import start_ipython
shell = start_ipython()
shell.run_cell("%load_ext jupyter_mltrack")
shell.run_cell("%%track offline\nalpha = 0.5\nprint(alpha)")
shell.run_cell("%mlsql SELECT run_name, params FROM runs")
for name in ("runs", "run", "experiments", "ui"):
    shell.run_cell(f"%mltrack {name}")
shown = shell.run_cell("import jupyter_mltrack as mlt; mlt.runs()").result
shell.display_formatter.format(shown)
"""

TELL = """
import json
print(json.dumps({"attempts": attempts, "seen": seen[0]}))
"""


def watched(*scripts: str) -> dict[str, list[str]]:
    """What a Python of its own tried to reach while it ran some scripts."""
    code, out, err = finish("\n".join([WATCH, *scripts, TELL]))
    assert code == 0, err
    return dict(json.loads(out.splitlines()[-1]))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("what", ["use", "look"])
def test_nothing_is_reached(what: str, promise: Noting) -> None:
    """Tracking, artifacts, search and commands; magics, panels and their static twins."""
    found = watched({"use": USE, "look": LOOK}[what])
    promise(16, f"{what}: connections and lookups", outside=len(found["attempts"]))
    assert found["attempts"] == []


def test_an_attempt_would_be_noticed(promise: Noting) -> None:
    """A name that is looked up, an address that is connected to."""
    attempt = """
import socket
from contextlib import suppress
from urllib.request import urlopen
for call in (lambda: urlopen("http://name.invalid/pixel.png", timeout=1),
             lambda: socket.create_connection(("192.0.2.1", 9), timeout=0.01)):
    with suppress(OSError):
        call()
"""
    found = watched(attempt)
    promise(16, "mutation: a picture is fetched", caught="yes", noticed=len(found["attempts"]))
    assert found["attempts"][0] == "socket.getaddrinfo name.invalid"
    assert "socket.connect 192.0.2.1" in found["attempts"]
