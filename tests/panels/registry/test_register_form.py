from typing import Any

import pytest

import jupyter_mltrack as mlt
from jupyter_mltrack.errors import ResourceDoesNotExist
from jupyter_mltrack.panels.registry.register_form import RegisterForm
from tests.panels.inert import faults_in
from tests.panels.registry.wine import MLMODEL

pytestmark = pytest.mark.usefixtures("store")


def run_with(*folders: str) -> str:
    """A run that has kept models in these folders."""
    with mlt.start_run() as run:
        for folder in folders:
            mlt.log_text(MLMODEL, f"{folder}/MLmodel")
    return str(run.info.run_id)


def form_of(run_id: str) -> tuple[RegisterForm, list[dict[str, Any]]]:
    """A form and its answers."""
    form = RegisterForm(mlt.MlflowClient(), run_id)
    answers: list[dict[str, Any]] = []
    form.send = lambda content, _=None: answers.append(content)
    return form, answers


def ask(form: RegisterForm, **details: str) -> None:
    """Press the button."""
    form._handle_custom_msg({"id": 1, "kind": "register", **details}, [])


def test_register_twice() -> None:
    """The first time the registered model is made; the second time it is among the names."""
    run_id = run_with("model")
    form, answers = form_of(run_id)
    (model,) = form.choice["models"]
    assert (model["label"], form.choice["names"]) == ("model", [])
    ask(form, source=model["source"], name=" wine ", description="red", comment="try")
    assert answers[-1]["said"] == "It is the first version of wine now."
    ask(form, source=model["source"], name="wine")
    assert answers[-1]["said"] == "It is version 2 of wine now."
    assert form_of(run_id)[0].choice["names"] == ["wine"]
    made = mlt.MlflowClient().get_model_version("wine", 1)
    assert (made.run_id, made.description) == (run_id, "red")


def test_a_logged_model_is_named_by_its_id() -> None:
    """Once, though its files may be among those of the run."""
    with mlt.start_run() as run:
        info = mlt.pyfunc.log_model(name="net", python_model=double, pip_requirements=[])
        mlt.log_text(MLMODEL, "other/MLmodel")
    form, _ = form_of(run.info.run_id)
    sources = {one["label"]: one["source"] for one in form.choice["models"]}
    assert sources == {
        "net": f"models:/{info.model_id}",
        "other": f"runs:/{run.info.run_id}/other",
    }


def double(model_input: list[float]) -> list[float]:
    """A model."""
    return [2 * one for one in model_input]


def test_what_cannot_be_registered() -> None:
    """A name that cannot be, and files that are none of the run's."""
    form, answers = form_of(run_with("model"))
    ask(form, source=form.choice["models"][0]["source"], name="a/b")
    assert "Invalid name" in answers[-1]["error"]
    ask(form, source="/etc", name="wine")
    assert "no such model" in answers[-1]["error"]
    assert mlt.MlflowClient().search_registered_models() == []


def test_a_run_without_a_model() -> None:
    """Says how to log one; a run that is not there is an error."""
    form, _ = form_of(run_with())
    assert "log_model" in form.choice["note"]
    assert faults_in(form.html()) == []
    with pytest.raises(ResourceDoesNotExist):
        form_of("nobody")


def test_the_page_of_a_run_opens_and_closes_it() -> None:
    """Below its tabs; another run takes it away."""
    page = mlt.run(run_with("model"))
    page.view._handle_custom_msg({"id": 1, "kind": "register"}, [])
    assert [type(one).__name__ for one in page.children] == ["RunView", "RegisterForm"]
    page.children[1]._handle_custom_msg({"id": 2, "kind": "close"}, [])
    assert len(page.children) == 1
    page.view._handle_custom_msg({"id": 3, "kind": "register"}, [])
    page.view.show(run_with())
    assert len(page.children) == 1
