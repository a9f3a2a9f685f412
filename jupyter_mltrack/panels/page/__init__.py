"""All about one run."""

from jupyter_mltrack.panels.page.opening import run

__all__ = ["run"]
