import json

import pytest

from tests.kernels import Kernel

PNG = b"\x89PNG\r\n\x1a\n"
PLOT = "import matplotlib.pyplot as plt\n"


def figures(kernel: Kernel) -> list[str]:
    """The figures of the last run; each must be a PNG."""
    run = kernel.last("experiment_id, run_id")
    home = kernel.store.artifacts / run["experiment_id"] / run["run_id"] / "artifacts"
    found = sorted(home.glob("figures/*.png"))
    assert all(file.read_bytes().startswith(PNG) for file in found)
    return [file.name for file in found]


DRAWN = {
    "left open": ("plt.plot([1, 2])", 1),
    "shown twice": ("plt.plot([1]); plt.show()\nplt.plot([2]); plt.show()", 2),
    "last expression": ("fig, ax = plt.subplots()\nplt.close(fig)\nfig", 1),
    "last expression and open": ("fig, ax = plt.subplots()\nfig", 2),
    "displayed": ("fig, ax = plt.subplots()\nplt.close(fig)\ndisplay(fig)", 1),
    "closed": ("fig, ax = plt.subplots()\nplt.close(fig)", 0),
    "before a failure": ("plt.plot([1]); plt.show()\n1/0", 1),
}


@pytest.mark.parametrize("how", DRAWN)
def test_figures_become_artifacts(kernel: Kernel, how: str) -> None:
    """All that the cell shows, in their order, without a call."""
    source, count = DRAWN[how]
    kernel.run(f"%%track\n{PLOT}{source}")
    assert figures(kernel) == [f"figure_{number}.png" for number in range(1, count + 1)]


def test_figures_that_nobody_shows(kernel: Kernel) -> None:
    """With a backend that shows nothing, the open figures of the cell are taken, no older ones."""
    kernel.run(f"%matplotlib agg\n{PLOT}plt.figure()")
    kernel.run("%%track\nfor i in range(2):\n    plt.figure()\n    plt.plot([i])")
    kernel.run("plt.close('all')\n%matplotlib inline")
    assert figures(kernel) == ["figure_1.png", "figure_2.png"]


def test_figures_of_other_libraries(kernel: Kernel) -> None:
    """Plotly's as JSON, anything else by what it is shown as; what is shown stays shown."""
    ran = kernel.run("""%%track
import plotly.graph_objects as go
from IPython.display import SVG
display(SVG('<svg xmlns="http://www.w3.org/2000/svg"/>'))
go.Figure(go.Scatter(y=[1, 2]))""")
    assert kernel.artifacts() == ["cell.py", "figures/figure_1.svg", "figures/figure_2.json"]
    saved = json.loads(kernel.artifact("figures/figure_2.json") or "")
    assert saved["data"][0]["y"] == [1, 2]
    assert "application/vnd.plotly.v1+json" in ran.outputs[-1].data


def test_no_more_than_fifty_figures(kernel: Kernel) -> None:
    """A loop that draws does not fill the disk."""
    kernel.run("""%%track
from IPython.display import Image
for _ in range(60):
    display(Image(data=b"\\x89PNG\\r\\n\\x1a\\n"))""")
    assert len(figures(kernel)) == 50


def test_the_end_of_much_output(kernel: Kernel) -> None:
    """The last 64,000 characters are kept."""
    ran = kernel.run("%%track\nfor i in range(40_000):\n    print(i)")
    kept = kernel.artifact("stdout.txt") or ""
    assert len(kept) == 64_001
    assert kept.startswith("…")
    assert kept.endswith("39998\n39999\n")
    assert ran.stdout.startswith("0\n1\n")


def test_threads_print(kernel: Kernel) -> None:
    """All they print while the cell runs."""
    kernel.run("""%%track
import threading
def work():
    for i in range(300):
        print("line")
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()""")
    assert (kernel.artifact("stdout.txt") or "").count("line") == 1200


def test_a_cell_that_replaces_stdout(kernel: Kernel) -> None:
    """It gets what it asks for, during the cell and after it."""
    kernel.run("""%%track
import contextlib, io, sys
with contextlib.redirect_stdout(io.StringIO()) as kept:
    print("inside")
print("outside")
mine, theirs = io.StringIO(), sys.stdout
sys.stdout = mine
print("mine")""")
    assert kernel.artifact("stdout.txt") == "outside\n"
    kernel.run("print('still mine')\nsys.stdout = theirs")
    assert kernel.run("print(kept.getvalue(), mine.getvalue())").stdout == (
        "inside\n mine\nstill mine\n\n"
    )
    kernel.run("sys.stdout = theirs.stream")


def test_what_is_patched_is_put_back(kernel: Kernel) -> None:
    """After a tracked cell, the shell's own methods and stream are in place."""
    kernel.run("%%track\nprint(1)\n1/0")
    ran = kernel.run("""import sys
shell = get_ipython()
methods = (shell.display_pub.publish, shell.display_pub.clear_output,
           shell.displayhook.write_format_data)
type(sys.stdout).__name__, *(method.__name__ for method in methods)""")
    assert ran.value == "('OutStream', 'publish', 'clear_output', 'write_format_data')"


CLEARING = (
    "from IPython.display import clear_output\nfor i in range(3):\n    clear_output(wait=True)\n"
)


def test_the_card_survives_a_cell_that_clears_its_output(kernel: Kernel) -> None:
    """It is shown again in the end, below what is left."""
    ran = kernel.run(f"%%track\n{CLEARING}    print(i)")
    assert ran.stdout == "2\n"
    assert len(ran.html) == 1
    assert "finished" in ran.html[0]
    assert kernel.artifact("stdout.txt") == "0\n1\n2\n"


def test_the_card_is_static_in_the_end(kernel: Kernel) -> None:
    """One output: HTML without a widget, a script or a style sheet, and a line of text."""
    ran = kernel.run(
        "%%track card\nlr = 0.1\nfor i in range(9): mlflow.log_metric('loss', 1 / (i + 1), step=i)"
    )
    card = ran.outputs[0].data
    assert sorted(card) == ["text/html", "text/plain"]
    assert "#" in card["text/plain"]
    assert "card ✓ finished" in card["text/plain"]
    assert "0.1111" in card["text/html"]
    assert "<polyline" in card["text/html"]
    assert not any(word in card["text/html"] for word in ("<script", "<style", "widget"))
    assert len(card["text/html"]) < 15_000


def test_no_card(kernel: Kernel) -> None:
    """If it is not wanted, the cell shows what it would show without tracking."""
    assert kernel.run("%%track --no-card\nx = 1").outputs == []
