"""Makes one ES module of a panel's file and the files it imports: a widget sends one text."""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).parent
_IMPORT = re.compile(r"^import \{[^}]*\} from '\./([a-z_]+\.js)';\n", re.MULTILINE)


def browser_module(name: str) -> str:
    """The text of a ``.js`` file of this folder, each import replaced by the file it names.

    Every file comes once, before the files that use it. They share one scope then, so no two
    of them may declare the same name.
    """
    texts: dict[str, str] = {}
    _collect(name, texts)
    return "\n".join(texts.values())


def _collect(name: str, texts: dict[str, str]) -> None:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        if imported not in texts:
            _collect(imported, texts)
    texts[name] = _IMPORT.sub("", text)
