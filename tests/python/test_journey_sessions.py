"""Sessions across channels: by whatever batches as by one full build; and keys that go are logged.

Small worlds as in test_replay_properties, with customer events and clicks beside page views: two devices,
three customers, gaps around half an hour and around the cut, so that a late row often joins two sessions,
begins one earlier, or tells whose it was.
"""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import test_replay_properties as properties
from conftest import PROJECT, comparable_rows
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

MODELS = ["+fact_sessions", "+fact_events", "+dim_event_type", "+quality_session_key_changes"]
TABLES = [
    "silver.silver_session_parts",
    "silver.silver_sessions",
    "silver.silver_customer_events",
    "gold.fact_sessions",
    "gold.fact_events",
    "gold.dim_event_type",
]
BATCHES = properties.BATCHES
MINUTES, BATCH = properties.MINUTES, st.integers(0, BATCHES - 1)
CUSTOMERS = st.sampled_from([None, None, "c1", "c2", "c3"])

event = st.fixed_dictionaries(
    {
        "event_id": st.sampled_from([f"e{number}" for number in range(9)]),
        "event_type": st.sampled_from(["page_view", "call", "conversion", "transaction"]),
        "device_id": st.sampled_from(["d1", "d2", None, None]),
        "session_id": st.sampled_from(["s1", None]),
        "customer_id": CUSTOMERS,
        "journey_id": st.sampled_from(["j1", None]),
        "channel": st.sampled_from(["web", "email", "branch"]),
        "event_timestamp": MINUTES,
        "batch": BATCH,
    }
)
touch = st.fixed_dictionaries(
    {
        "touchpoint_id": st.sampled_from(["t1", "t2", "t3"]),
        "customer_id": CUSTOMERS,
        "device_id": st.sampled_from(["d1", None]),
        "channel": st.sampled_from(["email", "display"]),
        "clicked_flag": st.sampled_from(["true", "true", "false"]),
        "touchpoint_timestamp": st.just(0),
        "click_timestamp": MINUTES,
        "batch": BATCH,
    }
)
app_event = st.fixed_dictionaries(
    {
        "event_id": st.sampled_from(["a1", "a2", "a3", "a4"]),
        "device_id": st.sampled_from(["d1", "d3"]),
        "app_session_id": st.sampled_from(["m1", None]),
        "customer_id": CUSTOMERS,
        "event_type": st.just("screen_view"),
        "event_timestamp": MINUTES,
        "batch": BATCH,
    }
)
worlds = st.fixed_dictionaries(
    {
        "web_pageviews": st.lists(properties.pageview, min_size=4, max_size=14),
        "mobile_app_events": st.lists(app_event, max_size=6),
        "customer_events": st.lists(event, min_size=6, max_size=18),
        "touchpoints": st.lists(touch, max_size=6),
        "customer_master": st.lists(properties.record, max_size=6),
    }
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dbtRunner]]:
    """A warehouse with seeds and nothing else, and a dbt that has read the project once."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("sessions")
        patch.chdir(PROJECT)
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        patch.setenv("CAP_DUCKDB_PATH", str(folder / "seeded/w.duckdb"))
        (folder / "seeded").mkdir()
        dbt = dbtRunner(manifest=dbtRunner().invoke(["--quiet", "parse"]).result)
        assert dbt.invoke(["--quiet", "seed"]).success
        DuckDBConnectionManager.close_all_connections()
        yield folder, dbt


def derive(arrived: Path, dbt: dbtRunner, database: Path) -> None:
    """Load the bronze folder and run the models, as one daily run does."""
    load_bronze(arrived, database, read_contract(PROJECT / "contract/columns.csv"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        patch.setenv("CAP_DUCKDB_PATH", str(database))
        done = dbt.invoke(["--quiet", "run", "--select", *MODELS])
        DuckDBConnectionManager.close_all_connections()
    assert done.success, [result.message for result in done.result or [] if result.message]


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(world=worlds)
def test_any_batches_give_the_same_sessions(
    project: tuple[Path, dbtRunner], world: dict[str, list[dict]]
) -> None:
    folder, dbt = project
    run = folder / "run"
    shutil.rmtree(run, ignore_errors=True)
    by_batch, at_once = run / "by_batch/w.duckdb", run / "at_once/w.duckdb"
    for database in (by_batch, at_once):
        database.parent.mkdir(parents=True)
        shutil.copy(folder / "seeded/w.duckdb", database)
    for batch in range(BATCHES):
        properties.write(world, run / "arrived", range(batch, batch + 1))
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


def test_a_key_that_goes_is_logged_and_a_login_alone_changes_none(project: tuple[Path, dbtRunner]) -> None:
    """First a visit at 0:30 and a call of c1 at 0:45: two sessions. A late page view begins the visit at
    0:10, so its key goes. A late login of c1 on the device keeps the visit's key and takes the call into it.
    """
    folder, dbt = project
    run = folder / "log"
    database = run / "w.duckdb"
    run.mkdir()
    shutil.copy(folder / "seeded/w.duckdb", database)

    def view(name: str, minute: int, batch: int) -> dict:
        return {
            "pageview_id": name,
            "device_id": "d1",
            "session_id": None,
            "customer_id": None,
            "pageview_timestamp": minute,
            "batch": batch,
        }

    def named(name: str, kind: str, device: str | None, minute: int, batch: int) -> dict:
        return {
            "event_id": name,
            "event_type": kind,
            "device_id": device,
            "customer_id": "c1",
            "event_timestamp": minute,
            "batch": batch,
        }

    world = {
        "web_pageviews": [view("p1", 30, 0), view("p2", 10, 1)],
        "customer_events": [named("e1", "call", None, 45, 0), named("e2", "login", "d1", 20, 2)],
    }
    keys, logs = [], []
    for batch in range(3):
        properties.write(world, run / "arrived", range(batch, batch + 1))
        derive(run / "arrived", dbt, database)
        with duckdb.connect(database, read_only=True) as connection:
            keys.append(
                connection.execute(
                    "select list(session_key order by session_start_timestamp) from silver.silver_sessions"
                ).fetchone()[0]
            )
            logs.append(
                connection.execute(
                    "select old_session_key, new_session_key from quality.quality_session_key_changes "
                    "order by changed_in_batch"
                ).fetchall()
            )
    (visit, call), (earlier_visit, same_call), (session,) = keys
    assert call == same_call
    assert session == earlier_visit != visit
    assert logs == [[], [(visit, earlier_visit)], [(visit, earlier_visit), (call, session)]]
