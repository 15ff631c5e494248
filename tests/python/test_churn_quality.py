"""Churn and value in a generated world: who left is found, the score ranks nearly as the true hazard does."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, run_dbt

from cap.load.bronze import load_bronze
from cap.load.contract import read_contract
from cap.quality.churn import evaluate
from cap.quality.figures import Figure

WORLD = ("--customers", "1500", "--days", "150", "--mess", "0.2", "--seed", "91", "--start", "2026-01-01")
# what tells of leaving and of value; the pages that people look at are left out for speed
TABLES = (
    "customer_master",
    "customer_products",
    "customer_value_metrics",
    "customer_lifecycle_events",
    "customer_complaints",
    "customer_events",
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("churn")
    cap = str(Path(sys.executable).with_name("cap"))
    subprocess.run(
        [cap, "generate", *WORLD, "--out", str(folder / "world/bronze")], check=True, capture_output=True
    )
    (folder / "bronze").mkdir()
    for table in TABLES:
        (folder / "bronze" / table).symlink_to(folder / "world/bronze" / table)
    load_bronze(folder / "bronze", folder / "w.duckdb", read_contract(PROJECT / "contract/columns.csv"))
    run_dbt(folder / "w.duckdb", "seed")
    run_dbt(folder / "w.duckdb", "run", "--select", "+fact_churn_backtests", "+fact_customer_value_backtests")
    return folder / "w.duckdb"


@pytest.fixture(scope="module")
def figures(database: Path) -> list[Figure]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return evaluate(connection, database.parent / "world/truth")


def values(figures: list[Figure], name: str) -> list[float]:
    found = [figure.value for figure in figures if figure.name.startswith(name)]
    assert found and None not in found, f"no figure {name}"
    return [float(value) for value in found if value is not None]


def test_who_left_is_found_on_the_day(figures: list[Figure]) -> None:
    assert values(figures, "Lost customers found")[0] > 0.9
    assert values(figures, "Lost customers who left")[0] > 0.9
    assert values(figures, "Days between")[0] < 2


def test_the_score_ranks_nearly_as_the_true_hazard_does(figures: list[Figure]) -> None:
    """At two cut-offs after the fit. The hazard is the ceiling but for luck; silence alone is the floor."""
    score, ceiling = values(figures, "AUC, logistic"), values(figures, "AUC, true hazard")
    baseline = values(figures, "AUC, longest silent")
    assert len(score) == len(ceiling) == len(baseline) == 2
    assert min(score) > 0.6
    for one, best, least in zip(score, ceiling, baseline, strict=True):
        assert best - 0.08 < one < best + 0.04
        assert one > least


def test_chances_are_what_happens(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select churn_rate, mean_prediction, calibration_error, top_decile_lift, brier_score, "
            "constant_brier_score from gold.fact_churn_backtests "
            "where churn_model = 'logistic' and horizon_days = 90 and is_after_fit"
        ).fetchall()
    assert len(rows) == 2
    for rate, mean, error, lift, brier, constant in rows:
        assert 0.02 < rate < 0.1
        assert mean == pytest.approx(rate, abs=0.02)
        assert error < 0.03
        assert lift > 1.4
        assert brier < constant


def test_expected_value_is_not_biased_and_knows_who_brings_most(figures: list[Figure]) -> None:
    assert abs(values(figures, "Expected value, bias")[0]) < 0.15
    assert values(figures, "Future value in the top tenth")[0] > 0.15
