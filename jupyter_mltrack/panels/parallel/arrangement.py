"""How the axes are arranged: what a browser may decide besides brushes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from jupyter_mltrack.panels.parallel.axes import Axis, first_coloured, first_shown

#: More axes than this cannot be told apart on a screen.
MOST_SHOWN = 40

Names = Annotated[tuple[str, ...], msgspec.Meta(max_length=1000)]


class Arrangement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the axes are arranged.

    Attributes:
        shown: The axes from left to right.
        flipped: Those of them that run downwards.
        log: Those that are logarithmic.
        colour: The axis that colours the lines; "" is each run's own colour.
    """

    shown: Names = ()
    flipped: Names = ()
    log: Names = ()
    colour: str = ""

    def among(self, axes: Mapping[str, Axis]) -> Arrangement:
        """The same without axes that do not exist, and log only where it can be."""
        shown = tuple(dict.fromkeys(name for name in self.shown if name in axes))
        return Arrangement(
            shown=shown[:MOST_SHOWN],
            flipped=tuple(dict.fromkeys(name for name in self.flipped if name in axes)),
            log=tuple(
                dict.fromkeys(name for name in self.log if name in axes and axes[name].can_be_log)
            ),
            colour=self.colour if self.colour in axes else "",
        )


def first_arrangement(axes: Sequence[Axis]) -> Arrangement:
    """How the axes are arranged before anybody touched them."""
    shown = first_shown(axes)
    return Arrangement(
        shown=tuple(axis.id for axis in shown),
        log=tuple(axis.id for axis in axes if axis.begins_log),
        colour=first_coloured(shown),
    )
