"""Colours: of runs, and of the notebook around a panel.

A run keeps its colour in every view. The colours are those of Okabe and Ito
(https://jfly.uni-koeln.de/color/), which people with any kind of colour vision can tell
apart, without black and yellow, which vanish on a dark and on a light page.

The others are JupyterLab's variables with what to use where there are none (VS Code, Colab,
an exported page), so that a panel is readable on a light and on a dark page.
"""

from __future__ import annotations

from zlib import crc32

RUN_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")

TEXT = "var(--jp-ui-font-color1,inherit)"
MUTED = "var(--jp-ui-font-color2,#777)"
LINE = "var(--jp-border-color2,#8885)"
FONT = "var(--jp-ui-font-family,system-ui,sans-serif)"
CODE_FONT = "var(--jp-code-font-family,monospace)"

#: Colour of a state's tone (see `wording.Status`).
TONES = {
    "good": "var(--jp-success-color1,#388e3c)",
    "bad": "var(--jp-error-color1,#d32f2f)",
    "busy": "var(--jp-brand-color1,#1976d2)",
    "quiet": MUTED,
}


def run_colour(run_id: str) -> str:
    """The colour of a run, the same in every session."""
    return RUN_COLOURS[crc32(run_id.encode("utf-8", "replace")) % len(RUN_COLOURS)]
