"""Autolog: trainings with known libraries are logged by themselves."""

import sys as _sys

from jupyter_mltrack.autolog.all_libraries import autolog, scoped
from jupyter_mltrack.autolog.callable_package import CallablePackage as _CallablePackage
from jupyter_mltrack.tracking.active import muted

__all__ = ["autolog", "muted", "scoped"]

_sys.modules[__name__].__class__ = _CallablePackage
