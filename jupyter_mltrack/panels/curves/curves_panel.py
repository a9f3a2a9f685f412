"""Curves of many runs' metrics: one chart for each metric, with one crosshair over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import traitlets

from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.curves import drawn_runs
from jupyter_mltrack.panels.curves.at_rest import curves_html, curves_text
from jupyter_mltrack.panels.panel import Answer, Panel, Question
from jupyter_mltrack.panels.wording import number
from jupyter_mltrack.store import curves as histories

if TYPE_CHECKING:
    from jupyter_mltrack.tracking.client import TrackingClient

_MOST_RUNS = 100
_MOST_METRICS = 500  # to choose from
_MOST_CHARTS = 24
_FIRST_CHARTS = 6
_ROWS = 60_000  # in one answer: of 16 bytes, less than a megabyte
_MOST_BUCKETS, _FEWEST_BUCKETS = 400, 24


class AskCurves(Question, frozen=True, tag_field="kind", tag="curves"):
    """Buckets of some metrics.

    Attributes:
        metrics: Indexes of the metrics.
        axis: What x is.
        low: Only from this x on; None is from the first.
        high: Only up to this x.
        runs: Indexes of runs; None is all.
    """

    metrics: list[int]
    axis: Literal["step", "time", "relative"]
    low: float | None = None
    high: float | None = None
    runs: list[int] | None = None


class AskNews(Question, frozen=True, tag_field="kind", tag="news"):
    """Which runs have logged since the last time."""


class CurvesPanel(Panel):
    """Small charts of metrics, of the same runs.

    Args:
        client: Whose store is read.
        run_ids: The runs, 100 at most.
        keys: The metrics to show at first; None for the first six that runs logged.
    """

    _esm = browser_module("curves/curves_panel.js")
    _css = style_sheet("curves/curves_panel.css")
    questions = {AskCurves: "answer_curves", AskNews: "answer_news"}  # noqa: RUF012
    head = traitlets.Dict().tag(sync=True)
    first = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        client: TrackingClient,
        run_ids: Sequence[str],
        *,
        keys: Sequence[str] | None = None,
    ) -> None:
        self._store = client.store
        asked = list(dict.fromkeys(run_ids))
        with self._store.reading():
            heads = histories.run_heads(self._store, asked[:_MOST_RUNS])
            self._runs = [heads[run_id] for run_id in asked if run_id in heads]
            self._metrics = self._known_metrics()
            self._seen = histories.progress(self._store, self._ids)
            chosen = self._chosen(keys)
            self._first = self._curves(chosen, "step")
        note = ""
        if len(asked) > _MOST_RUNS:
            note = f"The first {_MOST_RUNS} of {len(asked):,} runs are drawn."
        self._first_keys = [self._metrics[nth].key for nth in chosen]
        super().__init__(
            head={
                "runs": drawn_runs.run_lines(self._runs),
                "metrics": self._items(),
                "groupings": drawn_runs.groupings(self._runs),
                "chosen": chosen,
                "most": _MOST_CHARTS,
                "note": note,
            },
            first=self._content(self._first, chosen, "step", None)
            | {"columns": _bytes(self._first)},
        )

    def answer_curves(self, asked: AskCurves) -> Answer:
        """Buckets of the metrics that a browser shows."""
        chosen = [nth for nth in asked.metrics if 0 <= nth < len(self._metrics)][:_MOST_CHARTS]
        runs = None
        if asked.runs is not None:
            runs = [nth for nth in asked.runs if 0 <= nth < len(self._runs)]
        found = self._curves(chosen, asked.axis, runs, (asked.low, asked.high))
        return Answer(self._content(found, chosen, asked.axis, runs), [_bytes(found)])

    def answer_news(self, asked: AskNews) -> dict[str, Any]:
        """Runs that have new points or a new status; nothing is read if none is running."""
        del asked
        running = [run.run_id for run in self._runs if run.status == "RUNNING"]
        if not running:
            return {"changed": [], "running": False}
        with self._store.reading():
            now = histories.progress(self._store, running)
            changed = [run_id for run_id in running if now.get(run_id) != self._seen.get(run_id)]
            if changed:
                heads = histories.run_heads(self._store, changed)
                self._runs = [heads.get(run.run_id, run) for run in self._runs]
                self._metrics = self._known_metrics()
        self._seen |= now
        answer: dict[str, Any] = {
            "changed": [nth for nth, run_id in enumerate(self._ids) if run_id in changed],
            "running": any(run.status == "RUNNING" for run in self._runs),
        }
        if changed:
            lines = drawn_runs.run_lines(self._runs)
            answer |= {"runs": lines, "metrics": self._items()}
        return answer

    def html(self) -> str:
        """Pictures of the first metrics, and the last values."""
        return curves_html(self._runs, self._first_keys, self._first)

    def text(self) -> str:
        """The last values as a table."""
        return curves_text(self._runs, self._first_keys)

    @property
    def _ids(self) -> list[str]:
        return [run.run_id for run in self._runs]

    def _known_metrics(self) -> list[histories.MetricKey]:
        """The metrics of these runs; those that were known keep their places."""
        known = {one.key: nth for nth, one in enumerate(getattr(self, "_metrics", ()))}
        found = histories.metric_keys(self._store, self._ids)
        found.sort(key=lambda one: (known.get(one.key, len(known)), one.points == 1))
        return found[:_MOST_METRICS]

    def _chosen(self, keys: Sequence[str] | None) -> list[int]:
        """The metrics to show at first."""
        places = {one.key: nth for nth, one in enumerate(self._metrics)}
        if keys is not None:
            return [places[key] for key in keys if key in places][:_MOST_CHARTS]
        own = [nth for key, nth in places.items() if not key.startswith(drawn_runs.SYSTEM)]
        return (own or list(places.values()))[:_FIRST_CHARTS]

    def _curves(
        self,
        metrics: Sequence[int],
        axis: histories.Axis,
        runs: Sequence[int] | None = None,
        span: tuple[float | None, float | None] = (None, None),
    ) -> histories.Curves:
        """As many buckets as one answer has room for; runs are numbered as in the question."""
        ids = self._ids if runs is None else [self._ids[nth] for nth in runs]
        buckets = _ROWS // max(1, len(metrics) * len(self._runs))
        return histories.curves(
            self._store,
            ids,
            [self._metrics[nth].key for nth in metrics],
            axis=axis,
            low=span[0],
            high=span[1],
            buckets=max(_FEWEST_BUCKETS, min(_MOST_BUCKETS, buckets)),
        )

    def _content(
        self,
        found: histories.Curves,
        metrics: Sequence[int],
        axis: histories.Axis,
        runs: Sequence[int] | None,
    ) -> dict[str, Any]:
        """What goes with the columns: which rows are whose, and the last values as text."""
        shown = range(len(self._runs)) if runs is None else runs
        keys = [self._metrics[nth].key for nth in metrics]
        return {
            "axis": axis,
            "metrics": list(metrics),
            "runs": list(shown),
            "base": float(found.x.min()) if len(found.x) else 0.0,
            "series": [
                [shown[one.run], metrics[one.key], one.first, one.size, one.whole]
                for one in found.series
            ],
            "last": [[_last(self._runs[nth].metrics.get(key)) for key in keys] for nth in shown],
        }

    def _items(self) -> list[drawn_runs.MetricItem]:
        return [drawn_runs.metric_item(one) for one in self._metrics]


def _last(value: float | None) -> str:
    return "" if value is None else number(value)


def _bytes(found: histories.Curves) -> bytes:
    """The columns x, lowest, highest and mean one after the other as Float32, x from its base."""
    import numpy as np

    x = found.x - found.x.min() if len(found.x) else found.x
    edge = np.finfo(np.float32).max
    columns = (x, found.lowest, found.highest, found.mean)
    clipped = [np.clip(column, -edge, edge) for column in columns]  # NaN stays NaN
    return np.concatenate(clipped).astype("<f4").tobytes()
