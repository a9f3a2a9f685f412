"""The instant that a date asks for: its end, as in ``models:/name@2026-05-03``."""

from __future__ import annotations

import time

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.search.times import MOMENTS, last_instant


def instant(text: str) -> int | None:
    """The last millisecond of a day, a minute or a second, since 1970; None for "", which is now.

    Args:
        text: Such as ``2026-05-03``, ``2026-05-03 14:00``, ``yesterday`` or ``7 days ago``.

    Raises:
        InvalidParameterValue: if it is no date.
    """
    if not text.strip():
        return None
    try:
        return last_instant(text, time.time())
    except ValueError:
        msg = f"{text!r} is no date. Write {MOMENTS}, or leave it empty for now."
        raise InvalidParameterValue(msg) from None
