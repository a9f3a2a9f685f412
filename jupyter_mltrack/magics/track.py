"""``%%track``: a cell as a run.

A cell magic that ran the cell itself would swallow its exceptions and could not ``await``. So the
line is rewritten, before Python sees the cell, into a call of `begin`; the run is closed when
IPython says that the cell has ended. Line numbers stay, tracebacks are the user's own.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.inputtransformer2 import cell_magic

from jupyter_mltrack.entities import ViewType
from jupyter_mltrack.magics import options as track_options
from jupyter_mltrack.magics.capture import Capture
from jupyter_mltrack.magics.reading import literals, metrics_of, result_name
from jupyter_mltrack.tracking import active, fluent, notebook
from jupyter_mltrack.tracking.fluent.runs import close, status_after

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_mltrack.tracking.active import OpenRun

_log = logging.getLogger("jupyter_mltrack")
_LINE = re.compile(r"%%track(?:\s+(.*))?")
#: Cell magics that run the rest of the cell as Python.
_TRANSPARENT = re.compile(r"\s*%%(?:time|capture|prun)\b.*\n")
_MOST_CURVES = 4


class TrackedCell:
    """The cell that is being tracked."""

    def __init__(self, shell: Any, options: Namespace, source: str) -> None:
        self._shell = shell
        self._options = options
        self._source = source
        self._python = _as_python(shell, source)
        self._capture = Capture(shell, stdout=not options.no_stdout, figures=not options.no_figures)
        self._card: Any = None
        self._run: OpenRun | None = None

    def begin(self) -> None:
        """Start the run and show its card."""
        chosen = self._options
        experiment = None
        if chosen.experiment:
            experiment = fluent.experiment_by_name(chosen.experiment).experiment_id
        fluent.start_run(
            run_name=chosen.name,
            experiment_id=experiment,
            nested=chosen.nested,
            tags=chosen.tag,
            description=chosen.description,
            log_system_metrics=chosen.system_metrics or None,
        )
        self._run = opened = active.current()
        if opened is None:
            return
        opened.takes_children = True
        opened.client.log_params(opened.run_id, chosen.param)
        if not chosen.no_source:
            self._try(self._log_source, opened)
        self._show_card(opened)
        self._capture.start()

    def end(self, value: Any, error: BaseException | None) -> None:
        """Log what the cell left behind and end the run as the cell ended."""
        opened = self._run
        if opened is None:
            return
        try:
            self._try(self._capture.stop, value)
            for step in (self._log_params, self._log_metrics, self._log_output, self._log_error):
                self._try(step, opened, value, error)
        finally:
            _close(opened, error)
        self._try(self._freeze_card, opened)

    def _try(self, step: Any, *arguments: Any) -> None:
        """Take a step that must not break the cell."""
        try:
            step(*arguments)
        except Exception as trouble:
            title = self._run.title if self._run else "%%track"
            _log.warning("%s: not all of the cell could be logged: %s", title, trouble)

    def _log_source(self, opened: OpenRun) -> None:
        opened.client.log_text(opened.run_id, self._source, "cell.py")

    def _log_params(self, opened: OpenRun, *_: Any) -> None:
        if self._options.no_params:
            return
        taken = {*opened.client.get_run(opened.run_id).data.params, *self._options.metrics}
        found = literals(self._python).items()
        opened.client.log_params(opened.run_id, {k: v for k, v in found if k not in taken})

    def _log_metrics(self, opened: OpenRun, value: Any, error: BaseException | None) -> None:
        metrics: dict[str, float] = {}
        if not self._options.no_result and error is None:
            metrics |= metrics_of(result_name(self._python), value)
        for name in self._options.metrics:
            found = metrics_of(name, self._shell.user_ns.get(name))
            if not found and error is None:
                _log.warning("--metrics: %s is no number and no dict of numbers.", name)
            metrics |= found
        for key, number in metrics.items():
            opened.client.log_metric(opened.run_id, key, number)

    def _log_output(self, opened: OpenRun, *_: Any) -> None:
        if printed := self._capture.stdout():
            opened.client.log_text(opened.run_id, printed, "stdout.txt")
        for number, (kind, content) in enumerate(self._capture.figures, 1):
            name = f"figures/figure_{number}.{kind}"
            opened.client.log_stream(opened.run_id, io.BytesIO(content), name)

    def _log_error(self, opened: OpenRun, _: Any, error: BaseException | None) -> None:
        if error is None:
            return
        said = f"{type(error).__name__}: {error}"[:5000]
        opened.client.set_tag(opened.run_id, "mltrack.error", said.removesuffix(": "))
        text = "".join(traceback.format_exception(error))
        opened.client.log_text(opened.run_id, text, "traceback.txt")

    def _show_card(self, opened: OpenRun) -> None:
        if self._options.no_card:
            return
        from jupyter_mltrack import panels

        self._card = panels.LiveCard(panels.card_data(opened.run))
        self._card.show()

    def _freeze_card(self, opened: OpenRun) -> None:
        if self._card is None:
            return
        from jupyter_mltrack import panels

        user = opened.client
        with user.store.reading():  # one reading for all the questions
            run = user.get_run(opened.run_id)
            histories = {
                key: [point.value for point in user.get_metric_history(opened.run_id, key)]
                for key in list(run.data.metrics)[:_MOST_CURVES]
            }
            previous = _previous(opened)
        error = run.data.tags.get("mltrack.error")
        card = panels.card_data(run, histories=histories, previous=previous, error=error)
        self._card.freeze(card)


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
        UsageError: if the options are wrong, or there is nothing to track.
    """
    if not source.strip():
        msg = "%%track stands on the first line of a cell, what is to be tracked below it."
        raise UsageError(msg)
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
    """The input transformation: the line ``%%track …`` becomes a call of `begin`.

    Another cell magic below it becomes the call that IPython would make of it.
    """
    at = _track_line(lines)
    if at is None or not "".join(lines[at + 1 :]).strip():
        return lines
    rest = lines[at + 1 :]
    first = next(i for i, line in enumerate(rest) if line.strip())
    if rest[first].startswith("%%"):
        rest = cell_magic(rest[first:])
    call = f"__import__({__name__!r}, fromlist=['begin']).begin({_arguments(lines[at])!r})\n"
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


def _as_python(shell: Any, source: str) -> str:
    """A cell as Python: its magics and ``!`` are rewritten; "" if it is another language."""
    source = _TRANSPARENT.sub("", source, count=1)
    if source.lstrip().startswith("%%"):
        return ""
    return str(shell.input_transformer_manager.transform_cell(source)) if shell else source


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


def _close(opened: OpenRun, error: BaseException | None) -> None:
    """End the run of a cell, and the runs inside it that are open still."""
    status = status_after(type(error) if error else None, error)
    for run in reversed(active.stack()):
        if opened in active.stack():
            close(run, status)
    if opened in active.unended():  # on the stack of another context
        close(opened, status)


def _previous(opened: OpenRun) -> Any:
    """The run before this one of the same cell, or else of the same experiment."""
    run = opened.run
    cell = run.data.tags.get("mltrack.cell_id")
    same_cell = [f"tags.`mltrack.cell_id` = '{cell}'"] if cell else []
    filters = " AND ".join([f"attributes.number < {run.info.number}", *same_cell])
    found = opened.client.search_runs(
        [run.info.experiment_id], filters, ViewType.ACTIVE_ONLY, 1, ["attributes.number DESC"]
    )
    return found[0] if found else None
