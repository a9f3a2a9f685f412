"""The store: journals that lose nothing, and a DuckDB file folded from them."""

from jupyter_mltrack.store.store import Store
from jupyter_mltrack.store.where import Place, resolve

__all__ = ["Place", "Store", "resolve"]
