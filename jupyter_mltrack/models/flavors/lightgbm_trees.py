"""Whether the trees of a Booster stay in bounds: LightGBM itself does not look when it predicts.

The fields are those of LightGBM's text: ``Tree::ToString`` in its ``src/io/tree.cpp``, and
``GBDT::SaveModelToString`` in ``src/boosting/gbdt_model_text.cpp``.
"""

from __future__ import annotations

import re
from itertools import pairwise

from jupyter_mltrack.errors import InvalidParameterValue

_TREE = re.compile(r"^Tree=\d+$", re.MULTILINE)
_END = "\nend of trees"

#: The bit of a decision that says it is one between categories.
_CATEGORICAL = 1

Fields = dict[str, str]


def check_trees(text: str) -> None:
    """Return if no tree leads out of itself, in circles, or to something that is not there.

    Args:
        text: A model as LightGBM writes it.

    Raises:
        InvalidParameterValue: for the first fault.
    """
    head, *trees = _TREE.split(text.partition(_END)[0])
    try:
        fault = _fault_of_head(_fields(head), len(trees))
        features = int(_fields(head)["max_feature_idx"]) + 1
        for number, tree in enumerate(trees):
            fault = fault or _fault_of_tree(number, _fields(tree), features)
    except (KeyError, ValueError) as error:
        fault = f"it lacks a value, or has one that is none: {error}"
    if fault:
        msg = f"The model of LightGBM is damaged: {fault}."
        raise InvalidParameterValue(msg)


def _fault_of_head(head: Fields, trees: int) -> str | None:
    """What is wrong with the numbers of classes and trees, or None."""
    classes, per_round = int(head["num_class"]), int(head["num_tree_per_iteration"])
    said = re.search(r"\bnum_class:(\d+)", head.get("objective", ""))
    if classes < 1 or per_round != classes or (said and int(said[1]) != classes):
        return "it has different numbers of classes"
    return "it lacks trees" if trees % per_round else None


def _fault_of_tree(number: int, tree: Fields, features: int) -> str | None:
    """What is wrong with a tree, or None."""
    leaves = int(tree["num_leaves"])
    if leaves < 1 or len(_numbers(tree, "leaf_value")) != leaves:
        return f"tree {number} has other leaves than it says"
    if leaves > 1 and (fault := _fault_of_splits(tree, leaves, features)):
        return f"tree {number} {fault}"
    if int(tree.get("is_linear", "0")) and not _are_linear_leaves_sound(tree, leaves, features):
        return f"tree {number} has leaves that ask for a feature that there is not"
    return None


def _fault_of_splits(tree: Fields, leaves: int, features: int) -> str | None:
    names = ("left_child", "right_child", "split_feature", "decision_type")
    left, right, splits, kinds = (_whole_numbers(tree, name) for name in names)
    thresholds = _numbers(tree, "threshold")
    if {len(each) for each in (left, right, splits, kinds, thresholds)} != {leaves - 1}:
        return "has lists of different lengths"
    if not all(0 <= feature < features for feature in splits):
        return "asks for a feature that there is not"
    chosen = [at for kind, at in zip(kinds, thresholds, strict=True) if kind & _CATEGORICAL]
    if chosen and not _are_categories_sound(tree, chosen):
        return "asks for categories that there are not"
    return _fault_of_shape(left, right, leaves)


def _fault_of_shape(left: list[int], right: list[int], leaves: int) -> str | None:
    """A child is a node from 0 up, or a leaf from -1 down."""
    waiting, seen = [0], 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if seen >= leaves:
            return "leads in a circle"
        children = (left[node], right[node])
        if not all(-leaves <= child < leaves - 1 for child in children):
            return "leads out of itself"
        waiting += [child for child in children if child >= 0]
    return None


def _are_categories_sound(tree: Fields, chosen: list[float]) -> bool:
    """Whether each decision between categories has its bits within ``cat_threshold``."""
    bounds, bits = _whole_numbers(tree, "cat_boundaries"), tree["cat_threshold"].split()
    is_rising = all(low <= high for low, high in pairwise(bounds))
    is_within = bool(bounds) and bounds[0] >= 0 and bounds[-1] <= len(bits)
    return is_rising and is_within and all(0 <= at < len(bounds) - 1 for at in chosen)


def _are_linear_leaves_sound(tree: Fields, leaves: int, features: int) -> bool:
    """Whether each leaf with a linear model has its features and factors."""
    counts = _whole_numbers(tree, "num_features")
    asked = _whole_numbers(tree, "leaf_features")
    sizes = {sum(counts), len(asked), len(_numbers(tree, "leaf_coeff"))}
    return (
        len(counts) == len(_numbers(tree, "leaf_const")) == leaves
        and len(sizes) == 1
        and all(count >= 0 for count in counts)
        and all(0 <= feature < features for feature in asked)
    )


def _fields(block: str) -> Fields:
    pairs = (line.split("=", 1) for line in block.splitlines() if "=" in line)
    return dict(pairs)


def _numbers(tree: Fields, name: str) -> list[float]:
    return [float(each) for each in tree[name].split()]


def _whole_numbers(tree: Fields, name: str) -> list[int]:
    return [int(each) for each in tree[name].split()]
