"""`cap build`: sample data if there is none, bronze, dbt build, and what to try next."""

import importlib
import os
import shlex
import shutil
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import duckdb
from tqdm import tqdm

from cap.errors import CapError
from cap.landing import refresh
from cap.load.command import run_load
from cap.load.settings import bronze_folder, database_path, require_project_folder

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

# What to try after the build: programs and their arguments. They must answer on any data that builds.
NEXT = (
    ("cap", "report --open"),
    ("mf", "query --metrics sessions,bounce_rate --group-by metric_time__week --order metric_time__week"),
    ("mf", "query --metrics sessions,engagement_rate --group-by web_session__channel_name --order -sessions"),
    ("mf", "query --saved-query landing_page_performance --limit 10"),
)
# Lies beside the bronze folder while the generator writes it. If it is there before, the last run was killed.
MARKER = ".generating"
FAILED = ("error", "fail", "runtime error", "partial success")
SHOWN_AT_MOST = 10
LINES_PER_FAILURE = 6
TABLES_SHOWN = 3
# what analyses the warehouse once it is built and lands what it found; it answers with the models to refresh
ANALYSES = {
    "experiments": ("cap.experiments.save", "land_all"),
    "attribution": ("cap.attribution.save", "land_all"),
}
# arguments by which dbt builds but a part
SELECTING = (
    "-s",
    "--select",
    "-m",
    "--models",
    "--model",
    "--exclude",
    "--selector",
    "--resource-type",
    "--empty",
)
# they try the SQL and not the data: whoever changes it runs them, and `make test`
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("dbt_args", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def build(ctx: click.Context, dbt_args: tuple[str, ...]) -> None:
    """Generate sample data if there is none, load it, run `dbt build`, analyse it, say what to try next.

    With CAP_BRONZE_PATH set that data is built and none is generated. What follows `--` goes to dbt:
    `cap build -- --select staging`. Where nothing is selected dbt's unit tests are left out, which try the
    project's SQL and not your data; `make test` runs them.
    """
    require_project_folder()
    begun = time.monotonic()
    if not os.environ.get("CAP_BRONZE_PATH"):
        _ensure_world(ctx)
    if run_load().must_rebuild and "--full-refresh" not in dbt_args:
        dbt_args = ("--full-refresh", *dbt_args)
    is_whole = not any(one.split("=")[0] in SELECTING for one in dbt_args)
    result = _dbt_build((*WITHOUT_UNIT_TESTS, *dbt_args) if is_whole else dbt_args)
    if _report_dbt(result):
        click.echo(f"The build failed. dbt's own words are in {_log_file()}", err=True)
        ctx.exit(1)
    if is_whole:
        analyse()
    _print_warehouse(time.monotonic() - begun)
    _print_next()


def _ensure_world(ctx: click.Context) -> None:
    """Run the generator unless the default bronze folder holds a whole world or the user's own tables."""
    bronze = bronze_folder()
    marker, truth = bronze.parent / MARKER, bronze.parent / "truth"
    # the generator writes the manifest last; tables with no truth beside them are not its work but the user's
    is_torn = marker.exists() or (truth.exists() and not (truth / "manifest.json").exists())
    if is_torn:
        click.echo(f"The sample data in {bronze} was not finished: making it again.")
        for folder in (bronze, truth):
            shutil.rmtree(folder, ignore_errors=True)
    elif bronze.is_dir() and any(bronze.iterdir()):
        return
    else:
        click.echo(f"No data in {bronze}: making sample data (set CAP_BRONZE_PATH to build your own).")
    from cap.generate.command import generate  # only a build without data needs it

    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()
    ctx.invoke(generate)
    marker.unlink()


def analyse() -> None:
    """Let Python analyse what was built, and dbt publish what it found, in one run for all of it."""
    models: list[str] = []
    for what, (module, function) in ANALYSES.items():
        click.echo(f"Analysing {what} …")
        models += getattr(importlib.import_module(module), function)(database_path())
    if models:
        refresh(models)


class _Progress:
    """A bar over dbt's nodes, fed with dbt's events; warnings are kept for the end."""

    def __init__(self) -> None:
        self.bar = tqdm(desc="dbt build", unit="node", disable=None, leave=False)
        self.warnings: dict[str, None] = {}

    def __call__(self, event: Any) -> None:
        name = event.info.name
        if name == "ConcurrencyLine":
            self.bar.reset(total=event.data.node_count)
        elif name == "NodeStart":
            self.bar.set_postfix_str(event.data.node_info.node_name[:40])
        elif name == "NodeFinished":
            self.bar.update()
        elif event.info.level == "warn" and name not in ("LogTestResult", "RunResultWarning"):
            self.warnings[event.info.msg.strip()] = None

    def close(self) -> None:
        """Take the bar away and print the warnings, each once."""
        self.bar.close()
        for warning in list(self.warnings)[:SHOWN_AT_MOST]:
            click.echo(_shortened(f"warning: {warning}"), err=True)


def _dbt_build(dbt_args: tuple[str, ...]) -> "dbtRunnerResult":
    click.echo("dbt: reading the project …")
    from dbt.cli.main import dbtRunner  # takes seconds, and nothing above needs it

    progress = _Progress()
    try:
        return dbtRunner(callbacks=[progress]).invoke(["--log-level", "none", "build", *dbt_args])
    finally:
        progress.close()
        _close_dbt()


def _close_dbt() -> None:
    """Let go of the warehouse, which dbt holds until the process ends."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def _report_dbt(result: "dbtRunnerResult") -> int:
    """Print how many nodes did what, and each failure in a few lines; the number of failures."""
    if result.exception is not None or result.result is None:
        click.echo(_shortened(str(result.exception or "dbt did not run")), err=True)
        return 1
    results = result.result.results
    counts: dict[str, int] = {}
    for one in results:
        counts[str(one.status)] = counts.get(str(one.status), 0) + 1
    told = ", ".join(f"{count:,} {status}" for status, count in sorted(counts.items()))
    click.echo(f"dbt: {len(results):,} nodes: {told or 'none selected'}")
    failures = [one for one in results if str(one.status) in FAILED]
    warned = [one for one in results if str(one.status) == "warn"]
    for one in [*failures[:SHOWN_AT_MOST], *warned[:SHOWN_AT_MOST]]:
        node = one.node
        what = f"{one.status}: {node.resource_type} {node.name} ({node.original_file_path})"
        # the message's first line, «Runtime Error in model …», says no more than ours
        told = [line for line in (one.message or "").splitlines() if node.name not in line]
        click.echo(_shortened("\n".join([what, *told])), err=True)
    if len(failures) > SHOWN_AT_MOST:
        click.echo(f"… and {len(failures) - SHOWN_AT_MOST:,} more failures", err=True)
    return len(failures) or int(not result.success)


def _shortened(message: str) -> str:
    lines = [line for line in message.splitlines() if line.strip()]
    more = ["…"] if len(lines) > LINES_PER_FAILURE else []
    return textwrap.indent("\n".join(lines[:LINES_PER_FAILURE] + more), "  ").replace("  ", "", 1)


def _print_warehouse(seconds: float) -> None:
    """Where the warehouse is, the rows of its gold tables, and what became of the rows of bronze."""
    database = database_path()
    try:
        with duckdb.connect(database, read_only=True) as connection:
            gold = connection.execute(
                "select table_name, estimated_size from duckdb_tables() "
                "where schema_name = 'gold' and not starts_with(table_name, 'dbt_') order by table_name"
            ).fetchall()
            quality = _quality_lines(connection)
    except duckdb.Error as error:
        raise CapError(f"cannot read {database}: {str(error).splitlines()[0]}") from None
    click.echo(f"Warehouse: {database} ({database.stat().st_size / 1e6:,.0f} MB), built in {seconds:,.0f} s")
    if gold:
        tables = ", ".join(f"{name} {rows:,}" for name, rows in gold)
        wrapped = textwrap.wrap(f"Gold rows: {tables}", 110, subsequent_indent="  ", break_on_hyphens=False)
        click.echo("\n".join(wrapped))
    click.echo("\n".join(quality))


def _quality_lines(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """One line for all tables, then one for each that had rows it could not take."""
    exists = connection.execute(
        "select count(*) from duckdb_tables() "
        "where schema_name = 'quality' and table_name = 'quality_load_summary'"
    ).fetchone()
    if not exists or not exists[0]:
        return []
    rows = connection.execute(
        "select table_name, bronze_rows, accepted_rows, duplicate_rows, rejected_rows, fields_nulled "
        "from quality.quality_load_summary where bronze_rows > 0 order by rejected_rows desc, table_name"
    ).fetchall()
    totals = [sum(row[position] or 0 for row in rows) for position in range(1, 6)]
    lines = [
        f"Rows: {totals[0]:,} in bronze = {totals[1]:,} accepted + {totals[2]:,} duplicates "
        f"+ {totals[3]:,} rejected; {totals[4]:,} fields unreadable, left null"
    ]
    rejected = [f"{row[0]} {row[4]:,} of {row[1]:,}" for row in rows if row[4]]
    if rejected:
        more = [f"{len(rejected) - TABLES_SHOWN} more tables"] if len(rejected) > TABLES_SHOWN else []
        most = ", ".join(rejected[:TABLES_SHOWN] + more)
        text = f"Most rejected: {most}; quality.quality_rejected_rows says why"
        lines += textwrap.wrap(text, 110, subsequent_indent="  ", break_on_hyphens=False)
    return lines


def _print_next() -> None:
    setting = os.environ.get("CAP_DUCKDB_PATH")
    prefix = f"CAP_DUCKDB_PATH={shlex.quote(setting)} " if setting else ""
    click.echo("\nTry next:")
    for program, arguments in NEXT:
        command = (
            program if shutil.which(program) else os.path.relpath(Path(sys.executable).with_name(program))
        )
        click.echo(f"  {prefix}{command} {arguments}")


def _log_file() -> Path:
    return Path(os.environ.get("DBT_LOG_PATH") or "logs") / "dbt.log"
