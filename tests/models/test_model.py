"""The description of a model, and the `MLmodel` file it is kept in."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException, ResourceDoesNotExist
from jupyter_mltrack.models.mlmodel import MAX_BYTES, MLFLOW_VERSION
from jupyter_mltrack.models.model import Model

OLDER = Path(__file__).parent / "golden" / "older"
GOLDEN = sorted({*OLDER.parent.glob("*/MLmodel")} - {OLDER / "MLmodel"})
SIGNATURE = {
    "inputs": '[{"type": "double", "name": "a", "required": true}]',
    "outputs": '[{"type": "long", "required": true}]',
    "params": None,
}
PLAIN: dict[str, Any] = {
    "flavors": {"sklearn": {"pickled_model": "model.pkl", "code": None}},
    "mlflow_version": "2.9.1",
    "model_id": None,
    "model_uuid": "5" * 32,
    "prompts": None,
    "utc_time_created": "2026-11-20 22:19:07.302674",
}

RUBBISH = {
    "a list": "- flavors",
    "a text": "flavors",
    "nothing": "",
    "no flavors": "run_id: abc",
    "empty flavors": "flavors: {}",
    "flavors as a list": "flavors: [sklearn]",
    "a flavor without settings": "flavors: {sklearn: 3}",
    "a number as run": "flavors: {a: {}}\nrun_id: 17",
    "a text as metadata": "flavors: {a: {}}\nmetadata: hello",
    "a text as signature": "flavors: {a: {}}\nsignature: hello",
    "broken signature": "flavors: {a: {}}\nsignature: {inputs: '[{'}",
    "an object to make": "flavors: !!python/object/apply:os.system ['true']",
    "a merge": "a: &a {x: {}}\nflavors: {<<: *a}",
    "no YAML": "flavors: {a: {}\n}}",
    "a date that is none": "flavors: {a: {}}\nutc_time_created: 2026-13-45",
    "control characters": "flavors: {a: \x01}",
    "a number as key": "1: 2\nflavors: {a: {}}",
    "a circle": "flavors: {a: &a {b: *a}}",
    "too deep": "flavors: " + "[" * 1_000_000,
    "too many values": "flavors: {a: {b: [" + "1," * 200_001 + "]}}",
    "laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "\n".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]" for a, b in ["ab", "bc", "cd", "de", "ef"])
    + "\nflavors: {s: {}}",
}


def test_a_flavor_is_added() -> None:
    """The call returns the model, as tutorials chain it."""
    model = Model(run_id="r").add_flavor("sklearn", pickled_model="model.pkl")
    assert model.flavors == {"sklearn": {"pickled_model": "model.pkl"}}
    assert model.mlflow_version == MLFLOW_VERSION
    assert len(model.model_uuid or "") == 32
    assert Model().model_uuid != Model().model_uuid


def test_what_is_none_is_left_out() -> None:
    """MLflow writes null for three keys only."""
    fields = Model(flavors={"a": {}}).to_dict()
    assert {key for key, value in fields.items() if value is None} == {"model_id", "prompts"}
    assert set(fields) == {*PLAIN, "mltrack_version"}


def test_the_yaml_is_sorted(tmp_path: Path) -> None:
    """One line for each key, as `yaml.safe_dump` writes it."""
    model = Model.from_dict(PLAIN)
    with (tmp_path / "copy").open("w+") as stream:
        text = model.to_yaml(stream)
        stream.seek(0)
        assert stream.read() == text == str(model)
    assert text.splitlines()[0] == "flavors:"
    assert text == yaml.safe_dump(PLAIN, default_flow_style=False)
    assert json.loads(model.to_json()) == PLAIN


@pytest.mark.parametrize("target", ["", "MLmodel", "other.yaml"])
def test_saved_and_loaded_it_is_equal(tmp_path: Path, target: str) -> None:
    """By the folder and by the file."""
    fields = PLAIN | {"signature": SIGNATURE, "metadata": {"a": [1, {"b": None}]}, "run_id": "0"}
    model = Model.from_dict(fields)
    model.save(tmp_path / target)
    assert Model.load(tmp_path / target) == model
    assert Model.load(tmp_path / target) != Model.from_dict(PLAIN)
    assert [file.name for file in tmp_path.iterdir()] == [target or "MLmodel"]


def test_keys_of_a_newer_mlflow_survive(tmp_path: Path) -> None:
    """Also one that is named like something of ours."""
    newer = {"self": 1, "other_keys": {"x": [2]}, "save": "no", "databricks_runtime": "17"}
    Model.from_dict(PLAIN | newer).save(tmp_path)
    found = Model.load(tmp_path)
    assert found.to_dict() == PLAIN | newer
    found.save(tmp_path)
    assert yaml.safe_load((tmp_path / "MLmodel").read_text()) == PLAIN | newer


def test_keys_of_an_older_mlflow_are_not_made_up() -> None:
    """An id or a version that the file lacks is not ours."""
    model = Model.from_dict({"flavors": {"a": {}}, "utc_time_created": "2019-01-01"})
    assert model.model_uuid is None
    assert "mlflow_version" not in model.to_dict()


@pytest.mark.parametrize("text", RUBBISH.values(), ids=RUBBISH)
def test_rubbish_is_refused(tmp_path: Path, text: str) -> None:
    """With the file's name and what to do."""
    (tmp_path / "MLmodel").write_text(text)
    with pytest.raises(InvalidParameterValue, match="MLmodel") as caught:
        Model.load(tmp_path)
    assert "again" in str(caught.value)


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    """It is no description of a model."""
    with (tmp_path / "MLmodel").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InvalidParameterValue, match="larger than 10 MB"):
        Model.load(tmp_path)


@pytest.mark.parametrize("content", [b"\xff\xfe\xff", b"flavors: {a: \xe9}"])
def test_a_file_that_is_no_text(tmp_path: Path, content: bytes) -> None:
    """Neither is this."""
    (tmp_path / "MLmodel").write_bytes(content)
    with pytest.raises(InvalidParameterValue, match="cannot be read"):
        Model.load(tmp_path)


@pytest.mark.parametrize("place", ["", "missing", "missing/MLmodel"])
def test_there_is_no_file(tmp_path: Path, place: str) -> None:
    """The message names where it was looked for."""
    with pytest.raises(ResourceDoesNotExist, match=str(tmp_path / place)):
        Model.load(str(tmp_path / place))


@pytest.mark.parametrize("value", [object(), {1, object()}, int])
def test_metadata_that_is_no_plain_data(tmp_path: Path, value: object) -> None:
    """It could not be read again; no half file is left."""
    model = Model(flavors={"a": {}}, metadata={"x": value})
    with pytest.raises(InvalidParameterValue, match="plain data"):
        model.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Trouble of the disk has our class."""
    with pytest.raises(MltrackException, match="Cannot write"):
        Model(flavors={"a": {}}).save(tmp_path / "missing" / "MLmodel")


def test_the_schemas_come_from_the_signature() -> None:
    """None of them without one."""
    model = Model.from_dict(PLAIN | {"signature": SIGNATURE})
    assert model.get_input_schema().input_names() == ["a"]
    assert model.get_output_schema().has_input_names() is False
    assert model.get_params_schema() is None
    bare = Model()
    assert [bare.get_input_schema(), bare.get_output_schema(), bare.get_params_schema()] == [
        None
    ] * 3


@pytest.mark.parametrize(
    ("fields", "uri"),
    [
        ({"model_id": "m-1", "run_id": "r", "artifact_path": "m"}, "models:/m-1"),
        ({"run_id": "r", "artifact_path": "m"}, "runs:/r/m"),
        ({"artifact_path": "folder/m"}, "folder/m"),
        ({}, ""),
    ],
)
def test_the_info_has_the_uri_to_load(fields: dict[str, str], uri: str) -> None:
    """By id, else by run, else by path."""
    info = Model(flavors={"a": {}}, metadata={"b": 1}, **fields).get_model_info()
    assert info.model_uri == uri
    assert (info.flavors, info.metadata, info.run_id) == (
        {"a": {}},
        {"b": 1},
        fields.get("run_id"),
    )
    assert info.signature is None


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.parent.name)
def test_files_of_mlflow_survive_loading_and_saving(file: Path, tmp_path: Path) -> None:
    """Not a key and not a value of MLflow's own file changes."""
    Model.load(file.parent).save(tmp_path)
    theirs, ours = file.read_text(), (tmp_path / "MLmodel").read_text()
    assert yaml.safe_load(ours) == yaml.safe_load(theirs)
    assert ours == theirs


def test_a_file_of_mlflow_2_gets_what_mlflow_3_adds(tmp_path: Path) -> None:
    """And loses nothing."""
    Model.load(OLDER).save(tmp_path)
    theirs = yaml.safe_load((OLDER / "MLmodel").read_text())
    ours = yaml.safe_load((tmp_path / "MLmodel").read_text())
    assert ours == {"model_id": None, "prompts": None} | theirs
    assert theirs["mlflow_version"].startswith("2.")


def test_there_are_files_of_mlflow() -> None:
    """Looking in the wrong folder would find no difference either."""
    assert len(GOLDEN) >= 8
