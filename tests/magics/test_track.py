import pytest

from tests.kernels import Kernel


def test_a_cell_is_a_run(kernel: Kernel) -> None:
    """Literals are its params, a dict of numbers in the end its metrics, which is shown as ever."""
    ran = kernel.run("%%track first try\nalpha = 0.5\nkind = 'a'\nprint('hi')\n{'rmse': 1.5}")
    run = kernel.last()
    assert (run["run_name"], run["number"], run["status"]) == ("first try", 1, "FINISHED")
    assert run["params"] == {"alpha": "0.5", "kind": "a"}
    assert run["metrics"] == {"rmse": 1.5}
    assert 0 < run["duration"] < 5
    assert (ran.value, ran.stdout, ran.stderr) == ("{'rmse': 1.5}", "hi\n", "")
    assert kernel.artifact("cell.py") == "alpha = 0.5\nkind = 'a'\nprint('hi')\n{'rmse': 1.5}"
    assert kernel.artifact("stdout.txt") == "hi\n"
    assert kernel.artifacts() == ["cell.py", "stdout.txt"]


def test_runs_go_to_an_experiment_named_after_the_notebook(kernel: Kernel) -> None:
    """With the extension loaded and no experiment set."""
    kernel.run("%%track\n1")
    names = kernel.store.rows("SELECT name FROM runs JOIN experiments USING (experiment_id)")
    assert set(names) == {("my notebook",)}
    assert kernel.last()["tags"]["mlflow.source.name"].endswith("my notebook.ipynb")
    assert kernel.last()["tags"]["mlflow.source.type"] == "NOTEBOOK"


def test_the_cell_is_known(kernel: Kernel) -> None:
    """A run knows its cell; run again, it is compared with what that cell did before."""
    kernel.run("%%track\nlr = 0.1\n1", cell_id="the-cell")
    before = kernel.last()
    kernel.run("%%track other\nlr = 5\n1", cell_id="another-cell")
    ran = kernel.run("%%track\nlr = 0.01\n2", cell_id="the-cell")
    assert kernel.last()["tags"]["mltrack.cell_id"] == "the-cell"
    text = ran.outputs[0].data["text/plain"]
    assert f"since #{before['number']}: lr 0.1 → 0.01" in text


def test_options(kernel: Kernel) -> None:
    """Name, experiment, params, tags and a description; quotes are taken off."""
    kernel.run("""%%track "my run" -e 'the exp' -p 'k=v w' -p n=3 -t "a=b c" -d 'why' -m rmse
rmse, n = 2, 4
'text'""")
    run = kernel.last()
    assert run["run_name"] == "my run"
    assert run["params"] == {"k": "v w", "n": "3"}
    assert run["metrics"] == {"rmse": 2.0}
    assert run["tags"]["a"] == "b c"
    assert run["tags"]["mlflow.note.content"] == "why"
    assert kernel.store.rows("SELECT name FROM experiments WHERE name = 'the exp'")
    kernel.run("%%track\n1")
    assert kernel.last()["experiment_id"] != run["experiment_id"]


def test_metrics_by_name(kernel: Kernel) -> None:
    """Numbers and dicts of numbers, which are no params then; what has none is said."""
    ran = kernel.run("%%track -m rmse,scores,nothing\nrmse = 3\nscores = {'a': 1, 'b': 2.5}")
    assert kernel.last()["metrics"] == {"rmse": 3.0, "a": 1.0, "b": 2.5}
    assert kernel.last()["params"] == {}
    assert "nothing is no number" in ran.stderr


def test_what_the_cell_logs_itself_stays(kernel: Kernel) -> None:
    """A param that was logged in the cell is not overruled by a literal of the same name."""
    ran = kernel.run(
        "%%track\nlr = 1\nn = 2\nmlflow.log_param('lr', 0.1)\nmlflow.log_metric('m', 5);"
    )
    assert kernel.last()["params"] == {"lr": "0.1", "n": "2"}
    assert kernel.last()["metrics"] == {"m": 5.0}
    assert ran.stderr == ""


SWITCHES = {
    "--no-params": ({}, {"rmse": 1.0}, ["cell.py", "figures/figure_1.png", "stdout.txt"]),
    "--no-result": ({"a": "1"}, {}, ["cell.py", "figures/figure_1.png", "stdout.txt"]),
    "--no-source": ({"a": "1"}, {"rmse": 1.0}, ["figures/figure_1.png", "stdout.txt"]),
    "--no-stdout": ({"a": "1"}, {"rmse": 1.0}, ["cell.py", "figures/figure_1.png"]),
    "--no-figures": ({"a": "1"}, {"rmse": 1.0}, ["cell.py", "stdout.txt"]),
    "--no-params --no-result --no-source --no-stdout --no-figures": ({}, {}, []),
}
SHOW = "from IPython.display import Image, display\ndisplay(Image(data=b'\\x89PNG\\r\\n'))\n"


@pytest.mark.parametrize("switch", SWITCHES)
def test_everything_can_be_switched_off(kernel: Kernel, switch: str) -> None:
    """Each behaviour by itself, and all of them."""
    ran = kernel.run(f"%%track {switch} --no-card\na = 1\nprint('x')\n{SHOW}{{'rmse': 1}}")
    run = kernel.last()
    assert (run["params"], run["metrics"], kernel.artifacts()) == SWITCHES[switch]
    assert [one.output_type for one in ran.outputs] == ["stream", "display_data", "execute_result"]


def test_await(kernel: Kernel) -> None:
    """A cell may await; what it starts and logs before, between and after is of its run."""
    ran = kernel.run("""%%track
import asyncio
async def work(key):
    await asyncio.sleep(0.01)
    mlflow.log_metric(key, 1)
mlflow.log_metric('a', 1)
await asyncio.gather(work('b'), work('c'))
mlflow.log_metric('d', 1)
print('done')
5""")
    assert (ran.value, ran.stdout) == ("5", "done\n")
    assert sorted(kernel.last()["metrics"]) == ["a", "b", "c", "d", "result"]
    assert kernel.last()["status"] == "FINISHED"
    assert kernel.run("mlflow.active_run() is None").value == "True"


def test_runs_inside_are_children(kernel: Kernel) -> None:
    """Without ``nested=True``; one that is left open ends with the cell."""
    kernel.run("""%%track outer
with mlflow.start_run(run_name="one"):
    mlflow.log_metric("m", 1)
mlflow.start_run(run_name="two")
mlflow.log_metric("m", 2);""")
    outer, one, two = kernel.runs()[-3:]
    assert [run["run_name"] for run in (outer, one, two)] == ["outer", "one", "two"]
    assert one["tags"]["mlflow.parentRunId"] == outer["run_id"]
    assert two["tags"]["mlflow.parentRunId"] == outer["run_id"]
    assert {run["status"] for run in (outer, one, two)} == {"FINISHED"}
    assert outer["metrics"] == {}


def test_nested(kernel: Kernel) -> None:
    """A tracked cell is a child of an open run if asked; else it is told that one is open."""
    kernel.run("parent = mlflow.start_run(run_name='parent')")
    ran = kernel.run("%%track\nprint('not run')")
    assert "is already active" in ran.error.evalue
    assert ran.stdout == ""
    kernel.run("%%track child --nested\n1")
    assert kernel.last()["tags"]["mlflow.parentRunId"] == kernel.runs()[-2]["run_id"]
    assert kernel.run("mlflow.active_run().info.run_name").value == "'parent'"
    kernel.run("mlflow.end_run()")
    assert [run["status"] for run in kernel.runs()[-2:]] == ["FINISHED", "FINISHED"]


def test_the_cell_may_end_its_run(kernel: Kernel) -> None:
    """What is captured is still logged to it; a run it starts afterwards is its own."""
    kernel.run("%%track\na = 1\nmlflow.end_run()\nwith mlflow.start_run(run_name='next'): pass\n7")
    first, second = kernel.runs()[-2:]
    assert (first["status"], first["params"], first["metrics"]) == (
        "FINISHED", {"a": "1"}, {"result": 7.0},
    )  # fmt: skip
    assert second["run_name"] == "next"
    assert "mlflow.parentRunId" not in second["tags"]


@pytest.mark.parametrize("magic", ["%%time", "%%capture out"])
def test_above_a_magic_that_runs_python(kernel: Kernel, magic: str) -> None:
    """Params are read from the Python below; the value, if there is one, is a metric."""
    ran = kernel.run(f"%%track below\n\n{magic}\nalpha = 3\nprint('x')\nalpha * 2")
    assert ran.error is None
    assert kernel.last()["params"] == {"alpha": "3"}
    assert kernel.last()["metrics"] == ({"result": 6.0} if magic == "%%time" else {})
    assert kernel.artifact("cell.py") == f"\n{magic}\nalpha = 3\nprint('x')\nalpha * 2"


def test_above_a_magic_of_another_language(kernel: Kernel) -> None:
    """What the other language prints is kept, and how it fails."""
    kernel.run("%%track shell\n%%bash\nlr=3\necho hi")
    assert kernel.artifact("stdout.txt") == "hi\n"
    assert kernel.last()["params"] == {}
    ran = kernel.run("%%track shell\n%%bash\nexit 3")
    assert ran.error.ename == "CalledProcessError"
    assert kernel.last()["status"] == "FAILED"


def test_below_another_magic(kernel: Kernel) -> None:
    """``%%time`` above is no less than below."""
    ran = kernel.run("%%time\n%%track above\nalpha = 3\n1/0")
    assert ran.error.ename == "ZeroDivisionError"
    assert (kernel.last()["run_name"], kernel.last()["status"]) == ("above", "FAILED")


def test_magics_inside(kernel: Kernel) -> None:
    """Line magics and ``!`` work, and names bound beside them are params."""
    ran = kernel.run(
        "%%track\nepochs = 2\n%cd -q .\n!echo shell\nfiles = !echo a; echo b\nlen(files)"
    )
    assert ran.error is None
    assert kernel.last()["params"] == {"epochs": "2"}
    assert kernel.last()["metrics"] == {"len": 2.0}
    assert "shell" in (kernel.artifact("stdout.txt") or "")


def test_cells_that_run_cells(kernel: Kernel) -> None:
    """A run ends with its own cell, not with one that is run inside; tracking nests."""
    kernel.run("%%track outer -m b\nget_ipython().run_cell('y = 1')\nb = 2\nc = 3")
    assert (kernel.last()["params"], kernel.last()["metrics"]) == ({"c": "3"}, {"b": 2.0})
    kernel.run("get_ipython().run_cell('%%track inner\\na = 1\\na')\nc = 5")
    assert (kernel.last()["params"], kernel.last()["metrics"]) == ({"a": "1"}, {"a": 1.0})
    assert kernel.artifact("cell.py") == "a = 1\na"
    kernel.run("%%track outer\nget_ipython().run_cell('%%track inner\\n1')\nd = 4")
    outer, inner = kernel.runs()[-2:]
    assert inner["tags"]["mlflow.parentRunId"] == outer["run_id"]
    assert (outer["params"], inner["metrics"]) == ({"d": "4"}, {"result": 1.0})


def test_from_code(kernel: Kernel) -> None:
    """``run_cell_magic`` tracks a text; its value and its exception come back, once."""
    call = "get_ipython().run_cell_magic('track', 'code', {!r})"
    ran = kernel.run(call.format("q = 7\nprint(q)\n{'a': q}"))
    assert (ran.value, ran.stdout) == ("{'a': 7}", "7\n")
    assert (kernel.last()["params"], kernel.last()["metrics"]) == ({"q": "7"}, {"a": 7.0})
    ran = kernel.run(call.format("r = 8\n1/0"))
    assert ran.error.ename == "ZeroDivisionError"
    assert (kernel.last()["status"], kernel.last()["params"]) == ("FAILED", {"r": "8"})
    assert kernel.run("q, r").value == "(7, 8)"


def test_system_metrics(kernel: Kernel) -> None:
    """The machine is sampled if asked."""
    kernel.run("mlflow.set_system_metrics_sampling_interval(0.05)")
    kernel.run("%%track --system-metrics\nimport time\ntime.sleep(0.3)")
    assert any(key.startswith("system/") for key in kernel.last()["metrics"])


def test_long_and_odd_cells(kernel: Kernel) -> None:
    """A cell of 2 MB, and a result that cannot be shown, are tracked as others."""
    assert kernel.run(f"%%track\n#{'x' * 2_000_000}\n5").stderr == ""
    assert len(kernel.artifact("cell.py") or "") > 2_000_000
    assert kernel.last()["metrics"] == {"result": 5.0}
    kernel.run("%%track\nclass Bad:\n    def __repr__(self): 1/0\nBad()")
    assert kernel.last()["status"] == "FINISHED"
    ran = kernel.run("%%track\na = 1\n{'../x': 1}")
    assert "Invalid metric name" in ran.stderr
    assert (kernel.last()["status"], kernel.last()["params"]) == ("FINISHED", {"a": "1"})
