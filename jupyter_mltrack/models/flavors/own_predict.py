"""Models whose own ``predict`` takes the data as it comes: all that pyfunc needs of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class OwnPredict:
    """A model as a function that calls its ``predict``.

    Args:
        model: Anything with ``predict(data)``.
    """

    model: Any

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What the model's own ``predict`` says; ``params`` mean nothing to it, as in MLflow."""
        del params
        return self.model.predict(data)
