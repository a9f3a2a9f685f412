"""Windows of the table: some rows that follow each other, as a browser draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from jupyter_mltrack.panels.palette import run_colour
from jupyter_mltrack.panels.table import cells
from jupyter_mltrack.panels.table.columns import Column, Columns
from jupyter_mltrack.panels.table.layout import Slot
from jupyter_mltrack.panels.wording import one_line, status
from jupyter_mltrack.store import Store, listed_rows
from jupyter_mltrack.store.listed_rows import GroupFigures, ListedRun
from jupyter_mltrack.store.listing import Wanted

Figures = dict[str | None, GroupFigures]


class Row(TypedDict):
    """One row.

    Attributes:
        key: Tells the row from all others.
        id: The run; None for a group.
        level: How deep it is nested.
        opens: Whether there is something below it to show.
        open: Whether that is shown.
        colour: The run's colour.
        tone: The tone of its status: good, bad, busy, quiet.
        pinned: Whether it stays at the top.
        baseline: Whether the others are compared with it.
        label: What it is, for those who hear it.
        texts: What stands in each column.
        more: By place of the column: ``h`` the whole value, ``b`` 1 if it is the best, ``d`` the
            difference from the baseline, ``w`` whether that is good or bad, ``s`` the lines of a
            curve.
        started: When the run began, in ms since 1970.
    """

    key: str
    id: str | None
    level: int
    opens: bool
    open: bool
    colour: str
    tone: str
    pinned: bool
    baseline: bool
    label: str
    texts: list[str]
    more: dict[str, cells.More]
    started: NotRequired[int]


@dataclass(frozen=True, slots=True)
class Windows:
    """Fetches rows and writes them out.

    Args:
        store: Where the runs are.
        wanted: Which runs the table shows.
        columns: Its columns.
        baseline: The run to compare with.
        experiments: Names by id.
        figures: Means of groups that are known already; filled as they are met.
    """

    store: Store
    wanted: Wanted
    columns: Columns
    baseline: str | None
    experiments: Mapping[str, str]
    figures: dict[str | None, Figures]

    def rows(self, slots: Sequence[Slot]) -> list[Row]:
        """What stands in these slots; a run that is gone has an empty row."""
        ids = dict.fromkeys(slot.run_id for slot in slots if slot.run_id is not None)
        if self.baseline is not None:
            ids[self.baseline] = None
        with self.store.reading():
            known = listed_rows.rows(self.store, list(ids), self.columns.keys())
            self._fetch_figures([slot.value for slot in slots if slot.run_id is None])
        runs = [known[slot.run_id] for slot in slots if slot.run_id in known]
        columns = self._columns(runs, known.get(self.baseline or ""))
        place = {run.run_id: number for number, run in enumerate(runs)}
        rows = []
        for slot in slots:
            if slot.run_id is None:
                rows.append(self._group(slot))
            elif slot.run_id in known:
                number = place[slot.run_id]
                written = [column[number] for column in columns]
                rows.append(_run(slot, known[slot.run_id], written))
            else:
                rows.append(_row(slot, "removed for ever", [cells.Cell("", {})] * len(columns)))
        return rows

    def _columns(
        self, runs: Sequence[ListedRun], baseline: ListedRun | None
    ) -> list[list[cells.Cell]]:
        """The cells of all runs, column by column."""
        written, places = [], dict.fromkeys(("metrics", "params", "tags", "curve"), 0)
        for column in self.columns.shown:
            prefix = column["id"].partition(".")[0]
            sight = cells.Sight(
                column=column,
                place=places.get(prefix, 0),
                baseline=baseline,
                spread=self.columns.spreads.get(column["id"]),
                experiments=self.experiments,
            )
            if prefix in places:
                places[prefix] += 1
            written.append(cells.cells(runs, sight))
        return written

    def _fetch_figures(self, values: Sequence[str | None]) -> None:
        missing = [value for value in dict.fromkeys(values) if value not in self.figures]
        if missing:
            metrics = self.columns.keys().metrics
            found = listed_rows.group_figures(self.store, self.wanted, missing, metrics)
            self.figures.update(found)

    def _group(self, slot: Slot) -> Row:
        name = "(none)" if slot.value is None else one_line(slot.value, cells.LONGEST_TEXT) or "''"
        label = f"{name} · {'1 run' if slot.runs == 1 else f'{slot.runs:,} runs'}"
        figures = self.figures.get(slot.value, {})
        written = [_group_cell(column, label, figures) for column in self.columns.shown]
        return _row(slot, label, written)


def _group_cell(column: Column, label: str, figures: Figures) -> cells.Cell:
    match column["kind"]:
        case "run":
            return cells.Cell(label, {})
        case "duration":
            return cells.group_cell(figures.get(None), column)
        case "metric":
            return cells.group_cell(figures.get(column["id"].partition(".")[2]), column)
        case _:
            return cells.Cell("", {})


def _run(slot: Slot, run: ListedRun, written: Sequence[cells.Cell]) -> Row:
    state = status(run.status)
    row = _row(slot, f"{cells.run_name(run)}, {state.word}", written)
    row["colour"], row["tone"] = run_colour(run.run_id), state.tone
    row["started"] = run.start_time
    return row


def _row(slot: Slot, label: str, written: Sequence[cells.Cell]) -> Row:
    return Row(
        key=slot.key,
        id=slot.run_id,
        level=slot.level,
        opens=slot.opens,
        open=slot.open,
        colour="",
        tone="quiet",
        pinned=slot.pinned,
        baseline=slot.baseline,
        label=label,
        texts=[cell.text for cell in written],
        more={str(place): cell.more for place, cell in enumerate(written) if cell.more},
    )
