"""Numbers of runs: unique and without gaps, taken without a lock."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path

from jupyter_mltrack.store import numbers
from tests.store.writers import fork, join


def take_many(folder: Path, mine: Path, count: int, experiment: str = "1") -> None:
    """Take numbers and write them down."""
    taken = [numbers.take(folder, experiment, lambda: 0) for _ in range(count)]
    mine.write_text(" ".join(map(str, taken)))


def test_eight_processes_take_numbers_at_once(tmp_path: Path) -> None:
    """8 × 200 numbers: each once, none left out, rising for each process."""
    files = [tmp_path / str(i) for i in range(8)]
    join([fork(take_many, tmp_path / "m.journal", file, 200) for file in files])
    taken = [list(map(int, file.read_text().split())) for file in files]
    assert sorted(itertools.chain(*taken)) == list(range(1, 1_601))
    assert all(mine == sorted(mine) for mine in taken)


def test_threads_take_the_first_number_at_once(tmp_path: Path) -> None:
    """Sixteen threads that all find no counter get sixteen numbers."""
    for experiment in map(str, range(20)):
        files = [tmp_path / f"{experiment}-{i}" for i in range(16)]
        threads = [
            threading.Thread(target=take_many, args=(tmp_path / "m.journal", file, 1, experiment))
            for file in files
        ]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert sorted(int(file.read_text()) for file in files) == list(range(1, 17))


def test_a_lost_counter_continues(tmp_path: Path) -> None:
    """If its file is gone, counting goes on behind the highest number in use."""
    folder = tmp_path / "m.journal"
    assert [numbers.take(folder, "1", lambda: 0) for _ in range(3)] == [1, 2, 3]
    (folder / "numbers" / "1").unlink()
    assert numbers.take(folder, "1", lambda: 41) == 42
    assert numbers.take(folder, "1", lambda: 0) == 43


def test_experiments_count_for_themselves(tmp_path: Path) -> None:
    """A number of one experiment says nothing about another."""
    folder = tmp_path / "m.journal"
    assert [numbers.take(folder, name, lambda: 0) for name in "1212"] == [1, 1, 2, 2]


def test_a_disk_that_gives_no_number(tmp_path: Path) -> None:
    """A run is begun nonetheless; 0 means that it has no number."""
    (tmp_path / "file").write_text("")
    assert numbers.take(tmp_path / "file", "1", lambda: 0) == 0
