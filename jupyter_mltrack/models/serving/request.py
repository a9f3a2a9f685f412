"""What a request asks a model, once it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringRequest:
    """Data and parameters for ``predict``.

    Attributes:
        data: A DataFrame, an array, a dict of arrays, or what the request says, as it is.
        params: Parameters of ``predict``, or None.
    """

    data: Any
    params: dict[str, Any] | None = None
