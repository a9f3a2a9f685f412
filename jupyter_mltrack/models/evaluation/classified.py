"""What a classifier said about the rows of a table, ready for metrics and plots.

Labels of any kind become places in the list of labels, which is sorted; of two labels the positive
one is the second, as in MLflow. Columns of probabilities have the order of the labels.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.evaluation.one_each import one_for_each

if TYPE_CHECKING:
    import numpy as np

_log = logging.getLogger("jupyter_mltrack")

#: Fewer labels than these are none to tell apart; with exactly these there is a positive one.
TWO = 2

#: How many labels a message lists.
_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """True and predicted labels of rows.

    Attributes:
        labels: What there is to tell apart; of two, the second is the positive one.
        targets: The place of the true label of each row, shape ``(rows,)``.
        predictions: That of the predicted one.
        probabilities: Shape ``(rows, labels)``, or None.
        weights: What each row counts, or None.
        one_of_many: Whether this is one class of several against all others.
    """

    labels: tuple[Any, ...]
    targets: np.ndarray
    predictions: np.ndarray
    probabilities: np.ndarray | None = None
    weights: np.ndarray | None = None
    one_of_many: bool = False

    @property
    def is_binary(self) -> bool:
        """Whether there are two labels, of which one is positive."""
        return len(self.labels) == TWO

    @property
    def is_complete(self) -> bool:
        """Whether there is a probability for each label."""
        return self.probabilities is not None and not self.one_of_many

    def one_against_rest(self, place: int, *, ranked: bool = True) -> Classified:
        """One label as the positive one, and all others as the negative one.

        Args:
            place: The place of the label.
            ranked: Whether the probabilities of that label are taken along.
        """
        import numpy as np

        probabilities = None
        if ranked and self.probabilities is not None:
            one = self.probabilities[:, place]
            probabilities = np.column_stack([1 - one, one])
        return replace(
            self,
            labels=("rest", self.labels[place]),
            targets=(self.targets == place).astype(int),
            predictions=(self.predictions == place).astype(int),
            probabilities=probabilities,
            one_of_many=True,
        )


def classified(
    targets: np.ndarray,
    answers: Any,
    *,
    probabilities: np.ndarray | None = None,
    classes: Sequence[Any] | None = None,
    label_list: Sequence[Any] | None = None,
    positive: Any = None,
    weights: np.ndarray | None = None,
) -> Classified:
    """What a classifier said, from its labels or from its probabilities.

    Args:
        targets: The true labels.
        answers: What the model predicted: labels; or probabilities of the positive label, or of
            every label, from which the labels then follow.
        probabilities: Those of every class, if the model tells them apart from the labels.
        classes: Which column of ``probabilities`` is which label; None is sorted.
        label_list: All labels; None takes those that occur.
        positive: The positive one of two labels; None is the greater one.
        weights: What each row counts.

    Raises:
        InvalidParameterValue: if there are fewer than two labels, or the true and the predicted
            ones cannot be compared.
    """
    import numpy as np

    truth = targets.tolist()
    if targets.dtype.kind == "f" and not (targets == targets.round()).all():
        _log.warning("The targets look like numbers, not labels: is model_type 'regressor'?")
    if probabilities is None and _are_scores(answers):
        classes = _sorted([*truth, *(label_list or ())])
        scores = np.asarray(answers)
        if scores.size == len(truth):  # one number for each row is of the positive label
            classes = _ordered(classes, positive)
        answers, probabilities = _from_scores(scores, classes)
    said = one_for_each(answers, len(truth), "predictions").tolist()
    _check_kinds(truth, said)
    extra = classes if probabilities is not None and classes is not None else ()
    labels = _ordered(_sorted(label_list or [*truth, *said, *extra]), positive)
    return Classified(
        labels=labels,
        targets=_places(truth, labels, "targets"),
        predictions=_places(said, labels, "predictions"),
        probabilities=_columns(probabilities, classes, labels, len(truth)),
        weights=weights,
    )


def _are_scores(answers: Any) -> bool:
    """Whether these are probabilities, not labels."""
    import numpy as np

    array = np.asarray(answers)
    if array.dtype.kind != "f" or array.size == 0:
        return False
    if array.ndim == TWO and array.shape[1] > 1:
        return True
    inside = bool(((array >= 0) & (array <= 1)).all())
    return inside and not bool((array == array.round()).all())


def _from_scores(scores: np.ndarray, labels: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """The labels that probabilities mean, and a column of probabilities for each label."""
    import numpy as np

    columns = scores.reshape(len(scores), -1)
    if columns.shape[1] == 1 and len(labels) == TWO:
        columns = np.column_stack([1 - columns, columns])
    if columns.shape[1] != len(labels):
        msg = (
            f"The model gives {columns.shape[1]} numbers for a row, and there are {len(labels)}"
            f" labels: {_listed(labels)}. Let it predict labels, or give all of them as"
            " evaluator_config={'label_list': [...]}."
        )
        raise InvalidParameterValue(msg)
    _log.info("The predictions are probabilities of %s; the likeliest counts.", _listed(labels))
    names = np.empty(len(labels), dtype=object)
    names[:] = labels
    return names[columns.argmax(axis=1)], columns


def _check_kinds(truth: list[Any], said: list[Any]) -> None:
    """Texts and numbers are never the same label."""
    for one, other in ((truth, said), (said, truth)):
        texts = [value for value in one if isinstance(value, str)]
        others = [value for value in other if not isinstance(value, str)]
        if texts and others:
            msg = (
                f"Targets and predictions are labels of different kinds, such as {texts[0]!r}"
                f" and {others[0]!r}. Bring them to one kind before they are compared."
            )
            raise InvalidParameterValue(msg)


def _sorted(values: Sequence[Any]) -> list[Any]:
    try:
        return sorted(set(values))
    except TypeError as error:
        msg = f"These labels cannot be sorted: {error}. Use texts, or numbers."
        raise InvalidParameterValue(msg) from error


def _ordered(labels: list[Any], positive: Any) -> tuple[Any, ...]:
    """The labels, with the positive one of two at the end."""
    if len(labels) < TWO:
        msg = (
            f"A classifier tells at least two labels apart, and the data has {_listed(labels)}"
            " alone. Name all labels: evaluator_config={'label_list': [...]}."
        )
        raise InvalidParameterValue(msg)
    if positive is not None and positive not in labels:
        msg = f"'pos_label' {positive!r} is none of the labels: {_listed(labels)}."
        raise InvalidParameterValue(msg)
    if positive is None or len(labels) > TWO:
        return tuple(labels)
    return (*(label for label in labels if label != positive), positive)


def _places(values: list[Any], labels: Sequence[Hashable], role: str) -> np.ndarray:
    import numpy as np

    places = {label: place for place, label in enumerate(labels)}
    if unknown := {value for value in values if value not in places}:
        msg = f"The {role} have labels that 'label_list' lacks: {_listed(sorted(unknown))}."
        raise InvalidParameterValue(msg)
    return np.array([places[value] for value in values], dtype=int)


def _columns(
    probabilities: np.ndarray | None,
    classes: Sequence[Any] | None,
    labels: Sequence[Any],
    rows: int,
) -> np.ndarray | None:
    """Probabilities with a column for each label, in their order; None if that cannot be told."""
    import numpy as np

    if probabilities is None:
        return None
    given = np.asarray(probabilities)
    # The width stays: scikit-learn is as exact as it.
    columns = given if given.dtype.kind == "f" else given.astype(float)
    order = list(classes) if classes is not None else sorted(labels)
    if columns.shape != (rows, len(order)):
        _log.warning("Probabilities of shape %s fit no labels and are left out.", columns.shape)
        return None
    found = {label: columns[:, place] for place, label in enumerate(order)}
    nothing = np.zeros(rows, columns.dtype)
    return np.column_stack([found.get(label, nothing) for label in labels])


def _listed(labels: Sequence[Any]) -> str:
    more = f", … ({len(labels)} in all)" if len(labels) > _LISTED else ""
    return ", ".join(repr(label)[:60] for label in labels[:_LISTED]) + more
