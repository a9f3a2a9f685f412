"""Promise 21: credentials are masked before anything is written."""

from __future__ import annotations

import getpass
import json
import re
import subprocess
from pathlib import Path
from time import perf_counter, process_time

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.store import Store
from jupyter_mltrack.tracking import births
from jupyter_mltrack.tracking.masking import MARK, masked, masked_value
from jupyter_mltrack.tracking.notebook import ExecutedCell
from jupyter_mltrack.tracking.secret_names import suspicion
from tests.kernels import LOAD, open_kernel
from tests.reliability import Noting
from tests.store.writers import contents
from tests.tracking.credentials import INNOCENT_LINES, INNOCENT_VALUES, Met, credentials

pytestmark = pytest.mark.usefixtures("fresh")


def leaks(folder: Path, met: list[Met]) -> list[str]:
    """The texts whose credential is in a file below a folder, or in what its store answers."""
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    answers = [contents(Store(path)) for path in folder.rglob("*.duckdb")]
    whole = kept.decode("utf-8", "replace") + json.dumps(answers)
    return [one.text for one in met if one.secret in whole]


def log_everywhere(met: list[Met]) -> None:
    """Put each text into every place that takes one."""
    texts = {f"note {n}": one.text for n, one in enumerate(met)}
    secrets = {f"k{n}/password": one.secret for n, one in enumerate(met)}
    experiment = mlflow.create_experiment("e", tags=texts | secrets)
    for text, secret in met:
        tags = {"note": text, "mlflow.note.content": text, "db_password": secret}
        source = json.dumps({"uri": f"postgres://me:{secret}@host/db", "note": text})
        used = mlflow.entities.Dataset("d", "1", "sql", source)
        with mlflow.start_run(run_name=text, experiment_id=experiment, tags=tags) as run:
            mlflow.log_params({"text": text, "api_key": secret, "all": {"password": secret}})
            mlflow.log_param("url", f"https://me:{secret}@example.org")
            mlflow.set_tag("later", text)
            client = mlflow.MlflowClient()
            client.log_inputs(run.info.run_id, [mlflow.entities.DatasetInput(used)])
            client.store.append(ExecutedCell(1, text, None, None).as_event())


def test_no_credential_is_written(fresh: Path, promise: Noting) -> None:
    """Neither to a journal nor to the database, whatever it was given to."""
    met = credentials()
    log_everywhere(met)
    assert leaks(fresh, met) == []
    assert MARK in mlflow.search_runs(search_all_experiments=True)["params.api_key"].tolist()
    promise(21, "credentials × 13 places of a run", credentials=len(met), leaked=0)
    assert len(met) >= 60


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("aws_secret_access_key", "/" + "Jal7rXUtnFEMI/K7MDENG" * 2),
        ("password2", "hunter22"),
        ("API_KEY_2", "abcdefgh"),
        ("PGPASSWORD", "hunter22"),
        ("dbpassword", "hunter22"),
        ("db_pass", "hunter22!"),
        ("password", "p{4}ssw0rd!x"),
    ],
)
def test_a_name_tells(name: str, value: str) -> None:
    """Numbered, glued together, or with a value that looks like a path or a template."""
    assert masked_value(name, value) == MARK
    assert value not in masked(f"export {name.upper()}='{value}'")


@pytest.mark.parametrize(
    "text",
    [
        "abfss://training-datasets-2026@account.dfs.core.windows.net/wine",
        "wasbs://training-datasets-2026@account.blob.core.windows.net/wine",
        "docker://registry/image:v1.2@sha256:0123456789abcdef",
        "docker run -u jovyan:users image",
        "pw='0.5'",
        "host_key='region_name'",
        "account_key='customer_id'",
        "token='mean_pooling'",
        "secret_file=/scratch/me/key.txt",
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    """Containers, images, users, columns, paths."""
    assert masked(text) == text


def test_the_search_for_leaks_finds_them(
    fresh: Path, promise: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With masking off every one is there: what finds nothing above can find something."""
    monkeypatch.setenv("MLTRACK_MASK_SECRETS", "0")
    met = credentials()[::5]
    log_everywhere(met)
    assert leaks(fresh, met) == [one.text for one in met]
    promise(21, "mutation: masking turned off", caught="yes")


def test_what_cells_show_is_masked(tmp_path: Path, promise: Noting) -> None:
    """The source of a tracked cell, what it prints, its traceback; and cells around it."""
    met = credentials()
    text = "\n".join(one.text for one in met)
    comment = text.replace("\n", "\n# ")
    with open_kernel(tmp_path) as kernel:
        kernel.run(LOAD)
        kernel.run(f"text = r'''{text}'''")
        ran = kernel.run(f"%%track\npassword = '{met[0].secret}'\nprint(text)\n1/0 # {comment}")
        assert ran.error.ename == "ZeroDivisionError"
        kernel.run("%%track\nraise ValueError(text)")
    assert leaks(tmp_path, met) == []
    names = {path.name for path in tmp_path.rglob("artifacts/*")}
    assert names >= {"cell.py", "stdout.txt", "traceback.txt"}
    promise(21, "credentials in cells, outputs, tracebacks", credentials=len(met), leaked=0)


def test_a_git_remote_is_masked(fresh: Path) -> None:
    """With a password in its address, and with a token alone."""
    for address in ("https://me:{}@example.org/x.git", "https://{}@example.org/x.git"):
        secret = credentials()[2].secret
        births._git.cache_clear()
        for command in (["init", "-q"], ["config", "remote.origin.url", address.format(secret)]):
            subprocess.run(["git", *command], check=True)
        author = ["-c", "user.name=x", "-c", "user.email=x"]
        subprocess.run(["git", *author, "commit", "-qm", "x", "--allow-empty"], check=True)
        with mlflow.start_run() as run:
            pass
        assert (
            "example.org" in mlflow.get_run(run.info.run_id).data.tags["mlflow.source.git.repoURL"]
        )
        assert leaks(fresh / "mltrack.journal", [Met("remote", secret)]) == []


def test_innocent_texts_stay(promise: Noting) -> None:
    """Names and values of real notebooks: at most 2 % may be masked by mistake."""
    values = [value.partition("=") for value in INNOCENT_VALUES]
    wrong = [text for name, _, text in values if masked_value(name, text) != text]
    wrong += [line for line in INNOCENT_LINES if masked(line) != line]
    count = len(values) + len(INNOCENT_LINES)
    promise(21, "innocent texts", texts=count, masked=len(wrong))
    assert count >= 200
    assert len(wrong) <= 0.02 * count, wrong


def test_innocent_programs_stay(promise: Noting) -> None:
    """Lines of the standard library that speak of passwords, tokens and keys."""
    files = Path(getpass.__file__).parent.glob("*.py")
    lines = [line for file in files for line in file.read_text("utf-8", "replace").splitlines()]
    about = [line for line in lines if re.search("(?i)password|token|secret|key|auth", line)]
    wrong = [line for line in about if masked(line) != line]
    promise(21, "lines of the standard library", lines=len(about), masked=len(wrong))
    assert len(about) > 1_000
    assert len(wrong) <= 0.02 * len(about), wrong


def test_the_same_param_again_is_no_change() -> None:
    """Masked values are compared with masked ones, by this process and the next one."""
    with mlflow.start_run() as run:
        for _ in range(2):
            mlflow.log_param("api_key", "abcdef123456")
            mlflow.log_params({"url": "https://me:pw@example.org"})
    mlflow.MlflowClient()._known.forget()
    mlflow.MlflowClient().log_param(run.info.run_id, "api_key", "abcdef123456")
    params = mlflow.get_run(run.info.run_id).data.params
    assert params == {"api_key": "***", "url": "https://me:***@example.org"}


def test_what_the_program_is_given_back_is_whole() -> None:
    """Only what is written is masked; files that a program logs are its own."""
    with mlflow.start_run() as run:
        assert mlflow.log_param("password", "hunter2") == "hunter2"
        mlflow.log_text("password = 'hunter2'", "notes.txt")
    uri = f"runs:/{run.info.run_id}/notes.txt"
    assert mlflow.artifacts.load_text(uri) == "password = 'hunter2'"


@pytest.mark.parametrize("value", [True, None, 3, 0.5, "", "None", "${PW}", "***", "{password}"])
def test_no_credential_at_all(value: object) -> None:
    """A number, a flag, or what stands in for a credential is kept."""
    with mlflow.start_run() as run:
        mlflow.log_param("password", value)
    assert mlflow.get_run(run.info.run_id).data.params == {"password": str(value)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((name, "any") for name in ("password", "db.password", "OPENAI_API_KEY", "apiKey")),
        *((name, "any") for name in ("clientSecret", "aws_secret_access_key", "PASSWD", "ssh-key")),
        *((name, "shape") for name in ("token", "hf_token", "accessToken", "GITHUB_TOKEN")),
        *((name, None) for name in ("max_tokens", "tokenizer", "token_dropout", "key", "author")),
        *((name, None) for name in ("password_length", "pad_token", "n_tokens", "", "_", "9")),
    ],
)
def test_names(name: str, expected: str | None) -> None:
    """The last words of a name decide."""
    assert suspicion(name) == expected


PIECES = [
    *("a=", "password='", 'password="x', "k='\"", "token: a =", "password: a, ", "--password "),
    *("eyJ", "eyJaaaaaaaaa.", "SG.aaaaaaaaaaaaaaaaa.", "sk-proj-", "://", "://a:", "://a"),
    *(
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----A",
    ),
    *("Bearer a", "authorization: a ", "auth=('a','", "password '''", 'password="""', "-u a:b"),
    *(" ", "\n", "a", "a.", "-", "\\", "password='\\", "A1/", "?sig=", "[", "password]]", "{"),
]


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_long_texts_take_linear_time(piece: str) -> None:
    """No pattern backtracks at length: 900 kB of its beginnings take well under a second."""
    text = (piece * (900_000 // len(piece) + 1))[:900_000]
    start = process_time()
    masked(text)
    assert process_time() - start < 15


def test_masking_costs_little(promise: Noting) -> None:
    """A param as people log them takes some microseconds."""
    values = [value.partition("=") for value in INNOCENT_VALUES]
    start = perf_counter()
    for _ in range(20):
        for name, _, text in values:
            masked_value(name, text)
    microseconds = (perf_counter() - start) / 20 / len(values) * 1e6
    promise(21, "cost of masking a param", microseconds=round(microseconds, 1))
    assert microseconds < 20_000
