"""Whether a lift goes up or down along time: novelty that wears off, or a habit that has to form."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

FEWEST = 3


@dataclass(frozen=True)
class Trend:
    """Slope of the line through the points, per unit of position, its standard error and two-sided p-value.

    None with the reason where there are too few points.
    """

    slope: float | None = None
    standard_error: float | None = None
    p_value: float | None = None
    reason: str | None = None


def trend(
    positions: Sequence[float], estimates: Sequence[float | None], errors: Sequence[float | None]
) -> Trend:
    """Least squares through estimates, each weighted by its known standard error; a point without one is out.

    The errors are taken as they are, not fitted to the scatter, so that the slope is normal (Draper and Smith
    1998, «Applied Regression Analysis», 9.2). Points are independent: units of different days, not sums so
    far. For lifts give ln(1 + lift) and `Difference.log_error`. It sees a line: what rises and falls again is
    none. By numpy.
    """
    points = [
        (at, value, error)
        for at, value, error in zip(positions, estimates, errors, strict=True)
        if value is not None and error
    ]
    if len({at for at, _, _ in points}) < FEWEST:
        return Trend(reason=f"fewer than {FEWEST} points have an estimate")
    at, values, spreads = (np.array(one, dtype=float) for one in zip(*points, strict=True))
    (slope, _), covariance = np.polyfit(at, values, 1, w=1 / spreads, cov="unscaled")
    error = math.sqrt(covariance[0, 0])
    return Trend(float(slope), error, 2 * float(stats.norm.sf(abs(slope) / error)))
