"""The SQL of the store, read from the ``.sql`` files beside this one."""

from __future__ import annotations

import functools
import re
from importlib import resources

_NAMED = re.compile(r"^-- name: (\w+)\n(.*?)(?=^-- name:|\Z)", re.MULTILINE | re.DOTALL)


@functools.cache
def schema() -> str:
    """The statements that make the tables of an empty database."""
    return _read("schema.sql")


@functools.cache
def views() -> str:
    """The statements that make, or make anew, all views and their comments."""
    return _read("views.sql")


@functools.cache
def fold() -> dict[str, str]:
    """The statements of the fold, by name, in the order in which they stand."""
    return dict(_NAMED.findall(_read("fold.sql")))


def quoted(identifier: str) -> str:
    """``identifier`` as SQL: the only way a name becomes part of a statement."""
    return '"' + identifier.replace('"', '""') + '"'


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
