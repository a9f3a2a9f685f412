"""Opens a run: ``mlt.run(run_id)``."""

from __future__ import annotations

from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.panels.page.run_page import RunPage
from jupyter_mltrack.store import details
from jupyter_mltrack.tracking import fluent
from jupyter_mltrack.tracking.client import TrackingClient

#: With fewer digits, the next run may begin with the same ones.
FEWEST_DIGITS = 6


def run(run_id: str | Run | None = None) -> RunPage:
    """The page of a run: overview, charts, code, data, artifacts and log.

    Args:
        run_id: Its id, the first 6 or more digits of it, or the run itself; default is the
            active run, or else the last one.

    Raises:
        ResourceDoesNotExist: if there is no such run, or no run at all.
        InvalidParameterValue: if several runs begin with these digits.

    Example:
        >>> mlt.run()
    """
    client = fluent.client()
    if run_id is None:
        return RunPage(client, _last(client))
    if isinstance(run_id, Run):
        return RunPage(client, run_id.info.run_id)
    return RunPage(client, _meant(client, run_id))


def _last(client: TrackingClient) -> str:
    """The active run, the last one of this process, or the newest of the store."""
    last = fluent.last_active_run()
    if last is not None and details.run_state(client.store, last.info.run_id) is not None:
        return last.info.run_id
    newest = details.newest_run(client.store)
    if newest is None:
        msg = "There is no run yet: begin one with `with mlt.start_run():`, or %%track on a cell."
        raise ResourceDoesNotExist(msg)
    return newest


def _meant(client: TrackingClient, run_id: object) -> str:
    """The id that an id or its beginning means."""
    if not isinstance(run_id, str):
        msg = f"mlt.run() takes a run id or a Run, not {type(run_id).__name__}."
        raise InvalidParameterValue(msg)
    if len(run_id) < FEWEST_DIGITS:
        msg = f"{run_id!r} is too short for a run: give {FEWEST_DIGITS} or more digits of its id."
        raise InvalidParameterValue(msg)
    found = details.ids_beginning(client.store, run_id, 3)
    if len(found) > 1 and run_id not in found:
        named = ", ".join(one[: len(run_id) + 4] for one in found)
        msg = f"Several runs begin with {run_id!r}, such as {named}: give more digits."
        raise InvalidParameterValue(msg)
    return found[0] if len(found) == 1 else run_id
