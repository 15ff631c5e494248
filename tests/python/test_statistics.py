"""The statistics of experiments equal scipy's and statsmodels'; what cannot be said is None with a reason."""

import math
from collections.abc import Callable
from dataclasses import astuple, fields
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import WLS
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower, normal_power_het, normal_sample_size_one_tail
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW
from statsmodels.tools import add_constant
from tea_tasting.aggr import Aggregates
from tea_tasting.metrics import Mean

from cap.statistics import (
    Arm,
    CovariateArm,
    Difference,
    QuantileArm,
    RatioArm,
    achieved_power,
    always_valid,
    benjamini_hochberg,
    cuped,
    days_needed,
    difference,
    half_width,
    holm,
    minimum_detectable_effect,
    p_value_at,
    quantile_difference,
    quantile_interval,
    ratio_difference,
    sample_ratio,
    sample_size,
    trend,
    tuning,
)

EXACT = 1e-9
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99, 0.999])
SEEDS = st.integers(0, 10**6)

MANY = settings(max_examples=60, deadline=None, derandomize=True)


def near(wanted: float) -> object:
    return pytest.approx(wanted, rel=EXACT, abs=EXACT)


def units(seed: int, least: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Two arms of skewed values above 0, of few or many units, small or large."""
    random = np.random.default_rng(seed)
    scale = 10 ** random.uniform(-3, 5)
    arms = (
        random.gamma(random.uniform(0.3, 4), scale, int(10 ** random.uniform(math.log10(least), 3)))
        + scale * random.choice([0, 1, 1000])
        for _ in range(2)
    )
    return tuple(np.maximum(arm, 1e-6 * scale) for arm in arms)


def arm(values: np.ndarray) -> Arm:
    return Arm(len(values), float(values.mean()), float(values.var(ddof=1)) if len(values) > 1 else None)


@MANY
@given(SEEDS, LEVELS)
def test_means_equal_scipy_and_statsmodels(seed: int, level: float) -> None:
    before, after = units(seed)
    found = difference(arm(before), arm(after), level)
    theirs = stats.ttest_ind(after, before, equal_var=False)
    assert found.p_value == near(theirs.pvalue)
    compared = CompareMeans(DescrStatsW(after), DescrStatsW(before))
    assert found.p_value == near(compared.ttest_ind(usevar="unequal")[1])
    scale = found.standard_error
    low, high = compared.tconfint_diff(alpha=1 - level, usevar="unequal")
    assert (found.lower / scale, found.upper / scale) == (near(low / scale), near(high / scale))
    assert found.difference == near(after.mean() - before.mean())
    assert found.lift == near(after.mean() / before.mean() - 1)


@MANY
@given(SEEDS, LEVELS)
def test_the_lift_of_means_has_the_interval_of_the_log_ratio(seed: int, level: float) -> None:
    before, after = units(seed)
    found = difference(arm(before), arm(after), level)
    # divided by their means both arms have the mean 1 and the variance of the logarithm
    flat = stats.ttest_ind(after / after.mean(), before / before.mean(), equal_var=False)
    half = flat.confidence_interval(level).high
    assert found.log_error == near(half / stats.t.ppf((1 + level) / 2, flat.df))
    if half > 300:
        return
    ratio = after.mean() / before.mean()
    assert found.lift_lower == near(ratio * math.exp(-half) - 1)
    assert found.lift_upper == near(ratio * math.exp(half) - 1)


COUNTS = st.tuples(st.integers(1, 10**7), st.floats(0, 1)).map(
    lambda told: (told[0], round(told[0] * told[1]))
)


@MANY
@given(COUNTS, COUNTS, LEVELS)
def test_proportions_equal_statsmodels(before: tuple, after: tuple, level: float) -> None:
    (n0, x0), (n1, x1) = before, after
    found = difference(Arm.of_counts(n0, x0), Arm.of_counts(n1, x1), level, "proportion")
    if x0 + x1 in (0, n0 + n1):
        assert found.p_value is None
        assert found.reason
    else:
        assert found.p_value == near(proportions_ztest([x1, x0], [n1, n0])[1])
    if x0 in (0, n0) and x1 in (0, n1):
        # an interval without width would claim to be certain
        assert found.lower is found.upper is found.lift_lower is found.lift_upper is None
        assert found.standard_error is None and found.reason
        return
    assert found.reason is None
    # statsmodels' Wald interval, which it does not cut off either
    low, high = confint_proportions_2indep(x1, n1, x0, n0, method="wald", alpha=1 - level, correction=False)
    assert (found.lower, found.upper) == (near(low), near(high))
    if x0 and x1:
        low, high = confint_proportions_2indep(
            x1, n1, x0, n0, compare="ratio", method="log", alpha=1 - level, correction=False
        )
        assert (found.lift_lower + 1, found.lift_upper + 1) == (near(low), near(high))
    else:
        assert found.lift_lower is found.lift_upper is None
        assert (found.lift is None) == (x0 == 0)


@MANY
@given(SEEDS, LEVELS)
def test_ratios_equal_scipy_on_linear_units(seed: int, level: float) -> None:
    random = np.random.default_rng(seed)
    arms, linear = [], []
    for _ in range(2):
        sessions = random.poisson(3, int(random.integers(2, 500))) + 1
        orders = random.binomial(sessions, random.uniform(0.1, 0.6))
        if orders.sum() == 0:
            orders[0] = 1
        above, below = orders.mean(), sessions.mean()
        # each unit's share in the ratio to the first order; the covariance of both sums comes with it
        linear.append(above / below + (orders - above / below * sessions) / below)
        arms.append(
            RatioArm(
                len(orders),
                above,
                orders.var(ddof=1),
                below,
                sessions.var(ddof=1),
                np.cov(orders, sessions)[0, 1],
            )
        )
    found = ratio_difference(*arms, level)
    if not any(values.var() > EXACT for values in linear):
        return
    theirs = stats.ttest_ind(linear[1], linear[0], equal_var=False)
    assert found.p_value == near(theirs.pvalue)
    interval = theirs.confidence_interval(level)
    assert (found.lower, found.upper) == (near(interval.low), near(interval.high))


def covariate_arm(after: np.ndarray, before: np.ndarray) -> CovariateArm:
    told = arm(after)
    past = arm(before)
    return CovariateArm(
        told.n, told.mean, told.variance, past.mean, past.variance, float(np.cov(after, before)[0, 1])
    )


def past_and_present(seed: int, correlation: float, lift: float = 0.0, n: int = 0) -> tuple[list, list]:
    random = np.random.default_rng(seed)
    after, before = [], []
    for effect in (0.0, lift):
        count = n or int(random.integers(10, 800))
        both = random.multivariate_normal([20, 10], [[4, 3 * correlation * 2], [6 * correlation, 9]], count)
        after.append(both[:, 0] * (1 + effect))
        before.append(both[:, 1])
    return after, before


@MANY
@given(SEEDS, st.floats(-0.95, 0.95))
def test_cuped_equals_scipy_on_adjusted_units(seed: int, correlation: float) -> None:
    after, before = past_and_present(seed, correlation, 0.01)
    found = cuped(covariate_arm(after[0], before[0]), covariate_arm(after[1], before[1]))
    all_after, all_before = np.concatenate(after), np.concatenate(before)
    theta = np.cov(all_after, all_before)[0, 1] / all_before.var(ddof=1)
    assert found.theta == near(theta)
    adjusted = [one - theta * (past - all_before.mean()) for one, past in zip(after, before, strict=True)]
    theirs = stats.ttest_ind(adjusted[1], adjusted[0], equal_var=False)
    assert found.adjusted.p_value == near(theirs.pvalue)
    interval = theirs.confidence_interval()
    assert (found.adjusted.lower, found.adjusted.upper) == (near(interval.low), near(interval.high))
    assert (found.control.n, found.treatment.n) == (len(after[0]), len(after[1]))
    plain = stats.ttest_ind(after[1], after[0], equal_var=False)
    widths = [
        (np.diff(one.confidence_interval(0.95)) / 2)[0] / stats.t.ppf(0.975, one.df)
        for one in (plain, theirs)
    ]
    assert found.variance_saved == near(1 - (widths[1] / widths[0]) ** 2)
    sums = [
        Aggregates(
            len(a),
            {"a": a.mean(), "b": b.mean()},
            {"a": a.var(ddof=1), "b": b.var(ddof=1)},
            {("a", "b"): np.cov(a, b)[0, 1]},
        )
        for a, b in zip(after, before, strict=True)
    ]
    assert found.adjusted.p_value == near(Mean("a", "b").analyze_aggregates(*sums).pvalue)


@pytest.mark.parametrize("correlation", [0.0, 0.3, -0.6, 0.9])
def test_cuped_saves_the_squared_correlation(correlation: float) -> None:
    after, before = past_and_present(7, correlation, n=100_000)
    found = cuped(covariate_arm(after[0], before[0]), covariate_arm(after[1], before[1]))
    assert found.variance_saved == pytest.approx(correlation**2, abs=0.01)


def test_cuped_without_a_past_changes_nothing() -> None:
    arms = [CovariateArm(100, mean, 2.0, 0.0, 0.0, 0.0) for mean in (5.0, 5.5)]
    found = cuped(*arms)
    assert (found.theta, found.variance_saved) == (0, 0)
    assert found.adjusted == difference(Arm(100, 5.0, 2.0), Arm(100, 5.5, 2.0))
    foretold = cuped(*[CovariateArm(100, mean, 2.0, mean, 2.0, 2.0) for mean in (5.0, 5.0)])
    assert foretold.variance_saved == pytest.approx(1)
    assert foretold.adjusted.reason == "all units are alike"


@MANY
@given(st.integers(0, 3000), st.floats(0.01, 0.99), LEVELS)
def test_ranks_equal_scipy(n: int, quantile: float, level: float) -> None:
    found = quantile_interval(n, quantile, level)
    lowest = 1 if found.lower is None else found.lower
    highest = n if found.upper is None else found.upper
    assert n == 0 or 1 <= lowest <= highest <= n
    # as a sum: so many of n lie below
    low, high = (found.lower or 0), (found.upper or n + 1)
    chances = stats.binom.pmf(np.arange(low, high), n, quantile)
    assert found.coverage == near(chances.sum())
    assert found.coverage >= level - EXACT
    if n:
        theirs = stats.quantile_test(np.arange(1, n + 1), p=quantile).confidence_interval(level)
        assert (math.isnan(theirs.low), math.isnan(theirs.high)) == (found.lower is None, found.upper is None)
        assert math.isnan(theirs.low) or theirs.low <= low <= theirs.low + 1
        assert math.isnan(theirs.high) or theirs.high - 1 <= high <= theirs.high


@MANY
@given(SEEDS, st.integers(3, 40))
def test_trends_equal_statsmodels(seed: int, points: int) -> None:
    random = np.random.default_rng(seed)
    at, values = random.permutation(points).astype(float), random.normal(size=points)
    errors = random.uniform(0.01, 3, points)
    theirs = WLS(values, add_constant(at), weights=errors**-2).fit(cov_type="fixed scale", use_t=False)
    found = trend([*at, 99.0, 100.0], [*values, None, 1.0], [*errors, 1.0, None])
    assert (found.slope, found.standard_error) == (near(theirs.params[1]), near(theirs.bse[1]))
    assert found.p_value == near(theirs.pvalues[1])


def test_two_points_make_no_trend() -> None:
    assert trend([1, 2, 3], [0.1, 0.2, None], [1.0, 1.0, 1.0]).reason


P_VALUES = st.lists(st.none() | st.floats(0, 1) | st.sampled_from([0.0, 0.01, 0.04, 1.0]), max_size=30)


@settings(MANY, max_examples=20)
@given(P_VALUES)
def test_corrections_equal_statsmodels(p_values: list) -> None:
    known = [one for one in p_values if one is not None]
    for ours, method in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        found = ours(p_values)
        assert [one is None for one in found] == [one is None for one in p_values]
        if known:
            wanted = multipletests(known, method=method)[1]
            assert [one for one in found if one is not None] == [near(one) for one in wanted]


def test_a_p_value_outside_0_and_1_is_refused() -> None:
    with pytest.raises(ValueError, match="1.5"):
        holm([0.1, 1.5])


@MANY
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.floats(0.01, 100)), min_size=2, max_size=6),
    st.floats(0.01, 1e5),
)
def test_sample_ratios_equal_scipy(arms: list, scale: float) -> None:
    counts, shares = [one for one, _ in arms], [share * scale for _, share in arms]
    found = sample_ratio(counts, shares)
    if not sum(counts):
        assert found.reason
        return
    expected = np.array(shares) / sum(shares) * sum(counts)
    theirs = stats.chisquare(counts, expected)
    assert (found.chi_square, found.p_value) == (near(theirs.statistic), near(theirs.pvalue))
    assert found.degrees == len(arms) - 1


def test_sample_ratios_at_the_edges() -> None:
    assert sample_ratio([500, 500], [50, 50]).p_value == 1
    broken = sample_ratio([600, 480], [0.5, 0.5])
    assert broken.is_broken
    assert broken.is_doubtful
    doubtful = sample_ratio([545, 455], [0.5, 0.5])
    assert doubtful.is_doubtful
    assert not doubtful.is_broken
    # an arm that nobody saw counts, one that nobody planned breaks the ratio, and so no split is none
    assert sample_ratio([100, 100, 0], [1, 1, 1]).is_broken
    assert sample_ratio([100, 100, 0], [1, 1, 0]).p_value == 1
    assert sample_ratio([100, 100, 1], [1, 1, 0]).p_value == 0
    assert sample_ratio([100, 100], [1, None]).reason
    assert sample_ratio([100], [1]).reason
    assert sample_ratio([0, 0], [1, 1]).reason
    for units, shares in (([1], [1, 2]), ([-1, 2], [1, 1]), ([1, 2], [1, -1])):
        with pytest.raises(ValueError, match="units|arms"):
            sample_ratio(units, shares)


RATES, LIFTS = st.floats(0.001, 0.6), st.sampled_from([-0.5, -0.1, -0.01, 0.02, 0.1, 0.5])
POWERS, ARMS = st.sampled_from([0.5, 0.8, 0.9, 0.99]), st.integers(2, 10**6)


@MANY
@given(ARMS, ARMS, RATES, LIFTS, LEVELS)
def test_power_of_proportions_equals_statsmodels(
    n0: int, n1: int, rate: float, lift: float, level: float
) -> None:
    target = rate * (1 + lift)
    # statsmodels takes one number of units and one spread for both arms
    spread = math.sqrt(rate * (1 - rate) + target * (1 - target) * n0 / n1)
    wanted = normal_power_het(target - rate, n0, 1 - level, spread, spread)
    assert achieved_power(n0, n1, rate, lift, confidence=level) == near(wanted)


@MANY
@given(ARMS, ARMS, st.floats(0.1, 1e4), LIFTS, st.floats(0.1, 1e4), LEVELS)
def test_power_of_means_equals_statsmodels(
    n0: int, n1: int, mean: float, lift: float, deviation: float, level: float
) -> None:
    wanted = NormalIndPower().power(mean * lift / deviation, n0, 1 - level, n1 / n0)
    assert achieved_power(n0, n1, mean, lift, "mean", deviation, level) == near(wanted)


@MANY
@given(RATES, LIFTS, POWERS, LEVELS)
def test_sample_sizes_of_proportions_equal_statsmodels(
    rate: float, lift: float, power: float, level: float
) -> None:
    target = rate * (1 + lift)
    spread = math.sqrt(rate * (1 - rate) + target * (1 - target))
    wanted = normal_sample_size_one_tail(abs(target - rate), power, (1 - level) / 2, spread, spread)
    found = sample_size(rate, lift, confidence=level, power=power)
    assert found.control == found.treatment
    assert found.control == 2 or wanted * (1 - 1e-12) <= found.control < wanted * (1 + 1e-12) + 1


@MANY
@given(st.floats(0.1, 1e4), LIFTS, st.floats(0.01, 1e4), POWERS, LEVELS)
def test_sample_sizes_of_means_equal_statsmodels(
    mean: float, lift: float, deviation: float, power: float, level: float
) -> None:
    found = sample_size(mean, lift, "mean", deviation, level, power)
    reached = NormalIndPower().power(mean * abs(lift) / deviation, found.control, 1 - level)
    fewer = NormalIndPower().power(mean * abs(lift) / deviation, found.control - 1, 1 - level)
    assert reached >= power - EXACT
    assert found.control == 2 or fewer < power + EXACT


@MANY
@given(st.floats(0.001, 0.9), ARMS, st.floats(0.2, 5), POWERS, LEVELS)
def test_the_smallest_effect_has_the_power_it_was_asked_for(
    rate: float, n: int, ratio: float, power: float, level: float
) -> None:
    other = max(2, round(n * ratio))
    lift = minimum_detectable_effect(n, other, rate, confidence=level, power=power)
    if lift is None:
        assert achieved_power(n, other, rate, (1 - EXACT) / rate - 1, confidence=level) < power
    else:
        assert achieved_power(n, other, rate, lift, confidence=level) == pytest.approx(power, abs=1e-6)
    lift = minimum_detectable_effect(n, other, 10 * rate, "mean", 3.0, level, power)
    assert achieved_power(n, other, 10 * rate, lift, "mean", 3.0, level) == near(power)


def test_more_treatments_and_a_lopsided_split_need_more_units() -> None:
    one = sample_size(0.1, 0.1)
    three = sample_size(0.1, 0.1, treatments=3)
    assert three.control == sample_size(0.1, 0.1, confidence=1 - 0.05 / 3).control > one.control
    assert three.total == three.control + 3 * three.treatment
    lopsided = sample_size(0.1, 0.1, ratio=0.25)
    assert lopsided.total > one.total
    assert achieved_power(lopsided.control, lopsided.treatment, 0.1, 0.1) == pytest.approx(0.8, abs=1e-4)
    assert achieved_power(one.control, one.control, 0.1, 0.1, treatments=3) < 0.8
    small = minimum_detectable_effect(5000, 5000, 0.1)
    assert minimum_detectable_effect(5000, 5000, 0.1, treatments=3) > small


def test_days_are_whole() -> None:
    assert days_needed(1001, 100) == 11
    assert days_needed(1000, 100) == 10
    assert days_needed(0, 100) == 0
    assert days_needed(10, 0) is None


@pytest.mark.parametrize(
    ("ask", "word"),
    [
        (lambda: sample_size(1.2, 0.1), "rate"),
        (lambda: sample_size(0.6, 0.9), "1.14"),
        (lambda: sample_size(0.1, 0), "lift"),
        (lambda: sample_size(10, 0.1, "mean"), "deviation"),
        (lambda: sample_size(0, 0.1, "mean", 2), "mean"),
        (lambda: sample_size(0.1, 0.1, power=80), "power"),
        (lambda: sample_size(0.1, 0.1, confidence=95), "confidence"),
        (lambda: sample_size(0.1, 0.1, ratio=0), "ratio"),
        (lambda: sample_size(0.1, 0.1, treatments=0), "treatment"),
        (lambda: achieved_power(1, 10, 0.1, 0.1), "two units"),
        (lambda: difference(Arm(2, 1, 1), Arm(2, 1, 1), kind="median"), "median"),
        (lambda: difference(Arm(2, 1, 1), Arm(2, 1, 1), 1.0), "confidence"),
        (lambda: quantile_interval(10, 1.0), "quantile"),
        (lambda: tuning(0), "planned_units"),
    ],
)
def test_numbers_that_are_none_are_refused(ask: Callable[[], object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        ask()


@MANY
@given(SEEDS, LEVELS, st.integers(100, 10**6))
def test_the_always_valid_lift_is_that_of_the_log_ratio(seed: int, level: float, planned: int) -> None:
    before, after = units(seed, least=50)
    fixed = difference(arm(before), arm(after), level)
    count = len(before) + len(after)
    found = always_valid(fixed, count, level, planned)
    rho = tuning(planned, level)
    # where the interval just ends, the p-value of that difference is the level
    for end in (found.lower, found.upper):
        p_value = p_value_at(end - fixed.difference, fixed.standard_error**2, count, rho)
        assert p_value == pytest.approx(1 - level, rel=1e-6)
    if found.lift_lower is not None:
        half = half_width(fixed.log_error**2, count, rho, level)
        ends = (math.log1p(found.lift_lower), math.log1p(found.lift_upper))
        assert (ends[1] - ends[0]) / 2 == pytest.approx(half, rel=1e-6)
        assert sum(ends) / 2 == pytest.approx(math.log1p(fixed.lift), abs=1e-6)


# edges: nothing is nan or infinite, and where there is no p-value a reason is given


def check(found: Difference) -> None:
    for value in astuple(found)[:-1]:
        assert value is None or math.isfinite(value)
    assert (found.p_value is None) == (found.reason is not None)
    assert found.p_value is None or 0 <= found.p_value <= 1
    if found.lower is not None:
        assert found.lower <= found.difference <= found.upper
    if found.lift_lower is not None:
        assert -1 <= found.lift_lower <= found.lift + EXACT
        assert found.lift <= found.lift_upper * (1 + EXACT) + EXACT


NUMBERS = st.none() | st.floats() | st.sampled_from([0.0, 1e-9, -1.0, 1.0, 1e300])
COUNTED = st.sampled_from([0, 1, 2, 3, 50, 10**9])
SPREADS = st.none() | st.floats(0) | st.sampled_from([0.0, 1e-30, 1.0, math.nan])
MODEST = st.none() | st.floats(-1e12, 1e12) | st.sampled_from([0.0, 1e-9, math.nan, math.inf])


@settings(MANY, max_examples=300)
@given(st.builds(Arm, COUNTED, MODEST, SPREADS), st.builds(Arm, COUNTED, MODEST, SPREADS))
def test_no_arms_give_nan(control: Arm, treatment: Arm) -> None:
    found = difference(control, treatment)
    check(found)
    for value in astuple(always_valid(found, control.n + treatment.n))[:-1]:
        assert value is None or math.isfinite(value)


@settings(MANY, max_examples=200)
@given(
    st.tuples(COUNTED, MODEST, SPREADS, MODEST, SPREADS, MODEST),
    st.tuples(COUNTED, MODEST, SPREADS, MODEST, SPREADS, MODEST),
)
def test_no_ratio_and_no_covariate_gives_nan(one: tuple, other: tuple) -> None:
    check(ratio_difference(RatioArm(*one), RatioArm(*other)))
    found = cuped(CovariateArm(*one), CovariateArm(*other))
    check(found.adjusted)
    for value in (found.theta, found.variance_saved):
        assert value is None or math.isfinite(value)


@settings(MANY, max_examples=200)
@given(st.tuples(COUNTED, MODEST, MODEST, MODEST), st.tuples(COUNTED, MODEST, MODEST, MODEST))
def test_no_quantile_gives_nan(one: tuple, other: tuple) -> None:
    arms = [
        QuantileArm(n, *(sorted(ends, key=lambda x: (x is None, x)) if None not in ends else ends))
        for n, *ends in (one, other)
    ]
    found = quantile_difference(*arms, 0.5)
    for value in astuple(found)[:-1]:
        assert value is None or math.isfinite(value)
    assert (found.p_value is None) == (found.reason is not None)


def test_the_edges_say_why() -> None:
    some = Arm(10, 2.0, 1.0)
    assert difference(some, Arm(0, None, None)).reason == "an arm has no units"
    assert difference(Arm.of_counts(0, 0), some, kind="proportion").reason == "an arm has no units"
    single = difference(some, Arm(1, 3.0, None))
    assert (single.difference, single.lift, single.p_value) == (1, 0.5, None)
    assert single.reason == "an arm has fewer than two units"
    alike = difference(Arm(9, 2.0, 0.0), Arm(9, 3.0, 0.0))
    assert (alike.difference, alike.p_value, alike.reason) == (1, None, "all units are alike")
    assert difference(Arm(9, 2.0, 1e-30), Arm(9, 3.0, 0.0)).reason == "all units are alike"
    nobody = difference(Arm.of_counts(100, 0), Arm.of_counts(100, 0), kind="proportion")
    assert (nobody.difference, nobody.lift, nobody.p_value) == (0, None, None)
    assert nobody.reason == "all units are alike"
    assert nobody.lower is nobody.upper is None
    everybody = difference(Arm.of_counts(50, 50), Arm.of_counts(70, 70), kind="proportion")
    assert (everybody.lift, everybody.lift_lower, everybody.lower) == (0, None, None)
    split = difference(Arm.of_counts(50, 0), Arm.of_counts(70, 70), kind="proportion")
    assert split.p_value < 1e-20 and split.lower is None
    assert split.reason.startswith("the units of each arm are all alike")
    assert always_valid(split, 120).reason == split.reason
    first = difference(Arm.of_counts(100, 0), Arm.of_counts(100, 7), kind="proportion")
    assert first.lift is first.lift_lower is None
    assert first.p_value == near(proportions_ztest([7, 0], [100, 100])[1])
    # one unit beside millions: the ratio is as good as nothing, the difference is not
    lonely = difference(Arm.of_counts(1, 0), Arm.of_counts(3_000_000, 3), kind="proportion")
    assert lonely.p_value == near(proportions_ztest([3, 0], [3_000_000, 1])[1])
    last = difference(Arm.of_counts(100, 7), Arm.of_counts(100, 0), kind="proportion")
    assert (last.lift, last.lift_lower) == (-1, None)
    negative = difference(Arm(50, -2.0, 1.0), Arm(50, 1.0, 1.0))
    assert negative.lift is None
    assert negative.difference == 3
    some_ratio, nobody = RatioArm(5, 1, 1, 1, 1, 0), RatioArm(0, None, None, None, None, None)
    assert ratio_difference(nobody, some_ratio).reason == "an arm has no units"
    nothing = ratio_difference(RatioArm(5, 0, 0, 0, 0, 0), some_ratio)
    assert (nothing.treatment, nothing.reason) == (1, "an arm has nothing below the line")
    # every unit with the same ratio: no spread, whatever the rounding
    same = RatioArm(50, 0.3, 0.09 * 2.1, 1.0, 2.1, 0.3 * 2.1)
    assert ratio_difference(same, same).reason == "all units are alike"
    assert cuped(CovariateArm(1, 1, None, 1, None, None), CovariateArm(5, 1, 1, 1, 1, 0)).adjusted.reason


def test_a_mean_next_to_nothing_has_a_difference_and_no_lift_interval() -> None:
    found = difference(Arm(30, 1e-12, 1.0), Arm(30, 0.5, 1.0))
    theirs = stats.ttest_ind_from_stats(0.5, 1, 30, 1e-12, 1, 30, equal_var=False)
    assert found.p_value == near(theirs.pvalue)
    assert found.lift_lower is None
    half = stats.t.ppf(0.975, 58) * math.sqrt(2 / 30)
    assert found.upper == near(found.difference + half)


def test_decimals_of_a_database_are_numbers() -> None:
    found = difference(Arm(10, Decimal("2.5"), Decimal("1.25")), Arm(12, Decimal("3.75"), Decimal("1.5")))
    assert found == difference(Arm(10, 2.5, 1.25), Arm(12, 3.75, 1.5))
    assert {field.type for field in fields(found)} <= {"float | None", "str | None", float | None, str | None}
