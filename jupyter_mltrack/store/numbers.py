"""Numbers for the runs of an experiment, given without a lock.

Each experiment has a file; to take a number is to append one byte to it, and the number is where
that byte came to stand. Two processes can never get the same one. The number is then part of the
run's first event, so the file is only a counter and is made again if it is missing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_mltrack.ids import new_token
from jupyter_mltrack.store.sharing import is_shared, make_folder, open_common

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def take(folder: Path, experiment_id: str, highest: Callable[[], int]) -> int:
    """The next number in an experiment, from 1; 0 if the disk refuses to give one.

    Args:
        folder: The store's journal folder.
        experiment_id: The experiment.
        highest: Tells the highest number in use; asked only when the counter is new.
    """
    counter = folder / "numbers" / experiment_id
    try:
        if not counter.exists():
            used = highest()
            make_folder(folder)
            make_folder(counter.parent)
            _start(counter, used)
        descriptor = open_common(counter, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, b".")
            return os.lseek(descriptor, 0, os.SEEK_CUR)
        finally:
            os.close(descriptor)
    except OSError:
        return 0


def _start(counter: Path, used: int) -> None:
    """Make a counter that continues behind ``used``, unless another process was faster."""
    passing = counter.with_name(f"{counter.name}.{new_token()}.tmp")
    try:
        with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            if is_shared(counter.parent.parent):
                os.fchmod(file.fileno(), 0o660)
            file.write(b"." * used)
        os.link(passing, counter)
    except FileExistsError:
        pass
    finally:
        passing.unlink(missing_ok=True)
