"""The language of ``filter_string`` and ``order_by``: text in, a small frozen tree out.

It is MLflow's, and more. A filter is made of clauses, each a field, an operator and a value::

    mlflow.search_runs(filter_string="metrics.rmse < 0.8 AND params.model = 'ridge'")

**Fields.** Keys with other characters than letters, digits and ``_ . - / :`` go in backticks or
quotes: ``metrics.`val acc```.

======================================  ========================================================
``metrics.rmse``                        its latest value
``metrics.rmse.min``                    of all its points ``min``, ``max``, ``last``, ``count``, and
                                        the last ``step``; a metric that is itself called
                                        ``rmse.min`` comes first, in backticks it alone
``params.lr``, ``tags.owner``           with a number as a number, with a quoted string as text
``status``, ``run_id``, ``run_name``,   attributes, also with ``attributes.`` before; the status in
``user_id``, ``artifact_uri``,          any case
``number``, ``lifecycle_stage``
``start_time``, ``end_time``            milliseconds, or a date
``duration``                            seconds, or ``'1h30m'``
``experiment_name``, ``experiment_id``  also ``experiment.name``, ``experiment.id``
``dataset.name``, ``.digest``,          of one of the run's datasets
``.context``
======================================  ========================================================

Experiments have ``name``, ``experiment_id``, ``creation_time``, ``last_update_time``,
``lifecycle_stage`` and ``tags.<key>``. Logged models have ``name``, ``model_id``,
``model_type``, ``status``, ``source_run_id``, ``creation_time``, ``last_updated_time``,
``artifact_location``, the experiment, and metrics, params and tags of their own. Registered models
have ``name``, ``description``, ``alias``, ``user_id``, ``creation_time``, ``last_updated_time`` and
tags; their versions ``version_number``, ``stage`` (in any case), ``run_id``, ``model_id``,
``source_path``, ``status`` and ``digest`` too. Of several aliases one that matches is enough.

**Operators.** ``= != < <= > >=``, ``[NOT] IN (1, 2)``, ``[NOT] BETWEEN 1 AND 2`` (both ends
within), ``IS [NOT] NULL``, and for text ``[NOT] LIKE 'a%'``, ``[NOT] ILIKE`` (upper and lower
case are the same) and ``[NOT] RLIKE '^conv[0-9]+'`` (a regular expression, RE2, found anywhere).

**Together.** ``NOT`` binds tighter than ``AND``, ``AND`` tighter than ``OR``; parentheses may be
nested 50 deep::

    (metrics.rmse < 0.8 OR metrics.mae < 0.5) AND NOT tags.archived = 'yes'

**What is missing.** A run without the key never matches a clause about it, ``!=`` and ``NOT IN``
included; ``IS NULL`` finds it. ``NOT`` before a clause finds all other runs, those without the
key too: ``tags.archived != 'yes'`` has a tag, ``NOT tags.archived = 'yes'`` may have none. A
metric that is NaN is there (``IS NOT NULL``); it matches ``!=`` and ``NOT IN``, and no other
comparison. A param that is no number matches no comparison with one. Of several datasets one that
matches is enough.

**Dates.** ``'2026-11-01'``, ``'2026-11-01 14:00'``, ``'2026-11-01T14:00:30Z'``, ``'today'``,
``'yesterday'``, ``'now'``, ``'7 days ago'``, ``'-1h30m'`` (units: ms, s, m, h, d, w). Without a
zone they are local time. A date is the whole day, and a time without seconds the whole minute:
``=`` is within it, ``<`` before it begins, ``<=`` before it ends, ``>`` and ``>=`` since it began,
as in SQL. So ``start_time > '2026-11-01'`` has the runs of that day and all later ones, and
``BETWEEN`` has both its days.

**Order.** ``order_by=["metrics.rmse", "start_time DESC"]`` takes all fields but those of
datasets. What is missing comes last in both directions, after NaN. Params and tags that are
numbers are sorted as numbers (0.01, 0.1, 9, 10), before other text; here we differ from MLflow,
which sorts them as text (0.01, 0.1, 10, 9).

**Mistakes** raise :class:`~jupyter_mltrack.errors.FilterSyntaxError` with a caret and the nearest
name. A key that no run has is no mistake: the search finds nothing, and a warning says so once.
"""

from __future__ import annotations

from jupyter_mltrack.search.grammar import (
    EXPERIMENTS,
    LOGGED_MODELS,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    Grammar,
    Key,
)
from jupyter_mltrack.search.mistakes import nearest
from jupyter_mltrack.search.parser import parse_columns, parse_filter, parse_order_by
from jupyter_mltrack.search.tree import (
    And,
    Comparison,
    Entity,
    Field,
    Node,
    Not,
    Operand,
    Operator,
    Or,
    Order,
    Place,
    Span,
    Stat,
    Value,
)

__all__ = [
    "EXPERIMENTS",
    "LOGGED_MODELS",
    "MODEL_VERSIONS",
    "REGISTERED_MODELS",
    "RUNS",
    "And",
    "Comparison",
    "Entity",
    "Field",
    "Grammar",
    "Key",
    "Node",
    "Not",
    "Operand",
    "Operator",
    "Or",
    "Order",
    "Place",
    "Span",
    "Stat",
    "Value",
    "nearest",
    "parse_columns",
    "parse_filter",
    "parse_order_by",
]
