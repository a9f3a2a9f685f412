"""Autolog for statsmodels: ``fit`` of every model."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from numbers import Real
from types import FunctionType
from typing import Any

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.fit_arguments import fit_arguments
from jupyter_mltrack.autolog.library import Library, Patch
from jupyter_mltrack.autolog.model_logging import log_model
from jupyter_mltrack.autolog.switchboard import switchboard

#: Attributes of a result that are metrics of its run, as in MLflow.
METRICS = tuple(
    "aic bic centered_tss condition_number df_model df_resid ess f_pvalue fvalue llf mse_model"
    " mse_resid mse_total rsquared rsquared_adj scale ssr uncentered_tss".split()
)


def autolog(
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log every fit with statsmodels: its arguments, numbers of the result, the summary, the model.

    Args:
        log_models: Log the fitted model.
        log_datasets: Accepted as MLflow does; no data are noted.
        disable: Log nothing any more.
        exclusive: Log nothing to runs that you started.
        disable_for_unsupported_versions: Log nothing with untested versions of statsmodels.
        silent: Warn of nothing.
        registered_model_name: Make the model a version of this registered model.
        extra_tags: Further tags of the runs that are started.

    Example:
        >>> mlflow.statsmodels.autolog()
        >>> statsmodels.api.OLS(y, x).fit()
    """
    switchboard.switch(_STATSMODELS, locals())


def _patches() -> Iterator[Patch]:
    import statsmodels.api  # noqa: F401  (only classes that are loaded can be found)
    from statsmodels.base.model import Model

    owners = {owner for kind in _with_subclasses(Model) for owner in kind.__mro__}
    for owner in sorted(owners, key=lambda each: f"{each.__module__}.{each.__qualname__}"):
        if isinstance(vars(owner).get("fit"), FunctionType):
            yield Patch(owner=owner, name="fit", watcher=_fit)


def _with_subclasses(kind: type) -> Iterator[type]:
    yield kind
    subclasses: list[type] = kind.__subclasses__()
    for each in subclasses:
        yield from _with_subclasses(each)


_STATSMODELS = Library(
    flavor="statsmodels",
    module="statsmodels",
    distribution="statsmodels",
    versions=("0.14", "0.15"),
    patches=_patches,
)


def _fit(call: Call) -> Generator[None, Any, None]:
    """Watch ``fit`` of a model."""
    with call.attempt("the params were not logged"):
        call.session.log(params=fit_arguments(call))
    result = yield
    if _is_result(result):
        with call.attempt("the metrics were not logged"):
            call.session.log(metrics=_metrics(call, result))
        with call.attempt("the summary was not logged"):
            call.session.log_text(result.summary().as_text(), "model_summary.txt")
    log_model(call, "statsmodels", result)


def _is_result(result: Any) -> bool:
    from statsmodels.base.wrapper import ResultsWrapper

    return isinstance(result, ResultsWrapper)


def _metrics(call: Call, result: Any) -> dict[str, float]:
    """The numbers among `METRICS` that this kind of result has and can compute."""
    found = {}
    for name in METRICS:
        with call.attempt(f"the metric {name!r} was not logged"):
            value = getattr(result, name, None)
            if isinstance(value, Real):
                found[name] = float(value)
    return found
