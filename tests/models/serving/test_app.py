"""Routes, limits and faults; every refusal is JSON that says why."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import Any

import pytest

from jupyter_mltrack.errors import ERROR_CODES
from jupyter_mltrack.models.serving import app
from jupyter_mltrack.settings import VERSION
from tests.models.serving.asking import BEARER, HOST, JSON, TOKEN, answered, ask, fake

COLUMN = [{"name": "a", "type": "double", "required": True}]


@pytest.mark.parametrize(
    ("path", "body"), [("/ping", b"\n"), ("/health", b"\n"), ("/version", VERSION.encode())]
)
def test_whether_it_is_alive(path: str, body: bytes) -> None:
    """A line end, or the release; HEAD gives the same without a body."""
    told = ask(fake(), method="GET", path=path)
    assert (told.status, told.body) == (200, body)
    told = ask(fake(), method="HEAD", path=path)
    assert (told.status, told.body) == (200, b"")


def test_predictions() -> None:
    """The model gets what its signature says; params come along."""
    params = [{"name": "n", "type": "long", "default": 1, "shape": None}]
    model = fake(inputs=COLUMN, params=params, answer=[2.5])
    told = ask(model, b'{"dataframe_records": [{"a": 1}], "params": {"n": 5}}')
    assert (told.status, told.fields) == (200, {"predictions": [2.5]})
    assert told.headers["content-type"] == "application/json"
    assert told.headers["content-length"] == str(len(told.body))
    assert (model.got[0]["a"].tolist(), model.got[1]) == ([1.0], {"n": 5})


REFUSED: dict[str, tuple[int, str, dict[str, Any]]] = {
    "an unknown path": (404, "ENDPOINT_NOT_FOUND", {"path": "/invocation"}),
    "a path below": (404, "ENDPOINT_NOT_FOUND", {"path": "/invocations/"}),
    "a file": (404, "ENDPOINT_NOT_FOUND", {"path": "/../../etc/passwd", "method": "GET"}),
    "a page": (404, "ENDPOINT_NOT_FOUND", {"path": "/docs", "method": "GET"}),
    "another method": (405, "BAD_REQUEST", {"method": "GET"}),
    "a post to ping": (405, "BAD_REQUEST", {"path": "/ping"}),
    "no content type": (415, "BAD_REQUEST", {"headers": [HOST, BEARER]}),
    "a form": (415, "BAD_REQUEST", {"headers": [HOST, BEARER, ("content-type", "text/plain")]}),
    "another charset": (
        415,
        "BAD_REQUEST",
        {"headers": [HOST, BEARER, ("content-type", "application/json; charset=latin-1")]},
    ),
    "compressed": (
        415,
        "BAD_REQUEST",
        {"headers": [HOST, BEARER, JSON, ("content-encoding", "gzip")]},
    ),
    "a large body": (413, "BAD_REQUEST", {"body": b"x" * 101, "max_body": 100}),
    "a large body in pieces": (413, "BAD_REQUEST", {"body": [b"x" * 60] * 2, "max_body": 100}),
    "a body said to be large": (
        413,
        "BAD_REQUEST",
        {"headers": [HOST, BEARER, JSON, ("content-length", "9" * 5000)]},
    ),
    "no body": (400, "BAD_REQUEST", {"body": b""}),
    "no JSON": (400, "BAD_REQUEST", {"body": b"{"}),
    "a wrong column": (
        400,
        "INVALID_PARAMETER_VALUE",
        {"body": b'{"dataframe_records": [{"b": 1}]}'},
    ),
    "a wrong type": (400, "BAD_REQUEST", {"body": b'{"dataframe_records": [{"a": "x"}]}'}),
    "wrong params": (
        400,
        "INVALID_PARAMETER_VALUE",
        {"body": b'{"inputs": {"a": [1]}, "params": 5}'},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refusals(what: str) -> None:
    """The status of HTTP, MLflow's name for it, and a reason that says what to do."""
    status, code, request = REFUSED[what]
    told = ask(fake(inputs=COLUMN), **request)
    assert (told.status, told.fields["error_code"]) == (status, code)
    assert told.headers["content-type"] == "application/json"
    assert len(told.fields["message"]) > 20
    assert "stack_trace" not in told.fields


def test_a_refusal_says_which_methods_there_are() -> None:
    """As HTTP wants it (RFC 9110, 15.5.6)."""
    assert ask(fake(), method="DELETE").headers["allow"] == "POST"
    assert ask(fake(), method="POST", path="/ping").headers["allow"] == "GET, HEAD"


def test_a_body_that_is_too_large_is_not_read_to_its_end() -> None:
    """What would follow the limit is never asked for."""
    asked = app(fake(), token=TOKEN, max_body=100)
    messages = [{"type": "http.request", "body": b"x" * 60, "more_body": True}] * 1000
    coming = iter(messages)
    told = answered(asked, coming)
    assert (told.status, told.headers["connection"]) == (413, "close")
    assert len(list(coming)) == 998


def test_the_code_names_are_those_of_mlflow() -> None:
    """Those that clients of MLflow compare."""
    assert {code for _, code, _ in REFUSED.values()} - {"ENDPOINT_NOT_FOUND"} <= set(ERROR_CODES)


@pytest.mark.parametrize(
    "error", [ValueError("no such category"), KeyError("x"), SystemExit(3), RecursionError()]
)
def test_a_model_that_fails(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    """400 as in MLflow, with the reason; the trace is in the log, and in the answer if wanted."""
    told = ask(fake(answer=error))
    assert (told.status, told.fields["error_code"]) == (400, "BAD_REQUEST")
    assert f"{type(error).__name__}: {error}" in told.fields["message"]
    assert "stack_trace" not in told.fields
    assert "in predict" in caplog.text
    assert "in predict" in ask(fake(answer=error), stack_traces=True).fields["stack_trace"]


def test_predictions_that_json_cannot_say() -> None:
    """500, as in MLflow: the request is not to blame. The reason names the type."""
    told = ask(fake(answer=object()))
    assert (told.status, told.fields["error_code"]) == (500, "INTERNAL_ERROR")
    assert "builtins.object" in told.fields["message"]


def test_a_model_that_takes_too_long() -> None:
    """504 after the timeout; the server answers others meanwhile and afterwards."""
    free = threading.Event()
    slow = fake(answer=lambda _: free.wait(20))
    asked = app(slow, token=TOKEN, timeout=0.2, threads=2)
    message = {"type": "http.request", "body": b'{"inputs": [1]}'}
    began = time.monotonic()
    told = answered(asked, [message])
    free.set()
    assert (told.status, told.fields["error_code"]) == (504, "DEADLINE_EXCEEDED")
    assert time.monotonic() - began < 18
    assert answered(asked, [message]).status == 200


def test_a_body_that_does_not_come() -> None:
    """408: who sends nothing holds nothing."""
    asked = app(fake(), token=TOKEN, timeout=0.1)
    headers = [(name.encode(), value.encode()) for name, value in (HOST, JSON, BEARER)]
    scope = {"type": "http", "method": "POST", "path": "/invocations", "headers": headers}
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    asyncio.run(asked(scope, asyncio.Event().wait, send))
    assert sent[0]["status"] == 408


def test_a_client_that_goes_away() -> None:
    """Nothing is predicted and nothing answered."""
    model = fake()
    pieces = [{"type": "http.request", "body": b'{"inputs"', "more_body": True}]
    assert answered(app(model, token=TOKEN), pieces).status == 0
    assert model.got == []


def test_requests_side_by_side() -> None:
    """As many predictions at a time as there are threads; the others wait."""
    together = threading.Barrier(3, timeout=20)
    asked = app(fake(answer=lambda _: together.wait()), token=TOKEN, threads=3)
    message = {"type": "http.request", "body": b'{"inputs": [1]}'}
    statuses: list[int] = []
    asking = [
        threading.Thread(target=lambda: statuses.append(answered(asked, [message]).status))
        for _ in range(6)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert statuses == [200] * 6


def test_the_token_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong, at every level."""
    caplog.set_level(logging.DEBUG)
    for _, _, request in REFUSED.values():
        ask(fake(inputs=COLUMN), **request)
    ask(fake(answer=ValueError("x")))
    assert "The model failed" in caplog.text
    assert TOKEN not in caplog.text


def test_the_other_kinds_of_connection() -> None:
    """A server may announce its start and end; a websocket is closed."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0)
        return {}

    async def send(message: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    for kind in ("lifespan", "websocket"):
        asyncio.run(app(fake(), token=TOKEN)({"type": kind}, receive, send))
    types = [message["type"] for message in sent]
    assert types == ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"]
