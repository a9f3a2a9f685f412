"""A look into a file of a run: which kind it is, and its beginning as text, rows or a picture.

Nothing of a file is executed, unpickled or shown as HTML. HTML and SVG can hold scripts, and are
offered as a download only.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_mltrack.panels.page.plotly_spec import is_plotly, without_addresses
from jupyter_mltrack.panels.page.texts import beginning, shown, size_text
from jupyter_mltrack.panels.wording import one_line, parsed
from jupyter_mltrack.store.parquet_rows import first_rows

#: A picture travels whole; of other files the beginning is read.
LARGEST_PICTURE = 20_000_000
LARGEST_JSON = 5_000_000
_HEAD = 1_000_000
MOST_ROWS, MOST_COLUMNS = 100, 50
_MOST_CELLS, _LONGEST_VALUE, _LONGEST_CELL = 100, 200, 10_000

#: How pictures begin that a browser shows, and their type.
_MAGIC = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}
_ACTIVE = {".html", ".htm", ".xhtml", ".svg", ".svgz", ".xht", ".mhtml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What is shown of a file.

    Attributes:
        kind: ``image``, ``text``, ``table``, ``cells``, ``plotly`` or ``none``.
        loads_as: The kind for `load_snippet`.
        note: What is left out, or why nothing is shown.
        content: By kind: ``text``; ``columns``, ``rows``; ``cells``; ``type``.
        picture: The bytes of an image.
        figure: The specification of a Plotly figure.
    """

    kind: str
    loads_as: str = ""
    note: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    picture: bytes | None = None
    figure: dict[str, Any] | None = None


class NotThatKindError(ValueError):
    """The file is not what its name says; the next reader tries."""


def preview(path: Path, name: str) -> Preview:
    """A look into the file at ``path``; ``name`` says which kind it should be.

    Raises:
        OSError: if it cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD)
    ending = Path(name).suffix.lower()
    if ending in _ACTIVE:
        return Preview(kind="none", note=f"{ending[1:].upper()} can hold scripts: download it.")
    if found := _picture(path, head, size):
        return found
    if ending in _PICTURES:
        kinds = "PNG, JPEG, GIF or WebP"
        return Preview(kind="none", note=f"The name says picture, but this is no {kinds}.")
    try:
        return _READERS.get(ending, _text)(path, head, size)
    except (NotThatKindError, ValueError, RecursionError, csv.Error):
        return _text(path, head, size)


def _picture(path: Path, head: bytes, size: int) -> Preview | None:
    mime = next((kind for kind, magic in _MAGIC.items() if magic.match(head)), None)
    if mime is None:
        return None
    if size > LARGEST_PICTURE:
        most = size_text(LARGEST_PICTURE)
        note = f"A picture of {size_text(size)}: only those up to {most} are shown. Download it."
        return Preview(kind="none", loads_as="image", note=note)
    content = head if size <= len(head) else path.read_bytes()
    return Preview(kind="image", loads_as="image", content={"type": mime}, picture=content)


def _text(_: Path, head: bytes, size: int) -> Preview:
    if b"\x00" in head:
        note = f"No preview: this is no text ({size_text(size)})." if size else ""
        return Preview(kind="none", note=note)
    text, is_cut = beginning(head.decode("utf-8-sig", "replace"))
    note = f"The beginning; the whole has {size_text(size)}." if is_cut or size > len(head) else ""
    return Preview(kind="text", loads_as="text", note=note, content={"text": text})


def _json(path: Path, head: bytes, size: int) -> Preview:
    if size > LARGEST_JSON:
        most = size_text(LARGEST_JSON)
        as_text = _text(path, head, size)
        note = f"JSON above {most} is shown as it is. {as_text.note}"
        return Preview(kind="text", loads_as="json", note=note, content=as_text.content)
    whole = path.read_text("utf-8-sig")
    value = json.loads(whole, parse_constant=lambda _: None)  # NaN cannot travel
    if is_plotly(value):
        return _plotly(value)
    if _is_logged_table(value):
        columns = [str(name) for name in value["columns"]]
        rows = [_cells(row) for row in value["data"][:MOST_ROWS]]
        return _table(columns, rows, len(value["data"]), "logged table")
    return _text_of(json.dumps(json.loads(whole), indent=2, ensure_ascii=False), "json", size)


def _plotly(value: dict[str, Any]) -> Preview:
    figure, refused = without_addresses(value)
    if figure is None:
        return Preview(kind="none", loads_as="plotly", note=refused)
    return Preview(kind="plotly", loads_as="plotly", note=refused, figure=figure)


def _text_of(text: str, loads_as: str, size: int) -> Preview:
    text, is_cut = beginning(text)
    note = f"The beginning; the whole has {size_text(size)}." if is_cut else ""
    return Preview(kind="text", loads_as=loads_as, note=note, content={"text": text})


def _is_logged_table(value: object) -> bool:
    match value:
        case {"columns": [_, *_], "data": list(rows)}:
            return all(isinstance(row, list) for row in rows)
    return False


def _cells(row: Sequence[Any]) -> list[str | None]:
    return [
        None if value is None else value if isinstance(value, str) else json.dumps(value)
        for value in row
    ]


def _separated(mark: str, loads_as: str) -> Callable[[Path, bytes, int], Preview]:
    def read(_: Path, head: bytes, size: int) -> Preview:
        is_whole = size <= len(head)
        lines = head.decode("utf-8-sig", "replace").splitlines(keepends=True)
        if not is_whole and len(lines) > 1:
            lines.pop()  # it may be cut
        rows = [row for row in csv.reader(io.StringIO("".join(lines)), delimiter=mark) if row]
        if not rows or b"\x00" in head:
            raise NotThatKindError
        columns, *rest = rows
        total = len(rest) if is_whole else None
        return _table(columns, rest[:MOST_ROWS], total, loads_as)

    return read


def _parquet(path: Path, _: bytes, __: int) -> Preview:
    import duckdb

    try:
        found = first_rows(path, rows=MOST_ROWS, columns=MOST_COLUMNS, characters=_LONGEST_VALUE)
    except duckdb.Error as error:
        why = one_line(str(error), 200)
        return Preview(kind="none", loads_as="parquet", note=f"Cannot be read as Parquet: {why}")
    names = [f"{name}\n{kind}" for name, kind in zip(found.names, found.kinds, strict=True)]
    return _table(names, found.rows, found.total, "parquet", found.columns)


def _table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    total: int | None,
    loads_as: str,
    width: int | None = None,
) -> Preview:
    """Rows of texts; ``total`` and ``width`` say how many rows and columns the file has."""
    names = [_header(name) for name in columns[:MOST_COLUMNS]]
    texts = [
        [None if value is None else one_line(value, _LONGEST_VALUE) for value in row[: len(names)]]
        for row in rows
    ]
    for name, column in zip(names, range(len(names)), strict=True):
        values = [row[column] for row in texts if column < len(row) and row[column]]
        name["numeric"] = bool(values) and all(parsed(value or "") is not None for value in values)
    said = "" if total is None else f" of {total:,}"
    parts = [f"{len(texts)}{said} rows" if total != len(texts) else f"{total:,} rows"]
    width = width or len(columns)
    parts.append(f"{len(names)} of {width:,} columns" if width > len(names) else f"{width} columns")
    content = {"columns": names, "rows": texts}
    return Preview(kind="table", loads_as=loads_as, note=" × ".join(parts), content=content)


def _header(name: str) -> dict[str, Any]:
    label, _, kind = name.partition("\n")
    return {"label": one_line(label, 80), "kind": one_line(kind, 40)}


def _notebook(path: Path, _: bytes, size: int) -> Preview:
    if size > LARGEST_JSON:
        raise NotThatKindError
    match json.loads(path.read_text("utf-8-sig")):
        case {"cells": list(cells)}:
            found = [cell for cell in cells if isinstance(cell, dict)]
        case _:
            raise NotThatKindError
    shown_cells = [
        {
            "kind": one_line(str(cell.get("cell_type", "")), 20),
            "source": shown(_joined(cell.get("source", ""))[:_LONGEST_CELL]),
        }
        for cell in found[:_MOST_CELLS]
    ]
    more = f"the first {_MOST_CELLS} of " if len(found) > _MOST_CELLS else ""
    note = f"The source of {more}{len(found)} cells; outputs are not shown."
    return Preview(kind="cells", note=note, content={"cells": shown_cells})


def _joined(source: Any) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


_READERS: dict[str, Callable[[Path, bytes, int], Preview]] = {
    ".json": _json,
    ".csv": _separated(",", "csv"),
    ".tsv": _separated("\t", "tsv"),
    ".parquet": _parquet,
    ".ipynb": _notebook,
}
