"""No personal data in gold.

Every name, e-mail address, phone number, street and tax id of a generated world is searched in every text
column of gold: as a whole value, inside of others, and names word by word. The same world's truth says
how often the golden record, which has all of that, is right.
"""

import csv
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from conftest import PROJECT, run_dbt

from cap.cli import main
from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

WORLD = ["--customers", "150", "--days", "20", "--seed", "11", "--mess", "0.5"]
# columns of customer_master, and of customer_identifiers by type, that name or reach a person
SECRETS = """
select lower(value) as value, kind from (
    select first_name as value, 'name' as kind from bronze.customer_master
    union all select last_name, 'name' from bronze.customer_master
    union all select full_name, 'whole' from bronze.customer_master
    union all select email_address, 'whole' from bronze.customer_master
    union all select address_line1, 'whole' from bronze.customer_master
    union all select phone_mobile, 'digits' from bronze.customer_master
    union all select phone_primary, 'digits' from bronze.customer_master
    union all select phone_work, 'digits' from bronze.customer_master
    union all select tax_id, 'digits' from bronze.customer_master
    union all select identifier_value, 'whole' from bronze.customer_identifiers
        where identifier_type in ('email', 'account_number')
    union all select identifier_value, 'digits' from bronze.customer_identifiers
        where identifier_type in ('phone', 'tax_id')
    union all select consent_ip_address, 'whole' from bronze.customer_preferences
) where value is not null
"""
# names that are words of the trade as well: one of them alone tells of nobody
COMMON_WORDS = {
    "april": "a month of dim_date",
    "autumn": "a campaign, autumn_letter",
    "bill": "a feature, Bill Pay",
    "day": "a kind of period, and rules of segments",
    "green": "a variant of a button",
    "test": "tests, and the first name of test customers",
    "user": "the word itself, and the last name of test customers",
    "young": "a campaign, young_savers",
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    cap = str(Path(sys.executable).with_name("cap"))
    subprocess.run(
        [cap, "generate", *WORLD, "--out", str(folder / "bronze")], check=True, capture_output=True
    )
    found = folder / "warehouse.duckdb"
    load_bronze(folder / "bronze", found, read_contract(PROJECT / "contract/columns.csv"))
    run_dbt(found, "seed")
    run_dbt(found, "run")
    return found


def words(value: str) -> set[str]:
    return set(re.findall(r"[a-z]+", value.lower()))


def digits(value: str) -> str:
    """The last ten digits, by which a number is known with and without calling code."""
    return re.sub(r"[^0-9]", "", value)[-10:]


def found_in_gold(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str]]:
    """Table, column, value and the secret it holds."""
    secrets = connection.execute(SECRETS).fetchall()
    names = {
        word
        for value, kind in secrets
        if kind == "name"
        for word in words(value)
        if len(word) > 2 and word not in COMMON_WORDS
    }
    wholes = {value for value, kind in secrets if kind == "whole" and len(value) > 5}
    numbers = {digits(value) for value, kind in secrets if kind == "digits" and len(digits(value)) >= 9}
    assert len(names) > 50, "a world without names proves nothing"
    assert len(wholes) > 200
    assert len(numbers) > 100
    columns = connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'gold' "
        "and database_name = current_database() and (data_type like 'VARCHAR%' or data_type = 'JSON') "
        "order by all"
    ).fetchall()
    hits = []
    for table, column in columns:
        rows = connection.execute(
            f'select distinct cast("{column}" as varchar) from gold.{table} where "{column}" is not null'
        ).fetchall()
        for (value,) in rows:
            text = value.lower()
            held = (words(text) & names) | {text} & wholes
            held |= {whole for whole in wholes if "@" in whole and whole in text} if "@" in text else set()
            told = re.findall(r"[0-9][0-9().+ -]{7,}[0-9]", text)
            held |= {number for number in told if digits(number) in numbers}
            hits += [(table, column, value, secret) for secret in sorted(held)]
    return hits


def test_no_name_address_or_number_of_a_person_is_in_gold(database: Path) -> None:
    with duckdb.connect(database, read_only=True) as connection:
        assert found_in_gold(connection) == []


def test_the_search_finds_what_is_there(database: Path) -> None:
    """A search that finds nothing anywhere would be worth nothing: planted, each kind is found."""
    with duckdb.connect() as connection:
        connection.execute(
            f"attach '{database}' as world (read_only); create schema bronze; create schema gold"
        )
        for table in ("customer_master", "customer_identifiers", "customer_preferences"):
            connection.execute(f"create view bronze.{table} as from world.bronze.{table}")
        record = connection.execute(
            "select first_name, email_address, phone_mobile, address_line1 from bronze.customer_master "
            "where length(first_name) > 3 and email_address like '%@%.example' and length(phone_mobile) > 9 "
            "and address_line1 is not null and customer_type = 'individual' order by record_id limit 1"
        ).fetchone()
        assert record is not None
        name, email, phone, street = record
        planted = [f"call {name.upper()}", f"to <{email.upper()}>", f"dial {phone} now", street.lower()]
        connection.execute("create table gold.planted as select unnest($1) as note", [planted])
        assert {value for _, _, value, _ in found_in_gold(connection)} == set(planted)


def test_the_golden_record_is_right_more_often_than_its_sources(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAP_DUCKDB_PATH", str(database))
    page = tmp_path / "quality.md"
    command = ["quality", "--truth", str(database.parent / "truth"), "--area", "golden_record"]
    done = CliRunner().invoke(main, [*command, "--format", "csv", "--write", str(page)])
    assert done.exit_code == 0, done.output
    figures = {row["name"]: row for row in csv.DictReader(done.output.splitlines())}
    for name, at_least in {
        "right attributes": 0.96,
        "right first_name": 0.94,
        "right last_name": 0.95,
        "right date_of_birth": 0.96,
        "right email_address": 0.96,
    }.items():
        assert float(figures[name]["value"]) >= at_least, name
        (single,) = re.findall(r"([0-9.]+)% of single records", figures[name]["note"])
        assert float(figures[name]["value"]) > float(single) / 100, name
    assert "### Golden record" in page.read_text()
    assert "| right last_name |" in page.read_text()


def test_an_area_that_is_not_there_is_told(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAP_DUCKDB_PATH", str(database))
    done = CliRunner().invoke(main, ["quality", "--truth", str(database.parent), "--area", "golden_recrod"])
    assert done.exit_code == 1
    assert "golden_record" in done.output
