"""The magics: ``%%track``, ``%mltrack``, ``%mlsql``."""

from jupyter_mltrack.magics.extension import load, unload

__all__ = ["load", "unload"]
