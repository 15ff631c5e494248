"""How many units an experiment needs and how long they take to come, by numbers or by its own traffic."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from cap.errors import CapError
from cap.experiments.metrics import Metric, chosen, metrics_of
from cap.experiments.sums import Sums, segment_sums
from cap.experiments.units import arm_counts, daily_units, day_balance
from cap.experiments.warehouse import Experiment
from cap.statistics import (
    Arm,
    RatioArm,
    achieved_power,
    days_needed,
    minimum_detectable_effect,
    ratio_as_mean,
    sample_size,
)

LIFTS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
WEEKS = (1, 2, 4, 8, 13, 26)
FEWEST = 50  # units of an arm, below which a lift that could be found is not worth a line


@dataclass(frozen=True)
class Plan:
    """What a test is planned with.

    baseline is the control's rate or, with deviation (of units, in the metric's unit), its mean; the shares
    are those of all units that come to the control and to the smallest treatment; daily_units come to all
    arms together, None if unknown; units_so_far are those of the control, the smallest treatment and all
    arms, None for a test that has not begun; metric names what is planned with, None for bare numbers.
    """

    baseline: float
    deviation: float | None = None
    treatments: int = 1
    control_share: float = 0.5
    treatment_share: float = 0.5
    daily_units: float | None = None
    units_so_far: tuple[int, int, int] | None = None
    confidence: float = 0.95
    power: float = 0.8
    metric: str | None = None

    @property
    def kind(self) -> str:
        return "proportion" if self.deviation is None else "mean"


@dataclass(frozen=True)
class Step:
    """One point of the curve: what was asked for (lift, days, units or so far) and what belongs to it.

    lift is relative, target = baseline * (1 + lift) in the metric's unit; units of the control, of the
    smallest treatment, of all arms; days at the daily units; power_so_far is the chance of finding that lift
    with the units that are there. None where nothing is known or possible.
    """

    asked: str
    lift: float | None
    target: float | None
    control_units: int
    treatment_units: int
    total_units: int
    days: int | None
    power_so_far: float | None


def curve(
    plan: Plan, lifts: Sequence[float] = (), days: Sequence[int] = (), units: Sequence[int] = ()
) -> list[Step]:
    """Units and days for each lift, the smallest lift for each number of days and of units (of all arms).

    Where nothing is asked: for LIFTS, for the units so far, and where the daily units are known for WEEKS;
    lifts that would be a rate above 1 and weeks too short for FEWEST units are left out of those. Ordered by
    lift. Raises CapError where a number that was asked for is none, as a rate above 1, or days without daily
    units.
    """
    if days and not plan.daily_units:
        raise CapError("how much can be found in so many days depends on the traffic: give --daily-units")
    try:
        steps = _steps(plan, lifts, days, units)
    except ValueError as error:
        raise CapError(f"{error}: ask for something else") from None
    return sorted(steps, key=lambda step: (step.lift is None, step.lift))


def _steps(plan: Plan, lifts: Sequence[float], days: Sequence[int], units: Sequence[int]) -> list[Step]:
    steps = []
    if not (lifts or days or units):
        most = 1 / plan.baseline - 1 if plan.deviation is None else LIFTS[-1]
        lifts = [lift for lift in LIFTS if lift <= most] or [most / 4, most / 2]
        smallest = min(plan.control_share, plan.treatment_share) * (plan.daily_units or 0.0)
        days = [7 * weeks for weeks in WEEKS if 7 * weeks * smallest >= FEWEST]
        if plan.units_so_far:
            steps.append(_for_units("so far", plan, *plan.units_so_far))
    steps += [_for_lift(plan, lift) for lift in dict.fromkeys(lifts)]
    for count in dict.fromkeys(days):
        steps.append(_for_total("days", plan, count * (plan.daily_units or 0.0), count))
    return steps + [_for_total("units", plan, count) for count in dict.fromkeys(units)]


def _for_lift(plan: Plan, lift: float) -> Step:
    size = sample_size(
        plan.baseline,
        lift,
        plan.kind,
        plan.deviation,
        plan.confidence,
        plan.power,
        plan.treatment_share / plan.control_share,
        plan.treatments,
    )
    # a treatment is rounded up from the control, so that no other arm wants more in all
    total = math.ceil(size.treatment / plan.treatment_share)
    return Step(
        "lift",
        lift,
        plan.baseline * (1 + lift),
        size.control,
        size.treatment,
        total,
        _days(plan, total),
        _power_so_far(plan, lift),
    )


def _for_total(asked: str, plan: Plan, total: float, days: int | None = None) -> Step:
    control, treatment = int(total * plan.control_share), int(total * plan.treatment_share)
    if min(control, treatment) < 2:
        raise CapError(
            f"{total:,.0f} units over {plan.treatments + 1} arms are fewer than two an arm: ask for more"
        )
    return _for_units(asked, plan, control, treatment, int(total), days)


def _for_units(
    asked: str, plan: Plan, control: int, treatment: int, total: int, days: int | None = None
) -> Step:
    lift = minimum_detectable_effect(
        control,
        treatment,
        plan.baseline,
        plan.kind,
        plan.deviation,
        plan.confidence,
        plan.power,
        plan.treatments,
    )
    so_far = asked == "so far"
    return Step(
        asked,
        lift,
        None if lift is None else plan.baseline * (1 + lift),
        control,
        treatment,
        total,
        None if so_far else days if days is not None else _days(plan, total),
        None if lift is None else _power_so_far(plan, lift),
    )


def _days(plan: Plan, units: int) -> int | None:
    return None if plan.daily_units is None else days_needed(units, plan.daily_units)


def _power_so_far(plan: Plan, lift: float) -> float | None:
    if plan.units_so_far is None:
        return None
    return achieved_power(
        *plan.units_so_far[:2],
        plan.baseline,
        lift,
        plan.kind,
        plan.deviation,
        plan.confidence,
        plan.treatments,
    )


def plan_of(connection: duckdb.DuckDBPyConnection, experiment: Experiment, name: str | None = None) -> Plan:
    """What an experiment would be planned with, had its control been known: its baseline, split and traffic.

    name is a metric of it, a rate, mean or ratio; None its first goal. Of a ratio the deviation is the delta
    method's. Daily units are those of late (`daily_units`). The split is the configured one, else that of the
    units. Raises CapError for a metric that there is not, and where the control has nothing to start from.
    """
    metrics = metrics_of(connection, experiment.experiment_id)
    goals = [metric.name for metric in metrics if metric.role == "goal"]
    metric = chosen(metrics, [name or (goals or [metrics[0].name])[0]])[0]
    if metric.kind == "quantile":
        raise CapError(f"power is for rates, means and ratios, and {metric.name} is a quantile: take another")
    arms, _, _ = arm_counts(connection, experiment)
    controls = [arm for arm in arms if arm.is_control and arm.units > 1]
    treatments = [arm for arm in arms if not arm.is_control]
    if not controls or not treatments or min(arm.units for arm in treatments) < 2:
        raise CapError(
            f"{experiment.experiment_id} has no control and treatments with units of which it could be "
            "planned: give --baseline instead of an experiment"
        )
    control = controls[0]
    (whole,) = segment_sums(connection, experiment.experiment_id, [metric])
    baseline, deviation = _baseline(metric, whole.sums[metric.name, control.variant_id])
    if not baseline or (metric.kind == "proportion" and baseline == 1) or deviation == 0:
        told = "nothing" if not baseline else "the same for every unit"
        raise CapError(
            f"{metric.name} of the control of {experiment.experiment_id} is {told} in {control.units:,} "
            "units: give a --baseline to plan with"
        )
    by_split = all(arm.share for arm in arms)
    weights = {arm.variant_id: arm.share if by_split else arm.units for arm in arms}
    return Plan(
        baseline=baseline,
        deviation=deviation,
        treatments=len(treatments),
        control_share=weights[control.variant_id] / sum(weights.values()),
        treatment_share=min(weights[arm.variant_id] for arm in treatments) / sum(weights.values()),
        daily_units=sum(daily_units(day_balance(connection, experiment)).values()),
        units_so_far=(
            control.units,
            min(arm.units for arm in treatments),
            sum(arm.units for arm in arms),
        ),
        metric=metric.name,
    )


def _baseline(metric: Metric, sums: Sums) -> tuple[float | None, float | None]:
    """The control's value and, unless it is a rate, the standard deviation of its units."""
    if metric.kind == "proportion":
        return sums.mean, None
    arm = Arm(sums.n, sums.mean, sums.variance)
    if metric.kind == "ratio":
        parts = (sums.mean, sums.variance, sums.other_mean, sums.other_variance, sums.covariance)
        arm = ratio_as_mean(RatioArm(sums.n, *parts))
    return arm.mean, math.sqrt(arm.variance or 0.0)
