"""Plotly figures that were logged as JSON: shown only if they fetch nothing from elsewhere."""

from __future__ import annotations

import re
from typing import Any, cast

_MAPS = re.compile(r"(scatter|choropleth|density)?(geo|map|mapbox)|choropleth", re.IGNORECASE)
_PARTS = ("data", "layout", "frames")
_DEEPEST = 60


def is_plotly(value: object) -> bool:
    """Whether parsed JSON is a figure: traces in ``data``, and a ``layout``."""
    match value:
        case {"data": list(traces), "layout": dict()}:
            return all(isinstance(trace, dict) for trace in traces)
    return False


def without_addresses(figure: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    """A figure without pictures from elsewhere, and what was left out.

    Maps are not shown at all: Plotly fetches their outlines from the web.
    """
    kinds = {str(trace.get("type", "scatter")) for trace in figure["data"]}
    if maps := sorted(kind for kind in kinds if _MAPS.fullmatch(kind)):
        return None, f"A figure of type {maps[0]} needs a map from the web. Load it to show it."
    removed: list[str] = []
    parts = {part: figure[part] for part in _PARTS if part in figure}
    kept = cast("dict[str, Any]", _without(parts, removed, 0))
    return kept, f"{len(removed)} pictures from the web are left out." if removed else ""


def _without(value: Any, removed: list[str], depth: int) -> Any:
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return [_without(each, removed, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, each in value.items():
        if key == "source" and isinstance(each, str) and not each.startswith("data:image/"):
            removed.append(each)
        else:
            kept[key] = _without(each, removed, depth + 1)
    return kept
