"""The tiny world that was counted by hand: each metric, each week, equal."""

import csv
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, analyse, run_dbt

from cap.load.bronze import load_bronze
from cap.load.contract import read_contract
from cap.metrics import Metrics

GOLDEN = PROJECT / "tests/golden"
WEEKS = ("2026-01-05", "2026-01-12", "2026-01-19")


def expected() -> dict[str, list[float | None]]:
    counted: dict[str, list[float | None]] = {}
    for category in sorted((GOLDEN / "expected").glob("*.csv")):
        with category.open(newline="") as lines:
            for row in csv.DictReader(lines):
                counted[row["metric"]] = [float(row[week]) if row[week] else None for week in WEEKS]
    return counted


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    folder = tmp_path_factory.mktemp("golden")
    load_bronze(GOLDEN / "bronze", folder / "golden.duckdb", read_contract(PROJECT / "contract/columns.csv"))
    run_dbt(folder / "golden.duckdb", "build")
    analyse(folder / "golden.duckdb")
    return Metrics(folder / "golden.duckdb", folder / "target/semantic_manifest.json")


def test_every_metric_was_counted_by_hand(metrics: Metrics) -> None:
    assert set(metrics.names) == set(expected())


@pytest.mark.parametrize("metric", sorted(expected()))
def test_the_metric_equals_the_count_by_hand(metrics: Metrics, metric: str) -> None:
    answer = metrics.query([metric], ["metric_time__week"])
    found: dict[str, float | None] = dict.fromkeys(WEEKS)
    for moment, value in answer.rows:
        week = str(date(moment.year, moment.month, moment.day))
        # products opened long ago make customers of then: their history is there, and not counted here
        if week >= WEEKS[0]:
            found[week] = float(value) if value is not None else None
    assert list(found) == list(WEEKS), "a week that should have nothing"
    for week, wanted in zip(WEEKS, expected()[metric], strict=True):
        right = wanted if wanted is None else pytest.approx(wanted, rel=1e-12, abs=1e-12)
        assert found[week] == right, week


def test_a_session_knows_its_customer_clicks_and_conversions(metrics: Metrics) -> None:
    """Bob is a customer in all his sessions, ann nobody's; an order of an unknown session is no session's."""
    rows = metrics._client.query(
        "select device_id, count(distinct customer_key), count(*) filter (customer_key is null), "
        "sum(conversion_value), sum(total_clicks), sum(total_scrolls), max(max_scroll_depth_pct) "
        "from silver.silver_web_sessions where device_id in ('ann', 'bob') group by all order by all"
    ).rows
    assert [tuple(row) for row in rows] == [
        ("ann", 0, 3, Decimal("0.00"), 0, 0, None),
        ("bob", 1, 0, Decimal("100.00"), 2, 1, Decimal("80.00")),
    ]


def test_nothing_is_lost_between_bronze_and_gold(metrics: Metrics) -> None:
    rows = metrics._client.query(
        "select bronze_rows, accepted_rows, duplicate_rows, rejected_rows from quality.quality_load_summary "
        "where table_name = 'web_pageviews'"
    ).rows
    assert [tuple(row) for row in rows] == [(18, 15, 1, 2)]
    (silver,) = metrics._client.query("select count(*) from silver.silver_web_pageviews").rows[0]
    (gold,) = metrics._client.query("select count(*) from gold.fact_pageviews").rows[0]
    assert (silver, gold) == (15, 13)


def test_a_changed_file_is_built_only_in_full(tmp_path: Path) -> None:
    """dbt refuses to add to what no file holds any more, and is content after a full refresh."""
    bronze, database = tmp_path / "bronze", tmp_path / "w.duckdb"
    shutil.copytree(GOLDEN / "bronze", bronze)
    contract = read_contract(PROJECT / "contract/columns.csv")
    load_bronze(bronze, database, contract)
    run_dbt(database, "build", "--exclude-resource-type", "unit_test")
    views = bronze / "web_pageviews/views.csv"
    views.write_text("".join(line for line in views.open() if not line.startswith("p18,")))
    load_bronze(bronze, database, contract)
    with pytest.raises(AssertionError, match="--full-refresh"):
        run_dbt(database, "run")
    run_dbt(database, "run", "--full-refresh")
    run_dbt(database, "run")
    with duckdb.connect(database, read_only=True) as connection:
        assert connection.execute("select count(*) from silver.silver_web_pageviews").fetchone() == (14,)
