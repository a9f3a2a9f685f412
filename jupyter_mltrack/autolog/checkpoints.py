"""Checkpoints of a training as files of its run, under the names that MLflow gives them.

``checkpoints/latest_checkpoint<suffix>`` is the best one so far. If all are kept, they lie in
``checkpoints/epoch_<n>/`` or ``checkpoints/global_step_<n>/``. Beside each is a JSON file with the
metrics of that moment, and a tag of the run names the last one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from jupyter_mltrack.autolog.session import RunLog
from jupyter_mltrack.autolog.trouble import tell
from jupyter_mltrack.errors import InvalidParameterValue

LATEST = "mlflow.latest_checkpoint_artifact"
_FOLDER = "checkpoints"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointPlan:
    """Which checkpoints are kept.

    Attributes:
        monitor: The metric that says which one is the best.
        mode: ``min`` or ``max``: what is better.
        save_best_only: Keep only the best one.
        save_weights_only: Leave out the state of the optimizer.
        save_freq: ``epoch``, or a number of batches.
    """

    monitor: str | None = "val_loss"
    mode: str = "min"
    save_best_only: bool = True
    save_weights_only: bool = False
    save_freq: int | str = "epoch"

    def __post_init__(self) -> None:
        if self.save_best_only and (self.monitor is None or self.mode not in {"min", "max"}):
            msg = (
                "To keep the best checkpoint only, name a metric as monitor, and 'min' or 'max' as"
                f" mode; not {self.monitor!r} and {self.mode!r}."
            )
            raise InvalidParameterValue(msg)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self | None:
        """The plan that the arguments of an ``autolog`` mean; None if there is to be none."""
        if not options.get("checkpoint"):
            return None
        start = "checkpoint_"
        chosen = {k.removeprefix(start): v for k, v in options.items() if k.startswith(start)}
        return cls(**chosen)


class Checkpoints:
    """The checkpoints of one training.

    Args:
        run: The run that keeps them.
        plan: Which ones.
        suffix: Of the files, such as ``.pth``.
    """

    def __init__(self, run: RunLog, plan: CheckpointPlan, suffix: str) -> None:
        self._run = run
        self._plan = plan
        self._suffix = f".weights{suffix}" if plan.save_weights_only else suffix
        self._best: float | None = None
        self._missed = False

    def offer(
        self, metrics: Mapping[str, Any], epoch: int, step: int, save: Callable[[Path], Any]
    ) -> None:
        """Keep a checkpoint of this moment, if it is wanted.

        Args:
            metrics: What was measured last.
            epoch: The epoch, from 0.
            step: The number of batches so far.
            save: Writes the checkpoint to a file.
        """
        measured = {name: float(value) for name, value in metrics.items()}
        if self._plan.save_best_only and not self._is_best(measured):
            return
        folder, start = self._place(epoch, step)
        name = f"{start}checkpoint{self._suffix}"
        numbers = measured | {"epoch": epoch, "global_step": step}
        with tempfile.TemporaryDirectory() as temporary:
            file = Path(temporary) / name
            save(file)
            self._run.log_dict(numbers, f"{folder}/{start}checkpoint_metrics.json")
            self._run.log_file(file, folder)
        self._run.log(tags={LATEST: f"{folder}/{name}"})

    def _is_best(self, measured: Mapping[str, float]) -> bool:
        """Whether the metric to watch is better than ever; without it nothing is."""
        value = measured.get(str(self._plan.monitor))
        if value is None:
            self._miss()
            return False
        sign = 1 if self._plan.mode == "min" else -1
        is_best = self._best is None or sign * value < sign * self._best
        if is_best:
            self._best = value
        return is_best

    def _miss(self) -> None:
        """Say once that there is nothing to choose a checkpoint by."""
        if not self._missed:
            tell(
                self._run.configuration,
                f"no checkpoint is kept: there is no metric {self._plan.monitor!r} to choose by",
            )
        self._missed = True

    def _place(self, epoch: int, step: int) -> tuple[str, str]:
        """The folder of a checkpoint, and how the names of its files begin."""
        if self._plan.save_best_only:
            return _FOLDER, "latest_"
        last = f"epoch_{epoch}" if self._plan.save_freq == "epoch" else f"global_step_{step}"
        return f"{_FOLDER}/{last}", ""
