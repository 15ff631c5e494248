"""Who is one person and who is not: labelled cases among a thousand strangers, from bronze to golden ids.

Each case is a few records, as bronze delivers them; a field that is not named is empty. What is expected is
said of the case's first and last record, and «one» of all of them:
    ONE   they have one golden id
    ASK   they have two, and a steward is asked about them
    APART they have two, and nobody is asked
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, run_dbt
from test_load import put_csv

from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

ONE, ASK, APART = "one", "ask", "apart"
STRANGERS = 1000

Record = dict[str, str]

# what two records of a case may share: a household, for one
HOME = {"home": "14 Alder Lane, Dayton, OH, 45402"}
LINE = {"phone": "937-204-1881"}


@dataclass(frozen=True)
class Case:
    name: str
    expected: str
    records: tuple[Record, ...]
    steward: str | None = None


def case(name: str, expected: str, *records: Record, all_have: Record | None = None, **notes: str) -> Case:
    """All records have the fields of `all_have`; `steward` is who decided on the first and the last."""
    return Case(name, expected, tuple((all_have or {}) | record for record in records), **notes)


CASES = [
    # one person
    case(
        "written in another way",
        ONE,
        {"first": "Miguel", "last": "Ángström-Núñez", "born": "1979-02-11", "phone": "(937) 204-1101"},
        {"first": "MIGUEL", "last": "angstrom nunez", "born": "1979-02-11", "phone": "+1 937 204 1101"},
    ),
    case(
        "moved house, phone stayed",
        ONE,
        {"home": "3 Birch Road, Salem, OR, 97301"},
        {"home": "881 Canal Street, Boise, ID, 83702"},
        all_have={"first": "Teodora", "last": "Vukovic", "born": "1988-09-30", "phone": "503-204-1102"},
    ),
    case(
        "moved house, all contacts new, social security number and birth date stayed",
        ONE,
        {"home": "9 Birch Road, Salem, OR, 97301", "phone": "503-204-1103", "email": "wm@alderpost.net"},
        {"home": "17 Pine Street, Reno, NV, 89501", "phone": "775-204-1103", "email": "wmarsh@pinepost.net"},
        all_have={"first": "Winfred", "last": "Marshall", "born": "1961-12-05", "ssn4": "8264"},
    ),
    case(
        "married: another last name, same social security number and birth date",
        ONE,
        {"last": "Haldane"},
        {"last": "Oyelaran"},
        all_have={"first": "Philippa", "born": "1990-05-17", "ssn4": "6713"},
    ),
    case(
        "married: another last name, same birth date, e-mail and phone",
        ONE,
        {"last": "Kettering"},
        {"last": "Abernathy"},
        all_have={
            "first": "Rosalind",
            "born": "1987-11-23",
            "email": "rosalind87@alderpost.net",
            "phone": "937-204-1104",
        },
    ),
    case(
        "first and last name swapped",
        ONE,
        {"first": "Dmitri", "last": "Halvorsen"},
        {"first": "Halvorsen", "last": "Dmitri"},
        all_have={"born": "1975-08-14", "phone": "937-204-1105"},
    ),
    case(
        "nickname",
        ONE,
        {"first": "Elizabeth"},
        {"first": "Liz"},
        all_have={"last": "Thackeray", "born": "1969-01-27", "email": "thackeray.e@alderpost.net"},
    ),
    case(
        "initial, but same birth date and e-mail",
        ONE,
        {"first": "Quentin"},
        {"first": "Q."},
        all_have={"last": "Mandeville", "born": "1983-10-09", "email": "qmandeville@alderpost.net"},
    ),
    case(
        "day and month of birth swapped",
        ONE,
        {"born": "1972-04-11"},
        {"born": "1972-11-04"},
        all_have={"first": "Isolde", "last": "Ferncastle", "phone": "937-204-1106", **HOME},
    ),
    case(
        "misspelt names",
        ONE,
        {"first": "Katherine", "last": "Broadhurst"},
        {"first": "Katharine", "last": "Brodhurst"},
        all_have={"born": "1966-03-03", "ssn4": "5192", "phone": "937-204-1107"},
    ),
    case(
        "the tax id is worth more than a wrong birth date",
        ONE,
        {"born": "1958-06-21"},
        {"born": "1985-12-06"},
        all_have={"first": "Leopold", "last": "Winterbourne", "tax": "413-65-7721"},
    ),
    case(
        "one login, and one name",
        ONE,
        {"login": "zbeauchamp_77"},
        {"login": "zbeauchamp_77"},
        all_have={"first": "Zachary", "last": "Beauchamp"},
    ),
    case(
        "a name in one field",
        ONE,
        {"full": "Dr. Marguerite Lindqvist"},
        {"first": "Marguerite", "last": "Lindqvist"},
        all_have={"born": "1977-07-07", "email": "m.lindqvist@alderpost.net"},
    ),
    case(
        "e-mail and phone agree where names are missing",
        ONE,
        {},
        {},
        all_have={"email": "h.jaramillo@alderpost.net", "phone": "937-204-1108"},
    ),
    case(
        "a chain: the first and the third share nothing",
        ONE,
        {"email": "bw.sinclair@alderpost.net"},
        {"email": "bw.sinclair@alderpost.net", "phone": "937-204-1109"},
        {"phone": "937-204-1109"},
        all_have={"first": "Bartholomew", "last": "Sinclair"},
    ),
    case(
        "an older record of the customer had the e-mail",
        ONE,
        {"id": "versions-1", "email": "cordelia.w@alderpost.net", "home": "5 Elm Court, Ogden, UT, 84401"},
        {"id": "versions-1", "email": "cw@pinepost.net", "home": "70 Ash Way, Provo, UT, 84601"},
        {"id": "versions-2", "email": "cordelia.w@alderpost.net"},
        all_have={"first": "Cordelia", "last": "Wainwright"},
    ),
    # households
    case(
        "spouses with one home, phone and e-mail",
        APART,
        {"first": "Gregory", "born": "1970-02-02"},
        {"first": "Natalia", "born": "1972-10-19"},
        all_have={"last": "Featherstone", "email": "thefeatherstones@alderpost.net", **HOME, **LINE},
    ),
    case(
        "spouses of whom no birth date is known",
        APART,
        {"first": "Roderick"},
        {"first": "Susannah"},
        all_have={"last": "Blenkinsop", "email": "blenkinsops@alderpost.net", "phone": "937-204-1110"},
    ),
    case(
        "a household's phone, and an initial that fits two of them",
        ASK,
        {"first": "Jonathan"},
        {"first": "J."},
        all_have={
            "last": "Ravenscroft",
            "home": "61 Cedar Court, Dayton, OH, 45402",
            "phone": "937-204-1111",
        },
    ),
    case(
        "a household's phone, and a record without a first name",
        ASK,
        {"first": "Marcella"},
        {},
        all_have={"last": "Dunwoody", "home": "62 Cedar Court, Dayton, OH, 45402", "phone": "937-204-1112"},
    ),
    case(
        "twins: names alike, other social security numbers",
        ASK,
        {"first": "Marina", "ssn4": "2748"},
        {"first": "Marisa", "ssn4": "9163"},
        all_have={"last": "Castellano", "born": "1995-06-18", "phone": "937-204-1113", **HOME},
    ),
    case(
        "twins: names alike, nothing else is known",
        ASK,
        {"first": "Darren"},
        {"first": "Darryl"},
        all_have={
            "last": "Whitcombe",
            "born": "1996-01-25",
            "phone": "937-204-1114",
            "home": "18 Oak Street, Dayton, OH, 45402",
        },
    ),
    case(
        "twins: names far apart",
        ASK,
        {"first": "Simone"},
        {"first": "Oliver"},
        all_have={
            "last": "Petrakis",
            "born": "1991-09-12",
            "phone": "937-204-1115",
            "home": "19 Oak Street, Dayton, OH, 45402",
        },
    ),
    case(
        "father and son: Sr and Jr, both birth dates known",
        ASK,
        {"last": "Montague Sr.", "born": "1950-03-08"},
        {"last": "Montague Jr.", "born": "1978-07-29"},
        all_have={"first": "Harold", "home": "20 Oak Street, Dayton, OH, 45402", "phone": "937-204-1116"},
    ),
    case(
        "father and son: only the suffix tells",
        ASK,
        {"last": "Kirkbride Sr"},
        {"last": "Kirkbride Jr"},
        all_have={"first": "Everett", "home": "21 Oak Street, Dayton, OH, 45402", "phone": "937-204-1117"},
    ),
    case(
        "father and son: only the birth dates tell",
        ASK,
        {"born": "1948-11-02"},
        {"born": "1976-04-15"},
        all_have={"first": "Lawrence", "last": "Oglethorpe", "home": "22 Oak Street, Dayton, OH, 45402"},
    ),
    case(
        "father and son: of one name, phones and e-mails of their own, no birth dates",
        ASK,
        {"email": "sheridan@alderpost.net", "phone": "937-204-1118"},
        {"email": "theo.s@pinepost.net", "phone": "937-204-1119"},
        all_have={"first": "Theodore", "last": "Sheridan", "home": "23 Oak Street, Dayton, OH, 45402"},
    ),
    case(
        "a common name and a birth date, though all else differs",
        ASK,
        {"home": "1 Main Street, Tampa, FL, 33602", "phone": "813-204-1120", "email": "mj1@alderpost.net"},
        {"home": "900 Lake Drive, Fargo, ND, 58102", "phone": "701-204-1121", "email": "mj7@pinepost.net"},
        all_have={"first": "Michael", "last": "Johnson", "born": "1980-05-05"},
    ),
    case(
        "namesakes of whom only the name is known",
        APART,
        {"home": "2 Main Street, Tampa, FL, 33602"},
        {"home": "901 Lake Drive, Fargo, ND, 58102"},
        all_have={"first": "Jennifer", "last": "Williams"},
    ),
    case(
        "married, or another of that first name and birth date",
        ASK,
        {"last": "Thistlewood"},
        {"last": "Vandermeer"},
        all_have={"first": "Genevieve", "born": "1992-02-14"},
    ),
    case(
        "names alike, and nothing else is known",
        ASK,
        {"first": "Aurelio"},
        {"first": "Aurelia"},
        all_have={"last": "Satterthwaite"},
    ),
    # values that say nothing of a person
    case(
        "an office's e-mail",
        APART,
        {"first": "Percival", "last": "Stanhope"},
        {"first": "Ottoline", "last": "Braithwaite"},
        all_have={"email": "info@alderpost.net"},
    ),
    case(
        "an e-mail that ten people gave",
        APART,
        *(
            {"first": first, "last": last}
            for first, last in [
                ("Aurelio", "Bancroft"),
                ("Bettina", "Cavendish"),
                ("Clement", "Drummond"),
                ("Dorothea", "Ellsworth"),
                ("Emmett", "Fairbanks"),
                ("Florence", "Galbraith"),
                ("Gustav", "Hathaway"),
                ("Henrietta", "Ingersoll"),
                ("Ignatius", "Jessop"),
                ("Jacinta", "Kirkpatrick"),
            ]
        ),
        all_have={"email": "frontdesk.dayton@alderpost.net"},
    ),
    case(
        "a placeholder for a social security number",
        APART,
        {"last": "Wetherby"},
        {"last": "Abercrombie"},
        all_have={"first": "Clarence", "ssn4": "0000"},
    ),
    case(
        "a placeholder for a tax id",
        APART,
        {"first": "Reginald", "last": "Hawthorne"},
        {"first": "Reginald", "last": "Pemberton"},
        all_have={"tax": "123-45-6789"},
    ),
    case(
        "a placeholder for a birth date",
        APART,
        {"home": "4 Main Street, Tampa, FL, 33602", "phone": "813-204-1130"},
        {"home": "903 Lake Drive, Fargo, ND, 58102", "phone": "701-204-1131"},
        all_have={"first": "James", "last": "Anderson", "born": "1900-01-01"},
    ),
    case(
        "a placeholder for a phone",
        APART,
        {"first": "Barnaby", "last": "Lockwood"},
        {"first": "Barnaby", "last": "Cartwright"},
        all_have={"phone": "555-555-5555"},
    ),
    # numbers that are wrong
    case(
        "a tax id typed into another person's record",
        APART,
        {"first": "Cassandra", "last": "Middleton", "born": "1971-03-30"},
        {"first": "Ferdinand", "last": "Goldsworthy", "born": "1949-10-12"},
        all_have={"tax": "527-18-3346"},
    ),
    case(
        "tax ids differ, name and birth date agree",
        ASK,
        {"tax": "418-22-9035"},
        {"tax": "602-71-5548"},
        all_have={"first": "Evangeline", "last": "Trelawney", "born": "1968-12-24"},
    ),
    case(
        "tax ids differ, name and phone agree",
        APART,
        {"tax": "419-22-9035"},
        {"tax": "603-71-5548"},
        all_have={"first": "Bernadette", "last": "Rockingham", "phone": "937-204-1122"},
    ),
    case(
        "tax id off by a digit",
        ONE,
        {"tax": "416-33-8217"},
        {"tax": "416-33-8277"},
        all_have={"first": "Maximilian", "last": "Underhill", "born": "1959-05-31"},
    ),
    case(
        "two people who contradict each other are not joined by a third record that fits both",
        APART,
        {"first": "Edwin", "born": "1955-01-19", "ssn4": "3391"},
        {"email": "fotheringham@alderpost.net", "phone": "937-204-1123"},
        {"first": "Lucinda", "born": "1957-08-22", "ssn4": "7046"},
        all_have={"last": "Fotheringham", "email": "fotheringham@alderpost.net", "phone": "937-204-1123"},
    ),
    # stewards
    case(
        "a steward says that they are one",
        ONE,
        {"first": "Beatrix", "last": "Northcote", "born": "1974-06-06"},
        {"first": "Trixie", "last": "Southwell", "born": "1994-06-16"},
        steward="must_link",
    ),
    case(
        "a steward says that they are two",
        APART,
        {},
        {},
        all_have={
            "first": "Valentin",
            "last": "Escobedo",
            "born": "1982-02-28",
            "tax": "514-77-2093",
            "email": "v.escobedo@alderpost.net",
        },
        steward="cannot_link",
    ),
    case(
        "a steward says of two that they are two, and a third record is either's",
        ASK,
        {"home": "30 Oak Street, Dayton, OH, 45402"},
        {},
        {"home": "31 Oak Street, Dayton, OH, 45402"},
        all_have={"first": "Anneliese", "last": "Lichtenberg", "born": "1986-03-13", "tax": "515-77-2094"},
        steward="cannot_link",
    ),
]


def customer_id(one_case: Case, number: int) -> str:
    return one_case.records[number].get("id", f"{one_case.name} {number + 1}")


def customer_row(
    record_id: str, source_customer_id: str, record: Record, ingested: str = "2024-03-01"
) -> Record:
    """A record as a row of bronze's customer_master."""
    line, city, state, zip_code = (
        (record["home"].split(", ") + [""] * 4)[:4] if "home" in record else [""] * 4
    )
    return {
        "record_id": record_id,
        "record_timestamp": f"{ingested} 10:00:00",
        "source_system": "crm",
        "source_customer_id": source_customer_id,
        "first_name": record.get("first", ""),
        "last_name": record.get("last", ""),
        "full_name": record.get("full", ""),
        "date_of_birth": record.get("born", ""),
        "ssn_last_four": record.get("ssn4", ""),
        "tax_id": record.get("tax", ""),
        "email_address": record.get("email", ""),
        "phone_primary": record.get("phone", ""),
        "address_line1": line,
        "city": city,
        "state": state,
        "zip_code": zip_code,
        "country": "US",
        "ingestion_timestamp": f"{ingested} 12:00:00",
    }


def strangers() -> Iterator[Record]:
    """People with a name of some frequency each, who share nothing else."""
    names: dict[str, list[str]] = {"first_name": [], "last_name": []}
    with (PROJECT / "seeds/identity_name_frequencies.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            names[row["name_part"]].append(row["name"])
    for number in range(STRANGERS):
        digits = int(hashlib.md5(str(number).encode()).hexdigest(), 16)
        first = names["first_name"][digits % 97 % len(names["first_name"])]
        last = names["last_name"][digits % 389 % len(names["last_name"])]
        yield {
            "first": first.title(),
            "last": last.title(),
            "born": f"{1940 + digits % 61}-{1 + digits % 12:02}-{1 + digits % 28:02}",
            "ssn4": f"{digits % 9973:04}",
            "email": f"{first}.{last}{number}@{['oakmail', 'elmmail'][number % 2]}.net",
            "phone": f"61{number % 8 + 1}-{300 + digits % 600}-{1000 + digits % 8999}",
            "home": f"{digits % 997} {last.title()} Avenue, Town{number % 40}, PA, {15000 + digits % 4000}",
        }


def identity_models() -> list[str]:
    return ["--select", "+silver_identity_review_queue", "+silver_golden_ids", "+silver_golden_id_events"]


def load_world(folder: Path) -> Path:
    """Bronze, seeds and what stewards said, in <folder>/warehouse.duckdb."""
    rows = [
        customer_row(f"{one.name}/{number}", customer_id(one, number), record, f"2024-03-{number + 1:02}")
        for one in CASES
        for number, record in enumerate(one.records)
    ]
    rows += [customer_row(f"s{number}", f"s{number}", record) for number, record in enumerate(strangers())]
    put_csv(folder / "bronze/customer_master/all.csv", rows)
    logins = [
        {
            "identifier_id": f"{one.name}/{number}",
            "identifier_timestamp": "2024-03-01 10:00:00",
            "source_system": "crm",
            "source_customer_id": customer_id(one, number),
            "identifier_type": "login",
            "identifier_value": record["login"],
            "ingestion_timestamp": "2024-03-01 12:00:00",
        }
        for one in CASES
        for number, record in enumerate(one.records)
        if "login" in record
    ]
    put_csv(folder / "bronze/customer_identifiers/all.csv", logins)
    database = folder / "warehouse.duckdb"
    load_bronze(folder / "bronze", database, read_contract(PROJECT / "contract/columns.csv"))
    run_dbt(database, "seed")
    with duckdb.connect(database) as connection:
        for one in CASES:
            if one.steward:
                pair = ["crm", customer_id(one, 0), "crm", customer_id(one, len(one.records) - 1)]
                connection.execute(
                    "insert into reference.identity_steward_decisions by name "
                    "select ? as left_source_system, ? as left_source_customer_id, "
                    "? as right_source_system, ? as right_source_customer_id, "
                    "? as decision, 'ann' as decided_by, date '2024-03-05' as decided_on",
                    [*pair, one.steward],
                )
    return database


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    database = load_world(tmp_path_factory.mktemp("cases"))
    run_dbt(database, "run", *identity_models())
    return duckdb.connect(database, read_only=True)


def golden_ids(world: duckdb.DuckDBPyConnection, one: Case) -> list[str]:
    ids = dict(
        world.execute(
            "select source_customer_id, golden_id from silver.silver_customer_identities"
        ).fetchall()
    )
    return [ids[customer_id(one, number)] for number in range(len(one.records))]


def why(world: duckdb.DuckDBPyConnection, one: Case) -> str:
    """What the models say of the case's pairs, for whoever reads that a case fails."""
    ids = [customer_id(one, number) for number in range(len(one.records))]
    found = world.execute(
        "select ours.source_customer_id, theirs.source_customer_id, agreement_pattern, decision, "
        "pairs.match_method, veto, round(match_weight, 1), is_contradiction, reasons "
        "from intermediate.int_identity_pairs__decided as pairs "
        "inner join silver.silver_customer_identities as ours "
        "on left_source_customer_key = ours.source_customer_key "
        "inner join silver.silver_customer_identities as theirs "
        "on right_source_customer_key = theirs.source_customer_key "
        "where list_contains(?, ours.source_customer_id) and list_contains(?, theirs.source_customer_id)",
        [ids, ids],
    ).fetchall()
    return "\n".join(map(str, found)) or "no pair of them was kept"


@pytest.mark.parametrize(
    "one",
    [pytest.param(one, id=one.name) for one in CASES],
)
def test_case(world: duckdb.DuckDBPyConnection, one: Case) -> None:
    ids = golden_ids(world, one)
    asked = world.execute(
        "select 1 from silver.silver_identity_review_queue "
        "where least(left_golden_id, right_golden_id) = ? and greatest(left_golden_id, right_golden_id) = ?",
        sorted([ids[0], ids[-1]]),
    ).fetchall()
    if len(set(ids)) == 1:
        found = ONE
    elif ids[0] == ids[-1]:
        found = "the first and the last are one, others are not"
    else:
        found = ASK if asked else APART
    assert found == one.expected, why(world, one)


def test_the_case_of_a_steward_s_two_people_leaves_the_third_record_with_one_of_them(
    world: duckdb.DuckDBPyConnection,
) -> None:
    one = next(one for one in CASES if one.name.endswith("a third record is either's"))
    first, third, second = golden_ids(world, one)
    assert third in (first, second)


def test_strangers_stay_strangers(world: duckdb.DuckDBPyConnection) -> None:
    found = world.execute(
        "select count(*), count(distinct golden_id) from silver.silver_customer_identities "
        "where regexp_matches(source_customer_id, '^s[0-9]+$')"
    ).fetchone()
    assert found == (STRANGERS, STRANGERS)


def test_each_case_keeps_to_itself(world: duckdb.DuckDBPyConnection) -> None:
    """No golden id holds records of two cases."""
    owner = {golden_id: one.name for one in CASES for golden_id in golden_ids(world, one)}
    for one in CASES:
        assert {owner[golden_id] for golden_id in golden_ids(world, one)} == {one.name}


def test_logs_and_queue_tell_no_tax_id(world: duckdb.DuckDBPyConnection) -> None:
    found = world.execute(
        "select count(*) from silver.silver_identity_review_queue where regexp_matches(reasons, '[0-9]{3}')"
    ).fetchone()
    assert found == (0,)
