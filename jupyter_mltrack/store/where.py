"""Which store is meant: by URI, by path, or by looking around."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jupyter_mltrack.errors import InvalidParameterValue

#: The file name of a store that nobody named.
DEFAULT_NAME = "mltrack.duckdb"

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]+):")
_BARE = re.compile(r"(databricks|databricks-uc|uc)")
_HERE = {"localhost", "127.0.0.1", "0.0.0.0", "::1"}  # noqa: S104  (compared, never bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a store is.

    Attributes:
        path: The DuckDB file, absolute.
        notice: What to tell the user, if the URI meant something else in MLflow.
    """

    path: Path
    notice: str | None = None

    @property
    def uri(self) -> str:
        """The tracking URI of this store, as ``set_tracking_uri`` takes it."""
        return f"duckdb:///{self.path}"


def find(folder: Path) -> Place:
    """The nearest store from ``folder`` upwards, as git finds its own; else one in ``folder``."""
    folder = folder.resolve()
    for candidate in (folder, *folder.parents):
        path = candidate / DEFAULT_NAME
        if path.exists() or path.with_suffix(".journal").exists():
            return Place(path=path)
    return Place(path=folder / DEFAULT_NAME)


def resolve(uri: str | Path | None, folder: Path) -> Place:
    """The store that a tracking URI means.

    Args:
        uri: ``duckdb:///relative.duckdb``, ``duckdb:////absolute.duckdb``, a path, one of the
            URIs that MLflow's tutorials use, or None or "" to look around.
        folder: What relative paths are relative to.

    Raises:
        InvalidParameterValue: if the URI names a server or a scheme that does not exist here.
    """
    if not uri:
        return find(folder)
    if isinstance(uri, Path) or not (found := _SCHEME.match(uri) or _BARE.fullmatch(uri)):
        return _by_path(Path(uri), folder)
    scheme = found[1].lower()
    rest = uri[found.end() :]
    if scheme == "duckdb":
        return Place(path=_absolute(rest.removeprefix("///"), folder))
    if scheme == "sqlite":
        path = _absolute(rest.removeprefix("///"), folder).with_suffix(".duckdb")
        return Place(path=path, notice=_notice(uri, path))
    if scheme == "file":
        return _by_path(Path(unquote(urlsplit(uri).path)), folder)
    if scheme in {"http", "https"} and urlsplit(uri).hostname in _HERE:
        place = find(folder)
        return Place(path=place.path, notice=_notice(uri, place.path))
    msg = (
        f"{uri!r} cannot be used: jupyter_mltrack needs no server and keeps runs in a DuckDB file."
        ' Pass a path, such as set_tracking_uri("runs.duckdb"), or nothing for the nearest one.'
    )
    raise InvalidParameterValue(msg)


def _by_path(path: Path, folder: Path) -> Place:
    """A file is the store itself; a folder holds it; ``mlruns`` has it beside."""
    full = _absolute(str(path), folder)
    if path.name == "mlruns" or (full / "0" / "meta.yaml").exists():
        beside = full.with_name(f"{full.name}.duckdb")
        return Place(path=beside, notice=_notice(str(path), beside))
    if full.is_dir() or not full.suffix:
        return Place(path=full / DEFAULT_NAME)
    if full.suffix == ".db":
        other = full.with_suffix(".duckdb")
        return Place(path=other, notice=_notice(str(path), other))
    return Place(path=full)


def _absolute(path: str, folder: Path) -> Path:
    if not path:
        msg = "The tracking URI names no file. Write it as duckdb:///runs.duckdb."
        raise InvalidParameterValue(msg)
    return (folder / Path(path).expanduser()).resolve()


def _notice(uri: str, path: Path) -> str:
    return f"{uri} stands for a DuckDB file here, no server is needed: runs are kept in {path}."
