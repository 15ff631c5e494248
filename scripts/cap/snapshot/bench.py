"""How long the daily snapshot takes: made-up customers, real models.

An empty warehouse is built for the models' tables, then the silver tables that states are made of are filled,
and what follows them is built in full, by dbt, in one process; then a day more is added and taken in.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from cap.bench.process import Ran, model_seconds, run_dbt
from cap.load.bronze import load_bronze
from cap.load.contract import read_contract
from cap.load.settings import require_project_folder

MEASURED = (
    "int_customer_states__activity",
    "int_customer_states__standings",
    "silver_customer_states",
    "fact_customer_daily_snapshot",
)
FIRST_DAY = date(2025, 1, 1)
# of a hundred customers so many do something on a day
ACTIVE_PERCENT = 30
# no model asks it: one row, so that there is a bronze folder
BRONZE = "touchpoint_id,touchpoint_timestamp\nt1,2025-01-01\n"
NEW_BATCH = 1000  # higher than any that dbt has given


@dataclass(frozen=True)
class Build:
    """Seconds by model and in all, and the most memory that was resident at once."""

    seconds: dict[str, float]
    elapsed: float
    gibibytes: float


@dataclass(frozen=True)
class Measured:
    """A full build and one more day, of so many events, states and rows of the snapshot."""

    full: Build
    day: Build
    events: int
    states: int
    rows: int


def measure(customers: int, days: int, say: Callable[[str], None]) -> Measured:
    """Build the snapshot of so many customers, all seen since the first of so many days, and one day more."""
    require_project_folder()
    with tempfile.TemporaryDirectory(prefix="cap-snapshot-") as folder:
        database = Path(folder) / "snapshot.duckdb"
        touchpoints = Path(folder) / "bronze/touchpoints"
        touchpoints.mkdir(parents=True)
        (touchpoints / "one.csv").write_text(BRONZE)
        load_bronze(touchpoints.parent, database, read_contract(Path("contract/columns.csv")))
        settings = {
            "CAP_DUCKDB_PATH": str(database),
            "DBT_TARGET_PATH": str(Path(folder) / "target"),
            "DBT_LOG_PATH": str(Path(folder) / "logs"),
        }
        run_dbt(settings, "seeds", "seed")
        run_dbt(settings, "tables", "run", "--select", *(f"+{model}" for model in MEASURED))
        say(f"{customers:,} customers over {days} days")
        with duckdb.connect(database) as connection:
            for statement in _standings(customers, days):
                connection.execute(statement)
            connection.execute(_events(customers, 0, days, 1))
            ((events,),) = connection.execute("select count(*) from silver.silver_customer_events").fetchall()
        say(f"{events:,} events; building {len(MEASURED)} models")
        full = _build(settings, FIRST_DAY + timedelta(days - 1), "--full-refresh")
        with duckdb.connect(database) as connection:
            connection.execute(_events(customers, days, days + 1, NEW_BATCH))
        day = _build(settings, FIRST_DAY + timedelta(days))
        with duckdb.connect(database, read_only=True) as connection:
            states, rows = (
                connection.execute(f"select count(*) from {table}").fetchall()[0][0]
                for table in ("silver.silver_customer_states", "gold.fact_customer_daily_snapshot")
            )
        return Measured(full, day, events, states, rows)


def _build(settings: dict[str, str], as_of: date, *arguments: str) -> Build:
    """Build what is measured, up to a day: silver_customer_engagement says which."""
    with duckdb.connect(Path(settings["CAP_DUCKDB_PATH"])) as connection:
        connection.execute("delete from silver.silver_customer_engagement")
        connection.execute(
            f"insert into silver.silver_customer_engagement by name select date '{as_of}' as as_of_date"
        )
    ran: Ran = run_dbt(settings, "models", "run", *arguments, "--select", *MEASURED)
    return Build(model_seconds(settings), ran.seconds, ran.peak_bytes / 2**30)


def _events(customers: int, first: int, end: int, batch: int) -> str:
    """Transactions, and a login every third time, of the days from `first` to before `end`."""
    return f"""
        insert into silver.silver_customer_events by name
        select
            days.number * {customers} + people.number as event_key, people.number as source_customer_key,
            date '{FIRST_DAY}' + cast(days.number as integer) as event_date,
            if(hash(people.number, days.number, 1) % 3 = 0, 'login', 'transaction') as event_type,
            hash(people.number, days.number, 1) % 3 <> 0 as is_transaction,
            'active' as engagement_kind, false as is_bot, false as is_test, {batch} as derived_in_batch
        from range({customers}) as people(number)
        cross join range({first}, {end}) as days(number)
        where hash(people.number, days.number) % 100 < {ACTIVE_PERCENT}
    """


def _standings(customers: int, days: int) -> list[str]:
    """Two stages and a household each, three products with a balance a month, and what is told monthly."""
    people = f"range({customers}) as people(number)"
    months = f"""
        (
            select cast(month_start as date) as first_day, last_day(month_start) as last_day
            from generate_series(
                timestamp '{FIRST_DAY}', timestamp '{FIRST_DAY + timedelta(days - 1)}', interval 1 month
            ) as series(month_start)
        ) as months
    """
    closed = f"last_day < date '{FIRST_DAY + timedelta(days - 1)}'"
    return [
        "delete from silver.silver_customer_events",
        f"""
        insert into silver.silver_customer_lifecycle_history by name
        select
            people.number as customer_key, stages.name as lifecycle_stage,
            date '{FIRST_DAY}' + stages.since as stage_start_date,
            timestamp '{FIRST_DAY}' + stages.since * interval 1 day as effective_from
        from {people}
        cross join (values ('prospect', 0), ('active', 10)) as stages(name, since)
        """,
        f"""
        insert into silver.silver_household_members by name
        select
            number as customer_key, number // 2 as household_key, date '{FIRST_DAY}' as valid_from_date
        from {people}
        """,
        f"""
        insert into silver.silver_product_holdings by name
        select
            people.number as customer_key, months.first_day as valid_from_date,
            if({closed}, last_day + 1, null) as valid_to_date, true as is_open, true as is_active,
            kinds.name as balance_kind,
            cast(hash(people.number, months.first_day) % 100000 / 100 as decimal(18, 2)) as balance
        from {people}
        cross join (values ('deposit'), ('loan'), ('investment')) as kinds(name)
        cross join {months}
        """,
        f"""
        insert into silver.silver_customer_value by name
        select
            people.number as customer_key, months.last_day as metric_date, 10.00 as total_revenue,
            4.00 as net_profit, 100.00 as customer_lifetime_value, 50.00 as profitability_score
        from {people}
        cross join {months}
        where {closed}
        """,
        f"""
        insert into silver.silver_customer_engagement_months by name
        select
            people.number as customer_key, months.first_day as month_start_date,
            months.last_day as as_of_date,
            hash(people.number, months.first_day, 2) % 100 as digital_adoption_score
        from {people}
        cross join {months}
        where {closed}
        """,
        f"""
        insert into silver.silver_customer_churn_scores by name
        select
            people.number as customer_key, months.last_day as scored_date,
            hash(people.number, months.first_day, 3) % 100 as churn_risk_score, 'low' as churn_risk_band
        from {people}
        cross join {months}
        where {closed}
        """,
    ]
