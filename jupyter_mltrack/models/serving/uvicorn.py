"""Runs the scoring application with uvicorn (https://www.uvicorn.org)."""

from __future__ import annotations

import importlib
import socket
from typing import Any

from jupyter_mltrack.errors import MltrackException

#: Seconds that requests have to end after Ctrl-C.
_GRACE = 5


def check() -> None:
    """Say what is missing before anything is begun.

    Raises:
        MltrackException: if uvicorn is not installed.
    """
    try:
        importlib.import_module("uvicorn")
    except ImportError as error:
        msg = 'Serving models needs uvicorn: pip install "jupyter-mltrack[serve]"'
        raise MltrackException(msg) from error


def server(application: Any, *, loop: str = "auto") -> Any:
    """A ``uvicorn.Server`` for an ASGI application; ``run(sockets=[…])`` blocks.

    It writes no line for each request, trusts no header about where a request came from, and
    takes no part in the logging of a program it runs in.

    Args:
        application: The ASGI application.
        loop: Which event loop; uvloop is taken if it is installed.
    """
    import uvicorn

    config = uvicorn.Config(
        application,
        loop=loop,
        lifespan="off",
        ws="none",
        interface="asgi3",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    return uvicorn.Server(config)


def run(application: Any, listener: socket.socket) -> None:
    """Serve until Ctrl-C, SIGTERM or the end of the process.

    Raises:
        KeyboardInterrupt: after Ctrl-C, when all requests have ended.
    """
    server(application).run(sockets=[listener])
