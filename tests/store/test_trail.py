"""The trail of the registry: whoever tampers with a journal is found, and what they did."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from copy import copy
from pathlib import Path

import msgspec
import pytest

from jupyter_mltrack.errors import StoreError
from jupyter_mltrack.events import Event, RegistryChange
from jupyter_mltrack.settings import Durability
from jupyter_mltrack.store import Store, registry, trail
from jupyter_mltrack.store.lines import encode
from jupyter_mltrack.store.registry_lines import REGISTRY
from jupyter_mltrack.store.trail import Verdict, link, verify
from tests.store.writers import begun, point

Lines = list[bytes]


def change(field: str, version: int = 0, text: str | None = None, **more: object) -> RegistryChange:
    """A change of the model r-1, by whoever runs this."""
    made = RegistryChange(
        "r-1", field, version, text=text, user="ada", author=os.geteuid(), ts=1000
    )
    for key, value in more.items():
        setattr(made, key, value)
    return made


def record(store: Store, *changes: RegistryChange) -> None:
    """Make changes as the client does."""
    with store.agreeing():
        trail.record(store, changes)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a store of two journals, three changes in each, in turn; and the last link."""
    folder = tmp_path_factory.mktemp("made")
    writers = [at(folder) for _ in range(2)]
    for number in range(3):
        for one, store in enumerate(writers):
            store.append_all([begun(f"run{one}{number}"), point(f"run{one}{number}", number)])
            if number == one == 0:
                record(store, change("created", text="prices"))
            else:
                record(store, change("stage", 1 + number, "Production", comment=f"by {one}"))
    last = verify(writers[0]).last
    for store in writers:
        store.close()
    return folder, last


@pytest.fixture
def last(made: tuple[Path, str]) -> str:
    """The last link, as somebody noted it."""
    return made[1]


@pytest.fixture
def journals(tmp_path: Path, made: tuple[Path, str]) -> list[Path]:
    """The two journals of a copy of that store, which nobody writes."""
    shutil.copytree(made[0], tmp_path, dirs_exist_ok=True)
    return sorted(
        (tmp_path / "mltrack.journal").glob("*.ndjson"),
        key=lambda path: b"created" not in path.read_bytes(),
    )


def found(store: Store) -> Path:
    """The journal that a store writes."""
    return next(store.folder.glob(f"*{store.journal.token}.ndjson"))


def at(folder: Path) -> Store:
    """The store, as another process opens it."""
    return Store(folder / "mltrack.duckdb")


def seen(folder: Path, *, without_database: bool = False, expect: str | None = None) -> Verdict:
    """The verdict on the store in a folder."""
    store = at(folder)
    if without_database:
        store.path.unlink()
    verdict = verify(store, expect)
    store.close()
    store.finish_sealing()
    return verdict


def edit(path: Path, do: Callable[[Lines], Lines]) -> None:
    """Tamper with a journal's lines of the registry; all others stay where they are."""
    lines = path.read_bytes().splitlines(keepends=True)
    ours = do([line for line in lines if line.startswith(REGISTRY)])
    others = [line for line in lines if not line.startswith(REGISTRY)]
    path.write_bytes(b"".join(others + ours))


def rewritten(line: bytes, **fields: object) -> bytes:
    """The line with other fields, and a right checksum."""
    event = msgspec.json.decode(line, type=RegistryChange)
    for key, value in fields.items():
        setattr(event, key, value)
    return encode(event)


def kinds(verdict: Verdict) -> set[str]:
    """What was found."""
    return {one.kind for one in verdict.broken}


def test_what_nobody_touched_is_whole(tmp_path: Path, journals: list[Path], last: str) -> None:
    """With and without the database; the last link is the one to note."""
    verdict = seen(tmp_path)
    assert verdict == Verdict(changes=6, last=last, broken=[])
    assert verdict.is_whole
    assert seen(tmp_path, without_database=True, expect=last) == verdict
    assert len(last) == 64


def test_an_empty_store_is_whole(store: Store) -> None:
    """There is nothing to find, and nothing is made."""
    assert verify(store) == Verdict(changes=0, last="", broken=[])
    assert not store.exists()


def altered(lines: Lines) -> Lines:
    """Another stage, with a right checksum."""
    return [lines[0], rewritten(lines[1], text="Archived"), *lines[2:]]


def altered_and_linked(lines: Lines) -> Lines:
    """Another stage, and a link that is right for it."""
    event = msgspec.json.decode(lines[1], type=RegistryChange)
    event.text = "Archived"
    return [lines[0], rewritten(encode(event), chain=link("", event)), *lines[2:]]


def removed(lines: Lines) -> Lines:
    """One change less, in the middle."""
    return [lines[0], *lines[2:]]


def first_removed(lines: Lines) -> Lines:
    """Nothing of how it began."""
    return lines[1:]


def cut(lines: Lines) -> Lines:
    """The last line ends in the middle."""
    return [*lines[:-1], lines[-1][:200]]


def torn(lines: Lines) -> Lines:
    """A flipped bit: the checksum is wrong."""
    return [lines[0], lines[1].replace(b"Production", b"Productioo"), *lines[2:]]


def swapped(lines: Lines) -> Lines:
    """The last two change places."""
    return [lines[0], lines[2], lines[1]]


def swapped_in_time(lines: Lines) -> Lines:
    """The last two change places, and their numbers too."""
    second, third = (msgspec.json.decode(line, type=RegistryChange) for line in lines[1:])
    return [lines[0], rewritten(lines[2], q=second.q), rewritten(lines[1], q=third.q)]


def repeated(lines: Lines) -> Lines:
    """The second change comes again."""
    return [*lines, lines[1]]


def inserted(lines: Lines) -> Lines:
    """A change that follows from the one before it as it should, made later."""
    first = msgspec.json.decode(lines[0], type=RegistryChange)
    extra = change("stage", 9, "Production", q=first.q + 1, j=first.j, v=first.v)
    return [lines[0], rewritten(encode(extra), chain=link(first.chain, extra)), *lines[1:]]


def forged(lines: Lines) -> Lines:
    """It was somebody else."""
    return [lines[0], rewritten(lines[1], author=12345, user="eve"), *lines[2:]]


TRICKS = {
    altered: "altered",
    altered_and_linked: "altered",
    removed: "removed",
    first_removed: "removed",
    cut: "removed",
    torn: "damaged",
    swapped: "moved",
    swapped_in_time: "altered",
    repeated: "moved",
    inserted: "added",
    forged: "forged",
}


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
def test_tampering_is_found(
    tmp_path: Path, journals: list[Path], trick: Callable[[Lines], Lines]
) -> None:
    """Every trick by its name, with the journal and what the change says."""
    edit(journals[0], trick)
    verdict = seen(tmp_path)
    assert TRICKS[trick] in kinds(verdict)
    first = next(one for one in verdict.broken if one.kind == TRICKS[trick])
    assert first.journal == journals[0].stem
    assert "prices" in first.change or first.kind == "damaged"


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
def test_tampering_is_found_without_the_database(
    tmp_path: Path, journals: list[Path], trick: Callable[[Lines], Lines]
) -> None:
    """The chain alone shows it."""
    edit(journals[0], trick)
    assert not seen(tmp_path, without_database=True).is_whole


def test_an_edit_is_told_as_it_was(tmp_path: Path, journals: list[Path]) -> None:
    """Both what the journal says now and what the database has."""
    edit(journals[0], altered)
    (one,) = seen(tmp_path).broken
    assert "version 2 of 'prices': stage nothing → 'Archived' by ada" in one.change
    assert "the database has: version 2 of 'prices': stage nothing → 'Production'" in one.why
    assert str(one).startswith("altered in ")


def test_a_line_in_another_journal_is_found(tmp_path: Path, journals: list[Path]) -> None:
    """It still names the journal that it comes from; the fold does not believe it either."""
    line = journals[0].read_bytes().splitlines(keepends=True)[-1]
    with journals[1].open("ab") as file:
        file.write(line)
    verdict = seen(tmp_path)
    assert kinds(verdict) == {"moved"}
    assert verdict.changes == 6
    assert at(tmp_path).rows("SELECT count(*) FROM registry_events") == [(6,)]
    assert len(at(tmp_path).rows("FROM quarantine")) == 1


@pytest.mark.parametrize("number", [0, 1])
def test_a_journal_that_is_gone_is_found(tmp_path: Path, journals: list[Path], number: int) -> None:
    """The database still has what it held; without that the chain shows the gap."""
    journals[number].unlink()
    gone = [one for one in seen(tmp_path).broken if one.kind == "removed"]
    assert [one.journal for one in gone] == [journals[number].stem] * 3
    assert not seen(tmp_path, without_database=True).is_whole


def test_a_sealed_journal_is_read_too(tmp_path: Path, journals: list[Path]) -> None:
    """Compressed it holds the same, and a damaged archive is found."""
    store = at(tmp_path)
    volumes = [one for one in store.shelf.volumes().values() if not one.sealed]
    store.shelf.seal_all(volumes)
    assert verify(store).is_whole
    (sealed, *_) = sorted((store.folder / "sealed").glob("*.gz"))
    content = bytearray(sealed.read_bytes())
    content[len(content) // 2] ^= 0xFF
    sealed.write_bytes(content)
    assert kinds(verify(store)) == {"removed"}


def test_the_end_cut_off_with_the_database(tmp_path: Path, journals: list[Path], last: str) -> None:
    """That looks like a shorter trail; who noted the last link finds it."""
    edit(journals[1], lambda lines: lines[:-1])
    assert seen(tmp_path, without_database=True).is_whole
    (one,) = seen(tmp_path, expect=last).broken
    assert (one.kind, "the end was cut off" in one.why) == ("removed", True)


def test_a_whole_new_chain_is_not_found_but_for_a_note(
    tmp_path: Path, journals: list[Path], last: str
) -> None:
    """Who may write everything can compute everything, and not what somebody noted elsewhere."""
    events = sorted(
        (
            msgspec.json.decode(line, type=RegistryChange)
            for path in journals
            for line in path.read_bytes().splitlines()
            if line.startswith(REGISTRY)
        ),
        key=lambda event: (event.q, event.j),
    )
    chain = ""
    for event in events:
        event.text = "Archived"
        chain = event.chain = link(chain, event)
    for path in journals:
        token = path.stem.rpartition("-")[2]
        edit(path, lambda _, j=token: [encode(one) for one in events if one.j == j])  # type: ignore[misc]
    assert seen(tmp_path, without_database=True).is_whole
    assert not seen(tmp_path, expect=last).is_whole


@pytest.mark.parametrize(
    "line",
    [
        b'{"op":"registry","op":"registry","registered":"r-1","field":"deleted"}',
        b'{"op":"tag","op":"registry","registered":"r-1","field":"deleted"}',
        b'{"op":"regis\\u0074ry","registered":"r-1","field":"deleted"}',
        b'{"op":"registry", "registered":"r-1","field":"deleted"}',
        b'{"op":"registry","registered":"r-1","field":["deleted"]}',
        b'{"op":"registry 0123456789abcdef0123456789abcdef","registered":"r-1","field":"deleted"}',
        b'{"op":"registry","registered":' + b"[" * 20_000,
    ],
)
def test_what_only_looks_like_a_change_is_none(store: Store, line: bytes) -> None:
    """Two parsers may read it differently, so nobody does; all other events count."""
    from zlib import crc32

    record(store, change("created", text="prices"))
    stamp = b',"v":3,"j":"%b","q":%d' % (store.journal.token.encode(), 2**60)
    body = line.removesuffix(b"}") + stamp
    with found(store).open("ab") as file:
        file.write(b'%b,"c":%d}\n' % (body, crc32(body)))
    record(store, change("description", text="last"))
    fields = "SELECT field FROM registry_events ORDER BY number"
    assert store.rows(fields) == [("created",), ("description",)]
    assert store.rows("SELECT name FROM registered_models") == [("prices",)]


def test_a_full_disk_leaves_nothing_half_done(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of several lines is whole or absent, now and later; the chain goes on."""
    record(store, change("created", text="prices"))
    write = os.write

    def refuse(descriptor: int, data: bytes) -> int:
        if b"registry" not in data:
            raise OSError(28, "No space left on device")
        monkeypatch.setattr(os, "write", nothing)
        return write(descriptor, data[: len(data) * 2 // 3])

    def nothing(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(StoreError, match="Nothing was changed"):
        record(store, change("stage", 1, "Production"), change("stage", 2, "Archived"))
    monkeypatch.setattr(os, "write", write)
    record(store, change("description", text="after"))
    assert verify(store).is_whole
    assert store.rows("SELECT field FROM registry_events ORDER BY number") == [
        ("created",),
        ("description",),
    ]
    assert store.rows("FROM quarantine") == []


def test_other_events_do_not_matter(tmp_path: Path, journals: list[Path]) -> None:
    """The trail is of the registry; damage elsewhere is the doctor's."""
    text = journals[0].read_bytes()
    journals[0].write_bytes(text.replace(b'"op":"metric"', b'"op":"metriX"'))
    assert seen(tmp_path).is_whole


def test_events_are_spelled_in_one_way() -> None:
    """What is believed is what `encode` writes: nothing is lost when it is read and written."""
    event: Event = change("tag", 1, 'ö "\\\n\u2028', key="k", before="\x00", details='{"a":1}')
    event.q, event.t, event.m = 5, 1.5, None
    assert encode(msgspec.json.decode(encode(event), type=RegistryChange)) == encode(event)


def beyond(store: Store, clock: int, *events: Event) -> None:
    """Another process appends with a clock of its own making."""
    other = Store(store.path)
    other.journal.clock = clock - 1
    other.append_all(events)
    other.close()


@pytest.mark.parametrize("clock", [2**62, 2**64 - 3])
def test_a_clock_that_no_machine_has_is_not_believed(store: Store, clock: int) -> None:
    """What comes later counts; only the line itself, if it is of the registry, does not."""
    record(store, change("created", text="prices"))
    beyond(store, clock, begun("fast"))
    beyond(store, clock, change("description", text="of a fast clock"))
    record(store, change("description", text="mine"))
    store.append_all([begun("r"), point("r", 1)])
    assert store.rows("SELECT description FROM registered_models") == [("mine",)]
    assert store.rows("SELECT run_id FROM runs ORDER BY ALL") == [("fast",), ("r",)]
    assert len(store.rows("FROM quarantine")) == 1
    assert store.journal.clock < 2**62


def test_the_end_of_the_clock_is_said(store: Store) -> None:
    """The last one that is believed leaves none: nothing is lost in silence."""
    record(store, change("created", text="prices"))
    beyond(store, 2**62 - 1, begun("fast"))
    with pytest.raises(StoreError, match="a clock that no machine has"):
        record(store, change("description", text="mine"))
    assert store.rows("SELECT count(*) FROM registry_events") == [(1,)]


FOREIGN = {
    "details that are no JSON": change("created", 1, "s3://x", details="{"),
    "details that are a list": change("created", 1, "s3://x", details="[1]"),
    "details that are deep": change("created", 1, "s3://x", details='{"a":' + "[" * 20_000),
    "details with half a character": change("created", 1, "s3://x", details='{"a":"\\ud800"}'),
    "an unknown status": change("status", 1, "FINE"),
    "an unknown field": change("colour", 0, "red"),
    "a stage with a key": change("stage", 1, "Production", key="x"),
    "a stage of the model": change("stage", 0, "Production"),
    "a model without a name": change("created"),
    "an alias of no number": change("alias", 0, "two", key="a"),
    "an alias of a sign": change("alias", 0, "٣", key="a"),
    "stages that are a number": change("stages", 0, "5", registered=""),
    "gates that are words": change("gates", 0, '["x"]', key="Production"),
    "approvers without a uid": change("approvers", 0, '[{"user":"ada"}]', key="Production"),
    "approvers without end": change("approvers", 0, '[{"user":"a","uid":1e999}]', key="x"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_cannot_be_read_does_not_count(store: Store, what: str) -> None:
    """Of a program of somebody else; everything can be asked, also in a database made anew."""
    record(store, change("created", text="prices"))
    store.append(copy(FOREIGN[what]))
    record(store, change("created", 1, "s3://a", details='{"run_id":"r"}'))
    for _ in range(2):
        assert [one.refused for one in registry.history(store)] == [
            *(None, "it cannot be read", None)
        ]
        assert store.rows("SELECT version, run_id FROM model_versions") == [(1, "r")]
        assert registry.settings(store, "stages") == registry.settings(store, "gates") == {}
        store.rebuild()
    assert {one.kind for one in verify(store).broken} <= {"added", "altered"}


@pytest.mark.parametrize("number", [1, 2**31 - 1])
def test_a_number_that_a_version_cannot_have(store: Store, number: int) -> None:
    """Given before, or far off: it does not count, and the next version gets the next number."""
    record(store, change("created", text="prices"), change("created", 1, "s3://a"))
    store.append(change("created", number, "s3://evil"))
    assert registry.next_version(store, "r-1") == 2
    record(store, change("created", 2, "s3://b"))
    assert store.rows("SELECT source FROM model_versions ORDER BY version") == [
        ("s3://a",),
        ("s3://b",),
    ]


def test_a_line_that_is_there_twice_counts_once(store: Store) -> None:
    """As when the disk gives a block twice: that does not take the version away."""
    record(store, change("created", text="prices"), change("created", 1, "s3://a"))
    store.fold()
    with found(store).open("r+b") as file:
        last = file.read().splitlines(keepends=True)[-1]
        file.write(last)
    record(store, change("created", 2, "s3://b"))
    for _ in range(2):
        assert store.rows("SELECT version FROM model_versions ORDER BY ALL") == [(1,), (2,)]
        store.rebuild()


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("durability", ["process", "disk"])
def test_a_disk_that_does_not_confirm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strict: bool, durability: Durability
) -> None:
    """The change is there, and who made it is told that it may not last."""
    store = Store(tmp_path / "m.duckdb", strict=strict, durability=durability)
    record(store, change("created", text="prices"))

    def refuse(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(StoreError, match="counts, but the disk did not confirm it"):
            record(store, change("created", 1, "s3://a"))
    assert store.rows("SELECT version FROM model_versions") == [(1,)]
    store.close()
