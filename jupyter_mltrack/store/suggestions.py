"""What a search that went wrong may have meant: names that the runs of the store have.

Nothing here is asked unless a filter names no field of the language, or finds nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.search import RUNS, And, Comparison, Field, Not, Or, nearest, parse_filter
from jupyter_mltrack.store.compiler import Compiler
from jupyter_mltrack.store.statements import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mltrack.search import Entity, Node
    from jupyter_mltrack.store.store import Store

_LIVE = "experiment_id IS NOT NULL AND lifecycle_stage <> 'purged'"

#: Many runs have the same keys: lists of keys are told apart before they are taken apart.
_KEYS = f"""
SELECT DISTINCT unnest(keys) FROM (
    SELECT any_value(map_keys({{column}})) AS keys FROM base.runs WHERE {_LIVE}
    GROUP BY hash(map_keys({{column}})))
"""  # noqa: S608  (of constants)
_ANY = f"SELECT 1 FROM base.runs WHERE {{value}} IS NOT NULL AND {_LIVE} LIMIT 1"  # noqa: S608  (as above)


@contextmanager
def offered(store: Store) -> Iterator[None]:
    """Let an error say which metric, param or tag an unknown name may have meant."""
    try:
        yield
    except FilterSyntaxError as error:
        meant = _meant(store, error) if error.unknown else []
        if not meant:
            raise
        reason = RUNS.unknown_field(error.unknown or "", " or ".join(meant))
        raise FilterSyntaxError(reason, error.text, error.position, error.unknown) from None


def _meant(store: Store, error: FilterSyntaxError) -> list[str]:
    """The name with its prefix, or, unless the error has a better guess, the nearest names."""
    name = error.unknown or ""
    known = {entity: keys(store, entity) for entity in RUNS.open_keys}
    meant = [RUNS.spelt(entity, name) for entity, names in known.items() if name in names]
    if meant or "did you mean" in error.reason:
        return meant
    near = {entity: _nearest(name, names) for entity, names in known.items()}
    return [RUNS.spelt(entity, key) for entity, key in near.items() if key is not None]


def warn_of_unknown_keys(store: Store, filter_string: str) -> None:
    """Say once why a search found nothing; see `unknown_keys`."""
    for reason in unknown_keys(store, filter_string):
        store.tell_once(reason)


def unknown_keys(store: Store, filter_string: str) -> Iterator[str]:
    """Why a search may have found nothing: no run has a metric, param or tag that it names."""
    for field in dict.fromkeys(_fields(parse_filter(filter_string, RUNS))):
        if field.entity not in RUNS.open_keys:
            continue
        if _is_known(store, field):
            continue
        known = keys(store, field.entity)
        near = _nearest(field.key, known)
        hint = f"; did you mean {RUNS.spelt(field.entity, near)}?" if near else "."
        if known:
            yield f"No run has a {field.entity} {field.key!r}{hint}"


def _is_known(store: Store, field: Field) -> bool:
    """Whether any run has the key, or one that is itself called as the stat of a key."""
    names = [field.key, f"{field.key}.{field.stat}"] if field.stat else [field.key]
    for name in names:
        compiler = Compiler()
        value = compiler.value(Field(field.entity, name))
        if store.rows(_ANY.format(value=value), compiler.bound):
            return True
    return False


def keys(store: Store, entity: Entity) -> set[str]:
    """The keys that any run has: of its metrics, params or tags."""
    column = quoted(RUNS.prefix(entity))
    return {key for (key,) in store.rows(_KEYS.format(column=column))}


def _nearest(name: str, known: set[str]) -> str | None:
    """The key most like a name; ours are not meant by those who write their own."""
    return nearest(name, sorted(key for key in known if not key.startswith("mlflow.")))


def _fields(node: Node) -> Iterator[Field]:
    if isinstance(node, Comparison):
        yield node.field
    elif isinstance(node, Not):
        yield from _fields(node.child)
    elif isinstance(node, And | Or):
        for child in node.children:
            yield from _fields(child)
