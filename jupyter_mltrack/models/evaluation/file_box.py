"""The files of an evaluation before they are stored: written to one temporary folder.

Nothing reaches the run before all of them are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.evaluation.artifacts import EvaluationArtifact, PickleEvaluationArtifact


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxed:
    """One file.

    Attributes:
        kind: Its kind.
        file: Its name in the run.
        content: What is in it.
    """

    kind: type[EvaluationArtifact]
    file: str
    content: Any

    def stored_at(self, root: str) -> EvaluationArtifact:
        """It as an artifact of a run whose files are at the URI ``root``."""
        return self.kind(f"{root}/{self.file}", self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBox:
    """Files by the name under which a result lists them.

    Attributes:
        folder: Where they are.
        prefix: In front of the names of files that we make.
        files: What is in the box.
    """

    folder: Path
    prefix: str = ""
    files: dict[str, Boxed] = field(default_factory=dict)

    def add(
        self,
        title: str,
        kind: type[EvaluationArtifact],
        write: Callable[[Path], Any],
        ending: str | None = None,
    ) -> None:
        """Put a file into the box.

        Args:
            title: Its name in the result.
            kind: What kind of file it is.
            write: Makes it, at the path that it gets.
            ending: Of its name; None is that of its kind.

        Raises:
            InvalidParameterValue: if there is one of this name.
        """
        name = f"{self.prefix}{title}{ending or kind.endings[0]}"
        path = self.folder / name
        if title in self.files or path.exists():
            msg = f"there are two artifacts of the name {title!r}"
            raise InvalidParameterValue(msg)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(path)
            content = None if kind is PickleEvaluationArtifact else kind.read(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        self.files[title] = Boxed(kind=kind, file=name, content=content)
