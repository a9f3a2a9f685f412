"""What a scoring server answers, and how it refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from jupyter_mltrack.errors import MltrackException

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"

#: With every answer: predictions are nobody's cache's business, and never a page.
_ALWAYS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, ready to be sent.

    Attributes:
        status: Of HTTP.
        body: Its bytes.
        content_type: What they are.
        headers: Further ones, as names and values.
    """

    status: int = HTTPStatus.OK
    body: bytes
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()

    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """All headers, as ASGI wants them."""
        own = (
            ("content-type", self.content_type),
            ("content-length", str(len(self.body))),
            *self.headers,
        )
        return [(name.encode(), value.encode("latin-1")) for name, value in own] + _ALWAYS


class Refused(MltrackException):
    """A request that is not answered with predictions.

    Args:
        status: Of HTTP.
        error_code: The name that MLflow gives to the situation.
        message: What is wrong with the request and what to send instead.
        headers: Further headers of the answer.
    """

    def __init__(
        self, status: int, error_code: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message, error_code)
        self.status = int(status)
        self.headers = headers or {}

    def get_http_status_code(self) -> int:
        """The status it was made with."""
        return self.status


def bad_request(message: str) -> Refused:
    """A request whose body cannot be used."""
    return Refused(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", message)


def refusal(error: MltrackException, *, stack_trace: str | None = None) -> Answer:
    """An error as the answer of a server, in MLflow's JSON."""
    fields: dict[str, Any] = {"error_code": error.error_code, "message": error.message}
    fields |= error.json_kwargs
    if stack_trace is not None:
        fields["stack_trace"] = stack_trace
    headers = error.headers if isinstance(error, Refused) else {}
    return Answer(
        status=error.get_http_status_code(),
        body=json.dumps(fields, default=str).encode(),
        headers=tuple(headers.items()),
    )
