"""The rows of the table, in the order each round runs them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One timed call of one contender.

    ``calls`` is chosen so that one round takes about 1-3 s.
    """

    contender: str
    call: str
    calls: int


ROWS = (
    Row(contender="ours", call="log_metric", calls=50_000),
    Row(contender="floor", call="os.write", calls=50_000),
    Row(contender="mlflow_sqlite", call="log_metric", calls=200),
    Row(contender="trackio_local", call="log", calls=20_000),
    Row(contender="tensorboardx", call="add_scalar", calls=20_000),
    Row(contender="floor", call="nothing", calls=50_000),
    Row(contender="ours", call="client.log_metric", calls=50_000),
    Row(contender="ours", call="log_metrics, 10 keys", calls=5_000),
    Row(contender="ours", call="log_param", calls=5_000),
)

POINT_CALL = {row.contender: row.call for row in reversed(ROWS)}
"""Each contender's first row: the call that logs one metric point."""
