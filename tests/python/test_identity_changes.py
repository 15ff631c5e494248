"""What people change reaches what is known: a steward's decision, its withdrawal, other weights.

The cases of test_identity_rules are resolved; then the seeds change, and an incremental run must come to what
a full one comes to, and back to the first state when the change is taken back. Golden ids may differ, since
they remember; who is together may not.
"""

from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from conftest import run_dbt
from test_identity_rules import identity_models, load_world

TABLES = [
    "intermediate.int_identity_patterns",
    "intermediate.int_identity_pairs__decided",
    "intermediate.int_identity_components",
    "intermediate.int_identity_evidence",
]
State = dict[str, list[tuple]]


def state(database: Path) -> State:
    with duckdb.connect(database, read_only=True) as connection:
        return {
            table: connection.execute(
                f"select * exclude (derived_in_batch) from {table} order by all"
            ).fetchall()
            for table in TABLES
        }


def change(database: Path, *statements: str) -> None:
    with duckdb.connect(database) as connection:
        for statement in statements:
            connection.execute(statement)


def swapped(decision: str, other: str) -> str:
    return (
        f"update reference.identity_steward_decisions set decision = '{other}' where decision = '{decision}'"
    )


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, State]:
    database = load_world(tmp_path_factory.mktemp("changes"))
    found = {}

    def build(name: str, *options: str) -> None:
        run_dbt(database, "run", *options, *identity_models())
        found[name] = state(database)

    change(
        database,
        "create table reference.kept_decisions as from reference.identity_steward_decisions",
        "create table reference.kept_weights as from reference.identity_weights",
    )
    build("first")
    change(
        database, swapped("must_link", "?"), swapped("cannot_link", "must_link"), swapped("?", "cannot_link")
    )
    build("stewards turned round")
    change(
        database,
        "delete from reference.identity_steward_decisions",
        "update reference.identity_weights set match_weight = match_weight - 6 "
        "where comparison = 'birth_date'",
    )
    build("birth dates weigh less")
    build("birth dates weigh less, in full", "--full-refresh")
    change(
        database,
        "update reference.identity_weights as now set match_weight = kept.match_weight "
        "from reference.kept_weights as kept "
        "where now.comparison = kept.comparison and now.agreement_level = kept.agreement_level",
        "insert into reference.identity_steward_decisions from reference.kept_decisions",
    )
    build("as at first")
    build("as at first, nothing new")
    return found


def test_each_change_is_seen(states: dict[str, State]) -> None:
    decided = [
        states[name]["intermediate.int_identity_pairs__decided"]
        for name in ("first", "stewards turned round", "birth dates weigh less")
    ]
    assert all(before != after for before, after in pairwise(decided))


@pytest.mark.parametrize("table", TABLES)
def test_incremental_equals_full(states: dict[str, State], table: str) -> None:
    assert states["birth dates weigh less"][table] == states["birth dates weigh less, in full"][table]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", ["as at first", "as at first, nothing new"])
def test_what_is_taken_back_leaves_nothing(states: dict[str, State], table: str, name: str) -> None:
    assert states[name][table] == states["first"][table]
