"""A/B tests: the statistics in SQL equal scipy's, and a generated world's tests are judged as they are."""

import csv
import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest
from conftest import PROJECT, run_dbt
from scipy import stats

from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

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
            connection.executemany(
                "insert into intermediate.int_ab_tests__daily_counts "
                "(experiment_id, variant_id, is_control, units, conversions) values (?, ?, ?, ?, ?)",
                rows,
            )
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
        assert row["difference_lower"] == pytest.approx(p1 - p0 - half, abs=EXACT)
        assert row["difference_upper"] == pytest.approx(p1 - p0 + half, abs=EXACT)
        assert (row["lift"] is None) == (x0 == 0)
        assert (row["lift_lower"] is None) == (x0 == 0 or x1 == 0)
        if x0 and x1:
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
