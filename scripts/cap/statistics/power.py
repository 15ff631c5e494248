"""How many units a test needs, what it can find with those it has, and how long that takes."""

import math
from dataclasses import dataclass
from typing import Literal

from scipy import optimize, stats
from tea_tasting.aggr import Aggregates
from tea_tasting.metrics import Mean

from cap.statistics.arms import check_level

Kind = Literal["mean", "proportion"]
VALUE = "value"
FEWEST_UNITS = 3  # with which tea-tasting begins to look
MOST_UNITS = 1e15  # beyond which a float no longer counts one by one


@dataclass(frozen=True)
class SampleSize:
    """Units that the control and each treatment need, and of all arms together; at least two in each."""

    control: int
    treatment: int
    total: int


def sample_size(
    baseline: float,
    lift: float,
    kind: Kind = "proportion",
    deviation: float | None = None,
    confidence: float = 0.95,
    power: float = 0.8,
    ratio: float = 1.0,
    treatments: int = 1,
) -> SampleSize:
    """Units for finding, with this power, that a treatment is `lift` better than baseline, or worse.

    baseline is the control's rate, 0 to 1, or its mean with `deviation`, the standard deviation of units;
    lift is relative, 0.1 for ten per cent; ratio is units of one treatment per unit of the control. Of
    several treatments each is compared with the control, at Bonferroni's level. Two-sided, by the normal
    distribution: of arms below fifty units the t-test wants one or two more.

    Proportions: each arm's own variance, (z + z_power)² (p0 q0 + p1 q1 / ratio) / (p1 - p0)², as the SQL has
    it with a ratio of 1 (Chow, Shao, Wang 2008, «Sample Size Calculations in Clinical Research», 4.2); own
    code, since tea-tasting has no power of proportions. Means: one variance for both arms, by tea-tasting,
    not with its noncentral t, whose SciPy function has no value for what lies far out.

    Raises ValueError for numbers that are no rate, no deviation or no lift.
    """
    level = _level(confidence, treatments)
    _check_power(power, level)
    _check_ratio(ratio)
    target = _target(baseline, lift, kind, deviation)
    z = float(stats.norm.isf((1 - level) / 2) + stats.norm.isf(1 - power))
    spread = baseline * (1 - baseline) + target * (1 - target) / ratio
    if kind == "mean":
        spread = deviation**2 * (1 + 1 / ratio)
    if z * math.sqrt(spread / MOST_UNITS) >= abs(target - baseline):
        raise ValueError(f"a lift of {lift:g} would take more than {MOST_UNITS:.0e} units")
    if kind == "proportion":
        control = math.ceil((z / (target - baseline)) ** 2 * spread)
    else:
        metric = _mean(
            level, ratio, power=power, effect_size=abs(target - baseline) / deviation, n_obs=FEWEST_UNITS
        )
        (least,) = metric.solve_power_from_aggregates(_unit(), "power")
        units = FEWEST_UNITS
        if least.power < power:
            (found,) = metric.solve_power_from_aggregates(_unit(), "n_obs")
            units = found.n_obs
        control = math.ceil(units / (1 + ratio))
    control = max(control, 2)
    treatment = max(math.ceil(control * ratio), 2)
    return SampleSize(control, treatment, control + treatments * treatment)


def achieved_power(
    control_units: int,
    treatment_units: int,
    baseline: float,
    lift: float,
    kind: Kind = "proportion",
    deviation: float | None = None,
    confidence: float = 0.95,
    treatments: int = 1,
) -> float:
    """The chance of a significant result, either way, if the lift were this one, with these units.

    The lift is the one that the test was made for, never the one it found: with that power is but another
    word for the p-value (Hoenig and Heisey 2001, «The Abuse of Power», The American Statistician 55). Models
    and errors as `sample_size`; proportions agree with power_at_target of int_ab_tests__compared.
    """
    level = _level(confidence, treatments)
    _check_units(control_units, treatment_units)
    target = _target(baseline, lift, kind, deviation)
    if kind == "proportion":
        return _power_of_proportions(control_units, treatment_units, baseline, target, level)
    units, ratio = control_units + treatment_units, treatment_units / control_units
    metric = _mean(level, ratio, effect_size=abs(target - baseline) / deviation, n_obs=units)
    (found,) = metric.solve_power_from_aggregates(_unit(), "power")
    return float(found.power)


def minimum_detectable_effect(
    control_units: int,
    treatment_units: int,
    baseline: float,
    kind: Kind = "proportion",
    deviation: float | None = None,
    confidence: float = 0.95,
    power: float = 0.8,
    treatments: int = 1,
) -> float | None:
    """The smallest lift upwards, relative to baseline, that these units find with this power.

    None where not even a rate of 1 would be found. Models and errors as `sample_size`.
    """
    level = _level(confidence, treatments)
    _check_power(power, level)
    _check_units(control_units, treatment_units)
    _check_baseline(baseline, kind, deviation)
    if kind == "proportion":

        def lacking(target: float) -> float:
            return power - _power_of_proportions(control_units, treatment_units, baseline, target, level)

        most = math.nextafter(1, 0)
        if lacking(most) > 0 or lacking(baseline) < 0:
            return None
        return float(optimize.brentq(lacking, baseline, most, xtol=1e-15)) / baseline - 1
    ratio = treatment_units / control_units
    metric = _mean(level, ratio, power=power, n_obs=control_units + treatment_units)
    (found,) = metric.solve_power_from_aggregates(_unit(), "effect_size")
    return float(found.effect_size) * deviation / abs(baseline)


def days_needed(units: int, daily_units: float) -> int | None:
    """Whole days until so many units came, at so many a day over all arms; None where none come."""
    if units < 0 or daily_units < 0:
        raise ValueError("units are 0 or more")
    return math.ceil(units / daily_units) if daily_units else None


def _power_of_proportions(n0: int, n1: int, baseline: float, target: float, level: float) -> float:
    error = math.sqrt(baseline * (1 - baseline) / n0 + target * (1 - target) / n1)
    if error == 0:
        return 1.0
    z, shift = stats.norm.isf((1 - level) / 2), (target - baseline) / error
    return float(stats.norm.sf(z - shift) + stats.norm.sf(z + shift))


def _mean(level: float, ratio: float, **asked: float) -> Mean:
    rule = {"alternative": "two-sided", "equal_var": True, "use_t": False}
    return Mean(VALUE, **rule, alpha=1 - level, ratio=ratio, **asked)


def _unit() -> Aggregates:
    """Units with a standard deviation of 1: effects are asked in deviations, whatever the metric's unit."""
    return Aggregates(2, {VALUE: 1.0}, {VALUE: 1.0})


def _level(confidence: float, treatments: int) -> float:
    check_level(confidence)
    if treatments < 1:
        raise ValueError(f"there is at least one treatment, not {treatments}")
    return 1 - (1 - confidence) / treatments


def _check_power(power: float, level: float) -> None:
    check_level(power, "power")
    if power <= 1 - level:
        raise ValueError(f"power is more than {1 - level:g}, the chance to find something where nothing is")


def _check_ratio(ratio: float) -> None:
    if not 0 < ratio < math.inf:
        raise ValueError(f"ratio is above 0, not {ratio}")


def _check_units(*units: int) -> None:
    if min(units) < 2:
        raise ValueError("an arm has at least two units")


def _check_baseline(baseline: float, kind: Kind, deviation: float | None) -> None:
    if kind not in ("mean", "proportion"):
        raise ValueError(f"kind is mean or proportion, not {kind}")
    if kind == "proportion":
        check_level(baseline, "a rate")
    elif not baseline or not math.isfinite(baseline):
        raise ValueError("a lift needs a mean other than 0")
    elif not deviation or not 0 < deviation < math.inf:
        raise ValueError("a mean needs the standard deviation of its units, above 0")


def _target(baseline: float, lift: float, kind: Kind, deviation: float | None) -> float:
    _check_baseline(baseline, kind, deviation)
    target = baseline * (1 + lift)
    if not lift or not math.isfinite(lift):
        raise ValueError("the lift is not 0")
    if kind == "proportion" and not 0 <= target <= 1:
        raise ValueError(f"a rate of {baseline:g} with a lift of {lift:g} is {target:g}, which is no rate")
    return target
