"""Which columns a type takes, and what they become.

The rules are those of MLflow's pyfunc models: a number may become wider, never narrower; a float
never becomes an integer; an integer becomes a float if no value changes; dates of any precision
and texts that are dates become dates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types.data_type import DataType

if TYPE_CHECKING:
    import pandas as pd

#: Up to here every integer is a float of that many bytes (IEEE 754: 24 and 53 bits).
EXACT_INTEGERS = {4: 2**24, 8: 2**53}


def cast_column(values: pd.Series[Any], wanted: DataType) -> pd.Series[Any]:
    """A column in the type that the signature wants.

    Raises:
        InvalidParameterValue: if that would change values.
    """
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype):
        cast_column(pd.Series(values.cat.categories), wanted)
        return values
    return _CASTS.get(wanted, _number)(values, wanted)


def _text(values: pd.Series[Any], wanted: DataType) -> pd.Series[Any]:
    """Texts; a column of objects passes as it is, whatever it holds, as in MLflow."""
    import pandas as pd

    if values.dtype == object or isinstance(values.dtype, pd.StringDtype):
        return values
    return _keep(values, wanted, kind="U", advice="df[{name!r}].astype(str)")


def _bytes(values: pd.Series[Any], wanted: DataType) -> pd.Series[Any]:
    if values.dtype == object and _all_are(values, (bytes, bytearray)):
        return values
    return _keep(values, wanted, kind="S", advice="df[{name!r}].str.encode('utf-8')")


def _truth(values: pd.Series[Any], wanted: DataType) -> pd.Series[Any]:
    found = values.infer_objects()
    if found.dtype == object and _all_are(found, (bool,)):
        return found
    kept = _keep(found, wanted, kind="b", advice="df[{name!r}].astype(bool)")
    return kept if kept.isna().any() else kept.astype(bool)


def _date(values: pd.Series[Any], wanted: DataType) -> pd.Series[Any]:
    import pandas as pd

    found = values.infer_objects()
    if isinstance(found.dtype, pd.DatetimeTZDtype):
        raise _refusal(values, wanted, "df[{name!r}].dt.tz_convert('UTC').dt.tz_localize(None)")
    if found.dtype.kind not in "MOU":
        raise _refusal(values, wanted, "pd.to_datetime(df[{name!r}])")
    try:
        return found.astype("datetime64[ns]")
    except (TypeError, ValueError) as error:
        raise _refusal(values, wanted, "pd.to_datetime(df[{name!r}])") from error


def _number(values: pd.Series[Any], wanted: DataType) -> pd.Series[Any]:
    found = values.infer_objects()
    if wanted is DataType.double and found.dtype.kind == "O":
        found = _parsed(found, wanted)
    target = wanted.to_numpy()
    if found.dtype == target or found.empty:
        return found.astype(target)
    if not _fits(found, target):
        raise _refusal(values, wanted, f"df[{{name!r}}].astype({target.name!r})")
    if target.kind == "i" and found.isna().any():
        raise _refusal(values, wanted, "df[{name!r}].dropna()")
    return found.astype(target)


def _parsed(values: pd.Series[Any], wanted: DataType) -> pd.Series[Any]:
    """Numbers from objects: Decimal, None for a missing one, texts that are numbers."""
    import pandas as pd

    try:
        return pd.to_numeric(values).astype("float64")
    except (TypeError, ValueError) as error:
        raise _refusal(values, wanted, "pd.to_numeric(df[{name!r}])") from error


def _fits(values: pd.Series[Any], target: Any) -> bool:
    """Whether all values of the column are values of the target."""
    given: Any = values.dtype
    if given.kind == target.kind:
        return bool(given.itemsize <= target.itemsize)
    if given.kind == "u" and target.kind == "i":
        return bool(given.itemsize < target.itemsize)
    if given.kind in "iu" and target.kind == "f":
        limit = EXACT_INTEGERS[target.itemsize]
        known = values.dropna()
        return known.empty or bool(known.min() >= -limit and known.max() <= limit)
    return False


def _keep(values: pd.Series[Any], wanted: DataType, *, kind: str, advice: str) -> pd.Series[Any]:
    if values.dtype.kind == kind:
        return values
    raise _refusal(values, wanted, advice)


def _all_are(values: pd.Series[Any], classes: tuple[type, ...]) -> bool:
    return all(isinstance(value, classes) for value in values.dropna())


def _refusal(values: pd.Series[Any], wanted: DataType, advice: str) -> InvalidParameterValue:
    what_to_do = f"If no value is lost, convert it first: {advice.format(name=values.name)}"
    if wanted in {DataType.integer, DataType.long} and _is_integers_with_gaps(values):
        what_to_do = (
            "The values are integers, but some are missing, and pandas has such a column as"
            " floats. Fill them in, or infer the signature from data with missing values."
        )
    return InvalidParameterValue(
        f"Incompatible input types for column {values.name}: it holds {values.dtype}, and the"
        f" signature wants {wanted.name} ({wanted.to_numpy().name}). {what_to_do}"
    )


def _is_integers_with_gaps(values: pd.Series[Any]) -> bool:
    known = values.dropna()
    if len(known) == len(values):
        return False
    return known.dtype.kind in "iu" or (known.dtype.kind == "f" and bool((known % 1 == 0).all()))


_CASTS: dict[DataType, Callable[[pd.Series[Any], DataType], pd.Series[Any]]] = {
    DataType.string: _text,
    DataType.binary: _bytes,
    DataType.boolean: _truth,
    DataType.datetime: _date,
}
