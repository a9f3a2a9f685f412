"""What can be asked in SQL: the views, or the columns of one, as a table with sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_mltrack.panels.markup import element, joined


@dataclass(frozen=True, slots=True, repr=False)
class Schema:
    """Shown whole, where pandas would cut the sentences.

    Attributes:
        title: A sentence above the table; "" for none.
        rows: Name, type ("" if it has none) and sentence of each.
    """

    title: str
    rows: Sequence[tuple[str, str, str]]

    def __repr__(self) -> str:
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, self._widths(), strict=True))
            for row in self._cells()
        ]
        return "\n".join([self.title, *lines] if self.title else lines)

    def _repr_html_(self) -> str:
        left = "text-align: left"  # Jupyter puts cells to the right, as for numbers
        rows = [
            element("tr", *(element("td", cell, style=left) for cell in row))
            for row in self._cells()
        ]
        head = [element("p", self.title)] if self.title else []
        return joined(*head, element("table", *rows))

    def _cells(self) -> list[tuple[str, ...]]:
        """The rows, without the types if there are none; a view of the user's has no sentence."""
        typed = any(kind for _, kind, _ in self.rows)
        return [
            (name, kind, said or "") if typed else (name, said or "")
            for name, kind, said in self.rows
        ]

    def _widths(self) -> list[int]:
        """How wide each column is; the last, of sentences, as wide as it likes."""
        *columns, _ = zip(*self._cells(), strict=True)
        return [max(map(len, column)) for column in columns] + [0]
