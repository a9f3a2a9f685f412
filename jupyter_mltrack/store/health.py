"""``mltrack doctor``: is the store well, who holds it, what was damaged, who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.events import FORMAT
from jupyter_mltrack.store import access, trail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mltrack.store.shelf import Volume
    from jupyter_mltrack.store.store import Store

_KB = 1024.0
_MOST = 10


def report(store: Store) -> list[str]:
    """Lines that say how a store is; a line that asks for something begins with ``!``."""
    lines = [f"store      {store.path}"]
    if not store.exists():
        return [*lines, "           nothing is stored here yet"]
    lines.append(f"format     {FORMAT}")
    volumes = list(store.shelf.volumes().values())
    lines += _journals(volumes)
    try:
        lines += _contents(store)
        lines += _missing(store, volumes)
        lines += _damage(store)
        lines += _trail(store)
        lines += _access(store)
    except MltrackException as error:
        lines.append(f"! {error}")
    if not any(line.startswith("!") for line in lines):
        lines.append("all is well")
    return lines


def _contents(store: Store) -> Iterator[str]:
    query = """
        SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM experiments),
            (SELECT count(*) FROM metric_history),
            (SELECT count(*) FROM runs WHERE status = 'RUNNING')"""
    runs, experiments, points, running = store.rows(query)[0]
    yield f"contents   {runs:,} runs in {experiments:,} experiments, {points:,} metric points"
    yield f"running    {running:,} runs"
    if store.path.exists():
        yield f"database   {_size(store.path.stat().st_size)}"


def _journals(volumes: list[Volume]) -> Iterator[str]:
    living = [volume for volume in volumes if volume.alive]
    sealed = [volume for volume in volumes if volume.sealed]
    total = sum(volume.path.stat().st_size for volume in volumes if volume.path.exists())
    yield f"journals   {len(volumes):,} ({len(sealed):,} sealed), {_size(total)}"
    for volume in living[:_MOST]:
        host, pid, *_ = volume.name.split("-")
        yield f"writer     process {pid} on {host}"


def _missing(store: Store, volumes: list[Volume]) -> Iterator[str]:
    sizes = {volume.name: volume.size for volume in volumes}
    for file, marked in store.rows("SELECT file, bytes FROM base.journals"):
        if file not in sizes:
            yield f"! journal {file} is gone; its runs are in the database only, do not rebuild"
        elif sizes[file] < marked:
            yield f"! journal {file} is shorter than when it was folded, do not rebuild"


def _damage(store: Store) -> Iterator[str]:
    found = store.rows("SELECT file, byte_offset, byte_length, excerpt FROM quarantine")
    if found:
        yield f"! {len(found)} damaged pieces in journals; everything around them is intact"
    for file, offset, length, excerpt in found[:_MOST]:
        yield f"  {file} at byte {offset:,}, {length:,} bytes: {excerpt[:60]!r}"
    for aside in sorted(store.path.parent.glob(f"{store.path.stem}.damaged-*")):
        yield f"! {aside.name} is a damaged database that was replaced; remove it if all is there"


def _access(store: Store) -> Iterator[str]:
    found = access.level(store)
    yield f"access     {found.name}"
    for limit in found.limits:
        yield f"           {limit}"
    for fault in found.faults:
        yield f"! {fault}"


def _trail(store: Store) -> Iterator[str]:
    verdict = trail.verify(store)
    yield f"registry   {verdict.changes:,} changes" + (", their chain is whole" * verdict.is_whole)
    for broken in verdict.broken[:_MOST]:
        yield f"! {broken}"
    if len(verdict.broken) > _MOST:
        yield f"! {len(verdict.broken) - _MOST} more: mltrack audit verify"


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < _KB:
            return f"{count:,.0f} {unit}"
        count /= _KB
    return f"{count:,.1f} GB"
