"""`cap bench`: what it computes and writes, how it splits a world, what it says when something fails."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner
from conftest import PROJECT

from cap.bench import chart, figures, page, worker
from cap.bench.measure import (
    DayRun,
    ProjectMeasured,
    Run,
    Size,
    SizeMeasured,
    save,
    saved_project,
    saved_size,
)
from cap.bench.process import Ran, run_cap, run_dbt, run_process, run_worker
from cap.cli import main
from cap.errors import CapError
from cap.identity import bench as identity_bench
from cap.identity.metrics import score

CUSTOMERS, DAYS, DAYS_MORE = 30, 6, 2
GIB = 2**30
PROJECT_MEASURED = ProjectMeasured(
    Run(10.0, 9.0, GIB // 2, {"silver_a": 0.5, "fact_a": 0.25}), [10.0, 9.5, 11.0], 8.0, 4.0
)


def measured(full: float = 110.0, day: float = 12.0, peak: int = GIB) -> SizeMeasured:
    """A size whose floor is 25 s."""
    day_run = Run(day, 13.0, GIB, {"silver_a": 2.0, "fact_a": 0.25})
    return SizeMeasured(
        size=Size("large", CUSTOMERS, DAYS),
        bronze_rows=1_100_000,
        bronze_bytes=5_000_000,
        bronze_files=27,
        generated_rows_per_second=50_000.0,
        load_seconds=1.0,
        full=Run(full, 209.0, peak, {"silver_a": 60.0, "fact_a": 40.0, "stg_a": 0.1}),
        table_rows={"silver_a": 120_000, "fact_a": 80_000},
        floor_read_seconds=20.0,
        floor_write_seconds=5.0,
        gold_bytes=7_000_000,
        day_runs=[DayRun("2026-01-07", 5000, 0.5, day_run), DayRun("2026-01-08", 6000, 0.5, day_run)],
        metrics={"queries": 40, "seconds": 2.0, "slowest": "sessions", "slowest_seconds": 0.5},
    )


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world in `world`, and split in `parts`."""
    folder = tmp_path_factory.mktemp("bench")
    worker.world(CUSTOMERS, DAYS + DAYS_MORE, str(folder / "world"))
    worker.split(str(folder / "world"), str(folder / "parts"), "2026-01-07", DAYS_MORE)
    return folder / "parts"


def test_the_shares_are_beyond_start_up_and_the_ratio_is_not():
    one = measured(full=110.0, day=12.0)
    assert figures.day_share(one, PROJECT_MEASURED) == pytest.approx(0.02)
    assert figures.day_share_of_cpu(one, PROJECT_MEASURED) == pytest.approx(0.02)
    assert figures.full_to_floor(one) == pytest.approx(4.4)
    assert figures.day_share(measured(full=9.0), PROJECT_MEASURED) is None


def test_models_of_a_day_are_ordered_by_what_they_cost_beyond_start_up():
    [dearest, idle] = figures.day_costs(measured(), PROJECT_MEASURED)
    assert (dearest.name, dearest.beyond_startup) == ("silver_a", 1.5)
    assert (idle.name, idle.beyond_startup) == ("fact_a", 0.0)


def test_an_aim_is_met_or_missed_by_the_largest_size():
    said = page.verdicts([measured(), measured(full=100.0, day=12.7, peak=12 * GIB)], PROJECT_MEASURED)
    assert said == [
        "one more day, share of a full build: 3.0% (aim ≤ 3%): met",
        "full build ÷ floor: 4.0 (aim ≤ 4): met",
        "peak memory: 12 GiB (aim < 12 GiB): missed",
    ]


def test_a_build_no_longer_than_start_up_is_too_small_to_tell():
    assert page.verdicts([measured(full=9.0)], PROJECT_MEASURED)[0].endswith(
        "– (aim ≤ 3%): too small to tell"
    )


def test_the_page_has_a_row_per_model_with_its_rows_and_says_what_is_a_view():
    text = page.render([measured()], PROJECT_MEASURED, "a machine", "b.svg")
    assert "| `silver_a` | 60.00 | 60% | 120,000 | 2,000 |" in text
    assert "| `stg_a` | 0.10 | 0% | view |  |" in text
    assert "| `silver_a` | 1.50 | 0.50 |" in text
    widths = {line.count("|") for line in text.split("\n\n")[1].splitlines()}
    assert widths == {4}


def test_only_what_is_between_the_markers_is_written_again(tmp_path):
    out = tmp_path / "b.md"
    page.write(out, "first")
    out.write_text(out.read_text().replace("# Benchmarks", "# By hand") + "below\n")
    page.write(out, "second")
    begin = "<!-- cap bench: begin (what is between is written by the command) -->"
    assert out.read_text() == f"# By hand\n\n{begin}\n\nsecond\n<!-- cap bench: end -->\nbelow\n"
    out.write_text("no markers")
    with pytest.raises(CapError, match="has not the lines"):
        page.write(out, "third")
    assert out.read_text() == "no markers"


def test_the_project_s_page_has_the_markers():
    for name, command in (("benchmarks", "cap bench"), ("identity", "cap identity bench")):
        text = (PROJECT / f"docs/{name}.md").read_text()
        assert text.count(f"<!-- {command}: begin (what is between") == 1
        assert text.count(f"<!-- {command}: end -->") == 1


def test_the_chart_has_a_bar_per_model_and_none_below_zero():
    root = ElementTree.fromstring(chart.render(measured(), PROJECT_MEASURED))
    named = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert named.count("silver_a") == 2
    bars = [float(bar.attrib["width"]) for bar in root.iter("{http://www.w3.org/2000/svg}rect")]
    assert len(bars) == 5
    assert min(bars) == 0


def test_history_and_days_are_the_world_by_ingestion(parts):
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    split = json.loads((parts / worker.SPLIT).read_text())["rows"]
    assert list(split) == ["history", "2026-01-07", "2026-01-08"]
    assert all(split.values())
    for part, condition in {
        "history": "coalesce(ingestion_timestamp < '2026-01-07', true)",
        "2026-01-07": "cast(ingestion_timestamp as date) = '2026-01-07'",
        "2026-01-08": "cast(ingestion_timestamp as date) = '2026-01-08'",
    }.items():
        count = 0
        for table in (parts.parent / "world/bronze").iterdir():
            wanted = f"from read_parquet('{table}/*.parquet') where {condition}"
            if not list((parts / part / table.name).glob("*.parquet")):
                assert not connection.execute(wanted).fetchall()
                continue
            delivered = f"from read_parquet('{parts}/{part}/{table.name}/*.parquet')"
            assert not connection.execute(f"({wanted}) except all ({delivered})").fetchall()
            assert not connection.execute(f"({delivered}) except all ({wanted})").fetchall()
            count += connection.execute(f"select count(*) {delivered}").fetchall()[0][0]
        assert count == split[part]


def test_the_empty_tables_have_their_columns_and_no_rows(parts):
    for table in (parts.parent / "world/bronze").iterdir():
        one, other = (
            duckdb.sql(f"from read_parquet('{folder}/*.parquet')")
            for folder in (table, parts / "empty" / table.name)
        )
        assert (other.columns, other.types) == (one.columns, one.types)
        assert not other.fetchall()


def test_a_world_and_its_parts_are_made_once_and_again_where_they_were_torn(parts):
    world = parts.parent / "world"
    file = next((parts / "history").glob("*/*.parquet"))
    before = file.stat().st_ino
    again = (str(world), str(parts), "2026-01-07", DAYS_MORE)
    made = worker.world(CUSTOMERS, DAYS + DAYS_MORE, str(world))
    worker.split(*again)
    assert file.stat().st_ino == before
    (world / worker.MADE).unlink()
    (parts / worker.SPLIT).unlink()
    file.unlink()
    assert worker.world(CUSTOMERS, DAYS + DAYS_MORE, str(world))["rows"] == made["rows"]
    worker.split(*again)
    assert file.exists()


def test_the_floor_reads_bronze_and_writes_gold(parts, tmp_path):
    with duckdb.connect(tmp_path / "w.duckdb") as connection:
        connection.execute("create schema gold; create table gold.fact_a as from range(100000)")
        connection.execute("create schema bronze; create table bronze.load_report as select 1 as x")
        connection.execute("create view gold.a_view as from gold.fact_a")
    warehouse = str(tmp_path / "w.duckdb")
    took = worker.floor(str(parts / "history"), warehouse, str(tmp_path / "floor.duckdb"))
    assert took["read_seconds"] > 0
    assert took["gold_bytes"] > 0
    assert not list(tmp_path.glob("floor*"))
    assert worker.rows(warehouse) == {"fact_a": 100_000}


def test_a_process_is_measured_with_its_peak_memory():
    said: list[str] = []
    code, ran = run_process(
        [sys.executable, "-c", "x = bytearray(b'1' * 300_000_000); print('done'); raise SystemExit(3)"],
        {},
        said.append,
    )
    assert (code, said) == (3, ["done"])
    assert 300_000_000 < ran.peak_bytes < 2 * GIB


def test_what_fails_is_told_in_a_line(tmp_path):
    with pytest.raises(CapError, match="w.duckdb is missing: run `make build` first"):
        run_worker("metrics", warehouse=tmp_path / "w.duckdb", semantic_manifest=tmp_path, sample=1)
    with pytest.raises(CapError, match="«rows» failed: "):
        run_worker("rows", warehouse=tmp_path / "none.duckdb")
    with pytest.raises(CapError, match="`cap load` failed with exit code 1: .*nowhere"):
        run_cap({"CAP_BRONZE_PATH": str(tmp_path / "nowhere")}, "load")
    settings = {"DBT_TARGET_PATH": str(tmp_path / "target"), "DBT_LOG_PATH": str(tmp_path / "logs")}
    with pytest.raises(CapError, match="`dbt run --bogus` failed with exit code 2: .*No such option"):
        run_dbt(settings, "run", "run", "--bogus")


def test_a_benchmark_that_was_told_to_end_ends_its_child(tmp_path):
    code = (
        "import sys, cap.bench.command as command, cap.bench.process as process\n"
        "with command._sigterm_is_an_exit():\n"
        "    process.run_process([sys.executable, '-c', "
        "'import os, time; print(os.getpid(), flush=True); time.sleep(600)'], {}, "
        "lambda line: print(line, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.terminate()
        assert process.wait(timeout=20) == 143
    assert not Path(f"/proc/{child}").exists()


def test_what_was_measured_is_taken_up_again(tmp_path):
    one = measured()
    (tmp_path / "startup").mkdir()
    one.size.folder(tmp_path).mkdir()
    save(PROJECT_MEASURED, tmp_path / "startup")
    save(one, one.size.folder(tmp_path))
    assert saved_project(tmp_path) == PROJECT_MEASURED
    assert saved_size(one.size, tmp_path) == one

    size = f"--customers {CUSTOMERS} --days {DAYS} --keep {tmp_path} --out {tmp_path}/b.md"
    done = CliRunner().invoke(main, ["bench", "--resume", *size.split()])
    assert done.exit_code == 0, done.output
    assert "full build ÷ floor: 4.4 (aim ≤ 4): missed" in done.output
    assert "![Seconds by model" in (tmp_path / "b.md").read_text()
    ElementTree.parse(tmp_path / "b.svg")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--sizes huge", "give some of small, medium, large"),
        ("--customers 10 --customers 20 --days 3", "one each per size"),
    ],
)
def test_sizes_that_are_none_are_an_error(arguments, reason):
    done = CliRunner().invoke(main, ["bench", *arguments.split()])
    assert done.exit_code == 1
    assert reason in done.output


def test_identity_s_figures_have_a_column_a_side_and_the_share_leaves_dbt_s_start_out():
    scores = score(np.array([1, 1, 2, 3]), np.array([7, 7, 8, 8]))
    ours = identity_bench.Ours(
        records=4,
        full=Ran(110.0, 150.0, 2 * GIB),
        changed=Ran(15.0, 12.0, GIB),
        changed_records=1,
        start_seconds=10.0,
        matching_seconds=60.0,
        in_review=0.25,
        scores=scores,
    )
    theirs = identity_bench.Theirs(40.0, 80.0, 3 * GIB, scores)
    lines = identity_bench.render([(ours, theirs), (ours, None)], "a machine").splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert {line.count("|") for line in table} == {6}
    assert "| pair recall, automatic | 0.5000 | 0.5000 | 0.5000 | not run |" in table
    assert "| … share of the full run, beyond dbt's start | 5.0% |  | 5.0% |  |" in table
