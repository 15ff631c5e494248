"""The units of an experiment: how many came to each arm, in two of them, and day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from cap.experiments.sums import OUTCOMES
from cap.experiments.warehouse import Experiment, rows

FEWEST_EXPECTED = 5  # units of each arm by which the split of a day is judged


@dataclass(frozen=True)
class ArmCount:
    """One variant: units counted, units seen in another variant too (left out), and what the split gives.

    `share` is its share of the current split, 0 to 1, `expected` the units it should have by it; both are
    None where no split is configured.
    """

    variant_id: str
    name: str | None
    is_control: bool
    units: int
    units_in_two_arms: int
    share: float | None
    expected: float | None


@dataclass(frozen=True)
class DayBalance:
    """Units that came on a day, per arm, and the p-value of the split against the configured one."""

    day: date
    units: dict[str, int]
    p_value: float | None


def arm_counts(
    connection: duckdb.DuckDBPyConnection, known: Experiment
) -> tuple[tuple[ArmCount, ...], float | None, float]:
    """The arms, control first; the sample ratio's p-value as of the last day; the share seen in two arms."""
    found = rows(
        connection,
        f"""
        with counted as (
            select
                variant_id,
                count(*) filter (where counts_in_test) as units,
                count(*) filter (where is_contaminated) as units_in_two_arms
            from {OUTCOMES}
            where experiment_id = $id
            group by variant_id
        )
        select variant_id, variant_name as name, is_control, coalesce(units, 0) as units,
            coalesce(units_in_two_arms, 0) as units_in_two_arms, configured_share as share
        from silver.silver_ab_test_variants
        left join counted using (variant_id)
        where experiment_id = $id
        order by is_control desc, variant_id
        """,
        {"id": known.experiment_id},
    )
    whole = sum(row["units"] for row in found)
    arms = tuple(
        ArmCount(**row, expected=None if row["share"] is None else row["share"] * whole) for row in found
    )
    ratio = connection.execute(
        "select any_value(ratio_p_value) from silver.silver_ab_test_summary as summaries "
        "inner join silver.silver_ab_test_variants as variants using (variant_key) "
        "where variants.experiment_id = ? and summaries.summary_date = ?",
        [known.experiment_id, known.last_day],
    ).fetchone()[0]
    in_two = sum(row["units_in_two_arms"] for row in found)
    return arms, ratio, in_two / (whole + in_two) if whole + in_two else 0.0


def day_balance(
    connection: duckdb.DuckDBPyConnection, known: Experiment, arms: Sequence[ArmCount]
) -> tuple[DayBalance, ...]:
    """The split of every day; without p-values where none is configured or it was changed on the way."""
    from cap.statistics import sample_ratio

    found = rows(
        connection,
        f"select assigned_date as day, variant_id, count(*) as units from {OUTCOMES} "
        "where experiment_id = ? and counts_in_test group by all order by all",
        [known.experiment_id],
    )
    (splits,) = connection.execute(
        "select count(distinct configured_split) from silver.silver_experiments where experiment_id = ?",
        [known.experiment_id],
    ).fetchone()
    shares = [arm.share if splits == 1 else None for arm in arms]
    days: dict[date, dict[str, int]] = {}
    for row in found:
        days.setdefault(row["day"], {arm.variant_id: 0 for arm in arms})[row["variant_id"]] = row["units"]
    balance = []
    for day, units in days.items():
        counts = [units[arm.variant_id] for arm in arms]
        judged = None not in shares and min(shares) * sum(counts) >= FEWEST_EXPECTED
        p_value = sample_ratio(counts, shares).p_value if judged else None
        balance.append(DayBalance(day, units, p_value))
    return tuple(balance)
