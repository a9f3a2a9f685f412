"""What is changed in the registry from its panel: one function for each question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mltrack.client import MltrackClient
from jupyter_mltrack.panels.panel import Question
from jupyter_mltrack.panels.registry import questions as ask

#: Makes a change of the model of this name.
Change = Callable[[MltrackClient, str, Any], None]


def _move(client: MltrackClient, name: str, asked: ask.Move) -> None:
    client.transition_model_version_stage(
        name,
        asked.version,
        asked.stage,
        asked.archive,
        comment=asked.comment,
        override=asked.override or None,
    )


def _roll_back(client: MltrackClient, name: str, asked: ask.RollBack) -> None:
    client.rollback_model_version_stage(
        name, asked.stage, comment=asked.comment, override=asked.override or None
    )


def _set_alias(client: MltrackClient, name: str, asked: ask.SetAlias) -> None:
    client.set_registered_model_alias(name, asked.alias.strip(), asked.version)


def _drop_alias(client: MltrackClient, name: str, asked: ask.DropAlias) -> None:
    client.delete_registered_model_alias(name, asked.alias)


def _describe(client: MltrackClient, name: str, asked: ask.Describe) -> None:
    if asked.version is None:
        client.update_registered_model(name, asked.text)
    else:
        client.update_model_version(name, asked.version, asked.text)


def _set_tag(client: MltrackClient, name: str, asked: ask.SetTag) -> None:
    if asked.version is None:
        client.set_registered_model_tag(name, asked.key.strip(), asked.value)
    else:
        client.set_model_version_tag(name, asked.version, asked.key.strip(), asked.value)


def _drop_tag(client: MltrackClient, name: str, asked: ask.DropTag) -> None:
    if asked.version is None:
        client.delete_registered_model_tag(name, asked.key)
    else:
        client.delete_model_version_tag(name, asked.version, asked.key)


CHANGES: Mapping[type[Question], Change] = {
    ask.Move: _move,
    ask.RollBack: _roll_back,
    ask.SetAlias: _set_alias,
    ask.DropAlias: _drop_alias,
    ask.Describe: _describe,
    ask.SetTag: _set_tag,
    ask.DropTag: _drop_tag,
}
