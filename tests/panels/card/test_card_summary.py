import math
from typing import Any

from jupyter_mltrack.panels import card_html, card_text
from jupyter_mltrack.panels.card.summary import runs_filter, summary_data
from tests.panels.examples import HOSTILE, hostile_run, make_run
from tests.panels.inert import faults_in

SWEEP = [
    make_run(
        number,
        status="FAILED" if number == 3 else "FINISHED",
        run_id=f"{number:032x}",
        metrics={"loss": 1 / number if number != 3 else math.nan, "accuracy": number / 10},
        params={"lr": f"{number / 10}", "seed": "0"},
    )
    for number in range(2, 8)
]


def test_one_line_says_it_all() -> None:
    """How many, how they ended, the best, and by what it differs from the others."""
    ended: Any = SWEEP[0].info.start_time + 12_000
    assert card_text(summary_data(SWEEP, ended=ended)) == (
        "6 runs ✗ 1 failed, 5 finished in 12 s · best loss 0.1429 · best accuracy 0.7"
        " · best is #7 brisk-otter: lr 0.7"
    )


def test_while_runs_are_open() -> None:
    """They come first, and no end is known."""
    data = summary_data([*SWEEP, make_run(8, status="RUNNING", seconds=None)])
    assert data["status"] == {
        "glyph": "▶",
        "word": "1 running, 1 failed, 5 finished",
        "tone": "busy",
    }
    assert data["seconds"] is None


def test_without_metrics() -> None:
    """There is no best run."""
    data = summary_data([make_run(1), make_run(2)], ended=1e12)
    assert (data["metrics"], data["changes"], data["label"]) == ([], [], "")


def test_what_is_neither_good_nor_bad_has_a_last_value() -> None:
    """Such as a count."""
    runs = [make_run(n, metrics={"epoch": float(n)}) for n in (1, 2)]
    assert summary_data(runs)["metrics"][0]["key"] == "last epoch"


def test_the_filter_finds_the_runs() -> None:
    """By their ids, as other kernels may begin runs in between; very many by their numbers."""
    named = ", ".join(f"'{run.info.run_id}'" for run in SWEEP)
    assert runs_filter(SWEEP) == f"run_id IN ({named})"
    assert runs_filter(SWEEP, 5) == "attributes.number >= 2 AND attributes.number <= 7"
    assert runs_filter([make_run(run_id="it's")]) == "run_id IN ('it''s')"


def test_the_call_names_the_experiment() -> None:
    """It may be made where another one is active."""
    code = summary_data(SWEEP)["code"]
    assert code == f'mlt.runs("{runs_filter(SWEEP)}", experiment_ids=["1"])'


def test_hostile_texts() -> None:
    """Nothing that runs are called is HTML, and the twin is small."""
    html = card_html(summary_data([hostile_run(text, n) for n, text in enumerate(HOSTILE)]))
    assert faults_in(html) == []
    assert len(html) < 15_000
