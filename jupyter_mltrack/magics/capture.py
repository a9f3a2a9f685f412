"""What a cell shows while it runs: the end of its printed output, and its figures."""

from __future__ import annotations

import base64
import io
import json
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: So many characters of printed output are kept, the last ones.
TAIL = 64_000

#: So many figures are kept, the first ones.
MOST_FIGURES = 50

#: Figures by MIME type, the best first, and what their files end in.
KINDS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "application/vnd.plotly.v1+json": "json",
}


class Tee:
    """A text stream that passes everything on and remembers the end of it."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self._pieces: deque[str] = deque()
        self._length = 0
        self._lock = threading.Lock()
        self.cut = False

    def write(self, text: str) -> int:
        """Pass text on, and remember it."""
        written = self.stream.write(text)
        with self._lock:
            self._pieces.append(text)
            self._length += len(text)
            while self._length - len(self._pieces[0]) >= TAIL:
                self._length -= len(self._pieces.popleft())
                self.cut = True
        return int(written or len(text))

    def writelines(self, lines: Iterable[str]) -> None:
        """Pass several texts on, and remember them."""
        for line in lines:
            self.write(line)

    def tail(self) -> str:
        """The end of what was written."""
        with self._lock:
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

    Attributes:
        figures: What they end in, and their content.
        cleared: Whether the cell cleared its output.
    """

    def __init__(self, shell: Any, *, stdout: bool, figures: bool) -> None:
        self._shell = shell
        self._stdout_wanted = stdout
        self._figures_wanted = figures
        self._tee: Tee | None = None
        self._undo: list[Callable[[], None]] = []
        self._open_before: set[int] = set()
        self.figures: list[tuple[str, bytes]] = []
        self.cleared = False

    def start(self) -> None:
        """Begin to listen."""
        if self._stdout_wanted:
            self._tee = Tee(sys.stdout)
            sys.stdout = self._tee
        self._open_before = set(_open_figures())
        self._listen(self._shell.display_pub, "publish", self._note_shown)
        self._listen(self._shell.display_pub, "clear_output", self._note_cleared)
        self._listen(self._shell.displayhook, "write_format_data", self._note_shown)

    def stop(self, value: Any) -> None:
        """Stop listening; figures that were made and not shown are taken too."""
        if self._tee is not None and sys.stdout is self._tee:
            sys.stdout = self._tee.stream
        while self._undo:
            self._undo.pop()()
        if self.figures or not self._figures_wanted:
            return
        made = {n: figure for n, figure in _open_figures().items() if n not in self._open_before}
        for figure in made.values() or [value]:
            self._keep("png", _picture(figure))

    def stdout(self) -> str:
        """The end of what was printed."""
        return self._tee.tail() if self._tee is not None else ""

    def _listen(self, owner: Any, name: str, note: Callable[..., None]) -> None:
        """Be told of the calls of a method, until `stop`."""
        method = getattr(owner, name)

        def told(*arguments: Any, **named: Any) -> Any:
            note(*arguments, **named)
            return method(*arguments, **named)

        setattr(owner, name, told)
        self._undo.append(lambda: setattr(owner, name, method))

    def _note_shown(self, data: Any = None, *_: Any, **named: Any) -> None:
        if not self._figures_wanted or not isinstance(data, dict) or named.get("update"):
            return
        for kind, ending in KINDS.items():
            if kind in data:
                self._keep(ending, _content(data[kind], ending))
                return

    def _note_cleared(self, *_: Any, **__: Any) -> None:
        self.cleared = True

    def _keep(self, ending: str, content: bytes | None) -> None:
        if content and len(self.figures) < MOST_FIGURES:
            self.figures.append((ending, content))


def _open_figures() -> dict[int, Any]:
    """The figures of pyplot by their number; asking makes none the current one."""
    managers = getattr(sys.modules.get("matplotlib._pylab_helpers"), "Gcf", None)
    found = managers.get_all_fig_managers() if managers is not None else []
    return {manager.num: manager.canvas.figure for manager in found}


def _content(shown: Any, ending: str) -> bytes | None:
    """The bytes of a figure as it is shown: as they are, in base 64, as text or as JSON."""
    try:
        if isinstance(shown, bytes):
            return shown
        if ending == "json":
            return json.dumps(shown, default=str).encode()
        return shown.encode() if ending == "svg" else base64.b64decode(shown)
    except (AttributeError, TypeError, ValueError):
        return None


def _picture(figure: Any) -> bytes | None:
    """A Matplotlib figure as PNG; None for anything else."""
    matplotlib = sys.modules.get("matplotlib.figure")
    if matplotlib is None or not isinstance(figure, matplotlib.Figure):
        return None
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight")
    return buffer.getvalue()
