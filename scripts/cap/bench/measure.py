"""What is measured: of one size (`measure_size`) and of the project whatever the size (`measure_project`)."""

import datetime as dt
import json
import shutil
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cap.bench.process import Ran, model_seconds, run_cap, run_dbt, run_worker

FIRST_DAY = dt.date(2026, 1, 1)
MEASURED = "measured.json"
# The history is followed by two days: the second finds files and plans as warm as a nightly run does.
DAYS_MORE = 2
STARTUP_RUNS = 3
METRICS_SAMPLED = 40

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """A world to build: customers and days of history."""

    name: str
    customers: int
    days: int

    def folder(self, work: Path) -> Path:
        """Where its world, warehouse and measurements lie."""
        return work / f"{self.customers}x{self.days}"


@dataclass(frozen=True)
class Run:
    """One `dbt run`: wall and processor seconds, peak memory (bytes), and seconds per model."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    models: dict[str, float]


@dataclass(frozen=True)
class DayRun:
    """A day that was added to the history: its rows, seconds of `cap load`, and the incremental run."""

    day: str
    rows: int
    load_seconds: float
    run: Run


@dataclass(frozen=True)
class SizeMeasured:
    """Everything measured of one size. Seconds are wall seconds, bytes are bytes."""

    size: Size
    bronze_rows: int
    bronze_bytes: int
    bronze_files: int
    generated_rows_per_second: float
    load_seconds: float
    full: Run
    table_rows: dict[str, int]  # per table, after the full build
    floor_read_seconds: float
    floor_write_seconds: float
    gold_bytes: int
    day_runs: list[DayRun]
    metrics: dict[str, Any]  # as cap.bench.worker.metrics gives it

    @property
    def floor_seconds(self) -> float:
        """Reading bronze once and writing gold once."""
        return self.floor_read_seconds + self.floor_write_seconds


@dataclass(frozen=True)
class ProjectMeasured:
    """What does not depend on the size: dbt's start-up, the median run of an empty warehouse, and parsing."""

    startup: Run
    startup_seconds: list[float] = field(default_factory=list)  # of all runs
    parse_cold_seconds: float = 0.0
    parse_warm_seconds: float = 0.0


def measure_size(size: Size, work: Path, say: Say) -> SizeMeasured:
    """Build one size in full, then two days more. Raises CapError."""
    folder = size.folder(work)
    made, parts = prepare(size, work, say)
    settings = _fresh(folder)
    arrived = folder / "arrived"
    _deliver(folder / "parts/history", arrived)
    loaded = run_cap(settings, "load")
    say(f"loaded {parts['rows']['history']:,} rows in {parts['files']:,} files: {loaded.seconds:.1f} s")
    run_dbt(settings, "seeds", "seed")
    full = _dbt_run(settings, "full build", "--full-refresh")
    say(f"full build: {full.seconds:.1f} s, at most {full.peak_bytes / 2**30:.2f} GiB")
    warehouse = settings["CAP_DUCKDB_PATH"]
    table_rows = run_worker("rows", warehouse=warehouse)
    floor = run_worker("floor", bronze=arrived, warehouse=warehouse, scratch=folder / "floor.duckdb")
    say(f"floor: {floor['read_seconds']:.1f} s reading, {floor['write_seconds']:.1f} s writing")
    day_runs = []
    for number in range(DAYS_MORE):
        day = str(FIRST_DAY + dt.timedelta(days=size.days + number))
        _deliver(folder / "parts" / day, arrived)
        day_load = run_cap(settings, "load")
        run = _dbt_run(settings, f"day {size.days + number + 1}")
        day_runs.append(DayRun(day, parts["rows"][day], day_load.seconds, run))
        say(f"day {size.days + number + 1}, {parts['rows'][day]:,} rows: {run.seconds:.1f} s")
    answered = run_worker(
        "metrics",
        warehouse=warehouse,
        semantic_manifest=Path(settings["DBT_TARGET_PATH"]) / "semantic_manifest.json",
        sample=METRICS_SAMPLED,
    )
    say(f"{answered['queries']} metrics: {answered['seconds']:.1f} s")
    return SizeMeasured(
        size=size,
        bronze_rows=parts["rows"]["history"],
        bronze_bytes=parts["bytes"],
        bronze_files=parts["files"],
        generated_rows_per_second=made["rows"] / made["seconds"],
        load_seconds=loaded.seconds,
        full=full,
        table_rows=table_rows,
        floor_read_seconds=floor["read_seconds"],
        floor_write_seconds=floor["write_seconds"],
        gold_bytes=floor["gold_bytes"],
        day_runs=day_runs,
        metrics=answered,
    )


def measure_project(empty: Path, work: Path, say: Say) -> ProjectMeasured:
    """Incremental runs over the bronze folder `empty`, whose tables have no rows, and `dbt parse`."""
    folder = work / "startup"
    settings = _fresh(folder)
    _deliver(empty, folder / "arrived")
    run_cap(settings, "load")
    run_dbt(settings, "seeds", "seed")
    _dbt_run(settings, "empty warehouse", "--full-refresh")
    runs = [_dbt_run(settings, "start-up") for _ in range(STARTUP_RUNS)]
    middle = statistics.median_low([run.seconds for run in runs])
    say(f"start-up, no rows: {', '.join(f'{run.seconds:.1f}' for run in runs)} s")
    cold = run_dbt(settings, "dbt parse", "--no-partial-parse", "parse")
    warm = run_dbt(settings, "dbt parse", "parse")
    say(f"dbt parse: {cold.seconds:.1f} s whole, {warm.seconds:.1f} s with nothing changed")
    return ProjectMeasured(
        startup=next(run for run in runs if run.seconds == middle),
        startup_seconds=[run.seconds for run in runs],
        parse_cold_seconds=cold.seconds,
        parse_warm_seconds=warm.seconds,
    )


def prepare(size: Size, work: Path, say: Say) -> tuple[dict, dict]:
    """Make the size's world and split it into history and days, unless that is done; what both say."""
    folder = size.folder(work)
    folder.mkdir(parents=True, exist_ok=True)
    made = run_worker("world", customers=size.customers, days=size.days + DAYS_MORE, out=folder / "world")
    say(f"world of {made['rows']:,} rows: {made['seconds']:.1f} s when it was made")
    first_day = FIRST_DAY + dt.timedelta(days=size.days)
    target = folder / "parts"
    parts = run_worker("split", source=folder / "world", target=target, first_day=first_day, days=DAYS_MORE)
    return made, parts


def save(measured: SizeMeasured | ProjectMeasured, folder: Path) -> None:
    """Write what was measured to <folder>/measured.json."""
    unfinished = folder / f"{MEASURED}.tmp"
    unfinished.write_text(json.dumps(asdict(measured), indent=1))
    unfinished.replace(folder / MEASURED)


def saved_size(size: Size, work: Path) -> SizeMeasured | None:
    """What an earlier benchmark measured of this size, if it came to its end."""
    found = _saved(size.folder(work))
    if found is None:
        return None
    days = [DayRun(**{**day, "run": Run(**day["run"])}) for day in found["day_runs"]]
    return SizeMeasured(**{**found, "size": size, "full": Run(**found["full"]), "day_runs": days})


def saved_project(work: Path) -> ProjectMeasured | None:
    """What an earlier benchmark measured of the project, if it came to its end."""
    found = _saved(work / "startup")
    return ProjectMeasured(**{**found, "startup": Run(**found["startup"])}) if found else None


def _saved(folder: Path) -> dict | None:
    try:
        return json.loads((folder / MEASURED).read_text())
    except (OSError, ValueError):
        return None


def _fresh(folder: Path) -> dict[str, str]:
    """Remove what an earlier run left beside the world; the settings of this one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("arrived", "target", "logs", "warehouse"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in (MEASURED, "floor.duckdb", "floor.duckdb.wal"):
        (folder / name).unlink(missing_ok=True)
    (folder / "warehouse").mkdir()
    return {
        "CAP_BRONZE_PATH": str(folder / "arrived"),
        "CAP_DUCKDB_PATH": str(folder / "warehouse/w.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_TARGET": "dev",
    }


def _deliver(part: Path, arrived: Path) -> None:
    """Put a part's files where `cap load` looks, as links."""
    for path in sorted(part.glob("*/*.parquet")):
        (arrived / path.parent.name).mkdir(parents=True, exist_ok=True)
        (arrived / path.parent.name / path.name).hardlink_to(path)


def _dbt_run(settings: dict[str, str], label: str, *arguments: str) -> Run:
    ran: Ran = run_dbt(settings, label, "run", *arguments)
    return Run(ran.seconds, ran.cpu_seconds, ran.peak_bytes, model_seconds(settings))
