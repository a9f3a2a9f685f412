"""The ``memory`` benchmark: what a process holds, as Linux tells it in ``/proc/self/status``.

Every figure is of a fresh process. The bare interpreter is one that has imported nothing.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from tests.benchmarks import growth, specimens
from tests.benchmarks.contenders import Keeper
from tests.benchmarks.figures import Figure, Unit
from tests.benchmarks.setting import Setting

STEPS = {"ours": 250_000, "trackio_local": 25_000, "tensorboardx": 250_000, "mlflow_sqlite": 2_500}
"""Steps of four curves; where the steps are fewer, memory that grows with them is too."""
_CURVES = 4
_BARE = "print([int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmRSS')][0])"


def log(contender: Keeper, folder: Path, steps: int) -> dict[str, float]:
    """Job: log the curves as the contender does it best."""
    contender.log_series(folder, specimens.series(steps))
    return resident()


def only_log(ours: ModuleType, folder: Path, steps: int) -> dict[str, float]:
    """Job: log the curves; nobody folds them here."""
    import jupyter_mltrack as mlflow

    mlflow.set_tracking_uri(str(ours.database(folder)))
    with mlflow.start_run(experiment_id="0"):
        for step, values in specimens.series(steps):
            for key, value in values.items():
                mlflow.log_metric(key, value, step=step)
        return resident()


def show(ours: ModuleType, folder: Path) -> dict[str, float]:
    """Job: open a store and show the first page, as a notebook does."""
    import jupyter_mltrack as mlflow

    mlflow.set_tracking_uri(str(ours.database(folder)))
    panel = mlflow.runs(experiment_ids=["0"])
    panel._repr_mimebundle_()
    return resident() | {"runs": len(panel.runs)}


def rebuild(ours: ModuleType, folder: Path) -> dict[str, float]:
    """Job: fold a whole store anew, as after the loss of the database file."""
    from jupyter_mltrack.store import Store

    Store(ours.database(folder)).rebuild()
    return resident()


def resident() -> dict[str, float]:
    """Return what this process holds now and what it held at most, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    sizes = dict(line.split(":", 1) for line in lines if line.startswith("Vm"))
    return {
        "held": int(sizes["VmRSS"].split()[0]) / 1024,
        "peak": int(sizes["VmHWM"].split()[0]) / 1024,
    }


def measure(setting: Setting) -> list[Figure]:
    """Log a million points; open ten million."""
    with setting.workers.store() as folder:
        bare = setting.workers.run(folder, "floor", _BARE) / 1024
    figures = [_figure("the bare interpreter", "floor", bare)]
    for name in setting.who(*STEPS):
        steps = setting.share(STEPS[name])
        with setting.attempt():
            job = only_log if name == "ours" else log
            told = setting.ask(name, job, steps)
            note = f"{_CURVES * steps:,} points"
            limit = 50 if name == "ours" else None
            figures.append(
                _figure("peak of logging, above that", name, told["peak"] - bare, limit, note)
            )
            figures.append(_figure("held after logging, above that", name, told["held"] - bare))
    if "ours" in setting.only:
        points = setting.share(growth.POINTS, least=1_000)
        folder = setting.kept_store(growth.KEPT, "ours", growth.grow, points)
        told = setting.workers.ask(folder, "ours", show)
        note = f"{points:,} points, {told['runs']:,} runs shown"
        figures.append(_figure("opening a store, peak", "ours", told["peak"], 400, note))
        told = setting.workers.ask(folder, "ours", rebuild)
        note = f"{points:,} points"
        figures.append(_figure("folding all of it anew, peak", "ours", told["peak"], None, note))
    return figures


def _figure(
    what: str, contender: str, value: float, limit: float | None = None, note: str = ""
) -> Figure:
    return Figure(
        what=what, contender=contender, value=value, unit=Unit.MB, note=note, at_most=limit
    )
