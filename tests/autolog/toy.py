"""A library that trains nothing, and how it is watched."""

from __future__ import annotations

import importlib
from collections.abc import Generator, Iterator

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.library import Library, Patch, Watcher

SOURCE = '''
def train(rounds, rate=0.1, callbacks=(), act=None):
    """Train."""
    for step in range(rounds):
        for callback in callbacks:
            callback(step)
    if act is not None:
        act()
    return rounds * rate

class Model:
    def fit(self, x, y=None, *, act=None):
        """Fit."""
        if act is not None:
            act()
        return self

    def predict(self, x):
        return x
'''


def plain_watcher(call: Call) -> Generator[None, object, None]:
    """Log the number of arguments, and that the call returned."""
    call.session.log(params={"arguments": len(call.arguments())})
    yield
    call.session.log(metrics={"returned": 1.0})


def toy_library(
    watcher: Watcher = plain_watcher, *names: str, versions: tuple[str, str] = ("1", "999")
) -> Library:
    """The library with one watcher for these functions, ``train`` and ``Model.fit`` by default."""

    def patches() -> Iterator[Patch]:
        module = importlib.import_module("toylib")
        for name in names or ("train", "Model.fit"):
            owner, _, method = name.rpartition(".")
            place = getattr(module, owner) if owner else module
            yield Patch(owner=place, name=method, watcher=watcher)

    return Library(
        flavor="toy", module="toylib", distribution="pytest", versions=versions, patches=patches
    )
