"""What an artifact URI can mean: a place of a run, a place on this machine, a place elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jupyter_mltrack.artifacts.contained import checked
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.ids import check_run_id

# A single letter before a colon is a drive of Windows, not a scheme.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")

#: Schemes whose meaning lies elsewhere, and where that is.
_ELSEWHERE = {
    "models": "it names a registered model; load it with load_model() or ask the registry",
    "mlflow-artifacts": "it needs an MLflow server, and there is none here; download the files"
    " from that server and log them",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunUri:
    """``runs:/<run_id>/<path>``.

    Attributes:
        run_id: The run.
        path: Relative to the run's artifact folder; ``""`` is the folder itself.
    """

    run_id: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalUri:
    """A plain path, or ``file:``.

    Attributes:
        path: As given; relative to the working folder unless it is absolute.
    """

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteUri:
    """Any other scheme; `fsspec` finds the program for it.

    Attributes:
        scheme: In lower case, such as ``s3``.
        uri: The whole.
    """

    scheme: str
    uri: str


def parse(uri: str | Path) -> RunUri | LocalUri | RemoteUri:
    """Tell what an artifact URI means; nothing is looked up.

    Example:
        >>> parse("runs:/4f0c/model").path
        'model'

    Raises:
        InvalidParameterValue: if it does not say a place, or one this package cannot reach.
        UnsafePath: if the path within a run would leave the run's folder.
    """
    if isinstance(uri, Path):
        return LocalUri(path=uri)
    if not uri or "\x00" in uri:
        msg = f"{uri!r} is no artifact URI; use a path, 'file:…', 'runs:/<run_id>/<path>' or s3://…"
        raise InvalidParameterValue(msg)
    found = _SCHEME.match(uri)
    if not found:
        return LocalUri(path=Path(uri))
    scheme = found[1].lower()
    if scheme in _ELSEWHERE:
        msg = f"{uri!r} is no place of files: {_ELSEWHERE[scheme]}."
        raise InvalidParameterValue(msg)
    if scheme == "runs":
        return _parse_run(uri)
    return _parse_file(uri) if scheme == "file" else RemoteUri(scheme=scheme, uri=uri)


def _parse_run(uri: str) -> RunUri:
    found = re.match(r"runs:/(?!/)([^/]+)/?(.*)", uri, re.IGNORECASE | re.DOTALL)
    if not found:
        msg = f"{uri!r} names no run; write 'runs:/<run_id>/<path>'."
        raise InvalidParameterValue(msg)
    path = found[2].strip("/")
    return RunUri(run_id=check_run_id(found[1]), path=checked(path) if path else "")


def _parse_file(uri: str) -> LocalUri:
    """``file:`` as `pathlib.Path.as_uri` writes it, so the escapes in it are decoded."""
    parts = urlsplit(uri)
    path = unquote(parts.path)
    if parts.netloc not in {"", "localhost"} or parts.query or parts.fragment or not path:
        msg = f"{uri!r} is no file of this machine; write 'file:///folder/name' or a plain path."
        raise InvalidParameterValue(msg)
    if "\x00" in path:
        msg = f"{uri!r} holds a NUL character; remove it."
        raise InvalidParameterValue(msg)
    return LocalUri(path=Path(path))
