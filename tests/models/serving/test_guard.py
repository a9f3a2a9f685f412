"""Who may ask; every route is guarded alike."""

from __future__ import annotations

import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.serving import app
from jupyter_mltrack.models.serving.guard import is_everywhere, is_loopback
from tests.models.serving.asking import BEARER, HOST, JSON, ask, fake

ROUTES = [("GET", "/ping"), ("GET", "/health"), ("GET", "/version"), ("POST", "/invocations")]
UNKNOWN = [("GET", "/"), ("GET", "/docs"), ("GET", "/openapi.json"), ("PUT", "/ping")]

FOREIGN_HOSTS = [
    "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.2", "10.0.0.1",
    "0.0.0.0:5000", "127.0.0.1@evil.example", "evil.example#127.0.0.1", "localhost:80:80", "",
    "localhost:x", "[::1]evil", "[::2]", "2130706433", "0x7f.1", "localhost,evil.example", "\xff",
]  # fmt: skip
FOREIGN_ORIGINS = [
    "http://evil.example", "null", "", "http://127.0.0.1", "http://127.0.0.1:5001", "file://",
    "http://localhost:5000", "https://127.0.0.1:5000.evil.example", "HTTP://EVIL.EXAMPLE",
]  # fmt: skip
WRONG_TOKENS = [
    None, "", "Bearer", "Bearer ", "Bearer wrong-token", "Bearer right-toke", "Bearer right-token2",
    "bearer RIGHT-TOKEN", "Basic right-token", "right-token", "Bearer  right-token x",
    "Bearer r\xefght-token", "Token right-token",
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_who_may_ask_is_answered(method: str, path: str) -> None:
    """With the right token, at every name of this machine; the scheme has no case."""
    for host in ("127.0.0.1:5000", "localhost:1", "LOCALHOST", "localhost.", "[::1]:5000"):
        for scheme in ("Bearer", "bearer"):
            headers = [("host", host), JSON, ("authorization", f"{scheme} right-token")]
            assert ask(fake(), method=method, path=path, headers=headers).status == 200


@pytest.mark.parametrize(("method", "path"), ROUTES + UNKNOWN)
def test_no_route_answers_without_the_token(method: str, path: str) -> None:
    """401 on every route, known or not: who has no token learns nothing."""
    for wrong in WRONG_TOKENS:
        bearer = [] if wrong is None else [("authorization", wrong)]
        told = ask(fake(), method=method, path=path, headers=[HOST, JSON, *bearer])
        assert (told.status, told.headers["www-authenticate"]) == (401, "Bearer"), wrong
        assert "right" not in told.body.decode()


@pytest.mark.parametrize(("method", "path"), ROUTES + UNKNOWN)
@pytest.mark.parametrize("token", [None, "right-token"])
def test_no_route_answers_to_foreign_names_and_pages(
    method: str, path: str, token: str | None
) -> None:
    """403, with and without a token: a page can rebind its own name to this machine."""
    for host in FOREIGN_HOSTS:
        headers = [("host", host), JSON, BEARER]
        assert ask(fake(), method=method, path=path, headers=headers, token=token).status == 403
    for origin in FOREIGN_ORIGINS:
        headers = [HOST, JSON, BEARER, ("origin", origin)]
        told = ask(fake(), method=method, path=path, headers=headers, token=token)
        assert told.status == 403, origin
        assert told.fields["error_code"] == "PERMISSION_DENIED"


@pytest.mark.parametrize("header", ["host", "origin", "authorization"])
def test_a_header_that_is_there_twice(header: str) -> None:
    """Is refused: a proxy and a server may each look at another one."""
    values = {"host": "127.0.0.1:5000", "authorization": "Bearer right-token"}
    twice = [(header, values.get(header, "http://127.0.0.1:5000"))] * 2
    headers = [one for one in (HOST, JSON, BEARER) if one[0] != header]
    assert ask(fake(), headers=headers + twice).status == 403


def test_without_host() -> None:
    """Refused; HTTP/1.1 demands one."""
    assert ask(fake(), headers=[JSON, BEARER]).status == 403


def test_the_page_of_the_server_itself() -> None:
    """Its origin is the host it was asked at."""
    headers = [HOST, JSON, BEARER, ("origin", "http://127.0.0.1:5000")]
    assert ask(fake(), headers=headers).status == 200


def test_no_other_page_may_read_an_answer() -> None:
    """There are no CORS headers, and nothing answers OPTIONS."""
    told = ask(fake())
    assert not [name for name in told.headers if name.startswith("access-control")]
    assert told.headers["cache-control"] == "no-store"
    assert told.headers["x-content-type-options"] == "nosniff"
    assert ask(fake(), method="OPTIONS").status == 405


def test_names_that_were_allowed() -> None:
    """Beside them, any address in numbers for a server that listens on all."""
    for host in ("models.example", "models.example:80"):
        headers = [("host", host), JSON, BEARER]
        assert ask(fake(), headers=headers).status == 403
        assert ask(fake(), headers=headers, hosts=frozenset({"models.example"})).status == 200
    headers = [("host", "10.0.0.7:5000"), JSON, BEARER]
    assert ask(fake(), headers=headers, any_address=True).status == 200
    headers = [("host", "evil.example"), JSON, BEARER]
    assert ask(fake(), headers=headers, any_address=True).status == 403


@pytest.mark.parametrize("token", ["", "  "])
def test_an_empty_token_is_none(token: str) -> None:
    """It is refused when the server starts."""
    with pytest.raises(InvalidParameterValue, match="protects nothing"):
        app(fake(), token=token)


@pytest.mark.parametrize(
    ("host", "loopback", "everywhere"),
    [
        ("127.0.0.1", True, False),
        ("127.9.9.9", True, False),
        ("localhost", True, False),
        ("::1", True, False),
        ("0.0.0.0", False, True),  # noqa: S104
        ("::", False, True),
        ("10.0.0.1", False, False),
        ("models.example", False, False),
    ],
)
def test_what_reaches_how_far(host: str, *, loopback: bool, everywhere: bool) -> None:
    """Names of other machines may resolve to anything, so they count as a network."""
    assert (is_loopback(host), is_everywhere(host)) == (loopback, everywhere)
