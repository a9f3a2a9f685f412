"""Who may move versions: users of one machine, each in a process of their own, and what counts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.errors import InvalidParameterValue, MltrackException, NotAllowed
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry.approvers import Approver
from jupyter_mltrack.registry.gates import HasDescription
from jupyter_mltrack.store import Store, trail
from jupyter_mltrack.store.links import link
from tests.store.people import ADA, BOB, OWNER, meeting_place, needs_root, well

SURE = "Production"


def begin(path: Path) -> None:
    """As the owner: a model with two versions, the first in Production, and Ada decides there."""
    client = MltrackClient(str(path))
    client.create_registered_model("prices")
    for _ in range(2):
        client.create_model_version("prices", "s3://bucket/model")
    client.transition_model_version_stage("prices", 1, SURE)
    client.set_stage_approvers(SURE, [ADA])


@pytest.fixture(scope="module", autouse=True)
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The modules that the users need are loaded: they may not read those of root."""
    path = tmp_path_factory.mktemp("once") / "m.duckdb"
    begin(path)
    client = MltrackClient(str(path))
    client.registry_history()
    client.set_stage_approvers(SURE, None)
    client._store.rebuild()
    assert trail.verify(client._store).is_whole


@pytest.fixture
def path() -> Iterator[Path]:
    """A store of the group with a model; see `begin`."""
    with meeting_place() as folder:
        well(OWNER, begin, folder / "team.duckdb")
        yield folder / "team.duckdb"


def stages(path: Path) -> list[str]:
    """The stage of each version."""
    rows = Store(path).rows("SELECT stage FROM model_versions ORDER BY version")
    return [stage for (stage,) in rows]


def refused(path: Path) -> list[str]:
    """Why changes do not count."""
    query = "SELECT refused FROM registry_events WHERE refused IS NOT NULL ORDER BY number"
    return [why for (why,) in Store(path).rows(query)]


def raw(store: Store, *changes: tuple[RegistryChange, int | None]) -> None:
    """Write changes as a program without rules does, well linked, and in somebody's name."""
    (model,) = store.rows("SELECT registered_model_id FROM registered_models")[0]
    (chain,) = store.rows("SELECT chain FROM registry_events ORDER BY number DESC LIMIT 1")[0]
    for change, author in changes:
        change.registered = change.registered and model
        change.user, change.author, change.ts = "eve", author or os.geteuid(), 1
        chain = change.chain = link(chain, change)
    store.append_all([change for change, _ in changes])
    store.close()


def move(version: int, stage: str = SURE) -> RegistryChange:
    """A version of the model comes into a stage."""
    return RegistryChange("x", "stage", version, text=stage)


def on_both(path: Path, see: Callable[[Path], None]) -> None:
    """See to it, and again in a database made anew from the journals."""
    see(path)
    Store(path).rebuild()
    see(path)


@needs_root
def test_approvers_move_and_others_do_not(path: Path) -> None:
    """A clear error beforehand, nothing written; in and out and away all count."""

    def try_it() -> None:
        client = MltrackClient(str(path))
        for forbidden in (
            lambda: client.transition_model_version_stage("prices", 2, SURE),
            lambda: client.transition_model_version_stage("prices", 1, "Archived"),
            lambda: client.delete_model_version("prices", 1),
            lambda: client.delete_registered_model("prices"),
            lambda: client.rename_registered_model("prices", "mine"),
            lambda: client.set_stage_approvers(SURE, [BOB]),
            lambda: client.set_stage_gates(SURE, [HasDescription()]),
            lambda: client.set_registry_stages(["None", "Archived", SURE]),
        ):
            with pytest.raises(NotAllowed) as error:
                forbidden()
            assert error.value.error_code == "PERMISSION_DENIED"
        client.transition_model_version_stage("prices", 2, "Staging")
        client.set_model_version_tag("prices", 1, "seen", "yes")

    well(BOB, try_it)
    assert stages(path) == [SURE, "Staging"]
    assert refused(path) == []
    ada = lambda: MltrackClient(str(path)).transition_model_version_stage("prices", 2, SURE)  # noqa: E731
    well(ADA, ada)
    on_both(path, lambda path: _is(path, [SURE, SURE], []))


def _is(path: Path, wanted: list[str], why: list[str]) -> None:
    assert stages(path) == wanted
    assert [bool(part in one) for part, one in zip(why, refused(path), strict=True)] == [
        True
    ] * len(why)


#: What Bob writes into his journal, who he says to be, and what comes of it.
PAST_THE_CLIENT: list[tuple[RegistryChange, int | None, str]] = [
    (move(2), None, "eve (uid 61003) has no say about the stage 'Production'"),
    (move(1, "Archived"), None, "has no say"),
    (RegistryChange("x", "deleted", 1), None, "has no say"),
    (RegistryChange("x", "status", 1, text="FAILED_REGISTRATION"), None, "has no say"),
    (RegistryChange("x", "deleted"), None, "has no say"),
    (RegistryChange("x", "name", text="mine"), None, "has no say"),
    (move(2), ADA, "claims to be by uid 61002, but stands in a journal of uid 61003"),
    (move(2), OWNER, "claims to be by uid 61001"),
    (RegistryChange("", "approvers", 0, SURE), None, "only the owner of the store (uid 61001)"),
    (RegistryChange("", "approvers", 0, SURE), OWNER, "claims to be by"),
    (RegistryChange("", "gates", 0, SURE), None, "only the owner"),
    (RegistryChange("", "stages", 0, text='["None"]'), None, "only the owner"),
    (RegistryChange("x", "created", 1, text="evil"), None, "makes again"),
    (RegistryChange("", "created", text="prices"), None, "the name 'prices' is taken"),
]


@needs_root
def test_what_is_written_past_the_client_does_not_count(path: Path) -> None:
    """Somebody's program writes into their own journal; it is kept, with the reason."""

    def write() -> None:
        raw(Store(path), *((change, author) for change, author, _ in PAST_THE_CLIENT))

    well(BOB, write)
    on_both(path, lambda path: _is(path, [SURE, "None"], [why for *_, why in PAST_THE_CLIENT]))
    assert MltrackClient(str(path)).stage_approvers(SURE) == [Approver(user=str(ADA), uid=ADA)]
    assert {one.kind for one in trail.verify(Store(path)).broken} == {"forged"}


@needs_root
@pytest.mark.parametrize("field", ["deleted", "name"])
def test_approvers_of_one_model_stay_when_nothing_is_in_the_stage(path: Path, field: str) -> None:
    """Else a model could be made anew under its name, with nobody to ask."""

    def rule() -> None:
        client = MltrackClient(str(path))
        client.set_stage_approvers(SURE, [ADA], name="prices")
        client.set_stage_approvers(SURE, None)
        client.transition_model_version_stage("prices", 1, "Archived")

    def try_it() -> None:
        client = MltrackClient(str(path))
        with pytest.raises(NotAllowed):
            client.delete_registered_model("prices")
        with pytest.raises(NotAllowed):
            client.rename_registered_model("prices", "old")
        raw(Store(path), (RegistryChange("x", field, text="old"), None))

    well(OWNER, lambda: MltrackClient(str(path)).set_stage_approvers(SURE, [OWNER, ADA]))
    well(
        OWNER, lambda: MltrackClient(str(path)).transition_model_version_stage("prices", 1, "None")
    )
    well(OWNER, rule)
    well(BOB, try_it)
    on_both(path, lambda path: _is(path, ["Archived", "None"], ["has no say"]))


@needs_root
def test_what_is_dated_back_does_not_count(path: Path) -> None:
    """Before there were approvers everybody could move; nobody can be there later."""

    def date_back() -> None:
        store = Store(path)
        created = store.rows("SELECT q, chain FROM base.registry_events ORDER BY q LIMIT 1")[0]
        (model,) = store.rows("SELECT registered_model_id FROM registered_models")[0]
        change = move(2)
        change.registered, change.author, change.ts = model, BOB, 1
        change.chain = link(created[1], change)
        store.journal._stamped = lambda one: _at(one, store, created[0] + 1)  # type: ignore[method-assign]
        store.append(change)
        store.close()

    well(BOB, date_back)
    on_both(path, lambda path: _is(path, [SURE, "None"], ["was not there when the owner"]))
    assert {one.kind for one in trail.verify(Store(path)).broken} == {"added"}


def _at(event: object, store: Store, clock: int) -> bytes:
    from jupyter_mltrack.events import FORMAT
    from jupyter_mltrack.store.lines import encode

    assert isinstance(event, RegistryChange)
    event.v, event.j, event.q, event.t = FORMAT, store.journal.token, clock, 1.0
    return encode(event)


@needs_root
def test_a_changed_database_is_found(path: Path) -> None:
    """Everybody of the group writes to the cache; the journals know better."""

    def falsify() -> None:
        import duckdb

        raw(Store(path), (move(2), None))
        Store(path).fold()
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE base.registry_events SET refused = NULL")

    well(BOB, falsify)
    (one,) = trail.verify(Store(path)).broken
    assert "the database says: it counts; the journals say: eve (uid 61003) has no say" in one.why
    Store(path).rebuild()
    assert trail.verify(Store(path)).is_whole
    assert stages(path) == [SURE, "None"]


@needs_root
def test_the_owner_lifts_it(path: Path) -> None:
    """Then everybody moves; a model can have approvers of its own."""
    bob = lambda: MltrackClient(str(path)).transition_model_version_stage("prices", 2, SURE)  # noqa: E731

    def lift() -> None:
        client = MltrackClient(str(path))
        client.set_stage_approvers(SURE, [BOB], name="prices", comment="his model")
        assert client.stage_approvers(SURE, name="prices") == [Approver(user=str(BOB), uid=BOB)]
        assert client.stage_approvers(SURE) == [Approver(user=str(ADA), uid=ADA)]

    well(OWNER, lift)
    well(BOB, bob)
    well(OWNER, lambda: MltrackClient(str(path)).set_stage_approvers(SURE, [], name="prices"))
    well(ADA, lambda: MltrackClient(str(path)).rollback_model_version_stage("prices"))
    on_both(path, lambda path: _is(path, [SURE, "Archived"], []))
    assert trail.verify(Store(path)).is_whole


@pytest.fixture
def private(tmp_path: Path) -> MltrackClient:
    """A client of a private store with a version."""
    client = MltrackClient(str(tmp_path / "mine.duckdb"))
    client.create_registered_model("prices")
    client.create_model_version("prices", "s3://bucket/model")
    return client


def test_in_a_private_store_it_is_a_rail(private: MltrackClient) -> None:
    """Who says to be somebody is believed; who does not is kept from a mistake."""
    private.set_stage_approvers("production", [12345])
    with pytest.raises(NotAllowed, match="has no say about the stage 'Production'; 12345"):
        private.transition_model_version_stage("prices", 1, SURE)
    private.transition_model_version_stage("prices", 1, "Staging")
    raw(private._store, (move(1), 12345))
    assert private.get_model_version("prices", 1).current_stage == SURE
    private.set_stage_approvers(SURE, None)
    private.transition_model_version_stage("prices", 1, "Archived")
    assert {one.kind for one in trail.verify(private._store).broken} == {"forged"}


def test_approvers_are_logins_or_uids(private: MltrackClient) -> None:
    """Each once, with both; the trail has who set them."""
    private.set_stage_approvers(SURE, ["root", 0, 54321], comment="on call")
    known = [Approver(user="root", uid=0), Approver(user="54321", uid=54321)]
    assert private.stage_approvers(SURE) == known
    last = private.registry_history()[-1]
    assert (last.field, last.key, last.comment) == ("approvers", SURE, "on call")


@pytest.mark.parametrize("users", ["root", 0, ["no such login"], [-1], [True], [1.5], [None]])
def test_who_cannot_be_an_approver(private: MltrackClient, users: object) -> None:
    """Refused, and nothing is set."""
    with pytest.raises(InvalidParameterValue):
        private.set_stage_approvers(SURE, users)  # type: ignore[arg-type]
    with pytest.raises(MltrackException):
        private.set_stage_approvers("Nowhere", [0])
    assert private.stage_approvers(SURE) == []
