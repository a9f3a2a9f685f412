"""Runs made by hand, for the tests of panels and for the notebook they show in a browser."""

from __future__ import annotations

import math
import time

from jupyter_mltrack.entities import Run, RunData, RunInfo
from jupyter_mltrack.search import RUNS, parse_filter
from jupyter_mltrack.search.tree import Comparison

HOSTILE = (
    "<script>window.canary=1</script>",
    "<img src=x onerror=window.canary=1>",
    '"><svg onload=window.canary=1>',
    "'-window.canary=1-'",
    "</table></div><script>window.canary=1</script>",
    "<iframe srcdoc='<script>parent.canary=1</script>'>",
    "javascript:window.canary=1",
    "&lt;script&gt;window.canary=1&lt;/script&gt;",
    "{{constructor.constructor('window.canary=1')()}}",
    "${window.canary=1}",
    "<style>*{background:url(javascript:window.canary=1)}</style>",
    "\u202e<b onmouseover=window.canary=1>",
    "<!--<img src=--><img src=x onerror=window.canary=1>",
    "]]><script>window.canary=1</script>",
    "<math><mtext><script>window.canary=1</script>",
)


def make_run(
    number: int = 1,
    name: str = "brisk-otter",
    *,
    status: str = "FINISHED",
    metrics: dict[str, float] | None = None,
    params: dict[str, str] | None = None,
    started: int = 1_790_000_000_000,
    seconds: float | None = 185.0,
    run_id: str | None = None,
) -> Run:
    """A run; `started` in ms since 1970."""
    info = RunInfo(
        run_id=run_id or f"{number:032x}",
        experiment_id="1",
        user_id="ada",
        status=status,
        start_time=started,
        end_time=None if seconds is None else started + int(seconds * 1000),
        lifecycle_stage="active",
        artifact_uri="",
        run_name=name,
        number=number,
        duration=seconds,
    )
    return Run(info, RunData(metrics=metrics or {}, params=params or {}))


def hostile_run(text: str, number: int = 7) -> Run:
    """A run in which every text is the same hostile one."""
    return make_run(
        number,
        text,
        run_id=text,
        status=text,
        metrics={text: 0.5, f"{text}.": 2.0},
        params={text: text, f"{text}.": f"{text}{number}"},
    )


_NAMES = (
    "brisk-otter calm-heron mellow-yak vivid-newt sunny-wren keen-lynx tidy-mole bold-ibis".split()
)


def sweep(now: float | None = None, count: int = 8) -> list[Run]:
    """A search over learning rates and depths: some runs finished, some did not."""
    end = int((time.time() if now is None else now) * 1000)
    return [
        make_run(
            number,
            _NAMES[number % len(_NAMES)],
            status={3: "FAILED", 5: "KILLED", count: "RUNNING"}.get(number, "FINISHED"),
            metrics={
                "loss": math.nan if number == 3 else 0.02 + 1.9 / (number + 1) ** 1.3,
                "val_accuracy": 0.71 + 0.29 * math.tanh(number / 4),
                **({"f1": 0.5 + number / 31} if number != 5 else {}),
                "epochs_run": 20.0,
            },
            params={
                "learning_rate": str(round(0.1 / number, 12)),
                "depth": str(3 + number % 4),
                "optimizer": "adam" if number % 3 else "sgd",
                "batch_size": "128",
                "dropout": "0.1",
                "scheduler": "cosine",
                "seed": "0",
            },
            started=end - (count - number) ** 2 * 1_100_000 - 42_000,
            seconds=None if number == count else 41.3 * number,
        )
        for number in range(count, 0, -1)
    ]


def fetch_from(runs: list[Run], filter_string: str) -> list[Run]:
    """The runs that match comparisons of metrics; a stand-in for the store."""
    clauses = [
        one for one in parse_filter(filter_string, RUNS).children if isinstance(one, Comparison)
    ]
    return [run for run in runs if all(_holds(one, run) for one in clauses)]


def _holds(clause: Comparison, run: Run) -> bool:
    value, limit = run.data.metrics.get(clause.field.key), clause.value
    if value is None or not isinstance(limit, float | int):
        return False
    return value < limit if clause.op == "<" else value > limit
