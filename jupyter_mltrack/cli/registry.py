"""``mltrack models COMMAND``, the half that deals with registered models, and ``mltrack audit``."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.cli import tables
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.registry import fluent
from jupyter_mltrack.registry.client import RegistryClient
from jupyter_mltrack.search.times import MOMENTS, last_instant
from jupyter_mltrack.store import registry, trail

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from jupyter_mltrack.entities.model_registry import (
        ModelVersion,
        RegisteredModel,
        RegistryEvent,
    )

_WIDEST = 40


def add_to(below: Any) -> None:
    """Add what deals with registered models to the commands below ``mltrack models``."""
    _command(below, "list", "list registered models", _list)

    one = _command(below, "versions", "list the versions of a model", _versions, "name")
    one.add_argument(
        "--at", metavar="TIME", help="as of a time, such as 2026-05-03 or '7 days ago'"
    )

    one = _command(below, "register", "make a model a version", _register, "uri", "name")
    one.add_argument("--description", help="what the version is")
    _add_reasons(one)

    one = _command(
        below, "transition", "move a version to a stage", _transition, "name", "version", "stage"
    )
    one.add_argument("--archive-existing", action="store_true", help="archive what is there")
    _add_reasons(one, override=True)

    one = _command(below, "rollback", "bring the version before back", _rollback, "name")
    one.add_argument("stage", nargs="?", default="Production", help="default is Production")
    _add_reasons(one, override=True)

    one = _command(below, "alias", "let an alias stand for a version", _alias, "name", "alias")
    one.add_argument("version", nargs="?")
    one.add_argument("--delete", action="store_true", help="take the alias away instead")
    _add_reasons(one)

    one = _command(below, "history", "list every change", _history)
    one.add_argument("name", nargs="?", help="only of this model")


def add_audit_to(commands: Any) -> None:
    """Add ``audit`` and what is below it to the commands of ``mltrack``."""
    audit = commands.add_parser("audit", help="look whether the trail of the registry is whole")
    below = audit.add_subparsers(title="commands", required=True, metavar="COMMAND")
    one = _command(below, "verify", "compute its chain again from the journals", _verify)
    one.add_argument(
        "--expect", metavar="CHAIN", help="a last link noted earlier; it must be there"
    )


def _command(below: Any, name: str, about: str, call: Any, *wanted: str) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = below.add_parser(name, help=about)
    for each in wanted:
        one.add_argument(each)
    one.add_argument("--json", action="store_true", help="one JSON object a line")
    one.set_defaults(call=call)
    return one


def _add_reasons(one: argparse.ArgumentParser, *, override: bool = False) -> None:
    one.add_argument("--comment", help="why; the history keeps it")
    if override:
        one.add_argument(
            "--override", metavar="REASON", help="why it moves although a gate says no"
        )


def _client() -> RegistryClient:
    """The client of the store, which must be there."""
    client = RegistryClient()
    if not client.store.exists():
        msg = f"Nothing is stored at {client.store.path}. Name another store: mltrack --store PATH"
        raise ResourceDoesNotExist(msg)
    return client


def _list(options: argparse.Namespace) -> None:
    _client()
    found = fluent.search_registered_models()
    head = ["name", "latest", "stages", "aliases", "changed"]
    _show(options, found, head, [_of_model(one) for one in found], {1}, "no registered models")


def _versions(options: argparse.Namespace) -> None:
    client = _client()
    at = _instant(options.at) if options.at else None
    found = registry.versions(client.store, options.name, at)
    if not found:
        client.get_registered_model(options.name)  # raises if there is not even the model
    head = ["version", "stage", "aliases", "run", "by", "registered", "description"]
    _show(options, found, head, [_of_version(one) for one in found], {0}, "no versions")


def _register(options: argparse.Namespace) -> None:
    made, is_first = RegistryClient().register(
        options.uri, options.name, description=options.description, comment=options.comment
    )
    new = f"{made.name!r} is a registered model now. " if is_first else ""
    _say(options, made, f"{new}{options.uri} is version {made.version} of {made.name!r}.")


def _transition(options: argparse.Namespace) -> None:
    moved = _client().transition_model_version_stage(
        options.name,
        options.version,
        options.stage,
        options.archive_existing,
        comment=options.comment,
        override=options.override,
    )
    _say(options, moved, f"Version {moved.version} of {moved.name!r} is in {moved.current_stage}.")


def _rollback(options: argparse.Namespace) -> None:
    moved = _client().rollback_model_version_stage(
        options.name, options.stage, comment=options.comment, override=options.override
    )
    said = f"Version {moved.version} of {moved.name!r} is in {moved.current_stage} again."
    _say(options, moved, said)


def _alias(options: argparse.Namespace) -> None:
    name, alias, version = options.name, options.alias, options.version
    if (version is None) != options.delete:
        msg = "Give the version that the alias stands for, or --delete, not both."
        raise InvalidParameterValue(msg)
    client = _client()
    if options.delete:
        client.delete_registered_model_alias(name, alias, comment=options.comment)
        said = f"{alias!r} stands for no version of {name!r}."
    else:
        client.set_registered_model_alias(name, alias, version, comment=options.comment)
        said = f"{alias!r} stands for version {version} of {name!r}."
    _say(options, client.get_registered_model(name), said)


def _history(options: argparse.Namespace) -> None:
    found = _client().registry_history(options.name)
    head = ["#", "when", "who", "model", "version", "what", "why"]
    _show(options, found, head, [_of_change(one) for one in found], {0, 4}, "no changes")


def _verify(options: argparse.Namespace) -> int:
    verdict = trail.verify(_client().store, options.expect)
    if options.json:
        print(json.dumps(dataclasses.asdict(verdict)))
    else:
        for broken in verdict.broken:
            print(f"! {tables.printable(str(broken))}")
        state = "The trail is whole" if verdict.is_whole else "The trail is not as it was written"
        print(f"{state}: {verdict.changes} changes.")
        print(f"Last link: {verdict.last or 'none'}")
    return int(not verdict.is_whole)


def _show(
    options: argparse.Namespace,
    found: Sequence[Any],
    head: list[str],
    rows: list[list[str]],
    numeric: set[int],
    nothing: str,
) -> None:
    """Print things as JSON, or as a table."""
    if options.json:
        for one in found:
            print(json.dumps(dataclasses.asdict(one)))
    else:
        print("\n".join(tables.aligned(head, rows, numeric) if rows else [nothing]))


def _say(options: argparse.Namespace, changed: Any, said: str) -> None:
    """Print what was changed as JSON, or a sentence."""
    print(json.dumps(dataclasses.asdict(changed)) if options.json else said)


def _of_model(one: RegisteredModel) -> list[str]:
    numbers = [each.version for each in one.latest_versions]
    stages = [f"{each.current_stage} {each.version}" for each in one.latest_versions]
    aliases = [f"{alias} {version}" for alias, version in one.aliases.items()]
    latest = str(max(numbers, default=""))
    return [
        one.name,
        latest,
        ", ".join(stages),
        ", ".join(aliases),
        _day(one.last_updated_timestamp),
    ]


def _of_version(one: ModelVersion) -> list[str]:
    aliases, said = ", ".join(one.aliases), _short(one.description)
    run, born = (one.run_id or "")[:8], _day(one.creation_timestamp)
    return [str(one.version), one.current_stage, aliases, run, one.user_id or "", born, said]


def _of_change(one: RegistryEvent) -> list[str]:
    why = one.refused or one.details.get("override") or one.comment
    what = " ".join(filter(None, [one.field, one.key]))
    values = f"{_short(one.old_value)} → {_short(one.new_value)}".strip()
    version = "" if one.version is None else str(one.version)
    when = _day(one.timestamp)
    model = one.name or "(all)"
    return [str(one.number), when, one.user_id, model, version, f"{what}: {values}", _short(why)]


def _instant(text: str) -> int:
    try:
        return last_instant(text, time.time())
    except ValueError:
        msg = f"{text!r} is no time; write {MOMENTS}."
        raise InvalidParameterValue(msg) from None


def _day(stamp: int | None) -> str:
    """A time in ms as the clock here shows it."""
    return "" if stamp is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(stamp / 1000))


def _short(text: str | None) -> str:
    line = " ".join((text or "").split())
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"
