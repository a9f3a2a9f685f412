"""The search of a table as a cell: a call of ``search_runs``, or SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence

from jupyter_mltrack.panels.table.state import clause
from jupyter_mltrack.store.listing import Wanted
from jupyter_mltrack.store.view_sql import select


def python(wanted: Wanted) -> str:
    """A cell that makes the same search with ``search_runs``.

    >>> print(python(Wanted(experiment_ids=["1"], filter_string="metrics.loss < 1")))
    import jupyter_mltrack as mlt
    <BLANKLINE>
    df = mlt.search_runs(
        experiment_ids=["1"],
        filter_string="metrics.loss < 1",
    )
    df
    """
    lines = [f"experiment_ids={_listed(wanted.experiment_ids)}"]
    if wanted.filter_string:
        lines.append(f"filter_string={_quoted(wanted.filter_string)}")
    if wanted.stage == "deleted":
        lines.append("run_view_type=ViewType.DELETED_ONLY")
    if wanted.orders:
        lines.append(f"order_by={_listed([clause(order) for order in wanted.orders])}")
    if wanted.limit is not None:
        lines.append(f"max_results={wanted.limit:d}")
    arguments = "".join(f"    {line},\n" for line in lines)
    imports = "import jupyter_mltrack as mlt\n"
    if wanted.stage == "deleted":
        imports += "from jupyter_mltrack.entities import ViewType\n"
    return f"{imports}\ndf = mlt.search_runs(\n{arguments})\ndf"


def sql(wanted: Wanted, metrics: Sequence[str], params: Sequence[str]) -> str:
    """A cell that makes the same search in SQL.

    Args:
        wanted: Which runs.
        metrics: Which of their metrics are columns.
        params: Which of their params.

    Raises:
        InvalidParameterValue: if the filter asks for what the views do not have.
    """
    query = select(wanted, metrics, params)
    if '"""' in query or "\\" in query or query.endswith('"'):
        return f"import jupyter_mltrack as mlt\n\nmlt.sql({query!r})"
    return f'import jupyter_mltrack as mlt\n\nmlt.sql("""\n{query}\n""")'


def _listed(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """A text as Python writes it, in double quotes where that is the same."""
    double = json.dumps(text, ensure_ascii=False)
    return double if text.isprintable() and "\\" not in double else repr(text)
