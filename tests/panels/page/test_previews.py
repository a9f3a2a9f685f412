import json
from pathlib import Path

import pytest

from jupyter_mltrack.panels.page import previews
from jupyter_mltrack.panels.page.plotly_spec import is_plotly, without_addresses
from jupyter_mltrack.panels.page.previews import preview
from tests.panels.page.examples import PNG


def look(folder: Path, name: str, content: bytes) -> previews.Preview:
    """What is shown of a file with this content."""
    path = folder / "file"
    path.write_bytes(content)
    return preview(path, name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", PNG),
        ("a.jpg", b"\xff\xd8\xff\xe0rest"),
        ("a.gif", b"GIF89a rest"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPrest"),
        ("named.txt", PNG),
    ],
)
def test_pictures(tmp_path: Path, name: str, content: bytes) -> None:
    """By their first bytes, whatever they are called."""
    found = look(tmp_path, name, content)
    assert (found.kind, found.picture) == ("image", content)


@pytest.mark.parametrize("name", ["a.html", "A.HTM", "b.svg", "c.xhtml", "d.SVG", "e.mhtml"])
def test_active_content_is_never_shown(tmp_path: Path, name: str) -> None:
    """Not even when its bytes begin like a picture."""
    for content in (b"<b>x</b>", PNG):
        found = look(tmp_path, name, content)
        assert (found.kind, found.picture, found.content) == ("none", None, {})


def test_html_under_another_name_is_text(tmp_path: Path) -> None:
    """It is shown as it is written."""
    found = look(tmp_path, "page.txt", b"<script>window.canary=1</script>")
    assert found.content == {"text": "<script>window.canary=1</script>"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.json", b'{"a": '),
        ("deep.json", b"[" * 100_000),
        ("words.json", b"\xff\xfe not json"),
        ("broken.ipynb", b"{}"),
        ("broken.csv", b""),
        ("quote.csv", b'a,b\n"' + b"x" * 200_000),
        ("latin.txt", "Größe".encode("latin-1")),
    ],
)
def test_what_is_not_what_its_name_says_is_text(tmp_path: Path, name: str, content: bytes) -> None:
    """Nothing is raised."""
    assert look(tmp_path, name, content).kind == "text"


def test_broken_parquet_is_told(tmp_path: Path) -> None:
    """With DuckDB's words."""
    found = look(tmp_path, "a.parquet", b"PAR1 no parquet PAR1")
    assert found.kind == "none"
    assert "Cannot be read as Parquet" in found.note


def test_long_text_is_cut(tmp_path: Path) -> None:
    """The size of the whole is said."""
    found = look(tmp_path, "long.log", b"line\n" * 600_000)
    assert len(found.content["text"]) == 100_000
    assert found.note == "The beginning; the whole has 3.0 MB."


def test_wide_and_ragged_tables_are_cut(tmp_path: Path) -> None:
    """Rows and columns are counted; a row may be short."""
    rows = [",".join(f"c{i}" for i in range(80)), "1,2", ",".join(["x" * 500] * 80)]
    found = look(tmp_path, "wide.csv", "\n".join(rows).encode())
    assert len(found.content["columns"]) == 50
    assert found.note == "2 rows × 50 of 80 columns"
    assert max(len(value) for value in found.content["rows"][1]) == 200


def test_long_csv_is_not_read_to_its_end(tmp_path: Path) -> None:
    """The row that was cut in the middle is left out."""
    found = look(tmp_path, "long.csv", b"a,b\n" + b"12345,67890\n" * 200_000)
    assert found.note == "100 rows × 2 columns"


def test_nan_in_json_stays_readable_and_can_travel(tmp_path: Path) -> None:
    """As text it is NaN, in a figure a gap."""
    assert "NaN" in look(tmp_path, "a.json", b'{"a": NaN}').content["text"]
    figure = look(tmp_path, "f.json", b'{"data": [{"y": [1, NaN]}], "layout": {}}').figure
    json.dumps(figure, allow_nan=False)


def test_control_characters_are_replaced(tmp_path: Path) -> None:
    """Colours of a terminal go, and what turns the line round is seen."""
    found = look(tmp_path, "a.log", "\x1b[31mred\x1b[0m \u202eevil\x07".encode())
    assert found.content["text"] == "red \ufffdevil\ufffd"


def test_figures_fetch_nothing() -> None:
    """Pictures from the web are left out, maps are not drawn."""
    inside = {"source": "data:image/png;base64,xx"}
    web = {"source": "https://evil.example/x.png"}
    figure = {"data": [{"type": "image", **web}], "layout": {"images": [inside, web]}, "config": {}}
    assert is_plotly(figure)
    kept, words = without_addresses(figure)
    assert kept == {"data": [{"type": "image"}], "layout": {}}
    assert words == "Left out, because it may fetch: images, pictures from the web."
    for kind in ("scattergeo", "choropleth", "scattermapbox", "densitymap", "choroplethmap"):
        kept, words = without_addresses({"data": [{"type": kind}], "layout": {}})
        assert kept is None
        assert kind in words


def test_figures_cannot_become_what_fetches() -> None:
    """Neither by frames, menus and templates, nor by a click on what is left."""
    map_later = {"data": [{"type": "scattergeo"}]}
    menu = [{"buttons": [{"method": "relayout", "args": ["images[0].source", "https://evil"]}]}]
    template = {
        "layout": {"images": [{"name": "a", "source": "https://evil"}], "font": {"size": 9}}
    }
    layout = {"updatemenus": menu, "sliders": menu, "geo2": {}, "template": template}
    kept, words = without_addresses({"data": [{}], "layout": layout, "frames": [map_later]})
    rest = {"template": {"layout": {"font": {"size": 9}}}}
    assert kept == {"data": [{"type": "scatter"}], "layout": rest}
    assert words == "Left out, because it may fetch: frames, images, sliders, updatemenus."


@pytest.mark.parametrize(
    "text",
    [
        '<span style="background:url(https://evil/x)">a</span>',
        '<a href="https://evil">a</a>',
        "<b onclick='x'>a",
        "&lt;a href='https://evil'>",
        "$\\href{https://evil}{a}$",
    ],
)
def test_texts_of_figures_are_texts(text: str) -> None:
    """Wherever they stand; what only makes a letter bold stays."""
    figure = {
        "data": [{"name": text, "customdata": [[text]], "x": [text, 1]}],
        "layout": {"title": {"text": f"<b>a</b><br>{text}"}, "xaxis": {"tickformat": "$,.2f"}},
    }
    kept, _ = without_addresses(figure)
    written = json.dumps(kept, ensure_ascii=False)
    for sign in ("<span", "<a ", "<b on", "&lt;", "$\\"):
        assert sign not in written
    assert "<b>a</b><br>" in written
    assert '"$,.2f"' in written


@pytest.mark.parametrize("value", [{}, [], {"data": []}, {"data": [1], "layout": {}}, None, "x"])
def test_other_json_is_no_figure(value: object) -> None:
    """It is shown as text."""
    assert not is_plotly(value)
