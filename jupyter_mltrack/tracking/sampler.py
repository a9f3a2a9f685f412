"""System metrics of a run: a thread that looks at processor, memory, disk, network and GPUs.

The keys are MLflow's, such as ``system/cpu_utilization_percentage``. Whatever goes wrong here is
noted for debugging and never reaches the training.
"""

from __future__ import annotations

import importlib
import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

_log = logging.getLogger("jupyter_mltrack")

Sample = dict[str, float]
Monitor = Callable[[], Sample]

#: Seconds that the end of a run waits for the last sample.
PATIENCE = 5.0

#: These are sums since the start; of all others the mean over the samples is logged.
_SUMS = frozenset({"network_receive_megabytes", "network_transmit_megabytes"})


class SystemMetricsSampler:
    """Samples this machine until it is stopped.

    Args:
        log: Called with key, value and step, in the thread.
        interval: Seconds between two samples.
        samples_before_logging: Of so many samples the mean is logged.
        first_step: The step of what is logged first.
        node_id: With several machines, a name of this one; it becomes part of the keys.

    Example:
        >>> sampler = SystemMetricsSampler(lambda key, value, step: print(key, value))
        >>> sampler.start()
        >>> sampler.stop()
    """

    def __init__(
        self,
        log: Callable[[str, float, int], None],
        interval: float = 10.0,
        samples_before_logging: int = 1,
        *,
        first_step: int = 0,
        node_id: str | None = None,
    ) -> None:
        self._log = log
        self._interval = interval
        self._enough = samples_before_logging
        self._step = first_step
        self._prefix = f"system/{node_id}/" if node_id else "system/"
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._pid = 0

    def start(self) -> None:
        """Begin; a second call does nothing."""
        if self._thread is None:
            self._pid = os.getpid()
            self._thread = threading.Thread(
                target=self._run, name="mltrack-system-metrics", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Take a last sample, log what is pending and end the thread.

        In a forked child nothing happens: the thread is its parent's.
        """
        if self._thread is not None and self._pid == os.getpid():
            self._stopped.set()
            self._thread.join(PATIENCE)
            self._thread = None

    def _run(self) -> None:
        monitors = [monitor for begin in _MONITORS if (monitor := _begun(begin))]
        stopped, samples = False, []
        while not stopped:
            stopped = self._stopped.wait(self._interval)
            samples.append(_look(monitors))
            if stopped or len(samples) >= self._enough:
                self._report(samples)
                samples = []

    def _report(self, samples: list[Sample]) -> None:
        for key in sorted({key for sample in samples for key in sample}):
            values = [sample[key] for sample in samples if key in sample]
            value = values[-1] if key in _SUMS else round(sum(values) / len(values), 1)
            try:
                self._log(self._prefix + key, value, self._step)
            except Exception:  # noqa: BLE001  (never reaches the training)
                _log.debug("Could not log %s.", key, exc_info=True)
        self._step += 1


def _begun(begin: Callable[[], Monitor]) -> Monitor | None:
    try:
        return begin()
    except Exception:  # noqa: BLE001  (no GPU, or a container that shows too little)
        _log.debug("No system metrics from %s.", begin.__name__, exc_info=True)
        return None


def _look(monitors: list[Monitor]) -> Sample:
    sample: Sample = {}
    for monitor in monitors:
        try:
            sample |= monitor()
        except Exception:  # noqa: BLE001  (never reaches the training)
            _log.debug("A system metric is missing.", exc_info=True)
    return sample


def _processor() -> Monitor:
    import psutil

    psutil.cpu_percent()  # the next call gives the mean since this one

    def look() -> Sample:
        memory = psutil.virtual_memory()
        return {
            "cpu_utilization_percentage": psutil.cpu_percent(),
            "system_memory_usage_megabytes": memory.used / 1e6,
            "system_memory_usage_percentage": memory.used / memory.total * 100,
        }

    return look


def _disk() -> Monitor:
    import psutil

    def look() -> Sample:
        disk = psutil.disk_usage(os.sep)
        return {
            "disk_usage_percentage": disk.percent,
            "disk_usage_megabytes": disk.used / 1e6,
            "disk_available_megabytes": disk.free / 1e6,
        }

    return look


def _network() -> Monitor:
    import psutil

    start = psutil.net_io_counters()

    def look() -> Sample:
        now = psutil.net_io_counters()
        return {
            "network_receive_megabytes": (now.bytes_recv - start.bytes_recv) / 1e6,
            "network_transmit_megabytes": (now.bytes_sent - start.bytes_sent) / 1e6,
        }

    return look


def _gpus() -> Monitor:
    """The GPUs of NVIDIA, if the package ``nvidia-ml-py`` is installed."""
    nvml: Any = importlib.import_module("pynvml")
    nvml.nvmlInit()
    handles = [nvml.nvmlDeviceGetHandleByIndex(i) for i in range(nvml.nvmlDeviceGetCount())]

    def look() -> Sample:
        sample: Sample = {}
        for number, handle in enumerate(handles):
            for part in (_gpu_memory, _gpu_load, _gpu_power):
                with suppress(nvml.NVMLError):  # not every model tells everything
                    found = part(nvml, handle)
                    sample |= {f"gpu_{number}_{key}": value for key, value in found.items()}
        return sample

    return look


def _gpu_memory(nvml: Any, handle: Any) -> Sample:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    return {
        "memory_usage_percentage": memory.used / memory.total * 100,
        "memory_usage_megabytes": memory.used / 1e6,
    }


def _gpu_load(nvml: Any, handle: Any) -> Sample:
    return {"utilization_percentage": nvml.nvmlDeviceGetUtilizationRates(handle).gpu}


def _gpu_power(nvml: Any, handle: Any) -> Sample:
    used = nvml.nvmlDeviceGetPowerUsage(handle)
    allowed = nvml.nvmlDeviceGetEnforcedPowerLimit(handle)
    return {"power_usage_watts": used / 1000, "power_usage_percentage": used / allowed * 100}


_MONITORS = (_processor, _disk, _network, _gpus)
