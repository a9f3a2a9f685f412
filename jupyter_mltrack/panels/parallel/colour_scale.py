"""Colours for numbers: viridis, whose steps look equally large with any kind of colour vision.

By Stéfan van der Walt and Nathaniel Smith (https://bids.github.io/colormap/, CC0), at nine places
with straight lines between. Its ends are cut: dark violet vanishes on a dark page, and the
brightest yellow on a white one.
"""

from __future__ import annotations

SCALE = (
    *("#443983", "#3b528b", "#31688e", "#287c8e", "#21918c"),
    *("#27ad81", "#50c46a", "#90d743", "#c8e020"),
)


def scale_colour(share: float) -> str:
    """The colour at a share of the way from the lowest (0) to the highest (1)."""
    place = min(max(share, 0.0), 1.0) * (len(SCALE) - 1)
    lower = min(int(place), len(SCALE) - 2)
    part = place - lower
    pairs = zip(_channels(SCALE[lower]), _channels(SCALE[lower + 1]), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * part):02x}" for one, other in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb``, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
