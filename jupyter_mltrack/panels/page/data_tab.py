"""The Data & env tab: the datasets a run read, and what it ran on."""

from __future__ import annotations

import json
from typing import Any

from jupyter_mltrack.entities import DatasetInput
from jupyter_mltrack.panels.page.texts import beginning
from jupyter_mltrack.panels.wording import one_line
from jupyter_mltrack.store import details
from jupyter_mltrack.tracking.client import TrackingClient

_MOST_INPUTS, _MOST_COLUMNS, _MOST_PACKAGES = 50, 500, 2000
_CONTEXT = "mlflow.data.context"


def data_of(client: TrackingClient, run_id: str) -> dict[str, Any]:
    """The inputs and the environment of a run.

    Raises:
        ResourceDoesNotExist: if there is no such run.
    """
    store = client.store
    with store.reading():
        inputs = client.get_run(run_id).inputs.dataset_inputs
        found = details.environment(store, run_id)
        code = details.code_version(store, run_id)
        session = details.session(store, code.session) if code.session else None
    return {
        "inputs": [_input(one) for one in inputs[:_MOST_INPUTS]],
        "more_inputs": max(0, len(inputs) - _MOST_INPUTS),
        "environment": _environment(found, session),
        "packages": _packages(found),
    }


def _input(used: DatasetInput) -> dict[str, Any]:
    dataset = used.dataset
    tags = {tag.key: tag.value for tag in used.tags}
    schema = _parsed(dataset.schema)
    return {
        "name": one_line(dataset.name, 120),
        "digest": one_line(dataset.digest, 64),
        "context": one_line(tags.get(_CONTEXT, ""), 60),
        "source": _source(dataset.source_type, dataset.source),
        "profile": _pairs(_parsed(dataset.profile)),
        "columns": _columns(schema)[:_MOST_COLUMNS],
        "schema": "" if _columns(schema) else beginning(dataset.schema or "", 5000)[0],
        "tags": [[one_line(k, 80), one_line(v, 200)] for k, v in tags.items() if k != _CONTEXT],
    }


def _source(kind: str, source: str) -> str:
    """``local · data/wine.csv``: the address in the JSON of a source."""
    fields = _parsed(source)
    match fields:
        case {"uri": str(address)} | {"url": str(address)}:
            return one_line(f"{kind} · {address}", 300)
        case {"tags": {"mlflow.source.name": str(name)}}:
            return one_line(f"{kind} · {name}", 300)
    return one_line(f"{kind} · {source}", 300)


def _columns(schema: Any) -> list[list[str]]:
    """Name and type of each column of a schema as MLflow writes it; none of any other."""
    match schema:
        case {"mlflow_colspec": list(columns)}:
            return [
                [one_line(str(one.get("name", "")), 120), one_line(str(one.get("type", "")), 60)]
                for one in columns
                if isinstance(one, dict)
            ]
    return []


def _pairs(value: Any) -> list[list[str]]:
    """A JSON object as names and values."""
    if not isinstance(value, dict):
        return []
    return [[one_line(str(k), 80), one_line(_plain(v), 200)] for k, v in list(value.items())[:40]]


def _plain(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return value if isinstance(value, str) else json.dumps(value)


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text or "null")
    except (ValueError, RecursionError):
        return None


def _environment(
    found: dict[str, Any] | None, session: dict[str, Any] | None
) -> list[dict[str, str]]:
    known = {
        "Python": (found or {}).get("python"),
        "Platform": (found or {}).get("platform"),
        "Host": (session or {}).get("host"),
        "Process": (session or {}).get("pid"),
        "jupyter_mltrack": ((session or {}).get("versions") or {}).get("jupyter_mltrack"),
    }
    return [
        {"label": label, "text": one_line(str(value), 200)}
        for label, value in known.items()
        if value not in {None, ""}
    ]


def _packages(found: dict[str, Any] | None) -> list[list[str]]:
    packages = (found or {}).get("packages") or {}
    return [
        [one_line(name, 100), one_line(version, 60)]
        for name, version in sorted(packages.items(), key=lambda one: one[0].lower())
    ][:_MOST_PACKAGES]
