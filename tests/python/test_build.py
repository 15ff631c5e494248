"""`cap build`: when it makes sample data, and what it says when dbt fails."""

import re
import sys
import types
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from test_load import pageviews, put, put_parquet

from cap.build import _ensure_world
from cap.cli import main


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An empty project folder whose generator writes one file and a manifest, or is killed in between."""
    monkeypatch.chdir(tmp_path)
    calls: list[str] = []

    @click.command()
    @click.option("--seed", default=42)
    def generate(seed: int) -> None:
        calls.append(f"seed {seed}")
        put(Path("data/bronze/web_pageviews/a.parquet"), "x")
        if len(calls) == 1 and Path("killed").exists():
            raise KeyboardInterrupt
        put(Path("data/truth/manifest.json"), "{}")

    module = types.ModuleType("cap.generate.command")
    module.generate = generate
    monkeypatch.setitem(sys.modules, "cap.generate.command", module)
    return calls


def ensure_world() -> None:
    _ensure_world(click.Context(click.Command("build")))


def test_sample_data_is_made_once(generated):
    ensure_world()
    ensure_world()
    assert generated == ["seed 42"]


def test_sample_data_that_was_not_finished_is_made_again(generated):
    put(Path("killed"), "")
    with pytest.raises(KeyboardInterrupt):
        ensure_world()
    put(Path("data/bronze/web_pageviews/left_over.parquet"), "x")
    ensure_world()
    ensure_world()
    assert len(generated) == 2
    assert not Path("data/bronze/web_pageviews/left_over.parquet").exists()


def test_a_world_that_cap_generate_left_without_its_manifest_is_made_again(generated):
    put(Path("data/bronze/web_pageviews/a.parquet"), "half")
    put(Path("data/truth/people.parquet"), "half")
    ensure_world()
    assert len(generated) == 1


def test_the_user_s_own_tables_in_the_default_folder_are_left_alone(generated):
    own = put(Path("data/bronze/web_pageviews/own.parquet"), "x")
    ensure_world()
    assert generated == []
    assert own.exists()


def test_a_failing_dbt_is_told_in_short_and_is_the_exit_code(bronze, database):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    settings = {
        "CAP_BRONZE_PATH": str(bronze),
        "CAP_DUCKDB_PATH": str(database),
        "DBT_TARGET_PATH": str(database.parent / "target"),
        "DBT_LOG_PATH": str(database.parent / "logs"),
    }
    arguments = (
        "build -- --select stg_digital_analytics__web_pageviews --exclude resource_type:unit_test --vars"
    )
    done = CliRunner().invoke(main, [*arguments.split(), "{latest_event_date: never}"], env=settings)
    assert done.exit_code == 1
    assert re.search(r"error: \w+ \w*web_pageviews\w* \(models/staging/", done.output)
    assert "never 00:00:00" in done.output
    assert f"dbt's own words are in {database.parent}/logs/dbt.log" in done.output
    assert "Traceback" not in done.output
    assert "Try next" not in done.output

    done = CliRunner().invoke(main, ["build", "--", "--bogus"], env=settings)
    assert done.exit_code == 1
    assert "No such option" in done.output


@pytest.mark.parametrize(
    ("arguments", "is_whole"),
    [
        ([], True),
        (["--", "--full-refresh"], True),
        (["--", "--select", "staging"], False),
        (["--", "--select=staging"], False),
        (["--", "-s", "staging", "--full-refresh"], False),
        (["--", "--exclude", "gold"], False),
    ],
)
def test_what_is_built_whole_is_analysed_without_unit_tests_and_a_part_as_it_is_asked_for(
    arguments: list[str], is_whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    monkeypatch.setenv("CAP_BRONZE_PATH", "/somewhere")
    monkeypatch.setattr("cap.build.run_load", lambda: types.SimpleNamespace(must_rebuild=False))
    given = tuple(arguments[1:])
    without = ("--exclude-resource-type", "unit_test") if is_whole else ()
    monkeypatch.setattr("cap.build._dbt_build", said.append)
    monkeypatch.setattr("cap.build._report_dbt", lambda _: 0)
    monkeypatch.setattr("cap.build.analyse", lambda: said.append("analysis"))
    monkeypatch.setattr("cap.build._print_warehouse", lambda _: said.append("warehouse"))
    done = CliRunner().invoke(main, ["build", *arguments])
    assert done.exit_code == 0, done.output
    assert said == [(*without, *given), *["analysis"] * is_whole, "warehouse"]
    # first of what to try next: a report that anybody can look at
    assert re.search(r"Try next:\n  (\S+ )?(\S+/)?cap report --open\n  (\S+ )?(\S+/)?mf query ", done.output)


def test_analyses_are_published_in_one_run_and_nothing_found_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from cap.build import ANALYSES, analyse

    refreshed: list[list[str]] = []
    monkeypatch.setattr("cap.build.refresh", lambda models: refreshed.append(list(models)))
    found = {"experiments": ("a", "b"), "attribution": ("c",)}
    assert set(found) == set(ANALYSES)
    for what, (module, function) in ANALYSES.items():
        monkeypatch.setattr(f"{module}.{function}", lambda _, what=what: found[what])
    analyse()
    assert refreshed == [["a", "b", "c"]]
    found |= {"experiments": (), "attribution": ()}
    analyse()
    assert len(refreshed) == 1
