"""Promise 4: a torn or damaged line never hides another and is never shown as a value."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from jupyter_mltrack.errors import InvalidParameterValue, StoreError
from jupyter_mltrack.events import MAX_LINE, Event, Input, Metric, Param, Tag
from jupyter_mltrack.store import Store, lines
from jupyter_mltrack.store.health import report
from jupyter_mltrack.store.lines import check, encode
from tests.reliability import Noting
from tests.store.writers import begun, count, journals, point

HOSTILE = [
    '{"op":"metric"',
    ',"c":1}',
    '"}\n{"op":"run","run":"x","c":0}',
    "\0 \x1f \x7f \u2028 \ufeff",
    '\\u0000 \\\\ \\"',
    "😀 é 中 \U0010ffff",
    "",
    "\r\n\n",
]


def records(number: int = 30) -> list[bytes]:
    """Lines as a journal holds them, each with its newline, with nasty texts among them."""
    events: list[Event] = [begun("r")]
    for i in range(number - 1):
        text = HOSTILE[i % len(HOSTILE)]
        tags = {"op": "train", "c": "1", text: text}
        three: list[Event] = [
            Metric(run="r", key=text, value=float(i), step=i),
            Param(run="r", key=str(i), text=text),
            Input(run="r", name=text, digest="d", source_type="s", source="s", tags=tags),
        ]
        events.append(three[i % 3])
    for clock, event in enumerate(events, 1):
        event.q = clock
    return [encode(event) for event in events]


def flipped(journal: bytes, bit: int) -> bytes:
    """The journal with one bit turned over."""
    damaged = bytearray(journal)
    damaged[bit // 8] ^= 1 << bit % 8
    return bytes(damaged)


def hidden_by_flips(flips: int) -> int:
    """In how many of so many journals with a flipped bit an intact record was not found.

    A record that is found and was never written counts too.
    """
    written = records()
    ends = [sum(map(len, written[: i + 1])) for i in range(len(written))]
    dice = random.Random(4)
    failures = 0
    for _ in range(flips):
        bit = dice.randrange(ends[-1] * 8)
        hit = next(i for i, end in enumerate(ends) if bit // 8 < end)
        found = texts(flipped(b"".join(written), bit))
        intact = [*written[:hit], *written[hit + 1 :]]
        failures += not set(intact) <= set(found) <= set(written)
    return failures


def texts(journal: bytes) -> list[bytes]:
    """The records in some bytes of a journal, as they were written."""
    return [record + b"\n" for record in check(journal)[0]]


def test_every_text_comes_back() -> None:
    """Quotes, NUL, line breaks and what looks like a record inside a text harm nothing."""
    journal = b"".join(records())
    assert check(journal) == (journal.splitlines(), [])


def test_a_journal_cut_anywhere_gives_all_lines_before_the_cut(promise: Noting) -> None:
    """However short the write, what was whole is found and the rest is reported."""
    written = records()
    journal = b"".join(written)
    for cut in range(len(journal) + 1):
        good, bad = check(journal[:cut])
        whole = journal[:cut].count(b"\n")
        torn = journal[journal.rfind(b"\n", 0, cut) + 1 : cut]
        whole += torn + b"\n" in written  # only its newline is missing
        assert good == [line[:-1] for line in written[:whole]]
        assert sum(piece.length for piece in bad) == (0 if torn + b"\n" in written else len(torn))
    promise(4, "a journal of 30 records cut at every byte", places=len(journal) + 1, hidden=0)


@pytest.mark.parametrize("flips", [1_000, pytest.param(30_000, marks=pytest.mark.nightly)])
def test_flipped_bits_hide_no_other_record(flips: int, promise: Noting) -> None:
    """One flipped bit costs at most the record it is in, and never makes a wrong one."""
    failures = hidden_by_flips(flips)
    assert failures == 0
    promise(4, "a bit flipped", flips=flips, others_hidden=failures, wrong_values=0)


def test_without_the_checksum_flips_are_seen(
    monkeypatch: pytest.MonkeyPatch, promise: Noting
) -> None:
    """Mutation check: if every line is believed, the harness above goes red."""
    monkeypatch.setattr(lines, "is_whole", lambda _: True)
    assert hidden_by_flips(1_000) > 100
    promise(4, "mutation: every line is believed", caught="yes")


def test_without_searching_damaged_lines_flips_are_seen(
    monkeypatch: pytest.MonkeyPatch, promise: Noting
) -> None:
    """Mutation check: if a lost newline is not made up for, the harness above goes red."""
    monkeypatch.setattr(lines, "_salvage", lambda *_: ([], []))
    assert hidden_by_flips(3_000) > 0
    promise(4, "mutation: damaged lines are not searched for whole records", caught="yes")


def check_zeroed_blocks(size: int) -> int:
    """A block of zeros costs the records it touches, wherever it lies; how many places."""
    written = records()
    journal = b"".join(written)
    for start in range(len(journal) - size):
        damaged = journal[:start] + bytes(size) + journal[start + size :]
        found = set(texts(damaged))
        end = 0
        for record in written:
            begin, end = end, end + len(record)
            if end - 1 <= start or begin >= start + size:
                assert record in found
        assert found <= set(written)
    return len(journal) - size


def test_zeroed_blocks_hide_no_other_record(promise: Noting) -> None:
    """Of several sizes, as they are found after a crash of the machine."""
    places = sum(check_zeroed_blocks(size) for size in (1, 2, 16, 64, 200, 512))
    promise(4, "blocks of 1 to 512 zeros, at every byte", places=places, others_hidden=0)


REWRITTEN: dict[str, Callable[[list[bytes]], bytes]] = {
    "CRLF": lambda written: b"\r\n".join(line[:-1] for line in written),
    "CR only": lambda written: b"\r".join(line[:-1] for line in written),
    "byte order mark": lambda written: b"\xef\xbb\xbf" + b"".join(written),
    "glued": lambda written: b"".join(written).replace(b"\n", b""),
    "glued to a torn line": lambda written: b"".join(line[:9] + line for line in written),
    "indented": lambda written: b"".join(b"  " + line for line in written),
    "empty lines": lambda written: b"".join(written).replace(b"\n", b"\n\n"),
    "rubbish between": lambda written: b"".join(b"\xff\x00,}\n" + line for line in written),
    "no last newline": lambda written: b"".join(written)[:-1],
}


@pytest.mark.parametrize("how", REWRITTEN)
def test_what_editors_and_crashes_do_to_lines(how: str, promise: Noting) -> None:
    """All records of a journal whose line ends were mangled are found."""
    written = records()
    assert texts(REWRITTEN[how](written)) == written
    promise(4, f"line ends mangled: {', '.join(REWRITTEN)}", hidden=0)


def test_a_record_before_a_lost_line_end_and_a_lost_head() -> None:
    """A zeroed block over the end of one line and the head of the next costs the next only."""
    first, second = records(3)[:2]
    good, bad = check(first[:-1] + bytes(20) + second[19:])
    assert good == [first[:-1]]
    assert bad[0].offset == len(first) - 1


def test_damage_is_reported_with_its_place() -> None:
    """Where, how many bytes, and how they begin."""
    written = records()
    torn = written[1][:25]
    good, (piece,) = check(written[0] + torn + b"\n" + written[2], offset=1_000)
    assert good == [written[0][:-1], written[2][:-1]]
    assert piece == (1_000 + len(written[0]), 25, torn.decode())


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_half_a_character_is_refused(store: Store, text: str) -> None:
    """A lone surrogate is the caller's mistake, said clearly; nothing is written."""
    with pytest.raises(InvalidParameterValue, match="This tag cannot be stored"):
        store.append(Tag(run="r", key="k", text=text))
    assert not store.exists()


def test_a_value_of_nearly_a_megabyte(store: Store) -> None:
    """What fits into a record comes back."""
    store.append_all([begun("r"), Param(run="r", key="k", text="x" * (MAX_LINE - 200))])
    assert store.rows("SELECT length(value) FROM params") == [(MAX_LINE - 200,)]


def test_a_value_of_a_megabyte_is_refused(store: Store) -> None:
    """The error says what to do with it; what is logged besides is unharmed."""
    store.append_all([begun("r"), point("r", 1)])
    with pytest.raises(StoreError, match="Log it as an artifact"):
        store.append(Param(run="r", key="k", text="x" * MAX_LINE))
    store.append(point("r", 2))
    assert count(store) == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_go_through_the_whole_store(store: Store, text: str) -> None:
    """What was logged is what is read, NUL and all."""
    store.append_all([begun("r"), Param(run="r", key=f"k{text}", text=text)])
    assert store.rows("SELECT key, value FROM params") == [(f"k{text}", text)]


def test_duplicated_lines_are_seen_once_per_line(store: Store) -> None:
    """A copied line is no damage: both copies are records."""
    written = records(3)
    assert texts(b"".join(written * 2)) == written * 2


@pytest.mark.parametrize(
    "poison",
    [
        Metric(run="r", key="k", value=1.0, step=2**63),
        Metric(run="r", key="k", value="much"),
        Metric(run="r", key=None, value=1.0),  # type: ignore[arg-type]
        Param(run="r", key=None, text="x"),  # type: ignore[arg-type]
    ],
    ids=str,
)
def test_a_record_that_the_database_refuses_stops_no_other(store: Store, poison: Event) -> None:
    """It is quarantined alone; everything before and behind it counts."""
    points = [Metric(run="r", key="k", value=float(i)) for i in range(40)]
    store.append_all([begun("r"), *points[:20], poison, *points[20:]])
    assert count(store) >= 40
    assert store.rows("SELECT count(DISTINCT value) FROM metric_history WHERE key = 'k'") == [(40,)]


def test_damage_in_a_store_is_listed(store: Store) -> None:
    """The quarantine view and the doctor show every damaged piece once; the rest is folded."""
    store.append_all([begun("r"), *(Metric(run="r", key="k", value=float(i)) for i in range(9))])
    (path,) = journals(store)
    text = path.read_bytes().splitlines(keepends=True)
    text[5] = text[5].replace(b'"value":', b'"valve":')
    path.write_bytes(b"".join(text))
    assert count(store) == 8
    assert store.rows("SELECT byte_offset, byte_length FROM quarantine") == [
        (len(b"".join(text[:5])), len(text[5]) - 1)
    ]
    (line,) = [line for line in report(store) if "damaged" in line]
    assert line.startswith("!")
