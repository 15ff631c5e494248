"""What is known of one arm of an experiment: sums of its units, never the units."""

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Arm:
    """Units, and mean and sample variance (over n - 1) of what each did, in the metric's unit.

    mean is None without units, variance with fewer than two. A proportion is a mean of zeros and ones: see
    `of_counts`.
    """

    n: int
    mean: float | None
    variance: float | None

    @classmethod
    def of_counts(cls, n: int, successes: int) -> "Arm":
        """Of n units so many did it, 0 to n."""
        if not n:
            return cls(0, None, None)
        mean = successes / n
        return cls(n, mean, mean * (1 - mean) * n / (n - 1) if n > 1 else None)


@dataclass(frozen=True)
class RatioArm:
    """Units, and of each unit's numerator and denominator the means, sample variances and covariance.

    The unit is what was randomised (a user), numerator and denominator are its sums (conversions, sessions).
    """

    n: int
    numerator_mean: float | None
    numerator_variance: float | None
    denominator_mean: float | None
    denominator_variance: float | None
    covariance: float | None


@dataclass(frozen=True)
class CovariateArm:
    """An Arm, and of what each unit did before the experiment mean, variance and covariance with after."""

    n: int
    mean: float | None
    variance: float | None
    covariate_mean: float | None
    covariate_variance: float | None
    covariance: float | None


@dataclass(frozen=True)
class QuantileArm:
    """Units, the quantile, and the values at the two ranks that `quantile_interval` gives for them."""

    n: int
    value: float | None
    lower: float | None
    upper: float | None


def finite(value: Any) -> float | None:
    """A number as a float (Decimal too); None for nothing, nan and what is infinite."""
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def check_level(level: float, name: str = "confidence") -> None:
    """Raise ValueError unless 0 < level < 1."""
    if not 0 < level < 1:
        raise ValueError(f"{name} is between 0 and 1, not {level}")
