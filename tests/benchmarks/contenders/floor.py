"""The floor: one ``os.write`` of a ready line to an O_APPEND file. No logger can be faster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.contenders import Calls

_LINE = (
    b'{"v":1,"j":"host-12345-1780000000-0123abcd","q":12345,"t":1780000000.123456,'
    b'"m":12345.678901,"op":"metric","run_id":"0123456789abcdef0123456789abcdef",'
    b'"key":"loss","value":0.123456789,"step":12345,"c":1234567890}\n'
)
"""Stands in for a journal line of ours when the benchmark has none to give."""


def specimen(folder: Path) -> Path:
    """Return where the benchmark leaves the line of ours to write."""
    return folder / "specimen.ndjson"


def version() -> str:
    """Say what is written."""
    return "(a bare os.write)"


@contextmanager
def opened(folder: Path) -> Iterator[Calls]:
    """Open the file; the step does not matter, the bytes are always the same."""
    line = specimen(folder).read_bytes() if specimen(folder).exists() else _LINE
    file = os.open(folder / "floor.ndjson", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    write = os.write
    yield {"os.write": lambda _: write(file, line), "nothing": lambda _: None}
    os.close(file)


def stored_steps(folder: Path) -> set[int]:
    """Return as many steps as there are whole lines."""
    return set(range((folder / "floor.ndjson").read_bytes().count(b"\n")))
