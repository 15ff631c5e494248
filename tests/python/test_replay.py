"""Incremental equals full: the same rows give the same silver and gold, day by day or at once.

A generated world is delivered in daily batches by ingestion time, a fifth of its rows one to three days
late, three in a hundred delivered once more, in no order; some rows come again with another row's device,
session, time or variant; one day brings nothing, one run is killed half way. In the end each table of
silver and gold must equal, row for row, one full build of the same files; only audit columns, which say when
a row was derived, and the golden ids may differ, but not who is behind one: see comparable_rows.
"""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from conftest import HISTORIES, PROJECT, comparable_rows, dbt_command, run_dbt

from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

WORLD = ["--customers", "120", "--days", "6", "--seed", "23", "--mess", "0.4"]
LATE_PERCENT, REDELIVERED_PERCENT = 20, 3
# of these columns one row in fifty comes again with the value of another row
CORRECTED = {
    "web_pageviews": ["device_id", "session_id", "pageview_timestamp", "page_url", "customer_id"],
    "conversion_events": ["session_id", "conversion_timestamp", "conversion_value"],
    "user_interactions": ["session_id", "page_url"],
    "search_queries": ["session_id", "search_timestamp"],
    "form_interactions": ["session_id", "form_id"],
    "performance_metrics": ["session_id"],
    "mobile_app_events": ["device_id", "app_session_id", "event_timestamp", "screen_name"],
    "ab_test_exposures": ["user_id", "variant_id", "session_id", "exposure_timestamp"],
    "ab_test_results": ["user_id", "variant_id"],
    "feature_usage": ["feature_id", "session_id", "customer_id"],
    "touchpoints": [
        "campaign_id",
        "cost",
        "customer_id",
        "touchpoint_timestamp",
        "channel",
        "click_timestamp",
        "device_id",
        "journey_instance_id",
        "delivery_status",
    ],
    "next_best_actions": ["customer_id", "actual_outcome", "recommendation_timestamp"],
    "real_time_decisions": ["session_id", "customer_id", "execution_timestamp"],
    "customer_events": [
        "device_id",
        "session_id",
        "customer_id",
        "event_timestamp",
        "event_type",
        "journey_id",
        "journey_stage",
    ],
    "customer_journeys": [
        "customer_id",
        "journey_definition_id",
        "journey_start_timestamp",
        "journey_end_timestamp",
        "conversion_flag",
        "current_stage",
    ],
    "journey_analytics_events": ["journey_instance_id", "event_timestamp", "dimension_1", "metric_name"],
    "journey_definitions": ["expected_duration_days", "last_modified_timestamp", "journey_stages"],
    "customer_master": [
        "source_customer_id",
        "country",
        "email_address",
        "tax_id",
        "address_line1",
        "record_timestamp",
        "annual_income",
    ],
    "customer_identifiers": ["source_customer_id", "identifier_value", "verification_date"],
    "customer_products": [
        "customer_id",
        "account_id",
        "product_id",
        "product_status",
        "relationship_timestamp",
    ],
    "customer_value_metrics": ["customer_id", "metric_date", "metric_period"],
    "customer_lifecycle_events": ["event_timestamp", "customer_id", "lifecycle_stage_to"],
    "customer_segments": ["customer_id", "segment_id", "assignment_timestamp", "segment_end_date"],
    "customer_relationships": ["related_customer_id", "relationship_start_date", "relationship_end_date"],
    "customer_interactions": [
        "customer_id",
        "interaction_timestamp",
        "satisfaction_score",
        "resolution_flag",
        "campaign_id",
        "product_discussed",
    ],
    "customer_complaints": ["customer_id", "status", "complaint_timestamp", "satisfaction_rating"],
    "customer_preferences": ["customer_id", "consent_given", "consent_timestamp", "expiry_date"],
}
KILLED_ON = 3  # the batch whose first run is killed
KILL_AT = "silver_web_pageview_sessions"  # … as soon as this model starts


def deliver(source: Path, target: Path, connection: duckdb.DuckDBPyConnection) -> list[date]:
    """Write a world's tables to <target>/<table>/<day of ingestion>.parquet; the days, in order.

    A late row is ingested one to three days later; a row delivered again is the same row, ingested
    another day later; a corrected row is one delivered again with another row's value in one column. Which
    rows are late, come again or are corrected is decided by hashes.
    """
    days: set[date] = set()
    for folder in sorted(source.iterdir()):
        connection.execute(
            "create or replace table delivery as "
            f"from read_parquet('{folder}/**/*.parquet', union_by_name = true)"
        )
        connection.execute(
            "create or replace table deliveries as select * replace (ingestion_timestamp "
            f"+ (case when hash(delivery, 1) % 100 < {LATE_PERCENT} "
            "then 1 + hash(delivery, 2) % 3 else 0 end) "
            "* interval 1 day as ingestion_timestamp) from delivery"
        )
        connection.execute(
            "insert into deliveries "
            "select * replace (ingestion_timestamp + interval 1 day as ingestion_timestamp) from deliveries "
            f"where hash(deliveries, 3) % 100 < {REDELIVERED_PERCENT}"
        )
        for number, column in enumerate(CORRECTED.get(folder.name, [])):
            connection.execute(
                "insert into deliveries with numbered as "
                "(select *, row_number() over (order by hash(deliveries, 5)) as number from deliveries) "
                f"select numbered.* exclude (number) replace (other.{column} as {column}, "
                f"numbered.ingestion_timestamp + interval {86_400 + number} second as ingestion_timestamp) "
                "from numbered inner join numbered as other on other.number = numbered.number + 1 "
                f"where hash(numbered.number, {number}) % 50 = 0"
            )
        (target / folder.name).mkdir(parents=True)
        found = connection.execute(
            "select distinct cast(ingestion_timestamp as date) as day from deliveries order by day"
        ).fetchall()
        for (day,) in found:
            connection.execute(
                f"copy (from deliveries where cast(ingestion_timestamp as date) = '{day}' "
                f"order by hash(deliveries, 4)) to '{target}/{folder.name}/{day}.parquet'"
            )
            days.add(day)
    return sorted(days)


def killed_run(database: Path) -> None:
    """Start a build and kill it, with no chance to tidy up, once KILL_AT begins."""
    settings = {
        "CAP_DUCKDB_PATH": str(database),
        "DBT_TARGET_PATH": str(database.parent / "target"),
        "DBT_LOG_PATH": str(database.parent / "logs"),
    }
    command = dbt_command(database, "run", "--threads", "1")
    with subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | settings, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "START" in line and KILL_AT in line:
                process.send_signal(signal.SIGKILL)
                return
    raise AssertionError(f"the run ended before {KILL_AT} began")


@pytest.fixture(scope="module")
def replayed_and_full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("replay")
    contract = read_contract(PROJECT / "contract/columns.csv")
    cap = str(Path(sys.executable).with_name("cap"))
    command = [cap, "generate", *WORLD, "--out", str(folder / "world/bronze")]
    subprocess.run(command, check=True, capture_output=True)
    days = deliver(folder / "world/bronze", folder / "whole", duckdb.connect())

    # the world's past (records, relationships) comes first, then day by day
    history = [day for day in days if day < days[-1] and (days[-1] - day).days > 7]
    batches = [history, *[[day] for day in days if day not in history]]
    batches.insert(2, [])
    assert len(batches) > KILLED_ON + 2
    replayed, full = folder / "replayed/w.duckdb", folder / "full/w.duckdb"
    replayed.parent.mkdir()
    full.parent.mkdir()
    for number, batch in enumerate(batches):
        for table in (folder / "whole").iterdir():
            arrived = folder / "arrived" / table.name
            arrived.mkdir(parents=True, exist_ok=True)
            for day in batch:
                if (table / f"{day}.parquet").exists():
                    (arrived / f"{day}.parquet").hardlink_to(table / f"{day}.parquet")
        load_bronze(folder / "arrived", replayed, contract)
        if number == 0:
            run_dbt(replayed, "seed")
        if number == KILLED_ON:
            killed_run(replayed)
        run_dbt(replayed, "run")
    load_bronze(folder / "whole", full, contract)
    run_dbt(full, "build", "--exclude-resource-type", "unit_test")
    return replayed, full


def test_day_by_day_equals_at_once(replayed_and_full: tuple[Path, Path]) -> None:
    replayed, full = replayed_and_full
    connection = duckdb.connect()
    connection.execute(f"attach '{replayed}' as replayed (read_only)")
    connection.execute(f"attach '{full}' as whole (read_only)")
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = 'whole' and schema_name in ('silver', 'gold') order by all"
    ).fetchall()
    assert len(tables) > 10
    different = {}
    for schema, table in tables:
        if f"{schema}.{table}" in HISTORIES:
            continue
        one, other = (
            comparable_rows(connection, name, f"{schema}.{table}") for name in ("replayed", "whole")
        )
        [(surplus,)] = connection.execute(f"select count(*) from ({one} except all {other})").fetchall()
        [(missing,)] = connection.execute(f"select count(*) from ({other} except all {one})").fetchall()
        if surplus or missing:
            different[f"{schema}.{table}"] = (surplus, missing)
    assert different == {}


def test_the_replay_was_incremental(replayed_and_full: tuple[Path, Path]) -> None:
    """Most page views were derived on an earlier day and left alone since."""
    replayed, _ = replayed_and_full
    with duckdb.connect(replayed, read_only=True) as connection:
        [(rows, left_alone)] = connection.execute(
            "select count(*), count(*) filter (derived_in_batch < (select max(derived_in_batch) "
            "from silver.silver_web_pageviews)) from silver.silver_web_pageviews"
        ).fetchall()
    assert left_alone > rows / 2
