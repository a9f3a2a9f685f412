"""Where the data of a dataset came from, as MLflow describes it: a type and a small JSON dict."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit
from urllib.request import urlopen

from jupyter_mltrack.artifacts import LocalUri, RemoteUri, contained, open_folder, parse
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking import births

#: Seconds to wait for a web server.
TIMEOUT = 60


class DatasetSource:
    """A source of any type; alone it stands for types that only other programs can load.

    Args:
        kind: MLflow's name of the type, such as ``delta_table``.
        fields: What says where, as the store keeps it.
    """

    kind: ClassVar[str] = ""

    def __init__(self, kind: str, fields: dict[str, Any]) -> None:
        self._kind = kind
        self._fields = fields

    def __repr__(self) -> str:
        return f"<DatasetSource: {self._kind} {self._fields}>"

    def _get_source_type(self) -> str:
        """MLflow's name for the type of source."""
        return self._kind

    def to_dict(self) -> dict[str, Any]:
        """What says where."""
        return self._fields

    def to_json(self) -> str:
        """The same as JSON."""
        return json.dumps(self.to_dict())

    def load(self, dst_path: str | None = None) -> str:
        """Bring the data to this machine and say where it is.

        Args:
            dst_path: A folder to copy it to, made if missing. Without it, files of this machine
                stay where they are and others come to a new temporary folder.

        Raises:
            InvalidParameterValue: if this package does not know how.
        """
        del dst_path
        msg = f"Data from {self._kind!r} cannot be loaded from here: {self._fields}."
        raise InvalidParameterValue(msg)


class CodeSource(DatasetSource):
    """The program that made the data. It cannot be loaded, only run again.

    Args:
        tags: Who ran what: ``mlflow.user``, ``mlflow.source.name``, the commit.
    """

    kind = "code"

    def __init__(self, tags: dict[str, str]) -> None:
        super().__init__(self.kind, {"tags": tags})


class LocalSource(DatasetSource):
    """A file or folder of this machine.

    Args:
        uri: Its path, or ``file:``.
    """

    kind = "local"

    def __init__(self, uri: str) -> None:
        super().__init__(self.kind, {"uri": uri})
        self.uri = uri

    def load(self, dst_path: str | None = None) -> str:
        """The path, or that of a copy; see `DatasetSource.load`."""
        place = parse(self.uri)
        path = place.path if isinstance(place, LocalUri) else Path(self.uri)
        if dst_path is None:
            return str(path)
        copy = contained(Path(dst_path), path.name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, copy, dirs_exist_ok=True)
        else:
            shutil.copyfile(path, copy)
        return str(copy)


class HttpSource(DatasetSource):
    """A file on the web.

    Args:
        url: With ``http:`` or ``https:``. A password in it is used to load, and never stored.

    Raises:
        InvalidParameterValue: if it is another URL.
    """

    kind = "http"

    def __init__(self, url: str) -> None:
        if not re.match(r"https?://", url, re.IGNORECASE):
            msg = f"{url!r} is no address of the web; it begins with https:// or http://."
            raise InvalidParameterValue(msg)
        super().__init__(self.kind, {"url": re.sub(r"(?<=//)[^/@]*@", "", url)})
        self.url = url

    def load(self, dst_path: str | None = None) -> str:
        """Download the file; see `DatasetSource.load`."""
        folder = Path(dst_path or tempfile.mkdtemp(prefix="mltrack-"))
        with urlopen(self.url, timeout=TIMEOUT) as answer:  # noqa: S310  (checked above)
            name = answer.headers.get_filename() or Path(urlsplit(self.url).path).name
            target = contained(folder, name or "dataset_source")
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                shutil.copyfileobj(answer, file)
        return str(target)


class RemoteSource(DatasetSource):
    """A file or folder that fsspec reaches; the type is the scheme, such as ``s3``.

    Args:
        uri: With that scheme.
    """

    def __init__(self, uri: str) -> None:
        super().__init__(uri.partition(":")[0].lower(), {"uri": uri})
        self.uri = uri

    def load(self, dst_path: str | None = None) -> str:
        """Download it; see `DatasetSource.load`."""
        folder, _, name = self.uri.rstrip("/").rpartition("/")
        destination = Path(dst_path or tempfile.mkdtemp(prefix="mltrack-"))
        return str(open_folder(folder).fetch(name, destination))


def resolve_source(raw: object) -> DatasetSource:
    """The source that a path or URI means; None is the running program.

    Args:
        raw: That, or a source, which is returned.

    Raises:
        InvalidParameterValue: if it is neither.
    """
    if isinstance(raw, DatasetSource):
        return raw
    if raw is None:
        return _running_program()
    if not isinstance(raw, str | Path):
        msg = f"A source is a path, a URI or a DatasetSource, not {type(raw).__name__}."
        raise InvalidParameterValue(msg)
    place = parse(raw)
    if isinstance(place, RemoteUri):
        return (HttpSource if place.scheme in {"http", "https"} else RemoteSource)(str(raw))
    if isinstance(place, LocalUri):
        return LocalSource(str(raw))
    return DatasetSource("runs", {"uri": str(raw)})


def source_of(kind: str, text: str) -> DatasetSource:
    """The source that a store describes by its type and JSON.

    Raises:
        InvalidParameterValue: if ``text`` is no JSON dict.
    """
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        msg = f"The source of this dataset is no JSON dict: {text[:200]!r}."
        raise InvalidParameterValue(msg)
    match kind, fields:
        case "code", {"tags": dict(tags)}:
            return CodeSource(tags)
        case "http", {"url": str(url)}:
            return HttpSource(url)
        case "local", {"uri": str(uri)}:
            return LocalSource(uri)
        case _, {"uri": str(uri)} if uri.startswith(f"{kind}://"):
            return RemoteSource(uri)
    return DatasetSource(kind, fields)


def _running_program() -> CodeSource:
    tags = {key: value for key, value in births.tags().items() if key.startswith("mlflow.")}
    return CodeSource(tags)
