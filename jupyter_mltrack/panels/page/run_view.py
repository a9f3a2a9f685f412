"""The page of a run as one widget: its header and tabs, drawn in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import traitlets

from jupyter_mltrack.entities.tags import DESCRIPTION
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    MltrackException,
    ResourceDoesNotExist,
)
from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.page import code_tab, data_tab, files_tab, log_tab
from jupyter_mltrack.panels.page.overview import (
    head_of,
    is_ours,
    metric_rows,
    overview_of,
    param_rows,
)
from jupyter_mltrack.panels.page.page_twin import page_html, page_text
from jupyter_mltrack.panels.page.questions import (
    Back,
    Delete,
    Describe,
    Download,
    Failure,
    ListFiles,
    News,
    Open,
    RemoveTag,
    Rename,
    Restore,
    Rows,
    SetTag,
    ShowCell,
    ShowCharts,
    ShowCode,
    ShowData,
    ShowFile,
    ShowLog,
    ShowRegister,
    TextOf,
    Whole,
)
from jupyter_mltrack.panels.page.story import Story, first_curves, read_story
from jupyter_mltrack.panels.page.texts import beginning
from jupyter_mltrack.panels.panel import Answer, Panel, Question
from jupyter_mltrack.panels.wording import identity
from jupyter_mltrack.store import details
from jupyter_mltrack.tracking.client import TrackingClient

#: Shows something below the tabs: "charts" of a run, a "figure", or the form that registers a model
#: ("register"); None takes it away.
Below = Callable[[str, Any], None]

_LONGEST_WHOLE = 1_000_000


class RunView(Panel):
    """Header and tabs of one run; other runs open in its place.

    Args:
        client: Of the store the run is in.
        run_id: Which run.
        below: Puts curves and figures below the tabs.

    Attributes:
        head: What is always visible, see `head_of`.
        overview: The first tab, see `overview_of`.

    Raises:
        ResourceDoesNotExist: if there is no such run.
    """

    _esm = browser_module("page/run_page.js")
    _css = style_sheet("page/run_page.css")
    head = traitlets.Dict().tag(sync=True)
    overview = traitlets.Dict().tag(sync=True)

    questions: ClassVar[Mapping[type[Question], str]] = {
        News: "_news",
        Open: "_open",
        Back: "_back",
        Rename: "_rename",
        Describe: "_describe",
        SetTag: "_set_tag",
        RemoveTag: "_remove_tag",
        Delete: "_delete",
        Restore: "_restore",
        Rows: "_rows",
        Whole: "_whole",
        TextOf: "_text_of",
        Failure: "_failure",
        ShowCharts: "_charts",
        ShowCode: "_code",
        ShowCell: "_cell",
        ShowData: "_data",
        ListFiles: "_files",
        ShowFile: "_preview",
        Download: "_download",
        ShowLog: "_log",
        ShowRegister: "_register",
    }

    def __init__(self, client: TrackingClient, run_id: str, below: Below) -> None:
        self.client = client
        self.run_id = run_id
        self._below = below
        self._earlier: list[tuple[str, str]] = []
        self._state: tuple[Any, ...] | None = None
        self.story: Story
        self._read()
        super().__init__(head=self._head(), overview=overview_of(self.story))

    def html(self) -> str:
        """The run at rest; see `page_html`."""
        try:
            files = files_tab.folder(self.client, self.run_id, "")
        except MltrackException:  # they are elsewhere, and out of reach
            files = {"entries": [], "more": 0}
        return page_html(self.story, files)

    def text(self) -> str:
        """The run as one line, and what changed."""
        return page_text(self.story)

    def show(self, run_id: str) -> None:
        """Show another run here; nothing changes if there is none of this id.

        Raises:
            ResourceDoesNotExist: if there is no such run.
        """
        before = self.run_id
        self.run_id = run_id
        try:
            self._read()
        except Exception:
            self.run_id = before
            raise
        for name in ("charts", "figure", "register"):
            self._below(name, None)
        self._draw()

    # What is shown ----------------------------------------------------------------------------

    def _read(self) -> None:
        with self.client.store.reading():
            state = details.run_state(self.client.store, self.run_id)
            self.story = read_story(self.client, self.run_id)
        self._state = state

    def _draw(self) -> None:
        with self.hold_sync():
            self.head = self._head()
            self.overview = overview_of(self.story)

    def _head(self) -> dict[str, Any]:
        return head_of(self.story, self._earlier[-1][1] if self._earlier else None)

    def _anew(self) -> dict[str, Any]:
        """After a change: read it, and show it."""
        self._read()
        self._draw()
        return {}

    def _news(self, _: News) -> dict[str, Any]:
        state = details.run_state(self.client.store, self.run_id)
        if state is None:
            msg = "This run was removed for ever. What you see is the last that was read."
            raise ResourceDoesNotExist(msg)
        if state == self._state:
            return {"changed": False}
        self._anew()
        return {"changed": True}

    def _open(self, asked: Open) -> dict[str, Any]:
        here = self.run_id, identity(self.story.run.info)
        self._earlier.append(here)
        try:
            self.show(asked.run)
        except Exception:
            self._earlier.pop()
            raise
        return {}

    def _back(self, _: Back) -> dict[str, Any]:
        if self._earlier:
            earlier = self._earlier.pop()
            self.show(earlier[0])
        return {}

    # What is changed --------------------------------------------------------------------------

    def _rename(self, asked: Rename) -> dict[str, Any]:
        name = asked.name.strip()
        if not name:
            msg = "A run needs a name: type one, or press Esc to keep the old one."
            raise InvalidParameterValue(msg)
        self.client.update_run(self.run_id, name=name)
        return self._anew()

    def _describe(self, asked: Describe) -> dict[str, Any]:
        self.client.set_tag(self.run_id, DESCRIPTION, asked.text)
        return self._anew()

    def _set_tag(self, asked: SetTag) -> dict[str, Any]:
        self.client.set_tag(self.run_id, _readers_own(asked.key), asked.value)
        return self._anew()

    def _remove_tag(self, asked: RemoveTag) -> dict[str, Any]:
        self.client.delete_tag(self.run_id, _readers_own(asked.key))
        return self._anew()

    def _delete(self, _: Delete) -> dict[str, Any]:
        self.client.delete_run(self.run_id)
        return self._anew()

    def _restore(self, _: Restore) -> dict[str, Any]:
        self.client.restore_run(self.run_id)
        return self._anew()

    # What is asked for ------------------------------------------------------------------------

    def _rows(self, asked: Rows) -> dict[str, Any]:
        text = asked.filter.strip().lower()
        if asked.table == "params":
            return param_rows(self.story.run, text)
        return metric_rows(self.story, text)

    def _whole(self, asked: Whole) -> dict[str, Any]:
        values = getattr(self.story.run.data, asked.table)
        text, _ = beginning(values.get(asked.key, ""), _LONGEST_WHOLE)
        return {"text": text}

    def _text_of(self, asked: TextOf) -> dict[str, Any]:
        run = self.story.run
        if asked.of == "name":
            return {"text": run.info.run_name}
        key = DESCRIPTION if asked.of == "description" else asked.key
        return {"text": run.data.tags.get(key, "")}

    def _failure(self, _: Failure) -> dict[str, Any]:
        return {
            "traceback": log_tab.traceback_of(self.client, self.run_id),
            "cell": code_tab.own_source(self.client, self.run_id) or "",
        }

    def _charts(self, _: ShowCharts) -> dict[str, Any]:
        from jupyter_mltrack.panels.curves import CurvesPanel

        if not self.story.metrics:
            return {"note": "No metrics yet: log some with mlt.log_metric('loss', 0.2, step=1)."}
        keys = first_curves(self.story)
        self._below("charts", lambda: CurvesPanel(self.client, [self.run_id], keys=keys))
        return {"note": ""}

    def _code(self, _: ShowCode) -> dict[str, Any]:
        return code_tab.code_of(self.client, self.run_id)

    def _cell(self, asked: ShowCell) -> dict[str, Any]:
        return code_tab.source_of_cell(self.client, self.run_id, asked.number)

    def _data(self, _: ShowData) -> dict[str, Any]:
        return data_tab.data_of(self.client, self.run_id)

    def _files(self, asked: ListFiles) -> dict[str, Any]:
        return files_tab.folder(self.client, self.run_id, asked.path)

    def _preview(self, asked: ShowFile) -> Answer:
        self._below("figure", None)
        found = files_tab.look(self.client, self.run_id, asked.path)
        if found.figure is not None:
            figure = found.figure
            self._below("figure", lambda: figure_output(figure, asked.path))
        facts = files_tab.file_facts(self.run_id, asked.path, found)
        return Answer(facts, [found.picture] if found.picture else [])

    def _download(self, asked: Download) -> Answer:
        content = files_tab.content(self.client, self.run_id, asked.path)
        return Answer({"name": asked.path.rpartition("/")[2]}, [content])

    def _log(self, _: ShowLog) -> dict[str, Any]:
        return log_tab.log_of(self.client, self.run_id)

    def _register(self, _: ShowRegister) -> dict[str, Any]:
        from jupyter_mltrack.panels.registry.register_form import RegisterForm

        def close() -> None:
            self._below("register", None)

        close()  # models may have come since it was opened
        self._below("register", lambda: RegisterForm(self.client, self.run_id, close))
        return {}


def figure_output(figure: dict[str, Any], path: str) -> Any:
    """An output that shows a Plotly figure; Plotly itself is not imported."""
    import ipywidgets

    said = f"Plotly figure {path}"
    data = {"application/vnd.plotly.v1+json": figure, "text/plain": said}
    shown = {"output_type": "display_data", "data": data, "metadata": {}}
    return ipywidgets.Output(outputs=(shown,))


def _readers_own(key: str) -> str:
    """A tag that a reader may change.

    Raises:
        InvalidParameterValue: if it is one of the tracker's.
    """
    if is_ours(key):
        msg = f"The tag {key!r} is set by the tracker; choose a name without mlflow. or mltrack."
        raise InvalidParameterValue(msg)
    return key
