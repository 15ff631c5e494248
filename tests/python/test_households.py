"""Households of a generated world: against its truth, and yesterday's against today's."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, run_dbt

from cap.load.bronze import load_bronze
from cap.load.contract import read_contract
from cap.quality.figures import Figure
from cap.quality.households import evaluate

WORLD = ("--customers", "800", "--days", "30", "--mess", "0.3", "--seed", "77", "--start", "2026-01-01")
LAST_DAY = "2026-01-20"  # of the first delivery
TABLES = ("customer_master", "customer_identifiers", "customer_relationships")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A warehouse that was built on LAST_DAY and again at the end, and the truth.

    `yesterday.members` is what silver_household_members said after the first build, `yesterday.identities`
    who was who.
    """
    folder = tmp_path_factory.mktemp("households")
    cap = str(Path(sys.executable).with_name("cap"))
    subprocess.run(
        [cap, "generate", *WORLD, "--out", str(folder / "bronze")], check=True, capture_output=True
    )
    contract, database = read_contract(PROJECT / "contract/columns.csv"), folder / "w.duckdb"
    for number, days in enumerate((f"<= date '{LAST_DAY}'", f"> date '{LAST_DAY}'")):
        for table in TABLES:
            (folder / "arrived" / table).mkdir(parents=True, exist_ok=True)
            duckdb.execute(
                f"copy (from read_parquet('{folder}/bronze/{table}/**/*.parquet') "
                f"where cast(ingestion_timestamp as date) {days}) "
                f"to '{folder}/arrived/{table}/{number}.parquet'"
            )
        load_bronze(folder / "arrived", database, contract)
        if number == 0:
            run_dbt(database, "seed")
        run_dbt(database, "run", "--select", "+silver_household_members")
        if number == 0:
            with duckdb.connect(database) as connection:
                connection.execute("create schema yesterday")
                for name, source in (
                    ("members", "silver_household_members"),
                    ("identities", "silver_customer_identities"),
                ):
                    connection.execute(f"create table yesterday.{name} as from silver.{source}")
    return database, folder / "truth"


@pytest.fixture(scope="module")
def figures(warehouse: tuple[Path, Path]) -> dict[str, Figure]:
    database, truth = warehouse
    with duckdb.connect(database) as connection:
        return {figure.name: figure for figure in evaluate(connection, truth)}


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("pairs found that are true", 0.93),
        ("true pairs that are found", 0.8),
        ("pair F1", 0.88),
        ("pairs found that are true, resolved customers only", 0.95),
        ("true pairs that are found, resolved customers only", 0.9),
        ("pair F1, resolved customers only", 0.93),
        ("members with the right role", 0.9),
    ],
)
def test_households_are_those_of_the_truth(figures: dict[str, Figure], name: str, least: float) -> None:
    value = figures[name].value
    assert value is not None
    assert value >= least


def test_yesterdays_household_is_still_yesterdays(warehouse: tuple[Path, Path]) -> None:
    """What was said of LAST_DAY on that day is said of it ten days later.

    Of customers who are the same accounts still, and whose kin are too: who turns out to be another person
    moves between households for good reason.
    """
    database, _ = warehouse
    with duckdb.connect(database, read_only=True) as connection:
        [(customers, same)] = connection.execute(
            f"""
            with before as (select source_customer_key, customer_key from yesterday.identities),

            after as (select source_customer_key, customer_key from silver.silver_customer_identities),

            resolved_anew as (
                (from before except from after)
                union all
                (from after except from before)
            ),

            told as (
                select * from yesterday.members
                where
                    valid_from_date <= date '{LAST_DAY}'
                    and coalesce(valid_to_date > date '{LAST_DAY}', true)
            ),

            retold as (
                select * from silver.silver_household_members
                where
                    valid_from_date <= date '{LAST_DAY}'
                    and coalesce(valid_to_date > date '{LAST_DAY}', true)
            )

            select count(*), count(*) filter (told.household_key = retold.household_key)
            from told
            left join retold using (customer_key)
            where told.household_key not in (
                select members.household_key
                from told as members
                where members.customer_key in (select customer_key from resolved_anew)
            )
            """
        ).fetchall()
    assert customers > 600
    assert same / customers > 0.99, f"{customers - same} of {customers} are elsewhere"
