"""Whatever is delivered, in whatever batches: sessions derived batch by batch equal those of one full build.

Small worlds of page views, conversions, searches and uses of a feature on few visitors, so that what a new
row can do to known ones happens often: it closes a gap between two sessions, comes before the first, moves to
another device, takes its login back, comes again with other words, or tells that two customers are one person
or are not. Ids are few, so that most rows are further deliveries.
"""

import datetime as dt
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, comparable_rows
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

MODELS = [
    "+silver_web_sessions",
    "+fact_pageviews",
    "+fact_conversions",
    "+fact_searches",
    "+fact_form_fields",
    "+fact_feature_usage",
    "+fact_feature_adoption",
    "+dim_customer",
]
TABLES = [
    "silver.silver_web_pageviews",
    "silver.silver_web_pageview_sessions",
    "silver.silver_web_event_sessions",
    "silver.silver_web_sessions",
    "silver.silver_searches",
    "silver.silver_feature_first_uses",
    "silver.silver_customer_identities",
    "gold.fact_pageviews",
    "gold.fact_conversions",
    "gold.fact_searches",
    "gold.fact_feature_usage",
    "gold.fact_feature_adoption",
    "gold.dim_customer",
]
BEGIN = dt.datetime(2026, 1, 5)
# gaps around the half hour, and around the 72 hours after which a session is cut
MINUTES = st.sampled_from([0, 1, 29, 30, 31, 60, 61, 90, 91, 1439, 1441, 4319, 4320, 4321, 4350])
BATCHES = 3
PEOPLE = [
    {
        "first_name": first_name,
        "last_name": "Okafor",
        "date_of_birth": "1980-02-03",
        "tax_id": tax_id,
        "email_address": f"{first_name}.okafor@post.example",
    }
    for first_name, tax_id in (("Ngozi", "531-86-4210"), ("Bartholomew", "618-05-7739"))
]

pageview = st.fixed_dictionaries(
    {
        "pageview_id": st.sampled_from([f"p{number}" for number in range(9)]),
        "device_id": st.sampled_from(["d1", "d2", None]),
        "session_id": st.sampled_from(["s1", "s2", None]),
        "customer_id": st.sampled_from([None, None, "c1", "c2", "c3"]),
        "utm_source": st.sampled_from([None, None, "google", "newsletter"]),
        "pageview_timestamp": MINUTES,
        "batch": st.integers(0, BATCHES - 1),
    }
)
conversion = st.fixed_dictionaries(
    {
        "conversion_id": st.sampled_from(["k1", "k2", "k3"]),
        "customer_id": st.sampled_from([None, "c1", "c2", "c3"]),
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
usage = st.fixed_dictionaries(
    {
        "usage_id": st.sampled_from(["u1", "u2", "u3", "u4"]),
        "session_id": st.sampled_from(["s1", "s2", None]),
        "customer_id": st.sampled_from([None, "c1", "c2", "c3"]),
        "feature_id": st.just("budget"),
        "usage_timestamp": MINUTES,
        "batch": st.integers(0, BATCHES - 1),
    }
)
record = st.builds(
    dict.__or__,
    st.fixed_dictionaries(
        {
            "record_id": st.sampled_from(["r1", "r2", "r3"]),
            "source_customer_id": st.sampled_from(["c1", "c2", "c3"]),
            "record_timestamp": MINUTES,
            "batch": st.integers(0, BATCHES - 1),
        }
    ),
    st.sampled_from(PEOPLE),
)
worlds = st.fixed_dictionaries(
    {
        "web_pageviews": st.lists(pageview, min_size=4, max_size=24),
        "conversion_events": st.lists(conversion, max_size=6),
        "search_queries": st.lists(search, max_size=6),
        "feature_usage": st.lists(usage, max_size=8),
        "customer_master": st.lists(record, max_size=8),
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
            for one, other in itertools.permutations(["by_batch", "at_once"]):
                rows, others = (comparable_rows(connection, name, table) for name in (one, other))
                surplus = connection.execute(f"{rows} except all {others}").fetchall()
                assert not surplus, (table, one)


def test_two_customers_who_turn_out_to_be_one_person_are_one_everywhere(
    project: tuple[Path, dbtRunner],
) -> None:
    """On one device c1 logs in, then c2: nobody knows whose the first visit was, until their records say that
    they are one person; then it is that person's. When it turns out that they are not, all is as before."""
    folder, dbt = project
    run = folder / "merge"
    database = run / "merged/w.duckdb"
    database.parent.mkdir(parents=True)
    shutil.copy(folder / "seeded/w.duckdb", database)

    def record(name: str, person: dict[str, str], batch: int) -> dict:
        return {
            "record_id": f"r-{name}",
            "source_customer_id": name,
            "record_timestamp": batch,
            "batch": batch,
            **person,
        }

    def view(name: str, customer: str | None, minute: int) -> dict:
        return {
            "pageview_id": name,
            "device_id": "d1",
            "session_id": name,
            "customer_id": customer,
            "pageview_timestamp": minute,
            "batch": 0,
        }

    def known(key: str, name: str, customer: str, minute: int, **told: str) -> dict:
        """An event that names a customer and no session."""
        return {
            key: name,
            "customer_id": customer,
            **told,
            key.replace("_id", "_timestamp"): minute,
            "batch": 0,
        }

    somebody, another = PEOPLE
    world = {
        "web_pageviews": [view("p1", None, 0), view("p2", "c1", 100), view("p3", "c2", 200)],
        "conversion_events": [
            known("conversion_id", "k1", "c1", 101),
            known("conversion_id", "k2", "c2", 201),
        ],
        "search_queries": [
            known("search_id", "q1", "c1", 101, search_query="shoes"),
            known("search_id", "q2", "c2", 201, search_query="shoes"),
        ],
        "form_interactions": [
            known("interaction_id", "i1", "c1", 101, form_id="loan", field_id="name"),
            known("interaction_id", "i2", "c2", 201, form_id="loan", field_id="name"),
        ],
        "feature_usage": [
            known("usage_id", "u1", "c1", 101, feature_id="budget"),
            known("usage_id", "u2", "c2", 201, feature_id="budget"),
            known("usage_id", "u3", "c1", 301, feature_id="budget"),
            known("usage_id", "u4", "c2", 302, feature_id="budget"),
        ],
        "customer_master": [
            record("c1", somebody, 0),
            record("c2", another, 0),
            record("c2", somebody, 1),
            record("c2", another, 2),
        ],
    }
    told = []
    for batch in range(3):
        write(world, run / "arrived", range(batch, batch + 1))
        derive(run / "arrived", dbt, database)
        with duckdb.connect(database, read_only=True) as connection:
            told.append(
                connection.execute(
                    "select "
                    "(select list(customer_key is null order by session_start_timestamp) "
                    "from silver.silver_web_sessions), "
                    "(select count(distinct customer_key) from silver.silver_web_sessions), "
                    "(select count(distinct customer_key) from gold.fact_pageviews), "
                    "(select count(distinct customer_key) from gold.fact_conversions), "
                    "(select count(distinct customer_key) from gold.fact_searches), "
                    "(select count(distinct customer_key) from gold.fact_form_sessions), "
                    "(select count(distinct customer_key) from gold.fact_form_fields), "
                    "(select count(distinct customer_key) from gold.fact_feature_usage), "
                    "(select count(*) from gold.fact_feature_usage where is_first_use), "
                    "(select count(*) from gold.fact_feature_adoption), "
                    "(select list(source_customer_count order by customer_key) from gold.dim_customer)"
                ).fetchone()
            )
    apart = ([True, False, False], 2, 2, 2, 2, 2, 2, 2, 2, 2, [1, 1])
    assert told == [apart, ([False, False, False], 1, 1, 1, 1, 1, 1, 1, 1, 1, [2]), apart]
