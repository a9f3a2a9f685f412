import pytest

from jupyter_mltrack.magics.track import body, rewrite

BEGIN = "get_ipython().run_cell_magic('track', {}, ...)\n"


def lines(text: str) -> list[str]:
    """As IPython hands them to a transformation."""
    return text.splitlines(keepends=True)


@pytest.mark.parametrize("above", ["", "\n\n", "# why\n", "\n  # why\n\n"])
def test_the_line_becomes_a_call(above: str) -> None:
    """Line numbers stay; empty lines and comments may stand above."""
    before = lines(f'{above}%%track it\'s "new" -p a=1\nx = 1\nx\n')
    after = rewrite(before)
    at = len(lines(above))
    assert after[at] == BEGIN.format(repr('it\'s "new" -p a=1'))
    assert after[:at] + after[at + 1 :] == before[:at] + before[at + 1 :]


SAME = [
    "x = 1\n%%track\n",
    "%%track\n",
    "%%track name\n  \n",
    "%%track?\n",
    "%%tracker\nx = 1\n",
    "%track\nx = 1\n",
    "%%time\n%%track\nx = 1\n",
    "",
]


@pytest.mark.parametrize("text", SAME)
def test_other_cells_stay(text: str) -> None:
    """Also help, an empty body, and what only looks like it."""
    assert rewrite(lines(text)) == lines(text)


def test_a_second_magic_below() -> None:
    """It becomes the call that IPython makes of it, after the run has begun."""
    after = rewrite(lines("%%track name\n\n%%time -n 1\nx = 1\nx\n"))
    assert after == [
        BEGIN.format("'name'"),
        "get_ipython().run_cell_magic('time', '-n 1', 'x = 1\\nx\\n')\n",
    ]


def test_rewriting_changes_nothing_else() -> None:
    """The lines that come in stay as they are, and the same come out again."""
    before = lines("%%track\nx = 1\n")
    copy = list(before)
    assert rewrite(before) == rewrite(before)
    assert before == copy
    assert rewrite.has_side_effects  # type: ignore[attr-defined]


def test_body() -> None:
    """The source that is kept is the cell without that line."""
    assert body("# why\n%%track name\nx = 1\n") == "# why\nx = 1\n"
    assert body("%%track\n%%time\nx\n") == "%%time\nx\n"
    assert body("x = 1\n%%track\n") == "x = 1\n%%track\n"
    assert body("  %%track\n  x = 1") == "  x = 1"
