"""What a reader must know about the machine before comparing figures."""

from __future__ import annotations

import datetime as dt
import os
import platform
from pathlib import Path
from typing import TypedDict


class Machine(TypedDict):
    """Facts about the machine and the moment of a run."""

    date: str
    python: str
    system: str
    processor: str
    cpus: int
    load: float | None


def describe() -> Machine:
    """Describe this machine as it is now."""
    return {
        "date": dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "cpus": os.cpu_count() or 0,
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def _processor() -> str:
    """Return the processor's name; Linux keeps it in /proc, the others tell platform."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
