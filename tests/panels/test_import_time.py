"""What loading the panels costs: `%load_ext` waits for it."""

import json
from pathlib import Path

from tests.test_import_time import python


def test_panels_load_no_library_for_numbers(tmp_path: Path) -> None:
    """They are imported by the call that needs them."""
    script = "import sys, json, jupyter_mltrack.panels; print(json.dumps(list(sys.modules)))"
    loaded = set(json.loads(python("-c", script, folder=tmp_path).stdout))
    assert "jupyter_mltrack.panels.table.actions" in loaded
    assert loaded & {"duckdb", "matplotlib", "numpy", "pandas", "plotly"} == set()
