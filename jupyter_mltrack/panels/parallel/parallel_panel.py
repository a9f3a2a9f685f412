"""Parallel coordinates as a widget: brush axes, and the runs inside are in Python."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import traitlets

from jupyter_mltrack.entities import ViewType
from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.palette import RUN_COLOURS, run_colour
from jupyter_mltrack.panels.panel import Answer, Panel, Question
from jupyter_mltrack.panels.parallel.arrangement import Arrangement, first_arrangement
from jupyter_mltrack.panels.parallel.axes import axes_of
from jupyter_mltrack.panels.parallel.brushes import Brush, chosen, clause, fault_of, runs_clause
from jupyter_mltrack.panels.parallel.colour_scale import SCALE
from jupyter_mltrack.panels.parallel.parallel_twin import parallel_html, parallel_text
from jupyter_mltrack.panels.wording import one_line
from jupyter_mltrack.store import columns as stored
from jupyter_mltrack.store import queries

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from jupyter_mltrack.tracking import TrackingClient

#: More runs are not drawn.
MOST_RUNS = 10_000

_MOST_BRUSHES = 100
_log = logging.getLogger(__name__)


class AxisShares(Question, frozen=True, tag_field="kind", tag="shares"):
    """Where the runs are on some axes.

    Attributes:
        axes: Ids of axes.
    """

    axes: Annotated[tuple[str, ...], msgspec.Meta(max_length=100)]


class Heard(Question, frozen=True, tag_field="kind", tag="heard"):
    """Whether the brushes arrived; a browser that waits can say that the kernel is busy."""


class ParallelPanel(Panel):
    """Runs as lines across axes of params and metrics that differ among them.

    Drag along axes to brush them, then use `selected` in the next cell.

    Args:
        client: Where the runs are.
        run_ids: At most 10,000 are taken.
        filter_string: A filter that finds exactly these runs, if there is one.

    Attributes:
        brushes: What is brushed, each a dict of `Brush`'s fields; can be set.
        arrangement: How the axes are arranged, a dict of `Arrangement`'s fields; can be set.
        selected_ids: Ids of the runs that are in every brush; all without brushes.
    """

    _esm = browser_module("parallel/parallel.js")
    _css = style_sheet("parallel/parallel.css")
    questions = {AxisShares: "_shares", Heard: "_answer_heard"}  # noqa: RUF012  (as the base class has it)
    from_browser = frozenset({"arrangement", "brushes"})
    axes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    runs = traitlets.Dict().tag(sync=True)
    first = traitlets.Dict().tag(sync=True)
    filter_text = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    brushes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    arrangement = traitlets.Dict().tag(sync=True)
    selected_ids = traitlets.List(traitlets.Unicode(), read_only=True)

    def __init__(
        self, client: TrackingClient, run_ids: Sequence[str], *, filter_string: str | None = None
    ) -> None:
        self._client = client
        self._columns = stored.columns(client.store, list(run_ids)[:MOST_RUNS])
        found, without = axes_of(self._columns)
        self._axes = {axis.id: axis for axis in found}
        # A filter finds more runs than were taken.
        self._base = filter_string if len(run_ids) <= MOST_RUNS else None
        self._brushes: list[Brush] = []
        start = first_arrangement(found)
        drawn = list(dict.fromkeys([*start.shown, *filter(None, [start.colour])]))
        super().__init__(
            axes=[axis.described() for axis in found],
            runs=self._described_runs(),
            first={"axes": drawn, "shares": self._bytes(drawn)},
            note=_note(len(run_ids), len(self._columns.run_ids), without),
            arrangement=msgspec.to_builtins(start),
        )
        self.set_trait("selected_ids", list(self._columns.run_ids))

    @property
    def run_ids(self) -> list[str]:
        """All runs that are drawn."""
        return list(self._columns.run_ids)

    @property
    def selected(self) -> pd.DataFrame:
        """The runs that are in every brush, as `search_runs` gives them."""
        return stored.frame(self._client.store, self.selected_ids)

    @property
    def query(self) -> str:
        """A filter that finds exactly the runs of `selected` in their experiments.

        Brushes are written as values; runs that were given by id, and that no such filter finds
        alone, are named. The values are those of the time when the panel was made.
        """
        clauses = self._clauses()
        if self._base is not None:
            base = [f"({self._base})"] if self._base.strip() and clauses else [self._base]
            return " AND ".join(filter(None, [*base, *clauses]))
        text = " AND ".join(clauses)
        if text and self._found_by(text) == set(self.selected_ids):
            return text
        return runs_clause(self.selected_ids)

    def choose(self, run_ids: Sequence[str]) -> None:
        """Brush the runs themselves; with no ids that brush is taken away."""
        places = {run: place for place, run in enumerate(self._columns.run_ids)}
        others = [one for one in self.brushes if one["axis"] != "run_id"]
        found = sorted(places[run] for run in run_ids if run in places)
        self.brushes = [*others, {"axis": "run_id", "choices": found}] if found else others

    def html(self) -> str:
        """The lines as a small picture, as many as fit into 15 kB."""
        return parallel_html(self._shown_axes(), self._columns, self._selected(), self._arranged())

    def text(self) -> str:
        """How many runs there are, and their axes."""
        return parallel_text(self._shown_axes(), self._columns, self._selected(), self.filter_text)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take brushes and arrangements that make sense from a browser; ignore others."""
        taken = dict(sync_data)
        for name, read in (
            ("brushes", self._read_brushes),
            ("arrangement", self._read_arrangement),
        ):
            if name in taken:
                try:
                    read(taken[name])
                except traitlets.TraitError:
                    _log.debug("A browser sent %s that make no sense", name)
                    del taken[name]
        super().set_state(taken)

    @traitlets.validate("brushes")
    def _only_brushes(self, proposal: dict[str, Any]) -> list[dict[str, Any]]:
        return [msgspec.to_builtins(brush) for brush in self._read_brushes(proposal["value"])]

    @traitlets.validate("arrangement")
    def _only_arrangement(self, proposal: dict[str, Any]) -> dict[str, Any]:
        arranged: dict[str, Any] = msgspec.to_builtins(self._read_arrangement(proposal["value"]))
        return arranged

    @traitlets.observe("brushes")
    def _select(self, _: object) -> None:
        self._brushes = self._read_brushes(self.brushes)
        ids = [
            run for run, is_in in zip(self._columns.run_ids, self._selected(), strict=True) if is_in
        ]
        self.filter_text = one_line(" AND ".join(self._clauses()), 1000)
        self.set_trait("selected_ids", ids)

    def _read_brushes(self, given: object) -> list[Brush]:
        """Brushes, at most one for an axis.

        Raises:
            TraitError: if they are none.
        """
        try:
            brushes = msgspec.convert(given, list[Brush], strict=True)
        except msgspec.ValidationError as error:
            raise traitlets.TraitError(str(error)) from error
        runs = len(self._columns.run_ids)
        faults = [fault for one in brushes if (fault := fault_of(one, self._axes, runs))]
        if faults:
            raise traitlets.TraitError(faults[0])
        return list({brush.axis: brush for brush in brushes[:_MOST_BRUSHES]}.values())

    def _read_arrangement(self, given: object) -> Arrangement:
        try:
            return msgspec.convert(given, Arrangement, strict=True).among(self._axes)
        except msgspec.ValidationError as error:
            raise traitlets.TraitError(str(error)) from error

    def _arranged(self) -> Arrangement:
        return self._read_arrangement(self.arrangement)

    def _shown_axes(self) -> list[Any]:
        return [self._axes[name] for name in self._arranged().shown]

    def _selected(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return chosen(self._brushes, self._axes, len(self._columns.run_ids))

    def _clauses(self) -> list[str]:
        ids = self._columns.run_ids
        return [clause(brush, self._axes, ids) for brush in self._brushes]

    def _found_by(self, text: str) -> set[str]:
        experiments = sorted(set(self._columns.experiment_ids))
        search = queries.RunSearch(
            experiment_ids=experiments,
            filter_string=text,
            view=ViewType.ALL,
            limit=len(self._columns.run_ids) + 1,
        )
        return set(queries.runs_frame(self._client.store, search, ["run_id"])["run_id"])

    def _described_runs(self) -> dict[str, Any]:
        """What a browser has to know of the runs besides their places."""
        named = zip(self._columns.numbers, self._columns.names, self._columns.run_ids, strict=True)
        labels = [
            " ".join(filter(None, [f"#{number}" if number else "", one_line(name, 60) or run[:8]]))
            for number, name, run in named
        ]
        places = [RUN_COLOURS.index(run_colour(run)) for run in self._columns.run_ids]
        return {
            "labels": labels,
            "colours": bytes(places),
            "palette": RUN_COLOURS,
            "scale": SCALE,
        }

    def _shares(self, asked: AxisShares) -> Answer:
        known = [name for name in asked.axes if name in self._axes]
        return Answer({"axes": known}, [self._bytes(known)])

    def _answer_heard(self, _: Heard) -> dict[str, Any]:
        return {}

    def _bytes(self, names: Sequence[str]) -> bytes:
        """The shares of some axes as Float32, one axis after the other."""
        return b"".join(self._axes[name].shares().tobytes() for name in names)


def _note(asked: int, drawn: int, without: Sequence[str]) -> str:
    """What is not in the picture."""
    said = []
    if asked > MOST_RUNS:
        said.append(f"The first {MOST_RUNS:,} of {asked:,} runs.")
    elif asked > drawn:
        said.append(f"{asked - drawn:,} of {asked:,} runs are not in this store.")
    if without:
        names = one_line(", ".join(without[:5]), 120)
        said.append(f"Too many different texts for an axis: {names}.")
    return " ".join(said)
