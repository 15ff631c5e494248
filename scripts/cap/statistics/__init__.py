"""Statistics of experiments: pure functions of numbers, which read no table and no file.

What comes in are counts, means, variances and covariances, as `count`, `avg`, `var_samp` and `covar_samp` of
a database give them; what comes out are frozen dataclasses of plain floats. A value that does not exist is
None and `reason` says why; nothing is ever nan or infinite.

tea-tasting does the tests of means and ratios, CUPED, power of means and the two corrections for many
p-values; SciPy the distributions. Ours is what neither has: each function says so. Importing this takes a
second: commands import it inside the function that needs it.
"""

from cap.statistics.arms import Arm, CovariateArm, QuantileArm, RatioArm
from cap.statistics.difference import Difference, difference, ratio_as_mean, ratio_difference
from cap.statistics.multiplicity import benjamini_hochberg, holm
from cap.statistics.power import (
    SampleSize,
    achieved_power,
    days_needed,
    minimum_detectable_effect,
    sample_size,
)
from cap.statistics.quantiles import Ranks, quantile_difference, quantile_interval
from cap.statistics.sequential import (
    PLANNED_UNITS,
    AlwaysValid,
    always_valid,
    half_width,
    p_value_at,
    running_minimum,
    tuning,
)
from cap.statistics.split import SampleRatio, sample_ratio
from cap.statistics.trend import Trend, trend
from cap.statistics.variance_reduction import Cuped, cuped

__all__ = [
    "PLANNED_UNITS",
    "AlwaysValid",
    "Arm",
    "CovariateArm",
    "Cuped",
    "Difference",
    "QuantileArm",
    "Ranks",
    "RatioArm",
    "SampleRatio",
    "SampleSize",
    "Trend",
    "achieved_power",
    "always_valid",
    "benjamini_hochberg",
    "cuped",
    "days_needed",
    "difference",
    "half_width",
    "holm",
    "minimum_detectable_effect",
    "p_value_at",
    "quantile_difference",
    "quantile_interval",
    "ratio_as_mean",
    "ratio_difference",
    "running_minimum",
    "sample_ratio",
    "sample_size",
    "trend",
    "tuning",
]
