"""Quantiles of units (a median, the slowest twentieth) with intervals by ranks, and their difference."""

import math
from dataclasses import dataclass, replace

from scipy import stats

from cap.statistics.arms import Arm, QuantileArm, check_level, finite
from cap.statistics.difference import Difference, _values

FEW = "an arm has too few units for an interval of this quantile"


@dataclass(frozen=True)
class Ranks:
    """Which of n sorted units, from 1 to n, bound the quantile; coverage is the chance that they do.

    lower is None if even the smallest unit may lie above, upper if even the largest may lie below.
    """

    lower: int | None
    upper: int | None
    coverage: float


def quantile_interval(n: int, quantile: float, confidence: float = 0.95) -> Ranks:
    """Ranks of the units between which the quantile lies with at least this confidence, whatever the values.

    How many of n units lie below their true quantile is binomial, and needs no more (Conover 1999, «Practical
    Nonparametric Statistics», 3.2; David and Nagaraja 2003, «Order Statistics», 7.1). A rank is whole, and so
    the coverage is a little more than asked. tea-tasting bootstraps quantiles from rows of units; this needs
    two rows of a sorted table.
    """
    check_level(confidence)
    check_level(quantile, "quantile")
    if n < 0:
        raise ValueError(f"n is 0 or more, not {n}")
    tail = (1 - confidence) / 2
    below = stats.binom(n, quantile)
    lower, upper = int(below.ppf(tail)), int(below.isf(tail)) + 1
    coverage = float(below.cdf(upper - 1) - below.cdf(lower - 1))
    return Ranks(lower if lower > 0 else None, upper if upper <= n else None, coverage)


def quantile_difference(
    control: QuantileArm, treatment: QuantileArm, quantile: float, confidence: float = 0.95
) -> Difference:
    """The difference of a quantile of two arms; lower and upper of each are at its ranks of this confidence.

    The width of an arm's interval tells the quantile's standard error, with the normal quantile of the true
    coverage of its ranks (Price and Bonett 2002, «Distribution-free confidence intervals for difference and
    ratio of medians», J. Stat. Comput. Simul. 72; Deng, Knoblich, Lu 2018, section 4.2); the difference is
    then about normal. Values are many and little tied: of whole numbers, or where half the units have 0, a
    median tells nothing and has no spread.
    """
    check_level(confidence)
    arms = [Arm(arm.n, arm.value, None) for arm in (control, treatment)]
    known = _values(*arms)
    if known.difference is None:
        return replace(known, reason="an arm has no units")
    errors = [_error(arm, quantile, confidence) for arm in (control, treatment)]
    if None in errors:
        return replace(known, reason=FEW)
    error = math.hypot(*errors)
    if error == 0:
        return replace(known, reason="the units around the quantile are all alike")
    z = float(stats.norm.isf((1 - confidence) / 2))
    known = replace(
        known,
        lower=known.difference - z * error,
        upper=known.difference + z * error,
        p_value=2 * float(stats.norm.sf(abs(known.difference) / error)),
        standard_error=error,
    )
    if known.control <= 0 or known.treatment <= 0:
        return known
    log_error = math.hypot(errors[0] / known.control, errors[1] / known.treatment)
    if z * log_error + abs(math.log1p(known.lift)) > 700:
        return known
    return replace(
        known,
        lift_lower=(1 + known.lift) * math.exp(-z * log_error) - 1,
        lift_upper=(1 + known.lift) * math.exp(z * log_error) - 1,
        log_error=log_error,
    )


def _error(arm: QuantileArm, quantile: float, confidence: float) -> float | None:
    low, high = finite(arm.lower), finite(arm.upper)
    ranks = quantile_interval(arm.n, quantile, confidence)
    if low is None or high is None or ranks.lower is None or ranks.upper is None:
        return None
    return (high - low) / (2 * float(stats.norm.isf((1 - ranks.coverage) / 2)))
