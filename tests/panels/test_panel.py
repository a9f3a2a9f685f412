from typing import Any

import pytest
import traitlets

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.panels.panel import Answer, Panel, Question


class Add(Question, tag_field="kind", tag="add"):
    """Two numbers to add."""

    one: int
    other: int


class Fail(Question, tag_field="kind", tag="fail"):
    """Something that goes wrong."""

    how: str


class Sums(Panel):
    """A panel that can add."""

    questions = {Add: "add", Fail: "fail"}  # noqa: RUF012
    from_browser = frozenset({"chosen"})
    chosen = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Unicode("as it was").tag(sync=True)

    def add(self, asked: Add) -> Answer:
        """The sum, also as bytes."""
        total = asked.one + asked.other
        return Answer({"sum": total}, [bytes([total])])

    def fail(self, asked: Fail) -> dict[str, Any]:
        """Raise an error of ours, or one of Python's."""
        if asked.how == "ours":
            msg = "Choose another."
            raise InvalidParameterValue(msg)
        return {"share": 1 / 0}

    def html(self) -> str:
        """Nothing much."""
        return "<p>sums</p>"

    def text(self) -> str:
        """Nothing much."""
        return "sums"


@pytest.fixture
def panel() -> Sums:
    """A panel whose answers are kept in `answers`."""
    made = Sums()
    made.answers = []
    made.send = lambda content, buffers=None: made.answers.append((content, buffers))
    return made


def test_a_question_is_answered_under_its_id(panel: Sums) -> None:
    """With its buffers."""
    panel._handle_custom_msg({"id": 7, "kind": "add", "one": 1, "other": 2}, [])
    assert panel.answers == [({"id": 7, "sum": 3}, [b"\x03"])]


@pytest.mark.parametrize(
    "message",
    [
        None,
        "add",
        [],
        {},
        {"id": 1},
        {"kind": "add", "one": 1, "other": 2},
        {"id": "1", "kind": "add", "one": 1, "other": 2},
        {"id": 1, "kind": "add", "one": "1", "other": 2},
        {"id": 1, "kind": "add", "one": 1, "other": 2, "more": 3},
        {"id": 1, "kind": "html"},
        {"id": 1, "kind": "__init__"},
    ],
)
def test_what_is_none_of_ours_is_ignored(panel: Sums, message: object) -> None:
    """The kinds and the fields of questions are a closed list."""
    panel._handle_custom_msg(message, [])
    assert panel.answers == []


def test_what_goes_wrong_is_told(panel: Sums) -> None:
    """The browser hears of every failure, in words."""
    for number, how in enumerate(("ours", "pythons")):
        panel._handle_custom_msg({"id": number, "kind": "fail", "how": how}, [])
    assert [content["error"] for content, _ in panel.answers] == [
        "Choose another.",
        "ZeroDivisionError: division by zero",
    ]


def test_a_browser_sets_only_what_it_may(panel: Sums) -> None:
    """All other traits only show."""
    panel.set_state({"chosen": "this", "shown": "forged"})
    assert (panel.chosen, panel.shown) == ("this", "as it was")


def test_the_twin_goes_with_the_widget(panel: Sums) -> None:
    """For viewers that have no widgets."""
    data, _ = panel._repr_mimebundle_()
    assert data["text/html"] == "<p>sums</p>"
    assert data["text/plain"] == repr(panel) == "sums"
    assert "application/vnd.jupyter.widget-view+json" in data
