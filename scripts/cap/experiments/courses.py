"""What monitoring an experiment finds, as rows: its days, stretches of time, and how it stands."""

from dataclasses import dataclass
from datetime import date

SINCE_EXPOSURE, BY_ENTRY = "days since first exposure", "week of first exposure"


@dataclass(frozen=True)
class Day:
    """One treatment against the control at the end of one day, over all units and conversions so far.

    lift is relative; its interval and p_value are those of a test that is looked at once, always_… of one
    that is looked at every day, always_p_value the smallest so far. new_units came that day to all arms, and
    split_p_value says whether they were split as configured (None if they are few), ratio_p_value all so far.
    is_readable: units and conversions are as many as silver_ab_test_summary asks for. None is what cannot be
    said.
    """

    experiment_id: str
    variant_id: str
    day: date
    control_units: int
    treatment_units: int
    control_rate: float | None
    treatment_rate: float | None
    lift: float | None
    lift_lower: float | None
    lift_upper: float | None
    p_value: float | None
    always_lower: float | None
    always_upper: float | None
    always_p_value: float | None
    new_units: int
    split_p_value: float | None
    ratio_p_value: float | None
    is_readable: bool


@dataclass(frozen=True)
class Point:
    """The lift of one stretch of time: of days since first exposure, or of a week of first exposure.

    units are those that could convert in it, rates those that did; starts is its first day or week, from 0.
    There is no interval where all or none of an arm converted.
    """

    experiment_id: str
    variant_id: str
    series: str
    starts: int
    control_units: int
    treatment_units: int
    control_rate: float | None
    treatment_rate: float | None
    lift: float | None
    lift_lower: float | None
    lift_upper: float | None


@dataclass(frozen=True)
class State:
    """How one treatment stands on its experiment's last day.

    first_significant is the first readable day on which the fixed test was significant, as whoever looks
    every day and stops would have had it; first_always_significant that of the always-valid one, which may be
    acted on. Both at the confidence of the warehouse over the number of treatments, both withheld (None) from
    a broken split. unbalanced_days are days whose units were not split as configured (p < .001 by Holm over
    all days). novelty_… is the trend of the lift along days since first exposure, entry_… along weeks of
    first exposure: change of ln(1 + lift) per day or week, with the reason where there is none. state is
    broken, too_small, significant or open, by the always-valid test.
    """

    experiment_id: str
    name: str | None
    status: str
    variant_id: str
    variant_name: str | None
    state: str
    day: date
    days: int
    control_units: int
    treatment_units: int
    lift: float | None
    lift_lower: float | None
    lift_upper: float | None
    p_value: float | None
    always_lower: float | None
    always_upper: float | None
    always_p_value: float | None
    first_significant: date | None
    first_always_significant: date | None
    ratio_p_value: float | None
    unbalanced_days: int
    novelty_slope: float | None
    novelty_p_value: float | None
    novelty_note: str | None
    entry_slope: float | None
    entry_p_value: float | None
    entry_note: str | None


@dataclass(frozen=True)
class Course:
    """One treatment: its days in order, the points of both series, and how it stands."""

    state: State
    days: list[Day]
    points: list[Point]
