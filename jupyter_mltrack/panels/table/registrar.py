"""What *Register* opens: the model registry supplies it; without one the action is not offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from jupyter_mltrack.tracking.client import TrackingClient

if TYPE_CHECKING:
    from ipywidgets import Widget


class Registrar(Protocol):
    """Opens what registers models of runs."""

    def __call__(self, client: TrackingClient, run_ids: Sequence[str]) -> Widget:
        """A panel that is put below the table."""
        ...


_supplied: list[Registrar] = []


def supply(registrar: Registrar | None) -> None:
    """Say what *Register* opens from now on, in tables that are made later; None takes it away."""
    _supplied[:] = [] if registrar is None else [registrar]


def supplied() -> Registrar | None:
    """What *Register* opens; None if there is nothing."""
    return _supplied[0] if _supplied else None
