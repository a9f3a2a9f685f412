"""Looks at HTML as a browser does, to find what could run or fetch."""

from __future__ import annotations

from html.parser import HTMLParser

ALLOWED = {
    *("b", "br", "details", "div", "pre", "span", "summary"),
    *("table", "tbody", "td", "th", "thead", "tr"),
    *("circle", "polyline", "svg"),
}
ALLOWED_ATTRIBUTES = {
    *("align", "aria-hidden", "cellpadding", "colspan", "rowspan", "style", "title"),
    *("fill", "height", "points", "stroke", "stroke-width", "viewbox", "width"),
    *("cx", "cy", "fill-opacity", "r", "stroke-dasharray", "stroke-opacity"),
}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag not in ALLOWED:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ALLOWED_ATTRIBUTES:
                self.faults.append(f"<{tag} {name}>")
            if name == "style" and ("url(" in (value or "") or "canary" in (value or "")):
                self.faults.append(f"style={value}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes what is not open")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"<![{data}]>")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def faults_in(html: str) -> list[str]:
    """Elements and attributes that no panel writes, and tags that do not match."""
    reader = _read(html)
    return [*reader.faults, *(f"<{tag}> is not closed" for tag in reader.open)]


def text_of(html: str) -> str:
    """What can be read on the page."""
    return "".join(_read(html).texts)


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader
