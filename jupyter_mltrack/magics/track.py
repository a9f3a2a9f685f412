"""``%%track``: a cell as a run.

A cell magic that ran the cell itself would swallow its exceptions and could not ``await``. So the
line is rewritten, before Python sees the cell, into a call of `begin`; the run is closed when
IPython says that the cell has ended. Line numbers stay, tracebacks are the user's own.
"""

from __future__ import annotations

import io
import logging
import re
import traceback
from typing import TYPE_CHECKING, Any

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
_LINE = re.compile(r"%%track\b(.*)")
_MOST_CURVES = 4
_tracked: list[TrackedCell] = []


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
        self._run = active.current()
        if self._run is None:
            return
        self._run.takes_children = True
        if chosen.param:
            self._run.client.log_params(self._run.run_id, chosen.param)
        self._show_card()
        self._capture.start()

    def end(self, result: Any) -> None:
        """Log what the cell left behind and end the run as the cell ended."""
        error = result.error_before_exec or result.error_in_exec
        self._capture.stop(result.result)
        opened = self._run
        if opened is None:
            return
        try:
            self._log(opened, result, error)
        except Exception as trouble:
            _log.warning("%s: not all of the cell could be logged: %s", opened.title, trouble)
        for run in reversed(active.stack()):
            if opened in active.stack():
                close(run, status_after(type(error) if error else None, error))
        self._freeze_card(opened)

    def _log(self, opened: OpenRun, result: Any, error: BaseException | None) -> None:
        user, run_id, chosen = opened.client, opened.run_id, self._options
        if not chosen.no_params:
            known = user.get_run(run_id).data.params
            taken = {*known, *chosen.metrics}
            found = {key: v for key, v in literals(self._python).items() if key not in taken}
            user.log_params(run_id, found)
        metrics: dict[str, float] = {}
        if not chosen.no_result and error is None:
            metrics |= metrics_of(result_name(self._python), result.result)
        for name in chosen.metrics:
            metrics |= metrics_of(name, self._shell.user_ns.get(name))
        for key, value in metrics.items():
            user.log_metric(run_id, key, value)
        if not chosen.no_source:
            user.log_text(run_id, self._source, "cell.py")
        if printed := self._capture.stdout():
            user.log_text(run_id, printed, "stdout.txt")
        for number, png in enumerate(self._capture.figures, 1):
            user.log_stream(run_id, io.BytesIO(png), f"figures/figure_{number}.png")
        if error is not None:
            text = "".join(traceback.format_exception(error))
            user.log_text(run_id, text, "traceback.txt")
            user.set_tag(run_id, "mltrack.error", f"{type(error).__name__}: {error}"[:5000])

    def _show_card(self) -> None:
        if self._options.no_card or self._run is None:
            return
        from jupyter_mltrack import panels

        self._card = panels.LiveCard(panels.card_data(self._run.run))
        self._card.show()

    def _freeze_card(self, opened: OpenRun) -> None:
        if self._card is None:
            return
        from jupyter_mltrack import panels

        run = opened.client.get_run(opened.run_id)
        histories = {
            key: [point.value for point in opened.client.get_metric_history(opened.run_id, key)]
            for key in list(run.data.metrics)[:_MOST_CURVES]
        }
        error = run.data.tags.get("mltrack.error")
        previous = _previous(opened)
        self._card.freeze(
            panels.card_data(run, histories=histories, previous=previous, error=error)
        )


def begin(line: str) -> None:
    """Called by the rewritten first line of a ``%%track`` cell."""
    shell = notebook.shell()
    cell = notebook.session().current
    raw = cell.source if cell is not None else ""
    tracked = TrackedCell(shell, track_options.parse(line), body(raw))
    tracked.begin()
    _tracked.append(tracked)


def end(result: Any) -> None:
    """Called when a cell has ended."""
    while _tracked:
        _tracked.pop().end(result)


def rewrite(lines: list[str]) -> list[str]:
    """The input transformation: ``%%track …`` on the first line becomes a call of `begin`.

    If another cell magic follows, it must come first: the ``%%track`` line is dropped and the run
    is begun before the cell (see `before_cell`).
    """
    found = _track_line(lines)
    if found is None:
        return lines
    at, arguments = found
    if _is_cell_magic(lines, at + 1):
        return lines[at + 1 :]
    call = f"__import__({__name__!r}, fromlist=['begin']).begin({arguments.strip()!r})\n"
    return [*lines[:at], call, *lines[at + 1 :]]


def before_cell(info: Any) -> None:
    """Begin the run of a cell whose ``%%track`` line stands above another cell magic."""
    lines = (info.raw_cell or "").splitlines(keepends=True)
    found = _track_line(lines)
    if found is not None and not info.silent and _is_cell_magic(lines, found[0] + 1):
        begin(found[1].strip())


def body(raw: str) -> str:
    """The cell without its ``%%track`` line."""
    lines = raw.splitlines(keepends=True)
    found = _track_line(lines)
    return "".join(lines[found[0] + 1 :]) if found is not None else raw


def _as_python(shell: Any, source: str) -> str:
    """A cell as Python: its magics and ``!`` are rewritten."""
    return str(shell.input_transformer_manager.transform_cell(source)) if shell else source


def _track_line(lines: list[str]) -> tuple[int, str] | None:
    for at, line in enumerate(lines):
        if line.strip():
            match = _LINE.match(line.rstrip("\n"))
            return (at, match[1]) if match else None
    return None


def _is_cell_magic(lines: list[str], at: int) -> bool:
    return at < len(lines) and lines[at].startswith("%%")


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
