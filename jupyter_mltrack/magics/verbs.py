"""``%mltrack VERB``: the panels and settings, from one line magic."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from jupyter_mltrack import settings
from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.tracking import active, fluent

if TYPE_CHECKING:
    from collections.abc import Callable


def run(line: str) -> Any:
    """Do what a ``%mltrack`` line says.

    Raises:
        UsageError: if there is no such verb, with the list of those there are; if it cannot do it.
    """
    verb, _, rest = line.strip().partition(" ")
    found = VERBS.get(verb or "status")
    if found is None:
        msg = f"%mltrack has no verb {verb!r}. Verbs: {', '.join(VERBS)}. See %mltrack?"
        raise UsageError(msg)
    try:
        return found(rest.strip())
    except MltrackException as error:
        raise UsageError(str(error)) from None


def status(_: str) -> None:
    """Where runs go, and which one is active; nothing is made of what does not exist yet."""
    opened = fluent.active_run()
    path = fluent.client().store.path
    chosen = active.chosen_experiment(path) or settings.experiment_id()
    named = settings.experiment_name() or active.notebook_experiment() or "Default"
    _say(f"store       {path}")
    _say(f"experiment  {fluent.get_experiment(chosen).name if chosen else named}")
    _say(f"active run  {opened.info.run_name if opened else 'none'}")


def runs(filter_string: str) -> Any:
    """The runs table, of the active experiment; the rest of the line is a filter."""
    from jupyter_mltrack import panels

    return panels.runs(filter_string)


def one_run(run_id: str) -> Any:
    """The card of a run: its id, or of the last one."""
    from jupyter_mltrack import panels

    if not run_id:
        last = fluent.last_active_run()
        if last is None:
            msg = "%mltrack run needs a run id: this session has no run yet."
            raise UsageError(msg)
        run_id = last.info.run_id
    return panels.run(run_id)


def experiment(name: str) -> None:
    """Log to this experiment from now on."""
    words = shlex.split(name)
    if not words:
        msg = "%mltrack experiment needs a name: %mltrack experiment wine"
        raise UsageError(msg)
    _say(f"experiment  {fluent.set_experiment(' '.join(words)).name}")


def store(uri: str) -> None:
    """Use this store from now on; alone, say which one is used."""
    if uri:
        fluent.set_tracking_uri(uri)
    _say(f"store       {fluent.client().store.path}")


def end(_: str) -> None:
    """End the active run."""
    fluent.end_run()


def doctor(_: str) -> None:
    """Look whether the store is well."""
    from jupyter_mltrack.store import health

    _say("\n".join(health.report(fluent.client().store)))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


VERBS: dict[str, Callable[[str], Any]] = {
    "status": status,
    "runs": runs,
    "run": one_run,
    "experiment": experiment,
    "store": store,
    "end": end,
    "doctor": doctor,
}
