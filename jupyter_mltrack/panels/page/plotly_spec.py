"""Plotly figures that were logged as JSON: shown so that they fetch nothing from elsewhere."""

from __future__ import annotations

import re
from typing import Any

_MAPS = re.compile(r"(scatter|choropleth|density)?(geo|map|mapbox)|choropleth", re.IGNORECASE)
#: What may bring in pictures or maps, then or by a click, at any depth of a layout.
_LEFT_OUT = re.compile(r"images|updatemenus|sliders|(geo|map|mapbox)\d*")
_DEEPEST = 60
_JOINER = "\N{WORD JOINER}"
#: Plotly reads these in every text; the simplest are kept, those with attributes can fetch.
_TAG = re.compile(r"<(?!/?(?:br ?/?|b|i|em|strong|sub|sup|s|u|extra)>)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?=[#\w])")


def is_plotly(value: object) -> bool:
    """Whether parsed JSON is a figure: traces in ``data``, and a ``layout``."""
    match value:
        case {"data": list(traces), "layout": dict()}:
            return all(isinstance(trace, dict) for trace in traces)
    return False


def without_addresses(figure: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    """A figure that can neither fetch nor lead elsewhere, and what was left out.

    Maps are not shown at all: Plotly fetches their outlines from the web. Frames, menus and
    sliders, which change a figure later, and pictures in its layout are left out.
    """
    traces = [{**trace, "type": str(trace.get("type", "scatter"))} for trace in figure["data"]]
    if maps := sorted({one["type"] for one in traces if _MAPS.fullmatch(one["type"])}):
        return None, f"A figure of type {maps[0]} needs a map from the web. Load it to show it."
    removed = {"frames"} if figure.get("frames") else set()
    data = [_inert(trace, removed, 1) for trace in traces]
    layout = _inert(_without_parts(figure["layout"], removed, 1), removed, 1)
    left_out = f"Left out, because it may fetch: {', '.join(sorted(removed))}." if removed else ""
    return {"data": data, "layout": layout}, left_out


def _without_parts(value: Any, removed: set[str], depth: int) -> Any:
    """A part of a layout without what may fetch; templates have layouts of their own."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return [_without_parts(each, removed, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, each in value.items():
        if not _LEFT_OUT.fullmatch(key):
            kept[key] = _without_parts(each, removed, depth + 1)
        elif each and key in {"images", "updatemenus", "sliders"}:
            removed.add(key)
    return kept


def _inert(value: Any, removed: set[str], depth: int, key: str = "") -> Any:
    """A part of a figure whose texts are no links, no styles, no entities and no TeX."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, str):
        return _inert_text(value, key)
    if isinstance(value, list):
        return [_inert(each, removed, depth + 1, key) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for name, each in value.items():
        if name == "source" and isinstance(each, str) and not each.startswith("data:image/"):
            removed.add("pictures from the web")
        else:
            kept[name] = _inert(each, removed, depth + 1, name)
    return kept


def _inert_text(text: str, key: str) -> str:
    if key == "source":
        return text
    text = _ENTITY.sub("&" + _JOINER, _TAG.sub("<" + _JOINER, text))
    is_format = key.endswith("format")  # of numbers: a dollar sign has its meaning there
    return text if is_format else text.replace("$", "\N{FULLWIDTH DOLLAR SIGN}")
