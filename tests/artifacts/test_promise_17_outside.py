"""Promise 17: no path, name, link or URI reaches outside the folder it belongs to."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.artifacts import RemoteFolder, local, remote
from jupyter_mltrack.cli import main
from jupyter_mltrack.errors import MlflowException
from jupyter_mltrack.tracking import files, run_files
from tests.reliability import Noting

pytestmark = pytest.mark.usefixtures("fresh")
#: A file outside with its own name in it, and one whose name is in no string.
CANARY, BEACON = "canary-4711", "beacon-0815"

UP = [
    "..",
    ".. ",
    "..\x00",
    "..;",
    "...",
    "%2e%2e",
    "%252e%252e",
    "..%00",
    "\u2024\u2024",
    "\uff0e\uff0e",
    "..\u200b",
]
GLUE = ["/", "//", "/./", "\\", "\\/", "%2f", "%5c", "\u2215", "\uff0f", "/a/../"]
BEFORE = [
    *(
        "",
        "/",
        "//",
        "\\",
        "\\\\?\\",
        "C:",
        "c:/",
        "C:\\",
        "file:",
        "file://",
        "FILE:///",
        "~",
        "~/",
    ),
    *(
        "file://localhost/",
        "$HOME/",
        "%HOME%/",
        "s3://",
        "http://",
        "runs:/",
        "models:/m/",
        "zip://",
    ),
    *(
        "memory://",
        "\x00",
        "a\x00/",
        "\n",
        " ",
        "./",
        "a/../",
        "link",
        "link/",
        "./link/../",
        "loop/",
    ),
]
AFTER = [
    "",
    "/",
    "/.",
    "/..",
    "\x00",
    "\x00.png",
    " ",
    ".",
    "::$DATA",
    "?x",
    "#x",
    "%00",
    "*",
    "\ud800",
]


def corpus(outside: Path) -> list[str]:
    """Strings that mean the canary, or a file beside it, to some program on some machine."""
    below, absolute = f"{outside.name}/{CANARY}", f"{outside}/{CANARY}"
    found = {
        *(glue.join([up] * n + [below]) for up, glue, n in itertools.product(UP, GLUE, (1, 3, 5))),
        *(glue.join([up] * 40 + [absolute[1:]]) for up, glue in itertools.product(UP, GLUE)),
        *(f"{before}{absolute}{after}" for before, after in itertools.product(BEFORE, AFTER)),
        *(f"{before}{CANARY}{after}" for before, after in itertools.product(BEFORE, AFTER)),
    }
    usual = ["../" * n + below for n in (1, 2, 3, 4, 5)] + ["../" * 40 + absolute[1:], absolute]
    links = ["link", "link/", f"link/{CANARY}", f"a/../link/{CANARY}", CANARY, "loop/x", "loop"]
    rest = sorted(found - {*usual, *links})
    random.Random(17).shuffle(rest)
    return [*usual, *links, "", ".", "..", "a" * 300, "a/" * 600, *rest[: 400 - 19]]


class Place:
    """A store in a folder, a canary beside it, and a run with links that lead to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outside = folder / "outside"
        self.outside.mkdir()
        for name in (CANARY, BEACON):
            (self.outside / name).write_text(CANARY)
        self.source = folder / "source"
        self.source.mkdir()
        self.copies = folder / "copies"
        (self.source / "s.txt").write_text("mine")
        mlflow.set_tracking_uri(str(folder / "home" / "m.duckdb"))
        with mlflow.start_run() as run:
            mlflow.log_text("mine", "a/b.txt")
        self.run = run.info.run_id
        self.journal = folder / "home" / "m.journal"
        self.own = Path(run.info.artifact_uri)
        (self.own / "link").symlink_to(self.outside)
        (self.own / CANARY).symlink_to(self.outside / CANARY)
        (self.own / "loop").symlink_to("loop")
        self.remote = RemoteFolder(f"memory://{folder.name}/run")
        self.remote._files.pipe(f"/{folder.name}/{CANARY}", CANARY.encode())
        self.figure = go.Figure()
        self.client = mlflow.MlflowClient()
        made = self.client.create_logged_model("0", "model", self.run)
        self.model = made.model_id
        self.client.log_model_artifacts(self.model, self.source)
        self.client.finalize_logged_model(self.model, "READY")
        (Path(made.artifact_location) / "link").symlink_to(self.outside)
        (Path(made.artifact_location) / CANARY).symlink_to(self.outside / CANARY)
        self.version = self.client.register(str(self.source), "registered").version

    def make_a_model(self, name: str | None, **older: str) -> str:
        """A model of the run, with a file."""
        made = self.client.create_logged_model("0", name, self.run, **older)
        self.client.log_model_artifact(made.model_id, self.source / "s.txt")
        return made.artifact_location

    def snapshot(self) -> dict[str, str]:
        """All that the run may not touch: everything but its folder, the database, the journals."""
        seen = {f"memory:{key}": hashlib.sha256(value.getvalue()).hexdigest()
                for key, value in self.remote._files.store.items()
                if not key.startswith(f"{self.remote._root}/")}  # fmt: skip
        for at, folders, names in os.walk(self.folder):
            here = Path(at)
            folders[:] = [
                n for n in folders if here / n not in {self.own, self.copies, self.journal}
            ]
            for name in names:
                if not name.startswith("m.duckdb"):
                    seen[str(here / name)] = hashlib.sha256((here / name).read_bytes()).hexdigest()
            seen[at] = ",".join(sorted(folders))
        return seen


def entries(place: Place) -> dict[str, tuple[Callable[[str], Any], int]]:
    """Everything that takes a path, a name or a URI; and that only each n-th string is for it."""
    client, run, source = place.client, place.run, place.source
    return {
        "log_artifact": (lambda h: client.log_artifact(run, source / "s.txt", h), 1),
        "log_artifacts": (lambda h: client.log_artifacts(run, source, h), 1),
        "log_text": (lambda h: client.log_text(run, "x", h), 1),
        "log_dict": (lambda h: client.log_dict(run, {}, h), 1),
        "log_stream": (lambda h: client.log_stream(run, io.BytesIO(b"x"), h), 1),
        "log_figure": (lambda h: client.log_figure(run, place.figure, f"{h}.json"), 1),
        "log_image": (lambda h: client.log_image(run, np.zeros((2, 2)), f"{h}.png"), 1),
        "log_image key": (lambda h: client.log_image(run, np.zeros((2, 2)), key=h), 1),
        "log_table": (lambda h: client.log_table(run, {"a": [1]}, f"{h}.json"), 2),
        "list_artifacts": (lambda h: client.list_artifacts(run, h), 1),
        "download_artifacts": (lambda h: client.download_artifacts(run, h), 1),
        "download a copy": (lambda h: client.download_artifacts(run, h, place.copies), 1),
        "load_text": (lambda h: client.load_text(run, h), 1),
        "load_table": (lambda h: client.load_table("0", f"{h}.json"), 2),
        "runs:/": (lambda h: mlflow.artifacts.load_text(f"runs:/{run}/{h}"), 1),
        "runs:/ id": (lambda h: mlflow.artifacts.load_text(f"runs:/{h}/a"), 1),
        "models:/": (lambda h: mlflow.artifacts.load_text(f"models:/{place.model}/{h}"), 1),
        "models:/name": (
            lambda h: mlflow.artifacts.load_text(f"models:/registered/1/{h}"), 4),
        "models:/name list": (
            lambda h: mlflow.artifacts.list_artifacts(f"models:/registered/1/{h}"), 8),
        "models:/name copy": (
            lambda h: client.download_model_version(place.version, h, place.copies), 4),
        "registered name": (lambda h: mlflow.artifacts.download_artifacts(f"models:/{h}/1"), 4),
        "register": (lambda h: client.register(f"runs:/{run}/{h}", "registered"), 40),
        "model name": (place.make_a_model, 8),
        "model path": (lambda h: place.make_a_model(None, artifact_path=h), 8),
        "log_model_artifacts": (lambda h: client.log_model_artifacts(place.model, source, h), 2),
        "list model": (lambda h: client.list_logged_model_artifacts(place.model, h), 1),
        "download model": (lambda h: client.download_logged_model(place.model, h), 1),
        "download a model": (
            lambda h: client.download_logged_model(place.model, h, str(place.copies)), 2),
        "model id": (client.download_logged_model, 4),
        "run id": (lambda h: client.log_text(h, "x", "x.txt"), 1),
        "run id read": (lambda h: client.download_artifacts(h, CANARY), 1),
        "run id removed": (lambda h: client.gc(run_ids=[h]), 4),
        "experiment id": (client.create_run, 4),
        "experiment name": (client.create_experiment, 40),
        "artifact_location": (lambda h: client.create_experiment(h[:9] + "x", h), 40),
        "gc": (lambda h: main(["gc", "--run-ids", h]), 40),
        "runs -e": (lambda h: main(["runs", "-e", h]), 40),
        "remote put": (lambda h: place.remote.put(source / "s.txt", h), 1),
        "remote fetch": (lambda h: place.remote.fetch(h, place.copies), 1),
        "remote list": (place.remote.list, 1),
    }  # fmt: skip


def content(answer: Any) -> Iterator[str]:
    """What an entry point gave, and what is in the files it points at."""
    yield str(answer)
    if isinstance(answer, str | Path) and len(str(answer)) < 4000 and "\x00" not in str(answer):
        path = Path(answer)
        found = [path] if path.is_file() else path.rglob("*") if path.is_dir() else []
        yield from (
            one.read_text("utf-8", "replace")
            for one in found
            if one.is_file() and not one.is_symlink()
        )


def try_all(place: Place, strings: list[str], every: int = 1) -> tuple[int, dict[str, str]]:
    """Give strings to every entry point: how many calls, and what reached outside by which.

    Each gets every n-th, beginning with another one.
    """
    reached: dict[str, str] = {}
    tried, before = 0, place.snapshot()
    with place.client.store.reading():  # many questions, one opening
        for first, (name, (call, seldom)) in enumerate(entries(place).items()):
            for hostile in strings[first % every :: max(every, seldom)]:
                tried += 1
                try:
                    seen = list(content(call(hostile)))
                except (MlflowException, LookupError, OSError, TypeError, ValueError):
                    continue
                if CANARY in seen or BEACON in seen[0]:
                    reached.setdefault(name, hostile)
            if (after := place.snapshot()) != before:
                reached.setdefault(name, f"changed: {set(after.items()) ^ set(before.items())}")
                before = after
    return tried, reached


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.nightly)])
def test_nothing_reaches_outside(fresh: Path, every: int, promise: Noting) -> None:
    """Nothing outside is written, listed or read, by any string at any entry point."""
    place = Place(fresh)
    strings = corpus(place.outside)
    tried, reached = try_all(place, strings, every)
    promise(17, "strings × entry points", strings=len(strings), calls=tried, outside=len(reached))
    assert reached == {}
    assert len(strings) == 400


def test_a_plain_join_would_reach_outside(
    fresh: Path, promise: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `contained` and `checked` replaced by a join of paths, the same harness finds it."""
    for module in (files, local, remote, run_files):
        for name, plain in (("checked", str), ("contained", lambda base, path: base / path)):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, plain)
    place = Place(fresh)
    # Only what stays in the folder of this test; nothing may really be written elsewhere.
    strings = [f"../../../../../outside/{name}" for name in (CANARY, "new", BEACON)]
    _, reached = try_all(place, [*strings, "link", f"link/{CANARY}"])
    promise(17, "mutation: plain join of paths", caught="yes", entry_points=len(reached))
    assert {"log_text", "log_stream", "download_artifacts", "remote fetch"} <= reached.keys()
