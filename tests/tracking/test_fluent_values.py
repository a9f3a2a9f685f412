"""What is logged comes back as it was logged, or is refused with the reason."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import MlflowException
from tests.reliability import Noting

pytestmark = pytest.mark.usefixtures("fresh")


class Tensor:
    """A number of another library: it has `item`, as those of torch and JAX."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def item(self) -> Any:
        """The number."""
        return self.value


METRICS: list[tuple[Any, float]] = [
    (0.1, 0.1),
    (-0.0, -0.0),
    (math.nan, math.nan),
    (math.inf, math.inf),
    (-math.inf, -math.inf),
    (5e-324, 5e-324),
    (1.7976931348623157e308, 1.7976931348623157e308),
    (2**53 + 1, float(2**53 + 1)),
    (10**300, 1e300),
    (True, 1.0),
    ("0.5", 0.5),
    ("nan", math.nan),
    (Decimal("0.1"), 0.1),
    (Fraction(1, 3), 1 / 3),
    (np.float32(0.1), float(np.float32(0.1))),
    (np.float64("nan"), math.nan),
    (np.int64(-7), -7.0),
    (np.uint8(255), 255.0),
    (np.bool_(False), 0.0),  # noqa: FBT003
    (np.array(1.5), 1.5),
    (np.array([2.5]), 2.5),
    (np.longdouble("0.1"), 0.1),
    (0.1 + 0.2, 0.1 + 0.2),
    (2**63 - 1, float(2**63 - 1)),
    (-(2**63), -float(2**63)),
    (2.2250738585072014e-308, 2.2250738585072014e-308),
    (-5e-324, -5e-324),
    (1 - 2**-53, 1 - 2**-53),
    (np.float16(65504), 65504.0),
    (np.float32(1e-45), float(np.float32(1e-45))),
    (np.float64(-0.0), -0.0),
    (np.array([[math.inf]]), math.inf),
    (np.datetime64(7, "s").astype(int), 7.0),
    (Tensor(0.25), 0.25),
    (Tensor(math.nan), math.nan),
    (Tensor(True), 1.0),  # noqa: FBT003
    (Decimal("-Infinity"), -math.inf),
    (Decimal("1e-320"), 1e-320),
    ("1e-5", 1e-5),
    (" 7 ", 7.0),
    ("-Infinity", -math.inf),
    ("1_000", 1000.0),
]

TEXTS = [
    "",
    " ",
    " both sides ",
    "été 数 Ω ﷽",
    "😀👩‍👩‍👧‍👦",
    "a\nb\tc\rd",
    "nul \x00 and \x1f",
    "\u2028 \u2029 \ufeff \u200f",
    "\"quotes\" 'and' `ticks` \\n \\",
    "'; DROP TABLE runs; --",
    "<script>alert(1)</script>",
    '{"json": [1, null]}',
    "NULL",
    "None",
    "NaN",
    '","c":123}\n{"op":"tag"',
    "%s %(a)s {0} $1 ?",
    "\U0010ffff\uffff\ue000",
    *(chr(plane << 16 | 0x1234) + "x" for plane in range(17)),
    "\u202eright to left\u202c שלום עולם مرحبا",
    "e\u0301 is not \u00e9; \u212b \u00c5 A\u030a; ﬁ fi; \uff21\uff22 AB",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "\x7f\x80\x9f\xa0\xad",
    "\ufeff",
    "\ufdd0\ufffe\ufffd",
    "🏳️‍🌈🇪🇺👨🏿‍🚀",
    "a" * 100_000,
    "\n" * 1000,
    "\x00",
    "-0",
    "1e400",
    "[1, 2]",
    "2026-05-03",
    "0x10",
    "true",
]

NAMES = [
    *("a/b/c", "with space", "été 数", "a.b-c_d:e", "ǅ", "٣", "x" * 250, "op", "value", "NULL"),
    *("Loss", "loss", "LOSS", "\u00e9", "ﬁ", "fi", "ß", "ss", "\u0131", "i", "İ", "K", "\u212a"),
    *(
        "数" * 250,
        "שלום",
        "مرحبا",
        "\U0001d54f",
        "𠮷",
        "-",
        "_",
        ":",
        ".a",
        "a.",
        "select",
        "run_id",
        "0",
    ),
]

#: What no path of an artifact holds.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")

#: Names that are refused, and the reason; the same for metrics, params and tags.
REFUSED_NAMES = [
    *((name, "may only contain") for name in ("😀", "e\u0301", "a\nb", "a\x00b", "a'b", 'a"b')),
    *(
        (name, "may only contain")
        for name in ("a`b", "a\\b", "", "a\u200bb", "\ud800", "a;b", "a%b")
    ),
    *(
        (name, "must not resolve")
        for name in ("/a", "a//b", "../a", "..", ".", "a/../b", "a/", "./a")
    ),
    *((name, "maximum length") for name in ("x" * 251, "数" * 251)),
    *((name, "is a string") for name in (None, 7, b"a", ["a"])),
]

STEPS = [0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63), np.int32(5), 3.0]


def same(one: float, two: float) -> bool:
    """Equal to the last bit, NaN and the sign of zero included."""
    both_nan = math.isnan(one) and math.isnan(two)
    return both_nan or (one == two and math.copysign(1, one) == math.copysign(1, two))


def test_metrics_come_back(promise: Noting) -> None:
    """As the latest value, in the history, in the frame of a search and in SQL."""
    keys = {f"m{n}": pair for n, pair in enumerate(METRICS)}
    with mlflow.start_run() as run:
        for key, (value, _) in keys.items():
            mlflow.log_metric(key, value)
        mlflow.log_metrics({f"batch/{key}": value for key, (value, _) in keys.items()})
    latest = mlflow.get_run(run.info.run_id).data.metrics
    frame = mlflow.search_runs()
    in_sql = dict(mlflow.MlflowClient().store.rows("SELECT key, value FROM metrics"))
    for key, (value, expected) in keys.items():
        columns = latest[key], latest[f"batch/{key}"], frame[f"metrics.{key}"][0], in_sql[key]
        assert all(same(found, expected) for found in columns), (value, columns)
    promise(12, "values of metrics × entity, frame, SQL", values=len(METRICS), changed=0)
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "m2")
    assert math.isnan(history[0].value)


def test_texts_come_back(promise: Noting) -> None:
    """As params, tags and experiment tags; in entity, frame and SQL."""
    experiment = mlflow.create_experiment("t", tags={f"k{n}": t for n, t in enumerate(TEXTS)})
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_params({f"p{n}": text for n, text in enumerate(TEXTS)})
        mlflow.set_tags({f"t{n}": text for n, text in enumerate(TEXTS)})
    data = mlflow.get_run(run.info.run_id).data
    tags = mlflow.get_experiment(experiment).tags
    frame = mlflow.search_runs([experiment])
    in_sql = dict(mlflow.MlflowClient().store.rows("SELECT key, value FROM params"))
    for n, text in enumerate(TEXTS):
        found = data.params[f"p{n}"], data.tags[f"t{n}"], tags[f"k{n}"], in_sql[f"p{n}"]
        assert {*found, frame[f"params.p{n}"][0], frame[f"tags.t{n}"][0]} == {text}
    promise(12, "texts × params, tags × entity, frame, SQL", texts=len(TEXTS), changed=0)


def test_names_of_runs_and_experiments_come_back() -> None:
    """They are free text; an empty name of a run is none."""
    texts = [text for text in TEXTS if text.strip()]
    for text in texts:
        mlflow.MlflowClient().create_run("0", run_name=text)
    mlflow.create_experiment(texts[-1])
    found = mlflow.search_runs(output_format="list", order_by=["start_time", "run_id"])
    assert sorted(run.info.run_name for run in found) == sorted(texts)  # type: ignore[union-attr]
    assert mlflow.get_experiment_by_name(texts[-1]) is not None


def test_keys_come_back(promise: Noting) -> None:
    """Slashes, spaces, letters of any script and case; one name for all three kinds."""
    with mlflow.start_run() as run:
        for name in NAMES:
            mlflow.log_metric(name, 1)
            mlflow.log_param(name, name)
            mlflow.set_tag(name, name)
    data = mlflow.get_run(run.info.run_id).data
    assert data.metrics == dict.fromkeys(NAMES, 1.0)
    assert data.params == {name: name for name in NAMES}
    assert {name: name for name in NAMES}.items() <= data.tags.items()
    frame = mlflow.search_runs()
    assert {f"{kind}.{name}" for kind in ("metrics", "params", "tags") for name in NAMES} <= {
        *frame
    }
    asked = mlflow.MlflowClient().store.rows("SELECT key FROM metrics")
    assert {key for (key,) in asked} == set(NAMES)
    promise(12, "names × metric, param, tag", names=len(NAMES), changed=0)


def test_refused_names_say_why(promise: Noting) -> None:
    """At all three kinds alike, and nothing of them is kept."""
    with mlflow.start_run() as run:
        for name, reason in REFUSED_NAMES:
            for log in (mlflow.log_metric, mlflow.log_param, mlflow.set_tag):
                with pytest.raises(MlflowException, match=reason):
                    log(name, 1)  # type: ignore[arg-type,operator]
    data = mlflow.get_run(run.info.run_id).data
    assert data.metrics == data.params == {}
    promise(12, "names refused with a reason", names=len(REFUSED_NAMES), kept=0)


def test_artifact_names_come_back(promise: Noting) -> None:
    """As a file of exactly this name; names that differ by case or normal form are two files."""
    refused = [text for text in TEXTS if _FORBIDDEN.search(text) or not text]
    refused += ["x" * 256, "数" * 90, "\ud800", "..", "a/../b", "/a"]
    names = [text for text in TEXTS if text not in refused and "/" not in text and len(text) < 99]
    names += ["e\u0301", "\u00e9", "A", "a", "x" * 255]
    with mlflow.start_run() as run:
        for name in names:
            mlflow.log_text(name, f"{name}/{name}")
        for name in refused:
            with pytest.raises(MlflowException, match="artifact path"):
                mlflow.log_text("x", name)
    client = mlflow.MlflowClient()
    assert {one.path for one in client.list_artifacts(run.info.run_id)} == set(names)
    noted = {path for (path,) in client.store.rows("SELECT path FROM artifacts")}
    assert noted == {f"{name}/{name}" for name in names}
    with client.store.reading():
        for name in names:
            assert client.load_text(run.info.run_id, f"{name}/{name}") == name
    promise(12, "names of artifacts", names=len(names), changed=0, refused=len(refused))


def test_a_store_that_rounds_would_be_noticed(promise: Noting) -> None:
    """What compares values tells a last bit, the sign of zero and NaN apart."""
    pairs = [
        (0.1 + 0.2, 0.3),
        (-0.0, 0.0),
        (math.nan, 0.0),
        (1e-320, 0.0),
        (float(2**63), 2.0**63 - 1025),
    ]
    assert not any(same(one, two) for one, two in pairs)
    promise(12, "mutation: rounded, flushed or signless values", caught="yes")


def test_steps_come_back() -> None:
    """Negative ones and the largest of 64 bits; the latest value is that of the highest."""
    with mlflow.start_run() as run:
        for n, step in enumerate(STEPS):
            mlflow.log_metric("m", n, step=step)  # type: ignore[arg-type]
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "m")
    assert [point.step for point in history] == [int(step) for step in STEPS]
    assert mlflow.get_run(run.info.run_id).data.metrics == {"m": STEPS.index(2**63 - 1)}


def test_a_value_of_900_kb_comes_back() -> None:
    """Nothing is cut off, as MLflow does after 6,000 characters."""
    long = "é" * 450_000
    with mlflow.start_run() as run:
        mlflow.log_param("p", long)
        mlflow.set_tag("t", "x" * 900_000)
    data = mlflow.get_run(run.info.run_id).data
    assert data.params["p"] == long
    assert len(data.tags["t"]) == 900_000


REFUSED: list[tuple[Any, str]] = [
    (lambda: mlflow.log_metric("m", None), "Missing value"),  # type: ignore[arg-type]
    (lambda: mlflow.log_metric("m", 1j), "valid double"),  # type: ignore[arg-type]
    (lambda: mlflow.log_metric("m", np.zeros(2)), "valid double"),  # type: ignore[arg-type]
    (lambda: mlflow.log_metric("m", 1, step=2**63), "64 bits"),
    (lambda: mlflow.log_metric("m", 1, timestamp=-1), "ms since 1970"),
    (lambda: mlflow.log_metric(["m"], 1), "is a string, not list"),  # type: ignore[arg-type]
    (lambda: mlflow.log_param(1, 1), "is a string, not int"),  # type: ignore[arg-type]
    (lambda: mlflow.log_param("p", "x" * 900_001), "log_text"),
    (lambda: mlflow.log_param("p", "\x00" * 900_000), "log_text"),
    (lambda: mlflow.log_param("p", Path("caf\udce9")), "surrogate"),
    (lambda: mlflow.set_tag("t", "\ud83d"), "surrogate"),
    (lambda: mlflow.set_tag("t\ud83d", "x"), "may only contain"),
    (lambda: mlflow.log_metric("m@", 1), "may only contain"),
    (lambda: mlflow.create_experiment("\udfff"), "surrogate"),
    (lambda: mlflow.MlflowClient().create_run("0", run_name="\udfff"), "surrogate"),
]


def test_what_is_refused_says_why_and_leaves_no_trace() -> None:
    """The run goes on, and holds nothing of it."""
    with mlflow.start_run() as run:
        before = mlflow.get_run(run.info.run_id)
        for log, reason in REFUSED:
            with pytest.raises(MlflowException, match=reason) as caught:
                log()
            assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
        assert mlflow.get_run(run.info.run_id) == before
        mlflow.log_metric("m", 1)
    assert mlflow.get_run(run.info.run_id).data.metrics == {"m": 1}


def test_whatever_has_a_text_can_be_a_param() -> None:
    """Objects are stored as `str` shows them; one whose text fails raises its own error."""

    class Odd:
        def __str__(self) -> str:
            msg = "no text"
            raise RuntimeError(msg)

    with mlflow.start_run() as run:
        assert mlflow.log_param("array", np.arange(3)) is not None
        mlflow.log_param("type", int)
        with pytest.raises(RuntimeError, match="no text"):
            mlflow.log_param("odd", Odd())
    assert mlflow.get_run(run.info.run_id).data.params == {
        "array": "[0 1 2]",
        "type": "<class 'int'>",
    }
