"""Sixty days, a run a day: what the snapshots saw is what the events tell, day by day.

Customers of a world of our own are told of, assigned to segments, do something, or fall silent; each day a
run sees the rows of that day and those before. In the end the history that is derived from the events' own
times must say of every customer, on the evening of every day, what the snapshot saw on it. A telling that
comes late is the exception: the history knows better then, and the snapshot keeps what was believed.
"""

import csv
import os
import random
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT

from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

FIRST, DAYS, CUSTOMERS = date(2026, 1, 10), 60, 120
LATE = "c007"  # one telling of this customer comes five days late
WAYS = {
    "prospect": ["onboarding"],
    "onboarding": ["active", "churned"],
    "active": ["growth", "at_risk"],
    "growth": ["active", "churned"],
    "at_risk": ["active", "dormant"],
    "dormant": ["active", "churned"],
    "churned": ["onboarding"],
}
UPSTREAM = """
create schema silver; create schema quality; create schema world;
create table quality.derivations (model_name varchar, batch_number bigint);
create table world.days as select * from read_csv('{days}', header = true);
-- the day of a run: its number
create view world.today as
    select date '{first}' + cast(max(batch_number) as integer) - 1 as today from quality.derivations;
create view silver.silver_customer_events as
    select source_customer_key, day as event_date, true as is_transaction, 'money' as event_class,
        'active' as engagement_kind, 'web' as channel_code, cast(5 as decimal(18, 2)) as event_value,
        false as is_bot, false as is_test,
        (day - date '{first}') + 1 as derived_in_batch
    from world.days where day <= (select today from world.today);
create view silver.silver_conversions as
    select 0::bigint as source_customer_key, timestamp '2000-01-01' as conversion_timestamp,
        cast(0 as decimal(18, 2)) as conversion_value, 0 as derived_in_batch where false;
create table silver.silver_customer_identities as
    select source_customer_key, min(source_customer_key) over (partition by person) as customer_key,
        'G' || person as golden_id, 1 as derived_in_batch
    from read_csv('{people}', header = true);
create table silver.silver_seen_customers as
    select source_customer_key, timestamp '{first}' as first_seen_timestamp, 1 as derived_in_batch
    from silver.silver_customer_identities;
create table silver.silver_customer_records as
    select source_customer_key, date '{first}' - 40 as customer_since_date, 'active' as customer_status,
        timestamp '{first}' - interval 40 day as record_timestamp
    from silver.silver_customer_identities;
create table silver.silver_product_holdings as
    select 0::bigint as holding_key, 0::bigint as customer_key, date '2000-01-01' as opened_date,
        date '2000-01-01' as closed_date where false;
-- bronze shows what has been delivered by the end of the run's day
create view bronze.customer_lifecycle_events as select * from bronze.customer_lifecycle_events_whole
    where cast(ingestion_timestamp as date) <= (select today from world.today);
create view bronze.customer_segments as select * from bronze.customer_segments_whole
    where cast(ingestion_timestamp as date) <= (select today from world.today);
"""


def key(customer: str) -> int:
    """The surrogate key of a customer of the default source system, as the project makes it."""
    [(found,)] = duckdb.execute(
        "select cast(cast('0x' || substr(md5('crm' || chr(31) || ?), 1, 16) as ubigint) >> 1 as bigint)",
        [customer],
    ).fetchall()
    return found


def write(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def make_world(folder: Path) -> None:
    """Customers c000 …; every tenth is known twice (d…); three in four are told of, the rest only behaves."""
    chance = random.Random(7)
    people, days, events, segments = [], [], [], []
    for number in range(CUSTOMERS):
        customer = f"c{number:03}"
        names = [customer] + ([f"d{number:03}"] if number % 10 == 0 else [])
        people += [{"person": number, "source_customer_key": key(name)} for name in names]
        is_told, stage, at = number % 4 != 0, "prospect", FIRST - timedelta(days=chance.randint(0, 200))
        silent_from = FIRST + timedelta(days=chance.randint(0, 60))
        while at < FIRST + timedelta(days=DAYS):
            moment = datetime.combine(at, datetime.min.time()) + timedelta(seconds=chance.randint(0, 86_000))
            name = chance.choice(names)
            if is_told:
                target = chance.choice(WAYS[stage])
                late = 5 if customer == LATE and at > FIRST + timedelta(days=20) else 0
                events.append(
                    {
                        "event_id": f"{customer}-{len(events)}",
                        "event_timestamp": moment,
                        "customer_id": name,
                        "lifecycle_stage_from": stage,
                        "lifecycle_stage_to": target,
                        "ingestion_timestamp": moment + timedelta(seconds=1, days=late),
                    }
                )
                stage = target
            if chance.random() < 0.4:
                segments.append(
                    {
                        "segment_assignment_id": f"s{len(segments)}",
                        "assignment_timestamp": moment,
                        "customer_id": name,
                        "segment_id": f"V{chance.randint(1, 4)}",
                        "segment_type": "value",
                        "segment_start_date": at,
                        "ingestion_timestamp": moment + timedelta(seconds=1),
                    }
                )
            at += timedelta(days=chance.randint(1, 30))
        days += [
            {"source_customer_key": key(chance.choice(names)), "day": FIRST + timedelta(days=n)}
            for n in range(DAYS)
            if chance.random() < 0.05 and FIRST + timedelta(days=n) < silent_from
        ]
    days.append({"source_customer_key": key("c000"), "day": FIRST})
    write(folder / "bronze/customer_lifecycle_events/events.csv", events)
    write(folder / "bronze/customer_segments/segments.csv", segments)
    write(folder / "people.csv", people)
    write(folder / "days.csv", days)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("snapshots")
    make_world(folder)
    database = folder / "w.duckdb"
    load_bronze(folder / "bronze", database, read_contract(PROJECT / "contract/columns.csv"))
    with duckdb.connect(database) as connection:
        for name in ("customer_lifecycle_events", "customer_segments"):  # of CSV files they are tables
            connection.execute(f"alter table bronze.{name} rename to {name}_whole")
        connection.execute(
            UPSTREAM.format(days=folder / "days.csv", people=folder / "people.csv", first=FIRST)
        )
    settings = {
        "CAP_DUCKDB_PATH": str(database),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    script = Path(__file__).with_name("replayed_days.py")
    done = subprocess.run(
        [sys.executable, str(script), str(FIRST), str(DAYS)],
        cwd=PROJECT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return duckdb.connect(database, read_only=True)


def evenings(snapshot: str, history: str, starts: str, ends: str, kind: str, found: str) -> str:
    """Of each customer (and type) and day: what the snapshot saw, and what the history tells."""
    return f"""
    with calendar as (
        select cast(range as date) as day
        from range(timestamp '{FIRST}', timestamp '{FIRST + timedelta(days=DAYS)}', interval 1 day)
    ),
    seen as (
        select customer_key, {kind} as kind, day, {found} as seen from calendar
        inner join snapshots.{snapshot}
            on dbt_valid_from <= day and (dbt_valid_to > day or dbt_valid_to is null)
    ),
    told as (
        select customer_key, {kind} as kind, day, {found} as told from calendar
        inner join silver.{history} on {starts} <= day and ({ends} > day or {ends} is null)
    )
    select coalesce(seen.customer_key, told.customer_key) as customer_key, day, seen, told
    from seen full outer join told using (customer_key, kind, day)
    """


LIFECYCLE = evenings(
    "snapshot_customer_lifecycle",
    "silver_customer_lifecycle_history",
    "stage_start_date",
    "stage_end_date",
    "''",
    "lifecycle_stage",
)
SEGMENTS = evenings(
    "snapshot_customer_segments",
    "silver_customer_segments_history",
    "assignment_date",
    "exit_date",
    "segment_type",
    "segment_id",
)


def test_the_world_is_one_in_which_things_happen(warehouse: duckdb.DuckDBPyConnection) -> None:
    [(stages, changes, behaved)] = warehouse.execute(
        "select count(distinct lifecycle_stage), count(*) - count(distinct customer_key), "
        "count(*) filter (evidence = 'behaviour' and not is_first) "
        f"from silver.silver_customer_lifecycle_history where stage_start_date >= date '{FIRST}'"
    ).fetchall()
    assert stages >= 7 and changes > 100 and behaved > 20
    [(moves,)] = warehouse.execute(
        "select count(*) from silver.silver_customer_segments_history where not is_current"
    ).fetchall()
    assert moves > 30


@pytest.mark.parametrize("compared", [LIFECYCLE, SEGMENTS], ids=["lifecycle", "segments"])
def test_snapshots_saw_what_the_events_tell(warehouse: duckdb.DuckDBPyConnection, compared: str) -> None:
    [(rows, days)] = warehouse.execute(f"select count(*), count(distinct day) from ({compared})").fetchall()
    assert rows > DAYS * CUSTOMERS / 2 and days == DAYS
    different = warehouse.execute(
        f"select * from ({compared}) where seen is distinct from told and customer_key <> {key(LATE)}"
    ).fetchall()
    assert different == []


def test_a_late_telling_changes_the_history_not_what_was_seen(warehouse: duckdb.DuckDBPyConnection) -> None:
    days = warehouse.execute(
        f"select day, seen, told from ({LIFECYCLE}) where seen is distinct from told order by day"
    ).fetchall()
    assert days and len(days) % 5 == 0
    assert all(seen for _, seen, _ in days), "the snapshot keeps what was believed"


def test_snapshots_have_one_row_that_is_current(warehouse: duckdb.DuckDBPyConnection) -> None:
    for snapshot, unit in (
        ("snapshot_customer_lifecycle", "customer_key"),
        ("snapshot_customer_segments", "customer_key, segment_type"),
    ):
        wrong = warehouse.execute(
            f"select {unit} from snapshots.{snapshot} group by {unit} "
            "having count(*) filter (dbt_valid_to is null) <> 1"
        ).fetchall()
        assert wrong == []
        overlaps = warehouse.execute(
            f"select * from (select *, lead(dbt_valid_from) over (partition by {unit} order by "
            f"dbt_valid_from) as next from snapshots.{snapshot}) where next is distinct from dbt_valid_to"
        ).fetchall()
        assert overlaps == []
