"""The gate: what is ours, what was trusted, and what is refused."""

import json
import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LinearRegression

from jupyter_mltrack import settings
from jupyter_mltrack.artifacts.contents import SIGNATURE_FILE, Contents
from jupyter_mltrack.errors import ModelNotTrusted, StoreError, UnsafePath
from jupyter_mltrack.models import signing
from jupyter_mltrack.models.flavors import sklearn
from jupyter_mltrack.models.trust import distrust, trust
from tests.fresh import ROOT


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A model that this user saved."""
    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    sklearn.save_model(model, tmp_path / "saved")
    return tmp_path / "saved"


@pytest.fixture
def foreign(saved: Path) -> Path:
    """The same model, without this user's signature."""
    (saved / SIGNATURE_FILE).unlink()
    return saved


def test_own_models_load_without_a_question(saved: Path) -> None:
    """Saving signs; moving the folder changes nothing."""
    moved = saved.rename(saved.with_name("moved"))
    assert sklearn.load_model(moved).predict([[2.0]]) == pytest.approx([2.0])


def test_a_foreign_model_is_refused_with_reasons(foreign: Path) -> None:
    """The message says what would run and what to do."""
    with pytest.raises(ModelNotTrusted) as refused:
        sklearn.load_model(foreign)
    assert refused.value.error_code == "PERMISSION_DENIED"
    assert refused.value.reasons == ("sklearn: model.pkl can hold code (cloudpickle)",)
    assert f"trust({str(foreign)!r})" in refused.value.message


def test_trust_lets_in_and_distrust_takes_it_back(foreign: Path) -> None:
    """What was trusted is said, and holds until it is taken back."""
    found = trust(foreign)
    assert found.runs == ("sklearn: model.pkl can hold code (cloudpickle)",)
    assert set(found.files) >= {"MLmodel", "model.pkl", "requirements.txt"}
    assert "runs when loaded: sklearn: model.pkl" in str(found)
    assert sklearn.load_model(foreign) is not None
    distrust(found.digest)
    with pytest.raises(ModelNotTrusted):
        sklearn.load_model(foreign)


@pytest.mark.parametrize("name", ["MLmodel", "model.pkl", "requirements.txt", "new", "code/new.py"])
@pytest.mark.parametrize("way", ["signed", "trusted"])
def test_one_changed_byte_ends_it(saved: Path, name: str, way: str) -> None:
    """Of any file, also of one that nobody names."""
    if way == "trusted":
        (saved / SIGNATURE_FILE).unlink()
        trust(saved)
    (saved / name).parent.mkdir(exist_ok=True)
    with (saved / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(ModelNotTrusted):
        sklearn.load_model(saved)


def test_a_removed_or_renamed_file_ends_it(saved: Path) -> None:
    """The list of names counts too."""
    (saved / "requirements.txt").rename(saved / "requirements.text")
    with pytest.raises(ModelNotTrusted):
        sklearn.load_model(saved)


def test_what_python_compiled_from_code_does_not_count(saved: Path) -> None:
    """MLflow leaves it behind when it loads the folder; it is never run from here."""
    before = Contents.of(saved).digest
    for folder in ("__pycache__", "code/__pycache__", "code/package/__pycache__"):
        (saved / folder).mkdir(parents=True)
        (saved / folder / "module.cpython-311.pyc").write_bytes(b"\0")
    assert Contents.of(saved).digest == before
    (saved / "MLmodel").write_text(
        (saved / "MLmodel")
        .read_text()
        .replace("model.pkl", "code/__pycache__/module.cpython-311.pyc")
    )
    with pytest.raises(UnsafePath, match="nobody vouches"):
        trust(saved)


@pytest.mark.parametrize("target", ["/etc/hostname", "../outside", ".", "loop"])
def test_links_that_lead_out_are_refused(saved: Path, target: str) -> None:
    """Also links to folders, which may go round in circles."""
    (saved.parent / "outside").mkdir()
    (saved / "loop").symlink_to(target)
    for load in (sklearn.load_model, trust):
        with pytest.raises(UnsafePath):
            load(saved)


def test_a_pipe_is_no_file(saved: Path) -> None:
    """Reading one would wait for ever."""
    os.mkfifo(saved / "pipe")
    with pytest.raises(UnsafePath, match="neither a file nor a folder"):
        trust(saved)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "[]",
        '{"hmac_sha256": 1}',
        '{"hmac_sha256": "é"}',
        '{"hmac_sha256": "\\ud800"}',
        '{"hmac_sha256": "' + "0" * 64 + '"}',
        " " * 5000,
        "[" * 4000,
    ],
)
def test_a_signature_that_is_none(saved: Path, signature: str) -> None:
    """Whatever is in the file, it is not this user's."""
    (saved / SIGNATURE_FILE).write_text(signature)
    with pytest.raises(ModelNotTrusted):
        sklearn.load_model(saved)


def test_the_key_is_private(saved: Path) -> None:
    """A folder of 0700 and a file of 0600, with 32 bytes."""
    key = settings.data_folder() / "trust" / "key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert len(key.read_bytes()) == 32
    assert not list(key.parent.glob("key-*"))


def test_a_model_signed_with_another_key_is_foreign(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another user's, or another machine's."""
    monkeypatch.setenv("MLTRACK_DATA_DIR", str(tmp_path / "of another"))
    with pytest.raises(ModelNotTrusted):
        sklearn.load_model(saved)


def test_two_processes_make_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both begin at once, and both can verify what the other signed."""
    monkeypatch.setenv("MLTRACK_DATA_DIR", str(tmp_path / "fresh"))
    script = (
        "from jupyter_mltrack.models import signing; from jupyter_mltrack import settings;"
        "print(signing._key_in(settings.data_folder()).hex())"
    )
    command = [sys.executable, "-c", script]

    def key(_: int) -> str:
        return subprocess.check_output(command, cwd=ROOT, text=True)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(key, range(4)))) == 1


def _no_folder(home: Path) -> None:
    home.write_text("a file")


def _of_everybody(home: Path) -> None:
    (home / "trust").mkdir(parents=True)
    (home / "trust" / "key").write_bytes(bytes(32))
    (home / "trust" / "key").chmod(0o644)


def _damaged(home: Path) -> None:
    (home / "trust").mkdir(parents=True)
    (home / "trust" / "key").write_bytes(b"short")
    (home / "trust" / "key").chmod(0o600)


@pytest.mark.parametrize("trouble", [_no_folder, _of_everybody, _damaged])
def test_without_a_key_that_stays(
    trouble: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One warning, and models load in this process."""
    home = tmp_path / "home"
    trouble(home)
    monkeypatch.setenv("MLTRACK_DATA_DIR", str(home))
    signing._key_in.cache_clear()
    for name in ("first", "second"):
        sklearn.save_model(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), tmp_path / name)
        assert sklearn.load_model(tmp_path / name) is not None
    (warning,) = caplog.records
    assert "load in this process only" in warning.getMessage()


def test_trust_that_cannot_be_noted_says_so(
    foreign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is trusted by accident."""
    (tmp_path / "home").write_text("a file")
    monkeypatch.setenv("MLTRACK_DATA_DIR", str(tmp_path / "home"))
    with pytest.raises(StoreError, match="MLTRACK_DATA_DIR"):
        trust(foreign)


def test_trust_runs_nothing(foreign: Path, tmp_path: Path) -> None:
    """Not even the pickle that it vouches for."""
    marker = tmp_path / "marker"
    (foreign / "model.pkl").write_bytes(
        f"cos\nmkdir\n(S'{marker}'\ntR.".encode()  # a pickle in its oldest protocol
    )
    trust(foreign)
    assert not marker.exists()
    sklearn.load_model(foreign)
    assert marker.exists()


def test_the_note_says_what_was_trusted(foreign: Path) -> None:
    """For whoever asks later why a model is let in."""
    found = trust(foreign)
    note = settings.data_folder() / "trust" / "models" / f"{found.digest}.json"
    assert json.loads(note.read_text())["uri"] == str(foreign)
    copy = shutil.copytree(foreign, foreign.with_name("copy"))
    assert sklearn.load_model(copy) is not None


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"MLTRACK_DATA_DIR": "/mine", "XDG_DATA_HOME": "/shared"}, "/mine"),
        ({"XDG_DATA_HOME": "/shared"}, "/shared/jupyter_mltrack"),
        ({"XDG_DATA_HOME": "relative"}, "/home/me/.local/share/jupyter_mltrack"),
        ({"XDG_DATA_HOME": ""}, "/home/me/.local/share/jupyter_mltrack"),
    ],
)
def test_where_the_users_data_is(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], folder: str
) -> None:
    """As the XDG specification says, unless it is said for this package alone."""
    for name, value in ({"HOME": "/home/me"} | variables).items():
        monkeypatch.setenv(name, value)
    assert str(settings.data_folder()) == folder
