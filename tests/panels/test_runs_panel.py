import re
from pathlib import Path
from typing import Any

import pytest

from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.panels import RunCardWidget, RunsPanel
from tests.panels.examples import fetch_from, sweep

RUNS = sweep()
FOLDER = Path(RunsPanel.__init__.__code__.co_filename).parent


class Recorded(RunsPanel):
    """A panel that keeps what it would send to a browser."""

    def __init__(self, **options: Any) -> None:
        self.sent: list[Any] = []
        self.asked: list[tuple[str, list[str]]] = []
        super().__init__(self.fetch, **options)

    def fetch(self, filter_string: str, order_by: list[str]) -> list[Run]:
        """The runs that match."""
        self.asked.append((filter_string, order_by))
        if filter_string == "boom":
            raise OSError(filter_string)
        return fetch_from(RUNS, filter_string)

    def send(self, content: Any, *_: Any) -> None:
        """Instead of a browser."""
        self.sent.append(content)

    def hear(self, content: object) -> Any:
        """What a browser's message is answered with."""
        self.sent.clear()
        self._handle_custom_msg(content, [])
        return self.sent[0] if self.sent else None


def ids(*numbers: int) -> list[str]:
    """Run ids by their numbers."""
    return [f"{number:032x}" for number in numbers]


def test_first_search_is_made_at_once() -> None:
    """The filter and the order are passed on as given."""
    panel = Recorded(filter_string="metrics.loss < 0.3", order_by=("metrics.loss ASC",))
    assert panel.asked == [("metrics.loss < 0.3", ["metrics.loss ASC"])]
    assert panel.query == "metrics.loss < 0.3"
    assert [run.info.number for run in panel.runs] == [8, 7, 6, 5, 4]


def test_wrong_first_filter_raises() -> None:
    """It is the caller's mistake, and so the caller's error."""
    with pytest.raises(FilterSyntaxError):
        Recorded(filter_string="metrics.loss == 1")


def test_search_is_answered_under_its_id() -> None:
    """The table is there before the answer says so."""
    panel = Recorded()
    answer = panel.hear({"id": 7, "kind": "search", "filter": "metrics.loss < 0.2"})
    assert answer == {"id": 7, "rows": 3}
    assert panel.query == "metrics.loss < 0.2"
    assert panel.table["ids"] == ids(8, 7, 6)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("metrics.loss == 1", "Write '=' instead of '=='\n  metrics.loss == 1\n               ^"),
        ("boom", "OSError: boom"),
        ("a" * 10_001, "A filter may have 10,000 characters at most."),
    ],
)
def test_failed_search_leaves_the_last_result(text: str, error: str) -> None:
    """The answer has the error, with a caret if it does not parse."""
    panel = Recorded()
    assert panel.hear({"id": 1, "kind": "search", "filter": text}) == {"id": 1, "error": error}
    assert panel.query == ""
    assert len(panel.table["ids"]) == 8


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "search",
        {},
        {"id": 1, "kind": "search"},
        {"id": "1", "kind": "search", "filter": ""},
        {"id": 1, "kind": "search", "filter": ["a"]},
        {"id": 1, "kind": "eval", "filter": "1"},
        {"id": 1, "kind": "__init__", "filter": ""},
    ],
)
def test_other_messages_do_nothing(message: object) -> None:
    """A panel understands one question, and answers no other."""
    panel = Recorded()
    assert panel.hear(message) is None
    assert len(panel.asked) == 1


def test_ticked_runs_are_selected() -> None:
    """In the order of the table; ids that are not shown are dropped."""
    panel = Recorded()
    panel.set_state({"selected_ids": [*ids(3, 7, 3), "unheard of"]})
    assert [run.info.number for run in panel.selected] == [7, 3]
    assert panel.selected_ids == ids(7, 3)


def test_selection_follows_the_search() -> None:
    """What is shown no more is selected no more."""
    panel = Recorded()
    panel.set_state({"selected_ids": ids(8, 1)})
    panel.search("metrics.loss < 0.2")
    assert panel.selected_ids == ids(8)


@pytest.mark.parametrize("name", ["query", "table", "title", "_esm", "layout", "runs"])
def test_browser_decides_on_nothing_else(name: str) -> None:
    """No other trait is taken over from a page."""
    panel = Recorded(title="mnist")
    before = getattr(panel, name)
    panel.set_state({name: "changed"})
    assert getattr(panel, name) == before


def test_display_has_a_twin_and_a_text() -> None:
    """For viewers without widgets and for terminals."""
    data, _ = Recorded(title="mnist")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "#8 brisk-otter" in data["text/html"]
    assert data["text/plain"].startswith("mnist: 8 runs")


@pytest.mark.parametrize("widget", [RunsPanel, RunCardWidget])
def test_browser_module_is_small_and_whole(widget: Any) -> None:
    """Under 20 kB, as each widget sends it; nothing left to import, one default export."""
    module = str(widget._esm)
    assert len(module.encode()) < 20_000
    assert not re.search(r"^import ", module, re.MULTILINE)
    assert module.count("export default") == 1
    declared = re.findall(r"^(?:export )?(?:function|const|class|let) (\w+)", module, re.MULTILINE)
    assert len(declared) == len(set(declared))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_browser_code_writes_text_only(path: Path) -> None:
    """No way from data to HTML or to code; the types are checked."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("// @ts-check\n")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|https?://(?!www\.w3\.org)"
    assert not re.search(forbidden, text)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.css")), ids=lambda path: path.name)
def test_colours_are_the_notebook_s(path: Path) -> None:
    """Every variable of the notebook has a fallback, every class our prefix."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"var\(--jp-(?!mltrack)[\w-]+\)", text)
    assert set(re.findall(r"\.(?=[a-z])([a-z-]{11})", text)) <= {"jp-mltrack-"}
