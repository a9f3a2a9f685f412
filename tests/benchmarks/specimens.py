"""What the contenders store, the same for all: runs with params and metrics, noisy series."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

PARAMS = 20
METRICS = 20
START = 1_790_000_000_000  # ms since 1970
_MODELS = ("ridge", "lasso", "boosting", "forest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A run that ended; times in ms since 1970."""

    run_id: str
    start: int
    end: int
    params: dict[str, str]
    metrics: dict[str, float]


def run(number: int) -> Specimen:
    """Make the run of that number, the same whenever it is asked for."""
    dice = random.Random(number)
    start = START + number * 60_000
    params = {"model": dice.choice(_MODELS), "lr": f"{dice.uniform(0.0001, 0.1):.6f}"}
    params |= {f"param_{key}": f"{dice.randrange(1000)}" for key in range(PARAMS - 2)}
    metrics = {"rmse": dice.uniform(0.5, 2.0)}
    metrics |= {f"metric_{key}": dice.random() for key in range(METRICS - 1)}
    return Specimen(
        run_id=f"{dice.getrandbits(128):032x}",
        start=start,
        end=start + 30_000,
        params=params,
        metrics=metrics,
    )


def series(steps: int, seed: int = 0) -> Iterator[tuple[int, dict[str, float]]]:
    """Four curves of a training with noise in every digit: what is stored does not compress."""
    dice = random.Random(seed)
    for step in range(steps):
        loss = math.exp(-step / (steps / 5 + 1)) + dice.gauss(0, 0.02)
        yield (
            step,
            {
                "train_loss": loss,
                "val_loss": loss * 1.1 + dice.gauss(0, 0.03),
                "accuracy": 1 - loss / 2 + dice.gauss(0, 0.01),
                "lr": 0.001 * (1 + math.cos(math.pi * step / steps)) / 2,
            },
        )
