"""Each gate by itself: what passes, what does not, and what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.errors import InvalidParameterValue, InvalidState
from jupyter_mltrack.registry.gates import (
    BetterThan,
    Gate,
    GateResult,
    HasDescription,
    HasSignature,
    HasTag,
    MetricGate,
    OtherApprover,
    written,
)
from jupyter_mltrack.registry.gates.schemas import differences
from tests.registry.facts import Facts
from tests.registry.given import column, signature

LOWER = BetterThan("rmse", lower_is_better=True)


@pytest.fixture
def facts() -> Facts:
    """No versions yet."""
    return Facts()


@pytest.mark.parametrize(
    ("gate", "passed", "said", "wanted"),
    [
        (MetricGate("rmse", maximum=0.80), True, "0.71, wanted at most 0.8", 0.8),
        (MetricGate("rmse", maximum=0.71), True, "0.71, wanted at most 0.71", 0.71),
        (MetricGate("rmse", maximum=0.5), False, "0.71, wanted at most 0.5", 0.5),
        (MetricGate("rmse", 0.75), False, "0.71, wanted at least 0.75", 0.75),
        (MetricGate("rmse", 0, 0.5), False, "0.71, wanted at least 0 and at most 0.5", 0.5),
        (MetricGate("rmse", 0.9, 2), False, "0.71, wanted at least 0.9 and at most 2", 0.9),
        (MetricGate("rmse", maximum=0.7099999), False, "0.71, wanted at most 0.7099999", 0.7099999),
    ],
)  # fmt: skip
def test_a_metric_lies_within_limits(
    facts: Facts, gate: MetricGate, passed: bool, said: str, wanted: float
) -> None:
    """The answer has both numbers; two that differ never look the same."""
    result = gate.check(facts.add(rmse=0.71), facts)
    assert result == GateResult(
        gate="MetricGate", passed=passed, said=f"rmse {said}", wanted=wanted, found=0.71
    )


def test_a_metric_that_is_missing_fails(facts: Facts) -> None:
    """The answer names those there are, or says that there is no run."""
    gate, found = MetricGate("rmse", maximum=1), facts.add(mae=1, r2=0.5)
    result = gate.check(found, facts)
    assert "has no metric 'rmse' (it has: mae, r2), wanted at most 1" in result.said
    assert (result.passed, result.found, result.wanted) == (False, None, 1)
    facts.runs.clear()
    assert "was removed" in gate.check(found, facts).said
    bare = gate.check(ModelVersion("prices", 7, 1), facts)
    assert (bare.passed, "came from no run" in bare.said) == (False, True)


def test_nan_is_within_no_limits(facts: Facts) -> None:
    """JSON gets None for it."""
    result = MetricGate("rmse", maximum=0.8).check(facts.add(rmse=float("nan")), facts)
    assert (result.passed, result.found) == (False, None)
    assert result.said == "rmse nan, wanted at most 0.8"


def test_nothing_to_compare_with_passes(facts: Facts) -> None:
    """Also a version that is in the stage itself: it is compared with others only."""
    assert LOWER.check(facts.add(rmse=0.7), facts).said == "no other version is in Production"
    assert LOWER.check(facts.add("Production", rmse=0.7), facts).passed


@pytest.mark.parametrize(
    ("gate", "value", "passed"),
    [
        (LOWER, 0.61, True),
        (LOWER, 0.71, False),
        (LOWER, float("nan"), False),
        (BetterThan("rmse", lower_is_better=True, margin=0.1), 0.61, True),
        (BetterThan("rmse", lower_is_better=True, margin=0.2), 0.61, False),
        (BetterThan("rmse", lower_is_better=False), 0.61, False),
        (BetterThan("rmse", lower_is_better=False), 0.81, True),
        (BetterThan("rmse", "Staging", lower_is_better=True), 0.91, True),
    ],
)
def test_better_than_the_current_one(
    facts: Facts, gate: BetterThan, value: float, passed: bool
) -> None:
    """By anything, or by the margin at least."""
    facts.add("Production", rmse=0.71)
    assert gate.check(facts.add(rmse=value), facts).passed is passed


def test_both_numbers_are_said(facts: Facts) -> None:
    """And which version the other one is of, and by how much it should be better."""
    facts.add("Production", rmse=0.71)
    result = BetterThan("rmse", lower_is_better=True, margin=0.2).check(facts.add(rmse=0.61), facts)
    said = "rmse 0.61, wanted below the 0.71 of version 1 in Production by at least 0.2"
    assert result.said == said
    assert (result.found, result.wanted) == (0.61, pytest.approx(0.51))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("d2", "version 2 was measured on other data than version 1: digests d2 and d1"),
        (None, "version 2 cannot be compared: its run has no dataset"),
    ],
)
def test_other_data_cannot_be_compared(facts: Facts, data: str | None, said: str) -> None:
    """A better number on other data is no better number."""
    facts.add("Production", rmse=0.71)
    result = LOWER.check(facts.add(data=data, rmse=0.1), facts)
    assert not result.passed
    assert said in result.said
    assert (result.found, result.wanted) == (0.1, 0.71)


def test_the_current_one_has_no_such_metric(facts: Facts) -> None:
    """Then nothing can be compared, and the answer says with whom."""
    facts.add("Production", mae=0.71)
    result = LOWER.check(facts.add(rmse=0.1), facts)
    assert not result.passed
    assert "has no metric 'rmse' (it has: mae)" in result.said


@pytest.mark.parametrize(
    ("gate", "passed", "said"),
    [
        (HasDescription(), True, "it has a description"),
        (HasTag("tests"), True, "the tag 'tests' is 'green'"),
        (HasTag("tests", "green"), True, "the tag 'tests' is 'green', wanted 'green'"),
        (HasTag("tests", "red"), False, "the tag 'tests' is 'green', wanted 'red'"),
        (HasTag("lint"), False, "it has no tag 'lint'"),
    ],
)
def test_a_description_and_tags(facts: Facts, gate: Gate, passed: bool, said: str) -> None:
    """They must be there, and the tag have the value."""
    result = gate.check(facts.add(description="Ridge", tags={"tests": "green"}), facts)
    assert (result.passed, result.said) == (passed, said)


@pytest.mark.parametrize("text", [None, "", " "])
def test_no_description(facts: Facts, text: str | None) -> None:
    """An empty one is none."""
    assert not HasDescription().check(facts.add(description=text), facts).passed


def test_another_user_must_move_it(facts: Facts) -> None:
    """The uid tells them apart, the names are for the reader."""
    by_ada, by_bob = OtherApprover().check(facts.add(), facts), facts.add()
    assert not by_ada.passed
    assert "registered by ada (uid 1001), moved by ada (uid 1001)" in by_ada.said
    assert OtherApprover().check(by_bob, facts).passed


def test_a_signature_must_be_there(facts: Facts) -> None:
    """Without one, or with a damaged file, nothing passes."""
    gate = HasSignature(compatible_with=None)
    bare, broken = gate.check(facts.add(), facts), gate.check(facts.add(signed="torn"), facts)
    assert (bare.passed, "has no signature" in bare.said) == (False, True)
    assert (broken.passed, broken.said) == (False, "the signature cannot be read: torn")
    signed = gate.check(facts.add(signed=signature(column("rooms"))), facts)
    assert (signed.passed, signed.said) == (True, "it has a signature")


def test_a_signature_must_fit_the_current_one(facts: Facts) -> None:
    """The answer says what is in the way."""
    facts.add("Production", signed=signature(column("rooms"), column("age", required=False)))
    same = facts.add(signed=signature(column("rooms")))
    other = facts.add(signed=signature(column("rooms", "string"), column("city")))
    assert HasSignature().check(same, facts).said == "its signature fits version 1 in Production"
    result = HasSignature().check(other, facts)
    assert not result.passed
    assert "the input 'rooms' is string, was double" in result.said
    assert "the new input 'city' (double) is required" in result.said


def test_the_current_one_has_no_signature(facts: Facts) -> None:
    """Then there is nothing that it could not fit."""
    facts.add("Production")
    result = HasSignature().check(facts.add(signed=signature(column("rooms"))), facts)
    assert result.passed
    assert "version 1 in Production has none to fit" in result.said


TENSOR = {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}}
WIDER = {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 4]}}


@pytest.mark.parametrize(
    ("own", "other", "unlike"),
    [
        (signature(column("a")), signature(column("a")), 0),
        (signature(column("b"), column("a")), signature(column("a"), column("b")), 0),
        (signature(column("a"), column("b", required=False)), signature(column("a")), 0),
        (signature(column("a")), signature(column("a"), column("b", required=False)), 0),
        (signature(column("a")), signature(column("a"), column("b")), 1),
        (signature(column("a"), column("b")), signature(column("a")), 1),
        (signature(column("a")), signature(column("a", required=False)), 1),
        (signature(column("a", "long")), signature(column("a")), 1),
        (signature(column("a"), output={"type": "long"}), signature(column("a")), 1),
        (signature({"type": "double"}), signature({"type": "double", "optional": False}), 0),
        (signature({"type": "double"}), signature({"type": "double"}, {"type": "long"}), 1),
        (signature(TENSOR), signature(TENSOR), 0),
        (signature(WIDER), signature(TENSOR), 1),
        ({"inputs": None, "outputs": None}, signature(column("a")), 2),
    ],
)
def test_what_fits(own: dict[str, Any], other: dict[str, Any], unlike: int) -> None:
    """A caller of the old model can call the new one, and gets the same back."""
    assert len(differences(own, other)) == unlike


@pytest.mark.parametrize("text", ["[", "{}", "[1]", 5, "[" * 100_000])
def test_a_damaged_schema_is_refused(text: object) -> None:
    """Whatever a file says, the answer is a clear error."""
    with pytest.raises(InvalidParameterValue, match="no list of columns"):
        differences({"inputs": text}, signature(column("a")))


@pytest.mark.parametrize(
    "make",
    [
        lambda: MetricGate("rmse"),
        lambda: MetricGate("", maximum=1),
        lambda: MetricGate("rmse", maximum=float("nan")),
        lambda: MetricGate("rmse", maximum="1"),
        lambda: MetricGate("rmse", maximum=True),
        lambda: MetricGate("rmse", 2, 1),
        lambda: BetterThan("rmse", lower_is_better=1),
        lambda: BetterThan("rmse", lower_is_better=True, margin=-1),
        lambda: BetterThan("rmse", lower_is_better=True, margin=None),
        lambda: BetterThan("rmse", "", lower_is_better=True),
        lambda: HasSignature(""),
        lambda: HasTag(""),
        lambda: HasTag("tests", 1),
    ],
)
def test_a_gate_that_makes_no_sense_is_refused(make: Callable[[], Gate]) -> None:
    """It cannot even be made."""
    with pytest.raises(InvalidParameterValue):
        make()


def test_gates_come_back_from_the_trail() -> None:
    """Every kind, as JSON and back; what this release does not know is no silent pass."""
    gates = [
        MetricGate("rmse", maximum=0.8),
        BetterThan("rmse", "Staging", lower_is_better=False, margin=0.1),
        HasSignature(None),
        HasDescription(),
        HasTag("tests", "green"),
        OtherApprover(),
    ]
    assert {type(gate).__name__ for gate in gates} == set(written.KINDS)
    assert written.from_data(json.loads(str(written.to_json(gates)))) == gates
    for unknown in ([{"gate": "Later"}], [{"gate": "HasTag", "more": 1}], ["HasTag"], {"gate": 1}):
        with pytest.raises(InvalidState, match="again"):
            written.from_data(unknown)
