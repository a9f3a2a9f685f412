"""tensorboardX; a thread writes what ``add_scalar`` leaves in a queue, flushed every 120 s."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tensorboardX  # type: ignore[import-not-found,import-untyped,unused-ignore]
from tensorboardX.proto import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
    event_pb2,
)

from tests.benchmarks.contenders import Calls, Series


def version() -> str:
    """Return tensorboardX's version."""
    return str(tensorboardX.__version__)


@contextmanager
def opened(folder: Path) -> Iterator[Calls]:
    """Open a writer as it is out of the box."""
    with tensorboardX.SummaryWriter(str(folder / "events")) as writer:
        yield {"add_scalar": lambda step: writer.add_scalar("loss", 1 / (step + 1), step)}


def stored_steps(folder: Path) -> set[int]:
    """Read the steps of all scalars in the event files."""
    return {
        event.step
        for file in (folder / "events").glob("events.out.tfevents.*")
        for event in map(event_pb2.Event.FromString, _records(file.read_bytes()))
        if event.HasField("summary")
    }


def log_series(folder: Path, series: Series) -> None:
    """Log one scalar a call."""
    with tensorboardX.SummaryWriter(str(folder / "events")) as writer:
        for step, values in series:
            for key, value in values.items():
                writer.add_scalar(key, value, step)


def _records(data: bytes) -> Iterator[bytes]:
    """Split a TFRecord file: length (8 bytes), CRC (4), record, CRC (4); a torn end is left out.

    https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
    """
    place = 0
    while place + 12 <= len(data):
        (length,) = struct.unpack_from("<Q", data, place)
        if place + length + 16 > len(data):
            return
        yield data[place + 12 : place + 12 + length]
        place += length + 16
