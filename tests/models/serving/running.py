"""A real server in a thread of the test, at a port that is free."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_mltrack.models.serving import app, uvicorn
from jupyter_mltrack.models.serving.listening import listen
from tests.models.serving.asking import TOKEN, Told


@contextmanager
def running(model: Any, **options: Any) -> Iterator[int]:
    """The port at which the model answers."""
    server = uvicorn.server(app(model, **{"token": TOKEN, **options}))
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.005)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)


def post(port: int, body: Any, **headers: str) -> Told:
    """The answer over the network; a list of pieces is sent in chunks."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    given = {"content-type": "application/json", "authorization": f"Bearer {TOKEN}"}
    try:
        connection.request("POST", "/invocations", body, given | headers)
        answer = connection.getresponse()
        return Told(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()
