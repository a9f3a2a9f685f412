import json
import os
from pathlib import Path

import pytest

import jupyter_mltrack as mlt
from jupyter_mltrack.panels.page import files_tab
from tests.panels.examples import HOSTILE
from tests.panels.page.asking import Asked
from tests.panels.page.examples import FIGURE, GIF, PNG, log_files

pytestmark = pytest.mark.usefixtures("wine")

OUTSIDE = [
    "..",
    "../../x",
    "/etc/passwd",
    "a/../../b",
    "c:\\x",
    "file:///etc/passwd",
    "a\x00b",
    ".",
]


@pytest.fixture
def asked() -> Asked:
    """A run with files of every kind."""
    with mlt.start_run():
        log_files()
    return Asked()


def place(asked: Asked, path: str) -> Path:
    """Where a file of the run is."""
    return Path(mlt.get_run(asked.page.run_id).info.artifact_uri) / path


def test_folders_come_first_and_files_have_sizes(asked: Asked) -> None:
    """A folder is read when it is asked for."""
    entries = asked.ask("files", path="")["entries"]
    assert entries[0] == {"path": "tables", "label": "tables", "folder": True, "size": ""}
    assert {one["path"]: one["size"] for one in entries}["notes.txt"] == "23 B"
    below = asked.ask("files", path="tables")["entries"]
    assert [one["path"] for one in below] == ["tables/more", "tables/people.csv"]
    assert asked.ask("files", path="nowhere")["entries"] == []


def test_picture_is_known_by_its_bytes(asked: Asked) -> None:
    """A false one is not shown, a true one under any name is."""
    assert asked.bytes_of("preview", path="dot.png") == PNG
    assert asked.sent[0][0]["type"] == "image/png"
    assert asked.bytes_of("preview", path="blink.gif") == GIF
    assert asked.ask("preview", path="false.png")["kind"] == "none"
    mlt.MltrackClient().log_text(asked.page.run_id, "<svg onload=x>", "a.jpg")
    assert asked.ask("preview", path="a.jpg")["kind"] == "none"


def test_texts_json_and_models_are_text(asked: Asked) -> None:
    """JSON is laid out; a snippet says how to load it."""
    notes = asked.ask("preview", path="notes.txt")
    assert (notes["kind"], notes["text"]) == ("text", "first line\nsecond line\n")
    assert "load_text" in notes["snippet"]
    config = asked.ask("preview", path="config.json")
    assert json.loads(config["text"])["alpha"] == [1, 2]
    assert '\n  "deep": {' in config["text"]
    assert "flavors" in asked.ask("preview", path="MLmodel")["text"]
    assert asked.ask("preview", path="empty.txt")["text"] == ""
    assert asked.ask("preview", path="weights.bin")["kind"] == "none"


@pytest.mark.parametrize(
    ("path", "rows", "note"),
    [
        ("tables/people.csv", 100, "100 of 150 rows × 2 columns"),
        ("people.parquet", 100, "100 of 150 rows × 2 columns"),
        ("rows.tsv", 1, "1 rows × 2 columns"),
        ("scores.json", 2, "2 rows × 2 columns"),
    ],
)
def test_tables_show_their_first_rows(asked: Asked, path: str, rows: int, note: str) -> None:
    """Numbers are known as such."""
    found = asked.ask("preview", path=path)
    assert (found["kind"], len(found["rows"]), found["note"]) == ("table", rows, note)
    numeric = {column["label"]: column["numeric"] for column in found["columns"]}
    assert True in numeric.values()
    assert numeric.get("name", False) is False


@pytest.mark.parametrize(
    "path", ["notes.txt", "config.json", "scores.json", "tables/people.csv", "people.parquet"]
)
def test_snippets_load_what_they_say(asked: Asked, path: str) -> None:
    """Each is Python that runs."""
    *setup, last = asked.ask("preview", path=path)["snippet"].splitlines()
    names: dict[str, object] = {}
    exec("\n".join(setup), names)  # noqa: S102  (our own code)
    assert len(eval(last, names)) > 1  # noqa: S307


def test_figure_is_shown_below(asked: Asked) -> None:
    """In an output of Plotly's type; the next look takes it away."""
    assert asked.ask("preview", path="figure.json")["kind"] == "plotly"
    output = asked.page.children[1]
    assert output.outputs[0]["data"]["application/vnd.plotly.v1+json"] == FIGURE
    asked.ask("preview", path="notes.txt")
    assert len(asked.page.children) == 1


def test_notebook_is_shown_as_source(asked: Asked) -> None:
    """Without its outputs."""
    found = asked.ask("preview", path="notebook.ipynb")
    assert [cell["kind"] for cell in found["cells"]] == ["markdown", "code"]
    assert found["cells"][0]["source"] == "# Title\nwords"


@pytest.mark.parametrize("path", ["report.html", "drawing.svg"])
def test_what_can_hold_scripts_is_only_downloaded(asked: Asked, path: str) -> None:
    """Nothing of it is in the answer."""
    found = asked.ask("preview", path=path)
    assert found["kind"] == "none"
    assert "canary" not in json.dumps(found)
    assert b"canary" in asked.bytes_of("download", path=path)


def test_paths_cannot_leave_the_run(asked: Asked) -> None:
    """Whoever asks."""
    for path in OUTSIDE:
        for kind in ("preview", "download", "files"):
            assert asked.ask(kind, path=path)["error"], (kind, path)


def test_link_out_of_the_run_is_no_file(asked: Asked) -> None:
    """It is not listed and not read."""
    place(asked, "secret.txt").symlink_to("/etc/passwd")
    assert "secret.txt" not in [one["path"] for one in asked.ask("files", path="")["entries"]]
    assert "error" in asked.ask("preview", path="secret.txt")
    assert "error" in asked.ask("download", path="secret.txt")


def test_changed_file_is_told(asked: Asked) -> None:
    """It is neither shown nor given."""
    place(asked, "notes.txt").write_text("forged")
    for kind in ("preview", "download"):
        assert "was changed after it was logged" in asked.ask(kind, path="notes.txt")["error"]
    mlt.MltrackClient().log_text(asked.page.run_id, "out", "stdout.txt")
    place(asked, "stdout.txt").write_text("forged")
    log = asked.ask("log")["logs"][0]
    assert (log["text"], "was changed" in log["note"]) == ("", True)


def test_vanished_file_is_told(asked: Asked) -> None:
    """It was there when the tree was drawn."""
    place(asked, "notes.txt").unlink()
    assert "not there any more" in asked.ask("preview", path="notes.txt")["error"]
    assert "not there any more" in asked.ask("preview", path="tables")["error"]
    assert "not there any more" in asked.ask("download", path="tables")["error"]


def test_large_files_are_not_read(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is said."""
    monkeypatch.setattr(files_tab, "LARGEST_LOOK", 10)
    monkeypatch.setattr(files_tab, "LARGEST_DOWNLOAD", 10)
    found = asked.ask("preview", path="notes.txt")
    assert (found["kind"], found["note"]) == (
        "none",
        "No preview: it has 23 B, and only files up to 10 B are looked into.",
    )
    assert "load" in found["snippet"]
    assert "at most 10 B" in asked.ask("download", path="notes.txt")["error"]


def test_many_files_are_cut(asked: Asked) -> None:
    """The others are counted."""
    folder = place(asked, "tables")
    for number in range(files_tab.MOST_ENTRIES + 20):
        (folder / f"f{number:04}").touch()
    found = asked.ask("files", path="tables")
    assert (len(found["entries"]), found["more"]) == (500, 22)


def test_hostile_names_and_contents_travel_as_text(asked: Asked) -> None:
    """Whatever a file is called."""
    client = mlt.MltrackClient()
    for number, text in enumerate(HOSTILE):
        name = text.replace("/", "_").replace(":", "_").replace("\\", "_")
        client.log_text(asked.page.run_id, text, f"hostile/{number} {name}.txt")
    entries = asked.ask("files", path="hostile")["entries"]
    assert len(entries) == len(HOSTILE)
    for one in entries:
        found = asked.ask("preview", path=one["path"])
        assert found["kind"] == "text"
        assert one["label"] == found["label"]
        assert "\u202e" not in json.dumps([one["label"], found["text"]], ensure_ascii=False)


def test_name_that_is_no_text_is_left_out(asked: Asked) -> None:
    """It cannot be asked for; the others can."""
    Path(os.fsdecode(bytes(place(asked, "tables")) + b"/\xff.bin")).touch()
    entries = asked.ask("files", path="tables")["entries"]
    assert [one["label"] for one in entries] == ["more", "people.csv"]


def test_a_remote_folder_is_read_too(wine: Path) -> None:
    """What was fetched for a look does not stay."""
    experiment = mlt.create_experiment("far", artifact_location="memory://far")
    with mlt.start_run(experiment_id=experiment):
        mlt.log_text("from afar", "notes.txt")
    asked = Asked()
    assert asked.ask("preview", path="notes.txt")["text"] == "from afar"
    assert asked.bytes_of("download", path="notes.txt") == b"from afar"
    assert wine.exists()
