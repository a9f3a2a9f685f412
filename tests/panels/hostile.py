"""A store as a stranger might hand it over: every field holds what a browser could execute."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat

from jupyter_mltrack.events import (
    Artifact,
    Cell,
    Environment,
    Event,
    ExperimentCreated,
    ExperimentSet,
    Input,
    Metric,
    Param,
    RegistryChange,
    RunStarted,
    RunStatus,
    Tag,
)
from jupyter_mltrack.store import Store, trail
from jupyter_mltrack.tracking.client import TrackingClient

#: Nobody has this host; a request to it is noticed all the same.
FOREIGN = "canary.invalid"

# CALL calls the canary, HOST is an address of the foreign host.
_FORMS = r"""
<script>CALL</script>
</script></textarea></title></style><script>CALL</script>
<img src=x onerror=CALL>
<img src="HOST">
"><svg onload=CALL>
'><svg/onload=CALL>
<svg><script>CALL</script></svg>
<svg><animate onbegin=CALL attributeName=x dur=1s>
<iframe srcdoc="<script>parent.CALL</script>"></iframe>
<iframe src="javascript:parent.CALL"></iframe>
<object data="HOST"></object>
<embed src="HOST">
<body onload=CALL><img src=x onerror=CALL>
<details open ontoggle=CALL>x</details>
<video><source src=x onerror=CALL></video>
<audio src=x onerror=CALL></audio>
<input autofocus onfocus=CALL>
<a href="javascript:CALL" target=_self>link</a>
[link](javascript:CALL)
![image](HOST)
javascript:CALL
data:text/html,<script>CALL</script>
<meta http-equiv=refresh content="0;url=HOST">
<link rel=stylesheet href="HOST">
<style>@import 'HOST';</style>
<div style="background:url(HOST)">x</div>
<form action="HOST"><button autofocus onfocus=CALL>x</button></form>
<table background="HOST"><td>x</table></div></div>
'-CALL-'
"-CALL-"
${CALL}
`;CALL;`
{{constructor.constructor('CALL')()}}
\"};CALL;//
&lt;img src=x onerror=CALL&gt;
<!--<img src=--><img src=x onerror=CALL>
]]><script>CALL</script><img src=x onerror=CALL>
<math><mtext><img src=x onerror=CALL></mtext></math>
$\href{javascript:CALL}{x}$ <b onmouseover=CALL>x</b>
<noscript><p title="</noscript><img src=x onerror=CALL>">
"""
#: Forty texts; the n-th calls ``canary(n)``, or asks the foreign host for ``/n``.
CORPUS = [
    form.replace("CALL", f"canary({number})").replace("HOST", f"//{FOREIGN}/{number}")
    for number, form in enumerate(_FORMS.strip().splitlines())
]

#: The experiment of all runs; the others have none.
EXPERIMENT = "1"
ALL_IN_ONE = f"{len(CORPUS):032x}"
"""The run whose params, tags, metrics, datasets and files are named after all texts at once."""
_START = 1_790_000_000_000  # ms since 1970


def run_id(number: int) -> str:
    """The run in which every field holds the text of that number."""
    return f"{number:032x}"


def make_hostile_store(path: Path) -> None:
    """Write the store: an experiment and a run for each text, and one run with all of them."""
    store = Store(path)
    events: list[Event] = [
        Environment(python=CORPUS[0], platform=CORPUS[2], packages={t: t for t in CORPUS})
    ]
    for number, text in enumerate(CORPUS):
        events += _experiment(str(number + 1), text)
        events += _run(number, text)
    events += _run(len(CORPUS), " ".join(CORPUS), CORPUS)
    store.append_all(events)
    client = TrackingClient(path)
    folder = client.get_run(ALL_IN_ONE).info.artifact_uri.removeprefix("file://")
    client.store.close()
    for number, text in enumerate(CORPUS):
        run = run_id(number)
        store.append_all(list(_files(run, Path(folder.replace(ALL_IN_ONE, run)), [text])))
    store.append_all(list(_files(ALL_IN_ONE, Path(folder), CORPUS)))
    with store.agreeing():
        changes = [one for number, text in enumerate(CORPUS) for one in _registered(number, text)]
        trail.record(store, changes)
    store.append_all([_unreadable(number, text) for number, text in enumerate(CORPUS)])
    store.close()


def _experiment(number: str, text: str) -> Iterator[Event]:
    yield ExperimentCreated(experiment=number, text=text)
    yield ExperimentSet(experiment=number, field="tag", key="mlflow.note.content", text=text)
    yield ExperimentSet(experiment=number, field="tag", key=text, text=text)


def _run(number: int, text: str, names: Sequence[str] = ()) -> Iterator[Event]:
    run, start = run_id(number), _START + number * 60_000
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    yield Cell(number=number + 1, sha256=sha256, source=text, cell_id=text, notebook=text)
    yield RunStarted(run, EXPERIMENT, start, number + 1, text[:200], number + 1)
    for key in ("mlflow.runName", "mlflow.note.content", "mlflow.source.name", "mltrack.error"):
        yield Tag(run, key, text)
    for key in ("mlflow.source.git.commit", "mlflow.source.git.branch", "mlflow.user"):
        yield Tag(run, key, text)
    yield Param(run, "rate", f"{number / 10}")
    yield Param(run, "kind", text)
    for step in range(5):
        yield Metric(run, "loss", 1 / (step + number + 1), step, start + step)
    for name in names or [text]:
        yield Param(run, name, text)
        yield Metric(run, name, number / 7, 0, start)
        yield Tag(run, name, text)
        yield Input(run, name, text, text, text, schema=text, profile=text, tags={name: text})
    yield RunStatus(run, "FAILED" if number % 2 else "FINISHED", start + 5_000, 5.0)


def _registered(number: int, text: str) -> Iterator[RegistryChange]:
    """A registered model with a version; a stranger's program checks no names."""
    gate = {"gate": text, "passed": False, "said": text}
    noted = json.dumps({"run_id": run_id(number), "run_link": text, "location": text})
    overridden = json.dumps({"gates": [gate], "override": text})
    for version, field, key, said, details in (
        (0, "created", "", text, None),
        (0, "description", "", text, None),
        (0, "tag", text, text, None),
        (1, "created", "", text, noted),
        (1, "status", "", "FAILED_REGISTRATION", None),
        (1, "status_message", "", text, None),
        (1, "description", "", text, None),
        (1, "tag", text, text, None),
        (1, "stage", "", text, overridden),
        (0, "alias", text, "1", None),
    ):
        change = RegistryChange(f"r-{number}", field, version, key, None, said, details=details)
        yield _by(number, text, change)


def _unreadable(number: int, text: str) -> RegistryChange:
    """A change of something that there is not, which the history shows as refused."""
    return _by(number, text, RegistryChange(f"r-{number}", text, 1, text, None, text, details=text))


def _by(number: int, text: str, change: RegistryChange) -> RegistryChange:
    change.comment = change.user = change.digest = text
    change.author, change.ts = os.geteuid(), _START + number
    return change


def _files(run: str, folder: Path, names: Sequence[str]) -> Iterator[Event]:
    """Write files called after the texts, and one of each kind that a panel may show."""
    text = "\n".join(names)
    contents = {f"{name}.txt": name for name in names} | _contents(text)
    for name, content in contents.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        yield Artifact(run=run, path=name, size=len(content.encode()), sha256=sha256)


def _contents(text: str) -> dict[str, str]:
    """A file of each kind, by its name."""
    output = nbformat.v4.new_output("display_data", data={"text/html": text, "text/plain": text})
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(text),
            nbformat.v4.new_code_cell(text, outputs=[output]),
        ]
    )
    trace = {"type": "scatter", "y": [1, 2], "name": text, "hovertemplate": text}
    axis = {"title": {"text": text}, "ticktext": [text, text], "tickvals": [0, 1]}
    return {
        "plain.txt": text,
        "stdout.txt": text,
        "traceback.txt": text,
        "cell.py": text,
        "page.html": text,
        "page.md": text,
        "picture.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><text>{text}</text></svg>',
        "picture.png": text,
        "table.csv": "\n".join(f'"{one.replace(chr(34), chr(34) * 2)}",1' for one in [text, text]),
        "values.json": json.dumps({text: [text, {"text": text}]}),
        "broken.json": f"{{{text}",
        "notebook.ipynb": nbformat.writes(notebook),
        "figure.plotly.json": json.dumps(
            {"data": [trace], "layout": {"title": {"text": text}, "xaxis": axis}}
        ),
    }
