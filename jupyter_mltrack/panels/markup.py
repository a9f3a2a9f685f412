"""HTML whose texts are always escaped: what panels leave in a saved notebook."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Html(str):
    """Text that is HTML already, and therefore is not escaped again."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str | None) -> Html:
    """One HTML element; children that are not `Html` are escaped, and so are attributes.

    Args:
        tag: The name of the element.
        children: Texts, or elements made by this function.
        attributes: By name, with ``_`` for ``-``; those that are None are left out.
    """
    pairs = "".join(
        f' {name.replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Html(f"<{tag}{pairs}>{joined(*children)}</{tag}>")


def joined(*children: str) -> Html:
    """Texts and elements one after the other; the texts escaped."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children))


def fitting(elements: Iterable[Html], most_bytes: int) -> list[Html]:
    """The first of the elements: as many as take at most so many bytes in all."""
    found: list[Html] = []
    for one in elements:
        most_bytes -= size(one)
        if most_bytes < 0:
            break
        found.append(one)
    return found


def size(html: Html) -> int:
    """How many bytes it takes."""
    return len(html.encode())
