"""Two arms compared: the difference with its interval and p-value, the relative lift with its own."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from tea_tasting.aggr import Aggregates
from tea_tasting.metrics import Mean

from cap.statistics.arms import Arm, RatioArm, check_level, finite

NO_UNITS = "an arm has no units"
ONE_UNIT = "an arm has fewer than two units"
NO_SPREAD = "all units are alike"
NO_SPREAD_WITHIN = "the units of each arm are all alike, so that no interval can be told"
NOTHING_BELOW = "an arm has nothing below the line"
# a standard deviation that small beside what it is the spread of is rounding
ROUNDING = 1e-12
VALUE = "value"


@dataclass(frozen=True)
class Difference:
    """Treatment against control. None is what cannot be said; without p-value or interval `reason` says why.

    control and treatment are the metric's values, difference is treatment - control in its unit, lift
    treatment / control - 1 (0.1 is ten per cent). The lift needs a control above 0, its interval a treatment
    above 0 too. standard_error is the difference's, log_error that of ln(treatment / control).
    """

    control: float | None = None
    treatment: float | None = None
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None
    lift: float | None = None
    lift_lower: float | None = None
    lift_upper: float | None = None
    standard_error: float | None = None
    log_error: float | None = None
    reason: str | None = None


def difference(
    control: Arm,
    treatment: Arm,
    confidence: float = 0.95,
    kind: Literal["mean", "proportion"] = "mean",
) -> Difference:
    """The difference of two means or of two proportions, two-sided.

    Means: Welch's test, which does not suppose equal variances (Welch 1947, Biometrika 34). Proportions: the
    z-test, with the pooled share for the p-value and each arm's own variance p(1 - p) for the intervals,
    without continuity correction, as int_ab_tests__compared has it; Arm.variance is not read. Where that
    variance is 0 in both arms (nobody or everybody in each) there is no interval: one without width would
    claim to be certain, and none of n leaves room for 3 / n (Hanley and Lippman-Hand 1983, JAMA 249). The
    lift has the interval of the log ratio, which cannot fall below -1 and is not led astray by a noisy
    control (Katz et al. 1978, Biometrics 34). Units are independent, and so many that a mean is about normal:
    some hundreds where values are skewed, five conversions for a proportion. By tea-tasting, proportions too
    as its means with their own variances: its Proportion has the pooled share in the intervals as well, cuts
    them off at -1 and 1 and cannot take arms of very unequal size.

    Raises ValueError for a confidence not between 0 and 1 and for a kind that there is not.
    """
    check_level(confidence)
    known = _values(control, treatment)
    if kind not in ("mean", "proportion"):
        raise ValueError(f"kind is mean or proportion, not {kind}")
    if known.difference is None:
        return replace(known, reason=NO_UNITS)
    if kind == "proportion":
        return _proportions(known, control.n, treatment.n, confidence)
    spreads = [_spread(control), _spread(treatment)]
    if None in spreads:
        return replace(known, reason=ONE_UNIT)
    if not any(spreads):
        return replace(known, reason=NO_SPREAD)
    metric = Mean(VALUE, confidence_level=confidence, alternative="two-sided", equal_var=False, use_t=True)
    return _compared(known, metric, control.n, spreads[0], treatment.n, spreads[1])


def ratio_difference(control: RatioArm, treatment: RatioArm, confidence: float = 0.95) -> Difference:
    """The difference of two ratios of sums (conversions per session) when users were randomised.

    By the delta method: numerator and denominator of a unit go together, so that the sessions of one user are
    not taken for independent (Deng, Knoblich, Lu 2018, «Applying the Delta Method in Metric Analytics», KDD).
    A ratio is that of the sums, not the mean of the units' ratios; its variance is tea-tasting's, the rest is
    as for a difference of means. The denominator's mean lies many standard errors above 0.
    """
    found = difference(ratio_as_mean(control), ratio_as_mean(treatment), confidence)
    if found.reason == NO_UNITS and control.n and treatment.n:
        return replace(found, reason=NOTHING_BELOW)
    return found


def ratio_as_mean(arm: RatioArm) -> Arm:
    """The ratio as if it were a mean: an arm with the same value and the delta method's variance per unit.

    No units and no mean where there is nothing below the line. See `ratio_difference`.
    """
    above, below = finite(arm.numerator_mean), finite(arm.denominator_mean)
    if not arm.n or above is None or not below:
        return Arm(0, None, None)
    spreads = [finite(one) for one in (arm.numerator_variance, arm.denominator_variance, arm.covariance)]
    if None in spreads:
        return Arm(arm.n, above / below, None)
    sums = Aggregates(
        arm.n,
        {"above": above, "below": below},
        {"above": spreads[0], "below": spreads[1]},
        {("above", "below"): spreads[2]},
    )
    variance = sums.ratio_var("above", "below")
    # where every unit has the same ratio, what is left of the two is rounding
    most = (spreads[0] + spreads[1] * (above / below) ** 2) / below**2
    return Arm(arm.n, above / below, variance if variance > ROUNDING * most else 0.0)


def _values(control: Arm, treatment: Arm) -> Difference:
    """What needs no variance."""
    before = finite(control.mean) if control.n else None
    after = finite(treatment.mean) if treatment.n else None
    if before is None or after is None:
        return Difference(before, after)
    lift = after / before - 1 if before > 0 else None
    return Difference(before, after, after - before, lift=lift)


def _spread(arm: Arm) -> float | None:
    """The variance; 0 if it is but rounding."""
    variance = finite(arm.variance)
    if variance is None or arm.n < 2:
        return None
    return variance if variance > (ROUNDING * float(arm.mean)) ** 2 else 0.0


def _proportions(known: Difference, n0: int, n1: int, confidence: float) -> Difference:
    before, after = known.control, known.treatment
    metric = Mean(VALUE, confidence_level=confidence, alternative="two-sided", equal_var=False, use_t=False)
    found = _compared(known, metric, n0, before * (1 - before), n1, after * (1 - after))
    pooled = (before * n0 + after * n1) / (n0 + n1)
    if pooled in (0, 1):
        return replace(found, p_value=None, reason=NO_SPREAD)
    tested = _compared(known, metric, n0, pooled * (1 - pooled), n1, pooled * (1 - pooled))
    return replace(found, p_value=tested.p_value)


def _compared(
    known: Difference, metric: Mean, n0: int, variance0: float, n1: int, variance1: float
) -> Difference:
    """Intervals and p-value by tea-tasting; without any spread there are none."""
    before, after = known.control, known.treatment
    error = math.sqrt(variance0 / n0 + variance1 / n1)
    if error == 0:
        return replace(known, reason=NO_SPREAD_WITHIN)
    # in standard errors, so that no square is too large or too small for a float
    arms = [
        Aggregates(n, {VALUE: mean / error}, {VALUE: variance / error**2})
        for n, mean, variance in ((n0, before, variance0), (n1, after, variance1))
    ]
    try:
        found = metric.analyze_aggregates(*arms)
    except OverflowError:
        # a mean next to nothing: the ratio's interval has no end; the difference is that of arms moved
        for arm in arms:
            arm.mean_[VALUE] += 10 + (abs(before) + abs(after)) / error
        found = metric.analyze_aggregates(*arms)
        before = 0.0
    half = (found.effect_size_ci_upper - found.effect_size) * error
    known = replace(
        known,
        lower=known.difference - half,
        upper=known.difference + half,
        p_value=found.pvalue,
        standard_error=error,
    )
    if before <= 0 or after <= 0:
        return known
    return replace(
        known,
        lift_lower=found.rel_effect_size_ci_lower,
        lift_upper=found.rel_effect_size_ci_upper,
        log_error=math.sqrt(variance0 / n0 / before**2 + variance1 / n1 / after**2),
    )
