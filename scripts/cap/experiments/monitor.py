"""An experiment day by day: what it said at the end of each, whether its units came as they should, and
whether its lift goes up or down along time.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import duckdb

from cap.experiments.courses import BY_ENTRY, SINCE_EXPOSURE, Course, Day, Point, State
from cap.experiments.metrics import OUTCOMES
from cap.experiments.units import day_balance
from cap.experiments.warehouse import Experiment, rows
from cap.statistics import (
    PLANNED_UNITS,
    AlwaysValid,
    Arm,
    Difference,
    Trend,
    always_valid,
    difference,
    holm,
    running_minimum,
    trend,
)
from cap.statistics.split import BROKEN_P

# days since first exposure at which a bucket begins; the last has no end
AGES = (0, 1, 2, 3, 5, 7, 14, 21, 28)


def monitor(
    connection: duckdb.DuckDBPyConnection,
    experiments: Sequence[Experiment],
    planned_units: int = PLANNED_UNITS,
    step: Callable[[], object] = lambda: None,
) -> list[Course]:
    """Each treatment of each experiment along its days, on the conversion rate, by experiment and variant.

    Counts come from silver_ab_test_summary, so that lift and p_value are its own; `step` is told of each
    experiment that is done. One without a control, a treatment or a day has no course.
    """
    found = []
    for experiment in experiments:
        found += _courses(connection, experiment, planned_units)
        step()
    return found


def _courses(
    connection: duckdb.DuckDBPyConnection, experiment: Experiment, planned_units: int
) -> list[Course]:
    told = _summaries(connection, experiment.experiment_id)
    control = next((one for one in told if one["is_control"]), None)
    treatments = {one["variant_id"]: one["variant_name"] for one in told if not one["is_control"]}
    if not control or not treatments:
        return []
    by_arm: dict[str, dict[date, dict[str, Any]]] = defaultdict(dict)
    for one in told:
        by_arm[one["variant_id"]][one["summary_date"]] = one
    splits = {one.day: (sum(one.units.values()), one.p_value) for one in day_balance(connection, experiment)}
    ages = _ages(connection, experiment.experiment_id)
    confidence = float(control["confidence_level"])
    found = []
    for variant, name in treatments.items():
        pair = (by_arm[control["variant_id"]], by_arm[variant])
        days = _days(experiment.experiment_id, variant, *pair, splits, confidence, planned_units)
        arms = [[one for one in ages if one["variant_id"] == arm] for arm in (control["variant_id"], variant)]
        novelty = _by_age(*arms, confidence)
        entry = _by_entry(*arms, confidence)
        points = [
            Point(
                experiment.experiment_id,
                variant,
                series,
                starts,
                *units,
                one.control,
                one.treatment,
                one.lift,
                one.lift_lower if one.log_error else None,
                one.lift_upper if one.log_error else None,
            )
            for series, line in ((SINCE_EXPOSURE, novelty), (BY_ENTRY, entry))
            for starts, units, one in line
        ]
        trends = [_trend(line) for line in (novelty, entry)]
        state = _state(experiment, variant, name, days, pair[1], len(treatments), confidence, trends)
        found.append(Course(state, days, points))
    return found


def _summaries(connection: duckdb.DuckDBPyConnection, experiment_id: str) -> list[dict[str, Any]]:
    return rows(
        connection,
        """
        select
            variants.variant_id, variants.variant_name, variants.is_control, summary_date,
            unique_users as units, total_conversions as conversions, verdict,
            ratio_p_value, is_ratio_broken, confidence_level
        from silver.silver_ab_test_summary as summaries
        inner join silver.silver_ab_test_variants as variants using (variant_key)
        where variants.experiment_id = ?
        order by variant_id, summary_date
        """,
        [experiment_id],
    )


def _days(
    experiment_id: str,
    variant: str,
    controls: dict[date, dict[str, Any]],
    treatments: dict[date, dict[str, Any]],
    splits: dict[date, tuple[int, float | None]],
    confidence: float,
    planned_units: int,
) -> list[Day]:
    compared: list[tuple[date, Difference, AlwaysValid, bool]] = []
    for day, treatment in treatments.items():
        control = controls[day]
        arms = [Arm.of_counts(one["units"], one["conversions"]) for one in (control, treatment)]
        fixed = difference(*arms, confidence, "proportion")
        is_readable = treatment["verdict"] not in ("too_small", "not_comparable")
        units = control["units"] + treatment["units"]
        always = always_valid(fixed, units, confidence, planned_units) if is_readable else AlwaysValid()
        compared.append((day, fixed, always, is_readable))
    smallest = running_minimum(always.p_value for _, _, always, _ in compared)
    found = []
    for (day, fixed, always, is_readable), p_value in zip(compared, smallest, strict=True):
        new_units, split_p_value = splits.get(day, (0, None))
        found.append(
            Day(
                experiment_id,
                variant,
                day,
                controls[day]["units"],
                treatments[day]["units"],
                fixed.control,
                fixed.treatment,
                fixed.lift,
                fixed.lift_lower,
                fixed.lift_upper,
                fixed.p_value,
                always.lift_lower,
                always.lift_upper,
                p_value,
                new_units,
                split_p_value,
                treatments[day]["ratio_p_value"],
                is_readable,
            )
        )
    return found


def _ages(connection: duckdb.DuckDBPyConnection, experiment_id: str) -> list[dict[str, Any]]:
    """Units by arm, week of first exposure, whole days they were watched since and in which of them, from 0,
    they first converted (None: not at all).
    """
    return rows(
        connection,
        f"""
        with units as (
            select
                variant_id, assigned_date, time_to_conversion_minutes // 1440 as age,
                datediff('day', assigned_date, (select max(date_day) from gold.dim_date)) as watched,
                count(*) as units
            from {OUTCOMES}
            where experiment_id = ? and counts_in_test
            group by all
        )
        select
            *, datediff('day', min(assigned_date) over (), assigned_date) // 7 as week
        from units
        """,
        [experiment_id],
    )


Line = list[tuple[int, tuple[int, int], Difference]]


def _by_age(control: list[dict], treatment: list[dict], confidence: float) -> Line:
    """First conversions by days since first exposure, of units that were watched for all of the bucket and
    had not converted before it: so much of the effect comes then, whoever is there to be counted.
    """
    line = []
    for starts, ends in zip(AGES, (*AGES[1:], None), strict=True):

        def counted(arm: list[dict], starts: int = starts, ends: int | None = ends) -> Arm:
            at_risk = [
                one
                for one in arm
                if one["watched"] >= (starts + 1 if ends is None else ends)
                and (one["age"] is None or one["age"] >= starts)
            ]
            did = [
                one["units"]
                for one in at_risk
                if one["age"] is not None and (ends is None or one["age"] < ends)
            ]
            return Arm.of_counts(sum(one["units"] for one in at_risk), sum(did))

        arms = (counted(control), counted(treatment))
        if arms[0].n and arms[1].n:
            line.append((starts, (arms[0].n, arms[1].n), difference(*arms, confidence, "proportion")))
    return line


def _by_entry(control: list[dict], treatment: list[dict], confidence: float) -> Line:
    """Conversions to date by week of first exposure; later weeks had less time, in all arms alike."""
    line = []
    for week in sorted({one["week"] for one in (*control, *treatment)}):
        arms = []
        for arm in (control, treatment):
            units = [one for one in arm if one["week"] == week]
            converted = sum(one["units"] for one in units if one["age"] is not None)
            arms.append(Arm.of_counts(sum(one["units"] for one in units), converted))
        if arms[0].n and arms[1].n:
            line.append((week, (arms[0].n, arms[1].n), difference(*arms, confidence, "proportion")))
    return line


def _trend(line: Line) -> Trend:
    logs = [math.log1p(one.lift) if one.log_error else None for _, _, one in line]
    return trend([starts for starts, _, _ in line], logs, [one.log_error for _, _, one in line])


def _first(days: list[Day], p_value: Callable[[Day], float | None], border: float) -> date | None:
    told = [(one.day, p_value(one)) for one in days]
    return next((day for day, value in told if value is not None and value < border), None)


def _state(
    experiment: Experiment,
    variant: str,
    name: str | None,
    days: list[Day],
    told: dict[date, dict[str, Any]],
    treatments: int,
    confidence: float,
    trends: list[Trend],
) -> State:
    last = days[-1]
    is_broken = bool(told[last.day]["is_ratio_broken"])
    border = (1 - confidence) / treatments
    looks = [] if is_broken else [one for one in days if one.is_readable]
    fixed = _first(looks, lambda one: one.p_value, border)
    always = _first(looks, lambda one: one.always_p_value, border)
    by_day = holm([one.split_p_value for one in days])
    unbalanced = [one for one in by_day if one is not None and one < BROKEN_P]
    state = (
        "broken" if is_broken else "significant" if always else "open" if last.is_readable else "too_small"
    )
    novelty, entry = trends
    return State(
        experiment.experiment_id,
        experiment.name,
        experiment.status,
        variant,
        name,
        state,
        last.day,
        (last.day - days[0].day).days + 1,
        last.control_units,
        last.treatment_units,
        last.lift,
        last.lift_lower,
        last.lift_upper,
        last.p_value,
        last.always_lower,
        last.always_upper,
        last.always_p_value,
        fixed,
        always,
        last.ratio_p_value,
        len(unbalanced),
        novelty.slope,
        novelty.p_value,
        novelty.reason,
        entry.slope,
        entry.p_value,
        entry.reason,
    )
