"""The line of Python that loads a file of a run, by the kind of the file."""

from __future__ import annotations

from collections.abc import Callable

_IMPORT = "import jupyter_mltrack as mlt\n"

Snippet = Callable[[str, str, str], str]


def load_snippet(run_id: str, path: str, kind: str) -> str:
    """Code that gives the content of a file, or where it is.

    Args:
        run_id: The run.
        path: Of the file in the run; "" is the folder of all.
        kind: ``text``, ``json``, ``image``, ``logged table``, ``csv``, ``tsv``, ``parquet``;
            anything else is brought to this machine.

    >>> print(load_snippet("4f0c", "notes.txt", "text"))
    import jupyter_mltrack as mlt
    <BLANKLINE>
    mlt.artifacts.load_text('runs:/4f0c/notes.txt')
    """
    uri = repr(f"runs:/{run_id}/{path}".rstrip("/"))
    return _SNIPPETS.get(kind, _local)(uri, run_id, path)


def _local(uri: str, *_: str) -> str:
    return f"{_IMPORT}\nmlt.artifacts.download_artifacts({uri})"


def _text(uri: str, *_: str) -> str:
    return f"{_IMPORT}\nmlt.artifacts.load_text({uri})"


def _json(uri: str, *_: str) -> str:
    return f"{_IMPORT}\nmlt.artifacts.load_dict({uri})"


def _image(uri: str, *_: str) -> str:
    return f"{_IMPORT}\nmlt.artifacts.load_image({uri})"


def _logged_table(_: str, run_id: str, path: str) -> str:
    return f"{_IMPORT}\nmlt.load_table({path!r}, run_ids=[{run_id!r}])"


def _plotly(uri: str, *_: str) -> str:
    load = f"mlt.artifacts.load_dict({uri})"
    return f"{_IMPORT}import plotly.graph_objects as go\n\ngo.Figure({load})"


def _csv(uri: str, *_: str) -> str:
    return f"{_IMPORT}import pandas as pd\n\npd.read_csv(mlt.artifacts.download_artifacts({uri}))"


def _tsv(uri: str, *_: str) -> str:
    read = f'pd.read_csv(mlt.artifacts.download_artifacts({uri}), sep="\\t")'
    return f"{_IMPORT}import pandas as pd\n\n{read}"


def _parquet(uri: str, *_: str) -> str:
    path = f"mlt.artifacts.download_artifacts({uri})"
    return f"{_IMPORT}import duckdb\n\nduckdb.from_parquet({path}).df()"


_SNIPPETS: dict[str, Snippet] = {
    "text": _text,
    "json": _json,
    "image": _image,
    "logged table": _logged_table,
    "plotly": _plotly,
    "csv": _csv,
    "tsv": _tsv,
    "parquet": _parquet,
}
