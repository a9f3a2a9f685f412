"""Gates at work: set, listed, asked, in the way, overridden, in the trail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.errors import (
    GatesFailed,
    InvalidParameterValue,
    InvalidState,
    ResourceDoesNotExist,
)
from jupyter_mltrack.registry import model_file
from jupyter_mltrack.registry.gates import (
    BetterThan,
    HasDescription,
    HasSignature,
    HasTag,
    MetricGate,
    OtherApprover,
)
from jupyter_mltrack.store import registry
from tests.registry.facts import Facts
from tests.registry.given import column, copy_of, make, signature, version

pytestmark = pytest.mark.usefixtures("fresh")

LIMIT = MetricGate("rmse", maximum=0.80)
LOWER = BetterThan("rmse", lower_is_better=True)


def build(client: MltrackClient) -> None:
    """A store with a version of ``prices``, rmse 0.91, and a gate at Production."""
    version(client, rmse=0.91)
    client.set_stage_gates("production", [LIMIT, HasDescription()], comment="agreed in May")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that store."""
    return make(tmp_path_factory.mktemp("made"), build)


@pytest.fixture
def client(made: Path, tmp_path: Path) -> MltrackClient:
    """A client of a copy of it."""
    return copy_of(made, tmp_path)


def stage(client: MltrackClient) -> str:
    """The stage of version 1."""
    return client.get_model_version("prices", 1).current_stage


def test_a_gate_keeps_a_version_out(client: MltrackClient) -> None:
    """Nothing is moved; the message has all answers with their numbers, and the way out."""
    client.update_model_version("prices", 1, "Ridge")
    with pytest.raises(GatesFailed) as refused:
        client.transition_model_version_stage("prices", 1, "Production")
    assert str(refused.value) == (
        "Version 1 of 'prices' does not pass the gates of Production:\n"
        "  ✘ rmse 0.91, wanted at most 0.8\n"
        "  ✔ it has a description\n"
        "Mend what has a ✘. To move it nevertheless, say why: override='…' beside the other"
        " arguments; the trail keeps it."
    )
    assert [result.passed for result in refused.value.results] == [False, True]
    assert isinstance(refused.value, InvalidState)
    assert stage(client) == "None"


def test_other_stages_have_no_gates(client: MltrackClient) -> None:
    """What holds for Production holds there only."""
    client.transition_model_version_stage("prices", 1, "Staging")
    assert stage(client) == "Staging"
    assert client.stage_gates("Staging") == []
    assert client.check_gates("prices", 1, "Staging") == []


def test_an_override_is_in_the_trail(client: MltrackClient) -> None:
    """With the reason and all that the gates said."""
    client.transition_model_version_stage(
        "prices", 1, "Production", comment="v1", override="the old one leaks"
    )
    assert stage(client) == "Production"
    moved = registry.history(client._store, "prices", 1)[-1]
    assert (moved.field, moved.comment) == ("stage", "v1")
    assert moved.details["override"] == "the old one leaks"
    assert moved.details["gates"][0] == {
        "gate": "MetricGate", "passed": False, "said": "rmse 0.91, wanted at most 0.8",
        "wanted": 0.8, "found": 0.91,
    }  # fmt: skip


def test_an_empty_reason_is_none(client: MltrackClient) -> None:
    """Who overrides says why."""
    with pytest.raises(GatesFailed):
        client.transition_model_version_stage("prices", 1, "Production", override="  ")


def test_what_passed_is_in_the_trail(client: MltrackClient) -> None:
    """Later it can be told which rules held when it was moved."""
    better = version(client, rmse=0.5, description="Lasso")
    client.transition_model_version_stage("prices", better.version, "Production")
    moved = registry.history(client._store, "prices", better.version)[-1]
    assert [one["passed"] for one in moved.details["gates"]] == [True, True]
    assert "override" not in moved.details


def test_a_model_has_gates_of_its_own(client: MltrackClient) -> None:
    """They stand in place of those for all; lifted, the others hold again."""
    client.set_stage_gates("Production", [HasTag("ok")], name="prices")
    assert client.stage_gates("Production", name="prices") == [HasTag("ok")]
    assert client.stage_gates("Production") == [LIMIT, HasDescription()]
    assert [one.gate for one in client.check_gates("prices", "1", "production")] == ["HasTag"]
    client.set_stage_gates("Production", None, name="prices")
    assert client.stage_gates("Production", name="prices") == [LIMIT, HasDescription()]
    client.set_stage_gates("Production", [])
    assert client.stage_gates("Production", name="prices") == []


def test_changes_of_gates_are_in_the_trail(client: MltrackClient) -> None:
    """Who set which, what they were before, and why."""
    client.set_stage_gates("Production", [])
    first, last = [one for one in registry.history(client._store) if one.field == "gates"]
    assert (first.key, first.comment, first.old_value) == ("Production", "agreed in May", None)
    assert first.new_value == last.old_value
    assert last.new_value is None


@pytest.mark.parametrize(
    "gates", [[1], [MetricGate], "HasTag", [LIMIT, LIMIT], {"gate": "HasTag", "key": "a"}]
)
def test_rules_are_checked_when_they_are_set(client: MltrackClient, gates: object) -> None:
    """What is no gate leaves everything as it was."""
    with pytest.raises(InvalidParameterValue):
        client.set_stage_gates("Production", gates)  # type: ignore[arg-type]
    assert client.stage_gates("Production") == [LIMIT, HasDescription()]


def test_a_gate_names_a_stage_that_there_is(client: MltrackClient) -> None:
    """In any case; one that there is not is refused."""
    client.set_stage_gates("Staging", [BetterThan("rmse", "production", lower_is_better=True)])
    assert client.stage_gates("Staging") == [BetterThan("rmse", lower_is_better=True)]
    for wrong in ("Nowhere", "Deleted"):
        with pytest.raises(InvalidParameterValue, match="Invalid model version stage"):
            client.set_stage_gates("Staging", [BetterThan("rmse", wrong, lower_is_better=True)])


def test_what_there_is_not_is_said(client: MltrackClient) -> None:
    """No stage, no model, no version."""
    with pytest.raises(InvalidParameterValue):
        client.set_stage_gates("Nowhere", [])
    with pytest.raises(ResourceDoesNotExist):
        client.set_stage_gates("Production", [], name="nothing")
    with pytest.raises(ResourceDoesNotExist):
        client.check_gates("prices", 9, "Production")


def test_another_process_sees_them(client: MltrackClient, tmp_path: Path) -> None:
    """They are in the store, and come back from the journals."""
    client._store.rebuild()
    assert MltrackClient("runs.duckdb").stage_gates("Production") == [LIMIT, HasDescription()]


def test_the_real_facts(client: MltrackClient) -> None:
    """Runs, data, people and MLmodel files as the store has them, of two versions."""
    client.set_stage_gates("Production", [LOWER, HasSignature(), OtherApprover()])
    client.transition_model_version_stage("prices", 1, "Production", override="the first")
    version(client, rmse=0.5, signed=signature(column("rooms")))
    better, signed, approver = client.check_gates("prices", 2, "Production")
    assert better.said == "rmse 0.5, wanted below the 0.91 of version 1 in Production"
    assert signed.said == "it has a signature; version 1 in Production has none to fit"
    assert approver.said.count(f"(uid {os.geteuid()})") == 2
    assert [better.passed, signed.passed, approver.passed] == [True, True, False]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is no mapping"),
        ("a: [", "is no YAML"),
        ("signature: 5", "the signature in its MLmodel file is no mapping"),
        ("[" * 3_000, "is no YAML"),
        ("a: &a [1]\nsignature: {inputs: *a}", "it is no list of columns"),
        ("#" * 1_000_001, "larger than 1 MB"),
        (None, "no"),
    ],
)
def test_a_strange_file_does_not_pass(tmp_path: Path, content: str | None, said: str) -> None:
    """Whatever is in an MLmodel file, the gate says no and why."""
    folder = tmp_path / "model"
    folder.mkdir()
    if content is not None:
        (folder / "MLmodel").write_text(content)
    found = ModelVersion("prices", 1, 1, source=str(folder), location=str(folder))
    facts = Facts()
    facts.add("Production", signed=signature(column("rooms")))
    facts.signature = lambda one: (  # type: ignore[method-assign]
        model_file.signature(MltrackClient("runs.duckdb"), found)
        if one is found
        else signature(column("rooms"))
    )
    result = HasSignature().check(found, facts)
    assert (result.passed, said in result.said) == (False, True), result.said
