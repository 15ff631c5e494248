"""Simulated experiments: tests err as often as they say, intervals cover as often as they say."""

import numpy as np
import pytest
from scipy import stats

from cap.statistics import (
    Arm,
    CovariateArm,
    Difference,
    QuantileArm,
    RatioArm,
    always_valid,
    cuped,
    difference,
    half_width,
    p_value_at,
    quantile_difference,
    quantile_interval,
    ratio_difference,
    running_minimum,
    tuning,
)

LEVEL = 0.95
NULL, LIFTED, PEEKS = 2000, 500, 20
PLANNED = 10_000  # units of both arms at the last peek
RATE, LIFT = 0.1, 0.15


@pytest.fixture(scope="module")
def peeked() -> tuple[np.ndarray, np.ndarray]:
    """A/A tests of a conversion rate: units of an arm at each peek, and conversions by test, arm and peek."""
    random = np.random.default_rng(20260801)
    units = np.arange(1, PEEKS + 1) * (PLANNED // 2 // PEEKS)
    return units, random.binomial(units[0], RATE, (NULL, 2, PEEKS)).cumsum(axis=2)


def fixed_z(units: np.ndarray, conversions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By test and peek the difference, its variance and the p-value of the pooled z-test, all at once."""
    shares = conversions / units
    gap = shares[:, 1] - shares[:, 0]
    pooled = conversions.sum(axis=1) / (2 * units)
    z = gap / np.sqrt(pooled * (1 - pooled) * 2 / units)
    return gap, (shares * (1 - shares)).sum(axis=1) / units, 2 * stats.norm.sf(np.abs(z))


def test_fixed_tests_of_nothing_reject_one_in_twenty(peeked: tuple) -> None:
    units, conversions = peeked
    last = int(units[-1])
    found = [
        difference(Arm.of_counts(last, int(before)), Arm.of_counts(last, int(after)), LEVEL, "proportion")
        for before, after in conversions[:, :, -1]
    ]
    assert 0.035 <= np.mean([one.p_value < 1 - LEVEL for one in found]) <= 0.065
    assert 0.935 <= np.mean([one.lower <= 0 <= one.upper for one in found]) <= 0.965
    assert 0.935 <= np.mean([one.lift_lower <= 0 <= one.lift_upper for one in found]) <= 0.965
    assert [one.p_value for one in found] == pytest.approx(fixed_z(units, conversions)[2][:, -1], abs=1e-9)


def test_always_valid_tests_of_nothing_hold_through_twenty_peeks(peeked: tuple) -> None:
    units, conversions = peeked
    gap, variance, p_values = fixed_z(units, conversions)
    # looked at twenty times, a fixed test finds nothing to be something in a quarter of all cases
    assert np.mean((p_values < 1 - LEVEL).any(axis=1)) > 0.15
    rho = tuning(PLANNED, LEVEL)
    always = p_value_at(gap, variance, 2 * units, rho)
    rejected = (always < 1 - LEVEL).any(axis=1)
    assert np.mean(rejected) <= 0.05
    outside = np.abs(gap) > half_width(variance, 2 * units, rho, LEVEL)
    assert (outside == (always < 1 - LEVEL)).all()
    # what the commands call says the same of each look
    for test in [*np.flatnonzero(rejected)[:3], 0, 1]:
        looks = [
            always_valid(
                difference(*(Arm.of_counts(int(n), int(x)) for x in counts), LEVEL, "proportion"),
                2 * int(n),
                LEVEL,
                PLANNED,
            )
            for n, counts in zip(units, conversions[test].T, strict=True)
        ]
        assert [one.p_value for one in looks] == pytest.approx(always[test], abs=1e-9)
        smallest = running_minimum(one.p_value for one in looks)
        assert smallest == pytest.approx(np.minimum.accumulate(always[test]), abs=1e-9)
        assert (smallest[-1] < 1 - LEVEL) == rejected[test]
        assert [one.lower > 0 or one.upper < 0 for one in looks] == list(outside[test])
        assert [one.lift_lower > 0 or one.lift_upper < 0 for one in looks].count(True) <= PEEKS


def test_always_valid_tests_find_what_is_there() -> None:
    random = np.random.default_rng(20260802)
    units = np.arange(1, PEEKS + 1) * (PLANNED // 2 // PEEKS)
    rates = np.array([RATE, RATE * 1.4])[None, :, None]
    conversions = random.binomial(units[0], rates, (LIFTED, 2, PEEKS)).cumsum(axis=2)
    gap, variance, _ = fixed_z(units, conversions)
    rho = tuning(PLANNED, LEVEL)
    assert np.mean((p_value_at(gap, variance, 2 * units, rho) < 1 - LEVEL).any(axis=1)) > 0.95
    half = half_width(variance, 2 * units, rho, LEVEL)
    covered = (np.abs(gap - RATE * 0.4) <= half).all(axis=1)
    assert np.mean(covered) >= LEVEL


def test_the_always_valid_interval_is_narrowest_at_the_planned_units() -> None:
    units = 5000
    halves = [
        float(half_width(1.0, units, tuning(planned, LEVEL), LEVEL))
        for planned in (units // 10, units // 2, units, units * 2, units * 10)
    ]
    assert min(halves) == halves[2]
    assert 1.3 < halves[2] / stats.norm.isf((1 - LEVEL) / 2) < 1.6
    # ten times too many or too few planned costs less than a third
    assert max(halves) < halves[2] * 4 / 3


def test_p_values_of_skewed_means_err_one_time_in_twenty() -> None:
    random = np.random.default_rng(20260803)
    amounts = random.gamma(0.5, 40, (NULL, 2, 400))
    found = [difference(*map(of_values, arms), LEVEL) for arms in amounts]
    assert 0.035 <= np.mean([one.p_value < 1 - LEVEL for one in found]) <= 0.065


def of_values(values: np.ndarray) -> Arm:
    return Arm(len(values), float(values.mean()), float(values.var(ddof=1)))


def covered(found: list[Difference], gap: float, lift: float | None = LIFT) -> list[float]:
    shares = [np.mean([one.lower <= gap <= one.upper for one in found])]
    if lift is not None:
        shares.append(np.mean([one.lift_lower <= lift <= one.lift_upper for one in found]))
    return [float(share) for share in shares]


def test_intervals_cover_a_true_lift_of_rates_and_of_means() -> None:
    random = np.random.default_rng(20260804)
    counts = random.binomial(3000, [RATE, RATE * (1 + LIFT)], (LIFTED, 2))
    rates = [difference(*(Arm.of_counts(3000, int(x)) for x in arms), LEVEL, "proportion") for arms in counts]
    amounts = random.gamma(2, 10, (LIFTED, 2, 500)) * np.array([1, 1 + LIFT])[None, :, None]
    means = [difference(*map(of_values, arms), LEVEL) for arms in amounts]
    for share in (*covered(rates, RATE * LIFT), *covered(means, 20 * LIFT)):
        assert 0.93 <= share <= 0.97


def test_intervals_cover_a_true_lift_of_ratios_where_a_naive_one_does_not() -> None:
    """Conversions per session: sessions of one user resemble each other."""
    random = np.random.default_rng(20260805)
    found, naive = [], []
    for _ in range(LIFTED):
        arms, sums = [], []
        for rate in (0.2, 0.2 * (1 + LIFT)):
            sessions = random.geometric(0.2, 800)
            orders = random.binomial(sessions, random.beta(2 * rate, 2 * (1 - rate), 800))
            spread = np.cov(orders, sessions)
            arms.append(
                RatioArm(800, orders.mean(), spread[0, 0], sessions.mean(), spread[1, 1], spread[0, 1])
            )
            sums.append(Arm.of_counts(int(sessions.sum()), int(orders.sum())))
        found.append(ratio_difference(*arms, LEVEL))
        naive.append(difference(*sums, LEVEL, "proportion"))
    for share in covered(found, 0.2 * LIFT):
        assert 0.93 <= share <= 0.97
    for share in covered(naive, 0.2 * LIFT):
        assert share < 0.85


def test_adjusted_intervals_cover_and_are_narrower() -> None:
    random = np.random.default_rng(20260806)
    correlation = 0.7
    found = []
    for _ in range(LIFTED):
        arms = []
        for effect in (0.0, 0.4):
            before = random.gamma(4, 2, 400)
            noise = random.normal(0, 4 * np.sqrt(1 / correlation**2 - 1), 400)
            after = 10 + before + noise + effect
            spread = np.cov(after, before)
            arms.append(
                CovariateArm(400, after.mean(), spread[0, 0], before.mean(), spread[1, 1], spread[0, 1])
            )
        found.append(cuped(*arms, LEVEL))
    (share,) = covered([one.adjusted for one in found], 0.4, None)
    assert 0.93 <= share <= 0.97
    assert np.mean([one.variance_saved for one in found]) == pytest.approx(correlation**2, abs=0.02)
    assert abs(np.mean([one.adjusted.difference for one in found]) - 0.4) < 0.05


@pytest.mark.parametrize("quantile", [0.5, 0.9])
def test_intervals_of_quantiles_cover(quantile: float) -> None:
    random = np.random.default_rng(20260807)
    values = np.sort(random.lognormal(1, 1, (LIFTED, 2, 1500)), axis=2)
    values[:, 1] *= 1 + LIFT
    ranks = quantile_interval(1500, quantile, LEVEL)
    middle = int(np.ceil(quantile * 1500)) - 1
    true = float(stats.lognorm.ppf(quantile, 1, scale=np.e))
    inside = (values[:, 0, ranks.lower - 1] <= true) & (true <= values[:, 0, ranks.upper - 1])
    assert 0.93 <= inside.mean() <= 0.98
    found = [
        quantile_difference(
            *(
                QuantileArm(1500, *(float(arm[at]) for at in (middle, ranks.lower - 1, ranks.upper - 1)))
                for arm in arms
            ),
            quantile,
            LEVEL,
        )
        for arms in values
    ]
    for share in covered(found, true * LIFT):
        assert 0.93 <= share <= 0.97
