"""System metrics: MLflow's keys, a prompt end, and never an error in the training."""

import math
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mltrack.tracking.sampler import SystemMetricsSampler

KEYS = {
    "system/cpu_utilization_percentage",
    "system/disk_available_megabytes",
    "system/disk_usage_megabytes",
    "system/disk_usage_percentage",
    "system/network_receive_megabytes",
    "system/network_transmit_megabytes",
    "system/system_memory_usage_megabytes",
    "system/system_memory_usage_percentage",
}

FAKE_NVML = """
class NVMLError(Exception): pass
class Memory: used, total = 2e9, 8e9
class Rates: gpu = 71
def nvmlInit(): pass
def nvmlDeviceGetCount(): return 2
def nvmlDeviceGetHandleByIndex(index): return index
def nvmlDeviceGetMemoryInfo(handle): return Memory
def nvmlDeviceGetUtilizationRates(handle): return Rates
def nvmlDeviceGetPowerUsage(handle):
    if handle: raise NVMLError("not supported")
    return 50_000
def nvmlDeviceGetEnforcedPowerLimit(handle): return 200_000
"""


class Points(list[tuple[str, float, int]]):
    """What was logged."""

    def log(self, key: str, value: float, step: int) -> None:
        """Keep a point."""
        self.append((key, value, step))

    @property
    def steps(self) -> list[int]:
        """The steps of one of the metrics."""
        return [step for key, _, step in self if key.endswith("cpu_utilization_percentage")]


def wait_until(true: Callable[[], object]) -> None:
    """Give the thread up to ten seconds."""
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("nothing happened")


def test_the_keys_of_mlflow() -> None:
    """Even a run that ends at once has one sample of everything."""
    points = Points()
    sampler = SystemMetricsSampler(points.log)
    sampler.start()
    sampler.stop()
    found = {key: value for key, value, _ in points if "gpu" not in key}
    assert found.keys() == KEYS
    assert all(math.isfinite(value) and value >= 0 for value in found.values())
    assert 0 < found["system/system_memory_usage_percentage"] <= 100


def test_steps_count_up_and_the_end_is_prompt() -> None:
    """A long interval does not delay the end."""
    points = Points()
    sampler = SystemMetricsSampler(points.log, interval=0.02, first_step=5)
    sampler.start()
    sampler.start()
    wait_until(lambda: len(points.steps) >= 3)
    sampler._interval = 3600
    began = time.monotonic()
    sampler.stop()
    sampler.stop()
    assert time.monotonic() - began < 60
    assert points.steps == list(range(5, 5 + len(points.steps)))
    assert "mltrack-system-metrics" not in [thread.name for thread in threading.enumerate()]


def test_the_mean_of_several_samples() -> None:
    """With ``samples_before_logging`` there are fewer points; the rest comes at the end."""
    points = Points()
    sampler = SystemMetricsSampler(points.log, interval=0.001, samples_before_logging=10**6)
    sampler.start()
    time.sleep(0.1)
    sampler.stop()
    assert points.steps == [0]


def test_errors_stay_inside() -> None:
    """A run that cannot be logged to stops neither the thread nor the training."""
    calls = []

    def log(key: str, value: float, step: int) -> None:
        calls.append(step)
        raise RuntimeError(key)

    sampler = SystemMetricsSampler(log, interval=0.01)
    sampler.start()
    wait_until(lambda: max(calls, default=0) >= 2)
    sampler.stop()


def test_the_name_of_a_machine() -> None:
    """With several machines the keys tell which."""
    points = Points()
    sampler = SystemMetricsSampler(points.log, node_id="node_1")
    sampler.start()
    sampler.stop()
    assert {key.split("/")[1] for key, _, _ in points} == {"node_1"}


def test_a_forked_child_leaves_it_alone() -> None:
    """In the child there is no thread: `stop` neither waits nor logs."""
    points = Points()
    sampler = SystemMetricsSampler(points.log, interval=3600)
    sampler.start()
    child = os.fork()
    if not child:
        sampler.stop()
        os._exit(1 if points else 0)
    assert os.waitpid(child, 0)[1] == 0
    sampler.stop()
    assert points.steps == [0]


def test_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NVIDIA's library: per GPU what it tells, and without what it does not."""
    (tmp_path / "pynvml.py").write_text(FAKE_NVML)
    monkeypatch.syspath_prepend(tmp_path)
    points = Points()
    sampler = SystemMetricsSampler(points.log)
    sampler.start()
    sampler.stop()
    found = {key.removeprefix("system/"): value for key, value, _ in points if "gpu" in key}
    assert found == {
        "gpu_0_memory_usage_megabytes": 2000,
        "gpu_0_memory_usage_percentage": 25,
        "gpu_0_power_usage_percentage": 25,
        "gpu_0_power_usage_watts": 50,
        "gpu_0_utilization_percentage": 71,
        "gpu_1_memory_usage_megabytes": 2000,
        "gpu_1_memory_usage_percentage": 25,
        "gpu_1_utilization_percentage": 71,
    }
