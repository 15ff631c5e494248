"""`cap load`: the command and its summary."""

import textwrap
from pathlib import Path

import click

from cap.load.bronze import LoadReport, load_bronze
from cap.load.contract import read_contract
from cap.load.settings import CONTRACT, bronze_folder, database_path, require_project_folder

WIDTH = 110


@click.command()
def load() -> None:
    """Make the files in $CAP_BRONZE_PATH the bronze tables of the warehouse $CAP_DUCKDB_PATH.

    One folder per table: <path>/<table>/*.parquet, .csv, .json, .ndjson (.gz, .zst too). Tables and columns
    that are not there become empty tables and nulls; a summary says which.
    """
    require_project_folder()
    run_load()


def run_load() -> LoadReport:
    """Load by the settings and print the summary. Raises CapError."""
    root, database = bronze_folder(), database_path()
    report = load_bronze(root, database, read_contract(CONTRACT), progress=True)
    click.echo(summary(report, root, database))
    return report


def summary(report: LoadReport, root: Path, database: Path) -> str:
    """What was found, missing and unknown, in as few lines as tell it."""
    present = [table for table in report.tables if not table.is_absent]
    absent = [table.table for table in report.tables if table.is_absent]
    files = sum(table.file_count for table in present)
    size = sum(table.byte_count for table in present) / 1e6
    lines = [
        f"Bronze: {len(present)} of {len(report.tables)} tables, {files:,} file{'s' * (files != 1)}, "
        f"{size:,.1f} MB from {root} into {database} in {report.seconds:.1f} s"
    ]
    if absent:
        lines += _wrapped("  absent, left empty: ", absent)
    for table in present:
        if table.columns_missing:
            lines += _wrapped(f"  {table.table}: missing, left null: ", table.columns_missing)
        if table.columns_unknown:
            names = [
                f"{name} (did you mean {meant}?)" if meant else name
                for name, meant in table.columns_unknown.items()
            ]
            lines += _wrapped(f"  {table.table}: unknown, ignored: ", names)
        notes = [note for note in table.notes if "looks like the missing" not in note]
        lines += [line for note in notes for line in _wrapped(f"  {table.table}: ", [note])]
    if report.must_rebuild:
        told = "files loaded before have changed or gone: the next dbt build must be a --full-refresh"
        lines += _wrapped("  ", [f"{told} (cap build makes it one)"])
    if report.ignored:
        lines += _wrapped("  no tables, ignored: ", report.ignored)
    return "\n".join(lines)


def _wrapped(label: str, words: list[str]) -> list[str]:
    return textwrap.wrap(
        label + ", ".join(words),
        WIDTH,
        subsequent_indent="      ",
        break_long_words=False,
        break_on_hyphens=False,
    )
