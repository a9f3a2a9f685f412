"""Runs as columns, for charts: numbers, or words; and their names, which can do nothing."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.panels.wording import identity, number, one_line, parsed, seconds_of

if TYPE_CHECKING:
    import pandas as pd

#: What is known of a run without being logged.
_ATTRIBUTES: dict[str, Callable[[Run], Any]] = {
    "attributes.status": lambda run: run.info.status,
    "attributes.user": lambda run: run.info.user_id,
    "attributes.run_name": lambda run: run.info.run_name,
    "attributes.duration": lambda run: seconds_of(run.info),
}
_NUMBERS_IN_WORDS = {"nan": math.nan, "inf": math.inf, "+inf": math.inf, "-inf": -math.inf}
_LONGEST_WORD = 40
_JOINER = "\N{WORD JOINER}"

Value = float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of all runs.

    Attributes:
        field: Such as ``params.depth``.
        label: Such as ``depth``, safe to show.
        kind: Whether the values are numbers or words.
        values: One for each run; None if the run has none. Numbers may be NaN or infinite.
    """

    field: str
    label: str
    kind: Literal["number", "category"]
    values: Sequence[Any]

    @property
    def finite(self) -> list[float]:
        """The finite numbers among the values."""
        return [value for value in self.values if isinstance(value, float) and math.isfinite(value)]

    def coded(self) -> tuple[list[float | None], list[str]]:
        """Words as 0, 1, … in their order, and the words, safe to show."""
        words = sorted({value for value in self.values if value is not None}, key=_naturally)
        codes = {word: float(nth) for nth, word in enumerate(words)}
        return [codes.get(value) for value in self.values], [_shown(word) for word in words]

    def words(self) -> list[str]:
        """The different values as they are shown, in their order; missing ones last."""
        met = {value: None for value in self.values if value is not None and value == value}  # noqa: PLR0124
        if self.kind == "number":
            shown = [_shown(value) for value in sorted(met)]
        else:
            shown = self.coded()[1]
        return list(dict.fromkeys([*shown, *self.texts()]))

    def texts(self) -> list[str]:
        """Every value as it is shown."""
        return [_shown(value) for value in self.values]


class ChartRuns:
    """Runs as columns.

    Args:
        ids: The id of each run.
        names: What each run is called.
        columns: The values by field; None where a run has none.
    """

    def __init__(
        self, ids: Sequence[str], names: Sequence[str], columns: Mapping[str, Sequence[Any]]
    ) -> None:
        self.ids = list(ids)
        self.names = [inert(name) for name in names]
        self._columns = columns

    @classmethod
    def of(cls, runs: ChartRuns | Iterable[Run]) -> ChartRuns:
        """From runs as the client gives them."""
        if isinstance(runs, cls):
            return runs
        found = list(runs)  # type: ignore[arg-type]
        columns: dict[str, list[Any]] = {}
        for group in ("params", "metrics", "tags"):
            for nth, run in enumerate(found):
                for key, value in getattr(run.data, group).items():
                    columns.setdefault(f"{group}.{key}", [None] * len(found))[nth] = value
        for field, value_of in _ATTRIBUTES.items():
            columns[field] = [value_of(run) for run in found]
        infos = [run.info for run in found]
        return cls([info.run_id for info in infos], [identity(info) for info in infos], columns)

    @classmethod
    def of_frame(cls, frame: pd.DataFrame) -> ChartRuns:
        """From a DataFrame as ``search_runs`` gives it.

        Raises:
            InvalidParameterValue: if it has no column ``run_id``.
        """
        if "run_id" not in frame.columns:
            msg = "This DataFrame has no column 'run_id'. Pass what search_runs() returns."
            raise InvalidParameterValue(msg)
        ids = [str(one) for one in frame["run_id"]]
        columns: dict[str, list[Any]] = {}
        for name in map(str, frame.columns):
            group = name.partition(".")[0]
            if group in {"params", "tags"}:
                columns[name] = [one if isinstance(one, str) else None for one in frame[name]]
            elif group == "metrics":  # what was not logged is NaN here, and so is NaN
                columns[name] = [None if math.isnan(one) else float(one) for one in frame[name]]
            elif name == "status":
                columns["attributes.status"] = [str(one) for one in frame[name]]
        names = columns.get("tags.mlflow.runName", [None] * len(ids))
        called = [name or run_id[:8] for name, run_id in zip(names, ids, strict=True)]
        return cls(ids, called, columns)

    def __len__(self) -> int:
        return len(self.ids)

    def column(self, field: str) -> Column:
        """A field's values: ``params.depth``, or ``depth`` if that says which.

        Raises:
            InvalidParameterValue: if no run has it.
        """
        groups = ("", "params.", "metrics.", "tags.", "attributes.")
        found = next((f"{g}{field}" for g in groups if f"{g}{field}" in self._columns), None)
        if found is None:
            close = difflib.get_close_matches(field, self.fields(), 1, 0.4)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            msg = f"None of these {len(self)} runs has {one_line(field, 60)!r}.{hint}"
            raise InvalidParameterValue(msg)
        values = self._columns[found]
        numbers = [_as_number(value) for value in values]
        pairs = zip(numbers, values, strict=True)
        is_number = all(value is None or as_number is not None for as_number, value in pairs)
        return Column(
            field=found,
            label=inert(found.partition(".")[2]),
            kind="number" if is_number else "category",
            values=numbers if is_number else [None if v is None else str(v) for v in values],
        )

    def fields(self, group: str = "") -> list[str]:
        """The fields that any run has, such as all of ``params.``."""
        return [field for field in self._columns if field.startswith(group)]

    def differing(self, group: str) -> list[str]:
        """The fields of a group whose values are not all the same."""
        return [field for field in self.fields(group) if len(set(self._columns[field])) > 1]


def inert(text: str, limit: int = 60) -> str:
    """A text that Plotly shows as it stands: no tag, link, entity, template or TeX is in it.

    Plotly reads ``<b>``, ``<a href=…>``, ``&lt;``, ``%{x}`` and ``$…$`` in every text. An
    invisible character behind the sign that begins one takes its meaning from it.
    """
    line = one_line(text, limit)
    for sign in ("<", "&", "%"):
        line = line.replace(sign, f"{sign}{_JOINER}")
    return line.replace("$", "\N{FULLWIDTH DOLLAR SIGN}")  # two of them, in two names, are TeX


def _as_number(value: Any) -> float | None:
    if isinstance(value, float | int):
        return float(value)
    text = str(value).strip() if isinstance(value, str) else ""
    return _NUMBERS_IN_WORDS.get(text.lower(), parsed(text))


def _shown(value: Value) -> str:
    if value is None:
        return "–"
    return number(value) if isinstance(value, float) else inert(value, _LONGEST_WORD) or "''"


def _naturally(word: str) -> tuple[int, float, str]:
    """Words that are numbers come first, in their order."""
    value = _as_number(word)
    if value is None or math.isnan(value):
        return (1, 0.0, word)
    return (0, value, word)
