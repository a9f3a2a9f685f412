"""The metrics of a training that goes on from iteration to iteration, as boosting does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jupyter_mltrack.autolog.session import Session

_NOT_IN_A_NAME = re.compile(r"[^/\w.\- :]")


class Evaluations:
    """Logs the metrics of every iteration at once, with one write, and remembers them.

    Args:
        session: Where they are logged.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen: dict[int, dict[str, float]] = {}

    def record(self, iteration: int, values: Mapping[str, float]) -> None:
        """Log what was measured after an iteration; nothing measured is remembered too."""
        named = {metric_name(name): value for name, value in values.items()}
        self._seen[iteration] = named
        if named:
            self._session.log(metrics=named, step=iteration)

    @property
    def end(self) -> int:
        """The iteration that would have come next; 0 if there was none."""
        return max(self._seen, default=-1) + 1

    def log_best(self, iteration: int, *, best: int, stopped: int) -> None:
        """Log which iteration was the best, and its metrics again after all others.

        Args:
            iteration: The best one, as `record` was told.
            best: The same as the library counts it: ``best_iteration``.
            stopped: The last one as the library counts it: ``stopped_iteration``.
        """
        self._session.log(metrics={"stopped_iteration": stopped, "best_iteration": best})
        if self._seen.get(iteration):
            self._session.log(metrics=self._seen[iteration], step=self.end)


def metric_name(name: str) -> str:
    """A name that a metric can have: ``ndcg@3`` is ``ndcg_at_3``, as in MLflow."""
    return _NOT_IN_A_NAME.sub("_", name.replace("@", "_at_"))
