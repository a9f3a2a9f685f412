"""Execute notebooks of the tour in place: ``python -m tests.notebooks.refresh``.

All but the first are kept with what they show, so that GitHub shows it, too. Of a panel its twin at
rest is kept and not the widget: that is gone with its kernel.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

from jupyter_mltrack import settings
from jupyter_mltrack.cli import demo
from tests.lab import ROOT

SHOWN = (
    "02_live_and_compare.ipynb",
    "03_search_and_sql.ipynb",
    "04_models_and_signatures.ipynb",
    "05_registry_and_serving.ipynb",
)
WIDGET = "application/vnd.jupyter.widget-view+json"


def executed(name: str, folder: Path) -> nbformat.NotebookNode:
    """A notebook of the tour with its outputs, executed in ``folder``."""
    passing = folder / name
    shutil.copy(ROOT / "notebooks" / name, passing)
    settings.hand_down(notebook=str(passing))
    demo._execute(passing)
    content = nbformat.read(passing, as_version=4)
    for cell in content.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
    return content


def main(names: list[str]) -> None:
    """Execute these, or all that are kept with outputs."""
    for name in names or SHOWN:
        with tempfile.TemporaryDirectory(prefix="tour-") as folder:
            content = executed(name, Path(folder))
        path = ROOT / "notebooks" / name
        nbformat.write(content, path)
        print(f"{name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
