"""Nothing is lost between the files and `quality`, and what `cap generate` broke is found, to the row.

One filthy world (`--mess 1`) is generated, loaded and built once. What is found in the warehouse is compared
with `truth/defects.csv`, which the generator writes as it breaks rows: table_name, defect, column_name (of a
nulled field), row_count. The files are counted by DuckDB alone, without the loader.
"""

import csv
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from cap.load.bronze import load_bronze
from cap.load.contract import Table

WORLD = ["--customers", "400", "--days", "30", "--seed", "11", "--mess", "1"]
# A native timestamp cannot be unreadable, and only some tables have intervals; the rest can befall any row.
ANYWHERE = {"missing_key", "missing_timestamp", "timestamp_out_of_range"}
REJECTIONS = ANYWHERE | {"unreadable_timestamp", "ends_before_it_starts"}
KINDS = REJECTIONS | {"duplicate", "nulled_field"}

# what counts the rows of bronze; the other quality tables judge what is made of them
COUNTS = ("+quality_load_summary", "+quality_rejected_rows", "+quality_nulled_fields")
# silver is not built here, so neither are the tests that also read silver
HERE_ONLY = ("--indirect-selection", "buildable", "--exclude-resource-type", "unit_test")


@dataclass(frozen=True)
class FilthyWorld:
    """The files, the truth about them and the warehouse built from them."""

    bronze: Path
    defects: list[dict[str, str]]
    database: Path

    def planted(self, kinds: set[str]) -> dict[tuple[str, ...], int]:
        """(table, defect, column of a nulled field or "") -> rows, for the given kinds of defect."""
        rows = [row for row in self.defects if row["defect"] in kinds]
        return {
            (
                row["table_name"],
                row["defect"],
                row["column_name"] if row["defect"] == "nulled_field" else "",
            ): int(row["row_count"])
            for row in rows
        }

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(self.database, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def found(self, sql: str) -> dict[tuple[str, ...], int]:
        """All columns of a query but the last -> the last, a count of rows; zeros are left out."""
        return {tuple(row[:-1]): row[-1] for row in self.query(sql) if row[-1]}


@pytest.fixture(scope="module")
def filthy(
    tmp_path_factory: pytest.TempPathFactory, contract: dict[str, Table], dbt: Callable[..., None]
) -> FilthyWorld:
    """A filthy world: generated, loaded, staged and counted."""
    folder = tmp_path_factory.mktemp("filthy")
    bronze, database = folder / "bronze", folder / "warehouse.duckdb"
    cap = str(Path(sys.executable).with_name("cap"))
    subprocess.run([cap, "generate", *WORLD, "--out", str(bronze)], check=True, capture_output=True)
    load_bronze(bronze, database, contract)
    dbt(database, "build", "--select", "staging", *COUNTS, *HERE_ONLY)
    with (folder / "truth/defects.csv").open(newline="", encoding="utf-8") as file:
        return FilthyWorld(bronze, list(csv.DictReader(file)), database)


def test_the_world_is_filthy_enough_to_prove_anything(
    filthy: FilthyWorld, contract: dict[str, Table]
) -> None:
    """Each of the 27 tables is broken, all but the smallest in every way that can befall any table."""
    kinds: dict[str, set[str]] = {table: set() for table in contract}
    for table, defect, _ in filthy.planted(KINDS):
        kinds[table].add(defect)
    assert set().union(*kinds.values()) == KINDS
    assert [table for table, defects in kinds.items() if not defects] == []
    anywhere = ANYWHERE | {"duplicate", "nulled_field"}
    assert {table for table, defects in kinds.items() if not defects >= anywhere} <= {"journey_definitions"}


def test_every_row_of_the_files_is_accounted_for(filthy: FilthyWorld, contract: dict[str, Table]) -> None:
    """Rows in the files = rows in bronze = accepted + duplicates + rejected, for each of the 27 tables."""
    in_files = {
        (table,): duckdb.sql(f"select count(*) from '{filthy.bronze}/{table}/*.parquet'").fetchall()[0][0]
        for table in contract
    }
    assert len(in_files) == 27
    assert min(in_files.values()) > 0
    for rows in ("bronze_rows", "accepted_rows + duplicate_rows + rejected_rows"):
        assert filthy.found(f"select table_name, {rows} from quality.quality_load_summary") == in_files


def test_staging_is_row_for_row(filthy: FilthyWorld) -> None:
    """Each staging view has the rows of its bronze table, no more and no fewer."""
    views = filthy.query("select view_name from duckdb_views() where schema_name = 'staging'")
    counts = {}
    for (view,) in views:
        table = view.split("__")[1]
        counts[table] = filthy.query(
            f"select (select count(*) from staging.{view}), (select count(*) from bronze.{table})"
        )[0]
    assert len(counts) == 30  # the 27 tables, the load report, and what Python found: two
    assert {table: rows for table, rows in counts.items() if rows[0] != rows[1]} == {}


def test_every_broken_row_is_rejected_for_its_reason(filthy: FilthyWorld) -> None:
    """And no other row is: the counts are equal for each table and reason."""
    assert filthy.found("""
        select table_name, rejection_reason, '', count(*) from quality.quality_rejected_rows group by all
    """) == filthy.planted(REJECTIONS)


def test_every_duplicate_is_found(filthy: FilthyWorld) -> None:
    """Of a row that was delivered again one counts as accepted, the others as duplicates."""
    assert filthy.found("""
        select table_name, 'duplicate', '', duplicate_rows from quality.quality_load_summary
    """) == filthy.planted({"duplicate"})


def test_every_bad_field_is_nulled_and_counted(filthy: FilthyWorld) -> None:
    """And no good field is nulled: the counts are equal for each table and column."""
    assert filthy.found("""
        select table_name, 'nulled_field', column_name, row_count from quality.quality_nulled_fields
    """) == filthy.planted({"nulled_field"})


def test_a_rejected_row_is_kept_whole(filthy: FilthyWorld, contract: dict[str, Table]) -> None:
    """Its JSON has all columns of its table, with the key it is listed under."""
    kept = filthy.query("""
        select table_name, row_key, json_keys(row_json), row_json
        from quality.quality_rejected_rows
        qualify row_number() over (partition by table_name order by row_json) <= 20
    """)
    assert len(kept) >= 27
    for table, row_key, columns, row_json in kept:
        assert columns == list(contract[table].columns), table
        assert row_key is None or row_key in row_json, table
