"""The units of an experiment: how many came to each arm, in two of them, and day by day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from cap.experiments.sums import OUTCOMES
from cap.experiments.warehouse import Experiment, rows

FEWEST_EXPECTED = 5  # units of each arm by which the split of a day is judged
RECENT_DAYS = 28  # by which is told how many units come


@dataclass(frozen=True)
class ArmCount:
    """One variant: units counted, units seen in another variant too (left out), and what the split gives.

    `share` is its share of the current split, 0 to 1, `expected` the units it should have by it; both are
    None where no split is configured, `expected` also where it was changed on the way.
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
    """Units that came on a day, per arm that had any, and the p-value of their split against the configured.

    None where no split is configured or units are too few.
    """

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
    (splits,) = connection.execute(
        "select count(distinct configured_split) from silver.silver_experiments where experiment_id = ?",
        [known.experiment_id],
    ).fetchone()
    # of a split that was changed on the way the ratio's p-value knows, and one figure would tell it wrong
    one_split = splits == 1 and all(row["share"] is not None for row in found)
    arms = tuple(ArmCount(**row, expected=row["share"] * whole if one_split else None) for row in found)
    ratio = connection.execute(
        "select any_value(ratio_p_value) from silver.silver_ab_test_summary as summaries "
        "inner join silver.silver_ab_test_variants as variants using (variant_key) "
        "where variants.experiment_id = ? and summaries.summary_date = ?",
        [known.experiment_id, known.last_day],
    ).fetchone()[0]
    in_two = sum(row["units_in_two_arms"] for row in found)
    return arms, ratio, in_two / (whole + in_two) if whole + in_two else 0.0


def day_balance(connection: duckdb.DuckDBPyConnection, known: Experiment) -> tuple[DayBalance, ...]:
    """The split of every day on which anybody came, in their order.

    Each unit is expected by the split that was in force when it came, so that a change on the way is none; an
    arm that only the split names counts too. No p-value where no split is configured or an arm expects fewer
    than FEWEST_EXPECTED.
    """
    splits = connection.execute(
        "select distinct configured_split from silver.silver_experiments where experiment_id = ?",
        [known.experiment_id],
    ).fetchall()
    # which split a unit came under is looked up only where there was more than one
    split, joined = "cast($split as varchar)", ""
    if len(splits) > 1:
        split = "assignments.configured_split"
        joined = "inner join silver.silver_ab_test_assignments as assignments using (assignment_key)"
    found = rows(
        connection,
        f"""
        with counted as (
            select outcomes.assigned_date as day, outcomes.variant_id, {split} as split, count(*) as units
            from {OUTCOMES} as outcomes {joined}
            where outcomes.experiment_id = $id and outcomes.counts_in_test
            group by all
        )
        select
            day, try_cast(try_cast(split as json) as map(varchar, double)) as weights,
            variants.variant_id, variants.variant_name, units
        from counted
        inner join silver.silver_ab_test_variants as variants
            on counted.variant_id = variants.variant_id and variants.experiment_id = $id
        order by day, variants.variant_id, split
        """,
        {"id": known.experiment_id} | ({"split": splits[0][0]} if len(splits) == 1 else {}),
    )
    names = {row["variant_name"]: row["variant_id"] for row in found}
    days: dict[date, list[dict[str, Any]]] = {}
    for row in found:
        days.setdefault(row["day"], []).append(row)
    return tuple(_balance(day, parts, names) for day, parts in days.items())


def daily_units(balance: Sequence[DayBalance]) -> dict[str, float]:
    """Units a day of each arm: the mean of the last RECENT_DAYS days of the experiment, also those without
    any, up to the last on which a unit came. Empty without units.
    """
    if not balance:
        return {}
    last = balance[-1].day
    since = max(balance[0].day, last - timedelta(days=RECENT_DAYS - 1))
    recent: dict[str, int] = defaultdict(int)
    for one in balance:
        if one.day >= since:
            for arm, units in one.units.items():
                recent[arm] += units
    return {arm: units / ((last - since).days + 1) for arm, units in recent.items()}


def _balance(day: date, parts: Sequence[dict[str, Any]], names: dict[str | None, str]) -> DayBalance:
    """Of a day's units by variant and split; `names` are the variants' ids by name."""
    from cap.statistics import sample_ratio

    seen: dict[str, int] = defaultdict(int)
    expected: dict[str, float] = defaultdict(float)
    is_known = True
    for one in parts:
        seen[one["variant_id"]] += one["units"]
        weights = {arm: weight for arm, weight in (one["weights"] or {}).items() if weight and weight > 0}
        is_known = is_known and bool(weights)
        for arm, weight in weights.items():
            expected[names.get(arm, arm)] += one["units"] * weight / sum(weights.values())
    p_value = None
    if is_known and min(expected.values()) >= FEWEST_EXPECTED:
        arms = sorted({*seen, *expected})
        p_value = sample_ratio([seen[arm] for arm in arms], [expected[arm] for arm in arms]).p_value
    return DayBalance(day, dict(seen), p_value)
