"""System metrics of the runs that start from now on."""

from __future__ import annotations

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking import active


def enable_system_metrics_logging() -> None:
    """Sample CPU, memory, disk, network and GPUs in every run."""
    active.sampling.on = True


def disable_system_metrics_logging() -> None:
    """Sample nothing, unless a run is started with ``log_system_metrics=True``."""
    active.sampling.on = False


def set_system_metrics_sampling_interval(interval: float | None) -> None:
    """Seconds between two samples; None is the default, 10.

    Raises:
        InvalidParameterValue: if it is not positive.
    """
    if interval is not None and interval <= 0:
        msg = f"The sampling interval is a positive number of seconds, not {interval!r}."
        raise InvalidParameterValue(msg)
    active.sampling.interval = 10.0 if interval is None else float(interval)


def set_system_metrics_samples_before_logging(samples: int | None) -> None:
    """Average so many samples to one point; None is the default, 1.

    Raises:
        InvalidParameterValue: if it is not positive.
    """
    if samples is not None and samples < 1:
        msg = f"The number of samples for one point is at least 1, not {samples!r}."
        raise InvalidParameterValue(msg)
    active.sampling.samples = 1 if samples is None else samples


def set_system_metrics_node_id(node_id: str | None) -> None:
    """Name this machine, if several log to one run: ``system/<node_id>/cpu_…``."""
    active.sampling.node = node_id
