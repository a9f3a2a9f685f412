"""Serves a model until it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jupyter_mltrack.models.serving import uvicorn
from jupyter_mltrack.models.serving.description import Description
from jupyter_mltrack.models.serving.guard import host_name
from jupyter_mltrack.models.serving.listening import listen
from jupyter_mltrack.models.serving.loading import load
from jupyter_mltrack.models.serving.plan import ServingPlan
from jupyter_mltrack.models.serving.workers import work_together


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A server that answers from now on.

    Attributes:
        url: Where, without a path.
        model: What it answers with.
    """

    url: str
    model: Description


def serve(plan: ServingPlan, announce: Callable[[Opened], Any]) -> None:
    """Serve a model; blocks until Ctrl-C.

    Args:
        plan: Which model, where and how.
        announce: Called once, as soon as the server answers.

    Raises:
        MltrackException: if uvicorn is not installed, the port is taken, or the model cannot be
            loaded.
        KeyboardInterrupt: after Ctrl-C, when all requests have ended.
    """
    uvicorn.check()
    with listen(plan.host, plan.port) as listener:
        url = f"http://{host_name(plan.host)}:{listener.getsockname()[1]}"

        def opened(model: Description) -> None:
            announce(Opened(url=url, model=model))

        if plan.workers == 1:
            model = load(plan.model_uri)
            opened(Description.of(model))
            uvicorn.run(plan.app(model), listener)
        else:
            work_together(plan, listener, opened)
