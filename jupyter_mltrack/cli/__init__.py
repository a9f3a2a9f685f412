"""The command ``mltrack``."""

from jupyter_mltrack.cli.main import main

__all__ = ["main"]
