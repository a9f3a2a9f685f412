"""Sealed journals: small, exact to the byte, and damaged only where they are damaged."""

import gzip
import io
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mltrack.events import Metric
from jupyter_mltrack.store import archive
from jupyter_mltrack.store.archive import pack, unpack
from jupyter_mltrack.store.lines import encode


def lines(count: int) -> bytes:
    """So many records, each another one."""
    return b"".join(encode(Metric(f"run{n}", "loss", n / 7, n)) for n in range(count))


def packed(text: bytes) -> bytes:
    """An archive of ``text``."""
    out = io.BytesIO()
    assert pack(io.BytesIO(text), out) == len(text)
    return out.getvalue()


def read(folder: Path, data: bytes, size: int, start: int = 0) -> bytes:
    """What an archive with these bytes gives."""
    path = folder / "archive.gz"
    path.write_bytes(data)
    return b"".join(unpack(path, size, start))


@pytest.fixture
def small_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """Members of about 1 kB, so that a short text has many."""
    monkeypatch.setattr(archive, "_MEMBER", 1000)


ODD = [
    b"",
    b"\n\n\n",
    b"!",
    b"!\n!!\n",
    b'{"op":"metric"}\n',
    lines(3) + b'{"op":"met',
    lines(1).rstrip(),
    lines(2).replace(b"\n", b"\r\n"),
    b"\0" * 5000,
    b"\xef\xbb\xbf" + lines(2),
    lines(1)[:-5] + b"\n" + lines(1),
]


@pytest.mark.parametrize("text", ODD)
def test_a_text_comes_back_to_the_byte(tmp_path: Path, text: bytes) -> None:
    """Whole lines, damaged ones, blank ones, and a last one without its end."""
    assert read(tmp_path, packed(text), len(text)) == text


@given(st.lists(st.sampled_from([*ODD, *lines(4).splitlines(keepends=True)])).map(b"".join))
def test_any_mixture_comes_back(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    """Whatever stands beside whatever."""
    assert read(tmp_path_factory.mktemp("a"), packed(text), len(text)) == text


@pytest.mark.usefixtures("small_members")
def test_reading_begins_anywhere(tmp_path: Path) -> None:
    """Also within a member, and at the end."""
    text = lines(60)
    data = packed(text)
    for start in range(0, len(text) + 1, 97):
        assert read(tmp_path, data, len(text), start) == text[start:]


def test_zcat_shows_events() -> None:
    """Any gzip reads an archive, and each line is JSON."""
    text = gzip.decompress(packed(lines(10_000)))
    events = [json.loads(line) for line in text.splitlines()]
    assert [event["step"] for event in events[1:]] == list(range(1, 10_000))


@pytest.mark.usefixtures("small_members")
def test_damage_costs_its_member_alone(tmp_path: Path) -> None:
    """A flipped bit anywhere: at most a member or two are zeros, all the rest is as it was."""
    text = lines(60)
    data = packed(text)
    longest = 3 * 1200
    dice = random.Random(1)
    for _ in range(300):
        broken = bytearray(data)
        broken[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        found = read(tmp_path, bytes(broken), len(text))
        assert len(found) == len(text)
        different = [n for n, (a, b) in enumerate(zip(found, text, strict=True)) if a != b]
        if different:
            assert different[-1] - different[0] < longest
            assert set(found[different[0] : different[-1] + 1]) <= {0, *text}
            assert {found[n] for n in different} == {0}


@pytest.mark.usefixtures("small_members")
@pytest.mark.parametrize("keep", [0, 1, 20, 500, 2000])
def test_a_cut_archive_gives_what_is_left(tmp_path: Path, keep: int) -> None:
    """The length of the text is known from the name, so the rest is zeros."""
    text = lines(60)
    found = read(tmp_path, packed(text)[:keep], len(text))
    good = len(found.rstrip(b"\0"))
    assert len(found) == len(text)
    assert found[:good] == text[:good]


def test_checksums_are_not_kept() -> None:
    """Incompressible, and a quarter of what an archive would take."""
    text = lines(20_000)
    assert len(packed(text)) < 0.8 * len(gzip.compress(text, 6))
