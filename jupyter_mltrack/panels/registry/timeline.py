"""The trail of a registered model as sentences: who did what, when and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from jupyter_mltrack.panels.page.texts import beginning
from jupyter_mltrack.panels.wording import moment, one_line
from jupyter_mltrack.store.registry_list import TrailLine

_LONGEST_WORD, _LONGEST_TEXT, _LONGEST_COMMENT, _MOST_GATES = 80, 120, 2_000, 50


def timeline(lines: Sequence[TrailLine]) -> list[dict[str, Any]]:
    """Changes as they are shown, in the order given."""
    return [_shown(line) for line in lines]


def what(line: TrailLine) -> str:
    """A change in words, such as ``version 3: Staging → Production``."""
    said = _SAID.get(line.field, _other)(line)
    return said if line.version is None else f"version {line.version}: {said}"


def gates(results: Sequence[Any]) -> list[dict[str, Any]]:
    """What gates said, from a list of `GateResult`."""
    return [_gate(asdict(one)) for one in results]


def _gate(result: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "gate": one_line(str(result.get("gate", "")), _LONGEST_WORD),
        "passed": result.get("passed") is True,
        "said": one_line(str(result.get("said", "")), 4 * _LONGEST_TEXT),
    }


def _shown(line: TrailLine) -> dict[str, Any]:
    known = _details(line.details)
    said = known.get("gates")
    return {
        "number": line.number,
        "at": line.at,
        "at_text": moment(line.at),
        "who": one_line(line.who, _LONGEST_WORD),
        "what": f"{what(line)}{' (rolled back)' if 'rollback' in known else ''}",
        "comment": beginning(line.comment or "", _LONGEST_COMMENT)[0],
        "override": beginning(str(known.get("override") or ""), _LONGEST_COMMENT)[0],
        "gates": [_gate(one) for one in said[:_MOST_GATES] if isinstance(one, dict)]
        if isinstance(said, list)
        else [],
        "refused": one_line(line.refused or "", 4 * _LONGEST_TEXT),
    }


def _details(text: str | None) -> dict[str, Any]:
    """The details of a change; {} if another program wrote what is no JSON object."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _created(line: TrailLine) -> str:
    if line.version is None:
        return "created"
    return f"registered from {_text(line.new)}"


def _renamed(line: TrailLine) -> str:
    return f"renamed {_text(line.old)} → {_text(line.new)}"


def _staged(line: TrailLine) -> str:
    return f"{_text(line.old) or 'None'} → {_text(line.new)}"


def _aliased(line: TrailLine) -> str:
    if line.new is None:
        return f"alias {_text(line.key)} removed from version {_text(line.old)}"
    before = f", was version {_text(line.old)}" if line.old else ""
    return f"alias {_text(line.key)} → version {_text(line.new)}{before}"


def _tagged(line: TrailLine) -> str:
    if line.new is None:
        return f"tag {_text(line.key)} removed"
    return f"tag {_text(line.key)} = {_text(line.new)}"


def _described(line: TrailLine) -> str:
    return f"described: {_text(line.new)}" if line.new else "description removed"


def _deleted(_: TrailLine) -> str:
    return "deleted"


def _status(line: TrailLine) -> str:
    return f"status {_text(line.new)}"


def _rule(line: TrailLine) -> str:
    of = f" of {_text(line.key)}" if line.key else ""
    return f"{line.field}{of} set" if line.new else f"{line.field}{of} removed"


def _other(line: TrailLine) -> str:
    return f"{_text(line.field)} {_text(line.key)} {_text(line.new)}".strip()


def _text(text: str | None) -> str:
    return one_line(text or "", _LONGEST_TEXT)


_SAID: Mapping[str, Callable[[TrailLine], str]] = {
    "created": _created,
    "name": _renamed,
    "stage": _staged,
    "alias": _aliased,
    "tag": _tagged,
    "description": _described,
    "deleted": _deleted,
    "status": _status,
    "gates": _rule,
    "approvers": _rule,
    "stages": _rule,
}
