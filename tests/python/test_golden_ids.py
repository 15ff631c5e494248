"""Golden ids stay: records and links come and go, and an id follows the most of its people.

The rules are tried on two hundred random histories at once: they share no record, so the model's SQL, as dbt
compiled it, runs once a step for all of them. What dbt makes of it is tried on one small history from bronze.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, run_dbt
from test_identity_rules import Record, customer_row, identity_models, strangers
from test_load import put_csv

from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

HISTORIES, STEPS, RECORDS = 200, 12, 12

Components = dict[int, int]


class History:
    """Records and links of one history, which change by chance."""

    def __init__(self, number: int) -> None:
        self.chance = random.Random(number)
        self.everyone = [number * 1000 + key for key in range(1, RECORDS + 1)]
        self.records = set(self.chance.sample(self.everyone, RECORDS - 4))
        self.links: set[frozenset[int]] = set()

    def change(self) -> None:
        if self.chance.random() < 0.2:
            return
        for _ in range(self.chance.randint(1, 4)):
            pair = frozenset(self.chance.sample(self.everyone, 2))
            what = self.chance.random()
            if what < 0.5:
                self.links.add(pair)
            elif what < 0.8 and self.links:
                self.links.discard(self.chance.choice(sorted(self.links, key=sorted)))
            else:
                self.records ^= {min(pair)}

    def components(self) -> Components:
        component_of = {key: key for key in self.records}
        for link in sorted(self.links, key=sorted):
            if link <= self.records:
                one, other = (component_of[key] for key in link)
                for key, component in component_of.items():
                    if component in (one, other):
                        component_of[key] = min(one, other)
        return component_of


def compiled(folder: Path) -> dict[str, str]:
    """The SQL of an incremental run, over the tables components and log, in a run called $batch."""
    database = folder / "w.duckdb"
    with duckdb.connect(database) as connection:
        connection.execute("create schema intermediate")
        connection.execute(LOG.replace("log", "intermediate.int_golden_ids__assigned"))
    run_dbt(database, "compile", "--select", "int_golden_ids__assigned", "silver_golden_ids")
    found = {}
    for name, path in {
        "log": "intermediate/identity/int_golden_ids__assigned",
        "registry": "silver/identity/silver_golden_ids",
    }.items():
        sql = (folder / f"target/compiled/customer_analytics/models/{path}.sql").read_text()
        for table, plain in {
            "int_identity_components": "components",
            "int_golden_ids__assigned": "log",
        }.items():
            sql = sql.replace(f'"w"."intermediate"."{table}"', plain)
        found[name] = sql.replace("cast(0 as bigint) as derived_in_batch", "$batch as derived_in_batch")
    assert "from log" in found["log"]
    assert "$batch" in found["log"]
    return found


LOG = (
    "create table log (source_customer_key bigint, customer_key bigint, previous_customer_key bigint, "
    "change_type varchar, is_minted boolean, derived_in_batch bigint)"
)


class Step:
    """What is known after a step: who is with whom, which id each record has, and what the log says."""

    def __init__(self, components: Components, log: list[tuple], registry: list[tuple]) -> None:
        self.components = components
        self.log = log
        self.registry = registry
        self.id_of: dict[int, int] = {}
        for record, customer, *_ in sorted(log, key=lambda row: row[-1]):
            self.id_of[record] = customer
        self.id_of = {record: customer for record, customer in self.id_of.items() if customer is not None}

    def holders(self) -> dict[int, set[int]]:
        found = defaultdict(set)
        for record, customer in self.id_of.items():
            found[customer].add(record)
        return found


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    sql = compiled(tmp_path_factory.mktemp("golden_ids"))
    histories = [History(number) for number in range(1, HISTORIES + 1)]
    done = []
    with duckdb.connect() as connection:
        connection.execute(LOG)
        for number in range(STEPS):
            components: Components = {}
            for history in histories:
                history.change()
                components |= history.components()
            connection.execute(
                "create or replace table components as select unnest(?::bigint[]) as source_customer_key, "
                "unnest(?::bigint[]) as component_key, 0 as derived_in_batch",
                [list(components), list(components.values())],
            )
            connection.execute(f"insert into log {sql['log']}", {"batch": 2 * number})
            again = connection.execute(sql["log"], {"batch": 2 * number + 1}).fetchall()
            assert again == [], "a second run of the same input changes something"
            log = connection.execute("from log").fetchall()
            registry = connection.execute(
                "select customer_key, golden_id_status, resolves_to_customer_key, source_customer_count "
                f"from ({sql['registry']})"
            ).fetchall()
            done.append(Step(components, log, registry))
    return done


def pairs_of(steps: list[Step]) -> Iterator[tuple[Step, Step]]:
    return pairwise(steps)


def minted_in(step: Step) -> dict[int, int]:
    return {customer: batch for _, customer, _, _, is_minted, batch in step.log if is_minted}


def test_the_histories_have_all_there_is(steps: list[Step]) -> None:
    kinds = Counter(row[3] for row in steps[-1].log)
    assert min(kinds[kind] for kind in ("new", "merged", "split", "restored", "gone")) > 50


def test_each_record_has_an_id_and_each_component_its_own(steps: list[Step]) -> None:
    for step in steps:
        assert step.id_of.keys() == step.components.keys()
        pairs = {(step.components[record], customer) for record, customer in step.id_of.items()}
        assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})


def test_an_id_stays_with_the_largest_part_of_its_records(steps: list[Step]) -> None:
    """And of equal parts with that of the record that it was given for."""
    minter = {customer: record for record, customer, _, _, is_minted, _ in steps[-1].log if is_minted}
    for before, after in pairs_of(steps):
        now = after.holders()
        for customer, records in before.holders().items():
            parts = Counter(after.components[record] for record in records if record in after.components)
            if customer in now:
                component = after.components[min(now[customer])]
                assert parts[component] == max(parts.values()), (
                    "an id went to a smaller part, or to strangers"
                )
                first = after.components.get(minter[customer])
                if minter[customer] in records and parts[first] == max(parts.values()):
                    assert first == component, "an id left whom it was given for, for a part no larger"


def test_an_id_gives_way_only_to_an_older_one(steps: list[Step]) -> None:
    for before, after in pairs_of(steps):
        now, minted = after.holders(), minted_in(after)
        for customer, records in before.holders().items():
            parts = Counter(after.id_of[record] for record in records if record in after.id_of)
            if parts and customer not in now:
                most = [one for one, count in parts.items() if count == max(parts.values())]
                assert min(minted[one] for one in most) <= minted[customer]
                assert any(one in before.holders() for one in most), "an id gave way to a new one"


def test_an_id_is_minted_once_and_comes_back_only_with_who_minted_it(steps: list[Step]) -> None:
    mints = [(customer, record) for record, customer, _, _, is_minted, _ in steps[-1].log if is_minted]
    minter = dict(mints)
    assert len(minter) == len(mints)
    for before, after in pairs_of(steps):
        known, held, now = minted_in(before), before.holders(), after.holders()
        for customer, records in now.items():
            assert customer in minter
            if customer in known and customer not in held:
                assert minter[customer] in records, "an id that was retired went to somebody else"


def test_who_parts_again_from_whom_it_was_merged_into_has_its_id_back(steps: list[Step]) -> None:
    for before, after in pairs_of(steps):
        merged = {row[0]: row for row in sorted(before.log, key=lambda row: row[-1]) if row[1] is not None}
        held = before.holders()
        minter = {customer: record for record, customer, _, _, is_minted, _ in before.log if is_minted}
        for record, (_, customer, previous, change, *_) in merged.items():
            alone = [key for key, one in after.components.items() if one == after.components.get(record)] == [
                record
            ]
            if (
                change == "merged"
                and record in before.id_of
                and alone
                and previous not in held
                and minter[previous] == record
                and after.id_of[record] != customer
            ):
                assert after.id_of[record] == previous


def test_an_id_of_today_is_itself_and_a_retired_one_leads_to_one_of_today_or_to_nobody(
    steps: list[Step],
) -> None:
    for step in steps:
        holders = step.holders()
        assert {row[0] for row in step.registry} == set(minted_in(step))
        for customer, status, resolves_to, count in step.registry:
            if customer in holders:
                assert (status, resolves_to, count) == ("active", customer, len(holders[customer]))
            else:
                left = [row for row in step.log if row[2] == customer]
                last = max(row[-1] for row in left)
                successors = {step.id_of.get(row[0]) for row in left if row[-1] == last} - {None}
                assert (status, count) == ("retired", 0)
                assert resolves_to in successors if successors else resolves_to is None


# two of one name, each with a home, an e-mail and a phone; another record has one's e-mail, the other's phone
JOHNSON = {"first": "Michael", "last": "Johnson"}
ONE = JOHNSON | {
    "email": "mj1@alderpost.net",
    "phone": "813-204-1120",
    "home": "1 Main Street, Tampa, FL, 33602",
}
OTHER = JOHNSON | {
    "email": "mj7@pinepost.net",
    "phone": "701-204-1121",
    "home": "900 Lake Drive, Fargo, ND, 58102",
}
PARKER = {"first": "Josephine", "last": "Parker", "born": "1971-10-10", "tax": "413-65-7721"}
# who is delivered on which day; what comes again replaces what was
DAYS: list[dict[str, Record]] = [
    {
        "a": ONE,
        "c": OTHER,
        "d": PARKER,
        "e": PARKER,
        **{f"s{n}": one for n, one in enumerate(islice(strangers(), 60))},
    },
    {"b": JOHNSON | {"email": ONE["email"], "phone": OTHER["phone"]}},
    {
        "b": {"first": "Oswald", "last": "Quill", "born": "1950-02-02", "email": "oswald@pinepost.net"},
        "e": {"first": "Hector", "last": "Dunning", "born": "1939-09-09", "tax": "613-65-7702"},
    },
    {},
]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[dict[str, str], list[tuple]]]:
    """After each day: which golden id each customer has, and the day's events."""
    folder = tmp_path_factory.mktemp("days")
    database = folder / "warehouse.duckdb"
    found = []
    for number, delivered in enumerate(DAYS):
        if delivered:
            rows = [
                customer_row(name, name, record, f"2024-03-{number + 1:02}")
                for name, record in delivered.items()
            ]
            put_csv(folder / f"bronze/customer_master/{number}.csv", rows)
        load_bronze(folder / "bronze", database, read_contract(PROJECT / "contract/columns.csv"))
        if number == 0:
            run_dbt(database, "seed")
        run_dbt(database, "run", *identity_models())
        with duckdb.connect(database, read_only=True) as connection:
            ids = connection.execute(
                "select source_customer_id, golden_id from silver.silver_customer_identities"
            ).fetchall()
            events = connection.execute(
                "select event_type, from_golden_id, to_golden_id, source_customer_count "
                "from silver.silver_golden_id_events where batch_number = ? order by all",
                [number + 1],
            ).fetchall()
        found.append((dict(ids), events))
    return found


def test_on_the_first_day_ids_are_minted(days) -> None:
    ids, events = days[0]
    assert ids["a"] != ids["c"]
    assert ids["d"] == ids["e"] != ids["a"]
    assert [event[0] for event in events] == ["minted"] * (3 + 60)


def test_a_record_that_fits_two_people_merges_them_and_one_id_stays(days) -> None:
    (before, _), (ids, events) = days[0], days[1]
    assert ids["a"] == ids["b"] == ids["c"]
    assert ids["a"] in (before["a"], before["c"])
    gone = before["a"] if ids["a"] == before["c"] else before["c"]
    assert events == [("merged", gone, ids["a"], 1)]


def test_once_that_record_is_corrected_each_has_its_own_id_back_and_who_was_never_one_is_split(days) -> None:
    (before, _), (ids, events) = days[0], days[2]
    assert (ids["a"], ids["c"]) == (before["a"], before["c"])
    assert len({ids[name] for name in "abcde"}) == 5
    assert before["d"] in (ids["d"], ids["e"])
    assert Counter(event[0] for event in events) == {"unmerged": 1, "split": 2, "minted": 2}


def test_a_day_without_news_changes_nothing(days) -> None:
    assert days[3] == (days[2][0], [])
