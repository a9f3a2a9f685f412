"""The store: append an event, read the state, agree on a change.

    mltrack.duckdb        the state, folded; a cache
    mltrack.journal/      the events; the truth
    mltrack.artifacts/    files of the runs

`Store.append` never touches the database. `Store.reading` folds what is pending and gives a
read-only connection. `Store.agreeing` is `reading` for those who decide on what they read: nobody
else can change anything meanwhile.
"""

from __future__ import annotations

import logging
import os
import threading
import weakref
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_mltrack.errors import InvalidParameterValue, NotAStore, StoreError, StoreTooNew
from jupyter_mltrack.store.confined import lock_down
from jupyter_mltrack.store.database import (
    Damaged,
    Database,
    Outdated,
    Replaced,
    explained,
    is_wreck,
    prepare,
)
from jupyter_mltrack.store.fold import Fold, clock, orphans, watermarks
from jupyter_mltrack.store.journal import Journal
from jupyter_mltrack.store.lock import StoreLock
from jupyter_mltrack.store.shelf import Shelf, Volume

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.events import Event
    from jupyter_mltrack.settings import Durability

    #: Values for the placeholders of a statement, by place or by name.
    Bound = Sequence[Any] | Mapping[str, Any] | None
    #: Opens a connection and closes it.
    Opening = Callable[[], AbstractContextManager[DuckDBPyConnection]]

_log = logging.getLogger("jupyter_mltrack")
T = TypeVar("T")

#: DuckDB calls a database after its file; these names stand for something else in the views.
_TAKEN = {"base", "s"}


class Store:
    """The store at ``path``, the DuckDB file; nothing is made before the first append.

    Args:
        path: Absolute path of the DuckDB file.
        durability: When a logged value is safe, see `settings.durability`.
        strict: Whether trouble with the disk raises while logging.

    Raises:
        StoreTooNew: if a newer release wrote the store.
        NotAStore: if the file at ``path`` holds something else.
        InvalidParameterValue: if DuckDB would take the path for another one.
    """

    def __init__(
        self, path: Path, *, durability: Durability = "process", strict: bool = False
    ) -> None:
        if path.stem in _TAKEN:
            msg = f"A store cannot be called {path.name}: DuckDB uses that name. Choose another."
            raise InvalidParameterValue(msg)
        if "?" in str(path) or "\\" in str(path):
            msg = f"A store cannot be at {path}: DuckDB takes '?' and '\\' in a path for its own."
            raise InvalidParameterValue(msg)
        self.path = path
        self.folder = path.with_name(f"{path.stem}.journal")
        self.artifacts = path.with_name(f"{path.stem}.artifacts")
        self.shelf = Shelf(self.folder)
        self.folding = Fold()
        self.journal = Journal(self.folder, durability=durability, strict=strict)
        self._database = Database(path)
        self._lock = StoreLock(self.folder / "lock")
        self._marks: dict[str, int] | None = None
        self._state: tuple[int, ...] = ()
        self._open: dict[Opening, DuckDBPyConnection] = {}
        self._told: set[str] = set()
        self._sealer: threading.Thread | None = None
        self.shelf.check_format()
        if path.exists() and not self.folder.exists():
            self._database.check_ours()
        _survive_forks(self)

    # Writing ----------------------------------------------------------------------------------

    def append(self, event: Event) -> None:
        """Log one event: one write, no lock shared with others, no database."""
        self.journal.append(event)

    def append_all(self, events: Sequence[Event]) -> None:
        """Log several events with one write."""
        self.journal.append_all(events)

    def sync(self) -> None:
        """Return when all that this process logged is on the disk."""
        self.journal.sync()

    def starts_anew(self) -> bool:
        """Whether somebody deleted the store that we were writing; then a new one begins."""
        if not self.journal.is_removed():
            return False
        self.journal.close()
        self._marks = None
        return True

    def close(self) -> None:
        """End this process's journal; later events open a new one."""
        self.journal.close()

    # Reading ----------------------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether anything was ever stored here."""
        return self.folder.exists() or self.path.exists()

    def reading(self) -> AbstractContextManager[DuckDBPyConnection]:
        """A read-only connection on all that was logged so far, by any process.

        Do not keep it: while it is open, no other process can read the store. For statements of
        ours; those of users are asked by `answer_shut_off`.

        Raises:
            StoreBusy: if another process of ours keeps the lock for very long.
        """
        return self._reading(self._database.open_to_read)

    @contextmanager
    def _reading(self, opening: Opening) -> Iterator[DuckDBPyConnection]:
        if not self.exists() or self._is_read_only():
            with self._open_in_memory(self.shelf.volumes()) as connection:
                yield connection
            return
        with self._holding(), ExitStack() as stack:
            if opening in self._open:  # asked again inside a reading of this thread
                yield self._open[opening]
                return
            self._open[opening] = self._open_folded(stack, opening)
            try:
                yield self._open[opening]
            except Exception as error:
                stack.close()
                if is_wreck(error) and (damage := self._examine()):
                    msg = f"{damage} Ask again."
                    raise Replaced(msg) from error
                raise
            finally:
                self._open.pop(opening, None)

    @contextmanager
    def agreeing(self) -> Iterator[DuckDBPyConnection]:
        """As `reading`; what is appended inside is agreed: everybody sees it before they decide."""
        with self._holding(), self.reading() as connection:
            yield connection

    def rows(self, query: str, bound: Bound = None) -> list[tuple[Any, ...]]:
        """The rows that a query gives."""
        return self.answer(lambda connection: connection.execute(query, bound).fetchall())

    def records(self, query: str, bound: Bound = None) -> list[dict[str, Any]]:
        """The rows that a query gives, each as a dict by column name."""

        def fetch(connection: DuckDBPyConnection) -> list[dict[str, Any]]:
            result = connection.execute(query, bound)
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

        return self.answer(fetch)

    def answer(self, question: Callable[[DuckDBPyConnection], T]) -> T:
        """What ``question`` makes of a connection; it is asked again if damage was found."""
        return self._answer(self.reading, question)

    def answer_shut_off(self, question: Callable[[DuckDBPyConnection], T]) -> T:
        """As `answer`, of any statement: nothing that it does reaches beside the store."""
        return self._answer(lambda: self._reading(self._database.open_shut_off), question)

    def _answer(self, reading: Opening, question: Callable[[DuckDBPyConnection], T]) -> T:
        with explained(), suppress(Replaced), reading() as connection:
            return question(connection)
        with reading() as connection:
            return question(connection)

    def _is_read_only(self) -> bool:
        """Whether we may look, but neither lock nor fold: the journals are read into memory."""
        return self.folder.exists() and not os.access(self.folder, os.W_OK)

    # Folding ----------------------------------------------------------------------------------

    def fold(self) -> None:
        """Bring the database up to date, end the runs of dead kernels, seal finished journals.

        Raises:
            StoreBusy: if a foreign program holds the database file.
        """
        with self._holding():
            volumes = self.shelf.volumes()
            if not self._is_pending(volumes):
                return
            try:
                self._fold_once(volumes)
            except Outdated:
                self._database.discard()
                self._fold_anew(volumes)
            except Damaged as damage:
                self._replace(str(damage))
                self._fold_anew(volumes)
            marks = self._marks or {}
            dead = [v for v in volumes.values() if not (v.alive or v.sealed)]
        self._seal([volume for volume in dead if marks.get(volume.name) == volume.size])

    def rebuild(self, *, force: bool = False) -> None:
        """Make the database again from the journals.

        Raises:
            StoreError: if journals that the database knows are gone, unless ``force``.
        """
        with self._holding():
            volumes = self.shelf.volumes()
            missing = [] if force else self._missing(volumes)
            if missing:
                msg = (
                    f"{len(missing)} journals that {self.path.name} was folded from are gone from"
                    f" {self.folder}, or cut (first: {missing[0]}). A rebuild would lose what they"
                    " held. Put them back, or rebuild with force=True (`mltrack rebuild --force`)."
                )
                raise StoreError(msg)
            self._database.discard()
            self._marks = None
            self.fold()

    def _missing(self, volumes: Mapping[str, Volume]) -> list[str]:
        sizes = {name: volume.size for name, volume in volumes.items()}
        try:
            with self._database.open_to_write() as connection:
                marks = watermarks(connection)
        except Damaged:
            return []
        return sorted(name for name, mark in marks.items() if sizes.get(name, 0) < mark)

    def _is_pending(self, volumes: Mapping[str, Volume]) -> bool:
        if self._marks is None or not self._state or self._state != self._database.state():
            return True
        marks = self._marks
        return any(
            volume.size > marks.get(name, 0) or not (volume.sealed or volume.alive)
            for name, volume in volumes.items()
        )

    def _fold_once(self, volumes: Mapping[str, Volume]) -> None:
        with self._database.open_to_write() as connection:
            self._fold_into(connection, volumes)
            self._marks = watermarks(connection)
        self._state = self._database.state()

    def _fold_anew(self, volumes: Mapping[str, Volume]) -> None:
        try:
            self._fold_once(volumes)
        except Damaged as damage:
            msg = f"{self.path} was made anew from the journals and is damaged again: {damage}"
            raise StoreError(msg) from damage

    def _fold_into(self, connection: DuckDBPyConnection, volumes: Mapping[str, Volume]) -> None:
        """Fold what is pending, and end the runs of those who were dead at the time of the look."""
        self.folding.run(connection, volumes)
        living = [volume.token for volume in volumes.values() if volume.alive]
        if self._is_read_only():
            return
        if ends := orphans(connection, living):
            self.journal.observe(clock(connection))
            self.journal.append_all(ends)
            self.folding.run(connection, self.shelf.volumes())
        self.journal.observe(clock(connection))

    def _examine(self) -> str | None:
        """Replace the database if it is damaged, and say so."""
        damage = self._database.damage() if self.path.exists() else None
        return self._replace(damage) if damage else None

    def _replace(self, damage: str) -> str:
        """Give up a database that cannot be read; the next fold makes it anew."""
        self._marks = None
        aside = self._database.set_aside()
        first = damage.splitlines()[0] if damage else "unreadable"
        said = f"{self.path.name} was damaged ({first}). It is made anew from the journals"
        said += f"; the damaged file is {aside.name}." if aside else "."
        _log.warning(said)
        return said

    def _open_folded(self, stack: ExitStack, opening: Opening) -> DuckDBPyConnection:
        """A read-only connection on everything; from the journals alone if need be."""
        try:
            self.fold()
            try:
                return stack.enter_context(opening())
            except Damaged as damage:
                self._replace(str(damage))
                self.fold()
                return stack.enter_context(opening())
        except (StoreTooNew, NotAStore):
            raise
        except StoreError as trouble:
            self.tell_once(f"{trouble} Reading the journals instead.")
            return stack.enter_context(self._open_in_memory(self.shelf.volumes()))

    def _open_in_memory(self, volumes: Mapping[str, Volume]) -> DuckDBPyConnection:
        """The state without the database file: everything folded into memory."""
        import duckdb

        connection = duckdb.connect(":memory:")
        prepare(connection)
        self._fold_into(connection, volumes)
        connection.execute("SET temp_directory = ''")
        connection.execute("SET enable_external_access = false")
        lock_down(connection)
        return connection

    @contextmanager
    def _holding(self) -> Iterator[None]:
        try:
            self.shelf.make()
        except OSError as error:
            msg = (
                f"Cannot keep a store at {self.path}: {error.strerror or error}."
                " Choose another place with set_tracking_uri()."
            )
            raise StoreError(msg) from error
        with self._lock.hold():
            yield

    def _seal(self, volumes: list[Volume]) -> None:
        """Compress finished journals in the background, one process at a time."""
        if volumes and (self._sealer is None or not self._sealer.is_alive()):
            self._sealer = threading.Thread(
                target=self.shelf.seal_all, args=(volumes,), name="mltrack-seal", daemon=True
            )
            self._sealer.start()

    def finish_sealing(self) -> None:
        """Wait for the background compression, if one is under way."""
        if self._sealer is not None:
            self._sealer.join()

    def tell_once(self, message: str) -> None:
        """Log a warning, unless this store was warned in the same words before."""
        if message not in self._told:
            self._told.add(message)
            _log.warning(message)

    # Forks ------------------------------------------------------------------------------------

    def before_fork(self) -> None:
        """Wait until no thread has the database open, and leave no DuckDB to the child."""
        if self._lock.before_fork():
            self._database.reader.end()
        self.journal.before_fork()

    def after_fork_in_parent(self) -> None:
        """Let the other threads go on."""
        self.journal.after_fork_in_parent()
        self._lock.after_fork_in_parent()

    def after_fork_in_child(self) -> None:
        """A child has its own journal and no thread."""
        self._lock.after_fork_in_child()
        self.journal.after_fork_in_child()
        self._database.reader.after_fork_in_child()
        self._sealer, self._open = None, {}


def _survive_forks(store: Store) -> None:
    """Call the store's fork methods for as long as it exists."""
    reference = weakref.ref(store)

    def call(method: str) -> Any:
        def hook() -> None:
            if (alive := reference()) is not None:
                getattr(alive, method)()

        return hook

    os.register_at_fork(
        before=call("before_fork"),
        after_in_parent=call("after_fork_in_parent"),
        after_in_child=call("after_fork_in_child"),
    )
