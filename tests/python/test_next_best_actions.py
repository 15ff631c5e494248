"""Next best action: what the tables estimate is what the generated world was made of.

In the sample world an action that is carried out succeeds with 10 %, the customer's best action with 25 %;
chance chose a fifth of them, one in seven, and the model hits the best one in 60 % of its choices
(truth/next_best_actions.csv). So the rate of each arm is known, and, since truth/persons tells everybody's
best action, so is the rate of any policy.
"""

import csv
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest
from conftest import PROJECT, run_dbt
from scipy import stats

from cap.generate.tables.decisions import NBA_BASE, NBA_BEST_LIFT
from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

WORLD = ["--customers", "2500", "--days", "60", "--seed", "17", "--mess", "0.5"]
SURE = 0.999
LEVEL = 0.95
POLICIES = ("ranking", "ranking_without_rules", "most_accepted", "chance", "model")
# what the seed says: nobody answers to nothing
IDLE = "do_nothing"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a generated world's truth and what of warehouse.duckdb its recommendations need."""
    folder = tmp_path_factory.mktemp("next_best_actions")
    cap = str(Path(sys.executable).with_name("cap"))
    command = [cap, "generate", *WORLD, "--out", str(folder / "bronze")]
    subprocess.run(command, check=True, capture_output=True)
    database = folder / "warehouse.duckdb"
    load_bronze(folder / "bronze", database, read_contract(PROJECT / "contract/columns.csv"))
    run_dbt(database, "seed")
    run_dbt(
        database,
        "run",
        "-s",
        "+fact_next_best_action_policies",
        "fact_next_best_action_calibration",
        "silver_next_best_action_candidates",
    )
    return folder


@pytest.fixture(scope="module")
def connection(world: Path) -> duckdb.DuckDBPyConnection:
    """The warehouse, with the truth's best action of every customer of the CRM beside it."""
    connection = duckdb.connect(world / "warehouse.duckdb", read_only=True)
    connection.execute(
        "create temp table best as "
        "select source_customer_id as customer_id, any_value(best_action) as best_action "
        f"from read_parquet('{world}/truth/records/*.parquet') "
        f"inner join read_parquet('{world}/truth/persons/*.parquet') using (person_id) "
        "where source_system = 'crm' group by all"
    )
    return connection


@pytest.fixture(scope="module")
def policies(connection: duckdb.DuckDBPyConnection) -> dict[str, dict]:
    found = connection.execute("select * from gold.fact_next_best_action_policies")
    names = [column[0] for column in found.description]
    return {row[1]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


def test_each_arm_succeeds_at_its_planted_rate(world: Path, policies: dict[str, dict]) -> None:
    with (world / "truth/next_best_actions.csv").open(newline="") as lines:
        planted = {row["arm"]: float(row["success_rate_when_taken"]) for row in csv.DictReader(lines)}
    for arm, policy in (("random", "chance"), ("model", "model")):
        trials = policies[policy]["trials"]
        assert trials > 400
        low, high = stats.binom.interval(SURE, trials, planted[arm])
        assert low <= policies[policy]["acceptance_rate"] * trials <= high
    assert policies["model"]["acceptance_rate_lower"] > planted["random"]


@pytest.mark.parametrize("policy", POLICIES)
def test_estimates_and_intervals_equal_numpy(
    connection: duckdb.DuckDBPyConnection, policies: dict[str, dict], policy: str
) -> None:
    rows = connection.execute(
        "select weight, is_accepted, accepted_value from silver.silver_next_best_action_trials "
        "where policy_name = ?",
        [policy],
    ).fetchall()
    weight, accepted, value = np.array(rows, dtype=float).T
    z = stats.norm.ppf((1 + LEVEL) / 2)
    found, n = policies[policy], len(rows)
    for name, gains in (("acceptance_rate", weight * accepted), ("value_per_trial", weight * value)):
        half = z * gains.std(ddof=1) / np.sqrt(n)
        # money is rounded to the cent before it is summed
        assert found[name] == pytest.approx(gains.mean(), rel=1e-6)
        assert found[f"{name}_lower"] == pytest.approx(gains.mean() - half, rel=1e-5)
        assert found[f"{name}_upper"] == pytest.approx(gains.mean() + half, rel=1e-5)
    rate = np.average(accepted, weights=weight)
    half = z * np.sqrt(np.sum((weight * (accepted - rate)) ** 2)) / weight.sum()
    assert found["acceptance_rate_when_acting"] == pytest.approx(rate, rel=1e-9)
    assert found["acceptance_rate_when_acting_upper"] - rate == pytest.approx(half, rel=1e-6)


@pytest.mark.parametrize("policy", ["ranking", "ranking_without_rules", "most_accepted"])
def test_a_policy_is_judged_as_it_is(
    connection: duckdb.DuckDBPyConnection, policies: dict[str, dict], policy: str
) -> None:
    """What inverse propensity says of a policy is what its choices are truly worth, but for chance."""
    [(truth,)] = connection.execute(
        "select avg(case when chosen_action is null or chosen_action = ? then 0 "
        f"else {NBA_BASE} + {NBA_BEST_LIFT} * cast(chosen_action = best_action as integer) end) "
        "from silver.silver_next_best_action_trials "
        "inner join silver.silver_next_best_actions using (recommendation_key) "
        "inner join best using (customer_id) where policy_name = ?",
        [IDLE, policy],
    ).fetchall()
    found = policies[policy]
    half = (found["acceptance_rate_upper"] - found["acceptance_rate_lower"]) / 2
    sure = stats.norm.ppf((1 + SURE) / 2) / stats.norm.ppf((1 + LEVEL) / 2)
    assert abs(found["acceptance_rate"] - truth) <= sure * half
    assert found["acting_trials"] > 0.5 * found["trials"]


def test_our_ranking_earns_more_than_chance(connection: duckdb.DuckDBPyConnection) -> None:
    """By the truth: rate of each choice times what such an action is worth on average."""
    rows = connection.execute(
        "with worth as (select recommended_action, avg(actual_value) as value "
        "from silver.silver_next_best_actions where is_accepted group by recommended_action) "
        "select policy_name, avg(coalesce(value, 0) * "
        f"({NBA_BASE} + {NBA_BEST_LIFT} * cast(chosen_action = best_action as integer))) "
        "from silver.silver_next_best_action_trials as trials "
        "inner join silver.silver_next_best_actions using (recommendation_key) "
        "inner join best using (customer_id) "
        "left join worth on worth.recommended_action = trials.chosen_action "
        "group by policy_name"
    ).fetchall()
    earned = dict(rows)
    assert earned["ranking_without_rules"] > 1.5 * earned["chance"]
    assert earned["ranking_without_rules"] > earned["ranking"], "rules cost money"


def test_rates_of_actions_are_those_of_chance(connection: duckdb.DuckDBPyConnection) -> None:
    """Each action is the best one of a seventh of the customers, so all are accepted alike when drawn."""
    rate = NBA_BASE + NBA_BEST_LIFT / 7
    rows = connection.execute(
        "select tried, accepted from intermediate.int_next_best_actions__rates where rate_kind = 'action' "
        "and moment_date = (select max(candidate_date) from silver.silver_next_best_action_candidates)"
    ).fetchall()
    assert len(rows) == 7
    for tried, accepted in rows:
        low, high = stats.binom.interval(1 - (1 - SURE) / len(rows), tried, rate)
        assert low <= accepted <= high


def test_predictions_come_true_as_often_as_predicted(connection: duckdb.DuckDBPyConnection) -> None:
    """The world's model is calibrated in the large; in each tenth its noise draws it to the middle."""
    rows = connection.execute(
        "select model_version, sum(judged_actions), sum(accepted_actions), sum(predicted_acceptances) "
        "from gold.fact_next_best_action_calibration group by all"
    ).fetchall()
    assert len(rows) == 2
    for _, judged, accepted, predicted in rows:
        low, high = stats.binom.interval(SURE, int(judged), float(predicted) / int(judged))
        assert low <= accepted <= high


def test_the_candidates_probabilities_know_the_best_action(connection: duckdb.DuckDBPyConnection) -> None:
    """Customers' best actions are, on average, thought likelier than their others."""
    [(of_best, of_others)] = connection.execute(
        "select avg(case when action = best_action then probability end), "
        "avg(case when action <> best_action then probability end) "
        "from silver.silver_next_best_action_candidates as candidates "
        "inner join silver.silver_customer_identities using (customer_key) "
        "inner join best on best.customer_id = source_customer_id and source_system = 'crm' "
        "where action <> ?",
        [IDLE],
    ).fetchall()
    assert of_best > 1.1 * of_others
