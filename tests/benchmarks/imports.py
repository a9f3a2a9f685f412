"""The ``imports`` benchmark: what the import statement costs in a fresh process."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.benchmarks.figures import Figure, Unit
from tests.benchmarks.setting import Setting

STATEMENTS = {
    "ours": "import jupyter_mltrack",
    "floor": "pass",
    "mlflow_sqlite": "import mlflow",
    "trackio_local": "import trackio",
    "tensorboardx": "import tensorboardX",
}
_HEAVY = {"pandas", "plotly", "ipywidgets", "IPython"}
_TIMED = """
import sys, time
began = time.perf_counter_ns()
{statement}
took = time.perf_counter_ns() - began
import json
print(json.dumps({{"ns": took, "modules": list(sys.modules)}}))
"""


def measure(setting: Setting) -> list[Figure]:
    """Import every tool in turns; one round before, which compiles, does not count."""
    names = setting.who(*STATEMENTS)
    rounds = setting.rounds + 2
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for number in range(rounds + 1):
        for name in names:
            with setting.attempt(), setting.workers.store() as folder:
                code = _TIMED.format(statement=STATEMENTS[name])
                answer = setting.workers.run(folder, name, code)
                if number:
                    told[name].append(answer)
    return list(_figures(told))


def _figures(told: dict[str, list[dict[str, Any]]]) -> Iterator[Figure]:
    bare = set(told["floor"][0]["modules"]) if told.get("floor") else set()
    for name, answers in told.items():
        if not answers or name == "floor":
            continue
        ours = name == "ours"
        modules = set(answers[0]["modules"])
        yield Figure(
            what="import",
            contender=name,
            value=median(answer["ns"] for answer in answers),
            unit=Unit.NS,
            at_most=150e6 if ours else None,
        )
        yield Figure(
            what="modules that the import loads",
            contender=name,
            value=len(modules - bare),
            unit=Unit.COUNT,
        )
        yield Figure(
            what=f"of {', '.join(sorted(_HEAVY))} loaded",
            contender=name,
            value=len(_HEAVY & modules),
            unit=Unit.COUNT,
            at_most=0 if ours else None,
        )
