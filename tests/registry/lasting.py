"""A store that all tests of a file read and none changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_mltrack.tracking import active
from tests.fresh import our_variables, untouched


@contextmanager
def lasting(folder: Path) -> Iterator[str]:
    """The URI of a store in a folder, which is the one in use and the working folder within."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in our_variables():
            patch.delenv(name)
        patch.setenv("XDG_DATA_HOME", str(folder.parent / "data"))  # as `data_home` has it
        for name, value in untouched().items():
            patch.setattr(active, name, value)
        active._own.set(None)
        yield f"{folder}/mltrack.duckdb"
        for path in list(active._stores):
            active.store_at(path).finish_sealing()
            active.forget_store(path)
