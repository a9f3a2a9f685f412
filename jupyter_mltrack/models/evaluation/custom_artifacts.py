"""Files that users' functions make of an evaluation."""

from __future__ import annotations

import json
import logging
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.artifacts import checked
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.evaluation.artifacts import (
    BY_ENDING,
    CsvEvaluationArtifact,
    EvaluationArtifact,
    ImageEvaluationArtifact,
    JsonEvaluationArtifact,
    NumpyEvaluationArtifact,
    PickleEvaluationArtifact,
)
from jupyter_mltrack.tracking.run_files import plain

if TYPE_CHECKING:
    from jupyter_mltrack.models.evaluation.extra_metrics import Offered
    from jupyter_mltrack.models.evaluation.file_box import FileBox

_log = logging.getLogger("jupyter_mltrack")

#: Objects that have a kind of file of their own: module and name of the class, and the kind.
_BY_CLASS: tuple[tuple[str, str, type[EvaluationArtifact]], ...] = (
    ("pandas", "DataFrame", CsvEvaluationArtifact),
    ("numpy", "ndarray", NumpyEvaluationArtifact),
    ("matplotlib.figure", "Figure", ImageEvaluationArtifact),
    ("PIL.Image", "Image", ImageEvaluationArtifact),
)

Maker = Callable[..., Any]


def checked_makers(given: Any) -> list[Maker]:
    """The functions a user gave, if all of them are.

    Raises:
        InvalidParameterValue: if one is something else.
    """
    makers = [] if given is None else given
    if not isinstance(makers, Sequence) or not all(map(callable, makers)):
        msg = "`custom_artifacts` is a list of functions (eval_df, builtin_metrics, artifacts_dir)."
        raise InvalidParameterValue(msg)
    return list(makers)


def add_custom_artifacts(
    makers: Sequence[Maker], offered: Offered, metrics: Mapping[str, float], box: FileBox
) -> None:
    """Call the functions, and put what they return into the box; a failure is one warning.

    Args:
        makers: Each gets ``(eval_df, builtin_metrics, artifacts_dir)``: a table with the columns
            ``prediction`` and ``target``, the metrics by name, and a folder for its files. It
            returns a dict of names and paths, figures, tables, arrays, texts in JSON, plain data,
            or anything that can be pickled.
        offered: What the table is made of.
        metrics: The metrics.
        box: Where the files go.
    """
    for maker in makers:
        name = getattr(maker, "__name__", repr(maker))
        with tempfile.TemporaryDirectory(prefix="mltrack-") as folder:
            try:
                made = maker(offered.eval_df, dict(metrics), folder)
                for title, thing in _by_title(made).items():
                    _add(title, thing, box)
            except Exception as error:  # noqa: BLE001  (a user's function may raise anything)
                _log.warning("The custom artifacts of %s are left out: %s", name, error)


def _by_title(made: Any) -> Mapping[str, Any]:
    if not isinstance(made, Mapping) or not all(isinstance(title, str) for title in made):
        msg = f"it returned {type(made).__name__}, no dict of names and artifacts"
        raise TypeError(msg)
    return made


def _add(title: str, thing: Any, box: FileBox) -> None:
    checked(title)
    path = _file_of(thing)
    if path is not None:
        kind = BY_ENDING.get(path.suffix.lower())
        if kind is None:
            msg = f"{path.name} is none of the known kinds of files: {', '.join(BY_ENDING)}"
            raise InvalidParameterValue(msg)
        box.add(title, kind, lambda place: shutil.copyfile(path, place), path.suffix)
        return
    kind, content = _kind_of(thing)
    box.add(title, kind, lambda place: kind.write(content, place))


def _file_of(thing: Any) -> Path | None:
    """The file that a path means; None if it is no path, or a text in JSON.

    Raises:
        InvalidParameterValue: if nothing is there.
    """
    if not isinstance(thing, str | Path):
        return None
    try:
        if Path(thing).is_file():
            return Path(thing)
    except (OSError, ValueError):  # a text that is too long for a path
        pass
    if isinstance(thing, str) and _is_json(thing):
        return None
    msg = f"{str(thing)[:200]!r} is neither the path of a file nor a text in JSON"
    raise InvalidParameterValue(msg)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _kind_of(thing: Any) -> tuple[type[EvaluationArtifact], Any]:
    """How an object is written, and what of it."""
    if isinstance(thing, str):
        return JsonEvaluationArtifact, json.loads(thing)
    for module, name, kind in _BY_CLASS:
        known = getattr(sys.modules.get(module), name, None)
        if known is not None and isinstance(thing, known):
            return kind, thing
    try:
        return JsonEvaluationArtifact, json.loads(json.dumps(thing, default=_number))
    except (TypeError, ValueError):
        pickle.dumps(thing)  # what cannot be pickled is told before a file is begun
        return PickleEvaluationArtifact, thing


def _number(value: Any) -> Any:
    """NumPy's numbers and arrays in plain data.

    Raises:
        TypeError: for everything else, which is no plain data.
    """
    if type(value).__module__ == "numpy":
        return plain(value)
    msg = f"{type(value).__name__} is no plain data"
    raise TypeError(msg)
