"""``%mltrack VERB``: the panels and settings, from one line magic."""

from __future__ import annotations

import re
import shlex
import sys
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from jupyter_mltrack import settings
from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.tracking import active, fluent

if TYPE_CHECKING:
    from collections.abc import Callable


_ID = re.compile(r"[0-9a-f]{32}")
_SWITCH = {"on": True, "off": False}


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


def ui(_: str) -> Any:
    """Experiments, runs, comparison, models and registry in one panel."""
    from jupyter_mltrack.panels.frame import ui as frame

    return frame()


def experiments(filter_string: str) -> Any:
    """The list of experiments; the rest of the line is a filter."""
    from jupyter_mltrack.panels.experiments import experiments as panel

    return panel(filter_string)


def compare(rest: str) -> Any:
    """Compare runs: several ids, or a filter on the active experiment."""
    from jupyter_mltrack.panels.compare import compare as panel

    words = rest.split()
    if not words:
        msg = "%mltrack compare needs run ids, or a filter: %mltrack compare metrics.rmse < 7"
        raise UsageError(msg)
    return panel(words if all(map(_ID.fullmatch, words)) else rest)


def card(switch: str) -> None:
    """Show a card for each run that a cell starts, or show none; alone, say which."""
    from jupyter_mltrack.magics import live

    if switch not in {"", *_SWITCH}:
        msg = f"%mltrack card takes on or off, not {switch!r}."
        raise UsageError(msg)
    cards = live.cards()
    if switch:
        cards.wanted = _SWITCH[switch]
    is_on = settings.cards() if cards.wanted is None else cards.wanted
    _say(f"cards       {'on' if is_on else 'off'}")


def runs(filter_string: str) -> Any:
    """The runs table, of the active experiment; the rest of the line is a filter."""
    from jupyter_mltrack import panels

    return panels.runs(filter_string)


def registry(name: str) -> Any:
    """The registered models; the rest of the line is the name of one."""
    from jupyter_mltrack.panels.registry import registry as panel

    return panel(name or None)


def one_run(run_id: str) -> Any:
    """The page of a run: its id, or of the last one."""
    from jupyter_mltrack import panels

    return panels.run(run_id or None)


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
    "ui": ui,
    "experiments": experiments,
    "runs": runs,
    "run": one_run,
    "compare": compare,
    "registry": registry,
    "card": card,
    "experiment": experiment,
    "store": store,
    "end": end,
    "doctor": doctor,
}
