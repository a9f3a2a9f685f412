"""Asks the page of a run as a browser does."""

from __future__ import annotations

from typing import Any

import jupyter_mltrack as mlt
from jupyter_mltrack.panels.page import RunPage


class Asked:
    """A page, and the answers that it would send to a browser."""

    def __init__(self, run_id: str | None = None) -> None:
        self.page: RunPage = mlt.run(run_id)
        self.view = self.page.view
        self.sent: list[tuple[dict[str, Any], list[bytes] | None]] = []
        self.view.send = lambda content, buffers=None: self.sent.append((content, buffers))

    def ask(self, kind: str, **details: Any) -> dict[str, Any]:
        """The answer to a question; {} if it was none of ours."""
        self.sent.clear()
        self.view._handle_custom_msg({"id": 1, "kind": kind, **details}, [])
        return self.sent[0][0] if self.sent else {}

    def bytes_of(self, kind: str, **details: Any) -> bytes:
        """What an answer carries beside its content."""
        self.ask(kind, **details)
        buffers = self.sent[0][1] or [b""]
        return buffers[0]
