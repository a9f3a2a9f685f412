"""Threads in which models predict, so that the event loop stays free to listen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any

_Task = tuple[asyncio.AbstractEventLoop, asyncio.Future[Any], Callable[[], Any]]


class Threads:
    """Some threads that work for an event loop.

    Unlike those of `concurrent.futures` they do not keep the process alive: a prediction that
    never ends cannot be stopped, and Ctrl-C must still end the server.

    Args:
        count: How many work at a time; what comes beyond that waits.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._queue: SimpleQueue[_Task] = SimpleQueue()
        self._started = False

    async def run(self, work: Callable[[], Any]) -> Any:
        """What ``work()`` returns; if the caller is cancelled before it began, it never begins."""
        if not self._started:
            self._started = True
            for number in range(self._count):
                name = f"mltrack-predict-{number}"
                threading.Thread(target=self._work, name=name, daemon=True).start()
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._queue.put((loop, future, work))
        return await future

    def _work(self) -> None:
        while True:
            loop, future, work = self._queue.get()
            if future.cancelled():
                continue
            settle = partial(_settle, future, *_outcome(work))
            with suppress(RuntimeError):  # the loop is gone
                loop.call_soon_threadsafe(settle)
            del future, work, settle  # nothing large is kept while waiting


def _outcome(work: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    """What it returned, or what it raised."""
    try:
        return work(), None
    except BaseException as error:  # noqa: BLE001  (it belongs to who waits)
        return None, error


def _settle(future: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
    if future.done():  # nobody waits any more
        return
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)
