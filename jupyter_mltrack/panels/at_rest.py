"""What stays of a panel in a saved notebook."""

from __future__ import annotations

from typing import Any


class AtRest:
    """Leaves a twin beside a widget, for viewers that have no widgets; stands before its class.

    A subclass overrides `html` and `text`.
    """

    def html(self) -> str:
        """The panel at rest: HTML of at most 15 kB, no script, every text escaped."""
        raise NotImplementedError

    def text(self) -> str:
        """The panel as plain text."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        found = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]  # that of the widget
        data, metadata = found if isinstance(found, tuple) else (found or {}, {})
        return data | {"text/html": self.html(), "text/plain": self.text()}, metadata

    def __repr__(self) -> str:
        return self.text()
