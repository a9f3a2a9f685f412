"""What all panels share: questions from a closed list, and a twin at rest for a saved notebook."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import anywidget
import msgspec

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.panels.at_rest import AtRest

_log = logging.getLogger(__name__)


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message of a browser; a subclass for each kind, with ``tag`` as its ``kind``.

    Attributes:
        id: Given back with the answer.
    """

    id: int


class Answer(NamedTuple):
    """What a question is answered with: JSON, and columns of numbers as raw bytes."""

    content: Mapping[str, Any]
    buffers: list[bytes] = []  # noqa: RUF012  (never changed)


class Panel(AtRest, anywidget.AnyWidget):
    """A widget that answers questions, takes only what a browser may decide, and leaves a twin.

    A subclass sets `questions`, the traits in `from_browser`, and overrides `html` and `text`.

    Attributes:
        questions: For each subclass of `Question` (``tag_field="kind"``) the name of the method
            that answers it.
        from_browser: The traits that a browser may set; all others only show.
    """

    questions: ClassVar[Mapping[type[Question], str]] = {}
    from_browser: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(lambda _, content, __: self._hear(content))

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take from a browser what it may decide, and ignore the rest."""
        super().set_state({key: sync_data[key] for key in sync_data if key in self.from_browser})

    def _hear(self, content: object) -> None:
        """Answer ``{id, kind, …}`` with ``{id, …}`` or ``{id, error}``; ignore all else."""
        kinds = tuple(self.questions)
        try:
            asked: Question = msgspec.convert(content, type=_union(kinds), strict=True)
        except (msgspec.ValidationError, TypeError):
            _log.debug("A browser sent a message that is none of ours")
            return
        method: Callable[[Any], Answer | Mapping[str, Any]]
        method = getattr(self, self.questions[type(asked)])
        try:
            answer = method(asked)
        except MltrackException as error:
            answer = {"error": str(error)}
        except Exception as error:  # noqa: BLE001  (whatever it is, the browser must hear of it)
            _log.debug("The question %r failed", asked, exc_info=True)
            answer = {"error": f"{type(error).__name__}: {error}"}
        content, buffers = answer if isinstance(answer, Answer) else (answer, [])
        self.send({"id": asked.id, **content}, buffers or None)


def _union(kinds: tuple[type[Question], ...]) -> Any:
    found: Any = None
    for kind in kinds:
        found = kind if found is None else found | kind
    return found
