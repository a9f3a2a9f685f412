"""Whether the trees of a Booster stay in bounds: XGBoost itself does not look when it predicts.

The fields are those of XGBoost's JSON: https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html.
"""

from __future__ import annotations

import json
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue

#: The child of a leaf.
_NONE = -1


def check_trees(booster: Any) -> None:
    """Return if no tree leads out of itself, in circles, or to a feature that is not there.

    Args:
        booster: Of XGBoost. Writing it out may crash if it is not in order, so this is for a
            process that may.

    Raises:
        InvalidParameterValue: for the first tree that does.
    """
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    features = int(learner["learner_model_param"]["num_feature"])
    gradient = learner["gradient_booster"]
    model = gradient.get("gbtree", gradient).get("model", {})
    param = learner["learner_model_param"]
    groups = max(1, int(param["num_class"]), int(param.get("num_target", 1)))
    for number, tree in enumerate(model.get("trees", ())):
        if fault := _fault(tree, features):
            msg = f"The tree {number} of the model {fault}."
            raise InvalidParameterValue(msg)
    if any(not 0 <= group < groups for group in model.get("tree_info", ())):
        msg = f"The model has trees for more than its {groups} classes."
        raise InvalidParameterValue(msg)


def _fault(tree: dict[str, Any], features: int) -> str | None:
    """What is wrong with a tree, or None."""
    left, right = tree["left_children"], tree["right_children"]
    splits = tree["split_indices"]
    count = int(tree["tree_param"]["num_nodes"])
    if not len(left) == len(right) == len(splits) == count > 0:
        return "has lists of different lengths"
    waiting, seen = [0], 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if seen > count:
            return "leads in a circle"
        children = [left[node], right[node]]
        if children[0] == _NONE:
            continue
        if not all(0 < child < count for child in children):
            return "leads out of itself"
        if not 0 <= splits[node] < features:
            return "asks for a feature that there is not"
        waiting += children
    return None
