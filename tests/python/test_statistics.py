"""The statistics of experiments equal scipy's and statsmodels'; what cannot be said is None with a reason."""

import pytest
from scipy import stats

from cap.statistics import Arm, difference

EXACT = 1e-9


def test_a_proportion_equals_the_pooled_z_test() -> None:
    found = difference(Arm.of_counts(1000, 100), Arm.of_counts(1000, 130), kind="proportion")
    wanted = stats.chi2_contingency([[100, 900], [130, 870]], correction=False).pvalue
    assert found.p_value == pytest.approx(wanted, abs=EXACT)
