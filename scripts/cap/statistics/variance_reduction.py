"""CUPED: what units did before the experiment tells part of what they do in it; that part is taken out."""

from dataclasses import dataclass

from tea_tasting.aggr import Aggregates

from cap.statistics.arms import Arm, CovariateArm, check_level, finite
from cap.statistics.difference import NO_UNITS, ONE_UNIT, ROUNDING, Difference, difference

AFTER, BEFORE = "after", "before"


@dataclass(frozen=True)
class Cuped:
    """The adjusted comparison and what the adjustment was worth.

    theta is the slope of after on before over both arms; control and treatment are the arms less theta times
    how far each began from the common mean; variance_saved is the share by which the squared standard error
    of the difference fell, in theory the squared correlation of after and before (below 0 if the two are
    unrelated, by chance). None with the reason in adjusted.reason where nothing could be computed.
    """

    theta: float | None
    control: Arm
    treatment: Arm
    variance_saved: float | None
    adjusted: Difference


def cuped(control: CovariateArm, treatment: CovariateArm, confidence: float = 0.95) -> Cuped:
    """The difference of means after adjustment by a covariate from before the experiment.

    Deng, Xu, Kohavi, Walker 2013, «Improving the Sensitivity of Online Controlled Experiments by Utilizing
    Pre-Experiment Data», WSDM. One theta for both arms, from tea-tasting's pooled sums, so that the adjusted
    difference stays unbiased. The covariate must be over before anybody was exposed: one that the treatment
    can change takes the effect out with it. A unit without past has its covariate 0, not none. Proportions
    are adjusted as the means of zeros and ones that they are. A covariate without spread adjusts nothing:
    theta is 0 and nothing is saved.
    """
    check_level(confidence)
    plain = [Arm(arm.n, finite(arm.mean), finite(arm.variance)) for arm in (control, treatment)]
    sums = [_sums(arm) for arm in (control, treatment)]
    if None in sums:
        empty = any(not arm.n or arm.mean is None for arm in plain)
        return Cuped(None, *plain, None, Difference(reason=NO_UNITS if empty else ONE_UNIT))
    total = sums[0] + sums[1]
    spread = total.var(BEFORE)
    is_flat = spread <= (ROUNDING * total.mean(BEFORE)) ** 2
    theta = 0.0 if is_flat else total.cov(AFTER, BEFORE) / spread
    arms = [_adjusted(one, theta, total.mean(BEFORE)) for one in sums]
    before, after = difference(*plain, confidence), difference(*arms, confidence)
    saved = None
    if before.standard_error:
        saved = 1 - ((after.standard_error or 0.0) / before.standard_error) ** 2
    return Cuped(theta, *arms, saved, after)


def _sums(arm: CovariateArm) -> Aggregates | None:
    told = [
        finite(one)
        for one in (arm.mean, arm.variance, arm.covariate_mean, arm.covariate_variance, arm.covariance)
    ]
    if arm.n < 2 or None in told:
        return None
    mean, variance, covariate_mean, covariate_variance, covariance = told
    return Aggregates(
        arm.n,
        {AFTER: mean, BEFORE: covariate_mean},
        {AFTER: variance, BEFORE: covariate_variance},
        {(AFTER, BEFORE): covariance},
    )


def _adjusted(sums: Aggregates, theta: float, common: float) -> Arm:
    mean = sums.mean(AFTER) - theta * (sums.mean(BEFORE) - common)
    variance = sums.var(AFTER) + theta**2 * sums.var(BEFORE) - 2 * theta * sums.cov(AFTER, BEFORE)
    # where before tells all of after, what is left is rounding
    return Arm(sums.count(), mean, variance if variance > ROUNDING * sums.var(AFTER) else 0.0)
