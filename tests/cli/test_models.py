"""``mltrack models``: the command as users start it, and what it refuses."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.cli import main
from tests.fresh import ROOT
from tests.models.serving.saved import saved

_COMMAND = "import sys; from jupyter_mltrack.cli import main; sys.exit(main())"


@pytest.fixture
def model(fresh: Path) -> Path:
    """A folder with a model that adds its two columns, and knows their names."""
    return Path(saved(fresh / "adder"))


@contextmanager
def served(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command, and what it said at its start."""
    command = [sys.executable, "-c", _COMMAND, "models", "serve", "-p", "0", *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=environment, stdout=-1, stderr=-1, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        lines: list[str] = []
        try:
            for line in process.stdout:
                lines.append(line)
                if line.rstrip().endswith("'") and "-d" in line:
                    break
            yield process, "".join(lines)
        finally:
            process.kill()


def asked(said: str) -> object:
    """The predictions for the request that the command shows as a line of curl."""
    curl = said[said.index("curl") :].replace("\\\n", " ")
    words = shlex.split(curl)
    headers = dict(words[place + 1].split(": ") for place, word in enumerate(words) if word == "-H")
    body = words[words.index("-d") + 1].encode()
    request = urllib.request.Request(words[1], body, headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return json.load(answer)["predictions"]


def test_serve(model: Path) -> None:
    """It shows where, what it wants, a token once and a request; Ctrl-C ends it cleanly."""
    with served("-m", str(model)) as (process, said):
        assert f"{model} is served at http://127.0.0.1:" in said
        assert "'a': double (required), 'b': double (required)" in said
        assert len(re.findall(r"token   (\S{32})", said)) == 1
        assert asked(said) == pytest.approx([1.0])
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "", "")


def test_serve_what_is_in_production(model: Path) -> None:
    """A registered model by its name and a stage."""
    client = MltrackClient()
    client.register(str(model), "adder")
    client.transition_model_version_stage("adder", 1, "Production")
    with served("-m", "models:/adder/Production") as (_, said):
        assert "models:/adder/Production is served at" in said
        assert asked(said) == pytest.approx([1.0])


def test_serve_with_workers(model: Path) -> None:
    """One that dies is replaced; Ctrl-C, which all of them get, ends all."""
    with served("-m", str(model), "-w", "2", "--no-token") as (process, said):
        assert "none: every program on this machine may ask" in said
        before = workers(process.pid)
        os.kill(before[0], signal.SIGKILL)
        while len(now := set(workers(process.pid))) < 2 or set(before) == now:
            time.sleep(0.05)
        assert asked(said) == pytest.approx([1.0])
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert err == "A process that answers ended with code -9; a new one starts.\n"
    assert not [pid for pid in now if Path(f"/proc/{pid}").exists()]


def workers(parent: int) -> list[int]:
    """The processes that serve; the one that watches over shared things is not among them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_text()
        except OSError:  # it has just ended
            continue
        if int(fields[1]) == parent and "spawn_main" in words and fields[0] != "Z":
            found.append(int(folder.name))
    return found


@pytest.mark.nightly
def test_workers_end_with_their_parent(model: Path) -> None:
    """Also if it is killed: nothing is left that holds the port."""
    with served("-m", str(model), "-w", "2") as (process, _):
        left = workers(process.pid)
        process.kill()
        process.wait()
        end = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid in left) and time.monotonic() < end:
            time.sleep(0.05)
        assert not [pid for pid in left if Path(f"/proc/{pid}").exists()]


REFUSED = {
    "another environment": (["--env-manager", "conda"], "not in one made by conda"),
    "MLServer": (["--enable-mlserver"], "Leave out --enable-mlserver"),
    "a network without a token": (["-h", "0.0.0.0", "--no-token"], "Leave out --no-token"),  # noqa: S104
    "no workers": (["-w", "0"], "workers must be at least 1"),
    "no time": (["-t", "-1"], "timeout must be at least"),
    "no port": (["-p", "70000"], "from 0 to 65535"),
    "no model": (["-p", "0"], "nowhere"),
    "no model for workers": (["-p", "0", "-w", "2"], "nowhere"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.usefixtures("fresh")
def test_serve_refuses(what: str, capfd: pytest.CaptureFixture[str]) -> None:
    """One line on stderr says why, and nothing is left running."""
    options, reason = REFUSED[what]
    assert main(["models", "serve", "-m", "nowhere", *options]) == 1
    out, err = capfd.readouterr()
    assert (out, err.startswith("mltrack: "), "Traceback" in err) == ("", True, False)
    assert reason in err


@pytest.mark.parametrize("command", [["serve", "-p", "0"], ["predict", "-i", "in.json"]])
def test_a_model_of_somebody_else(
    command: list[str], model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is loaded only after it was trusted: what is refused is never read."""
    Path("in.json").write_text('{"dataframe_records": [{"a": 1, "b": 2}]}')
    for file in model.glob("*signature*"):
        file.unlink()
    assert main(["models", *command, "-m", str(model)]) == 1
    assert "trust(" in capsys.readouterr().err


def test_no_conda_is_what_happens_anyway(capsys: pytest.CaptureFixture[str], fresh: Path) -> None:
    """Old command lines go on working as far as the model is found."""
    assert main(["models", "serve", "--no-conda", "-m", str(fresh / "nowhere"), "-p", "0"]) == 1
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["build-docker", "generate-dockerfile"])
def test_images(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Are not built; the message says how to do it by hand."""
    assert main(["models", command, "-m", "models:/wine/1", "-n", "wine"]) == 1
    assert "mltrack models serve -m FOLDER" in capsys.readouterr().err


def test_predict(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of JSON or CSV gives what the server would answer."""
    Path("in.json").write_text('{"dataframe_records": [{"a": 1, "b": 2}]}')
    Path("in.csv").write_text("b,a\n1,2\n3,4\n")
    assert main(["models", "predict", "-m", str(model), "-i", "in.json"]) == 0
    assert json.loads(capsys.readouterr().out)["predictions"] == pytest.approx([3])
    assert main(["models", "predict", "-m", str(model), "-i", "in.csv", "-o", "out.json"]) == 0
    assert json.loads(Path("out.json").read_text())["predictions"] == pytest.approx([3, 7])


def test_predict_through_pipes(model: Path) -> None:
    """From stdin to stdout, of the type that is said."""
    command = [sys.executable, "-c", _COMMAND, "models", "predict", "-m", str(model), "-t", "csv"]
    done = subprocess.run(
        command,
        input=b"a,b\n1,2\n",
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["predictions"] == pytest.approx([3])


def test_predict_refuses(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1 and one line; no file is left."""
    Path("in.csv").write_text("a,b\n1,x\n")
    assert main(["models", "predict", "-m", str(model), "-i", "in.csv", "-o", "out.csv"]) == 1
    assert "mltrack: The CSV cannot be read" in capsys.readouterr().err
    assert main(["models", "predict", "-m", str(model), "-i", "none.csv"]) == 1
    assert "There is no file none.csv" in capsys.readouterr().err
    assert sorted(path.name for path in Path().iterdir()) == ["adder", "in.csv"]
