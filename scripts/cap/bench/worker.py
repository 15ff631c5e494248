"""The parts of a benchmark that work on data, each run in a process of its own: `python -m cap.bench.worker`.

So the process that measures stays small (a child's peak memory is never counted below its parent's) and no
part has what another left in memory. The result is one line of JSON on standard output.
"""

import datetime as dt
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from cap.errors import CapError

# Beside a world: how long it took to make. Written last.
MADE = "made.json"
SPLIT = "split.json"
# As in profiles.yml. DuckDB's threads are left as they are there: one per core.
SETTINGS = "set TimeZone = 'UTC'; set preserve_insertion_order = false"


def world(customers: int, days: int, out: str) -> dict:
    """Generate a world of `days` days in <out>/bronze unless it lies there whole; rows and seconds."""
    from cap.generate import vocabulary
    from cap.generate.run import GENERATOR_VERSION, generate
    from cap.generate.world import World

    folder, wanted = Path(out), World(customers, days)
    identity = {
        "arguments": json.loads(json.dumps(wanted.arguments(), default=str)),
        "generator": GENERATOR_VERSION,
        "vocabulary": vocabulary.digest(),
    }
    made = _read_json(folder / MADE)
    if made and made["identity"] == identity:
        return made
    (folder / MADE).unlink(missing_ok=True)
    report = generate(wanted, folder / "bronze", overwrite=True, progress=sys.stderr.isatty())
    made = {"identity": identity, "rows": sum(report.rows.values()), "seconds": report.seconds}
    (folder / MADE).write_text(json.dumps(made))
    return made


def split(source: str, target: str, first_day: str, days: int) -> dict:
    """Split a world's files by day of ingestion: <target>/history, one folder per day, and `empty`.

    `history` is what came before `first_day`; the `days` days from it on follow; what comes later is left
    out; `empty` has the tables with no rows. Files that are all history are linked, not copied.
    Returns rows per part, and bytes and files of the history.
    """
    made, parts = Path(source) / MADE, Path(target)
    identity = {"world": json.loads(made.read_text())["identity"], "first_day": first_day, "days": days}
    done = _read_json(parts / SPLIT)
    if done and done["identity"] == identity:
        return done
    shutil.rmtree(parts, ignore_errors=True)
    first = dt.date.fromisoformat(first_day)
    ranges = {"history": f"coalesce(ingestion_timestamp < '{first}', true)"}
    for number in range(days):
        day = first + dt.timedelta(days=number)
        after = day + dt.timedelta(days=1)
        ranges[str(day)] = f"ingestion_timestamp >= '{day}' and ingestion_timestamp < '{after}'"
    rows = dict.fromkeys(ranges, 0)
    connection = duckdb.connect()
    connection.execute(SETTINGS)
    for table in sorted(folder for folder in (Path(source) / "bronze").iterdir() if folder.is_dir()):
        for part in (*ranges, "empty"):
            (parts / part / table.name).mkdir(parents=True)
        found = connection.execute(
            "select filename, count(*), coalesce(max(ingestion_timestamp) < ?, true) "
            f"from read_parquet('{table}/*.parquet', filename = true) group by all order by all",
            [first],
        ).fetchall()
        cut = [str(path) for path in sorted(table.glob("*.parquet"))]
        for path, count, is_history in found:
            if is_history:
                (parts / "history" / table.name / Path(path).name).hardlink_to(path)
                rows["history"] += count
                cut.remove(path)
        _copy(connection, [str(next(table.glob("*.parquet")))], "false", parts / "empty" / table.name)
        for part, condition in ranges.items():
            if cut:
                rows[part] += _copy(connection, cut, condition, parts / part / table.name)
    history = list((parts / "history").glob("*/*.parquet"))
    done = {
        "identity": identity,
        "rows": rows,
        "bytes": sum(path.stat().st_size for path in history),
        "files": len(history),
    }
    (parts / SPLIT).write_text(json.dumps(done))
    return done


def _copy(connection: duckdb.DuckDBPyConnection, files: list[str], condition: str, folder: Path) -> int:
    """Write the rows of `files` that meet a condition to <folder>/<part>.parquet; how many."""
    path = folder / f"{folder.parent.name}.parquet"
    copied = connection.execute(
        f"copy (from read_parquet($files, union_by_name = true) where {condition}) "
        f"to '{path}' (format parquet, compression zstd, compression_level 1)",
        {"files": files},
    ).fetchall()
    count = copied[0][0]
    if not count and folder.parent.name != "empty":
        path.unlink(missing_ok=True)
    return count


def floor(bronze: str, warehouse: str, scratch: str) -> dict:
    """The least a build could do: read all of bronze once, write gold once. Seconds of both, size of gold."""
    target = Path(scratch)
    target.unlink(missing_ok=True)
    connection = duckdb.connect(target)
    connection.execute(SETTINGS)
    begun = time.monotonic()
    for table in sorted({path.parent for path in Path(bronze).glob("*/*.parquet")}):
        # a hash of all columns: none is skipped, none is answered from the file's statistics
        files = f"read_parquet('{table}/*.parquet', union_by_name = true)"
        columns = ", ".join(f'"{row[0]}"' for row in connection.execute(f"describe from {files}").fetchall())
        connection.execute(f"select bit_xor(hash({columns})) from {files}").fetchall()
    read_seconds = time.monotonic() - begun
    connection.execute(f"attach '{warehouse}' as built (read_only)")
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'built' and schema_name = 'gold' "
        "and not starts_with(table_name, 'dbt_') order by 1"
    ).fetchall()
    begun = time.monotonic()
    for (table,) in tables:
        connection.execute(f'create table "{table}" as select * from built.gold."{table}"')
    connection.execute("checkpoint")
    write_seconds = time.monotonic() - begun
    connection.close()
    size = target.stat().st_size
    target.unlink()
    return {"read_seconds": read_seconds, "write_seconds": write_seconds, "gold_bytes": size}


def rows(warehouse: str) -> dict:
    """Rows per table of the warehouse, views and dbt's and bronze's tables left out."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where schema_name <> 'bronze' and not starts_with(table_name, 'dbt_')"
        ).fetchall()
        return {
            table: connection.execute(f'select count(*) from "{schema}"."{table}"').fetchall()[0][0]
            for schema, table in tables
        }


def metrics(warehouse: str, semantic_manifest: str, sample: int) -> dict:
    """Answer a sample of metrics by week, one after the other; how many, in which seconds, the slowest."""
    from cap.metrics import Metrics

    opened = Metrics(Path(warehouse), Path(semantic_manifest))
    # by a hash of the name: a metric more changes at most one of the sample
    names = sorted(opened.names, key=lambda name: hashlib.md5(name.encode()).hexdigest())[:sample]
    seconds = {}
    for name in names:
        begun = time.monotonic()
        try:
            opened.query([name], ["metric_time__week"])
        except Exception as error:
            raise CapError(f"the metric {name} has no answer: {_first_line(error)}") from error
        seconds[name] = time.monotonic() - begun
    opened.close()
    slowest = max(seconds, key=lambda name: seconds[name])
    return {
        "queries": len(seconds),
        "seconds": sum(seconds.values()),
        "slowest": slowest,
        "slowest_seconds": seconds[slowest],
    }


def _read_json(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


def _first_line(error: Exception) -> str:
    lines = str(error).split("\n")
    return lines[0] or type(error).__name__


TASKS: dict[str, Callable[..., dict]] = {task.__name__: task for task in (world, split, floor, rows, metrics)}


def main() -> None:
    """Run the task named by the first argument with the second's JSON; print its result, or its error."""
    task, arguments = sys.argv[1], json.loads(sys.argv[2])
    try:
        answer = TASKS[task](**arguments)
    except CapError as error:
        answer = {"error": error.message}
    except Exception as error:
        answer = {"error": f"«{task}» failed: {_first_line(error)}"}
    print(json.dumps(answer, default=str))


if __name__ == "__main__":
    main()
