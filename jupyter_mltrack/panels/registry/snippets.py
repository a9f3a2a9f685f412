"""The lines of Python that load a version of a registered model."""

from __future__ import annotations

from datetime import UTC, datetime


def load_snippet(name: str, target: str, at: int | None = None) -> str:
    """Code that loads a version.

    Args:
        name: The registered model.
        target: A version or a stage.
        at: As of this instant, in ms since 1970; None is now.

    >>> print(load_snippet("wine", "Production"))
    import jupyter_mltrack as mlt
    <BLANKLINE>
    model = mlt.pyfunc.load_model('models:/wine/Production')
    """
    uri = f"models:/{name}/{target}"
    if at is not None:  # also a number: the version may be deleted since, or the model renamed
        uri += f"@{_instant(at)}"
    return f"import jupyter_mltrack as mlt\n\nmodel = mlt.pyfunc.load_model({uri!r})"


def _instant(at: int) -> str:
    """Local time with its zone: the same millisecond wherever it is read."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone().isoformat(timespec="milliseconds")
