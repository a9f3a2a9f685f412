"""Searches of the model registry, and what of the store the registry needs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mltrack.search import (
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    Comparison,
    parse_filter,
    parse_order_by,
)
from jupyter_mltrack.store import registry
from jupyter_mltrack.store.compiler import Compiler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.entities.model_registry import ModelVersion, RegisteredModel
    from jupyter_mltrack.search import Grammar
    from jupyter_mltrack.store.store import Store

#: The attributes of the grammar as columns; a stage is found in any case.
_VERSIONS = """
SELECT *, version AS version_number, source AS source_path, lower(stage) AS current_stage
FROM model_versions
"""

_MODELS = """
SELECT * REPLACE (map_keys(aliases) AS aliases), aliases AS pointing FROM registered_models
"""

_MODEL = registry.MODEL.replace("aliases", "pointing")

#: Files of a run that are no logged model are at a location such as ``runs:/<run_id>/<path>``.
_NEEDED = r"""
SELECT unnest(list_distinct(
    [run_id, model_id, regexp_extract(location, '^runs:/([^/]+)', 1)])) AS id, name, version
FROM model_versions ORDER BY name, version
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is asked for.

    Attributes:
        filter_string: In the language of `jupyter_mltrack.search`.
        order_by: The most important clause first.
        limit: At most so many.
        offset: After so many.
    """

    filter_string: str
    order_by: Sequence[str]
    limit: int
    offset: int = 0


def versions(store: Store, page: Page) -> list[ModelVersion]:
    """The versions that a search finds, what changed last first.

    Raises:
        FilterSyntaxError: if ``filter_string`` or ``order_by`` do not parse.
    """
    unsaid = "last_updated_timestamp DESC, " * (not page.order_by)
    query, compiler = _found(
        registry.VERSION, _VERSIONS, page, MODEL_VERSIONS, f"{unsaid}name ASC, version DESC"
    )
    return [registry.as_version(row) for row in store.rows(query, compiler.bound)]


def models(store: Store, page: Page) -> list[RegisteredModel]:
    """The registered models that a search finds, by name.

    Raises:
        FilterSyntaxError: if ``filter_string`` or ``order_by`` do not parse.
    """
    query, compiler = _found(_MODEL, _MODELS, page, REGISTERED_MODELS, "name ASC")

    def fetch(connection: DuckDBPyConnection) -> list[RegisteredModel]:
        rows = connection.execute(query, compiler.bound).fetchall()
        latest = _latest(connection, [row[0] for row in rows])
        return [registry.as_model(row, latest[row[0]]) for row in rows]

    return store.answer(fetch)


def needed(store: Store) -> dict[str, list[tuple[str, int]]]:
    """Runs and logged models that versions came from: by id the names and numbers of these."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for some_id, name, version in store.rows(_NEEDED):
        found[some_id].append((name, version))
    return dict(found)


class _RegistryCompiler(Compiler):
    """Knows aliases, which are several: one that matches is enough."""

    def _comparison(self, node: Comparison) -> str:
        if (node.field.entity, node.field.key) != ("attribute", "aliases"):
            return super()._comparison(node)
        if node.value is None:
            return f"(len(aliases) {'=' if node.op == 'IS NULL' else '>'} 0)"
        test = self._test(node, "alias")
        return f"(len(list_filter(aliases, lambda alias: {test})) > 0)"


def _found(
    columns: str, table: str, page: Page, grammar: Grammar, tie_break: str
) -> tuple[str, Compiler]:
    """A query, and who bound its values."""
    compiler = _RegistryCompiler()
    condition = compiler.where(parse_filter(page.filter_string, grammar))
    order = compiler.order_by(parse_order_by(page.order_by, grammar), tie_break)
    query = f"""
        SELECT {columns} FROM ({table}) AS found WHERE {condition}
        ORDER BY {order} LIMIT {page.limit:d} OFFSET {page.offset:d}"""  # noqa: S608  (values are bound, numbers are numbers)
    return query, compiler


def _latest(connection: DuckDBPyConnection, names: Sequence[str]) -> dict[str, list[ModelVersion]]:
    """The highest version in each stage of some registered models, by their names."""
    query = f"""
        SELECT {registry.VERSION} FROM model_versions WHERE list_contains($names, name)
        QUALIFY version = max(version) OVER (PARTITION BY name, stage)
        ORDER BY version"""  # noqa: S608  (constant)
    found: dict[str, list[ModelVersion]] = defaultdict(list)
    for row in connection.execute(query, {"names": list(names)}).fetchall():
        version = registry.as_version(row)
        found[version.name].append(version)
    return found
