r"""SQL text for the load: quoting, and a delivered column as its contract type.

What becomes of a column is decided per table, over all its files:

- varchar, json and arrays are VARCHAR always: structs and lists as JSON text, bytes decoded as UTF-8 or,
  where they are not, with `\xFF` for each byte (so two different values stay different);
- a number, boolean, date or timestamp is native where every file that delivers it delivers it natively,
  else VARCHAR as delivered, for staging to cast and count;
- a native number keeps a wider type where the contract's cannot be sure to hold it (a DOUBLE stays DOUBLE);
- TIMESTAMP of any unit and DATE become TIMESTAMP; TIMESTAMPTZ its UTC TIMESTAMP; a whole number is an epoch
  in seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds (each of these
  bounds is a day in 1973 in the finer unit and far beyond 2100 in the coarser);
- a TIMESTAMP where the contract says date is its day in UTC.
"""

import re
from collections.abc import Iterable

WHOLE_DIGITS = {
    "TINYINT": 3,
    "UTINYINT": 3,
    "SMALLINT": 5,
    "USMALLINT": 5,
    "INTEGER": 10,
    "UINTEGER": 10,
    "BIGINT": 19,
    "UBIGINT": 20,
    "HUGEINT": 39,
    "UHUGEINT": 39,
}
FITS_INTEGER = {"TINYINT", "UTINYINT", "SMALLINT", "USMALLINT", "INTEGER"}
FITS_BIGINT = FITS_INTEGER | {"UINTEGER", "BIGINT"}
FLOATS = {"FLOAT", "DOUBLE"}
TIMESTAMPS = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"}
TIMESTAMPTZ = "TIMESTAMP WITH TIME ZONE"
# no whole number of these can exceed 64 bits, so no epoch is out of reach
EPOCHS = FITS_BIGINT
DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)", re.IGNORECASE)
TEXT = "varchar"


def identifier(name: str) -> str:
    """`name` quoted as a column's name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | None) -> str:
    """`text` quoted as a string, or null."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


def file_list(paths: Iterable[str]) -> str:
    """The paths as a list literal. DuckDB takes a path that exists as it is, whatever * or [ it holds."""
    return "[" + ", ".join(literal(path) for path in paths) + "]"


def bronze_type(contract_type: str, delivered: set[str]) -> str:
    """The type of a bronze column whose files deliver it as the DuckDB types `delivered`."""
    wanted = _declared(contract_type)
    if wanted == TEXT or not delivered:
        return wanted
    if wanted == "boolean":
        return wanted if delivered == {"BOOLEAN"} else TEXT
    if wanted == "date":
        return wanted if delivered <= TIMESTAMPS | {TIMESTAMPTZ} else TEXT
    if wanted == "timestamp":
        return wanted if delivered <= TIMESTAMPS | {TIMESTAMPTZ} | EPOCHS else TEXT
    return _number_type(wanted, delivered)


def as_bronze(column: str, delivered: str, wanted: str) -> str:
    """The SQL expression that turns the quoted `column`, delivered as that DuckDB type, into `wanted`."""
    if wanted == TEXT:
        return _as_text(column, delivered)
    if wanted == "timestamp" and delivered in EPOCHS:
        return _from_epoch(column)
    if delivered == TIMESTAMPTZ:
        utc = f"timezone('UTC', {column})"
        return utc if wanted == "timestamp" else f"cast({utc} as {wanted})"
    return f"cast({column} as {wanted})"


def _declared(contract_type: str) -> str:
    return TEXT if contract_type == "json" or contract_type.startswith("array") else contract_type


def _as_text(column: str, delivered: str) -> str:
    if delivered == "BLOB":
        return f"coalesce(try(decode({column})), cast({column} as varchar))"
    if delivered == "NESTED":
        return f"cast(to_json({column}) as varchar)"
    if delivered == TIMESTAMPTZ:  # whatever the session's time zone is when the view is read
        return f"cast(timezone('UTC', {column}) as varchar)"
    return f"cast({column} as varchar)"


def _from_epoch(column: str) -> str:
    number = f"cast({column} as bigint)"
    size = f"abs(cast({column} as hugeint))"  # the smallest bigint has no absolute value among bigints
    return (
        f"case when {size} < 100000000000 then make_timestamp({number} * 1000000) "
        f"when {size} < 100000000000000 then make_timestamp({number} * 1000) "
        f"when {size} < 100000000000000000 then make_timestamp({number}) "
        f"else make_timestamp({number} // 1000) end"
    )


def _number_type(wanted: str, delivered: set[str]) -> str:
    if not all(type_ in WHOLE_DIGITS or type_ in FLOATS or DECIMAL.fullmatch(type_) for type_ in delivered):
        return TEXT
    if all(_fits(type_, wanted) for type_ in delivered):
        return wanted
    if len(delivered) == 1:
        return next(iter(delivered)).lower()
    if delivered <= FITS_BIGINT:
        return "bigint"
    return _decimal_for(delivered) or "double"


def _fits(delivered: str, wanted: str) -> bool:
    if wanted == "integer":
        return delivered in FITS_INTEGER
    if wanted == "bigint":
        return delivered in FITS_BIGINT
    if delivered in FLOATS:
        return False
    whole, fraction = _digits(delivered)
    wanted_whole, wanted_fraction = _digits(wanted)
    return whole <= wanted_whole and fraction <= wanted_fraction


def _digits(type_: str) -> tuple[int, int]:
    """The digits before and after the point that an exact number type can hold."""
    if type_ in WHOLE_DIGITS:
        return WHOLE_DIGITS[type_], 0
    precision, scale = (int(number) for number in DECIMAL.fullmatch(type_).groups())
    return precision - scale, scale


def _decimal_for(delivered: set[str]) -> str | None:
    """The decimal that holds every exact type in `delivered`, or None when none does."""
    if delivered & FLOATS:
        return None
    whole = max(_digits(type_)[0] for type_ in delivered)
    fraction = max(_digits(type_)[1] for type_ in delivered)
    return f"decimal({whole + fraction}, {fraction})" if whole + fraction <= 38 else None
