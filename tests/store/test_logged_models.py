"""The models that the runs of an experiment kept, as the list in the frame asks for them."""

from __future__ import annotations

from jupyter_mltrack.events import Artifact, ModelCreated, ModelSet
from jupyter_mltrack.store import Store
from jupyter_mltrack.store.logged_models import logged_models
from tests.store.writers import begun


def test_folders_with_an_mlmodel(store: Store) -> None:
    """Logged models that are READY, and folders that are no logged model; the newest first."""
    paths = ["old/MLmodel", "old/model.pkl", "ready/MLmodel", "half/MLmodel", "gone/MLmodel"]
    store.append(begun("r"))
    for name, status in (("ready", "READY"), ("half", "FAILED"), ("gone", "READY")):
        store.append(
            ModelCreated(model=name, experiment="0", name=name, ts=1, run="r", folder=name)
        )
        store.append(ModelSet(model=name, field="status", text=status))
    store.append(ModelSet(model="gone", field="stage", text="deleted"))
    store.append_all([Artifact(run="r", path=path, size=1, sha256="s") for path in paths])
    assert sorted(one.folder for one in logged_models(store, ["0"])) == ["old", "ready"]
    assert logged_models(store, ["1"]) == []
