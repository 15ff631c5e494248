"""Real input: one web server's log, its visits counted by a program that is not ours."""

import csv
from collections import Counter

import pytest
from conftest import PROJECT

from cap.load.bronze import load_bronze

# Apache-2.0 log of page views, delivered beside the project and not part of it.
LOG = PROJECT.parent / "shared/data/weblog"
EXPECTED = PROJECT.parent / "shared/data/weblog_expected/visits_per_device.csv"
VISITS = 2075


@pytest.mark.skipif(not EXPECTED.exists(), reason=f"the real log is not here: {LOG} belongs to no clone")
def test_sessions_per_month_and_device_equal_an_independent_count(contract, dbt, database, query):
    """Only a fraction of the contract is delivered (25 of 48 columns of one table), and everything builds."""
    load_bronze(LOG.resolve(), database, contract)
    dbt(database, "build", "--exclude-resource-type", "unit_test")

    sessions = query(
        "select strftime(session_start_timestamp, '%Y%m') as month, device_id, count(*) "
        "from silver.silver_web_sessions group by all"
    )
    with EXPECTED.open(newline="") as lines:
        rows = [(row["month"], row["device_id"], int(row["visits"])) for row in csv.DictReader(lines)]
    expected = [row for row in rows if row[2]]  # devices without a visit loaded no page

    assert Counter(sessions) == Counter(expected)
    assert sum(count for _, _, count in sessions) == VISITS
    silent = {row[1] for row in rows} - {row[1] for row in expected}
    assert not silent & {device for _, device, _ in sessions}
