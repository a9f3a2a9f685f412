"""Identities: run ids, journal tokens and the readable names of runs."""

from __future__ import annotations

import random
import re
import uuid

from jupyter_mltrack.errors import InvalidParameterValue

_RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}")
_dice = random.SystemRandom()

_ADJECTIVES = (
    "able amber ample azure bold brave breezy brief bright brisk calm candid cheery civil clear "
    "clever coral cosy crisp curly dapper daring deft dewy eager early easy fair fancy fast fine "
    "fleet fond frank fresh gentle glad golden grand handy happy hardy hazel hearty humble ivory "
    "jolly keen kind lively lucid lucky lunar mellow merry mild misty modest neat nimble noble "
    "opal patient plucky polite prime proud quick quiet rapid ready rosy royal ruby rustic sandy "
    "serene sharp shiny silent silver sleek smart smooth snowy solar solid spry steady stout "
    "sunny swift tidy true upbeat vivid warm wise witty young zesty"
).split()
_NOUNS = (
    "acorn ant badger bass beaver bee birch bison boar bream carp cat cedar clover cod colt crab "
    "crane crow cub deer dove duck eagle elk elm ewe falcon fawn fern finch fir fox frog gecko "
    "goat goose grouse gull hare hawk heron horse ibis ivy jay kite koala lark lemur lily lion "
    "llama loon lynx magpie maple mink mole moose moss moth mouse newt oak otter owl panda pike "
    "pine plover pony puffin quail raven robin rook salmon seal shrew skunk sloth snail sparrow "
    "spruce squid stoat stork swan tern thrush tiger toad trout tulip vole walrus weasel whale "
    "willow wolf wren yak yew zebra"
).split()


def new_run_id() -> str:
    """A run id as MLflow makes them: a random UUID, 32 hexadecimal digits."""
    return uuid.UUID(bytes=_dice.randbytes(16), version=4).hex


def new_token() -> str:
    """The token of a journal: 12 random hexadecimal digits."""
    return _dice.randbytes(6).hex()


def new_run_name() -> str:
    """A readable random name, such as ``brisk-otter``."""
    return f"{_dice.choice(_ADJECTIVES)}-{_dice.choice(_NOUNS)}"


def check_run_id(run_id: object) -> str:
    """Return ``run_id`` if it can be one.

    Raises:
        InvalidParameterValue: if it is no string of letters, digits, ``_`` and ``-``.
    """
    if not isinstance(run_id, str) or not _RUN_ID.fullmatch(run_id):
        msg = f"Invalid run ID: {run_id!r}. A run id is letters, digits, '_' and '-', at most 256."
        raise InvalidParameterValue(msg)
    return run_id
