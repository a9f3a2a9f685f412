"""What ``%load_ext jupyter_mltrack`` brings, and how it goes again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


@magics_class
class TrackingMagics(Magics):
    """The magics of experiment tracking."""

    @no_var_expand
    @cell_magic("track")
    def track(self, line: str, cell: str) -> Any:
        """Only reached from code (``run_cell_magic``): typed cells are rewritten before."""
        result = self.shell.run_cell(f"%%track {line}\n{cell}")  # type: ignore[union-attr]
        result.raise_error()
        return result.result

    track.__doc__ = options.track.__doc__

    @no_var_expand
    @line_magic("mltrack")
    def mltrack(self, line: str) -> Any:
        """Panels and settings of experiment tracking.

        %mltrack status             where runs go, and which one is active
        %mltrack runs [FILTER]      the runs table
        %mltrack run [RUN_ID]       the card of a run, or of the last one
        %mltrack experiment NAME    log to this experiment from now on
        %mltrack store [URI]        use this store from now on
        %mltrack end                end the active run
        %mltrack doctor             look whether the store is well
        """
        return verbs.run(line)

    @no_var_expand
    @line_cell_magic("mlsql")
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
        shell.events.register("pre_run_cell", track.before_cell)
    session = notebook.session()
    session.watch()
    if track.end not in session.after_cell:
        session.after_cell.append(track.end)
    shell.set_hook("complete_command", _complete_track, str_key="%%track")
    shell.set_hook("complete_command", _complete_verb, str_key="%mltrack")
    path = notebook.path()
    active.name_after_notebook(Path(path).stem if path else None)
    _show_runs_as_cards(shell)


def unload(shell: Any) -> None:
    """Take back what `load` registered."""
    if track.rewrite in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(track.rewrite)
        shell.events.unregister("pre_run_cell", track.before_cell)
    session = notebook.session()
    if track.end in session.after_cell:
        session.after_cell.remove(track.end)
    for kind, names in {"line": ("mltrack", "mlsql"), "cell": ("track", "mlsql")}.items():
        for name in names:
            shell.magics_manager.magics[kind].pop(name, None)
    active.name_after_notebook(None)


def _show_runs_as_cards(shell: Any) -> None:
    """A run that is the value of a cell is shown as its card."""

    def html(run: Run) -> str:
        from jupyter_mltrack import panels

        return panels.card_html(panels.card_data(run))

    formatter = shell.display_formatter.formatters["text/html"]
    formatter.for_type(Run, html)


def _complete_track(_shell: Any, event: Any) -> list[str]:
    return [flag for flag in options.FLAGS if flag.startswith(event.symbol)]


def _complete_verb(_shell: Any, event: Any) -> list[str]:
    return [verb for verb in verbs.VERBS if verb.startswith(event.symbol)]
