"""The warehouse as identity's tools see it: read-only, with the models' own SQL to run on other rows."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import duckdb

from cap.errors import CapError
from cap.load.settings import database_path, require_project_folder
from cap.load.sql import identifier, literal

MODELS = ("int_identity_pairs__compared", "int_identity_patterns", "int_identity_pairs__judged")
SCHEMAS = ("intermediate", "reference", "silver")
# What compiled SQL depends on.
SOURCES = ("models/intermediate/identity/*.sql", "macros/**/*.sql", "dbt_project.yml")
BUILD_IT = "Build it first: dbt build -s +silver_identity_review_queue (or cap build)."


@contextmanager
def opened(tables: Iterable[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the warehouse's tables by `schema.table`; what it creates is scratch.

    Raises CapError unless the tables, as `schema.table`, are there.
    """
    require_project_folder()
    path = database_path()
    if not path.is_file():
        raise CapError(f"there is no warehouse {path}. {BUILD_IT}")
    with (
        tempfile.TemporaryDirectory(prefix="cap-identity-") as scratch,
        duckdb.connect(config={"temp_directory": scratch}) as connection,
    ):
        connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
        # DuckDB's own bar, which shows after two seconds; it would write into a log or a pipe as well
        connection.execute(f"set enable_progress_bar = {sys.stderr.isatty() and sys.stdout.isatty()}")
        # views of the warehouse name it by its file's name, so that is what it must be called
        catalog = path.name.partition(".")[0]
        try:
            connection.execute(f"attach {literal(str(path))} as {identifier(catalog)} (read_only)")
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise CapError(f"cannot open {path}: {reason}. Is a build or another program using it?") from None
        there = _mirror(connection, catalog)
        missing = [name for name in tables if name not in there]
        if missing:
            raise CapError(f"{path} has no {', '.join(missing)}. {BUILD_IT}")
        yield connection


def compiled(replaced: dict[str, str] | None = None) -> dict[str, str]:
    """SQL of identity's models by name, as a full refresh runs it.

    `replaced`: model -> scratch table to read in its place. dbt compiles against an empty database, so that
    it needs no lock on the warehouse; what it gave is kept until a model or macro changes.
    """
    models = dict(_compiled_models())
    for name, sql in models.items():
        for model, table in (replaced or {}).items():
            sql = sql.replace(f'"memory"."intermediate"."{model}"', f'"memory"."main"."{table}"')
        models[name] = sql
    return models


def _mirror(connection: duckdb.DuckDBPyConnection, catalog: str) -> set[str]:
    """Make the warehouse's tables views of the same names, which compiled SQL reads; their `schema.table`."""
    found = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = $1 "
        "union all select schema_name, view_name from duckdb_views() where database_name = $1",
        [catalog],
    ).fetchall()
    names = [(schema, table) for schema, table in found if schema in SCHEMAS]
    for schema in SCHEMAS:
        connection.execute(f"create schema {schema}")
    for schema, table in names:
        if schema != "intermediate" or table.startswith("int_identity"):
            name = f"{schema}.{identifier(table)}"
            connection.execute(f"create view {name} as from {identifier(catalog)}.{name}")
    return {f"{schema}.{table}" for schema, table in names}


def part(sql: str, cte: str, columns: str = "*") -> str:
    """The rows of a model's CTE: its SQL with the last line, `select * from final`, reading another."""
    body, last, rest = sql.rpartition("select * from final")
    if not last or rest.strip() or f"{cte} as (" not in body:
        raise CapError(f"identity's SQL has no part «{cte}» any more: cap identity must follow the models.")
    return f"{body}select {columns} from {cte}"


def pattern_digits(compared: str) -> dict[str, int]:
    """Comparison -> its digit of the pattern (0 the lowest), by the SQL of int_identity_pairs__compared."""
    found = re.findall(r"cast\((10*) as bigint\) \* \(compared\.(\w+)_level \+ 1\)", compared)
    if not found:
        raise CapError(
            "identity's SQL builds the agreement pattern another way: cap identity must follow it."
        )
    return {name: len(factor) - 1 for factor, name in found}


def _compiled_models() -> dict[str, str]:
    folder = Path(os.environ.get("DBT_TARGET_PATH") or "target").absolute() / "identity"
    kept = folder / "compiled.json"
    digest = hashlib.sha256(repr(MODELS).encode())
    for pattern in SOURCES:
        for path in sorted(Path.cwd().glob(pattern)):
            digest.update(path.read_bytes())
    try:
        known = json.loads(kept.read_text())
    except (OSError, ValueError):
        known = {}
    if known.get("sources") == digest.hexdigest():
        return known["models"]
    click.echo("dbt: compiling identity's models …", err=True)
    folder.mkdir(parents=True, exist_ok=True)
    # of its own, and put in place at once: another may be compiling too
    with tempfile.TemporaryDirectory(dir=folder) as own:
        models = _compile(Path(own))
        written = Path(own) / kept.name
        written.write_text(json.dumps({"sources": digest.hexdigest(), "models": models}))
        written.replace(kept)
    return models


def _compile(folder: Path) -> dict[str, str]:
    """Have dbt compile the models into a target folder of their own. Raises CapError with dbt's words."""
    settings = {"CAP_DUCKDB_PATH": ":memory:", "DBT_TARGET_PATH": str(folder), "DBT_LOG_PATH": str(folder)}
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            *("--no-use-colors", "--quiet", "compile", "--full-refresh", "--no-introspect", "--select"),
            *MODELS,
        ],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    found = {path.stem: path.read_text() for path in (folder / "compiled").rglob("*.sql")}
    if done.returncode or not set(MODELS) <= set(found):
        raise CapError(f"dbt cannot compile identity's models:\n{done.stdout[-2000:]}{done.stderr[-1000:]}")
    return {name: found[name] for name in MODELS}
