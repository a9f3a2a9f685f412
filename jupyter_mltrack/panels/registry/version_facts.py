"""All about one version: what it is made of, what goes in and comes out, how to load it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.client import MltrackClient
from jupyter_mltrack.entities.model_registry import ModelVersion, ModelVersionStatus
from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.panels.page.story import is_of_machine
from jupyter_mltrack.panels.page.texts import beginning
from jupyter_mltrack.panels.registry.model_page import measured, metric, source_runs, tags_of
from jupyter_mltrack.panels.registry.snippets import load_snippet
from jupyter_mltrack.panels.wording import one_line
from jupyter_mltrack.registry import model_file

if TYPE_CHECKING:
    from jupyter_mltrack.models.signature import ModelSignature

_MOST_METRICS, _MOST_COLUMNS = 40, 500
_LONGEST_NAME, _LONGEST_TYPE, _LONGEST_TEXT = 120, 200, 500


def version_facts(
    client: MltrackClient,
    found: ModelVersion,
    base: ModelVersion | None,
    at: int | None = None,
) -> dict[str, Any]:
    """What the row below a version shows.

    Args:
        client: Of the store.
        found: The version.
        base: The one that it is compared with; None if there is none, or it is this one.
        at: The instant that is looked at, in ms since 1970; None is now.
    """
    runs = source_runs(client, [found, base])
    own, others = measured(found, runs), measured(base, runs)
    keys = [key for key in sorted(own) if not is_of_machine(key)]
    if base is not None and base.version == found.version:
        others = {}
    return {
        "version": found.version,
        "description": beginning(found.description or "", 5000)[0],
        "tags": tags_of(found.tags),
        "facts": _facts(found),
        "metrics": [metric(key, others.get(key), own[key]) for key in keys[:_MOST_METRICS]],
        "more_metrics": max(0, len(keys) - _MOST_METRICS),
        "snippet": load_snippet(found.name, str(found.version), at),
        **signature_facts(client, found),
    }


def signature_facts(client: MltrackClient, found: ModelVersion) -> dict[str, Any]:
    """The columns that the model takes and gives; a note if that cannot be said."""
    from jupyter_mltrack.models.signature import ModelSignature

    try:
        place = client.model_version_folder(found)
        if "://" in place and not place.startswith("file:"):  # viewing fetches nothing
            note = f"The signature is with the model's files, which are elsewhere: {place}"
            return {"schema": [], "schema_note": one_line(note, _LONGEST_TEXT)}
        said = model_file.signature(client, found)
        rows = [] if said is None else schema_rows(ModelSignature.from_dict(said))
    except (MltrackException, OSError) as error:
        note = f"The signature cannot be read: {error}"
        return {"schema": [], "schema_note": one_line(note, _LONGEST_TEXT)}
    return {"schema": rows, "schema_note": "" if rows else "It was logged without a signature."}


def schema_rows(signature: ModelSignature) -> list[list[str]]:
    """Part, name, type and whether it is needed, of each column, tensor and parameter."""
    rows = [
        [part, name, kind, needed]
        for part, schema in (("input", signature.inputs), ("output", signature.outputs))
        for name, kind, needed in _columns(schema)
    ]
    rows += [
        ["param", str(one.name), repr(one.dtype), f"default {one.default}"]
        for one in signature.params or ()
    ]
    return [[one_line(text, _LONGEST_TYPE) for text in row] for row in rows[:_MOST_COLUMNS]]


def _columns(schema: Any) -> list[tuple[str, str, str]]:
    return [
        (
            str(place if one.name is None else one.name),
            f"{one.type.name} {one.shape}" if hasattr(one, "shape") else repr(one.type),
            "required" if one.required else "optional",
        )
        for place, one in enumerate(schema or ())
    ]


def _facts(found: ModelVersion) -> list[list[str]]:
    known = {
        "Source": found.source,
        "Logged model": found.model_id,
        "Digest": found.digest,
        "Link": found.run_link,
        "Status": None if found.status == ModelVersionStatus.READY else str(found.status),
        "Why": found.status_message,
    }
    return [[label, one_line(str(text), _LONGEST_TEXT)] for label, text in known.items() if text]
