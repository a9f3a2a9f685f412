"""The page of the views, its first half written from the database.

``python -m tests.store.schema_page`` brings it up to date.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from jupyter_mltrack.store import Store, sql

PAGE = Path(__file__).parents[2] / "jupyter_mltrack" / "store" / "SCHEMA.md"
ORDER = """runs params metrics metric_history tags experiments inputs datasets artifacts
    logged_models logged_model_metrics logged_model_files run_models registered_models
    model_versions model_aliases registry_events code cells run_cells
    environments packages sessions quarantine""".split()

_VIEWS = re.compile(r"^## [a-z].*?(?=^## Questions)", re.MULTILINE | re.DOTALL)
_QUESTION = re.compile(r"^### (.+?)$.*?```sql\n(.*?)```", re.MULTILINE | re.DOTALL)


def tables(store: Store) -> str:
    """One section for each view: its sentence, and a table of its columns."""
    found = sql.views(store)
    assert set(found) == set(ORDER)
    parts = []
    for view in ORDER:
        said, columns = found[view]
        rows = [f"| `{name}` | {kind} | {about} |" for name, kind, about in columns]
        head = f"## {view}\n\n{said}\n\n| column | type | what it is |\n|---|---|---|\n"
        parts.append(head + "\n".join(rows) + "\n\n")
    return "".join(parts)


def written_tables() -> str:
    """The same part as it stands in the page."""
    found = _VIEWS.search(PAGE.read_text("utf-8"))
    return found[0] if found else ""


def questions() -> dict[str, str]:
    """The statements of the page, by the question that each answers."""
    _, _, part = PAGE.read_text("utf-8").partition("\n## Questions\n")
    return dict(_QUESTION.findall(part))


def update() -> None:
    """Write the tables of the views into the page."""
    with tempfile.TemporaryDirectory() as folder:
        new = tables(Store(Path(folder, "mltrack.duckdb")))
    PAGE.write_text(_VIEWS.sub(lambda _: new, PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    update()
