"""The socket that a scoring server listens on, taken before a model is loaded."""

from __future__ import annotations

import errno
import os
import socket

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException

_LARGEST_PORT = 65535
_WAITING = 2048


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        host: A name or an address of this machine.
        port: 0 takes any that is free.

    Raises:
        InvalidParameterValue: if there is no such host or port.
        MltrackException: if the port is taken or not allowed.
    """
    if not 0 <= port <= _LARGEST_PORT:
        msg = f"A port is a number from 0 to {_LARGEST_PORT}, not {port}."
        raise InvalidParameterValue(msg)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        msg = f"There is no host {host!r}: {error}. Take 127.0.0.1, or an address of this machine."
        raise InvalidParameterValue(msg) from error
    family, kind, protocol, _, address = found[0]
    # With the protocol, or asyncio leaves Nagle's algorithm on: 40 ms for each answer.
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_WAITING)
    except OSError as error:
        listener.close()
        raise MltrackException(_explained(error, host, port)) from error
    listener.set_inheritable(False)
    return listener


def _explained(error: OSError, host: str, port: int) -> str:
    said = os.strerror(error.errno or 0)
    advice = {
        errno.EADDRINUSE: f"Another program has it. Take another port: -p {port + 1}, or -p 0"
        " for any that is free.",
        errno.EACCES: "Ports below 1024 belong to the system. Take a higher one: -p 5000.",
        errno.EADDRNOTAVAIL: "This machine does not have that address. Take 127.0.0.1.",
    }
    return f"Cannot listen on {host}:{port}: {said}. {advice.get(error.errno or 0, '')}".rstrip()
