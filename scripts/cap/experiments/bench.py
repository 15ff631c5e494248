"""How long the analysis of one very large experiment takes: made-up units, the real command.

The tables of silver and gold that the analysis reads are filled as dbt would fill them, with one experiment
of two arms, each exposure another unit, a known lift, and a past that foretells what units do.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cap.bench.process import run_process
from cap.errors import CapError
from cap.load.settings import require_project_folder

DAYS = 28
EXPERIMENT = "EXP-BENCH"


@dataclass(frozen=True)
class Measured:
    """Wall and processor seconds and bytes of memory at the peak that the command took, from its start to
    its end, for `exposures` exposures; how many metrics it compared and what it said of the test.
    """

    exposures: int
    seconds: float
    cpu_seconds: float
    memory: int
    metrics: int
    verdict: str
    reason: str


def measure(exposures: int, say: Callable[[str], None]) -> Measured:
    """Fill a warehouse of its own in /tmp and run `cap experiments analyze` on it, in every metric.

    In a new process, as people run it: Python and its libraries are part of what they wait for. Raises
    CapError if the command fails.
    """
    require_project_folder()
    with tempfile.TemporaryDirectory(prefix="cap-experiments-") as folder:
        path = Path(folder) / "bench.duckdb"
        with duckdb.connect(str(path)) as connection:
            fill(connection, exposures)
        say(f"{exposures:,} exposures in {path.stat().st_size / 1e6:,.0f} MB; analysing")
        told: list[str] = []
        asked = ["experiments", "analyze", EXPERIMENT, "--format", "json"]
        # by its script: of `python -c` DuckDB thinks that somebody types it, and draws a bar into the answer
        command = [str(Path(sys.executable).with_name("cap")), *asked]
        code, ran = run_process(command, {"CAP_DUCKDB_PATH": str(path)}, told.append, stderr=None)
    if code:
        raise CapError(f"`cap {' '.join(asked)}` failed; it says why above")
    found = json.loads("\n".join(told))
    return Measured(
        exposures,
        ran.seconds,
        ran.cpu_seconds,
        ran.peak_bytes,
        len(found),
        found[0]["verdict"],
        found[0]["verdict_reason"],
    )


def fill(connection: duckdb.DuckDBPyConnection, units: int) -> None:
    """Create the tables that the analysis reads, with one experiment of so many units in two arms."""
    connection.execute("create schema silver; create schema gold; create schema reference")
    connection.execute(
        "create table reference.experiment_metrics as from read_csv('seeds/experiment_metrics.csv', "
        "types = {'denominator': 'varchar', 'covariate': 'varchar', 'quantile_share': 'double'})"
    )
    # hashes, so that any machine has the same; a fifth of the treated convert, a sixth of the others
    connection.execute(
        f"""
        create table silver.silver_ab_test_outcomes as
        with drawn as (
            select
                cast(hash(number) >> 1 as bigint) as assignment_key,
                hash('_arm' || number) % 2 as arm,
                hash('_past' || number) % 8 as past,
                hash('_luck' || number) % 6 as luck,
                hash('_chance' || number) % 1000 / 1000 as chance,
                hash('_day' || number) % {DAYS} as day
            from range({units}) as numbers(number)
        )
        select
            assignment_key,
            '{EXPERIMENT}' as experiment_id,
            case arm when 1 then 'B' else 'A' end as variant_id,
            case hash(assignment_key) % 3 when 0 then 'ios' when 1 then 'android' else 'web' end as platform,
            'mobile' as device_type,
            case when past > 0 then 'returning' else 'new' end as visitor_kind,
            true as is_followed,
            chance > 0.99 as is_contaminated,
            chance <= 0.99 as counts_in_test,
            luck = 0 or (arm = 1 and chance < 0.04) as is_converted,
            cast(case when luck = 0 then chance * 100 else 0 end as double) as conversion_value,
            cast(case when luck = 0 then chance * 600 end as integer) as time_to_conversion_minutes,
            cast(1 + past + luck as double) as sessions,
            cast(past + luck as double) as later_sessions,
            cast(3 * past + 2 * luck as double) as later_page_views,
            cast(luck // 2 as double) as later_bounces,
            cast(case when chance < 0.01 then 1 else 0 end as double) as later_crashes,
            cast(past // 4 + luck // 3 as double) as site_conversions,
            cast(past * chance * 10 as double) as site_value,
            cast(past as double) as pre_sessions,
            cast(3 * past as double) as pre_page_views,
            cast(past // 3 as double) as pre_conversions,
            cast(past * 5 as double) as pre_value,
            past + luck > 0 as has_returned,
            date '2026-01-01' + cast(day as integer) as assigned_date
        from drawn
        """
    )
    connection.execute(
        """
        create table silver.silver_ab_test_metric_values as
        select assignment_key, 'signup' as metric_name, experiment_id,
            cast(is_converted as double) as metric_value, 1 as outcome_count
        from silver.silver_ab_test_outcomes where is_converted
        """
    )
    split = '{"A":0.5,"B":0.5}'
    connection.execute(
        f"""
        create table silver.silver_ab_test_variants as
        select 1 + (id = 'B')::bigint as variant_key, 1::bigint as experiment_key,
            '{EXPERIMENT}' as experiment_id, id as variant_id, id as variant_name, id = 'A' as is_control,
            0.5::double as configured_share
        from (values ('A'), ('B')) as ids(id);
        create table silver.silver_experiments as
        select '{EXPERIMENT}' as experiment_id, '{split}' as configured_split;
        create table silver.silver_ab_test_summary as
        select variants.variant_key, date '2026-01-{DAYS}' as summary_date,
            count(*)::integer as unique_users, sum(is_converted::integer)::integer as total_conversions,
            'not_significant' as verdict, 0.5::double as ratio_p_value
        from silver.silver_ab_test_outcomes
        inner join silver.silver_ab_test_variants as variants using (variant_id)
        where counts_in_test group by all;
        create table gold.dim_date as select date '2026-01-{DAYS}' as date_day;
        create table gold.dim_experiment as
        select '{EXPERIMENT}' as experiment_id, 'Bench' as experiment_name, 'a/b' as experiment_type,
            'running' as status, date '2026-01-01' as start_date, true as is_current
        """
    )
