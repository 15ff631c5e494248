"""A/B tests: the statistics in SQL equal scipy's, and a generated world's tests are judged as they are."""

import csv
import dataclasses
import json
import math
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import polars
import pytest
from click.testing import CliRunner
from conftest import PROJECT, run_dbt
from scipy import stats

from cap.cli import main
from cap.errors import CapError
from cap.experiments.analyze import Analysis, analyze
from cap.experiments.settings import settings
from cap.experiments.sums import SEGMENTS
from cap.experiments.warehouse import experiments, find
from cap.load.bronze import load_bronze
from cap.load.contract import read_contract
from cap.statistics import Arm, achieved_power, always_valid, difference, sample_size
from cap.warehouse import opened

EXACT = 1e-8
LEVEL = 0.95
TARGET_LIFT = 0.2
TARGET_POWER = 0.8
MODELS = "models/intermediate/digital_analytics"
WORLD = ["--customers", "3000", "--days", "45", "--seed", "11", "--mess", "0.5"]
SIMULATED = 200

Counts = list[tuple[int, int, int, int]]  # units and conversions of the control, then of the treatment


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty warehouse.duckdb and the compiled SQL of the two models of statistics."""
    folder = tmp_path_factory.mktemp("statistics")
    with duckdb.connect(folder / "warehouse.duckdb") as connection:
        connection.execute("create schema intermediate; create schema silver")
    run_dbt(
        folder / "warehouse.duckdb", "compile", "-s", "int_ab_tests__compared", "int_ab_tests__sample_ratios"
    )
    return folder


def sql_of(folder: Path, model: str) -> str:
    (path,) = folder.glob(f"target/compiled/*/{MODELS}/{model}.sql")
    return path.read_text()


@pytest.fixture(scope="module")
def compare(compiled: Path) -> Callable[[Counts], list[dict[str, float | None]]]:
    """The model's comparison of hand-made counts, one row per comparison in their order."""

    def ask(counts: Counts) -> list[dict[str, float | None]]:
        rows = [
            (f"{number:05}", variant, variant == "a", units, conversions)
            for number, (n0, x0, n1, x1) in enumerate(counts)
            for variant, units, conversions in (("a", n0, x0), ("b", n1, x1))
        ]
        with duckdb.connect(compiled / "warehouse.duckdb") as connection:
            connection.execute(
                "create or replace table intermediate.int_ab_tests__daily_counts (experiment_id varchar, "
                "variant_id varchar, is_control boolean, units bigint, conversions bigint, "
                "summary_date date default date '2026-01-01')"
            )
            names = ["experiment_id", "variant_id", "is_control", "units", "conversions"]
            connection.register("told", polars.DataFrame(rows, names, orient="row"))
            connection.execute("insert into intermediate.int_ab_tests__daily_counts by name from told")
            found = connection.execute(
                f"select * from ({sql_of(compiled, 'int_ab_tests__compared')}) order by experiment_id"
            )
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return ask


def grid() -> Counts:
    """Small and large, near and far from significance, nobody and everybody."""
    units = (1, 2, 7, 50, 333, 10_000, 3_000_000)
    shares = (0.0, 0.0003, 0.02, 0.31, 0.5, 0.52, 0.97, 1.0)
    return [
        (n0, round(n0 * p0), n1, round(n1 * p1))
        for n0 in units
        for n1 in units
        for p0 in shares
        for p1 in shares
    ]


def test_p_values_and_intervals_equal_scipy(compare: Callable) -> None:
    counts = grid()
    rows = compare(counts)
    assert len(rows) == len(counts) > 3000
    z = stats.norm.ppf((1 + LEVEL) / 2)
    smallest = 1.0
    for (n0, x0, n1, x1), row in zip(counts, rows, strict=True):
        p0, p1 = x0 / n0, x1 / n1
        if x0 + x1 in (0, n0 + n1):
            assert row["p_value"] is None
        else:
            table = [[x0, n0 - x0], [x1, n1 - x1]]
            wanted = stats.chi2_contingency(table, correction=False).pvalue
            assert row["p_value"] == pytest.approx(wanted, abs=EXACT)
            # far out in the tail, where the statistic itself is rounded, the p-value agrees in its digits too
            assert row["p_value"] == pytest.approx(wanted, rel=1e-6, abs=1e-290)
            smallest = min(smallest, wanted)
        half = z * math.sqrt(p0 * (1 - p0) / n0 + p1 * (1 - p1) / n1)
        assert (row["difference_lower"] is None) == (half == 0), "no interval is of width 0"
        if half:
            assert row["difference_lower"] == pytest.approx(p1 - p0 - half, abs=EXACT)
            assert row["difference_upper"] == pytest.approx(p1 - p0 + half, abs=EXACT)
        assert (row["lift"] is None) == (x0 == 0)
        assert (row["lift_lower"] is None) == (x0 == 0 or x1 == 0 or half == 0)
        if x0 and x1 and half:
            ratio = stats.contingency.relative_risk(x1, n1, x0, n0)
            low, high = ratio.confidence_interval(LEVEL)
            assert row["lift_lower"] == pytest.approx(low - 1, rel=EXACT, abs=EXACT)
            assert row["lift_upper"] == pytest.approx(high - 1, rel=EXACT, abs=EXACT)
    assert smallest < 1e-300


def test_power_and_needed_units_equal_scipy(compare: Callable) -> None:
    counts = [case for case in grid() if 0 < case[1] < case[0] / (1 + TARGET_LIFT)]
    z = stats.norm.ppf((1 + LEVEL) / 2)
    for (n0, x0, n1, _), row in zip(counts, compare(counts), strict=True):
        p0 = x0 / n0
        target = p0 * (1 + TARGET_LIFT)
        shift = (target - p0) / math.sqrt(p0 * (1 - p0) / n0 + target * (1 - target) / n1)
        wanted = stats.norm.cdf(shift - z) + stats.norm.cdf(-shift - z)
        assert row["power_at_target"] == pytest.approx(wanted, abs=EXACT)
        spread = p0 * (1 - p0) + target * (1 - target)
        needed = (z + stats.norm.ppf(TARGET_POWER)) ** 2 * spread / (target - p0) ** 2
        assert row["required_units_per_arm"] == pytest.approx(needed, rel=EXACT)


# of cap.statistics.Difference and of int_ab_tests__compared
SAME = {
    "p_value": "p_value",
    "difference": "difference",
    "lower": "difference_lower",
    "upper": "difference_upper",
    "lift": "lift",
    "lift_lower": "lift_lower",
    "lift_upper": "lift_upper",
}


def test_python_says_the_same(compare: Callable) -> None:
    counts = grid()[::7]
    judged = 0
    for (n0, x0, n1, x1), row in zip(counts, compare(counts), strict=True):
        found = difference(Arm.of_counts(n0, x0), Arm.of_counts(n1, x1), LEVEL, "proportion")
        for ours, theirs in SAME.items():
            one, other = getattr(found, ours), row[theirs]
            assert (one is None) == (other is None), theirs
            assert one is None or one == pytest.approx(other, rel=EXACT, abs=EXACT), theirs
        if 0 < x0 < n0 / (1 + TARGET_LIFT) and min(n0, n1) > 1:
            power = achieved_power(n0, n1, x0 / n0, TARGET_LIFT)
            assert power == pytest.approx(row["power_at_target"], abs=EXACT)
            needed = sample_size(x0 / n0, TARGET_LIFT, power=TARGET_POWER).control
            assert needed == max(2, math.ceil(row["required_units_per_arm"] * (1 - EXACT)))
            judged += 1
    assert judged > 100


def test_true_lifts_lie_in_their_intervals_at_the_nominal_rate(compare: Callable) -> None:
    random = np.random.default_rng(20260101)
    base = random.uniform(0.05, 0.4, SIMULATED)
    lift = random.choice([-0.2, 0.0, 0.1, 0.3], SIMULATED)
    units = random.integers(400, 5000, (SIMULATED, 2))
    control, treated = (
        random.binomial(units[:, arm], rate) for arm, rate in ((0, base), (1, base * (1 + lift)))
    )
    rows = compare([tuple(map(int, c)) for c in zip(units[:, 0], control, units[:, 1], treated, strict=True)])
    low, high = stats.binom.interval(0.999, SIMULATED, LEVEL)
    covered = sum(r["lift_lower"] <= true <= r["lift_upper"] for r, true in zip(rows, lift, strict=True))
    assert low <= covered <= high
    differences = base * lift
    covered = sum(
        r["difference_lower"] <= true <= r["difference_upper"]
        for r, true in zip(rows, differences, strict=True)
    )
    assert low <= covered <= high
    null = [r["p_value"] for r, true in zip(rows, lift, strict=True) if true == 0]
    assert sum(p < 1 - LEVEL for p in null) <= stats.binom.ppf(0.999, len(null), 1 - LEVEL)


def test_sample_ratios_equal_scipy(compiled: Path) -> None:
    cases = [
        ((500, 500), (0.5, 0.5)),
        ((550, 450), (50, 50)),
        ((1000, 800), (0.5, 0.5)),
        ((900, 95), (0.9, 0.1)),
        ((210, 108, 108), (2, 1, 1)),
        ((240, 90, 100), (0.5, 0.25, 0.25)),
        ((100, 120, 90, 95), (1, 1, 1, 1)),
        ((100, 120, 90, 95, 0), (1, 1, 1, 1, 0.02)),
        ((30, 20, 45, 25, 25, 31), (1, 1, 1, 1, 1, 1)),
        (tuple(range(40, 60)), (1,) * 20),
    ]
    with duckdb.connect(compiled / "warehouse.duckdb") as connection:
        connection.execute(
            "create or replace table intermediate.int_ab_tests__units "
            "(experiment_id varchar, variant_id varchar, configured_split varchar, assigned_date date);"
            "create or replace table silver.silver_ab_test_variants "
            "(experiment_id varchar, variant_id varchar, variant_name varchar);"
            "create or replace table intermediate.int_ab_tests__daily_counts "
            "(experiment_id varchar, variant_id varchar, summary_date date, units bigint)"
        )
        for number, (units, weights) in enumerate(cases):
            split = json.dumps({f"arm {arm}": weight for arm, weight in enumerate(weights)})
            for arm, count in enumerate(units):
                if not count:  # an arm that nobody saw is known from the split alone
                    continue
                values = [f"{number:02}", f"v{arm}"]
                connection.execute(
                    "insert into intermediate.int_ab_tests__units "
                    f"select ?, ?, ?, date '2026-01-01' from range({count})",
                    [*values, split],
                )
                connection.execute(
                    "insert into silver.silver_ab_test_variants values (?, ?, ?)", [*values, f"arm {arm}"]
                )
                connection.execute(
                    "insert into intermediate.int_ab_tests__daily_counts values (?, ?, date '2026-01-01', ?)",
                    [*values, count],
                )
        found = connection.execute(
            "select ratio_p_value "
            f"from ({sql_of(compiled, 'int_ab_tests__sample_ratios')}) order by experiment_id"
        ).fetchall()
    for (units, weights), (p_value,) in zip(cases, found, strict=True):
        expected = np.array(weights) * sum(units) / sum(weights)
        assert p_value == pytest.approx(stats.chisquare(units, expected).pvalue, abs=EXACT)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a generated world's bronze, truth and what of warehouse.duckdb its experiments need."""
    folder = tmp_path_factory.mktemp("experiments")
    cap = str(Path(sys.executable).with_name("cap"))
    command = [cap, "generate", *WORLD, "--out", str(folder / "bronze")]
    subprocess.run(command, check=True, capture_output=True)
    database = folder / "warehouse.duckdb"
    load_bronze(folder / "bronze", database, read_contract(PROJECT / "contract/columns.csv"))
    run_dbt(
        database,
        "build",
        "--select",
        "+silver_ab_test_summary",
        "+silver_ab_test_outcomes",
        "+silver_ab_test_metric_values",
        "+dim_experiment",
        "experiment_metrics",
        "--exclude-resource-type",
        "unit_test",
        "--exclude-resource-type",
        "test",
    )
    return folder


@pytest.fixture(scope="module")
def results(world: Path) -> dict[str, dict]:
    """Per variant what its experiment says on its last day."""
    with duckdb.connect(world / "warehouse.duckdb", read_only=True) as connection:
        found = connection.execute(
            "select variants.variant_id, variants.experiment_id, summary.* "
            "from silver.silver_ab_test_summary as summary "
            "inner join silver.silver_ab_test_variants as variants using (variant_key) "
            "qualify summary_date = max(summary_date) over (partition by variants.experiment_id)"
        )
        names = [column[0] for column in found.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


@pytest.fixture(scope="module")
def truth(world: Path) -> dict[str, dict[str, str]]:
    with (world / "truth/experiments.csv").open(newline="") as lines:
        return {row["variant_id"]: row for row in csv.DictReader(lines)}


def test_the_broken_experiment_is_found_and_no_other(results: dict, truth: dict) -> None:
    assert set(results) == set(truth)
    broken = {variant for variant, row in truth.items() if row["broken_split"] == "true"}
    assert broken
    assert {variant for variant, row in results.items() if row["is_ratio_broken"]} == broken
    for variant in broken - {v for v, row in truth.items() if row["is_control"] == "true"}:
        assert results[variant]["verdict"] == "broken_split"
        assert results[variant]["statistical_significance"] is None
        assert not results[variant]["is_winner"]


def test_true_lifts_of_the_world_lie_in_their_intervals(results: dict, truth: dict) -> None:
    sound = [
        variant
        for variant, row in truth.items()
        if row["is_control"] == "false" and row["broken_split"] == "false"
    ]
    covered = sum(
        results[v]["lift_lower"] <= float(truth[v]["true_lift"]) <= results[v]["lift_upper"] for v in sound
    )
    assert len(sound) >= 5
    assert covered >= len(sound) - 1


def test_units_are_those_that_were_assigned(world: Path, truth: dict) -> None:
    """Broken rows move a few; whoever was shown two variants is flagged and in no summary."""
    with duckdb.connect(world / "warehouse.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "select variant_id, count(*), count(*) filter (is_contaminated) "
            "from silver.silver_ab_test_assignments group by variant_id"
        ).fetchall()
        [(judged, kept)] = connection.execute(
            "select (select count(*) from silver.silver_ab_test_assignments "
            "where not (is_contaminated or is_bot or is_test)), (select sum(unique_users) from ("
            "select max(unique_users) as unique_users from silver.silver_ab_test_summary "
            "group by variant_key))"
        ).fetchall()
    for variant, units, _ in rows:
        assert units == pytest.approx(int(truth[variant]["units"]), rel=0.05)
    assert sum(contaminated for *_, contaminated in rows) > 0
    assert judged == kept


@pytest.fixture(scope="module")
def analyses(world: Path) -> dict[str, Analysis]:
    """What `cap experiments analyze` says of each, with all segments."""
    with opened(world / "warehouse.duckdb") as connection:
        ids = [one.experiment_id for one in experiments(connection)]
        told = settings(PROJECT / "dbt_project.yml")
        return {one: analyze(connection, one, told, segments=tuple(SEGMENTS)) for one in ids}


def test_python_and_sql_say_the_same_of_conversions(analyses: dict, results: dict) -> None:
    """To 1e-8, counts exactly: of all that silver_ab_test_summary tells on its last day."""
    compared = 0
    for one in analyses.values():
        for arm in one.arms:
            assert arm.units == results[arm.variant_id]["unique_users"]
        in_two = sum(arm.units_in_two_arms for arm in one.arms)
        assert one.two_arms_share == in_two / (in_two + sum(arm.units for arm in one.arms))
        for row in one.results:
            if row.metric != "conversion" or row.segment != "all":
                continue
            told = results[row.variant_id]
            assert row.treatment_units == told["unique_users"]
            for mine, theirs in (
                ("p_value", "p_value_exact"),
                ("difference", "difference"),
                ("difference_lower", "difference_lower"),
                ("difference_upper", "difference_upper"),
                ("lift", "lift"),
                ("lift_lower", "lift_lower"),
                ("lift_upper", "lift_upper"),
                ("ratio_p_value", "ratio_p_value"),
            ):
                assert getattr(row, mine) == pytest.approx(told[theirs], abs=EXACT), mine
            compared += 1
    assert compared == 7


def test_the_planted_broken_experiment_has_no_verdict_and_no_finding(analyses: dict, truth: dict) -> None:
    broken = {row["experiment_id"] for row in truth.values() if row["broken_split"] == "true"}
    assert broken
    assert {name for name, one in analyses.items() if one.verdict.verdict == "broken"} == broken
    for name, one in analyses.items():
        findings = {row.finding for row in one.results}
        assert (findings == {"withheld"}) == (name in broken)


def test_only_what_truly_is_better_is_shipped(analyses: dict, truth: dict) -> None:
    shipped = {one.verdict.variant_id for one in analyses.values() if one.verdict.verdict == "ship"}
    assert shipped
    assert all(float(truth[variant]["true_lift"]) > 0 for variant in shipped)


def test_known_lifts_lie_in_the_intervals_of_the_analysis(analyses: dict, truth: dict) -> None:
    """The fixed interval may miss one in twenty; the always-valid one is wider and misses none here."""
    rows = [
        row
        for one in analyses.values()
        for row in one.results
        if one.verdict.verdict != "broken" and row.metric == "conversion" and row.segment == "all"
    ]
    assert len(rows) >= 5
    true = [float(truth[row.variant_id]["true_lift"]) for row in rows]
    missed = [
        row.variant_id
        for row, lift in zip(rows, true, strict=True)
        if not row.lift_lower <= lift <= row.lift_upper
    ]
    assert len(missed) <= 1
    for row, lift in zip(rows, true, strict=True):
        rate = float(truth[row.variant_id]["baseline"])
        assert row.always_valid_lower <= rate * lift <= row.always_valid_upper
        assert row.always_valid_upper - row.always_valid_lower > row.difference_upper - row.difference_lower
        units = (row.control_units, row.treatment_units)
        values = (row.control_value, row.treatment_value)
        arms = [Arm.of_counts(n, round(n * value)) for n, value in zip(units, values, strict=True)]
        wanted = always_valid(difference(*arms, LEVEL, "proportion"), sum(units), LEVEL)
        assert row.always_valid_p_value == pytest.approx(wanted.p_value, abs=EXACT)


def outcomes(world: Path, experiment: str, columns: str) -> dict[str, np.ndarray]:
    """Per arm a row per unit that counts; what is null is nan."""
    with duckdb.connect(world / "warehouse.duckdb", read_only=True) as connection:
        rows = connection.execute(
            f"select variant_id, {columns} from silver.silver_ab_test_outcomes "
            "where experiment_id = ? and counts_in_test",
            [experiment],
        ).fetchall()
    return {
        arm: np.array([row[1:] for row in rows if row[0] == arm], dtype=float)
        for arm in {row[0] for row in rows}
    }


def row_of(one: Analysis, metric: str) -> object:
    (row,) = [row for row in one.results if row.metric == metric and row.segment == "all"]
    return row


def test_means_from_sums_equal_scipy_on_the_units(world: Path, analyses: dict) -> None:
    row = row_of(analyses["EXP-002"], "sessions")
    arms = outcomes(world, "EXP-002", "sessions")
    control, treated = (values[~np.isnan(values)] for values in (arms["EXP-002-A"], arms["EXP-002-B"]))
    assert (row.control_units, row.treatment_units) == (len(control), len(treated))
    assert len(control) < analyses["EXP-002"].arms[0].units, "units that nobody follows are left out"
    wanted = stats.ttest_ind(treated, control, equal_var=False)
    interval = wanted.confidence_interval(LEVEL)
    assert row.p_value == pytest.approx(wanted.pvalue, abs=EXACT)
    assert (row.difference_lower, row.difference_upper) == pytest.approx(tuple(interval), abs=EXACT)


def test_cuped_equals_a_regression_on_the_units_and_saves_what_theory_says(
    world: Path, analyses: dict
) -> None:
    """The adjusted values' own test; the share saved is the squared correlation, near enough."""
    row = row_of(analyses["EXP-002"], "sessions")
    arms = outcomes(world, "EXP-002", "sessions, pre_sessions")
    control, treated = (values[~np.isnan(values[:, 0])] for values in (arms["EXP-002-A"], arms["EXP-002-B"]))
    both = np.vstack([control, treated])
    theta = np.cov(both.T)[0, 1] / np.var(both[:, 1], ddof=1)
    adjusted = [values[:, 0] - theta * (values[:, 1] - both[:, 1].mean()) for values in (control, treated)]
    wanted = stats.ttest_ind(adjusted[1], adjusted[0], equal_var=False)
    assert row.cuped_p_value == pytest.approx(wanted.pvalue, abs=EXACT)
    assert row.cuped_difference == pytest.approx(adjusted[1].mean() - adjusted[0].mean(), abs=EXACT)
    assert row.variance_saved == pytest.approx(np.corrcoef(both.T)[0, 1] ** 2, abs=0.02)
    assert row.variance_saved > 0.1


def test_ratios_are_those_of_the_sums_with_the_unit_s_error(world: Path, analyses: dict) -> None:
    """The delta method's error is that of the linearised values of each unit, not of each session."""
    row = row_of(analyses["EXP-002"], "pages_per_session")
    arms = outcomes(world, "EXP-002", "later_page_views, later_sessions")
    errors, ratios = [], []
    for arm in ("EXP-002-A", "EXP-002-B"):
        values = arms[arm][~np.isnan(arms[arm][:, 0])]
        ratio = values[:, 0].sum() / values[:, 1].sum()
        linear = (values[:, 0] - ratio * values[:, 1]) / values[:, 1].mean()
        errors.append(np.var(linear, ddof=1) / len(values))
        ratios.append(ratio)
    assert (row.control_value, row.treatment_value) == pytest.approx(tuple(ratios), abs=EXACT)
    score = (ratios[1] - ratios[0]) / math.sqrt(sum(errors))
    # many units: t and normal agree to the third digit
    assert row.p_value == pytest.approx(2 * stats.norm.sf(abs(score)), abs=2e-3)


def test_a_quantile_and_its_ranks_are_order_statistics(world: Path) -> None:
    from cap.experiments.metrics import Metric
    from cap.experiments.sums import order_statistics, segment_sums

    metric = Metric("p", "p", "quantile", "later_page_views", None, None, 0.9, "secondary", "up", "left_out")
    values = outcomes(world, "EXP-002", "later_page_views")["EXP-002-A"]
    known = np.sort(values[~np.isnan(values)])
    with opened(world / "warehouse.duckdb") as connection:
        (whole,) = segment_sums(connection, "EXP-002", [metric])
        ranks = [1, 2, len(known) // 2, math.ceil(0.9 * len(known)), len(known) - 1, len(known)]
        picked = order_statistics(connection, "EXP-002", metric, whole, "EXP-002-A", ranks)
    assert whole.sums["p", "EXP-002-A"].n == len(known)
    assert picked == [known[rank - 1] for rank in ranks]


def test_corrections_are_within_their_families(analyses: dict) -> None:
    """Holm over the treatments of the goal, Benjamini and Hochberg over all segments of an experiment."""
    rows = [row for row in analyses["EXP-004"].results if row.role == "goal" and row.segment == "all"]
    small, large = sorted(row.p_value for row in rows)
    assert len(rows) == 2
    assert sorted(row.adjusted_p_value for row in rows) == [
        pytest.approx(min(2 * small, 1)),
        pytest.approx(max(large, min(2 * small, 1))),
    ]
    for one in analyses.values():
        parts = [row for row in one.results if row.segment != "all" and row.adjusted_p_value is not None]
        assert {row.segment for row in parts} >= {"device_type", "visitor_kind"} - {None}
        wanted = stats.false_discovery_control([row.p_value for row in parts], method="bh")
        assert [row.adjusted_p_value for row in parts] == pytest.approx(list(wanted), abs=EXACT)
        for row in parts:
            assert row.correction == "benjamini_hochberg"


def test_segments_add_up_to_the_whole(analyses: dict) -> None:
    for one in analyses.values():
        whole = {(r.metric, r.variant_id): r.treatment_units for r in one.results if r.segment == "all"}
        for segment in SEGMENTS:
            parts: dict[tuple, int] = {}
            for row in one.results:
                if row.segment == segment:
                    key = (row.metric, row.variant_id)
                    parts[key] = parts.get(key, 0) + row.treatment_units
            assert parts == whole, segment


def test_days_are_balanced_where_the_split_holds(analyses: dict) -> None:
    for one in analyses.values():
        assert sum(sum(day.units.values()) for day in one.balance) == sum(arm.units for arm in one.arms)
        days = [day.p_value for day in one.balance if day.p_value is not None]
        if one.verdict.verdict != "broken":
            assert min(days) * len(days) > 0.01


def test_an_experiment_is_known_by_id_or_name_and_others_by_their_nearest(world: Path) -> None:
    with opened(world / "warehouse.duckdb") as connection:
        assert find(connection, "hero image").experiment_id == "EXP-002"
        assert find(connection, " exp-002 ").experiment_id == "EXP-002"
        with pytest.raises(CapError, match=r"Did you mean EXP-002 \(Hero image\)\?"):
            find(connection, "Hero imgae")
        with pytest.raises(CapError, match="There are 6: EXP-001"):
            find(connection, "xyz")


def test_a_test_without_control_has_its_verdict_in_every_row(world: Path, tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    shutil.copy(world / "warehouse.duckdb", database)
    with duckdb.connect(database) as connection:
        connection.execute(
            "update silver.silver_ab_test_variants set is_control = false where experiment_id = 'EXP-001'"
        )
    with opened(database) as connection:
        found = analyze(connection, "EXP-001", settings(PROJECT / "dbt_project.yml"))
    assert found.verdict.verdict == "broken"
    assert {row.variant_id for row in found.results} == {"EXP-001-A", "EXP-001-B"}
    assert {(row.finding, row.verdict, row.p_value) for row in found.results} == {
        ("withheld", "broken", None)
    }
    assert all(row.treatment_value is not None for row in found.results if row.metric == "conversion")


def test_a_test_whose_exposures_do_not_count_yet_is_not_broken(world: Path, tmp_path: Path) -> None:
    """As when bots alone have seen it so far: its control is known from the exposures all the same."""
    database = tmp_path / "warehouse.duckdb"
    shutil.copy(world / "warehouse.duckdb", database)
    with duckdb.connect(database) as connection:
        connection.execute(
            "update silver.silver_ab_test_outcomes set counts_in_test = false, is_contaminated = false "
            "where experiment_id = 'EXP-003'; delete from silver.silver_ab_test_summary where variant_key in "
            "(select variant_key from silver.silver_ab_test_variants where experiment_id = 'EXP-003')"
        )
    with opened(database) as connection:
        known = find(connection, "EXP-003")
        found = analyze(connection, "EXP-003", settings(PROJECT / "dbt_project.yml"))
    assert (known.arms, known.control, known.units) == (2, "EXP-003-A", 0)
    assert found.verdict.verdict == "keep_running"
    assert found.verdict.reason == "Nobody has been exposed yet who counts."


def test_the_command_prints_what_the_function_found(
    world: Path, analyses: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAP_DUCKDB_PATH", str(world / "warehouse.duckdb"))

    def rows(*arguments: str) -> list[dict]:
        done = CliRunner().invoke(main, ["experiments", "analyze", *arguments, "--format", "json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    found = rows("EXP-003", "--segment", "platform", "--segment", "device_type", "--segment", "visitor_kind")
    wanted = [dataclasses.asdict(row) for row in analyses["EXP-003"].results]
    assert found == json.loads(json.dumps(wanted, default=str))
    assert {row["metric"] for row in rows("EXP-003", "-m", "value", "-m", "sessions")} == {
        "value",
        "sessions",
    }
    assert all(row["confidence_level"] == 0.5 for row in rows("EXP-003", "--confidence", "0.5"))
    verdicts = {row["experiment_id"]: row["verdict"] for row in rows("--all", "--rows", "verdicts")}
    assert verdicts == {name: one.verdict.verdict for name, one in analyses.items()}
    units = {row["variant_id"]: row["units"] for row in rows("--all", "--rows", "arms")}
    days = rows("--all", "--rows", "days")
    for variant, count in units.items():
        assert sum(row["units"] for row in days if row["variant_id"] == variant) == count

    done = CliRunner().invoke(main, ["experiments", "analyze", "EXP-006"])
    assert "EXP-006 Faster start page: a/b test" in done.output
    assert "BROKEN: The arms have" in done.output
    assert "withheld" in done.output and "better" not in done.output
    monkeypatch.setenv("COLUMNS", "80")
    done = CliRunner().invoke(main, ["experiments", "analyze", "EXP-002"])
    assert max(map(len, done.output.splitlines())) <= 80
    conversion = [line for line in done.output.splitlines() if line.startswith("conversion (goal)")]
    assert len(conversion) == 2 and conversion[1].endswith(
        row_of(analyses["EXP-002"], "conversion").finding.replace("_", " ")
    )
    done = CliRunner().invoke(main, ["experiments", "analyze", "EXP-004"])
    assert done.output.count("conversion (goal)    EXP-004-C") == 2
    done = CliRunner().invoke(main, ["experiments", "analyze", "EXP-001", "-m", "conversoin"])
    assert done.exit_code == 1 and "Did you mean conversion" in done.output
