"""Several processes that answer at one socket, for models that keep one core busy.

Each is started anew, not forked, and loads the model itself: libraries of models have threads,
which do not survive a fork.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.models.serving import uvicorn
from jupyter_mltrack.models.serving.description import Description
from jupyter_mltrack.models.serving.loading import load
from jupyter_mltrack.models.serving.plan import ServingPlan

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

_log = logging.getLogger("jupyter_mltrack")

#: Seconds that a process has to end its requests.
_GRACE = 7


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    news: Connection
    model: Description | None = None


def work_together(
    plan: ServingPlan,
    listener: socket.socket,
    announce: Callable[[Description], None],
) -> None:
    """Start the processes, and a new one for each that dies; blocks until Ctrl-C.

    Args:
        plan: How many, and what they serve.
        listener: Where they listen.
        announce: Called with what is served when all of them answer.

    Raises:
        MltrackException: if one cannot load the model.
    """
    crew: list[_Worker] = []
    is_announced = False
    try:
        crew.extend(_start(plan, listener) for _ in range(plan.workers))
        while True:
            _take_news(crew)
            _replace_dead(crew, plan, listener)
            model = crew[0].model
            if model and not is_announced and all(each.model for each in crew):
                is_announced = True
                announce(model)
    finally:
        _end(crew)


def _start(plan: ServingPlan, listener: socket.socket) -> _Worker:
    context = multiprocessing.get_context("spawn")
    news, tell = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(plan, listener, tell), name="mltrack-serve")
    # The new process inherits the mask: Ctrl-C waits there until `_work` can end quietly.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    tell.close()  # so that the end of the process ends the pipe
    return _Worker(process, news)


def _take_news(crew: list[_Worker]) -> None:
    """Wait until a process is ready or dead."""
    waited_for = {each.news: each for each in crew if not each.model}
    sentinels = [each.process.sentinel for each in crew if each.model]
    for news in wait([*waited_for, *sentinels]):
        if isinstance(news, Connection):
            waited_for[news].model = _told(news)


def _told(news: Connection) -> Description:
    try:
        told = news.recv()
    except EOFError as error:
        msg = "A process ended before it had loaded the model; what it wrote above says why."
        raise MltrackException(msg) from error
    if not isinstance(told, Description):
        raise MltrackException(told)
    return told


def _replace_dead(crew: list[_Worker], plan: ServingPlan, listener: socket.socket) -> None:
    for place, each in enumerate(crew):
        if each.model and not each.process.is_alive():
            code = each.process.exitcode
            _log.warning("A process that answers ended with code %s; a new one starts.", code)
            each.news.close()
            crew[place] = _start(plan, listener)


def _end(crew: list[_Worker]) -> None:
    for each in crew:
        each.process.terminate()
    for each in crew:
        each.process.join(_GRACE)
        if each.process.is_alive():
            each.process.kill()
            each.process.join()
        each.news.close()


def _work(plan: ServingPlan, listener: socket.socket, tell: Connection) -> None:
    """One process: load, say so, serve."""
    with suppress(KeyboardInterrupt):  # Ctrl-C reaches the whole group
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        try:
            model = load(plan.model_uri)
            server = uvicorn.server(plan.app(model))
        except Exception as error:  # noqa: BLE001  (whatever it is, the parent tells it)
            reason = error.message if isinstance(error, MltrackException) else repr(error)
            tell.send(reason)
            return
        threading.Thread(target=_follow_parent, args=(server,), daemon=True).start()
        tell.send(Description.of(model))
        server.run(sockets=[listener])


def _follow_parent(server: Any) -> None:
    """End the server when the process that started it is gone, however that came."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        server.should_exit = True
