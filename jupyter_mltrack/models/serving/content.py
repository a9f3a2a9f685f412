"""Which bodies are read how, by their ``Content-Type``.

The types are those of MLflow's scoring server; the only parameter they may have is
``charset=utf-8``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from jupyter_mltrack.models.serving.answer import Refused
from jupyter_mltrack.models.serving.json_body import read_json
from jupyter_mltrack.models.serving.request import ScoringRequest
from jupyter_mltrack.models.serving.tables import read_csv, read_parquet

Read = Callable[[bytes, Any], ScoringRequest]

READERS: dict[str, Read] = {
    "application/json": read_json,
    "text/csv": read_csv,
    "application/vnd.apache.parquet": read_parquet,
}


def reader_for(headers: Mapping[bytes, bytes]) -> Read:
    """What reads the body of a request.

    Args:
        headers: Names in lower case, and values.

    Raises:
        Refused: with 415 if there is nothing that reads it.
    """
    given = headers.get(b"content-type", b"").decode("latin-1")
    kind, *parameters = (part.strip().lower() for part in given.split(";"))
    reader = READERS.get(kind)
    if reader is None or any(part not in {"", "charset=utf-8"} for part in parameters):
        raise _unsupported(header="Content-Type", given=given)
    encoding = headers.get(b"content-encoding", b"identity").decode("latin-1")
    if encoding.lower() != "identity":
        raise _unsupported(header="Content-Encoding", given=encoding)
    return reader


def _unsupported(header: str, given: str) -> Refused:
    msg = (
        f"This server does not read the {header} {given[:100]!r}. Send one of"
        f" {', '.join(READERS)}, as it is and in UTF-8."
    )
    return Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST", msg)
