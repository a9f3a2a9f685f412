"""How the plots of an evaluation look; Matplotlib draws them.

Figures are made without pyplot, so nothing of a notebook's own plots changes, and they follow the
style that the user has set. Colours are those of Okabe and Ito
(https://jfly.uni-koeln.de/color/), which people with any kind of colour vision can tell apart;
lines differ by their dashes too.
"""

from __future__ import annotations

import logging
import re
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_log = logging.getLogger("jupyter_mltrack")

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
DASHES = ("-", "--", "-.", ":")
#: What a model without any skill would give.
REFERENCE: dict[str, Any] = {"color": "0.55", "linestyle": (0, (4, 3)), "linewidth": 1.2}

#: Inches; with the dots per inch below about as wide as the output of a cell.
WIDTH, HEIGHT, DPI = 6.2, 4.6, 120

_LONGEST = 24
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def is_there() -> bool:
    """Whether Matplotlib is installed."""
    return find_spec("matplotlib") is not None


def figure(
    width: float = WIDTH, height: float = HEIGHT, *, fixed: bool = False, left: float = 0.105
) -> Figure:
    """An empty figure.

    Args:
        width: In inches.
        height: In inches.
        fixed: Whether the margins are given, for axes with short numbers; to fit them to what is
            written there takes as long as to draw the figure.
        left: The share of the width for what is written on the left, if margins are fixed.
    """
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), dpi=DPI, layout=None if fixed else "constrained")
    if fixed:
        made.subplots_adjust(left=left, right=0.975, bottom=0.12, top=0.93, hspace=0.08)
    return made


def new_axes(title: str, x: str, y: str, **margins: Any) -> tuple[Figure, Axes]:
    """A figure with one pair of labelled axes; for ``margins`` see `figure`."""
    made = figure(**margins)
    axes = made.add_subplot()
    label(axes, title, x, y)
    return made, axes


def label(axes: Axes, title: str, x: str, y: str) -> None:
    """Say what a plot shows; texts are never read as formulas."""
    axes.set_title(title, parse_math=False, fontsize="large", loc="left")
    axes.set_xlabel(x, parse_math=False)
    axes.set_ylabel(y, parse_math=False)
    axes.grid(visible=True, alpha=0.25, linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def line_style(place: int) -> dict[str, Any]:
    """Colour and dashes of the n-th line; 24 are all different."""
    return {
        "color": COLOURS[place % len(COLOURS)],
        "linestyle": DASHES[(place + place // 12) % len(DASHES)],
        "linewidth": 2.0,
    }


def legend(axes: Axes, *, outside: bool = False) -> None:
    """A legend of the lines that have a label, beside the plot if it is long."""
    where: dict[str, Any] = {"loc": "best"}
    if outside:
        where = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5)}
    drawn = axes.legend(frameon=False, fontsize="small", **where)
    for text in drawn.get_texts():
        text.set_parse_math(False)


def shown(name: Any) -> str:
    """A label of the data as a text that a plot can show."""
    line = _UNPRINTED.sub("\N{REPLACEMENT CHARACTER}", " ".join(str(name)[:200].split()))
    line = line.encode("utf-8", "replace").decode()
    line = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    return f" {line}" if line.startswith("_") else line  # Matplotlib hides what begins with _


def save(made: Figure, path: Path) -> None:
    """Write a figure as a picture; signs that the font lacks are boxes, not warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        made.savefig(path, dpi=DPI, pil_kwargs={"compress_level": 3})
