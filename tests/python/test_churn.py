"""The score for leaving finds the weights that made the data, and learns from the past alone."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from cap.churn.fit import FEWEST_LOST, auc, fit, logistic, positive_weights, read_drivers, write_seed
from cap.errors import CapError

SEED = """term,driver,coefficient,center,fitted_until
intercept,,0,0,2020-01-01
silence,Silence,0,0,2020-01-01
complaints,Complaints,0,0,2020-01-01
"""
DAYS = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def world(silence: list[float]) -> duckdb.DuckDBPyConnection:
    """1,500 customers as of four days; silence raises the log odds by the day's figure, complaints by -1."""
    rng = np.random.default_rng(3)
    connection = duckdb.connect()
    connection.execute("create schema silver")
    connection.execute(
        "create table silver.silver_customer_churn_features "
        "(churn_score_key bigint, scored_date date, is_churned_90d boolean)"
    )
    connection.execute(
        "create table silver.silver_customer_churn_terms "
        "(churn_score_key bigint, term varchar, term_value decimal(18, 9))"
    )
    for number, (day, weight) in enumerate(zip(DAYS, silence, strict=True)):
        values = rng.normal(size=(1500, 2)).round(3)
        lost = rng.random(1500) < 1 / (1 + np.exp(2 - weight * values[:, 0] + values[:, 1]))
        keys = range(number * 1500, number * 1500 + 1500)
        connection.executemany(
            "insert into silver.silver_customer_churn_features values (?, ?, ?)",
            [(key, day, bool(gone)) for key, gone in zip(keys, lost, strict=True)],
        )
        connection.executemany(
            "insert into silver.silver_customer_churn_terms values (?, ?, ?)",
            [
                (key, term, value)
                for key, row in zip(keys, values.tolist(), strict=True)
                for term, value in zip(("silence", "complaints"), row, strict=True)
            ],
        )
    return connection


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    path = tmp_path / "churn_coefficients.csv"
    path.write_text(SEED)
    return path


def test_the_weights_that_made_the_data_are_found() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(20_000, 2))
    lost = rng.random(20_000) < 1 / (1 + np.exp(3 - 0.8 * values[:, 0] - 0.3 * values[:, 1]))
    assert logistic(values, lost) == pytest.approx([-3, 0.8, 0.3], abs=0.08)


def test_a_term_that_would_count_the_other_way_is_left_out() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=(5_000, 2))
    lost = rng.random(5_000) < 1 / (1 + np.exp(2 - 0.8 * values[:, 0] + 0.5 * values[:, 1]))
    weights = positive_weights(values, lost)
    assert weights[1] == pytest.approx(0.8, abs=0.15)
    assert weights[2] == 0


def test_auc_counts_pairs() -> None:
    lost = np.array([True, True, False, False])
    assert auc(np.array([0.8, 0.4, 0.4, 0.1]), lost) == 0.875
    assert auc(np.array([1.0, 1.0, 1.0, 1.0]), lost) == 0.5
    assert auc(np.array([1, 2, 3, 4]), lost) == 0


def test_only_outcomes_known_by_then_are_learned_from(seed: Path) -> None:
    """On the last two days silence means the contrary: who peeked would not weigh it so much."""
    fitted = fit(world([1.5, 1.5, -3.0, -3.0]), seed, DAYS[1] + timedelta(days=90))
    assert fitted.rows == 3000
    weights = {term.term: term.coefficient for term in fitted.terms}
    assert weights["silence"] == pytest.approx(1.5, abs=0.25)
    assert weights["complaints"] == 0
    assert fitted.later == []


def test_by_default_the_last_two_cut_offs_judge(seed: Path, tmp_path: Path) -> None:
    connection = world([1.5] * 4)
    connection.execute(
        "insert into silver.silver_customer_churn_features select churn_score_key - 10000, "
        "date '2025-10-31', is_churned_90d from silver.silver_customer_churn_features "
        "where churn_score_key < 1500"
    )
    connection.execute(
        "insert into silver.silver_customer_churn_terms select churn_score_key - 10000, term, term_value "
        "from silver.silver_customer_churn_terms where churn_score_key < 1500"
    )
    fitted = fit(connection, seed, None)
    assert fitted.until == DAYS[2]
    assert fitted.rows == 1500
    assert [day for day, *_ in fitted.later] == DAYS[2:]
    assert all(area > 0.75 for *_, area in fitted.later)
    write_seed(fitted, tmp_path / "out.csv")
    assert list(read_drivers(tmp_path / "out.csv")) == ["intercept", "silence", "complaints"]
    assert "silence,Silence,1." in (tmp_path / "out.csv").read_text()


def test_too_few_lost_are_refused(seed: Path) -> None:
    connection = world([1.5] * 4)
    connection.execute("update silver.silver_customer_churn_features set is_churned_90d = false")
    with pytest.raises(CapError, match=str(FEWEST_LOST)):
        fit(connection, seed, date(2026, 12, 31))
