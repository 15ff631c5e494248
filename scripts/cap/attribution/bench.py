"""How long `fact_attribution` takes on a million conversions: made-up people, real models.

An empty warehouse is built for the models' tables, then the two that paths are made of,
`int_attribution__conversions` and `int_attribution__touches`, are filled, and what follows them is built in
full, by dbt, in one process.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cap.bench.process import model_seconds, run_dbt
from cap.load.bronze import load_bronze
from cap.load.contract import read_contract
from cap.load.settings import require_project_folder

UPSTREAM = ("int_attribution__conversions", "int_attribution__touches")
MEASURED = (
    "int_attribution__paths",
    "silver_attribution_paths",
    "int_attribution__unconverted",
    "int_attribution__person_paths",
    "silver_attribution_distinct_paths",
    "silver_attribution_histories",
    "int_attribution__transitions",
    "int_attribution__visits",
    "silver_attribution_removal_effects",
    "silver_attribution_markov",
    "fact_attribution",
)
# no model asks it: one row, so that there is a bronze folder
BRONZE = "touchpoint_id,touchpoint_timestamp\nt1,2026-01-01\n"


@dataclass(frozen=True)
class Measured:
    """Seconds by model, of `touches` touches and `rows` rows of fact_attribution."""

    conversions: int
    touches: int
    channels: int
    rows: int
    seconds: dict[str, float]


def measure(conversions: int, channels: int, say: Callable[[str], None]) -> Measured:
    """Build the attribution models over so many conversions; four people in five convert once, after 1 to 9
    touches of the last month, and one in five never does.
    """
    require_project_folder()
    with tempfile.TemporaryDirectory(prefix="cap-attribution-") as folder:
        database = Path(folder) / "attribution.duckdb"
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
        run_dbt(settings, "tables", "run", "--select", *(f"+{model}" for model in UPSTREAM))
        say(f"{conversions:,} conversions over {channels} channels")
        with duckdb.connect(database) as connection:
            touches = _fill(connection, conversions, channels)
        say(f"{touches:,} touches; building {len(MEASURED)} models")
        run_dbt(settings, "models", "run", "--full-refresh", "--select", *MEASURED)
        with duckdb.connect(database, read_only=True) as connection:
            ((rows,),) = connection.execute("select count(*) from gold.fact_attribution").fetchall()
        return Measured(conversions, touches, channels, rows, model_seconds(settings))


def _fill(connection: duckdb.DuckDBPyConnection, conversions: int, channels: int) -> int:
    """Fill the two tables; how many touches there are now."""
    people = conversions * 5 // 4
    for table in UPSTREAM:
        connection.execute(f"delete from intermediate.{table}")
    connection.execute(
        f"""
        insert into intermediate.int_attribution__conversions by name
        select
            number as conversion_key, number as person_key, number as customer_key,
            'purchase' as conversion_type, 'macro' as conversion_class,
            cast(hash(number) % 50000 / 100 as decimal(18, 2)) as conversion_value,
            timestamp '2026-03-01' + hash(number, 1) % 2592000 * interval 1 second as conversion_timestamp,
            1 as derived_in_batch
        from range({conversions}) as conversions(number)
        """
    )
    # the first channels come more often than the last, as they do
    connection.execute(
        f"""
        insert into intermediate.int_attribution__touches by name
        select
            people.number * 16 + places.place as touch_key, 'web_session' as touch_kind,
            people.number as person_key, channel.key as channel_key, channel.name as channel_name,
            -1 as campaign_key, channel.key as node_key,
            timestamp '2026-03-01' + hash(people.number, 1) % 2592000 * interval 1 second
            - (1 + hash(people.number, places.place, 2) % 2500000) * interval 1 second as touch_timestamp,
            1 as derived_in_batch
        from range({people}) as people(number)
        cross join range(9) as places(place)
        inner join (
            select number, 7000 + number as key, 'channel ' || number as name
            from range({channels}) as channels(number)
        ) as channel
        on channel.number = cast(floor(
            {channels} * pow(hash(people.number, places.place, 3) % 1000000 / 1e6, 1.7)
        ) as bigint)
        where places.place <= least(hash(people.number, 4) % 9, hash(people.number, 5) % 9)
        """
    )
    ((touches,),) = connection.execute(
        "select count(*) from intermediate.int_attribution__touches"
    ).fetchall()
    return touches
