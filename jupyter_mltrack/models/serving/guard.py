"""Who may ask: the token, the name of the server and the page a request comes from.

A page that the user visits can make a name of its own lead to 127.0.0.1 (DNS rebinding) and can
send requests there from the user's own browser. Such requests bear a foreign ``Host`` or
``Origin`` and no token.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from jupyter_mltrack.models.serving.answer import Refused

#: Names of this machine that no other machine can have.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._\-]{1,253}?)\.?(?::[0-9]{1,5})?")

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What a request must bring along.

    Attributes:
        token: What ``Authorization: Bearer`` must carry; None if nothing is asked for.
        hosts: Names that ``Host`` may have, in lower case, without a port.
        any_address: Whether ``Host`` may also be any address in numbers: a server that listens on
            all addresses does not know which of them is meant, and numbers cannot be rebound.
    """

    token: str | None
    hosts: frozenset[str] = LOOPBACK
    any_address: bool = False

    def check(self, headers: Headers) -> None:
        """Let a request pass.

        Args:
            headers: Names in lower case, and values, as ASGI gives them.

        Raises:
            Refused: with 403 for a foreign host or page, with 401 without the right token.
        """
        found: dict[bytes, bytes] = {}
        for name, value in headers:
            if name in _LOOKED_AT:
                if name in found:
                    msg = f"The request has two headers {name.decode()}; send one."
                    raise _forbidden(msg)
                found[name] = value
        host = found.get(b"host", b"").decode("latin-1").lower()
        self._check_host(host)
        if (origin := found.get(b"origin")) is not None:
            _check_origin(origin.decode("latin-1").lower(), host)
        if self.token is not None:
            _check_token(found.get(b"authorization", b""), self.token)

    def _check_host(self, host: str) -> None:
        match = _HOST.fullmatch(host)
        if match and (match[1] in self.hosts or (self.any_address and _is_address(match[1]))):
            return
        msg = (
            f"This server does not answer to the host {host[:100]!r}. It answers to"
            f" {', '.join(sorted(self.hosts))}; others are named with --allowed-hosts."
        )
        raise _forbidden(msg)


_LOOKED_AT = frozenset({b"host", b"origin", b"authorization"})


def host_name(host: str) -> str:
    """A host as it is written in a URL: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def is_everywhere(host: str) -> bool:
    """Whether it stands for all addresses of this machine."""
    return _is_address(host) and ipaddress.ip_address(host).is_unspecified


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _check_origin(origin: str, host: str) -> None:
    """A page may ask only the server it came from; this one sends none."""
    if origin not in {f"http://{host}", f"https://{host}"}:
        msg = f"This server does not answer to pages of {origin[:100]!r}; ask it from a program."
        raise _forbidden(msg)


def _check_token(authorization: bytes, token: str) -> None:
    scheme, _, given = authorization.partition(b" ")
    # The time it takes does not tell how much of the token was right.
    if scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), token.encode()):
        return
    msg = "Send the token that the server showed at its start: 'Authorization: Bearer TOKEN'."
    headers = {"www-authenticate": "Bearer"}
    raise Refused(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", msg, headers)


def _forbidden(message: str) -> Refused:
    return Refused(HTTPStatus.FORBIDDEN, "PERMISSION_DENIED", message)
