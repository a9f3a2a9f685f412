"""The page of a registered model: its stages and versions, now or as of an instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from jupyter_mltrack.client import MltrackClient
from jupyter_mltrack.entities.model_registry import ModelVersion, ModelVersionStatus
from jupyter_mltrack.entities.model_registry.model_version_stages import (
    STAGE_ARCHIVED,
    STAGE_NONE,
    STAGE_PRODUCTION,
)
from jupyter_mltrack.panels.comparison import delta
from jupyter_mltrack.panels.page.story import is_of_machine
from jupyter_mltrack.panels.page.texts import beginning
from jupyter_mltrack.panels.palette import run_colour
from jupyter_mltrack.panels.registry.model_rows import tone
from jupyter_mltrack.panels.registry.snippets import load_snippet
from jupyter_mltrack.panels.registry.timeline import timeline
from jupyter_mltrack.panels.wording import exact, moment, number, one_line
from jupyter_mltrack.store import registry_list
from jupyter_mltrack.store.registry_list import OneModel, SourceRun, Standing

#: So many versions are shown at first, and so many more each time they are asked for.
VERSIONS_AT_ONCE = 50
CHANGES_AT_ONCE = 30

_MOST_METRICS, _MOST_TAGS = 3, 50
_LONGEST_NAME, _LONGEST_WORD, _LONGEST_NOTE = 120, 60, 200
_STILL = {STAGE_NONE, STAGE_ARCHIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is looked at.

    Attributes:
        model_id: The registered model.
        at: An instant in ms since 1970; None is now.
        versions: How many of its versions are shown.
        changes: How much of its trail is shown.
    """

    model_id: str
    at: int | None = None
    versions: int = VERSIONS_AT_ONCE
    changes: int = CHANGES_AT_ONCE


class Measured(TypedDict):
    """A metric of a version's run, beside that of the version in production."""

    label: str
    text: str
    exact: str
    delta: str
    tone: str


def page_of(client: MltrackClient, look: Look) -> dict[str, Any] | None:
    """All that the page shows; None if there is no such model at that instant."""
    store = client.store
    with store.reading():  # once for all that is asked
        model = registry_list.one(store, look.model_id, look.at)
        if model is None:
            return None
        standing = registry_list.standing(store, look.model_id, look.at)
        stages = stages_of(client, standing)
        found, total = registry_list.versions(store, look.model_id, look.at, look.versions)
        base = baseline(client, look, standing, found, stages)
        runs = source_runs(client, [*found, base])
        trail = registry_list.trail(store, look.model_id, look.at, look.changes)
    keys = metric_keys(base, found, runs)
    return {
        **_head(model, look, standing, stages),
        "versions": [version_row(one, base, runs, keys) for one in found],
        "total": total,
        "metrics": [one_line(key, _LONGEST_WORD) for key in keys],
        "baseline": base.version if base else None,
        "trail": timeline(trail),
        "changes": trail[0].total if trail else 0,
    }


def stages_of(client: MltrackClient, standing: Sequence[Standing]) -> list[str]:
    """The stages of the store, after those that had a version then and are gone since."""
    known = client.registry_stages()
    gone = [one.stage for one in standing if one.stage not in known]
    return [*sorted(gone, key=lambda stage: (stage == STAGE_PRODUCTION, stage)), *known]


def baseline(
    client: MltrackClient,
    look: Look,
    standing: Sequence[Standing],
    found: Sequence[ModelVersion],
    stages: Sequence[str],
) -> ModelVersion | None:
    """The version that others are compared with: in production, or else in the stage before."""
    by_stage = {one.stage: one.version for one in standing}
    wanted = [STAGE_PRODUCTION, *reversed([one for one in stages if one not in _STILL])]
    number = next((by_stage[stage] for stage in wanted if stage in by_stage), None)
    if number is None:
        return None
    shown = next((one for one in found if one.version == number), None)
    return shown or registry_list.version(client.store, look.model_id, number, look.at)


def source_runs(
    client: MltrackClient, versions: Iterable[ModelVersion | None]
) -> dict[str, SourceRun]:
    """The runs that made these versions, by their ids."""
    ids = {one.run_id for one in versions if one is not None and one.run_id}
    return registry_list.source_runs(client.store, ids)


def metric_keys(
    base: ModelVersion | None, found: Sequence[ModelVersion], runs: Mapping[str, SourceRun]
) -> list[str]:
    """The metrics that most versions have, those of the baseline first."""
    counts: Counter[str] = Counter()
    for one in found:
        counts.update(measured(one, runs).keys())
    own = measured(base, runs)
    ordered = sorted(counts, key=lambda key: (key not in own, -counts[key], key))
    return [key for key in ordered if not is_of_machine(key)][:_MOST_METRICS]


def measured(one: ModelVersion | None, runs: Mapping[str, SourceRun]) -> Mapping[str, float]:
    """The metrics of the run that made a version."""
    run = runs.get(one.run_id or "") if one is not None else None
    return run.metrics if run is not None else {}


def version_row(
    one: ModelVersion,
    base: ModelVersion | None,
    runs: Mapping[str, SourceRun],
    keys: Sequence[str],
) -> dict[str, Any]:
    """A version as a row of the table."""
    own, others = measured(one, runs), measured(base, runs)
    if base is not None and base.version == one.version:
        others = {}
    return {
        "version": one.version,
        "stage": one.current_stage,
        "tone": tone(one.current_stage),
        "status": "" if one.status == ModelVersionStatus.READY else str(one.status),
        "aliases": [{"key": key, "label": one_line(key, _LONGEST_WORD)} for key in one.aliases],
        "who": one_line(one.user_id or "", _LONGEST_WORD),
        "at": one.creation_timestamp,
        "at_text": moment(one.creation_timestamp),
        "run": _run(runs.get(one.run_id or "")),
        "metrics": [metric(key, others.get(key), own.get(key)) for key in keys],
        "description": one_line(one.description or "", _LONGEST_NOTE),
    }


def metric(key: str, before: float | None, after: float | None) -> Measured | None:
    """A metric, and by how much it differs from the one of the baseline; None if there is none."""
    if after is None:
        return None
    text, verdict = delta(key, before, after)
    shown = exact(after) if after - after == 0 else str(after)  # neither NaN nor infinite
    label = one_line(key, _LONGEST_WORD)
    return Measured(label=label, text=number(after), exact=shown, delta=text, tone=verdict)


def tags_of(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as they are shown: each with its whole key, by which it can be removed."""
    return [
        {"key": key, "label": f"{one_line(key, _LONGEST_WORD)} = {one_line(text, _LONGEST_WORD)}"}
        for key, text in list(tags.items())[:_MOST_TAGS]
    ]


def _head(
    model: OneModel, look: Look, standing: Sequence[Standing], stages: Sequence[str]
) -> dict[str, Any]:
    in_use = {one.stage: one for one in standing if one.stage not in _STILL}
    ordered = [in_use[stage] for stage in reversed(stages) if stage in in_use]
    return {
        "id": model.model_id,
        "name": one_line(model.name, _LONGEST_NAME),
        "description": beginning(model.description or "", 5000)[0],
        "tags": tags_of(model.tags),
        "who": one_line(model.who, _LONGEST_WORD),
        "created_at": moment(model.created),
        "at": look.at,
        "at_text": "" if look.at is None else moment(look.at),
        "stages": list(stages),
        "still": sorted(_STILL),
        "standing": [_standing(one) for one in ordered],
        "snippet": load_snippet(model.name, _target(ordered, standing), look.at),
    }


def _target(in_use: Sequence[Standing], standing: Sequence[Standing]) -> str:
    """What is loaded: the stage nearest to production, or else the newest version."""
    if in_use:
        return in_use[0].stage
    return str(max((one.version for one in standing), default=1))


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "stage": one.stage,
        "tone": tone(one.stage),
        "version": one.version,
        "others": one.versions - 1,
        "who": one_line(one.who, _LONGEST_WORD),
        "since": one.since,
        "since_text": "" if one.since is None else moment(one.since),
    }


def _run(run: SourceRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    name = one_line(run.name or "", 60) or run.run_id[:8]
    title = f"#{run.number} {name}" if run.number else name
    return {"title": title, "colour": run_colour(run.run_id)}
