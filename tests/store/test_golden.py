"""Promise 23: this release opens the stores of every older one, and an older one keeps off."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from jupyter_mltrack.errors import StoreTooNew
from jupyter_mltrack.events import FORMAT
from jupyter_mltrack.store import Store, shelf
from tests.reliability import Noting
from tests.store.golden.make import answers
from tests.store.test_versions import hashed
from tests.store.writers import begun, count

GOLDEN = sorted(Path(__file__).with_name("golden").glob("format-*"))


@pytest.fixture(params=GOLDEN, ids=lambda path: path.name)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the store of an older release."""
    return shutil.copytree(request.param, tmp_path / "golden")


def said(golden: Path) -> dict[str, list[str]]:
    """What the release that wrote a store answered."""
    return dict(json.loads((golden / "expected.json").read_text("utf-8")))


def test_there_is_one_of_each_format() -> None:
    """A release that changes the format brings a store of its own along."""
    assert [path.name for path in GOLDEN] == [f"format-{n}" for n in range(1, FORMAT + 1)]


def test_an_older_store_opens_and_says_the_same(golden: Path, promise: Noting) -> None:
    """All its numbers, read from the journals it wrote; then it is written to and rebuilt."""
    expected = said(golden)
    store = Store(golden / "m.duckdb")
    assert answers(store, expected) == expected
    rows = sum(len(rows) for rows in expected.values())
    promise(23, "a store kept since its format was new", answers=rows, different=0)
    store.append(begun("new"))
    assert count(store, "runs") == len(expected["runs"]) + 1
    store.rebuild()
    assert count(store, "runs") == len(expected["runs"]) + 1


def test_a_reader_that_loses_a_line_would_be_noticed(golden: Path, promise: Noting) -> None:
    """Without one line of a metric, the same store gives other answers."""
    journal = next((golden / "m.journal").glob("*.ndjson"))
    lines = journal.read_bytes().splitlines(keepends=True)
    lines.remove(next(line for line in lines if b'"op":"metric"' in line))
    journal.write_bytes(b"".join(lines))
    assert answers(Store(golden / "m.duckdb"), said(golden)) != said(golden)
    promise(23, "mutation: one line not read", caught="yes")


def test_an_older_release_refuses_and_writes_nothing(
    golden: Path, promise: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the release before the one that wrote the store would: it does not even read."""
    before = hashed(golden)
    monkeypatch.setattr(shelf, "FORMAT", int(golden.joinpath("m.journal/format").read_text()) - 1)
    with pytest.raises(StoreTooNew):
        Store(golden / "m.duckdb")
    assert hashed(golden) == before
    promise(23, "newer store opened by an older release", refused=1, files_changed=0)
