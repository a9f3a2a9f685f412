"""What ``%load_ext jupyter_mltrack`` brings, and how it goes again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import EllipsisType
from typing import Any

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)
from IPython.core.magic import (
    Magics,
    cell_magic,
    line_cell_magic,
    line_magic,
    magics_class,
    no_var_expand,
)

from jupyter_mltrack.entities import Run
from jupyter_mltrack.magics import options, sql, track, verbs
from jupyter_mltrack.tracking import active, notebook
from jupyter_mltrack.tracking.fluent import ActiveRun


@magics_class
class TrackingMagics(Magics):
    """The magics of experiment tracking."""

    @no_var_expand
    @cell_magic("track")  # type: ignore[arg-type]
    def track(self, line: str, cell: str | EllipsisType) -> Any:
        """Called with ``...`` from a cell that was rewritten, with a text from other code."""
        if isinstance(cell, str):
            return track.run(self.shell, line, cell)
        return track.begin(line)

    track.__doc__ = options.track.__doc__

    @line_magic("mltrack")  # type: ignore[arg-type]
    def mltrack(self, line: str) -> Any:
        """Panels and settings of experiment tracking.

        %mltrack status             where runs go, and which one is active
        %mltrack ui                 experiments, runs, comparison and models in one panel
        %mltrack experiments [FILTER]  the list of experiments
        %mltrack runs [FILTER]      the runs table
        %mltrack run [RUN_ID]       the page of a run, or of the last one
        %mltrack compare RUN_IDS    compare runs; or a filter instead of ids
        %mltrack registry [NAME]    the registered models; the page of one
        %mltrack card [on|off]      whether runs that a cell starts show a card
        %mltrack experiment NAME    log to this experiment from now on
        %mltrack store [URI]        use this store from now on
        %mltrack end                end the active run
        %mltrack doctor             look whether the store is well
        """
        return verbs.run(line)

    @no_var_expand
    @line_cell_magic("mlsql")  # type: ignore[arg-type]
    def mlsql(self, line: str, cell: str | None = None) -> Any:
        """Query the store's views in SQL."""
        return sql.run(self.shell, line, cell)

    mlsql.__doc__ = sql.mlsql.__doc__


def load(shell: Any) -> None:
    """Register the magics; loading twice is free."""
    shell.register_magics(TrackingMagics)
    transformers = shell.input_transformers_cleanup
    if track.rewrite not in transformers:
        transformers.append(track.rewrite)
    notebook.session().watch()
    matchers = shell.Completer.custom_matchers
    if complete not in matchers:
        matchers.append(complete)
    path = notebook.path()
    active.name_after_notebook(Path(path).stem if path else None)
    _show_runs_as_cards(shell)


def unload(shell: Any) -> None:
    """Take back what `load` registered."""
    if track.rewrite in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(track.rewrite)
        shell.Completer.custom_matchers.remove(complete)
    for kind, names in {"line": ("mltrack", "mlsql"), "cell": ("track", "mlsql")}.items():
        for name in names:
            shell.magics_manager.magics[kind].pop(name, None)
    active.name_after_notebook(None)


def _show_runs_as_cards(shell: Any) -> None:
    """A run that is the value of a cell is shown as its card."""

    def html(run: Run) -> str:
        from jupyter_mltrack import panels

        now = run.now() if isinstance(run, ActiveRun) else run
        return panels.card_html(panels.card_data(now))

    formatter = shell.display_formatter.formatters["text/html"]
    formatter.for_type(Run, html)


@context_matcher()
def complete(context: CompletionContext) -> SimpleMatcherResult:
    """Completes the options of ``%%track`` and the verbs of ``%mltrack``."""
    magic, _, typed = context.text_until_cursor.partition(" ")
    words: Iterable[str] = ()
    if magic == "%%track" and context.token.startswith("-"):
        words = options.FLAGS
    elif magic == "%mltrack" and context.token == typed:
        words = verbs.VERBS
    found = [SimpleCompletion(word) for word in words if word.startswith(context.token)]
    return {"completions": found, "suppress": bool(found)}
