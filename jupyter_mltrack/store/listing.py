"""Which runs a search finds, and how they differ: what the table of runs asks first.

A listing holds the ids of all runs that were found, 100,000 of them if need be; values travel
only for the rows that are looked at (`listed_rows`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from jupyter_mltrack.search import RUNS, Field, Order, parse_filter
from jupyter_mltrack.store import suggestions
from jupyter_mltrack.store.compiler import Compiler
from jupyter_mltrack.store.queries import KNOWN_RUNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.store.store import Store

Group = Literal["metric", "param", "tag"]

#: What runs can be grouped by besides the fields of the grammar.
DATASET = Field("dataset", "name")

NEWEST_FIRST = "start_time DESC, number DESC, run_id ASC"
_LONGEST_TEXT = 500  # characters of a param that travel; more is never shown

_FOUND = """
CREATE OR REPLACE TEMP TABLE found AS
SELECT run_id, tags['mlflow.parentRunId'] AS parent, {value} AS value
FROM ({known}) AS runs
WHERE list_contains($experiments, experiment_id) AND lifecycle_stage = $stage AND {condition}
ORDER BY {order} LIMIT {limit:d}
"""
_DATASET_OF = "(SELECT min(i.name) FROM base.inputs AS i WHERE i.run_id = runs.run_id)"
_PARENTS = """
SELECT run_id, parent FROM found
WHERE parent IS NOT NULL AND parent <> run_id AND parent IN (SELECT run_id FROM found)
"""
_TOTAL = """
SELECT count(*) FROM base.runs
WHERE list_contains($experiments, experiment_id) AND lifecycle_stage = $stage
"""

# The keys of one group of maps: in how many runs, whether with one value, the ends of its range.
_NUMBERS = """
SELECT key, count(*), min(value) = max(value), min(value) FILTER (isfinite(value)),
    max(value) FILTER (isfinite(value)), any_value(value)
FROM (SELECT unnest(map_keys(metrics)) AS key, unnest(map_values(metrics)) AS value
      FROM base.runs SEMI JOIN found USING (run_id))
GROUP BY key
"""
_TEXTS = """
SELECT key, count(*), min(value) = max(value), left(min(value), {longest}),
    left(max(value), {longest}), left(any_value(value), {longest})
FROM (SELECT unnest(map_keys({maps})) AS key, unnest(map_values({maps})) AS value
      FROM base.runs SEMI JOIN found USING (run_id))
WHERE '{maps}' <> 'tags' OR NOT (starts_with(key, 'mlflow.') OR starts_with(key, 'mltrack.'))
GROUP BY key
"""
_OTHERS = """
SELECT (SELECT count(DISTINCT user_id) FROM base.runs SEMI JOIN found USING (run_id)),
    (SELECT count(DISTINCT digest) FROM base.inputs SEMI JOIN found USING (run_id)),
    (SELECT count(DISTINCT c.sha256) FROM base.runs AS r SEMI JOIN found USING (run_id)
     JOIN base.cells AS c ON c.j = r.birth.j AND c.number = r.birth.cell)
"""

# The keys of the first runs, in the order in which these runs have them.
_FIRST_KEYS = """
SELECT map_keys(metrics), map_keys(params), map_keys(tags),
    map_keys(map_from_entries(list_filter(map_entries(stats), lambda s: s.value.count > 1)))
FROM base.runs WHERE rowid IN (
    SELECT rowid FROM base.runs WHERE run_id IN (FROM (SELECT run_id FROM found LIMIT 60)))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which runs a table shows, and in which order.

    Attributes:
        experiment_ids: Of which experiments.
        filter_string: In the language of `jupyter_mltrack.search`.
        orders: The most important first; then come the newest first.
        stage: ``"active"``, or ``"deleted"`` for those in the bin.
        group: What they are grouped by, a field of params, tags or attributes, or `DATASET`.
        limit: At most so many; None for all.
    """

    experiment_ids: Sequence[str]
    filter_string: str = ""
    orders: tuple[Order, ...] = ()
    stage: Literal["active", "deleted"] = "active"
    group: Field | None = None
    limit: int | None = None


class Spread(NamedTuple):
    """What the runs that were found have under one key.

    Attributes:
        group: Of the metrics, params or tags.
        key: The key.
        runs: How many of the runs have it.
        same: Whether all of those have one value.
        low: The lowest value: of metrics that of the finite ones, or None; of text the first.
        high: The highest.
        example: The value of one run.
        curve: Whether a metric has more than one point, in the first of the runs.
    """

    group: Group
    key: str
    runs: int
    same: bool
    low: Any
    high: Any
    example: Any
    curve: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The runs that a search finds.

    Attributes:
        ids: Of all of them, in order.
        parents: The parent of each run whose parent was found, too.
        values: What each run is grouped by; empty without a group.
        total: How many runs these experiments have at this stage.
        spreads: Metrics, then params, then tags of users.
        users: How many different users.
        datasets: How many different datasets.
        codes: How many different cells they began in.
    """

    ids: list[str]
    parents: dict[str, str]
    values: list[str | None]
    total: int
    spreads: tuple[Spread, ...] = ()
    users: int = 0
    datasets: int = 0
    codes: int = 0


def find(store: Store, wanted: Wanted, known: Listing | None = None) -> Listing:
    """The runs that are wanted.

    Args:
        store: The store.
        wanted: Which ones.
        known: A listing of the same runs in another order: what it knows is not asked again.

    Raises:
        FilterSyntaxError: if the filter does not parse.
    """
    query, bound = statement(store, wanted)
    is_grouped = wanted.group is not None

    def ask(connection: DuckDBPyConnection) -> Listing:
        connection.execute(query, bound)
        listing = Listing(
            ids=_column(connection, "SELECT run_id FROM found"),
            parents=dict(connection.execute(_PARENTS).fetchall()),
            values=_column(connection, "SELECT value FROM found") if is_grouped else [],
            total=0,
        )
        if known is None:
            return _explored(connection, listing, wanted)
        return replace(known, ids=listing.ids, parents=listing.parents, values=listing.values)

    return store.answer(ask)


def _column(connection: DuckDBPyConnection, query: str) -> list[Any]:
    return [value for (value,) in connection.execute(query).fetchall()]


def statement(store: Store, wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """The statement that makes the table of what is found, and the values it binds."""
    compiler = Compiler(
        {
            "artifacts": str(store.artifacts),
            "experiments": list(wanted.experiment_ids),
            "stage": wanted.stage,
        }
    )
    with suggestions.offered(store):
        node = parse_filter(wanted.filter_string, RUNS)
    value = "NULL"
    if wanted.group is not None:
        value = _DATASET_OF if wanted.group == DATASET else compiler.value(wanted.group)
    query = _FOUND.format(
        value=f"({value})::VARCHAR",
        known=KNOWN_RUNS,
        condition=compiler.where(node),
        order=compiler.order_by(wanted.orders, NEWEST_FIRST),
        limit=2**62 if wanted.limit is None else wanted.limit,
    )
    return query, compiler.bound


def _explored(connection: DuckDBPyConnection, listing: Listing, wanted: Wanted) -> Listing:
    """A listing with all that is known of its runs together."""
    bound = {"experiments": list(wanted.experiment_ids), "stage": wanted.stage}
    ((total,),) = connection.execute(_TOTAL, bound).fetchall()
    ((users, datasets, codes),) = connection.execute(_OTHERS).fetchall()
    return replace(
        listing,
        total=total,
        spreads=_spreads(connection),
        users=users,
        datasets=datasets,
        codes=codes,
    )


def _spreads(connection: DuckDBPyConnection) -> tuple[Spread, ...]:
    """The keys of all that was found: first those of the first runs in their order."""
    first = connection.execute(_FIRST_KEYS).fetchall()
    curves = {key for *_, keys in first for key in keys}
    spreads: list[Spread] = []
    groups: tuple[tuple[Group, str], ...] = (
        ("metric", _NUMBERS),
        ("param", _TEXTS.format(maps="params", longest=_LONGEST_TEXT)),
        ("tag", _TEXTS.format(maps="tags", longest=_LONGEST_TEXT)),
    )
    for place, (group, query) in enumerate(groups):
        found = {row[0]: row for row in connection.execute(query).fetchall()}
        met = dict.fromkeys(key for row in first for key in row[place] if key in found)
        for key in (*met, *sorted(found.keys() - met.keys())):
            has_curve = group == "metric" and key in curves
            spreads.append(Spread._make((group, *found[key], has_curve)))
    return tuple(spreads)
