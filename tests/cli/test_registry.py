"""``mltrack models`` for registered models, and ``mltrack audit``."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.cli import main
from jupyter_mltrack.registry.gates import HasDescription
from tests.models.serving.saved import saved
from tests.registry.lasting import lasting

Run = Callable[..., tuple[int, str, str]]

#: A command line for each command, of a store that has `wine` with three versions.
COMMANDS = {
    "list": "models list",
    "versions": "models versions wine",
    "register": "models register s3://models/4 wine",
    "transition": "models transition wine 3 Production",
    "rollback": "models rollback wine Production",
    "alias": "models alias wine old 1",
    "history": "models history wine",
    "audit": "audit verify",
}


@pytest.fixture
def run(fresh: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call it with arguments for the exit status and what was printed, in an empty folder."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(arguments)
        return status, *capsys.readouterr()

    return call


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store has a registered model with three versions."""
    folder = tmp_path_factory.mktemp("made")
    with lasting(folder):
        fill(MltrackClient())
    return folder


@pytest.fixture
def client(made: Path, fresh: Path) -> MltrackClient:
    """A client of a copy of that store, in the working folder."""
    shutil.copytree(made, fresh, dirs_exist_ok=True)
    return MltrackClient()


def fill(client: MltrackClient) -> None:
    """Make the model and what is known of it."""
    for number in (1, 2, 3):
        client.register(f"s3://models/{number}", "wine", description=f"number {number}")
    client.transition_model_version_stage("wine", 1, "Production")
    client.transition_model_version_stage(
        "wine", 2, "Production", archive_existing_versions=True, comment="it is better"
    )
    client.set_registered_model_alias("wine", "champion", 2)


def cells(line: str) -> list[str]:
    """The cells of a line of a table."""
    return re.split(r"\s{2,}", line.strip())


def test_list(run: Run, client: MltrackClient) -> None:
    """A line each: what is in which stage, and which aliases there are."""
    client.create_registered_model("beer")
    status, out, _ = run("models", "list")
    head, beer, wine = out.splitlines()
    assert (status, cells(head)) == (0, ["name", "latest", "stages", "aliases", "changed"])
    assert cells(beer)[0] == "beer"
    assert cells(wine)[:4] == ["wine", "3", "Archived 1, Production 2, None 3", "champion 2"]


def test_versions(run: Run, client: MltrackClient) -> None:
    """The newest first, with stage, aliases and description."""
    lines = [cells(line) for line in run("models", "versions", "wine")[1].splitlines()]
    assert [line[:2] for line in lines[1:]] == [
        ["3", "None"],
        ["2", "Production"],
        ["1", "Archived"],
    ]
    assert lines[2][2] == "champion"
    assert lines[1][-1] == "number 3"


def test_versions_of_another_time(run: Run, client: MltrackClient) -> None:
    """Yesterday there was nothing."""
    assert run("models", "versions", "wine", "--at", "today")[0] == 0
    status, out, _ = run("models", "versions", "wine", "--at", "2020-05-03")
    assert (status, out) == (0, "no versions\n")
    assert "is no time" in run("models", "versions", "wine", "--at", "soon")[2]


def test_register(run: Run, fresh: Path) -> None:
    """The model is made with its first version."""
    folder = saved(fresh / "adder")
    status, out, _ = run("models", "register", folder, "adder", "--description", "adds")
    assert (status, out.splitlines()) == (
        0, [f"'adder' is a registered model now. {folder} is version 1 of 'adder'."],
    )  # fmt: skip
    assert run("models", "register", folder, "adder")[1].endswith("is version 2 of 'adder'.\n")
    assert MltrackClient().get_model_version("adder", 1).description == "adds"


def test_transition(run: Run, client: MltrackClient) -> None:
    """In any case; what was there is archived if it is asked for, and the comment is kept."""
    arguments = ["wine", "3", "production", "--archive-existing", "--comment", "new data"]
    assert run("models", "transition", *arguments)[:2] == (
        0,
        "Version 3 of 'wine' is in Production.\n",
    )
    assert client.get_model_version("wine", 2).current_stage == "Archived"
    assert client.registry_history("wine")[-1].comment == "new data"


def test_a_gate_says_no(run: Run, client: MltrackClient) -> None:
    """Status 1 and the reasons; an override moves it."""
    client.update_model_version("wine", 3, "")
    client.set_stage_gates("Production", [HasDescription()])
    status, out, err = run("models", "transition", "wine", "3", "Production")
    assert (status, out) == (1, "")
    assert "✘" in err
    moved = run("models", "transition", "wine", "3", "Production", "--override", "it is urgent")
    assert moved[0] == 0
    assert "it is urgent" in run("models", "history")[1].splitlines()[-1]


def test_rollback(run: Run, client: MltrackClient) -> None:
    """The version before is back."""
    assert run("models", "rollback", "wine") == (
        0,
        "Version 1 of 'wine' is in Production again.\n",
        "",
    )
    assert client.get_model_version("wine", 2).current_stage == "Archived"


def test_alias(run: Run, client: MltrackClient) -> None:
    """Given and taken away; one of both."""
    assert run("models", "alias", "wine", "old", "1")[:2] == (
        0,
        "'old' stands for version 1 of 'wine'.\n",
    )
    assert client.get_model_version_by_alias("wine", "old").version == 1
    assert run("models", "alias", "wine", "old", "--delete")[0] == 0
    assert client.get_registered_model("wine").aliases == {"champion": 2}
    for wrong in ([], ["1", "--delete"]):
        assert run("models", "alias", "wine", "old", *wrong)[0] == 1


def test_history(run: Run, client: MltrackClient) -> None:
    """Who did what, and why."""
    lines = [cells(line) for line in run("models", "history", "wine")[1].splitlines()]
    assert lines[0] == ["#", "when", "who", "model", "version", "what", "why"]
    assert lines[1][3:] == ["wine", "created: → wine"]
    assert ["2", "stage: None → Production", "it is better"] in [line[4:] for line in lines]
    assert lines[-1][4:] == ["alias champion: → 2"]


def test_what_a_terminal_would_obey(run: Run, client: MltrackClient) -> None:
    """Is written as an escape, in whatever column."""
    client.update_model_version("wine", 3, "\x1b[2Jdone")
    client.set_model_version_tag("wine", 3, "key\x9b", "\u202evalue")
    assert r"\x1b[2Jdone" in run("models", "versions", "wine")[1]
    lines = run("models", "history", "wine")[1].splitlines()
    assert r"→ \x1b[2Jdone" in lines[-2]
    assert r"tag key\x9b: → \u202evalue" in lines[-1]


def test_audit(run: Run) -> None:
    """The trail is whole; the last link must stay in it; a changed line is found, status 1."""
    client = MltrackClient()
    fill(client)
    status, out, _ = run("audit", "verify")
    link = out.splitlines()[-1].removeprefix("Last link: ")
    assert (status, out.splitlines()[0]) == (0, "The trail is whole: 11 changes.")
    assert run("audit", "verify", "--expect", link)[0] == 0
    assert run("audit", "verify", "--expect", "0" * 64)[0] == 1
    (journal,) = client.store.folder.glob("*.ndjson")
    journal.write_bytes(journal.read_bytes().replace(b"it is better", b"it was wrong"))
    status, out, _ = run("audit", "verify")
    assert (status, out[0]) == (1, "!")


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_json(run: Run, client: MltrackClient, command: str) -> None:
    """Every command says it as JSON too, one object a line."""
    status, out, _ = run(*command.split(), "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert found
    assert all(isinstance(one, dict) for one in found)


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"register"}))
def test_nothing_is_stored(run: Run, fresh: Path, command: str) -> None:
    """One sentence on stderr, status 1, and no store is made."""
    status, out, err = run(*COMMANDS[command].split())
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("mltrack: Nothing is stored at")
    assert list(fresh.iterdir()) == []


@pytest.mark.parametrize("command", ["versions beer", "history beer", "alias beer a 1"])
def test_no_such_model(run: Run, client: MltrackClient, command: str) -> None:
    """The error says what to do."""
    status, out, err = run("models", *command.split())
    assert (status, out) == (1, "")
    assert "beer" in err


@pytest.mark.parametrize(
    "uri", ["models:/adder/Production", "models:/adder@old", "models:/adder/1"]
)
def test_predict_with_a_registered_model(run: Run, fresh: Path, uri: str) -> None:
    """By stage, by alias and by number."""
    run("models", "register", saved(fresh / "adder"), "adder")
    run("models", "transition", "adder", "1", "Production")
    run("models", "alias", "adder", "old", "1")
    (fresh / "in.csv").write_text("a,b\n1,2\n3,4\n")
    status, out, err = run("models", "predict", "-m", uri, "-i", "in.csv", "-t", "csv")
    assert (status, err) == (0, "")
    assert json.loads(out)["predictions"] == [3.0, 7.0]
