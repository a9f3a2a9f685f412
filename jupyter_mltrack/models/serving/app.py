"""The scoring server as an ASGI application: routes, limits, and what happens to faults.

The protocol is that of MLflow's scoring server: ``POST /invocations``, ``GET /ping``, ``/health``
and ``/version``. It needs no framework: any ASGI server runs it (https://asgi.readthedocs.io).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from http import HTTPStatus
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.serving.answer import TEXT, Answer, Refused, refusal
from jupyter_mltrack.models.serving.content import reader_for
from jupyter_mltrack.models.serving.guard import LOOPBACK, Guard
from jupyter_mltrack.models.serving.scoring import Scorer, Scores
from jupyter_mltrack.models.serving.threads import Threads
from jupyter_mltrack.settings import VERSION

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: Seconds that a request may take, its body included; that of MLflow.
TIMEOUT = 60.0
#: Bytes of the largest body.
MAX_BODY = 64 * 2**20
#: No length has more: that many digits are never read as a number.
_DIGITS = 18
#: Predictions at a time in one process.
THREADS = 4


class ScoringApp:
    """Answers requests with the predictions of a model; an ASGI application.

    Args:
        model: What predicts.
        guard: Who may ask.
        timeout: Seconds until a request is given up.
        max_body: The largest body, in bytes.
        threads: How many predictions are made at a time.
    """

    def __init__(
        self, model: Scores, *, guard: Guard, timeout: float, max_body: int, threads: int
    ) -> None:
        self._score = model
        self._guard = guard
        self._timeout = timeout
        self._max_body = max_body
        self._threads = Threads(threads)
        alive = (("GET", "HEAD"), partial(_text, b"\n"))
        self._routes: dict[str, tuple[tuple[str, ...], _Handler]] = {
            "/ping": alive,
            "/health": alive,
            "/version": (("GET", "HEAD"), partial(_text, VERSION.encode())),
            "/invocations": (("POST",), self._invocations),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection of ASGI."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._guard.check(scope["headers"])
            answer = await self._handler(scope)(scope, receive)
        except Refused as refused:
            answer = refusal(refused)
        except ConnectionError:  # whoever asked has gone
            return
        headers = answer.raw_headers()
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    def _handler(self, scope: Scope) -> _Handler:
        methods, handler = self._routes.get(scope["path"], ((), None))
        if handler is None:
            msg = f"There is nothing at this path. Known are {', '.join(self._routes)}."
            raise Refused(HTTPStatus.NOT_FOUND, "ENDPOINT_NOT_FOUND", msg)
        if scope["method"] not in methods:
            msg = f"{scope['path']} takes {methods[0]} only."
            allow = {"allow": ", ".join(methods)}
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "BAD_REQUEST", msg, allow)
        return handler

    async def _invocations(self, scope: Scope, receive: Receive) -> Answer:
        headers = dict(scope["headers"])
        read = reader_for(headers)
        _refuse_length(headers.get(b"content-length", b""), self._max_body)
        loop = asyncio.get_running_loop()
        end = loop.time() + self._timeout
        try:
            async with asyncio.timeout_at(end):
                body = await _body(receive, self._max_body)
        except TimeoutError:
            msg = f"The body did not arrive within {self._timeout:g} s."
            raise Refused(HTTPStatus.REQUEST_TIMEOUT, "BAD_REQUEST", msg, _CLOSE) from None
        try:
            async with asyncio.timeout_at(end):
                answer: Answer = await self._threads.run(partial(self._score, read, body))
        except TimeoutError:
            msg = (
                f"The model did not answer within {self._timeout:g} s. Send fewer rows, or start"
                " the server with a larger --timeout."
            )
            raise Refused(HTTPStatus.GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED", msg) from None
        return answer


_Handler = Callable[[Scope, Receive], Awaitable[Answer]]
#: What is left of the body is not waited for.
_CLOSE = {"connection": "close"}


def app(
    model: Any,
    *,
    token: str | None,
    hosts: frozenset[str] = LOOPBACK,
    any_address: bool = False,
    timeout: float = TIMEOUT,
    max_body: int = MAX_BODY,
    threads: int = THREADS,
    stack_traces: bool = False,
) -> ScoringApp:
    """An ASGI application that answers with the predictions of a model.

    Args:
        model: A `PyFuncModel`, or anything with ``predict(data, params)`` and ``metadata``.
        token: What requests must carry in ``Authorization: Bearer``; None asks for nothing.
        hosts: Names that a request may have as ``Host``, in lower case, without a port.
        any_address: Whether ``Host`` may be any address in numbers too.
        timeout: Seconds until a request is given up.
        max_body: The largest body, in bytes.
        threads: How many predictions are made at a time.
        stack_traces: Whether the answer tells where a model failed; the log does always.

    Raises:
        InvalidParameterValue: if the token is empty.
    """
    if token is not None and not token.strip():
        msg = "The token is empty, which protects nothing. Leave it out: one is made for you."
        raise InvalidParameterValue(msg)
    return ScoringApp(
        Scorer(model, stack_traces=stack_traces),
        guard=Guard(token=token, hosts=hosts, any_address=any_address),
        timeout=timeout,
        max_body=max_body,
        threads=threads,
    )


async def _text(text: bytes, scope: Scope, receive: Receive) -> Answer:
    del scope, receive
    return Answer(body=text, content_type=TEXT)


async def _live(receive: Receive, send: Send) -> None:
    """Say yes to the start and the end of the server; both need nothing."""
    for event in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{event}.complete"})


def _refuse_length(declared: bytes, limit: int) -> None:
    """Refuse a body that is said to be too large before any of it is read."""
    if declared.isdigit() and (len(declared) > _DIGITS or int(declared) > limit):
        raise _too_large(limit)


async def _body(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large(limit: int) -> Refused:
    msg = (
        f"The body is larger than {limit:,} bytes. Send the rows in several requests, use `mltrack"
        " models predict` for files, or start the server with a larger --max-body."
    )
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "BAD_REQUEST", msg, _CLOSE)
