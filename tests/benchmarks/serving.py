"""The ``serving`` benchmark: the same scikit-learn model behind both scoring servers.

Each server is started by its command, on this machine alone, as users start it; ours asks for its
token. Some connections ask as quickly as they are answered, a fixed number of times. The client
sends prepared bytes and takes what comes, so that it needs little of the processor.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from tests.benchmarks.figures import Figure, Unit, percentile
from tests.benchmarks.process import WorkerError, complaint
from tests.benchmarks.setting import Setting

COLUMNS = 10
CONNECTIONS = 8
REQUESTS = 8_000
ROWS = (1, 100)
_TOKEN = "of-the-benchmark"  # noqa: S105
_PATIENCE_S = 120
_COMMANDS = {
    "ours": ["-c", "import sys; from jupyter_mltrack.cli import main; sys.exit(main())"],
    "mlflow_sqlite": ["-m", "mlflow"],
}
_PACKAGES = {"ours": "jupyter_mltrack", "mlflow_sqlite": "mlflow"}
_FLAVORS = {"ours": "jupyter_mltrack.models.flavors.sklearn", "mlflow_sqlite": "mlflow.sklearn"}
_OPTIONS = {"ours": ["--token", _TOKEN], "mlflow_sqlite": ["--env-manager", "local"]}


class Told(NamedTuple):
    """What a client saw: requests in a second, and the latencies, sorted.

    What else the machine does changes both, but hardly the nanoseconds of a processor that the
    server itself took for one request.
    """

    rate: float
    took: list[int]
    processor: float = 0.0


def serve(contender: ModuleType, folder: Path, port: int, workers: int) -> None:
    """Job: train, save, and become the server."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    name = contender.__name__.rpartition(".")[2]
    flavor = import_module(_FLAVORS[name])
    data = _frame(1_000)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(data, np.arange(1_000) % 3)
    signature = import_module(f"{_PACKAGES[name]}.models").infer_signature(
        data, model.predict(data)
    )
    where = str(folder / "model")
    flavor.save_model(model, where, signature=signature, pip_requirements=[])
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # for uvicorn
    os.setsid()  # so that it can be ended with all its processes
    words = ["models", "serve", "-m", where, "-p", str(port), "-w", str(workers)]
    command = [sys.executable, *_COMMANDS[name], *words, *_OPTIONS[name]]
    os.execv(sys.executable, command)  # noqa: S606


def measure(setting: Setting) -> list[Figure]:
    """One server after the other, with requests of one row and of many."""
    told: dict[tuple[str, str], Told] = {}
    for workers in (1, 2):
        for name in setting.who(*_COMMANDS):
            with setting.attempt(), _server(setting, name, workers) as (port, session):
                for rows in ROWS:
                    what = f"{rows} rows, {CONNECTIONS} at a time, {workers} processes"
                    requests = setting.share(REQUESTS // (1 if rows == 1 else 4), least=80)
                    _asked(port, rows, min(requests, 400))
                    before = _processor(session)
                    seen = _asked(port, rows, requests)
                    spent = (_processor(session) - before) / len(seen.took)
                    told[what, name] = seen._replace(processor=spent)
    return list(_figures(told))


def _figures(told: dict[tuple[str, str], Told]) -> Iterator[Figure]:
    for (what, name), one in told.items():
        yield Figure(what=f"requests of {what}", contender=name, value=one.rate, unit=Unit.RATE)
        for words, share in (("p50", 0.5), ("p99", 0.99)):
            value = percentile(one.took, share)
            yield Figure(what=f"{words} of {what}", contender=name, value=value, unit=Unit.NS)
        what_for = f"processor for {what}"
        yield Figure(what=what_for, contender=name, value=one.processor, unit=Unit.NS)
        peer = told.get((what, "mlflow_sqlite"))
        if name == "ours" and peer:
            yield Figure(
                what=f"requests beside MLflow's, {what}",
                contender=name,
                value=one.rate / peer.rate,
                unit=Unit.TIMES,
                at_least=2,
            )


@contextmanager
def _server(setting: Setting, name: str, workers: int) -> Iterator[tuple[int, int]]:
    """The port and the session of a server, which is gone afterwards with all its processes."""
    with setting.workers.store() as folder:
        port = _free_port()
        process = setting.workers.start(folder, name, serve, port, workers)
        try:
            _wait(port, process)
            yield port, process.pid
        except OSError as error:
            raise WorkerError(complaint(folder, name)) from error
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.communicate(timeout=20)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers.

    Raises:
        TimeoutError: if it ends before that, or does not begin in time.
    """
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/ping", headers={"Authorization": f"Bearer {_TOKEN}"})
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.2)
    raise TimeoutError


def _asked(port: int, rows: int, requests: int) -> Told:
    """Ask so many times over all connections."""
    message = _message(port, rows)
    each = max(requests // CONNECTIONS, 1)
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = list(pool.map(lambda _: _ask(port, message, each), range(CONNECTIONS)))
    spent = time.perf_counter() - began
    return Told(each * CONNECTIONS / spent, sorted(one for part in parts for one in part))


def _ask(port: int, message: bytes, times: int) -> list[int]:
    """The latency of each request of one connection."""
    took = []
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(times):
            began = time.perf_counter_ns()
            connection.sendall(message)
            _take(connection)
            took.append(time.perf_counter_ns() - began)
    return took


def _take(connection: socket.socket) -> None:
    """Take an answer, which must be one with predictions."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _more(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise WorkerError(answer.decode("utf-8", "replace"))
    ((_, length),) = [
        line.split(b":")
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    ]
    while len(body) < int(length):
        body += _more(connection)


def _more(connection: socket.socket) -> bytes:
    if part := connection.recv(65536):
        return part
    msg = "the server closed a connection"
    raise WorkerError(msg)


def _message(port: int, rows: int) -> bytes:
    """A request as it goes over the wire."""
    frame = _frame(rows)
    split = {"columns": list(frame.columns), "data": frame.to_numpy().tolist()}
    body = json.dumps({"dataframe_split": split}).encode()
    head = (
        f"POST /invocations HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {_TOKEN}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _frame(rows: int):  # noqa: ANN202  (of pandas, which is imported where it is needed)
    import numpy as np
    import pandas as pd

    values = np.random.default_rng(7).normal(size=(rows, COLUMNS)).round(4)
    return pd.DataFrame(values, columns=[f"column_{place}" for place in range(COLUMNS)])


def _processor(session: int) -> float:
    """Nanoseconds of a processor that all processes of a session have taken (proc(5))."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[3]) == session:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK") * 1e9


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
