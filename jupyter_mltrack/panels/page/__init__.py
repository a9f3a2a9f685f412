"""All about one run."""

from jupyter_mltrack.panels.page.opening import run
from jupyter_mltrack.panels.page.run_page import RunPage

__all__ = ["RunPage", "run"]
