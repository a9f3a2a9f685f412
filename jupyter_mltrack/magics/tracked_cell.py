"""A cell that is being tracked as a run: what is logged of it, and the card below it."""

from __future__ import annotations

import io
import logging
import re
import sys
import traceback
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities.tags import ERROR
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.magics import live
from jupyter_mltrack.magics.capture import Capture
from jupyter_mltrack.magics.reading import literals, metrics_of, result_name
from jupyter_mltrack.store import card_runs
from jupyter_mltrack.tracking import active, fluent, notebook
from jupyter_mltrack.tracking.fluent.runs import close, status_after
from jupyter_mltrack.tracking.masking import masked

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from jupyter_mltrack.tracking.active import OpenRun

_log = logging.getLogger("jupyter_mltrack")
#: Cell magics that run the rest of the cell as Python.
_TRANSPARENT = re.compile(r"\s*%%(?:time|capture|prun)\b.*\n")
_LONGEST_ERROR = 5000
#: Kinds of figures that are text.
_TEXTS = {"json", "svg"}


class TrackedCell:
    """The cell that is being tracked."""

    def __init__(self, shell: Any, options: Namespace, source: str) -> None:
        self._shell = shell
        self._options = options
        self._source = source
        self._python = _as_python(shell, source)
        self._capture = Capture(shell, stdout=not options.no_stdout, figures=not options.no_figures)
        self._autolog = ExitStack()
        self._run: OpenRun | None = None

    def begin(self) -> None:
        """Start the run and show its card."""
        chosen = self._options
        experiment = None
        if chosen.experiment:
            experiment = fluent.experiment_by_name(chosen.experiment).experiment_id
        if chosen.no_card:
            live.cards().hide_in_this_cell()
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
        self._try(self._say_card, opened)
        if chosen.autolog:
            self._try(self._begin_autolog)
        self._capture.start()

    def end(self, value: Any, error: BaseException | None) -> None:
        """Log what the cell left behind and end the run as the cell ended."""
        opened = self._run
        if opened is None:
            return
        if _status(error) == "FINISHED":  # after sys.exit(0) too
            error = None
        try:
            self._try(self._autolog.close)
            self._try(self._capture.stop, value)
            for step in (self._log_params, self._log_metrics, self._log_output, self._log_error):
                self._try(step, opened, value, error)
        finally:
            self._try(_close, opened, error)
        self._try(lambda: self._say_card(opened, has_ended=True))
        if self._capture.cleared:  # the card with the rest
            live.cards().show_again(opened.run_id)

    def _try(self, step: Callable[..., None], *arguments: Any) -> None:
        """Take a step that must not break the cell."""
        try:
            step(*arguments)
        except Exception as trouble:  # noqa: BLE001  (whatever it is)
            title = self._run.title if self._run else "%%track"
            _log.warning("%s: not all of the cell could be logged: %s", title, trouble)

    def _begin_autolog(self) -> None:
        from jupyter_mltrack.autolog import scoped

        self._autolog.enter_context(scoped())

    def _log_source(self, opened: OpenRun) -> None:
        opened.client.log_text(opened.run_id, masked(self._source), "cell.py")

    def _log_params(self, opened: OpenRun, *_: Any) -> None:
        found = {} if self._options.no_params else literals(self._python)
        for name, value in found.items():
            if name not in self._options.metrics:
                with suppress(InvalidParameterValue):  # the cell has logged it itself
                    opened.client.log_param(opened.run_id, name, value)

    def _log_metrics(self, opened: OpenRun, value: Any, error: BaseException | None) -> None:
        metrics: dict[str, float] = {}
        if not self._options.no_result and error is None:
            metrics |= metrics_of(result_name(self._python), value)
        for name in self._options.metrics:
            found = metrics_of(name, self._shell.user_ns.get(name))
            if not found and error is None:
                _log.warning(
                    "--metrics: %s is no number and no dict with numbers, or is not defined.", name
                )
            metrics |= found
        for key, number in metrics.items():
            opened.client.log_metric(opened.run_id, key, number)

    def _log_output(self, opened: OpenRun, *_: Any) -> None:
        if printed := self._capture.stdout():
            opened.client.log_text(opened.run_id, masked(printed), "stdout.txt")
        for number, (kind, content) in enumerate(self._capture.figures, 1):
            name = f"figures/figure_{number}.{kind}"
            kept = masked(content.decode()).encode() if kind in _TEXTS else content
            opened.client.log_stream(opened.run_id, io.BytesIO(kept), name)

    def _log_error(self, opened: OpenRun, _: Any, error: BaseException | None) -> None:
        if error is None:
            return
        said = masked(f"{type(error).__name__}: {error}")[:_LONGEST_ERROR]
        opened.client.set_tag(opened.run_id, ERROR, said.removesuffix(": "))
        text = "".join(traceback.format_exception(error))
        opened.client.log_text(opened.run_id, masked(text), "traceback.txt")

    def _say_card(self, opened: OpenRun, *, has_ended: bool = False) -> None:
        """In a terminal a card is one line, when the run starts and when it has ended."""
        if self._options.no_card or notebook.in_kernel():
            return
        from jupyter_mltrack import panels

        run, previous = opened.run, None
        if has_ended:
            store = opened.client.store
            with store.reading():
                run = opened.client.get_run(opened.run_id)
                previous = card_runs.previous(store, run)
        error = run.data.tags.get(ERROR)
        line = panels.card_text(panels.card_data(run, previous=previous, error=error))
        sys.stdout.write(f"{line}\n")


def _as_python(shell: Any, source: str) -> str:
    """A cell as Python: its magics and ``!`` are rewritten; "" if it is another language."""
    source = _TRANSPARENT.sub("", source, count=1)
    if source.lstrip().startswith("%%"):
        return ""
    return str(shell.input_transformer_manager.transform_cell(source)) if shell else source


def _close(opened: OpenRun, error: BaseException | None) -> None:
    """End the run of a cell, and the runs inside it that are open still."""
    status = _status(error)
    for run in reversed(active.stack()):
        if opened in active.stack():
            close(run, status)
    if opened in active.unended():  # on the stack of another context
        close(opened, status)


def _status(error: BaseException | None) -> str:
    return status_after(type(error) if error else None, error)
