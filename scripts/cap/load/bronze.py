"""Make the files of the bronze folder the tables of the schema `bronze`, all of them or none."""

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb
from tqdm import tqdm

from cap.errors import CapError
from cap.landing import create_landings
from cap.load.contract import INGESTION_TIMESTAMP, Table
from cap.load.csvfiles import rewrite_csv
from cap.load.discover import BronzeFile, Found, find_files
from cap.load.inspect import Inspected, inspect_table
from cap.load.plan import Group, Plan, make_plan, regroup
from cap.load.problems import Problems
from cap.load.sql import identifier, literal
from cap.load.textfiles import Unreadable

Item = TypeVar("Item")

INCOMING = "__incoming"
# A progress bar that flashes by is noise.
SECONDS_BEFORE_PROGRESS = 2
NAMED_AT_MOST = 5
FILES_PER_INSERT = 1000
# The machine's fault, not the file's: another way of reading it would not help.
ENVIRONMENT_ERRORS = (duckdb.OutOfMemoryException, duckdb.InterruptException)


@dataclass(frozen=True)
class TableReport:
    """What was loaded into one bronze table: one row of `bronze.load_report`."""

    table: str
    file_count: int
    byte_count: int
    columns_missing: list[str]
    columns_unknown: dict[str, str | None]  # name -> the missing column it looks like
    notes: list[str]

    @property
    def is_absent(self) -> bool:
        """Whether nothing was delivered for the table."""
        return self.file_count == 0


@dataclass(frozen=True)
class LoadReport:
    """What `load_bronze` did. `ignored` are entries of the bronze folder that belong to no table."""

    tables: list[TableReport]
    ignored: list[str]
    seconds: float
    must_rebuild: bool  # files that the warehouse was built from changed or went since


def load_bronze(
    root: Path, database: Path, tables: dict[str, Table], *, progress: bool = False
) -> LoadReport:
    """Replace the schema `bronze` of the DuckDB file `database` with what lies in `root`.

    Every table of `tables` exists afterwards with every column of the contract, in its order: a view over its
    files where all are Parquet that DuckDB reads as delivered, else a table. Nothing is replaced unless
    everything could be read. Raises CapError with all problems found, over all tables.
    """
    begun = time.monotonic()
    problems = Problems()
    found = find_files(root, tables, problems)
    with tempfile.TemporaryDirectory(prefix="cap_load_") as scratch_name:
        scratch = Path(scratch_name)
        inspected = _inspect(tables, found, scratch, problems, progress=progress)
        problems.raise_if_any(str(root))
        plans = {name: make_plan(one) for name, one in inspected.items()}
        with _warehouse(database) as connection:
            try:
                notes = _read_texts(connection, plans, scratch, problems, progress=progress)
                problems.raise_if_any(str(root))
                reports = [_report(inspected[name], plans[name], found, notes[name]) for name in tables]
                files = [file for one in inspected.values() for file in one.files]
                must_rebuild = _replace(connection, plans, reports, files)
            finally:
                _drop_incoming(connection)
    return LoadReport(reports, found.ignored_entries, time.monotonic() - begun, must_rebuild)


def _inspect(
    tables: dict[str, Table], found: Found, scratch: Path, problems: Problems, *, progress: bool
) -> dict[str, Inspected]:
    inspected = {}
    with duckdb.connect() as connection:
        for name in _bar(list(tables), "Looking into files", progress=progress):
            files = found.files.get(name, [])
            inspected[name] = inspect_table(connection, tables[name], files, scratch, problems)
    return inspected


@contextmanager
def _warehouse(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The DuckDB file, opened for writing; its errors in words."""
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(database)
    except (duckdb.Error, OSError) as error:
        raise CapError(_why_not_opened(database, error)) from None
    try:
        connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
        yield connection
    except ENVIRONMENT_ERRORS as error:
        raise CapError(f"DuckDB could not go on with {database}: {_first_line(error)}") from None
    finally:
        connection.close()


def _why_not_opened(database: Path, error: Exception) -> str:
    message = str(error)
    if "Could not set lock" in message:
        holder = re.search(r"PID (\d+)", message)
        by = f" by process {holder[1]}" if holder else ""
        return (
            f"the warehouse {database} is in use{by}. Close what has it open (a notebook, a BI tool, "
            "another dbt or mf) and try again, or set CAP_DUCKDB_PATH to another file."
        )
    if "not a valid DuckDB database" in message:
        return f"{database} is not a DuckDB file. Remove it, or set CAP_DUCKDB_PATH to another file."
    reason = error.strerror if isinstance(error, OSError) else _first_line(error)
    return (
        f"cannot open the warehouse {database}: {reason}. Set CAP_DUCKDB_PATH to a file this user can write."
    )


def _read_texts(
    connection: duckdb.DuckDBPyConnection,
    plans: dict[str, Plan],
    scratch: Path,
    problems: Problems,
    *,
    progress: bool,
) -> dict[str, list[str]]:
    """Read every table that cannot be a view into a table beside the old one; notes per table."""
    connection.execute("create schema if not exists bronze")
    _drop_incoming(connection)
    notes: dict[str, list[str]] = {name: [] for name in plans}
    groups = [(name, group) for name, plan in plans.items() if not plan.is_view for group in plan.groups]
    for name, plan in plans.items():
        if not plan.is_view or not plan.groups:
            columns = ", ".join(f"{identifier(column)} {type_}" for column, type_ in plan.types.items())
            connection.execute(f"create table bronze.{identifier(name + INCOMING)} ({columns})")
    for name, group in _bar(groups, "Reading files", progress=progress):
        notes[name] += _insert(connection, plans[name], group, scratch / name, problems)
    return notes


def _insert(
    connection: duckdb.DuckDBPyConnection, plan: Plan, group: Group, scratch: Path, problems: Problems
) -> list[str]:
    """Insert a group of files; where that fails, one by one, and where that fails, rewritten by Python."""
    try:
        _insert_group(connection, plan, group)
        return []
    except ENVIRONMENT_ERRORS:
        raise
    except duckdb.Error:
        if len(group.files) > 1:
            alone = list(regroup(group, plan.table))
            return [note for one in alone for note in _insert(connection, plan, one, scratch, problems)]
    file = group.files[0]
    if file.reader != "csv":
        problems.add(
            "DuckDB cannot read the file", "Deliver it again, or remove it", table=file.table, file=file.name
        )
        return []
    try:
        notes = rewrite_csv(file, scratch)
    except Unreadable as fault:
        problems.add(*fault.args, table=file.table, file=file.name)
        return []
    for one in regroup(group, plan.table):
        _insert_group(connection, plan, one)
    return notes


def _insert_group(connection: duckdb.DuckDBPyConnection, plan: Plan, group: Group) -> None:
    connection.execute(f"insert into bronze.{identifier(plan.table.name + INCOMING)} {plan.select(group)}")


def _drop_incoming(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what this load, or one that was killed, left half read."""
    left = connection.execute(
        "select table_name from duckdb_tables() where database_name = current_database() "
        f"and schema_name = 'bronze' and suffix(table_name, '{INCOMING}')"
    ).fetchall()
    for (name,) in left:
        connection.execute(f"drop table bronze.{identifier(name)}")


def _replace(
    connection: duckdb.DuckDBPyConnection,
    plans: dict[str, Plan],
    reports: list[TableReport],
    files: list[BronzeFile],
) -> bool:
    """Put the new relations in the place of the old ones, in one transaction; whether all must be rebuilt."""
    views = {
        name
        for (name,) in connection.execute(
            "select view_name from duckdb_views() "
            "where database_name = current_database() and schema_name = 'bronze'"
        ).fetchall()
    }
    connection.execute("begin")
    try:
        for name, plan in plans.items():
            kind = "view" if name in views else "table"
            connection.execute(f"drop {kind} if exists bronze.{identifier(name)}")
            if plan.is_view and plan.groups:
                connection.execute(f"create view bronze.{identifier(name)} as {plan.view()}")
            else:
                connection.execute(
                    f"alter table bronze.{identifier(name + INCOMING)} rename to {identifier(name)}"
                )
        create_landings(connection)
        _write_report(connection, reports)
        must_rebuild = _write_files(connection, files)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return must_rebuild


def _write_files(connection: duckdb.DuckDBPyConnection, files: list[BronzeFile]) -> bool:
    """Remember the files, and whether any that was loaded before changed or went since.

    Incremental models only add what new files bring. Where an old file is another one now, they would keep
    rows that no file holds any more, so `bronze.must_rebuild` stands until dbt has rebuilt them in full.
    """
    connection.execute(
        "create table if not exists bronze.load_files (path varchar, byte_count bigint, modified_ns bigint)"
    )
    connection.execute("create temp table files_before as from bronze.load_files")
    connection.execute("delete from bronze.load_files")
    found = [(str(file.path), file.size, file.path.stat().st_mtime_ns) for file in files]
    for start in range(0, len(found), FILES_PER_INSERT):
        some = found[start : start + FILES_PER_INSERT]
        rows = ", ".join(f"({literal(path)}, {size}, {modified})" for path, size, modified in some)
        connection.execute(f"insert into bronze.load_files values {rows}")
    [(gone,)] = connection.execute(
        "select count(*) from (from files_before except from bronze.load_files)"
    ).fetchall()
    connection.execute("drop table files_before")
    if gone:
        connection.execute("create table if not exists bronze.must_rebuild as select true as must_rebuild")
    return bool(
        connection.execute(
            "select count(*) from duckdb_tables() where database_name = current_database() "
            "and schema_name = 'bronze' and table_name = 'must_rebuild'"
        ).fetchall()[0][0]
    )


def _write_report(connection: duckdb.DuckDBPyConnection, reports: list[TableReport]) -> None:
    connection.execute(
        "create or replace table bronze.load_report ("
        "table_name varchar, file_count bigint, byte_count bigint, is_absent boolean, "
        "columns_missing varchar, columns_unknown varchar, notes varchar)"
    )
    rows = ", ".join(
        f"({literal(report.table)}, {report.file_count}, {report.byte_count}, {report.is_absent}, "
        f"{literal(','.join(report.columns_missing) or None)}, "
        f"{literal(','.join(report.columns_unknown) or None)}, {literal('; '.join(report.notes) or None)})"
        for report in reports
    )
    connection.execute(f"insert into bronze.load_report values {rows}")


def _report(inspected: Inspected, plan: Plan, found: Found, notes: list[str]) -> TableReport:
    table, files = inspected.table, inspected.files
    notes = [*inspected.notes, *notes]
    if plan.dates_itself:
        notes.append(
            f"{INGESTION_TIMESTAMP} is {table.event_timestamp} where it is missing: late rows cannot be told"
        )
    meant = [f"{name} looks like the missing {known}" for name, known in inspected.unknown.items() if known]
    ignored = found.ignored_files.get(table.name, [])
    if ignored:
        more = f" and {len(ignored) - NAMED_AT_MOST:,} more" if len(ignored) > NAMED_AT_MOST else ""
        notes.append(f"ignored files: {', '.join(ignored[:NAMED_AT_MOST])}{more}")
    return TableReport(
        table=table.name,
        file_count=len(files),
        byte_count=sum(file.size for file in files),
        columns_missing=[column for column in table.columns if files and column not in inspected.delivered],
        columns_unknown=inspected.unknown,
        notes=meant + _brief(notes),
    )


def _brief(notes: list[str]) -> list[str]:
    """The first notes; a thousand files that all say the same thing are one fact."""
    more = len(notes) - NAMED_AT_MOST
    return notes[:NAMED_AT_MOST] + ([f"{more:,} more notes like these"] if more > 0 else [])


def _bar(items: list[Item], label: str, *, progress: bool) -> Iterator[Item]:
    return iter(
        tqdm(items, desc=label, delay=SECONDS_BEFORE_PROGRESS, disable=not progress, leave=False, unit="step")
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
