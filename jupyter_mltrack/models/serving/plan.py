"""How a model is to be served: what was asked for, checked before anything is begun."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.serving.app import MAX_BODY, THREADS, TIMEOUT, ScoringApp, app
from jupyter_mltrack.models.serving.guard import LOOPBACK, host_name, is_everywhere, is_loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingPlan:
    """How a model is to be served.

    Attributes:
        model_uri: Which model.
        host: What the server listens on.
        port: 0 takes any that is free.
        token: What every request must carry; None, which only this machine may have, nothing.
        allowed_hosts: Names that requests may have as ``Host``, beside those of ``host``.
        workers: How many processes answer.
        threads: How many predictions each of them makes at a time.
        timeout: Seconds until a request is given up.
        max_body: The largest body, in bytes.
        stack_traces: Whether an answer tells where the model failed; the log does always.

    Raises:
        InvalidParameterValue: if it makes no sense, or would leave a model open to a network.
    """

    model_uri: str
    host: str = "127.0.0.1"
    port: int = 5000
    token: str | None
    allowed_hosts: tuple[str, ...] = ()
    workers: int = 1
    threads: int = THREADS
    timeout: float = TIMEOUT
    max_body: int = MAX_BODY
    stack_traces: bool = False

    def __post_init__(self) -> None:
        numbers = {name: getattr(self, name) for name in _AT_LEAST}
        for name, value in numbers.items():
            if not value >= _AT_LEAST[name]:
                msg = f"{name} must be at least {_AT_LEAST[name]:g}, not {value:g}."
                raise InvalidParameterValue(msg)
        if self.token is None and not is_loopback(self.host):
            msg = (
                f"Others could ask the model at {self.host} for anything. Leave out --no-token, or"
                " serve it at 127.0.0.1, which only this machine reaches."
            )
            raise InvalidParameterValue(msg)
        if self.token is not None and not self.token.isascii():
            msg = "A token travels in a header: take ASCII letters and digits, or leave it out."
            raise InvalidParameterValue(msg)

    def app(self, model: Any) -> ScoringApp:
        """The application for the model, once it is loaded."""
        names = {host_name(self.host), *map(host_name, self.allowed_hosts)}
        return app(
            model,
            token=self.token,
            hosts=LOOPBACK | {name.lower() for name in names},
            any_address=is_everywhere(self.host),
            timeout=self.timeout,
            max_body=self.max_body,
            threads=self.threads,
            stack_traces=self.stack_traces,
        )


#: The smallest of each that makes sense.
_AT_LEAST = {"workers": 1, "threads": 1, "timeout": 0.001, "max_body": 1}


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)
