"""Makes one ES module of a panel's file and the files it imports: a widget sends one text."""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).parent
# What only a reader of the files needs: comments for the type checker, and indentation.
_UNSENT = re.compile(r"^ *//[^\n]*\n|/\*.*?\*/ *\n?|^ +|\n(?=\n)", re.MULTILINE | re.DOTALL)
# A text, on one line; a template within a template is none.
_TEXT = re.compile(r"('(?:[^'\\]|\\.)*'|`(?:[^`\\$]|\$\{[^`{}]*\})*`)")
# Around these no space is needed outside of texts, patterns and comments, in JS and in CSS.
_JS_SPACE = re.compile(r" *([=<>?:,;{}()&|]) *")
_CSS_SPACE = re.compile(r"(?<=[:,]) | (?={)")
_GOES_ON = re.compile(r"(?<=[;{},(\[])\n|(?<!\0)\n(?=[}\])])")
_IMPORT = re.compile(r"^import \{[^}]*\} from '(\.\.?/[a-z_./]+\.js)';\n", re.MULTILINE)


def browser_module(name: str) -> str:
    """The text of a ``.js`` file below this folder, each import replaced by the file it names.

    Every file comes once, before the files that use it. They share one scope then, so no two
    of them may declare the same name. Comments and indentation stay here, so no text of a
    module may go over several lines.

    Args:
        name: Such as ``table/runs_table.js``.
    """
    texts: dict[Path, str] = {}
    _collect(_FOLDER / name, texts)
    lines = _UNSENT.sub("", "\n".join(texts.values())).split("\n")
    return _joined([_squeezed(one) for one in lines])


def style_sheet(name: str) -> str:
    """The text of a ``.css`` file below this folder, after the styles that all panels share."""
    texts = [(_FOLDER / one).read_text(encoding="utf-8") for one in ("panel.css", name)]
    lines = _UNSENT.sub("", "\n".join(texts)).split("\n")
    return _joined([_CSS_SPACE.sub("", one) if _is_plain(one) else one for one in lines])


def _squeezed(line: str) -> str:
    """A line of JS without the spaces it does not need; the same if it has a pattern or comment."""
    parts = _TEXT.split(line)
    if not all(map(_is_plain, parts[::2])):
        return line
    parts[::2] = [_JS_SPACE.sub(r"\1", part) for part in parts[::2]]
    return "".join(parts)


def _is_plain(line: str) -> bool:
    """Whether no space in it can be part of a text or a pattern."""
    return not any(mark in line for mark in "'\"`/\\")


def _joined(lines: list[str]) -> str:
    """The lines, with breaks only where they may matter: not after a comment at their end."""
    parts = [f"{one}\0" if "//" in one else one for one in lines]
    return _GOES_ON.sub("", "\n".join(parts)).replace("\0", "")


def _collect(path: Path, texts: dict[Path, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        below = (path.parent / imported).resolve()
        if below not in texts:
            _collect(below, texts)
    texts[path] = _IMPORT.sub("", text)
