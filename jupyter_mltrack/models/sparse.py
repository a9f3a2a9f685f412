"""Sparse matrices, recognised without importing SciPy."""

from __future__ import annotations

import sys
from typing import Any


def is_matrix(data: Any) -> bool:
    """Whether it is a sparse matrix or array of SciPy."""
    scipy_sparse = sys.modules.get("scipy.sparse")
    return scipy_sparse is not None and bool(scipy_sparse.issparse(data))
