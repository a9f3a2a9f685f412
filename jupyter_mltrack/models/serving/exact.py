"""Numbers of JSON in a type of NumPy, if they stay the same numbers.

``2.0`` may be an integer and ``1.5`` may not, where MLflow's server cuts it to 1; ``1e300`` is no
``float32``. A float may lose digits, as every decimal fraction does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.models.types.casting import EXACT_INTEGERS

if TYPE_CHECKING:
    import numpy as np


def floats(values: Any, dtype: Any) -> np.ndarray:
    """Numbers, texts that are numbers, and None for a missing one, as floats.

    Raises:
        TypeError: or ValueError or OverflowError, if something is no number or too large.
    """
    import numpy as np

    wide = np.array(values, dtype=np.float64)
    with np.errstate(over="ignore"):
        narrow = wide.astype(dtype, copy=False)
    if narrow is not wide and bool((np.isinf(narrow) & np.isfinite(wide)).any()):
        msg = f"a value is too large for {np.dtype(dtype).name}"
        raise OverflowError(msg)
    return narrow


def integers(values: Any, dtype: Any) -> np.ndarray:
    """Integers, floats that are whole, and texts of integers.

    Raises:
        TypeError: or ValueError or OverflowError, if something is none, is missing, or too large.
    """
    import numpy as np

    given = np.array(values)
    if given.dtype.kind == "U" or (given.dtype.kind == "f" and _are_whole(given)):
        given = given.astype(np.int64)
    elif given.dtype.kind not in "iub" and given.size:
        msg = "a value is missing or is no integer"
        raise ValueError(msg)
    made = given.astype(dtype)
    if not bool((made == given).all()):
        msg = f"a value is too large for {np.dtype(dtype).name}"
        raise OverflowError(msg)
    return made


def _are_whole(values: np.ndarray) -> bool:
    """Whether floats are integers, all of them without doubt."""
    import numpy as np

    limit = EXACT_INTEGERS[8]
    return bool((np.isfinite(values) & (values == np.trunc(values)) & (abs(values) <= limit)).all())
