"""The client's files: log a file, a folder, text, a dict, a figure, a stream; and read them back.

Signatures are MLflow's. Figures are recognised through `sys.modules`: neither matplotlib nor
Plotly is imported here.
"""

from __future__ import annotations

import io
import json
import logging
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.artifacts import checked
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking.run_files import plain
from jupyter_mltrack.tracking.tables import TableMethods

if TYPE_CHECKING:
    import matplotlib.figure
    import plotly.graph_objects as go

_log = logging.getLogger("jupyter_mltrack")

_YAML = {".yaml", ".yml"}
_PLOTLY_IMAGES = {".jpeg", ".jpg", ".pdf", ".png", ".svg", ".webp"}


class FileMethods(TableMethods):
    """Log files to a run and get them back."""

    def log_artifact(
        self, run_id: str, local_path: str | Path, artifact_path: str | None = None
    ) -> None:
        """Log a file, or a folder under its own name.

        Args:
            run_id: The run.
            local_path: The file or folder.
            artifact_path: The folder of the run to put it in; None is the top.

        Raises:
            FileNotFoundError: if there is nothing at ``local_path``.

        Example:
            >>> client.log_artifact(run_id, "vectorizer.pkl", "extra_artifacts")
        """
        source = Path(local_path)
        name = source.resolve().name if source.name in {"", ".."} else source.name
        path = joined(artifact_path, name)
        if source.is_dir():
            self.log_artifacts(run_id, source, path)
        else:
            _refuse_store(source)
            self._put(run_id, self._artifact_folder(run_id), source, path)

    def log_artifacts(
        self, run_id: str, local_dir: str | Path, artifact_path: str | None = None
    ) -> None:
        """Log everything in a folder; stores of this package in it are left out.

        Args:
            run_id: The run.
            local_dir: The folder.
            artifact_path: The folder of the run to put its content in; None is the top.

        Raises:
            FileNotFoundError: if there is no folder ``local_dir``.
            UnsafePath: if a file in it has a name that cannot be kept; then nothing is logged.
        """
        folder = Path(local_dir)
        _refuse_store(folder)
        if not folder.is_dir():
            msg = f"No such folder: '{folder}'"
            raise FileNotFoundError(msg)
        found = [
            (source, checked(joined(artifact_path, source.relative_to(folder).as_posix())))
            for source in files_below(folder)
        ]
        destination = self._artifact_folder(run_id)
        for source, path in found:
            self._put(run_id, destination, source, path)

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        """Log a text as a file in UTF-8.

        Example:
            >>> client.log_text(run_id, "<h1>hello</h1>", "report/index.html")
        """
        with self._new_file(run_id, artifact_file) as path:
            path.write_bytes(text.encode())

    def log_dict(self, run_id: str, dictionary: Mapping[str, Any], artifact_file: str) -> None:
        """Log a dict (or a list) as YAML if the name ends in ``.yml`` or ``.yaml``, else as JSON.

        NumPy numbers and arrays become numbers and lists; other unknown values their text.
        """
        as_yaml = Path(artifact_file).suffix in _YAML
        text = (_yaml if as_yaml else _json)(dictionary)
        self.log_text(run_id, text, artifact_file)

    def log_stream(
        self, run_id: str, stream: io.BufferedIOBase | io.RawIOBase, artifact_file: str
    ) -> None:
        """Log what can be read from a binary stream, from where it stands to its end."""
        with self._new_file(run_id, artifact_file) as path, path.open("wb") as file:
            shutil.copyfileobj(stream, file)

    def log_figure(
        self,
        run_id: str,
        figure: matplotlib.figure.Figure | go.Figure,
        artifact_file: str,
        *,
        save_kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Log a figure of matplotlib or Plotly in the format that the file name ends in.

        Args:
            run_id: The run.
            figure: The figure.
            artifact_file: matplotlib takes what ``savefig`` knows (without an ending: png); Plotly
                ``.html``, ``.json`` and, with Kaleido installed, images.
            save_kwargs: For the method that saves the figure. HTML holds all of Plotly, so that
                looking at it fetches nothing; ``{"include_plotlyjs": "cdn"}`` makes it small.

        Raises:
            TypeError: for other figures, and for endings that Plotly does not know.
        """
        save = _saver(figure, Path(artifact_file).suffix.lower())
        with self._new_file(run_id, artifact_file) as path:
            save(path, dict(save_kwargs or {}))

    def load_text(self, run_id: str, path: str) -> str:
        """The text in a file of a run."""
        with self._copy_of(run_id, path) as file:
            return file.read_text("utf-8")

    def load_dict(self, run_id: str, path: str) -> Any:
        """What `log_dict` wrote to a file of a run."""
        text = self.load_text(run_id, path)
        if Path(path).suffix not in _YAML:
            return json.loads(text)
        import yaml

        return yaml.safe_load(text)


def joined(folder: str | None, name: str) -> str:
    """The path of a name in a folder, which may be none."""
    return name if folder in {None, "", "."} else f"{folder}/{name}"


def files_below(folder: Path, seen: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Regular files below a folder, by name, links followed but never in circles."""
    seen |= {folder.resolve()}
    for entry in sorted(folder.iterdir()):
        real = entry.resolve()
        if real in seen or _is_part_of_store(real):
            continue
        if entry.is_dir():
            yield from files_below(entry, seen)
        elif entry.is_file():
            yield entry
        else:
            _log.warning("%s is neither a file nor a folder and was not logged.", entry)


def _is_part_of_store(path: Path) -> bool:
    """Whether this is a tracking store: copying one into itself would double it every time."""
    name = path.name.removesuffix(".wal")
    stem, _, kind = name.rpartition(".")
    return kind in {"artifacts", "duckdb", "journal"} and path.with_name(f"{stem}.journal").is_dir()


def _refuse_store(path: Path) -> None:
    if _is_part_of_store(path.resolve()):
        msg = f"{path} is a tracking store, which its own runs cannot hold; log a copy of it."
        raise InvalidParameterValue(msg)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, default=plain)


def _yaml(value: Any) -> str:
    import yaml

    return str(yaml.safe_dump(_readable(value), indent=2, default_flow_style=False))


def _readable(value: Any) -> Any:
    """The same with nothing in it but what every reader of YAML knows."""
    if isinstance(value, Mapping):
        return {_readable_key(key): _readable(below) for key, below in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_readable(below) for below in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    known = value is None or type(value) in {bytes, date, datetime}
    return value if known else plain(value)


def _readable_key(key: Any) -> Any:
    return str(key) if isinstance(key, tuple) else _readable(key)


def _saver(figure: Any, ending: str) -> Callable[[Path, dict[str, Any]], None]:
    """The function that writes ``figure`` to a file whose name has this ending."""
    if _is_a(figure, "matplotlib.figure", "Figure"):
        return partial(_save_matplotlib, figure, ending)
    if not _is_a(figure, "plotly.graph_objects", "Figure"):
        msg = f"Unsupported figure object type: '{type(figure)}'. Use matplotlib or Plotly."
        raise TypeError(msg)
    if ending == ".html":
        return lambda path, options: figure.write_html(path, **{"auto_open": False, **options})
    if ending == ".json":
        return lambda path, options: figure.write_json(path, **options)
    if ending in _PLOTLY_IMAGES:
        return lambda path, options: figure.write_image(path, **options)
    known = ", ".join([".html", ".json", *sorted(_PLOTLY_IMAGES)])
    msg = f"Unsupported file extension for plotly figure: '{ending}'. Use one of {known}."
    raise TypeError(msg)


def _save_matplotlib(figure: Any, ending: str, path: Path, options: dict[str, Any]) -> None:
    # Through an open file: savefig() adds an ending to a name that has none.
    with path.open("wb") as file:
        figure.savefig(file, **{"format": ending[1:] or "png", **options})


def _is_a(thing: object, module: str, name: str) -> bool:
    """Whether ``thing`` is of a class of a library, which then is imported already."""
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(thing, kind)
