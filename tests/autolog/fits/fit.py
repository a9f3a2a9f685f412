"""One training that MLflow's autolog and ours watch alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fit:
    """A training, and the options of ``autolog`` under which it is watched."""

    train: Callable[[], Any]
    options: dict[str, Any] = field(default_factory=dict)
