"""Files of runs: what is logged comes back, whatever it is."""

import hashlib
import io
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib.figure
import numpy as np
import plotly.graph_objects as go
import pytest
import yaml

from jupyter_mltrack.errors import (
    InvalidParameterValue,
    ResourceDoesNotExist,
    StoreError,
    UnsafePath,
)
from jupyter_mltrack.events import Artifact
from tests.tracking.file_client import FileClient


@pytest.fixture(params=["local", "remote"])
def client(request: pytest.FixtureRequest, tmp_path: Path) -> FileClient:
    """A client with local files, and one with files elsewhere."""
    places = {"local": str(tmp_path / "store"), "remote": f"memory://{tmp_path}"}
    return FileClient(places[request.param])


def tree(root: Path, *paths: str) -> Path:
    """Files below a folder, each with its own path as content."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    return root


def test_every_file_is_an_event(client: FileClient) -> None:
    """Size and SHA-256 are noted, and only for what was stored."""
    client.log_text("run", "héllo", "a//b.txt")
    event = Artifact(
        run="run", path="a/b.txt", size=6, sha256=hashlib.sha256("héllo".encode()).hexdigest()
    )
    assert client.events == [event]
    assert client.load_text("run", "a/b.txt") == "héllo"


@pytest.mark.parametrize(
    ("artifact_path", "path"),
    [(None, "a.txt"), ("", "a.txt"), (".", "a.txt"), ("d/e", "d/e/a.txt")],
)
def test_log_artifact(
    client: FileClient, tmp_path: Path, artifact_path: str | None, path: str
) -> None:
    """A file goes to the top, or to a folder."""
    client.log_artifact("run", tree(tmp_path, "a.txt") / "a.txt", artifact_path)
    assert client.paths() == [path]


def test_log_artifact_of_a_folder_keeps_its_name(
    client: FileClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder's own name is part of the path, also when it is given as ``.``."""
    tree(tmp_path / "plots", "a.png", "deep/b.png")
    client.log_artifact("run", str(tmp_path / "plots"), "out")
    monkeypatch.chdir(tmp_path / "plots")
    client.log_artifact("two", ".")
    assert client.paths() == ["out/plots/a.png", "out/plots/deep/b.png"]
    assert client.paths("two") == ["plots/a.png", "plots/deep/b.png"]


def test_log_artifacts(client: FileClient, tmp_path: Path) -> None:
    """The content of a folder goes in without the folder's name."""
    client.log_artifacts("run", str(tree(tmp_path / "in", "a", "b/c", ".hidden")), "to")
    assert client.paths() == ["to/.hidden", "to/a", "to/b/c"]
    assert client.load_text("run", "to/b/c") == "b/c"


def test_links_in_a_folder(client: FileClient, tmp_path: Path) -> None:
    """Links to files and folders are followed, but never in circles."""
    folder = tree(tmp_path / "in", "a", "sub/b")
    (folder / "file").symlink_to("a")
    (folder / "circle").symlink_to(".")
    (folder / "sub" / "up").symlink_to("..")
    client.log_artifacts("run", folder)
    assert client.paths() == ["a", "file", "sub/b"]


def test_a_store_is_not_logged_into_itself(client: FileClient, tmp_path: Path) -> None:
    """``log_artifacts(".")`` in the working folder leaves the store in it out."""
    inside = ["s.duckdb", "s.duckdb.wal", "s.journal/x", "s.artifacts/0/y"]
    folder = tree(tmp_path / "work", "note.txt", "b.duckdb", *inside)
    client.log_artifacts("run", folder)
    assert client.paths() == ["b.duckdb", "note.txt"]
    with pytest.raises(InvalidParameterValue, match="store"):
        client.log_artifact("run", folder / "s.duckdb")


def test_one_bad_name_and_nothing_is_logged(client: FileClient, tmp_path: Path) -> None:
    """A folder is logged as a whole or refused before the first file."""
    folder = tree(tmp_path / "in", "a", "b\\c")
    with pytest.raises(UnsafePath, match="backslash"):
        client.log_artifacts("run", folder)
    assert client.paths() == client.events == []


@pytest.mark.parametrize("method", ["log_artifact", "log_artifacts"])
def test_what_is_not_there(client: FileClient, tmp_path: Path, method: str) -> None:
    """Logging a missing file is the caller's mistake."""
    with pytest.raises(FileNotFoundError, match="missing"):
        getattr(client, method)("run", tmp_path / "missing")


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "", "a\x00b", "x\\..\\y"])
def test_no_method_leaves_the_run(client: FileClient, tmp_path: Path, path: str) -> None:
    """Every way to write and read refuses a path that climbs."""
    source = tree(tmp_path, "a.txt") / "a.txt"
    attempts = [
        lambda: client.log_text("run", "x", path),
        lambda: client.log_dict("run", {}, path),
        lambda: client.log_stream("run", io.BytesIO(b"x"), path),
        lambda: client.log_image("run", np.zeros((2, 2)), path),
        lambda: client.log_figure("run", matplotlib.figure.Figure(), path),
        lambda: client.log_table("run", {"a": [1]}, path + ".json" if path else "../x.json"),
        lambda: client.log_artifact("run", source, path or ".."),
        lambda: client.load_text("run", path),
        lambda: client.list_artifacts("run", path or ".."),
        lambda: client.download_artifacts("run", path or "..", str(tmp_path / "to")),
    ]
    for attempt in attempts:
        with pytest.raises(UnsafePath):
            attempt()
    assert client.paths() == client.events == []


def test_log_stream(client: FileClient, tmp_path: Path) -> None:
    """A stream is read from where it stands to its end."""
    stream = io.BytesIO(b"skip" + bytes(range(256)) * 1000)
    stream.seek(4)
    client.log_stream("run", stream, "data.bin")
    path = client.download_artifacts("run", "data.bin", str(tmp_path / "to"))
    assert Path(path).read_bytes() == bytes(range(256)) * 1000


@pytest.mark.parametrize("name", ["d.json", "d.yml", "sub/d.yaml", "d.txt", "d"])
def test_log_dict(client: FileClient, name: str) -> None:
    """Dicts come back the same, numbers of NumPy as numbers."""
    value = {"a": [1, 2.5, None, True], "b": {"c": "été: 1"}, "n": np.float32(0.5)}
    client.log_dict("run", {**value, "x": np.arange(3), "i": np.int64(2**62)}, name)
    assert client.load_dict("run", name) == {**value, "n": 0.5, "x": [0, 1, 2], "i": 2**62}


def test_yaml_is_plain(client: FileClient) -> None:
    """No tags of Python objects, so that every reader takes it."""
    client.log_dict("run", {"t": (1, 2), "s": {3}, 4: np.float64(1), "p": Path("x")}, "d.yaml")
    text = client.load_text("run", "d.yaml")
    assert "!!" not in text
    assert yaml.safe_load(text) == {"t": [1, 2], "s": [3], 4: 1.0, "p": "x"}


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("f.png", b"\x89PNG"), ("f.PNG", b"\x89PNG"), ("f.svg", b"<?xml"), ("f.pdf", b"%PDF"),
        ("f", b"\x89PNG"), ("deep/f.jpg", b"\xff\xd8"),
    ],
)  # fmt: skip
def test_log_figure_of_matplotlib(
    client: FileClient, tmp_path: Path, name: str, begins: bytes
) -> None:
    """The ending says the format; without one it is PNG."""
    figure = matplotlib.figure.Figure()
    figure.subplots().plot([1, 2])
    client.log_figure("run", figure, name, save_kwargs={"dpi": 20})
    assert client.paths() == [name]
    path = client.download_artifacts("run", name, str(tmp_path / "to"))
    assert Path(path).read_bytes().startswith(begins)


def test_log_figure_of_plotly(client: FileClient) -> None:
    """HTML that fetches nothing unless the user says so, and JSON."""
    figure = go.Figure(go.Scatter(y=[1, 2]))
    client.log_figure("run", figure, "f.html")
    client.log_figure("run", figure, "small.html", save_kwargs={"include_plotlyjs": "cdn"})
    client.log_figure("run", figure, "f.json")
    assert 'src="http' not in client.load_text("run", "f.html")
    assert 'src="http' in client.load_text("run", "small.html")
    assert client.load_dict("run", "f.json")["data"][0]["y"] == [1, 2]


@pytest.mark.parametrize(
    ("figure", "name", "says"),
    [(object(), "f.png", "Unsupported figure"), (go.Figure(), "f.txt", "Unsupported file ext")],
)
def test_figures_that_cannot_be_saved(
    client: FileClient, figure: Any, name: str, says: str
) -> None:
    """MLflow raises TypeError for these, and so do we."""
    with pytest.raises(TypeError, match=says):
        client.log_figure("run", figure, name)


def test_a_failed_figure_leaves_nothing(client: FileClient) -> None:
    """What fails while it is being written is not in the run."""
    with pytest.raises(ValueError, match="not supported"):
        client.log_figure("run", matplotlib.figure.Figure(), "f.nonsense")
    assert client.paths() == client.events == []


def test_download_and_list(client: FileClient, tmp_path: Path) -> None:
    """Folders come whole; what is missing is an error to fetch and empty to list."""
    for name in ("m/a", "m/b/c", "top"):
        client.log_text("run", name, name)
    target = client.download_artifacts("run", "m", str(tmp_path / "to"))
    assert target == str(tmp_path / "to" / "m")
    assert (tmp_path / "to" / "m" / "b" / "c").read_text() == "m/b/c"
    assert [info.path for info in client.list_artifacts("run")] == ["m", "top"]
    assert client.list_artifacts("run", "nothing") == []
    with pytest.raises(ResourceDoesNotExist):
        client.download_artifacts("run", "nothing")


def test_local_files_are_used_where_they_are(tmp_path: Path) -> None:
    """Without a destination a local file is not copied."""
    client = FileClient(str(tmp_path / "store"))
    client.log_text("run", "x", "a/b")
    assert client.download_artifacts("run", "a/b") == str(tmp_path / "store" / "run" / "a" / "b")


def test_trouble_with_the_disk_warns_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The training goes on; with MLTRACK_STRICT it does not."""
    (tmp_path / "store").symlink_to("/proc/self")
    client = FileClient(str(tmp_path / "store"))
    with caplog.at_level(logging.WARNING, "jupyter_mltrack"):
        client.log_text("run", "x", "a")
        client.log_dict("run", {}, "b")
    assert len(caplog.records) == 1
    assert client.events == []
    monkeypatch.setenv("MLTRACK_STRICT", "1")
    with pytest.raises(StoreError, match="Cannot write the artifact"):
        client.log_text("run", "x", "a")


def test_nothing_heavy_is_imported() -> None:
    """The files of the client load neither data nor plotting libraries."""
    heavy = {"numpy", "pandas", "matplotlib", "PIL", "plotly", "duckdb", "fsspec", "yaml", "psutil"}
    code = (
        "import sys, json\n"
        "import jupyter_mltrack.tracking.files, jupyter_mltrack.tracking.datasets\n"
        "import jupyter_mltrack.tracking.sampler\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(json.loads(done.stdout))
