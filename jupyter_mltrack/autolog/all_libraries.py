"""``autolog()``: every library at once, those too that are imported later."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jupyter_mltrack.autolog.configuration import Configuration
from jupyter_mltrack.autolog.libraries import LIBRARIES
from jupyter_mltrack.autolog.switchboard import by_all, switchboard
from jupyter_mltrack.autolog.trouble import attempt
from jupyter_mltrack.errors import InvalidParameterValue


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    log_traces: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    extra_tags: dict[str, str] | None = None,
    exclude_flavors: list[str] | None = None,
) -> None:
    """Log every training with a known library, also with one that is imported later.

    A library whose own ``autolog`` was called keeps what was said there.

    Args:
        log_input_examples: Log an input example with each model.
        log_model_signatures: Log a signature with each model.
        log_models: Log the trained models.
        log_datasets: Note the data as inputs of the run.
        log_traces: Accepted as MLflow does; there are no traces here.
        disable: Log nothing any more, with no library.
        exclusive: Log nothing to runs that you started.
        disable_for_unsupported_versions: Log nothing with untested versions of a library.
        silent: Warn of nothing.
        extra_tags: Further tags of the runs that are started.
        exclude_flavors: Not these, such as ``["xgboost"]``.

    Raises:
        InvalidParameterValue: if ``extra_tags`` is no dict; then nothing changes.

    Example:
        >>> mlflow.autolog()
        >>> LinearRegression().fit(x, y)
    """
    arguments = dict(locals())
    Configuration.of({"extra_tags": extra_tags})
    del log_traces
    for flavor in sorted(LIBRARIES.keys() - set(exclude_flavors or ())):
        if disable:
            switchboard.disable(flavor)
        else:
            _expect(flavor, arguments)


@contextmanager
def scoped(**options: Any) -> Iterator[None]:
    """Log every training in this block; after it all is as it was before.

    Args:
        **options: Arguments of `autolog`.

    Raises:
        InvalidParameterValue: if ``autolog`` has no such argument.

    Example:
        >>> with scoped(log_models=False):
        ...     model.fit(x, y)
    """
    unknown = options.keys() - inspect.signature(autolog).parameters.keys()
    if unknown:
        msg = f"autolog() has no argument {min(unknown)!r}; see help(mlflow.autolog)."
        raise InvalidParameterValue(msg)
    before = switchboard.setting()
    try:
        autolog(**options)
        yield
    finally:
        switchboard.put(before)


def _expect(flavor: str, arguments: Mapping[str, Any]) -> None:
    """Switch a library on when it is imported."""

    def arrived() -> None:
        if not switchboard.is_own_choice(flavor):
            with attempt(Configuration.of(_shared(arguments)), f"{flavor} is not logged"):
                _switch(flavor, arguments)

    for module in LIBRARIES[flavor]:
        switchboard.arrivals.expect(module, by_all(flavor), arrived)


def _switch(flavor: str, arguments: Mapping[str, Any]) -> None:
    """Call the ``autolog`` of a library with those of the arguments that it has."""
    own = importlib.import_module(f"jupyter_mltrack.autolog.{flavor}").autolog
    known = inspect.signature(own).parameters
    given = {name: value for name, value in arguments.items() if name in known}
    switchboard.switch_by_all(lambda: own(**given))


def _shared(arguments: Mapping[str, Any]) -> dict[str, Any]:
    known = inspect.signature(Configuration).parameters
    return {name: value for name, value in arguments.items() if name in known}
