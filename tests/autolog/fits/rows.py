"""The rows that the trainings learn from."""

from __future__ import annotations

import numpy as np

_random = np.random.default_rng(7)

X = _random.normal(size=(60, 4)).astype("float32")
Y = X @ np.array([1.0, -2.0, 0.5, 0.0]) + _random.normal(scale=0.1, size=60)
CLASSES = (Y.mean() < Y).astype(int)
THREE = np.digitize(Y, np.quantile(Y, [0.3, 0.6]))
NAMES = ["age", "height", "weight", "a name that is long"]
