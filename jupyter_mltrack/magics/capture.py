"""What a cell shows while it runs: the end of its printed output, and its figures."""

from __future__ import annotations

import base64
import binascii
import io
import sys
from collections import deque
from typing import Any

#: So many characters of printed output are kept, the last ones.
TAIL = 64_000

#: So many figures are kept, the first ones.
MOST_FIGURES = 50


class Tee:
    """A text stream that passes everything on and remembers the end of it."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self._pieces: deque[str] = deque()
        self._length = 0
        self.cut = False

    def write(self, text: str) -> int:
        """Pass text on, and remember it."""
        self._pieces.append(text)
        self._length += len(text)
        while self._length - len(self._pieces[0]) > TAIL:
            self._length -= len(self._pieces.popleft())
            self.cut = True
        return int(self.stream.write(text) or len(text))

    def tail(self) -> str:
        """The end of what was written."""
        text = "".join(self._pieces)
        return f"…{text[-TAIL:]}" if self.cut or len(text) > TAIL else text

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class Capture:
    """Listens to a shell's output between `start` and `stop`.

    Args:
        shell: The IPython shell.
        stdout: Whether to remember what is printed.
        figures: Whether to remember the figures that are shown.
    """

    def __init__(self, shell: Any, *, stdout: bool, figures: bool) -> None:
        self._shell = shell
        self._figures_wanted = figures
        self._tee = Tee(sys.stdout) if stdout else None
        self._publish: Any = None
        self._open_before: set[int] = set()
        self.figures: list[bytes] = []

    def start(self) -> None:
        """Begin to listen."""
        if self._tee is not None:
            sys.stdout = self._tee  # type: ignore[assignment]
        if self._figures_wanted:
            self._open_before = set(_open_figures())
            self._publish = self._shell.display_pub.publish
            self._shell.display_pub.publish = self._note

    def stop(self, result: Any) -> None:
        """Stop listening; the value of the last expression may be a figure too."""
        if self._tee is not None and sys.stdout is self._tee:
            sys.stdout = self._tee.stream
        if self._publish is not None:
            self._shell.display_pub.publish = self._publish
            for number in sorted(set(_open_figures()) - self._open_before):
                self._keep(_picture(sys.modules["matplotlib.pyplot"].figure(number)))
            if not self.figures:
                self._keep(_picture(result))

    def stdout(self) -> str:
        """The end of what was printed."""
        return self._tee.tail() if self._tee is not None else ""

    def _note(self, data: Any, *arguments: Any, **named: Any) -> Any:
        png = data.get("image/png") if isinstance(data, dict) else None
        if isinstance(png, str):
            try:
                png = base64.b64decode(png)
            except binascii.Error:
                png = None
        self._keep(png)
        return self._publish(data, *arguments, **named)

    def _keep(self, png: bytes | None) -> None:
        if png and len(self.figures) < MOST_FIGURES:
            self.figures.append(png)


def _open_figures() -> list[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return list(pyplot.get_fignums()) if pyplot is not None else []


def _picture(figure: Any) -> bytes | None:
    """A Matplotlib figure as PNG; None for anything else."""
    matplotlib = sys.modules.get("matplotlib.figure")
    if matplotlib is None or not isinstance(figure, matplotlib.Figure):
        return None
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight")
    return buffer.getvalue()
