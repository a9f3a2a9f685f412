"""What differs among runs as a widget: a table of keys and runs, equal keys folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import traitlets

from jupyter_mltrack.entities import Run
from jupyter_mltrack.entities.tags import RESERVED
from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.compare.differences_twin import differences_html, differences_text
from jupyter_mltrack.panels.compare.table_of_differences import Section, heads, section
from jupyter_mltrack.panels.panel import Panel
from jupyter_mltrack.store import differences

if TYPE_CHECKING:
    from jupyter_mltrack.store.store import Store
    from jupyter_mltrack.tracking import TrackingClient

#: Tags that say where the code came from, and under which name the table shows them.
_ORIGIN = {
    "mlflow.source.name": "source",
    "mlflow.source.git.commit": "git commit",
    "mlflow.source.git.branch": "git branch",
    "mlflow.source.git.dirty": "git dirty",
    "mlflow.user": "user",
}

About = Literal["params", "data"]


class DifferencesPanel(Panel):
    """What differs among runs, side by side.

    Args:
        client: Where the runs are.
        run_ids: The runs, one column each.
        about: ``"params"`` for params and metrics; ``"data"`` for tags, datasets and environment.

    Attributes:
        ticked: Places of the runs whose boxes are ticked.
    """

    _esm = browser_module("compare/differences.js")
    _css = style_sheet("compare/differences.css")
    from_browser = frozenset({"ticked"})
    heads: traitlets.List[Any] = traitlets.List().tag(sync=True)
    sections: traitlets.List[Any] = traitlets.List().tag(sync=True)
    ticked = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self, client: TrackingClient, run_ids: Sequence[str], *, about: About = "params"
    ) -> None:
        with client.store.reading():
            runs = differences.runs(client.store, run_ids)
            found = _values(runs) if about == "params" else _surroundings(client.store, runs)
        super().__init__(heads=heads(runs), sections=found)

    @property
    def ticked_ids(self) -> list[str]:
        """Ids of the runs whose boxes are ticked."""
        return [self.heads[place]["id"] for place in self.ticked]

    def html(self) -> str:
        """The first runs and rows as static HTML."""
        return differences_html(self.heads, self.sections)

    def text(self) -> str:
        """The first runs and rows as plain text."""
        return differences_text(self.heads, self.sections)

    @traitlets.validate("ticked")
    def _only_columns(self, proposal: dict[str, Any]) -> list[int]:
        return sorted({place for place in proposal["value"] if 0 <= place < len(self.heads)})


def _values(runs: Sequence[Run]) -> list[Section]:
    return [
        section("Metrics", [run.data.metrics for run in runs], metrics=True),
        section("Parameters", [run.data.params for run in runs]),
    ]


def _surroundings(store: Store, runs: Sequence[Run]) -> list[Section]:
    ids = [run.info.run_id for run in runs]
    datasets = differences.datasets(store, ids)
    known = differences.environments(store, ids)
    tags = [
        {key: value for key, value in run.data.tags.items() if not key.startswith(RESERVED)}
        for run in runs
    ]
    origins = [
        {name: run.data.tags[tag] for tag, name in _ORIGIN.items() if tag in run.data.tags}
        for run in runs
    ]
    machines = [known.get(run, {}) for run in ids]
    places = [
        {name: one[name] for name in ("python", "platform") if one.get(name)} for one in machines
    ]
    packages = [dict(one.get("packages") or {}) for one in machines]
    return [
        section("Tags", tags),
        section("Datasets", [datasets.get(run, {}) for run in ids]),
        section("Code", origins),
        section("Environment", places),
        section("Packages", packages),
    ]
