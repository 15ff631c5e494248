"""What the Python tests share: the project's folder, a loaded bronze, a dbt run that keeps to itself."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from cap.load.bronze import LoadReport, load_bronze
from cap.load.contract import Table, read_contract

PROJECT = Path(__file__).resolve().parents[2]
PARSED = "CAP_TEST_PARSED"


# what takes minutes goes first, so that in the end nobody waits for one file
SLOW = [
    "test_replay",
    "test_golden",
    "test_replay_properties",
    "test_snapshots",
    "test_journey_sessions",
    "test_identity_changes",
    "test_warehouse",
    "test_weblog",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: SLOW.index(item.path.stem) if item.path.stem in SLOW else len(SLOW))


@pytest.fixture(autouse=True)
def _in_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    for setting in ("CAP_BRONZE_PATH", "CAP_DUCKDB_PATH"):
        monkeypatch.delenv(setting, raising=False)


@pytest.fixture(scope="session")
def contract() -> dict[str, Table]:
    return read_contract(PROJECT / "contract/columns.csv")


@pytest.fixture
def bronze(tmp_path: Path) -> Path:
    folder = tmp_path / "bronze"
    folder.mkdir()
    return folder


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


@pytest.fixture
def load(bronze: Path, database: Path, contract: dict[str, Table]) -> Callable[[], LoadReport]:
    """Load the test's bronze folder into the test's warehouse."""
    return lambda: load_bronze(bronze, database, contract)


@pytest.fixture
def query(database: Path) -> Callable[[str], list[tuple]]:
    """Ask the test's warehouse."""

    def ask(sql: str) -> list[tuple]:
        with duckdb.connect(database, read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    return ask


def pytest_configure(config: pytest.Config) -> None:
    """A folder for what all processes of this run of pytest share; the workers inherit its name."""
    if not hasattr(config, "workerinput"):
        os.environ[PARSED] = tempfile.mkdtemp(prefix="parsed_")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[PARSED], ignore_errors=True)


def run_dbt(database: Path, *arguments: str) -> None:
    """Run dbt on a warehouse, its target and logs beside it; fail with dbt's words when dbt fails.

    In a process of its own, since dbt holds on to the warehouse until its process ends. The project is parsed
    once for all warehouses of one name.
    """
    _run(dbt_command(database, *arguments), database)


def dbt_command(database: Path, *arguments: str) -> list[str]:
    if arguments[0] == "parse":
        return [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", *arguments]
    script = Path(__file__).with_name("parsed_dbt.py")
    return [sys.executable, str(script), str(_parsed(database.name)), "--no-use-colors", *arguments]


def _parsed(name: str) -> Path:
    """What `dbt parse` makes of the project for warehouses of this name."""
    folder = Path(os.environ[PARSED]) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "parsed").exists():
            _run([str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "parse"], folder / name)
            (folder / "parsed").touch()
    return folder / "target/partial_parse.msgpack"


def _run(command: list[str], database: Path) -> None:
    settings = {
        "CAP_DUCKDB_PATH": str(database),
        "DBT_TARGET_PATH": str(database.parent / "target"),
        "DBT_LOG_PATH": str(database.parent / "logs"),
    }
    done = subprocess.run(
        command, cwd=PROJECT, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def analyse(database: Path) -> None:
    """What `cap build` does after dbt: analyse, land what was found, publish it."""
    settings = {
        "CAP_DUCKDB_PATH": str(database),
        "DBT_TARGET_PATH": str(database.parent / "target"),
        "DBT_LOG_PATH": str(database.parent / "logs"),
    }
    command = [sys.executable, "-c", "from cap.build import analyse; analyse()"]
    done = subprocess.run(
        command, cwd=PROJECT, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.fixture(scope="session")
def dbt() -> Iterator[Callable[..., None]]:
    """dbt as a function: `dbt(database, "build", "--select", "staging")`."""
    yield run_dbt


WORLD = ["--customers", "200", "--days", "60", "--seed", "7", "--mess", "0.5"]


@dataclass(frozen=True)
class Warehouse:
    """A folder with bronze, truth, warehouse.duckdb and dbt's target."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def semantic_manifest(self) -> Path:
        return self.folder / "target/semantic_manifest.json"

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(self.database, read_only=True) as connection:
            return connection.execute(sql).fetchall()


def build_warehouse(folder: Path) -> Warehouse:
    """Load the folder's bronze and run the whole of dbt but its unit tests, which need no data."""
    load_bronze(
        folder / "bronze", folder / "warehouse.duckdb", read_contract(PROJECT / "contract/columns.csv")
    )
    run_dbt(folder / "warehouse.duckdb", "build", "--exclude-resource-type", "unit_test")
    return Warehouse(folder)


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A generated world, wholly built, that tests only read; made once, also for several test processes."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder, built = shared / "world", shared / "world_is_built"
    with (shared / "world_lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            cap = str(Path(sys.executable).with_name("cap"))
            command = [cap, "generate", *WORLD, "--out", str(folder / "bronze")]
            subprocess.run(command, check=True, capture_output=True)
            analyse(build_warehouse(folder).database)
            built.touch()
    return Warehouse(folder)


# what may differ between two builds of the same rows: when a row was derived or a customer resolved …
AUDIT_COLUMNS = ("derived_in_batch", "assigned_batch")
# … and hashes of a golden key, which is compared by itself
HASHES_OF_CUSTOMER_KEY = (
    "adoption_key",
    "feature_user_key",
    "customer_state_key",
    "snapshot_key",
    "customer_version_key",
    "lineage_key",
    "customer_value_key",
    "portfolio_key",
    "tenure_key",
    "churn_score_key",
    "customer_risk_key",
    "expected_value_key",
)
GOLDEN_COLUMNS = ("customer_key", "golden_id", "golden_customer_id")
# what Python found and landed: only the shared world is analysed
LANDED = (
    "silver.silver_experiment_results",
    "gold.fact_experiment_results",
    "silver.silver_attribution_estimates",
    "gold.fact_attribution_estimates",
)
# the history of golden ids: which were minted, merged and split depends on the order in which records came
HISTORIES = ("silver.silver_golden_ids", "silver.silver_golden_id_events")


def comparable_rows(connection: duckdb.DuckDBPyConnection, database: str, name: str) -> str:
    """The rows of `schema.table` by which two builds are compared, as a query.

    Without audit columns, which say when a row was derived. Which id a golden customer has depends on
    history, who belongs to one does not: for a golden id or key stands the smallest source_customer_key of
    its customer, as this very warehouse resolves it. Doubles are compared exactly: what is summed must add up
    the same in any order, as decimals do.
    """
    schema, table = name.split(".")
    columns = connection.execute(
        "select column_name from duckdb_columns() "
        f"where database_name = '{database}' and schema_name = '{schema}' and table_name = '{table}' "
        "order by column_name"
    ).fetchall()
    identities = f"{database}.silver.silver_customer_identities as member"
    compared = []
    for (column,) in columns:
        if column.endswith(AUDIT_COLUMNS) or column in HASHES_OF_CUSTOMER_KEY:
            continue
        found = f'compared."{column}"'
        if column.endswith(GOLDEN_COLUMNS) and column != "source_customer_key":
            known_as = "golden_id" if column.endswith("_id") else "customer_key"
            people = f"(select min(source_customer_key) from {identities} where member.{known_as} = {found})"
            found = f"coalesce(cast({people} as varchar), cast({found} as varchar)) as {column}"
        compared.append(found)
    return f"select {', '.join(compared)} from {database}.{name} as compared"
