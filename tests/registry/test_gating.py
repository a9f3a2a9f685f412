"""Gates at work: set, listed, asked, in the way, overridden, in the trail."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.errors import (
    GatesFailed,
    InvalidParameterValue,
    InvalidState,
    RegisteredFilesChanged,
    ResourceDoesNotExist,
)
from jupyter_mltrack.events import RegistryChange
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


def test_what_was_not_overridden_is_not_in_the_trail(client: MltrackClient) -> None:
    """A reason where all gates pass, or where there are none, is none."""
    for to in ("Staging", "Production"):
        better = version(client, rmse=0.5, description="Lasso")
        client.transition_model_version_stage("prices", better.version, to, override="hurry")
        moved = registry.history(client._store, "prices", better.version)[-1]
        assert "override" not in moved.details


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


def test_gates_of_a_later_release_can_be_replaced(client: MltrackClient) -> None:
    """Which is what the message says when one is asked; the trail has what was there."""
    later = '[{"gate":"FromLater","more":1}]'
    change = RegistryChange("", "gates", 0, "Production", None, later)
    with client._store.agreeing():
        client._record(change)
    with pytest.raises(InvalidState, match="again with set_stage_gates"):
        client.stage_gates("Production")
    client.set_stage_gates("Production", [LIMIT])
    assert client.stage_gates("Production") == [LIMIT]
    assert client.registry_history()[-1].old_value == later


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


def of_run(client: MltrackClient, found: ModelVersion) -> Path:
    """The MLmodel file of a version."""
    return Path(client.get_run(str(found.run_id)).info.artifact_uri) / "model/MLmodel"


def test_a_file_that_was_not_registered_does_not_pass(client: MltrackClient) -> None:
    """A signature that somebody wrote later says nothing of the version, nor does a lost one."""
    client.set_stage_gates("Staging", [HasSignature()])
    found = version(client, signed=signature(column("rooms")))
    assert client.check_gates("prices", found.version, "Staging")[0].passed
    file = of_run(client, found)
    file.write_text(file.read_text().replace("rooms", "doors"))
    changed = client.check_gates("prices", found.version, "Staging")[0]
    assert (changed.passed, "are not those that were registered" in changed.said) == (False, True)
    file.unlink()
    assert not client.check_gates("prices", found.version, "Staging")[0].passed


def test_only_the_file_that_is_asked_for_is_read(client: MltrackClient) -> None:
    """A model may be large; whether the rest is whole is asked when it is loaded."""
    run = client.create_run("0").info.run_id
    client.log_text(run, json.dumps({"signature": signature(column("rooms"))}), "model/MLmodel")
    client.log_text(run, "many numbers", "model/weights")
    found = client.create_model_version("prices", f"runs:/{run}/model")
    of_run(client, found).with_name("weights").write_text("others")
    assert model_file.signature(client, found) == signature(column("rooms"))
    for path in ("", "weights"):
        with pytest.raises(RegisteredFilesChanged):
            client.download_model_version(found, path)


def test_the_model_is_in_the_bin(client: MltrackClient) -> None:
    """Its files are still there, so the gate can look at them."""
    model = client.create_logged_model("0", "model")
    with TemporaryDirectory() as folder:
        Path(folder, "MLmodel").write_text(json.dumps({"signature": signature(column("rooms"))}))
        client.log_model_artifacts(model.model_id, folder)
    client.finalize_logged_model(model.model_id, "READY")
    found = client.create_model_version("prices", f"models:/{model.model_id}")
    client.delete_logged_model(model.model_id)
    client.set_stage_gates("Staging", [HasSignature()])
    assert client.check_gates("prices", found.version, "Staging")[0].passed


class Far(MemoryFileSystem):  # type: ignore[misc]
    """A place far away; while it is asked for a file, something happens here."""

    protocol = "far"
    store: ClassVar[dict[str, object]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    meanwhile: ClassVar[Callable[[], object] | None] = None

    def get_file(self, rpath: str, lpath: str, **kwargs: object) -> None:
        """Bring a file once somebody else had the store."""
        work, Far.meanwhile = Far.meanwhile, None
        if work is not None:
            others = ThreadPoolExecutor(1)
            others.submit(work).result(timeout=20)
            others.shutdown()
        super().get_file(rpath, lpath, **kwargs)


@pytest.mark.parametrize(
    "decide",
    [
        lambda client: client.transition_model_version_stage("prices", 2, "Staging"),
        lambda client: client.rollback_model_version_stage("prices", "Staging"),
    ],
)
def test_nobody_waits_for_files_that_are_far_away(
    client: MltrackClient, decide: Callable[[MltrackClient], object]
) -> None:
    """While one is fetched others change the registry, and what they made is what counts."""
    fsspec.register_implementation("far", Far, clobber=True)
    text = json.dumps({"signature": signature(column("rooms"))})
    Far().pipe("far://bucket/model/MLmodel", text.encode())
    client.create_model_version("prices", "far://bucket/model")
    version(client, rmse=0.5, description="Lasso", signed=signature(column("rooms", "string")))
    for number in (2, 1):
        client.transition_model_version_stage("prices", number, "Staging", number == 1)
    client.set_stage_gates("Staging", [HasSignature()])
    Far.meanwhile = lambda: client.transition_model_version_stage("prices", 3, "Production")
    with pytest.raises(GatesFailed, match="was string"):
        decide(client)
    assert client.get_model_version("prices", 3).current_stage == "Production"
    assert "was string" in client.check_gates("prices", 2, "Staging")[0].said


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
