"""Whatever is delivered, in whatever batches: sessions derived batch by batch equal those of one full build.

Small worlds of page views, conversions and searches on few visitors, so that what a new row can do to known
ones happens often: it closes a gap between two sessions, comes before the first, moves to another device,
takes its login back, or comes again with other words. Ids are few, so that most rows are further deliveries.
"""

import datetime as dt
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, comparable_columns
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

MODELS = ["+silver_web_sessions", "+fact_pageviews", "+fact_conversions", "+fact_searches"]
TABLES = [
    "silver.silver_web_pageviews",
    "silver.silver_web_pageview_sessions",
    "silver.silver_web_event_sessions",
    "silver.silver_web_sessions",
    "silver.silver_searches",
    "gold.fact_pageviews",
    "gold.fact_conversions",
    "gold.fact_searches",
]
BEGIN = dt.datetime(2026, 1, 5)
# gaps around the half hour, and around the 72 hours after which a session is cut
MINUTES = st.sampled_from([0, 1, 29, 30, 31, 60, 61, 90, 91, 1439, 1441, 4319, 4320, 4321, 4350])
BATCHES = 3

pageview = st.fixed_dictionaries(
    {
        "pageview_id": st.sampled_from([f"p{number}" for number in range(9)]),
        "device_id": st.sampled_from(["d1", "d2", None]),
        "session_id": st.sampled_from(["s1", "s2", None]),
        "customer_id": st.sampled_from([None, None, "c1", "c2"]),
        "utm_source": st.sampled_from([None, None, "google", "newsletter"]),
        "pageview_timestamp": MINUTES,
        "batch": st.integers(0, BATCHES - 1),
    }
)
conversion = st.fixed_dictionaries(
    {
        "conversion_id": st.sampled_from(["k1", "k2", "k3"]),
        "session_id": st.sampled_from(["s1", "s2", None]),
        "conversion_value": st.sampled_from([1.0, 2.5]),
        "conversion_timestamp": MINUTES,
        "batch": st.integers(0, BATCHES - 1),
    }
)
search = st.fixed_dictionaries(
    {
        "search_id": st.sampled_from(["q1", "q2", "q3"]),
        "session_id": st.sampled_from(["s1", "s2", None]),
        "search_query": st.sampled_from(["shoes", "hats"]),
        "search_timestamp": MINUTES,
        "batch": st.integers(0, BATCHES - 1),
    }
)
worlds = st.fixed_dictionaries(
    {
        "web_pageviews": st.lists(pageview, min_size=4, max_size=24),
        "conversion_events": st.lists(conversion, max_size=6),
        "search_queries": st.lists(search, max_size=6),
    }
)


def write(world: dict[str, list[dict]], folder: Path, batches: range) -> None:
    """The rows of some batches as <folder>/<table>/<batch>.parquet; later rows are ingested later."""
    connection = duckdb.connect()
    for table, rows in world.items():
        (folder / table).mkdir(parents=True, exist_ok=True)
        for batch in batches:
            values = [
                {
                    **{name: value for name, value in row.items() if name != "batch"},
                    **{
                        name: BEGIN + dt.timedelta(minutes=value)
                        for name, value in row.items()
                        if name.endswith("_timestamp")
                    },
                    "ingestion_timestamp": BEGIN + dt.timedelta(days=9 + batch, seconds=number),
                }
                for number, row in enumerate(rows)
                if row["batch"] == batch
            ]
            if not values:
                continue
            columns = {
                name: "timestamp"
                if name.endswith("timestamp")
                else "double"
                if "value" in name
                else "varchar"
                for name in values[0]
            }
            declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            connection.execute(f"create or replace table delivered ({declared})")
            marks = ", ".join("?" for _ in columns)
            connection.executemany(
                f"insert into delivered values ({marks})",
                [[value[name] for name in columns] for value in values],
            )
            connection.execute(f"copy delivered to '{folder}/{table}/{batch}.parquet'")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dbtRunner]]:
    """A warehouse with seeds and nothing else, and a dbt that has read the project once."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("properties")
        patch.chdir(PROJECT)
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        patch.setenv("CAP_DUCKDB_PATH", str(folder / "seeded/w.duckdb"))
        (folder / "seeded").mkdir()
        parsed = dbtRunner().invoke(["--quiet", "parse"])
        dbt = dbtRunner(manifest=parsed.result)
        assert dbt.invoke(["--quiet", "seed"]).success
        DuckDBConnectionManager.close_all_connections()
        yield folder, dbt


def derive(folder: Path, dbt: dbtRunner, database: Path) -> None:
    """Load the bronze folder and run the models, as one daily run does."""
    load_bronze(folder, database, read_contract(PROJECT / "contract/columns.csv"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        patch.setenv("CAP_DUCKDB_PATH", str(database))
        done = dbt.invoke(["--quiet", "run", "--select", *MODELS])
        DuckDBConnectionManager.close_all_connections()
    assert done.success, [result.message for result in done.result or [] if result.message]


# an example takes some 20 seconds, so that a failing one is not made smaller
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(world=worlds)
def test_any_batches_equal_one(project: tuple[Path, dbtRunner], world: dict[str, list[dict]]) -> None:
    folder, dbt = project
    run = folder / "run"
    shutil.rmtree(run, ignore_errors=True)
    by_batch, at_once = run / "by_batch/w.duckdb", run / "at_once/w.duckdb"
    for database in (by_batch, at_once):
        database.parent.mkdir(parents=True)
        shutil.copy(folder / "seeded/w.duckdb", database)
    for batch in range(BATCHES):
        write(world, run / "arrived", range(batch, batch + 1))
        derive(run / "arrived", dbt, by_batch)
    derive(run / "arrived", dbt, at_once)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{by_batch}' as by_batch (read_only)")
        connection.execute(f"attach '{at_once}' as at_once (read_only)")
        for table in TABLES:
            selected = comparable_columns(connection, "at_once", table)
            for one, other in itertools.permutations(["by_batch", "at_once"]):
                surplus = connection.execute(
                    f"select {selected} from {one}.{table} except all select {selected} from {other}.{table}"
                ).fetchall()
                assert not surplus, (table, one)
