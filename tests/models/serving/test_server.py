"""The real server over real sockets."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.serving import ServingPlan, serve
from jupyter_mltrack.models.serving.listening import listen
from jupyter_mltrack.models.serving.plan import new_token
from tests.models.serving.asking import TOKEN, fake
from tests.models.serving.running import post, running


def test_over_the_network() -> None:
    """Whole, in chunks, and many from several sides at once."""
    with running(fake(answer=lambda data: data)) as port:
        assert post(port, b'{"inputs": [1]}').fields == {"predictions": [1]}
        assert post(port, iter([b'{"inputs"', b": [1]}"])).fields == {"predictions": [1]}
        bodies = [b'{"inputs": [%d]}' % number for number in range(100)]
        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(lambda body: post(port, body), bodies))
    assert [one.fields["predictions"] for one in told] == [[number] for number in range(100)]


def test_the_server_says_little_of_itself() -> None:
    """No name, no version; the token must be there."""
    with running(fake()) as port:
        told = post(port, b'{"inputs": [1]}')
        assert "server" not in told.headers
        assert post(port, b'{"inputs": [1]}', authorization="Bearer x").status == 401
        assert post(port, b'{"inputs": [1]}', host="evil.example").status == 403


def test_a_body_that_is_too_large() -> None:
    """Refused while it comes, and the connection is closed; the next one is served."""
    with running(fake(), max_body=1000) as port:
        assert post(port, b"x" * 1001).status == 413
        assert post(port, iter([b"x" * 600] * 2)).status == 413
        assert post(port, b'{"inputs": [1]}').status == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nx",
        b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"A" * 100_000,
    ],
)
def test_no_http(sent: bytes) -> None:
    """400 or a closed connection; the server is well afterwards."""
    with running(fake()) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            told = b""
            while part := connection.recv(4096):
                told += part
        assert told == b"" or told.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))
        assert post(port, b'{"inputs": [1]}').status == 200


def test_a_connection_that_stays() -> None:
    """Serves one request after the other, also after a refusal."""
    with running(fake()) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for headers, status in (({"authorization": f"Bearer {TOKEN}"}, 200), ({}, 401)) * 3:
            connection.request("GET", "/ping", headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
        connection.close()


def test_answers_are_not_held_back() -> None:
    """Nagle's algorithm would wait 40 ms for the acknowledgement of an answer's head."""
    with running(fake()) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        took = []
        for _ in range(20):
            began = time.monotonic()
            connection.request("GET", "/ping", headers={"authorization": f"Bearer {TOKEN}"})
            connection.getresponse().read()
            took.append(time.monotonic() - began)
        connection.close()
    assert min(took) < 0.03


def test_a_port_that_is_taken() -> None:
    """The message says which, and what to do; the model was not even loaded."""
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        plan = ServingPlan(model_uri="nowhere", port=port, token=None)
        with pytest.raises(
            MltrackException, match=rf"127.0.0.1:{port}.*another port: -p {port + 1}"
        ):
            serve(plan, print)


@pytest.mark.parametrize(
    ("host", "port", "message"),
    [
        ("127.0.0.1", 65536, "from 0 to 65535"),
        ("127.0.0.1", -1, "from 0 to 65535"),
        ("no such host", 5000, "There is no host"),
        ("192.0.2.1", 5000, "does not have that address"),
    ],
)
def test_a_place_that_is_none(host: str, port: int, message: str) -> None:
    """A clear error."""
    with pytest.raises(MltrackException, match=message):
        listen(host, port)


def test_a_network_needs_a_token() -> None:
    """A model is open to all only on purpose, and never to a network."""
    assert ServingPlan(model_uri="m", token=None).host == "127.0.0.1"
    assert ServingPlan(model_uri="m", token=None, host="::1").token is None
    assert ServingPlan(model_uri="m", token="x", host="0.0.0.0").host == "0.0.0.0"  # noqa: S104, S106
    for host in ("0.0.0.0", "::", "10.0.0.1", "models.example", ""):  # noqa: S104
        with pytest.raises(InvalidParameterValue, match="Leave out --no-token"):
            ServingPlan(model_uri="m", token=None, host=host)


@pytest.mark.parametrize(
    "wrong", [{"workers": 0}, {"timeout": 0}, {"timeout": float("nan")}, {"max_body": 0}]
)
def test_a_plan_that_makes_no_sense(wrong: dict[str, int]) -> None:
    """Is refused by name."""
    with pytest.raises(InvalidParameterValue, match=f"{next(iter(wrong))} must be at least"):
        ServingPlan(model_uri="m", token=None, **wrong)


def test_tokens() -> None:
    """Each is another one, long enough, and fits into a header."""
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) >= 32 and token.isascii() for token in tokens)
    with pytest.raises(InvalidParameterValue, match="ASCII"):
        ServingPlan(model_uri="m", token="tökén")  # noqa: S106


def test_without_uvicorn() -> None:
    """The message says what to install; nothing was begun."""
    code = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "from jupyter_mltrack.models.serving import ServingPlan, serve\n"
        "serve(ServingPlan(model_uri='m', token=None, port=0), print)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'pip install "jupyter-mltrack[serve]"' in done.stderr


def test_a_prediction_that_never_ends_does_not_keep_the_server() -> None:
    """It is given up, and the server ends when it is told to."""
    never = threading.Event()
    began = time.monotonic()
    with running(fake(answer=lambda _: never.wait(60)), timeout=0.1) as port:
        assert post(port, b'{"inputs": [1]}').status == 504
    never.set()
    assert time.monotonic() - began < 50
