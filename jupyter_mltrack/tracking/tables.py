"""Tables of a run, one file each, to which every call appends: JSON or Parquet.

JSON is ``{"columns": …, "data": …}`` and keeps every stored value as it is: a ``"02108"`` stays a
string, floats keep all digits. Parquet goes through DuckDB, so no Arrow library is needed.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack import settings
from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import ArtifactChanged, InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.tracking.images import ImageMethods, thumbnail, to_pil
from jupyter_mltrack.tracking.run_files import plain, tag_list

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger("jupyter_mltrack")

#: A tag of runs that hold tables: a JSON list of ``{"path": …, "type": "table"}``.
LOGGED_ARTIFACTS = "mlflow.loggedArtifacts"


class TableMethods(ImageMethods):
    """Log tables to a run and get those of many runs back."""

    def log_table(
        self, run_id: str, data: dict[str, Any] | pd.DataFrame, artifact_file: str
    ) -> None:
        """Log rows of a table; the first call makes it, later ones append.

        The file is read and written anew, so log to one table from one place at a time.

        Args:
            run_id: The run.
            data: A DataFrame, or a dict of columns (or of single values, for one row). A column
                of images becomes files and their paths.
            artifact_file: ``.json`` or ``.parquet``.

        Raises:
            ValueError: for other endings, and for columns with images and something else.
            ArtifactChanged: if somebody changed the file; only if ``MLTRACK_STRICT`` is set,
                otherwise that is a warning.
        """
        ending = _ending(artifact_file)
        table = self._with_image_files(run_id, _as_table(data), artifact_file)
        folder = self._artifact_folder(run_id)
        known = [info.path for info in folder.list(artifact_file.rpartition("/")[0])]
        try:
            with self._new_file(run_id, artifact_file) as path:
                if artifact_file in known:
                    self._fetched(run_id, artifact_file, path.parent / "before")
                _APPEND[ending](path.parent / "before" / artifact_file, table, path)
        except ArtifactChanged as error:  # rows below it would make it look right
            if settings.strict():
                raise
            _log.warning("%s These rows are not appended; your code goes on.", error)
            return
        run, entry = self.get_run(run_id), {"path": artifact_file, "type": "table"}
        entries = tag_list(run, LOGGED_ARTIFACTS)
        if entry not in entries:
            self.set_tag(run_id, LOGGED_ARTIFACTS, json.dumps([*entries, entry]))

    def load_table(
        self,
        experiment_id: str,
        artifact_file: str,
        run_ids: list[str] | None = None,
        extra_columns: list[str] | None = None,
    ) -> pd.DataFrame:
        """One table of many runs, below each other.

        Args:
            experiment_id: The experiment of the runs.
            artifact_file: The file that `log_table` wrote.
            run_ids: Only these runs; None takes all that have the table.
            extra_columns: What to add about the run of each row: ``run_id``, ``status``,
                ``params.lr``, ``metrics.loss``, ``tags.owner``, …

        Raises:
            ResourceDoesNotExist: if none of the runs has the table.
        """
        import pandas as pd

        ending = _ending(artifact_file)
        entry = {"path": artifact_file, "type": "table"}
        runs = [
            run
            for run in self._runs_of(experiment_id)
            if entry in tag_list(run, LOGGED_ARTIFACTS)
            and (run_ids is None or run.info.run_id in run_ids)
        ]
        if not runs:
            msg = f"No run of experiment {experiment_id} has the table {artifact_file!r}."
            raise ResourceDoesNotExist(msg)
        if run_ids and len(runs) < len(set(run_ids)):
            _log.warning("Not all runs have the table %s; those are skipped.", artifact_file)
        tables = []
        for run in runs:
            with self._copy_of(run.info.run_id, artifact_file) as path:
                tables.append(_with_columns(_READ[ending](path), run, extra_columns or []))
        return pd.concat(tables, ignore_index=True)

    def _with_image_files(
        self, run_id: str, table: pd.DataFrame, artifact_file: str
    ) -> pd.DataFrame:
        """The table with every image stored as a file, and what MLflow writes in its place."""
        folder = f"table_images/{artifact_file.rpartition('.')[0]}"

        def stored(image: Any) -> dict[str, str]:
            return self._image_cell(run_id, image, f"{folder}/{uuid.uuid4()}")

        for column in table.columns[[dtype.kind == "O" for dtype in table.dtypes]]:
            images = [_is_image(value) for value in table[column]]
            if any(images) and not all(images):
                msg = f"Column {column!r} contains a mix of images and other values; split it."
                raise ValueError(msg)
            if any(images):
                table[column] = table[column].map(stored)
        return table

    def _image_cell(self, run_id: str, image: Any, base: str) -> dict[str, str]:
        picture = to_pil(image)
        self._save_image(run_id, picture, f"{base}.png")
        self._save_image(run_id, thumbnail(picture), f"{base}.webp")
        return {"type": "image", "filepath": f"{base}.png", "compressed_filepath": f"{base}.webp"}


def _ending(artifact_file: str) -> str:
    ending = Path(artifact_file).suffix
    if ending not in _APPEND:
        msg = f"A table is a .json or .parquet file; {artifact_file!r} has another ending."
        raise ValueError(msg)
    return ending


def _as_table(data: Any) -> pd.DataFrame:
    """A DataFrame of its own, so that nothing here changes the caller's."""
    import pandas as pd

    if not isinstance(data, pd.DataFrame | dict):
        msg = f"data must be a pandas.DataFrame or a dictionary, not {type(data).__name__}."
        raise InvalidParameterValue(msg)
    try:
        table = pd.DataFrame(data).reset_index(drop=True)
    except ValueError:  # single values: one row
        table = pd.DataFrame([data])
    if not table.columns.is_unique:
        msg = f"Columns of a table have different names; these are {list(table.columns)}."
        raise InvalidParameterValue(msg)
    return table


def _is_image(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("save", "resize", "size"))


def _append_json(before: Path, table: pd.DataFrame, path: Path) -> None:
    """Write the rows of ``before``, untouched, and those of ``table``."""
    old = json.loads(before.read_text("utf-8")) if before.exists() else {"columns": [], "data": []}
    names = [name if type(name) in {int, str} else str(name) for name in table.columns]
    columns = list(dict.fromkeys([*old["columns"], *names]))
    rows = [dict(zip(old["columns"], row, strict=True)) for row in old["data"]]
    rows += [dict(zip(names, row, strict=True)) for row in _values(table)]
    whole = {"columns": columns, "data": [[row.get(name) for name in columns] for row in rows]}
    path.write_text(json.dumps(whole, default=plain), "utf-8")


def _values(table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The rows in Python's own types; a missing value is None."""
    return table.astype(object).where(table.notna(), None).itertuples(index=False, name=None)


def _read_json(path: Path) -> pd.DataFrame:
    import pandas as pd

    table = json.loads(path.read_text("utf-8"))
    return pd.DataFrame(table["data"], columns=table["columns"])


def _append_parquet(before: Path, table: pd.DataFrame, path: Path) -> None:
    import duckdb
    import pandas as pd

    if before.exists():
        table = pd.concat([_read_parquet(before), table], ignore_index=True)
    with duckdb.connect() as database:
        database.from_df(table).write_parquet(str(path))


def _read_parquet(path: Path) -> pd.DataFrame:
    import duckdb

    # DuckDB takes names with * and [ for patterns; this copy may have any name.
    name = path.rename(path.with_name("rows.parquet"))
    with duckdb.connect() as database:
        table: pd.DataFrame = database.from_parquet(str(name)).df()
    return table


_APPEND = {".json": _append_json, ".parquet": _append_parquet}
_READ = {".json": _read_json, ".parquet": _read_parquet}


def _with_columns(table: pd.DataFrame, run: Run, names: list[str]) -> pd.DataFrame:
    """The table with what ``names`` say about the run in every row."""
    for name in names:
        if name in table:
            _log.warning("The table has a column %r; that of the run is called '%s_'.", name, name)
        table[f"{name}_" if name in table else name] = _about(run, name)
    return table


def _about(run: Run, name: str) -> Any:
    """What `search_runs` shows of a run in the column ``name``; None if it has nothing there."""
    kind, _, key = name.partition(".")
    if kind in {"metrics", "params", "tags"} and key:
        return getattr(run.data, kind).get(key)
    if not hasattr(run.info, name):
        msg = f"Runs have no column {name!r}; take 'run_id', 'status', 'params.…', 'metrics.…', …"
        raise InvalidParameterValue(msg)
    return getattr(run.info, name)
