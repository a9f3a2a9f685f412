"""``%%track``: a cell as a run.

A cell magic that ran the cell itself would swallow its exceptions and could not ``await``. So the
line is rewritten, before Python sees the cell, into a call of `begin`; the run is closed when
IPython says that the cell has ended. Line numbers stay, tracebacks are the user's own.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from IPython.core.inputtransformer2 import cell_magic

from jupyter_mltrack.magics import options as track_options
from jupyter_mltrack.magics.reading import split_last
from jupyter_mltrack.magics.tracked_cell import TrackedCell
from jupyter_mltrack.tracking import notebook

_LINE = re.compile(r"%%track(?:\s+(.*))?")


def begin(line: str) -> None:
    """Called by the rewritten first line of a ``%%track`` cell.

    Raises:
        UsageError: if the options are wrong; the cell does not run.
    """
    options = track_options.parse(line)
    cell = notebook.session().current
    tracked = TrackedCell(notebook.shell(), options, body(cell.source) if cell else "")
    if cell is not None:
        cell.at_end.append(lambda result: tracked.end(*_outcome(result)))
    tracked.begin()


def run(shell: Any, line: str, source: str) -> Any:
    """Track code that is no cell of the notebook (``run_cell_magic``): there is no end to wait for.

    Returns:
        The value of its last expression.

    Raises:
        UsageError: if the options are wrong.
    """
    tracked = TrackedCell(shell, track_options.parse(line), source)
    value = error = None
    try:
        tracked.begin()
        value = _execute(shell, source)
    except BaseException as raised:
        error = raised
        raise
    finally:
        tracked.end(value, error)
    return value


def rewrite(lines: list[str]) -> list[str]:
    """The input transformation: the line ``%%track …`` becomes a call that ends up in `begin`.

    It reads as other magics do in a traceback; the ``...`` stands for the cell that follows.

    Another cell magic below it becomes the call that IPython would make of it.
    """
    at = _track_line(lines)
    if at is None or not "".join(lines[at + 1 :]).strip():
        return lines
    rest = lines[at + 1 :]
    first = next(i for i, line in enumerate(rest) if line.strip())
    if rest[first].startswith("%%"):
        rest = cell_magic(rest[first:])
    call = f"get_ipython().run_cell_magic('track', {_arguments(lines[at])!r}, ...)\n"
    return [*lines[:at], call, *rest]


# IPython leaves such a transformation out when it looks whether a cell is complete; it then sees
# a cell magic, which in a terminal goes on until an empty line.
rewrite.has_side_effects = True  # type: ignore[attr-defined]


def body(raw: str) -> str:
    """The cell without its ``%%track`` line."""
    lines = raw.splitlines(keepends=True)
    at = _track_line(lines)
    return raw if at is None else "".join([*lines[:at], *lines[at + 1 :]])


def _track_line(lines: list[str]) -> int | None:
    """Where the ``%%track`` line is: the first that is neither empty nor a comment."""
    for at, line in enumerate(lines):
        if (text := line.strip()) and not text.startswith("#"):
            return at if _LINE.fullmatch(text) else None
    return None


def _arguments(line: str) -> str:
    match = _LINE.fullmatch(line.strip())
    return (match[1] or "") if match else ""


def _execute(shell: Any, source: str) -> Any:
    """Run code as a cell is run; returns the value of its last expression."""
    python = shell.transform_cell(source)
    name = shell.compile.cache(python, raw_code=source)
    tree = shell.transform_ast(shell.compile.ast_parse(python, filename=name))
    code, value = split_last(tree)
    exec(shell.compile(code, name, "exec"), shell.user_ns)  # noqa: S102  (the user's own code)
    return eval(shell.compile(value, name, "eval"), shell.user_ns) if value else None  # noqa: S307


def _outcome(result: Any) -> tuple[Any, BaseException | None]:
    """The value of a cell, and the exception it ended with."""
    if result is None:  # interrupted while it awaited
        return None, sys.exception() or KeyboardInterrupt()
    return result.result, result.error_before_exec or result.error_in_exec
