"""Asking an ASGI application without a socket, and a model that tells what it got."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from jupyter_mltrack.models import Model, ModelSignature
from jupyter_mltrack.models.enforcement import enforce_params, enforce_schema
from jupyter_mltrack.models.serving import app

TOKEN = "right-token"  # noqa: S105
HOST = ("host", "127.0.0.1:5000")
JSON = ("content-type", "application/json")
BEARER = ("authorization", f"Bearer {TOKEN}")


@dataclass
class Told:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> Any:
        """What its JSON says."""
        return json.loads(self.body)


@dataclass
class FakeModel:
    """Takes what its signature says, as a pyfunc model does, and answers what it is told to."""

    metadata: Model
    answer: Any = field(default_factory=lambda: [1])
    got: list[Any] = field(default_factory=list)

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """The answer; an exception is raised, a function is called."""
        schema = self.metadata.get_input_schema()
        self.got = [
            data if schema is None else enforce_schema(data, schema),
            enforce_params(params, self.metadata.get_params_schema()),
        ]
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer(self.got[0]) if callable(self.answer) else self.answer


def fake(*, answer: Any = None, **signature: Any) -> FakeModel:
    """A model with the signature whose parts are given as `ModelSignature.to_dict` writes them."""
    written = {name: json.dumps(part) for name, part in signature.items()}
    made = ModelSignature.from_dict(written) if written else None
    return FakeModel(Model(signature=made), [1] if answer is None else answer)


def ask(
    model: Any,
    body: bytes | Iterable[bytes] = b'{"inputs": [1]}',
    *,
    method: str = "POST",
    path: str = "/invocations",
    headers: Iterable[tuple[str, str]] = (HOST, JSON, BEARER),
    **options: Any,
) -> Told:
    """The answer to a request; several pieces of a body arrive one after the other."""
    asked = app(model, **{"token": TOKEN, **options})
    pieces = [body] if isinstance(body, bytes) else list(body)
    messages = [{"type": "http.request", "body": each, "more_body": True} for each in pieces]
    messages[-1]["more_body"] = False
    return answered(asked, messages, method=method, path=path, headers=headers)


def answered(
    asked: Any,
    messages: Iterable[dict[str, Any]],
    *,
    method: str = "POST",
    path: str = "/invocations",
    headers: Iterable[tuple[str, str]] = (HOST, JSON, BEARER),
) -> Told:
    """The answer of an application to messages of ASGI; after them the client is gone."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }
    coming, sent = iter(messages), []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0)
        return next(coming, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    asyncio.run(asked(scope, receive, send))
    if not sent:
        return Told(0, {}, b"")
    start, *rest = sent
    headers_back = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return Told(start["status"], headers_back, b"".join(each["body"] for each in rest))
