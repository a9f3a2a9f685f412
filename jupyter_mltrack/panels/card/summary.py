"""One card for the many runs of a cell: how many, how they ended, which is best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from jupyter_mltrack.entities import Run
from jupyter_mltrack.panels.card.card import (
    MOST_CHANGES,
    CardData,
    StatusData,
    change_data,
    metric_data,
    shown_metrics,
)
from jupyter_mltrack.panels.comparison import best, direction, keys_of
from jupyter_mltrack.panels.palette import run_colour
from jupyter_mltrack.panels.wording import identity, moment, one_line, status

#: Of so many runs a printed call names each.
_MOST_PRINTED = 8

#: Of so many runs a filter names each.
_MOST_NAMED = 100

_ORDER = ("RUNNING", "FAILED", "KILLED", "FINISHED")


def summary_data(runs: Sequence[Run], *, ended: float | None = None) -> CardData:
    """What the card of many runs shows now.

    Args:
        runs: One or more, in the order in which they began.
        ended: When the last of them ended, in ms since 1970; None while one is open.
    """
    first = runs[0]
    keys = shown_metrics(dict.fromkeys(keys_of([run.data.metrics for run in runs]), 0.0))
    winner = _winner(runs, keys[0]) if keys else None
    shown = [
        metric_data(_label(key), _best_value(runs, key), _values(runs, key))
        for key in keys
        if _values(runs, key)
    ]
    params = list(_differing(runs, winner).items()) if winner else []
    return CardData(
        run_id=one_line(first.info.run_id, 64),
        title=f"{len(runs):,} runs",
        colour=run_colour((winner or first).info.run_id),
        status=_status(runs),
        started=first.info.start_time,
        started_at=moment(first.info.start_time),
        seconds=None if ended is None else max(0.0, (ended - first.info.start_time) / 1000),
        progress="",
        metrics=shown,
        more_metrics=0,
        since=None,
        label=f"best is {identity(winner.info)}" if winner else "",
        changes=[change_data(key, None, value) for key, value in params[:MOST_CHANGES]],
        more_changes=max(0, len(params) - MOST_CHANGES),
        error=None,
        code=_call(runs),
        opens="Open",
    )


def runs_filter(runs: Sequence[Run], most: int = _MOST_NAMED) -> str:
    """The filter that finds these runs in their experiments.

    Args:
        runs: One or more.
        most: If there are more, the filter is the span of their numbers; it finds as well what
            another kernel began in the meantime.
    """
    if len(runs) <= most:
        return f"run_id IN ({', '.join(_quoted(run.info.run_id) for run in runs)})"
    numbers = [run.info.number for run in runs]
    return f"attributes.number >= {min(numbers)} AND attributes.number <= {max(numbers)}"


def experiments_of(runs: Sequence[Run]) -> list[str]:
    """The ids of the experiments of runs, each once."""
    return list(dict.fromkeys(run.info.experiment_id for run in runs))


def _call(runs: Sequence[Run]) -> str:
    """The call that opens the table of these runs, wherever it is made."""
    experiments = ", ".join(f'"{one_line(one, 64)}"' for one in experiments_of(runs))
    return f'mlt.runs("{runs_filter(runs, _MOST_PRINTED)}", experiment_ids=[{experiments}])'


def _quoted(run_id: str) -> str:
    return "'" + one_line(run_id, 64).replace("'", "''") + "'"


def _status(runs: Sequence[Run]) -> StatusData:
    """The state to look at first, and how many runs are in each."""
    counts = Counter(run.info.status for run in runs)
    names = sorted(counts, key=_rank)
    said = ", ".join(f"{counts[name]:,} {status(name).word}" for name in names)
    first = status(names[0])
    return StatusData(glyph=first.glyph, word=said, tone=first.tone)


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _label(key: str) -> str:
    """What a number of many runs is: their best, or their last."""
    return f"best {key}" if direction(key) else f"last {key}"


def _values(runs: Sequence[Run], key: str) -> list[float]:
    return [run.data.metrics[key] for run in runs if key in run.data.metrics]


def _best_value(runs: Sequence[Run], key: str) -> float:
    values = _values(runs, key)
    places = best(values, direction(key))
    return values[places[0]] if places else values[-1]


def _winner(runs: Sequence[Run], key: str) -> Run | None:
    """The run with the best value of a metric; None if no one is better than another."""
    places = best([run.data.metrics.get(key) for run in runs], direction(key))
    return runs[places[0]] if places else None


def _differing(runs: Sequence[Run], winner: Run) -> dict[str, str]:
    """The params of a run that not all runs have in common."""
    return {
        key: value
        for key, value in winner.data.params.items()
        if any(run.data.params.get(key) != value for run in runs)
    }
