"""How any command prints rows: as a table, as JSON or as CSV.

Numbers are rounded in tables alone; nothing is an empty field in CSV, null in JSON and a dash in tables.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import click

from cap.metrics.show import as_csv, as_json, table

# of columns and rows a text
SHOWN: dict[str, Callable[..., str]] = {"table": table, "csv": as_csv, "json": as_json}

# the option of every command that prints data; the command's parameter is `form`
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(list(SHOWN)),
    default="table",
    show_default=True,
    help="csv and json have all rows, unrounded.",
)


def render(rows: Sequence[Any], form: str, columns: Sequence[str] | None = None) -> str:
    """Rows, dataclasses or mappings all alike, in one of the three forms; without a line's end.

    `columns` says which and in what order; without it all, as the first row has them. Without rows and
    columns there is nothing to head a table with: an empty text, in JSON an empty list.
    """
    told = [row if isinstance(row, Mapping) else _mapping(row) for row in rows]
    names = tuple(columns or (told[0] if told else ()))
    if not names:
        return "[]" if form == "json" else ""
    return SHOWN[form](names, [tuple(row[name] for name in names) for row in told])


def _mapping(row: Any) -> dict[str, Any]:
    if not is_dataclass(row):
        raise TypeError(f"a row is a dataclass or a mapping, not {type(row).__name__}")
    return {field.name: getattr(row, field.name) for field in fields(row)}
