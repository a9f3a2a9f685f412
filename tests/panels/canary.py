"""Sees what a page must never do: run a script that was logged, fetch, navigate, open, ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import nbformat
from nbconvert import HTMLExporter

from tests.panels.hostile import FOREIGN

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Frame, Locator, Page, Request

# Elements that no panel makes, handlers written as attributes, addresses that execute or fetch.
_FAULTS = """
root => {
  const faults = [];
  const forbidden = 'script, iframe, frame, object, embed, base, meta, link, noscript';
  const visit = node => {
    for (const element of node.querySelectorAll('*')) {
      if (element.matches(forbidden)) {
        faults.push(`<${element.localName}>`);
      }
      for (const { name, value } of element.attributes) {
        const isUrl = /^(href|xlink:href|src|srcset|srcdoc|action|formaction|data|background)$/;
        const isBad = /javascript:|data:text|data:image.svg|canary/i;
        if (name.startsWith('on') || (isUrl.test(name) && isBad.test(value)) ||
            (name === 'style' && /url\\((?!["']?#)|canary/i.test(value))) {
          faults.push(`<${element.localName} ${name}="${value}">`.slice(0, 200));
        }
      }
      if (element.shadowRoot) {
        visit(element.shadowRoot);
      }
    }
  };
  visit(root);
  return faults;
}"""

# Whatever waits for the mouse or the keyboard is given its event.
_PROVOKE = """
root => {
  const kinds = ['mouseover', 'mouseenter', 'pointermove', 'mousemove', 'focusin', 'mouseout'];
  const elements = [...root.querySelectorAll('*')].slice(0, 3000);
  for (const element of elements) {
    const box = element.getBoundingClientRect();
    const at = { bubbles: true, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
    for (const kind of kinds) {
      element.dispatchEvent(new MouseEvent(kind, at));
    }
  }
  return elements.length;
}"""


@dataclass
class Canary:
    """What was noticed in a page.

    Attributes:
        called: Numbers of the texts whose scripts ran.
        others: What else happened: ``fetched http://…``, ``navigated to …``, ``asked …``.
    """

    page: Page
    home: str
    called: set[int] = field(default_factory=set)
    others: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Begin to look at the page's navigation and at what it fetches."""
        self.page.on("framenavigated", self.navigated)
        self.page.on("request", self.requested)

    def provoke(self, where: Locator) -> int:
        """Move over everything inside; return how many elements there are."""
        return int(where.evaluate(_PROVOKE))

    def faults(self, where: Locator) -> list[str]:
        """Elements and attributes that could execute or fetch, run or not."""
        return sorted(set(where.evaluate(_FAULTS)))

    def fetched(self) -> set[int]:
        """Numbers of the texts whose addresses were fetched from the foreign host."""
        return {int(one.rpartition("/")[2]) for one in self.others if FOREIGN in one}

    def requested(self, request: Request) -> None:
        """Note a request to another host than the one of the page."""
        url = urlsplit(request.url)
        if url.scheme not in {"data", "blob"} and f"{url.scheme}://{url.netloc}" != self.home:
            self.others.append(f"fetched {request.url[:200]}")

    def navigated(self, frame: Frame) -> None:
        """Note that a frame shows another page."""
        self.others.append(f"navigated to {frame.url[:200]}")


@contextmanager
def watched(browser: Browser, home: str) -> Iterator[Canary]:
    """A page of its own in which every call of ``canary`` is noted, in any frame of it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    canary = Canary(page, home)

    def sing(_: Any, number: object = -1) -> None:
        canary.called.add(number if isinstance(number, int) else -1)

    context.expose_binding("canary", sing)
    page.on("popup", lambda popup: canary.others.append(f"opened {popup.url[:200]}"))

    def refuse(dialog: Any) -> None:
        canary.others.append(f"asked {dialog.message[:100]}")
        dialog.dismiss()

    page.on("dialog", refuse)
    yield canary
    context.close()


@contextmanager
def exported(notebook: Path, browser: Browser, folder: Path) -> Iterator[Canary]:
    """Open what nbconvert makes of a saved notebook; its own scripts of others are left out."""
    without = dict.fromkeys(("mathjax_url", "mermaid_js_url", "require_js_url", "jquery_url"), "")
    html, _ = HTMLExporter(**without).from_notebook_node(nbformat.read(notebook, as_version=4))
    page = folder / "exported.html"
    page.write_text(html, encoding="utf-8")
    with watched(browser, "file://") as canary:
        canary.page.on("request", canary.requested)
        canary.page.goto(page.as_uri(), wait_until="domcontentloaded")
        canary.page.on("framenavigated", canary.navigated)
        yield canary
