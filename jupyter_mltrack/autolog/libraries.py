"""The libraries that ``autolog()`` logs: one file each beside this one."""

from __future__ import annotations

from types import MappingProxyType

#: For each flavor the modules whose import switches it on. Its file is named after the flavor.
LIBRARIES = MappingProxyType(
    {
        "catboost": ("catboost",),
        "keras": ("keras",),
        "lightgbm": ("lightgbm",),
        "pytorch": ("lightning", "pytorch_lightning"),
        "sklearn": ("sklearn",),
        "statsmodels": ("statsmodels",),
        "tensorflow": ("tensorflow",),
        "xgboost": ("xgboost",),
    }
)
