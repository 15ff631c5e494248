"""`cap metrics`: names are found however they are written, and answers are those of the rows below."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result
from conftest import PROJECT, run_dbt

from cap.cli import main
from cap.metrics.catalogue import Catalogue
from cap.metrics.show import cell, percent, sparkline, table
from cap.metrics.words import condition

# twelve sessions: one a day, every third by e-mail and left at once
GOLD = """
create schema gold;
create table gold.dim_channel as
    select * from (values (1, 'Email'), (2, 'Search')) as channels (channel_key, channel_name);
create table gold.fact_web_sessions as
    select
        day as session_key, timestamp '2026-01-05 08:00:00' + interval (day) day as session_start_timestamp,
        if(day % 3 = 0, 1, 2) as channel_key, true as is_identified, day % 3 = 0 as is_bounce
    from range(12) as days (day);
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with nothing but a few sessions, and the manifests of the project."""
    folder = tmp_path_factory.mktemp("metrics")
    with duckdb.connect(folder / "small.duckdb") as connection:
        connection.execute(GOLD)
    run_dbt(folder / "small.duckdb", "parse")
    return folder


@pytest.fixture
def cap(folder: Path) -> Callable[..., Result]:
    settings = {
        "CAP_DUCKDB_PATH": str(folder / "small.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
    }
    return lambda *arguments: CliRunner().invoke(main, ["metrics", *arguments], env=settings)


def rows(done: Result) -> list[list[str]]:
    assert done.exit_code == 0, done.output
    return list(csv.reader(io.StringIO(done.stdout)))


@pytest.mark.parametrize("name", ["bounce_rate", "Bounce rate", "BOUNCE  RATE"])
def test_a_metric_is_found_by_name_and_label(cap: Callable[..., Result], name: str) -> None:
    header, values = rows(cap("query", name, "--format", "csv"))
    assert header == ["bounce_rate"]
    assert float(values[0]) == pytest.approx(4 / 12)


def test_a_name_of_the_contract_that_several_bear_says_which(cap: Callable[..., Result]) -> None:
    done = cap("query", "Conversion Rate")
    assert done.exit_code == 1
    assert "visitor_conversion_rate" in done.stderr
    assert "contact_conversion_rate_7_days" in done.stderr


def test_a_wrong_name_is_answered_with_the_nearest(cap: Callable[..., Result]) -> None:
    done = cap("query", "bounse_rate")
    assert done.exit_code == 1
    assert "bounce_rate" in done.stderr.splitlines()[1]


def test_a_name_that_the_data_cannot_answer_says_why(cap: Callable[..., Result]) -> None:
    done = cap("query", "App Downloads")
    assert done.exit_code == 1
    assert "Only the app stores count downloads" in done.stderr


def test_a_wrong_group_is_answered_with_the_nearest(cap: Callable[..., Result]) -> None:
    for wrong in ("chanel__channel_name", "channel_name"):
        done = cap("query", "sessions", "--group-by", wrong)
        assert done.exit_code == 1
        assert "\n  channel__channel_name" in done.stderr


def test_groups_order_limit_and_conditions(cap: Callable[..., Result]) -> None:
    by_channel = ("query", "sessions,bounce_rate", "--group-by", "channel__channel_name", "--format", "csv")
    assert rows(cap(*by_channel, "--order", "-Sessions"))[1:] == [
        ["Search", "8", "0.0"],
        ["Email", "4", "1.0"],
    ]
    assert rows(cap(*by_channel))[1:] == [["Email", "4", "1.0"], ["Search", "8", "0.0"]]
    assert len(rows(cap(*by_channel, "--limit", "1"))) == 2
    assert rows(cap(*by_channel, "--where", "channel__channel_name = 'Email'"))[1:] == [["Email", "4", "1.0"]]
    braces = "{{ Dimension('channel__channel_name') }} = 'Email'"
    assert rows(cap(*by_channel, "--where", braces))[1:] == [["Email", "4", "1.0"]]


def test_both_days_of_a_range_count(cap: Callable[..., Result]) -> None:
    done = cap("query", "sessions", "--from", "2026-01-06", "--to", "2026-01-08", "--format", "json")
    assert json.loads(done.stdout) == [{"sessions": 3}]


def test_a_total_comes_with_its_course(cap: Callable[..., Result]) -> None:
    done = cap("query", "sessions", "bounce_rate")
    lines = done.stdout.splitlines()
    assert lines[2].split() == ["sessions", "12", "▄" * 12, "1", "1"]
    assert lines[3].split() == ["bounce_rate", "0.3333", "█▁▁" * 4, "0", "1"]
    assert lines[-1] == "course: one mark per day, 2026-01-05 to 2026-01-16"


def test_series_have_a_line_each(cap: Callable[..., Result]) -> None:
    done = cap("query", "sessions", "-g", "metric_time__week,channel__channel_name")
    assert done.stdout.splitlines()[-2:] == [
        "sessions Email   █▁  1 … 3",
        "sessions Search  ▄▄  4 … 4",
    ]


def test_search_finds_by_any_word_and_the_name_first(cap: Callable[..., Result]) -> None:
    found = [row[0] for row in rows(cap("search", "bounce", "rate", "--format", "csv"))[1:]]
    assert found[0] == "bounce_rate"
    assert "customer_session_bounce_rate" in found
    assert cap("search", "zzzzqqqq").exit_code == 1


def test_list_by_category_and_the_contract(cap: Callable[..., Result]) -> None:
    listed = rows(cap("list", "--category", "traffic", "--format", "csv"))
    assert {row[4] for row in listed[1:]} == {"Traffic & Engagement"}
    assert "sessions" in {row[0] for row in listed}
    with (PROJECT / "contract/metrics.csv").open(newline="") as lines:
        wanted = [(row["domain"], row["category"], row["name"]) for row in csv.DictReader(lines)]
    told = rows(cap("list", "--contract", "--format", "csv"))[1:]
    assert [tuple(row[:3]) for row in told] == wanted
    assert len(wanted) == 382


def test_explain_goes_down_to_the_table(cap: Callable[..., Result]) -> None:
    told = cap("explain", "bounce_rate").stdout
    assert "bounce_rate = bounced_sessions / sessions" in told
    assert "gold.fact_web_sessions, by session_start_timestamp" in told
    assert "channel__channel_name" in told
    assert "from" in cap("explain", "bounce_rate", "--sql").stdout.lower()


def test_a_saved_query_is_asked_by_name_and_alone(cap: Callable[..., Result], folder: Path) -> None:
    names = [
        entry.name for entry in Catalogue(folder / "target/manifest.json").entries if not entry.is_metric
    ]
    assert cap("explain", names[0]).exit_code == 0
    done = cap("query", names[0], "sessions")
    assert done.exit_code == 1
    assert "must be asked alone" in done.stderr


def test_another_warehouses_manifest_is_refused(folder: Path, tmp_path: Path) -> None:
    duckdb.connect(tmp_path / "other.duckdb").close()
    settings = {"CAP_DUCKDB_PATH": str(tmp_path / "other.duckdb"), "DBT_TARGET_PATH": str(folder / "target")}
    done = CliRunner().invoke(main, ["metrics", "query", "sessions"], env=settings)
    assert done.exit_code == 1
    assert "dbt parse" in done.stderr


def test_no_name_of_two_metrics_is_told_apart_by_nothing(folder: Path) -> None:
    """Every name of the contract that is answered leads to an answer, or to a choice among those."""
    catalogue = Catalogue(folder / "target/manifest.json")
    for wanted in catalogue.contract_names:
        for entry in catalogue.answers(wanted):
            assert catalogue.find(entry.name) == entry


def test_shares_are_written_as_people_write_them() -> None:
    assert [percent(one) for one in (None, 0.116, -0.116, 12.0, -0.0004)] == [
        "–",
        "11.6\u00a0%",
        "−11.6\u00a0%",
        "1,200.0\u00a0%",
        "0.0\u00a0%",
    ]
    assert [percent(one, 0, signed=True) for one in (0.2, -0.2, 0.004, 10.0)] == [
        "+20\u00a0%",
        "−20\u00a0%",
        "0\u00a0%",
        "+1,000\u00a0%",
    ]


def test_sparklines_and_cells() -> None:
    assert sparkline([0, None, 7, 3.5]) == "▁ █▅"
    assert sparkline([None, None]) == "  "
    assert [cell(value) for value in (None, 1234, 1234.5, 0.03125, 12.0, True, float("nan"))] == [
        *("–", "1,234", "1,234.50", "0.0312", "12", "True", "nan")
    ]
    assert table(("a", "b"), [("x", 1), ("long", 20)], most=1).splitlines()[-1] == "… and 1 more rows"


def test_quoted_text_in_a_condition_is_left_alone() -> None:
    assert condition("page__path = 'a__b''c__d' and metric_time__week >= '2026-01-05'") == (
        "{{ Dimension('page__path') }} = 'a__b''c__d' "
        "and {{ TimeDimension('metric_time', 'week') }} >= '2026-01-05'"
    )


def test_help_shows_each_example_on_a_line_of_its_own() -> None:
    text = CliRunner().invoke(main, ["metrics", "--help"]).output
    assert "\n  cap metrics explain customer_churn_rate " in text
