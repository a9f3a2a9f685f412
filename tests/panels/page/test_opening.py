from pathlib import Path

import pytest

import jupyter_mltrack as mlt
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.panels.page import RunPage
from tests.fresh import finish

pytestmark = pytest.mark.usefixtures("wine")


def one_run(name: str) -> str:
    """A run that has ended; its id."""
    with mlt.start_run(run_name=name) as run:
        mlt.log_param("name", name)
    return run.info.run_id


def test_an_id_its_beginning_and_the_run_open_the_same_page() -> None:
    """Six digits are enough, if no other run begins with them."""
    run_id = one_run("otter")
    one_run("heron")
    for meant in (run_id, run_id[:6], mlt.get_run(run_id)):
        assert mlt.run(meant).run_id == run_id


def test_default_is_the_active_run_or_the_last() -> None:
    """Of this process."""
    first = one_run("first")
    assert mlt.run().run_id == first
    with mlt.start_run() as run:
        assert mlt.run().run_id == run.info.run_id
        assert mlt.run().view.head["running"]


def test_without_a_run_of_this_process_the_newest_is_shown(wine: Path) -> None:
    """It may be from yesterday."""
    finish("""
        import jupyter_mltrack as mlt
        mlt.set_tracking_uri("mltrack.duckdb")
        for name in ("older", "newest"):
            with mlt.start_run(run_name=name): pass
    """)
    assert (wine / "mltrack.duckdb").exists() or (wine / "mltrack.journal").exists()
    assert "newest" in mlt.run().text()


def test_an_empty_store_says_how_to_begin() -> None:
    """There is nothing to show."""
    with pytest.raises(ResourceDoesNotExist, match="start_run"):
        mlt.run()


@pytest.mark.parametrize(
    ("meant", "words"),
    [("abc", "too short"), ("", "too short"), (7, "takes a run id"), (b"x", "takes")],
)
def test_what_names_no_run_is_refused(meant: object, words: str) -> None:
    """With what to do."""
    with pytest.raises(InvalidParameterValue, match=words):
        mlt.run(meant)


def test_an_unknown_id_is_not_found() -> None:
    """Whatever is in it."""
    one_run("otter")
    for unknown in ("0" * 32, "ffffff0", "%%%%%%%", "a' OR 1=1 --"):
        with pytest.raises((ResourceDoesNotExist, InvalidParameterValue)):
            mlt.run(unknown)


def test_several_runs_with_these_digits_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """More digits are asked for."""
    ids = iter(["abcdef" + "0" * 26, "abcdef" + "1" * 26])
    monkeypatch.setattr("jupyter_mltrack.tracking.runs.new_run_id", lambda: next(ids))
    one_run("otter")
    one_run("heron")
    with pytest.raises(InvalidParameterValue, match="give more digits"):
        mlt.run("abcdef")
    assert mlt.run("abcdef1").run_id == "abcdef" + "1" * 26


def test_the_page_is_a_box_that_a_browser_cannot_change() -> None:
    """What is below the tabs is put there by Python."""
    page = mlt.run(one_run("otter"))
    assert isinstance(page, RunPage)
    page.set_state({"children": []})
    assert page.children == (page.view,)
    page.view.set_state({"head": {"title": "forged"}})
    assert page.view.head["title"].endswith("otter")
