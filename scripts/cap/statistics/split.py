"""Whether the units came to the arms as the experiment said they would."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

BROKEN_P, DOUBTFUL_P = 0.001, 0.01


@dataclass(frozen=True)
class SampleRatio:
    """Chi-square of the units of all arms against the shares configured, and its p-value.

    Below BROKEN_P the experiment is broken and nothing may be concluded; below DOUBTFUL_P it is in doubt.
    None with the reason where there is nothing to compare.
    """

    chi_square: float | None
    degrees: int | None
    p_value: float | None
    reason: str | None = None

    @property
    def is_broken(self) -> bool:
        return self.p_value is not None and self.p_value < BROKEN_P

    @property
    def is_doubtful(self) -> bool:
        return self.p_value is not None and self.p_value < DOUBTFUL_P


def sample_ratio(units: Sequence[int], shares: Sequence[float | None]) -> SampleRatio:
    """Pearson's chi-square over all arms; an arm that nobody saw is one with 0 units and its share.

    shares are weights of any scale (50 and 50, or the units expected of each arm when the split was changed
    on the way), None where not configured. An arm with a share of 0 and a unit breaks the ratio for certain.
    Fabijan et al. 2019, «Diagnosing Sample Ratio Mismatch in Online Controlled Experiments», KDD. By SciPy:
    tea-tasting compares two arms only. Should units be few, less than five expected of an arm, the p-value is
    rough.

    Raises ValueError if the two are not of one length, or a number in them is negative.
    """
    if len(units) != len(shares):
        raise ValueError(f"{len(units)} arms but {len(shares)} shares")
    if any(one < 0 for one in units) or any(one is not None and one < 0 for one in shares):
        raise ValueError("units and shares are 0 or more")
    if any(one is None for one in shares):
        return SampleRatio(None, None, None, "the split of an arm was never configured")
    seen, whole = sum(units), math.fsum(shares)
    if not seen:
        return SampleRatio(None, None, None, "there are no units yet")
    if any(count and not share for count, share in zip(units, shares, strict=True)):
        return SampleRatio(None, None, 0.0, "an arm without a share of the split has units")
    expected = [(count, share / whole * seen) for count, share in zip(units, shares, strict=True) if share]
    if len(expected) < 2:
        return SampleRatio(None, None, None, "there is only one arm")
    found = stats.chisquare([one for one, _ in expected], [one for _, one in expected], sum_check=False)
    return SampleRatio(float(found.statistic), len(expected) - 1, float(found.pvalue))
