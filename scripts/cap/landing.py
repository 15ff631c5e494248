"""The landing: where Python writes back what it found, for dbt to stage like any other source.

Two tables of the schema `bronze` that no bronze folder holds. Their columns are the fields of a dataclass,
and `ingestion_timestamp`, when the row was landed (UTC).
"""

import dataclasses
import importlib
import types
import typing
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from cap.errors import CapError

# table -> module and name of the dataclass that a row of it is
TABLES = {
    "analysis_experiment_results": ("cap.experiments.results", "ExperimentResult"),
    "analysis_attribution_results": ("cap.attribution.results", "AttributionEstimate"),
}
TYPES = {
    str: "varchar",
    int: "bigint",
    float: "double",
    bool: "boolean",
    date: "date",
    datetime: "timestamp",
}
ROWS_AT_ONCE = 500
LANDED_AT = "ingestion_timestamp"


def columns(table: str) -> dict[str, str]:
    """Name and DuckDB type of each column of a landing table."""
    module, name = TABLES[table]
    row = getattr(importlib.import_module(module), name)
    hints = typing.get_type_hints(row)
    found = {field.name: _type(hints[field.name]) for field in dataclasses.fields(row)}
    return {**found, LANDED_AT: "timestamp"}


def create_landings(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the landing tables that are missing, empty, and the columns that an older one lacks."""
    connection.execute("create schema if not exists bronze")
    for table in TABLES:
        wanted = columns(table)
        told = ", ".join(f"{_quoted(name)} {type_}" for name, type_ in wanted.items())
        connection.execute(f"create table if not exists bronze.{table} ({told})")
        for name, type_ in wanted.items():
            connection.execute(f"alter table bronze.{table} add column if not exists {_quoted(name)} {type_}")


def land(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Any], keys: Sequence[str]) -> int:
    """Write rows (instances of the table's dataclass) into a landing table; how many.

    Of the rows that lie there, those with the same values in `keys` as one of the new ones go: an analysis
    made again replaces the one before. One transaction: a run that is killed leaves what was there.
    """
    create_landings(connection)
    if not rows:
        return 0
    landed_at = datetime.now(UTC).replace(tzinfo=None)
    values = [(*(getattr(row, field.name) for field in dataclasses.fields(row)), landed_at) for row in rows]
    names = [_quoted(name) for name in columns(table)]
    key = ", ".join(map(_quoted, keys))
    connection.execute("begin")
    try:
        connection.execute(f"create or replace temp table landing as from bronze.{table} limit 0")
        for start in range(0, len(values), ROWS_AT_ONCE):
            some = values[start : start + ROWS_AT_ONCE]
            one = f"({', '.join('?' * len(names))})"
            connection.execute(
                f"insert into landing ({', '.join(names)}) values {', '.join([one] * len(some))}",
                [value for row in some for value in row],
            )
        connection.execute(f"delete from bronze.{table} where ({key}) in (select {key} from landing)")
        connection.execute(f"insert into bronze.{table} by name from landing")
        connection.execute("drop table landing")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return len(rows)


def save(path: Path, table: str, rows: Sequence[Any], keys: Sequence[str]) -> int:
    """`land`, into the warehouse `path`. Raises CapError where another program has it open."""
    try:
        connection = duckdb.connect(str(path))
    except duckdb.Error as error:
        raise CapError(
            f"cannot write into {path}: {str(error).splitlines()[0]}. Close what has it open and try again."
        ) from None
    try:
        connection.execute("set TimeZone = 'UTC'")
        return land(connection, table, rows, keys)
    finally:
        connection.close()


def refresh(models: Sequence[str]) -> None:
    """Have dbt build the models that publish what was landed. Raises CapError with dbt's words."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    try:
        done = dbtRunner().invoke(["--log-level", "none", "run", "--select", *models])
    finally:
        DuckDBConnectionManager.close_all_connections()
    if not done.success:
        results = getattr(done.result, "results", None) or []
        faults = [one.message for one in results if str(one.status) != "success"]
        reason = " ".join(str(done.exception or (faults or ["dbt did not run"])[0]).split())
        raise CapError(f"what was found is landed, but dbt could not publish it: {reason}")


def _quoted(name: str) -> str:
    """A field's name as a column's: some are words of SQL."""
    return f'"{name}"'


def _type(hint: Any) -> str:
    """The DuckDB type of a field; `float | None` is a double."""
    if isinstance(hint, types.UnionType):
        (hint,) = [one for one in typing.get_args(hint) if one is not types.NoneType]
    return TYPES[hint]
