"""`cap report`: its numbers are the warehouse's, and a browser shows it to everybody."""

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import altair as alt
import duckdb
import pytest
import vl_convert
from click.testing import CliRunner, Result
from conftest import Warehouse
from playwright.sync_api import Browser, Page, sync_playwright
from scipy.stats import ttest_ind
from statsmodels.stats.proportion import proportion_confint

from cap.attribution import CAUSALITY
from cap.cli import main
from cap.errors import CapError
from cap.metrics import command as metrics_command
from cap.metrics.engine import Metrics
from cap.metrics.show import as_csv
from cap.report import charts, theme
from cap.report.build import build, write
from cap.report.model import MEDIUM, NARROW, WIDE, Asked, Chart, Figure, Period, Report, Tile
from cap.report.reader import Reader
from cap.report.sections import (
    actions,
    attribution,
    experiments,
    journeys,
    lifecycle,
    overview,
    quality,
    retention,
)
from cap.report.sections.value import section as value_section
from cap.report.words import at_least, said, signed

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SMALLEST_TEXT = 11  # pixels
HOSTILE = '<img src=x onerror=alert(1)> O\'Brien & \\ "Sons"'


@dataclass(frozen=True)
class Made:
    """A report: what it says, and the file."""

    report: Report
    path: Path

    @property
    def html(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def figures(self) -> dict[str, Figure]:
        return {figure.key: figure for section in self.report.sections for figure in section.figures}

    @property
    def charts(self) -> list[Chart]:
        tiles = [tile.chart for section in self.report.sections for tile in section.tiles if tile.chart]
        return tiles + [chart for figure in self.figures.values() for chart in figure.charts]

    @property
    def queries(self) -> list[Asked]:
        asked = [one for section in self.report.sections for one in section.asked]
        return asked + [one for figure in self.figures.values() for one in figure.asked]


def make(
    database: Path, manifest: Path, path: Path, progress: Callable[[str], None] = lambda _: None
) -> Made:
    reader = Reader(database, manifest)
    try:
        return Made(write(reader, path, progress), path)
    finally:
        reader.close()


@pytest.fixture(scope="module")
def made(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Made:
    path = tmp_path_factory.mktemp("report") / "made" / "report.html"
    told: list[str] = []
    made = make(warehouse.database, warehouse.semantic_manifest, path, told.append)
    # asked once, drawn once
    assert told == [section.title for section in made.report.sections] * 2
    return made


@pytest.fixture(scope="module")
def changed(
    warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, list[str]], Path]:
    """A copy of the warehouse in which something was changed."""

    def of(name: str, statements: list[str]) -> Path:
        database = tmp_path_factory.mktemp(name) / warehouse.database.name
        shutil.copy(warehouse.database, database)
        with duckdb.connect(database) as connection:
            for statement in statements:
                connection.execute(statement)
        return database

    return of


@pytest.fixture(scope="module")
def hostile(warehouse: Warehouse, changed: Callable[[str, list[str]], Path]) -> Made:
    """Names that would break a page, and results of experiments as Python lands them."""
    quoted = HOSTILE.replace("'", "''")
    result = """
        insert into gold.fact_experiment_results by name
        select
            row_number() over () as experiment_result_key, 20260301 as analysis_date_key, experiment_key,
            variant_key, 'conversion' as metric_name, 'all' as segment_name, 'all' as segment_value,
            'Conversion' as metric_label, 'proportion' as metric_kind, 'goal' as metric_role,
            'up' as better_direction, 0.95 as confidence_level, 100 as control_units, 100 as treatment_units,
            'better' as finding, 'ship' as verdict, 'Because we say so.' as verdict_reason,
            0.2 as lift, 0.1 as lift_lower, 0.3 as lift_upper, 0.01 as adjusted_p_value,
            (select max(date_day) from gold.dim_date) as analysis_date
        from gold.dim_variant inner join gold.dim_experiment using (experiment_key) where not is_control
    """
    broken = (
        "update gold.fact_experiment_results set finding = 'withheld', verdict = 'broken', "
        "verdict_reason = 'The split is broken.' where experiment_key = "
        "(select experiment_key from gold.dim_experiment where experiment_id = 'EXP-006')"
    )
    stopped = (
        "update gold.fact_experiment_results set finding = 'no_difference', verdict = 'stop' where "
        "experiment_key = (select experiment_key from gold.dim_experiment where experiment_id = 'EXP-002')"
    )
    database = changed(
        "hostile",
        [
            f"update gold.dim_channel set channel_name = '{quoted}' where channel_name = 'Email'",
            f"update gold.dim_experiment set experiment_name = '{quoted}' where experiment_id = 'EXP-001'",
            "delete from gold.fact_experiment_results",
            result,
            stopped,
            broken,
        ],
    )
    return make(database, warehouse.semantic_manifest, database.with_name("report.html"))


@pytest.fixture(scope="module")
def nothing(warehouse: Warehouse, changed: Callable[[str, list[str]], Path]) -> Made:
    """The report where only customer_master was delivered, and no row of it was good."""
    facts = warehouse.query(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where schema_name = 'gold' and starts_with(table_name, 'fact_')"
    )
    database = changed(
        "nothing",
        [
            *(f"delete from {name}" for (name,) in facts),
            "create or replace table quality.quality_load_summary as select * replace ("
            "table_name <> 'customer_master' as is_absent, 0 as bronze_rows, 0 as accepted_rows, "
            "0 as duplicate_rows, 0 as rejected_rows, null::timestamp as first_event_timestamp, "
            "null::timestamp as last_event_timestamp) from quality.quality_load_summary",
        ],
    )
    return make(database, warehouse.semantic_manifest, database.with_name("report.html"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


def shown(browser: Browser, made: Made, width: int = 1280, scheme: str = "light") -> Page:
    """The report in a window; what it says to the console or asks of the network fails the test."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    url = made.path.as_uri()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda asked: page.complaints.append(asked.url) if asked.url != url else None)
    page.goto(url)
    return page


def value(made: Made, metric: str) -> float | None:
    (tile,) = [tile for section in made.report.sections for tile in section.tiles if tile.name == metric]
    return tile.number


def between(column: str, period: Period) -> str:
    return f"{column} >= date '{period.start}' and {column} < date '{period.end + timedelta(days=1)}'"


def rounded(text: str) -> str:
    """Its fractions to twelve digits: the last ones of a variance depend on the order of its rows."""
    return re.sub(r"-?\d+\.\d{12,}", lambda one: f"{float(one[0]):.12g}", text)


# the numbers


def test_tiles_are_what_gold_says(warehouse: Warehouse, made: Made) -> None:
    period = made.report.period
    converted, visited, complained, answered = (
        between(f"{name}_timestamp", period)
        for name in ("conversion", "session_start", "complaint", "response")
    )
    purchases = f"from gold.fact_conversions where conversion_type = 'purchase' and {converted}"
    at_end = (
        f"from gold.fact_customer_daily_snapshot where snapshot_date = date '{period.end}' and is_in_base"
    )
    expected = {
        "revenue": f"select sum(conversion_value) {purchases}",
        "purchases": f"select count(*) {purchases}",
        "average_order_value": f"select avg(conversion_value) {purchases}",
        "users": f"select count(distinct visitor_key) from gold.fact_web_sessions where {visited}",
        "visitor_conversion_rate": "select count(distinct visitor_key) / "
        f"(select count(distinct visitor_key) from gold.fact_web_sessions where {visited}) "
        f"from gold.fact_conversions where {converted}",
        "total_customers": f"select count(*) {at_end}",
        "active_customers": f"select count(*) {at_end} and active_customer_flag",
        "complaints": f"select count(*) from gold.fact_complaints where {complained}",
        "net_promoter_score": "select avg(case when score >= 9 then 100 when score < 7 then -100 else 0 end) "
        f"from gold.fact_customer_responses where question = 'nps' and {answered}",
    }
    for metric, sql in expected.items():
        [(number,)] = warehouse.query(sql)
        assert value(made, metric) == pytest.approx(float(number), rel=1e-9), metric
    assert value(made, "revenue") > 0


def test_a_change_is_against_the_weeks_before(warehouse: Warehouse, made: Made) -> None:
    period = made.report.period
    assert (period.start.weekday(), period.end.weekday()) == (0, 6)
    assert period.end <= period.as_of < period.end + timedelta(days=7)
    assert (period.end - period.start).days == (period.before_end - period.before_start).days == 27
    [(now, before)] = warehouse.query(
        f"select count(*) filter ({between('complaint_timestamp', period)}), "
        f"count(*) filter (complaint_timestamp >= date '{period.before_start}' "
        f"and complaint_timestamp < date '{period.start}') from gold.fact_complaints"
    )
    (tile,) = [tile for tile in made.report.sections[0].tiles if tile.name == "complaints"]
    change, _, judged = tile.change.partition(", ")
    assert change == signed(said(now / before - 1, "share"))
    assert tile.before == f"from {before}"
    by_week = dict(
        warehouse.query(
            "select date_trunc('week', complaint_timestamp)::date, count(*) "
            "from gold.fact_complaints group by all"
        )
    )
    weeks = [by_week.get(period.before_start + timedelta(weeks=week), 0) for week in range(8)]
    if ttest_ind(weeks[4:], weeks[:4], equal_var=False).pvalue < 0.05:
        assert (judged, tile.tone) == (("better", "good") if now < before else ("worse", "bad"))
    else:
        assert (judged, tile.tone) == ("", "plain")


def test_better_and_worse_are_said_of_more_than_the_usual_up_and_down() -> None:
    fewer = overview.Key("complaints", "Complaints", "count", "customer_complaints", "less")
    say = lambda one, other, is_sure: overview._change(fewer, one, other, is_sure)  # noqa: E731
    assert say(20, 30, True) == ("−33.3\u00a0%, better", "good")
    assert say(30, 20, True) == ("+50.0\u00a0%, worse", "bad")
    assert say(20, 30, False) == ("−33.3\u00a0%", "plain")
    assert say(20, 20, True) == ("0.0\u00a0%", "plain")
    assert say(20, 0, True) == say(None, 20, True) == ("", "plain")

    sure = overview.is_more_than_chance
    for now, before in (([12, 14, 11, 13], [9, 10, 11, 9]), ([12, 14, 11, 13], [10, 15, 11, 9])):
        assert sure(now, before) == (ttest_ind(now, before, equal_var=False).pvalue < 0.05)
        assert sure([None, *now], before) == sure(now, before)
    assert sure([12, 14, 11, 13], [9, 10, 11, 9])
    assert not sure([12, 14, 11, 13], [10, 15, 11, 9])
    # weeks of one side scatter, those of the other hardly: Welch asks for more than a common variance does
    steady, wild = [10, 10.1, 9.9, 10], [7.6, 9.6, 8.0, 9.2]
    assert ttest_ind(steady, wild).pvalue < 0.05 < ttest_ind(steady, wild, equal_var=False).pvalue
    assert not sure(steady, wild)
    # weeks that are all alike; one week tells nothing of how weeks differ
    assert sure([5, 5], [4, 4])
    assert not sure([5, 5], [5, 5])
    assert not sure([50], [4, 4, 5, 4])


def test_what_began_amid_the_weeks_before_has_not_grown_since() -> None:
    period = Period(date(2026, 4, 26), 4, 26, date(2026, 1, 1))
    weeks = [period.course_start + timedelta(weeks=week) for week in range(16)]

    def tile(first: date, settles: int = 0) -> Tile:
        users = overview.Key("app_users", "App users", "count", "mobile_app_events", settles=settles)
        counts = [0 if day < first else 25 if day < period.start else 100 for day in weeks]
        rows = [(datetime.combine(day, time()), count) for day, count in zip(weeks, counts, strict=True)]
        course = Asked("command", "", ("metric_time__week", "app_users"), rows)
        now, before = (Asked("command", "", ("app_users",), [(count,)]) for count in (400, 100))
        reader = SimpleNamespace(period=period, first_days={"mobile_app_events": first})
        return overview._by_week(reader, users, now, before, course)

    late = tile(period.before_start + timedelta(days=1))
    assert (late.change, late.before) == ("", "nothing to compare with")
    whole = tile(period.before_start)
    assert (whole.change, whole.before, whole.tone) == ("+300.0\u00a0%, better", "from 100", "good")
    # the line begins with the data, not with weeks of nothing
    assert "7 weeks" in late.chart.alt
    assert "16 weeks" in tile(period.course_start).chart.alt
    # who was active within so many days is known after as many
    assert tile(period.before_start, settles=1).before == "nothing to compare with"
    assert tile(period.before_start - timedelta(days=14), settles=14).before == "from 100"


def test_figures_are_what_gold_says(warehouse: Warehouse, made: Made) -> None:
    period = made.report.period
    funnel = warehouse.query(
        "select step_number, count(distinct visitor_key) from gold.fact_funnel_steps "
        f"where funnel_name = 'purchase' and is_reached and entered_at >= date '{period.course_start}' "
        f"and entered_at < date '{period.end + timedelta(days=1)}' group by all order by all"
    )
    told = made.figures["web_funnel"].asked[0].records()
    steps = sorted(
        (int(row["funnel_step__step_number"]), row["funnel_step_visitors"])
        for row in told
        if row["funnel_step__funnel_name"] == "purchase"
    )
    assert steps == funnel
    for asked, at_end in zip(made.figures["stages"].asked, (period.end, period.before_end), strict=True):
        stages = warehouse.query(
            "select stage_name, customers from gold.fact_lifecycle_stage_days "
            "inner join gold.dim_lifecycle_stage on stage_key = lifecycle_stage_key "
            f"where snapshot_date = date '{at_end}' order by all"
        )
        rows = asked.records()
        assert sorted((row["lifecycle__stage_name"], row["lifecycle_customers"]) for row in rows) == stages
    markov = dict(
        warehouse.query(
            "select channel_name, sum(attributed_revenue) from gold.fact_attribution "
            "inner join gold.dim_channel using (channel_key) where attribution_model = 'markov' "
            f"and conversion_type = 'purchase' and conversion_timestamp >= date '{period.course_start}' "
            f"and conversion_timestamp < date '{period.end + timedelta(days=1)}' group by all"
        )
    )
    rows = made.figures["attribution"].asked[0].records()
    credited = {r["channel__channel_name"]: float(r["markov_revenue"]) for r in rows if r["markov_revenue"]}
    assert credited == pytest.approx({name: float(money) for name, money in markov.items() if money})
    refused = warehouse.query("select count(*) from quality.quality_rejected_rows")[0][0]
    rejected = made.figures["rejected"].asked
    assert sum(row["rejected_rows"] for row in rejected[0].records()) == refused
    assert sum(row["rejected_rows"] for row in rejected[1].records()) == refused


def test_retention_counts_who_came_again(warehouse: Warehouse, made: Made) -> None:
    """From sessions themselves: of the visitors of a first week those with a session n weeks later."""
    counted = warehouse.query(
        "with weeks as (select distinct visitor_key, "
        "date_trunc('week', session_start_timestamp)::date as week "
        "from gold.fact_web_sessions where is_identified), "
        "firsts as (select visitor_key, min(week) as cohort from weeks group by all) "
        "select cohort, (week - cohort) // 7 as since, count(*) from weeks "
        "inner join firsts using (visitor_key) where week > cohort group by all"
    )
    expected = {(cohort, since): count for cohort, since, count in counted}
    rows = [
        row
        for row in made.figures["retention"].asked[0].records()
        if row["cohort_visitors_retained"] is not None
    ]
    found = {
        (row["metric_time__week"].date(), row["retention_cohort__periods_since"]): row[
            "cohort_visitors_retained"
        ]
        for row in rows
    }
    assert len(found) > 20
    assert found == {key: expected.get(key, 0) for key in found}


def test_cohorts_of_the_first_weeks_are_drawn_apart_and_not_averaged(
    warehouse: Warehouse, made: Made
) -> None:
    """To the warehouse everybody is new in its first weeks, and regulars come back."""
    period = made.report.period
    steady = period.first_monday + timedelta(weeks=4)
    cells = warehouse.query(
        "select cohort_start_date, periods_since, cohort_visitors, retained_visitors "
        "from gold.fact_retention_cohorts where period_kind = 'week' and periods_since > 0 "
        f"and cohort_start_date >= date '{period.course_start}' "
        f"and cohort_start_date + 7 * periods_since + 6 <= date '{period.end}' order by all"
    )
    rows = made.figures["retention"].charts[0].draw(WIDE)["datasets"]["rows"]
    drawn = {(row["cohort"], row["since"]): (row["value"], row["colour"]) for row in rows}
    expected = {
        (f"{day:%-d %b} · {followed}", since): (kept / followed, "edge" if day < steady else "main")
        for day, since, followed, kept in cells
    }
    sums = {}
    for day, since, followed, kept in cells:
        if day >= steady:
            both = sums.get(since, (0, 0))
            sums[since] = (both[0] + followed, both[1] + kept)
    label = f"Since {steady:%-d %b} · {sums[1][0]}"
    expected |= {(label, since): (kept / many, "main") for since, (many, kept) in sums.items() if many >= 30}
    assert drawn == expected
    assert {colour for _, colour in drawn.values()} == {"edge", "main"}
    assert (
        f"Of {sums[1][0]} new visitors {said(sums[1][1] / sums[1][0], 'share')}"
        in made.figures["retention"].message
    )


def test_what_is_measured_at_the_end_of_a_month_is_told_in_any_week(warehouse: Warehouse) -> None:
    """Four weeks from Monday the second hold no end of a month, and yet customers are worth something."""
    as_of = date(2026, 1, 25)
    reader = Reader(warehouse.database, warehouse.semantic_manifest, as_of)
    figures = {figure.key: figure for figure in value_section(reader).figures}
    months = overview.section(reader).tiles
    reader.close()
    assert reader.period.start > date(2025, 12, 31)
    expected = warehouse.query(
        "select segment_name, count(*) from gold.fact_segment_assignments where is_main_scheme "
        "and as_of_date = date '2025-12-31' group by all order by all"
    )
    rows = figures["segments"].asked[0].records()
    assert expected
    assert sorted((r["segment_assignment__segment_name"], r["segmented_customers"]) for r in rows) == expected
    assert "at the end of December 2025" in " ".join(figures["segments"].notes)
    (lost,) = [tile for tile in months if tile.name == "customer_churn_rate"]
    # of a month before the data nobody knows who was lost
    assert (lost.label, lost.value) == ("Customers lost", "–")


def test_experiments_agree_with_the_summary_in_silver(
    warehouse: Warehouse, changed: Callable[[str, list[str]], Path], made: Made
) -> None:
    """As analysed, and in a warehouse where nothing was analysed."""
    columns = ("experiment_id", "variant_name", "units", "lift", "lift_lower")
    rows = made.figures["experiments"].asked[0].records()
    analysed = {
        (row["experiment_id"], row["variant_name"]): row for row in rows if row["metric_role"] == "goal"
    }
    reader = Reader(
        changed("unanalysed", ["delete from gold.fact_experiment_results"]), warehouse.semantic_manifest
    )
    figure = experiments.section(reader).figures[0]
    reader.close()
    told = [tuple(row[column] for column in columns) for row in figure.asked[0].records()]
    summary = warehouse.query(
        "select experiment_id, variant_name, unique_users, lift, lift_lower "
        "from silver.silver_ab_test_summary inner join gold.dim_variant using (variant_key, experiment_key) "
        "inner join gold.dim_experiment using (experiment_key) where verdict <> 'control' "
        "qualify row_number() over (partition by variant_key order by summary_date desc) = 1 "
        "order by experiment_id, variant_name"
    )
    assert len(told) > 4
    assert told == summary
    assert {(one, variant) for one, variant, *_ in summary} == set(analysed)
    for one, variant, units, lift, lower in summary:
        row = analysed[one, variant]
        assert row["treatment_units"] == units
        assert row["lift"] == pytest.approx(lift, abs=1e-8)
        assert row["lift_lower"] == pytest.approx(lower, abs=1e-8)


def test_every_query_shown_gives_the_rows_shown(
    warehouse: Warehouse, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands through the command line, SQL through DuckDB."""
    monkeypatch.setenv("CAP_DUCKDB_PATH", str(warehouse.database))
    monkeypatch.setenv("DBT_TARGET_PATH", str(warehouse.folder / "target"))
    opened = Metrics(warehouse.database, warehouse.semantic_manifest)
    monkeypatch.setattr(opened, "close", lambda: None)
    catalogue = metrics_command._catalogue()
    monkeypatch.setattr(metrics_command, "_open", lambda: opened)
    monkeypatch.setattr(metrics_command, "_catalogue", lambda: catalogue)
    for asked in made.queries:
        if asked.kind == "sql":
            assert rounded(str(warehouse.query(asked.text))) == rounded(str(asked.rows)), asked.text
            continue
        program, *arguments = shlex.split(asked.text)
        done = CliRunner().invoke(main, arguments)
        assert (program, done.exit_code) == ("cap", 0), done.output
        told = as_csv(asked.columns, asked.rows).splitlines()
        assert done.stdout.splitlines()[0] == told[0]
        # equal rows of an order that says nothing of ties may stand either way
        assert sorted(done.stdout.splitlines()) == sorted(told), asked.text
    assert {asked.kind for asked in made.queries} == {"sql", "command"}


def test_the_page_has_the_numbers_unrounded(made: Made) -> None:
    shown_values = [float(one) for one in re.findall(r'<data value="([^"]+)">', made.html)]
    expected = [tile.number for section in made.report.sections for tile in section.tiles]
    numbers = set(shown_values)
    for asked in made.queries:
        for row in asked.rows[:100]:
            expected += [
                float(cell)
                for cell in row
                if cell is not None and not isinstance(cell, str | bool | date | datetime)
            ]
    assert len(shown_values) > 300
    assert {one for one in expected if one is not None} <= numbers


def test_an_earlier_day_tells_what_was_then(warehouse: Warehouse, made: Made) -> None:
    as_of = made.report.period.as_of - timedelta(days=21)
    reader = Reader(warehouse.database, warehouse.semantic_manifest, as_of)
    earlier = Made(build(reader), Path())
    reader.close()
    period = earlier.report.period
    assert period.end < made.report.period.start + timedelta(days=14)
    [(revenue,)] = warehouse.query(
        "select sum(conversion_value) from gold.fact_conversions where conversion_type = 'purchase' "
        f"and {between('conversion_timestamp', period)}"
    )
    assert value(earlier, "revenue") == pytest.approx(float(revenue))
    assert max(row["summary_date"] for row in earlier.figures["experiments"].asked[0].records()) <= as_of
    weeks = [row["metric_time__week"].date() for row in earlier.figures["revenue"].asked[0].records()]
    assert max(weeks) == period.end - timedelta(days=6)
    # of retention only weeks that were over then, though gold knows more by now
    cells = earlier.figures["retention"].charts[0].draw(WIDE)["datasets"]["rows"]
    first = [cell["since"] for cell in cells if cell["cohort"] == cells[0]["cohort"]]
    assert first == list(range(1, (period.end - period.course_start).days // 7 + 1))


def test_causality_stands_where_credit_is_shown(made: Made) -> None:
    (section,) = [one for one in made.report.sections if one.key == "attribution"]
    assert section.lead == CAUSALITY
    assert CAUSALITY in made.html


def test_a_few_held_out_journeys_show_nothing(
    warehouse: Warehouse, changed: Callable[[str, list[str]], Path]
) -> None:
    """14 journeys of which none converted are no proof, however narrow the interval; 400 are."""
    rows = (
        "insert into gold.fact_channel_holdouts by name select channel_key, "
        "arm as holdout_arm, hash(arm, number, channel_key) % 1000000000 as channel_journey_key, "
        "number as journey_key, 1 as journey_count, "
        "(number % if(arm = 'reached', 4, 20) = 3)::int as conversion_count, 0 as conversion_value, "
        "(select min(session_start_timestamp) from gold.fact_web_sessions) as journey_start_timestamp "
        "from range(400) as numbers (number), (values ('reached'), ('held_out')) as arms (arm), "
        "gold.dim_channel where channel_name in ('SMS', 'Email') "
        "and (arm = 'reached' or channel_name = 'Email' or number < 14)"
    )
    database = changed("holdouts", ["delete from gold.fact_channel_holdouts", rows])
    reader = Reader(database, warehouse.semantic_manifest)
    (figure,) = [one for one in attribution.section(reader).figures if one.key == "holdouts"]
    reader.close()
    assert figure.message == "Shown to cause conversions: Email."
    rows = {row["name"]: row for row in figure.charts[0].draw(MEDIUM)["datasets"]["rows"]}
    assert {name: row["is_open"] for name, row in rows.items()} == {"SMS": True, "Email": False}
    # as many of a hundred journeys as its text says
    assert (rows["Email"]["value"], rows["Email"]["text"]) == (pytest.approx(20), "+20.0")


@pytest.mark.parametrize(
    ("adjusted", "uplift", "colour"), [(0.02, 0.05, "good"), (0.02, -0.05, "bad"), (0.06, 0.05, "edge")]
)
def test_a_channel_is_named_by_the_p_value_that_is_corrected_for_several(
    adjusted: float, uplift: float, colour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The best of several channels stands out by chance, though its own interval holds no 0."""
    numbers = {"uplift": uplift, "lower": uplift - 0.04, "upper": uplift + 0.04, "p_value": 0.01}
    found = SimpleNamespace(channel="Email", adjusted_p_value=adjusted, **numbers)
    monkeypatch.setattr(attribution, "holdouts", lambda _: [found])
    figure = attribution._holdouts(None)
    assert (figure.message == "Shown to cause conversions: Email.") == (colour == "good")
    (row,) = figure.charts[0].draw(MEDIUM)["datasets"]["rows"]
    assert row["colour"] == colour
    assert (row["low"], row["high"]) == (pytest.approx(100 * uplift - 4), pytest.approx(100 * uplift + 4))


def test_landed_analyses_tell_the_verdicts(hostile: Made) -> None:
    figure = hostile.figures["experiments"]
    assert f"Ship: {HOSTILE}" in figure.message
    assert "Broken: Faster start page." in figure.message
    rows = {row["name"]: row for row in figure.charts[0].draw(WIDE)["datasets"]["rows"]}
    broken = rows["Faster start page: fast"]
    assert (broken["text"], broken["is_open"]) == ("withheld", True)
    assert ("Faster start page", "Broken", "The split is broken.") in figure.lines
    # as the lines, so the drawing: what was decided first
    verdicts = [line[1] for line in figure.lines[1:]]
    assert verdicts == ["Ship"] * (len(verdicts) - 2) + ["Stop", "Broken"]
    assert list(rows)[-2].startswith("Hero image")
    assert list(rows)[-1] == "Faster start page: fast"


def test_the_best_is_not_the_one_with_the_fewest() -> None:
    """Three of four is a higher rate than 80 of 200, and less of a finding."""
    cases = (
        (overview._channels, "channel__channel_name", "sessions", "session_conversion_rate", ()),
        (
            journeys._definitions,
            "journey_definition__journey_name",
            "matured_journeys",
            "matured_journey_conversion_rate",
            (),
        ),
        (
            actions._by_action,
            "recommendation__recommended_action",
            "nba_judged_actions",
            "nba_acceptance_rate",
            ("nba_revenue",),
        ),
    )
    for figure, name, count, rate, more in cases:
        columns = (name, count, rate, *more)
        rows = [("few", 4, 0.75, *[1] * len(more)), ("many", 200, 0.4, *[9] * len(more))]
        answer = dict(zip(columns, zip(*rows, strict=True), strict=True))
        message = figure(Told(answer, answer)).message
        assert re.search(
            r"(many converts best|«many» converts best|«many» is accepted most): 40.0.%", message
        )


class Told(SimpleNamespace):
    """A reader that gives these answers, each a dict of columns, one after the other."""

    def __init__(self, *answers: dict[str, list]) -> None:
        self.period = Period(date(2026, 4, 26), 4, 26, date(2026, 1, 1))
        self.calendar_end = self.period.as_of
        self.absent = []
        self._answers = iter(answers)

    def ask(self, *_: object, **__: object) -> Asked:
        answer = next(self._answers)
        return Asked("command", "", tuple(answer), list(zip(*answer.values(), strict=True)))

    def sql(self, _: str) -> Asked:
        return self.ask()


EVERY_MODEL = {metric: [70, 30] for metric, *_ in attribution.MODELS} | {"last_non_direct_revenue": [0, 30]}
STEP = "lifecycle_transition__"
MESSAGES = [
    (
        attribution._models,
        ({"channel__channel_name": ["Direct", "Email"], **EVERY_MODEL},),
        "Whatever the model, Email is credited with at least 30.0 % of 100. On Direct models disagree most: "
        "0.0 % to 70.0 %.",
    ),
    (
        attribution._returns,
        (
            {
                "channel__channel_name": ["Email", "Call", "Direct"],
                "channel_cost": [100, 50, 0],
                "paid_for_revenue": [150, 40, None],
                "return_on_ad_spend": [1.5, 0.8, None],
            },
        ),
        "150 spent in 16 weeks; the channels that cost something are credited with 1.3 × that. Less than "
        "their cost: Call.",
    ),
    (
        attribution._certainty,
        (
            {
                "channel_name": ["Email", "Call", "SMS"],
                "credit_share": [0.35, 0.32, 0.1],
                "credit_share_lower": [0.3, 0.28, 0.05],
                "credit_share_upper": [0.4, 0.36, 0.15],
                "analysis_date": [date(2026, 4, 26)] * 3,
                "confidence_level": [0.95] * 3,
                "sample_count": [100] * 3,
            },
        ),
        "Email has most: 30.0 % to 40.0 %. It cannot be told from Call.",
    ),
    (
        lifecycle._stages,
        tuple(
            {
                "lifecycle__stage_name": ["Active", "At risk", "Churned"],
                "lifecycle__stage_category": ["engaged", "risk", "lost"],
                "lifecycle_customers": customers,
            }
            for customers in ([8, 4, 1], [9, 6, 0])
        ),
        "Of 13 persons 8 are in the stage «Active»; 4 are at risk or dormant, 6 were so 4 weeks before.",
    ),
    (
        lifecycle._moves,
        (
            {
                f"{STEP}from_stage_code": ["new", "active", "active"],
                f"{STEP}to_stage_code": ["active", "risk", "new"],
                f"{STEP}progression_flag": [True, False, False],
                f"{STEP}regression_flag": [False, True, False],
                "lifecycle_transitions": [5, 2, 1],
            },
            {"stage_code": ["new", "active", "risk"], "stage_name": ["Onboarding", "Active", "At risk"]},
        ),
        "5 steps forward and 2 back. Most went from onboarding to active: 5.",
    ),
    (
        journeys._stages,
        (
            {
                "stage__stage_name": ["Awareness", "Intent", "Purchase"],
                "stage_chances": [10, 10, 10],
                "stage_chances_taken": [9, 3, 2],
                "stage_entry_rate": [0.9, 0.3, 0.2],
            },
        ),
        "20.0 % of journeys get to Purchase. Most are lost before Intent: 60.0 of 100.",
    ),
    (
        quality._absent,
        (
            {
                "table_name": ["a", "b", "c", "d"],
                "is_absent": [False, False, False, True],
                "bronze_rows": [5, 5, 0, 0],
                "last_event_timestamp": [datetime(2026, 4, 19), datetime(2026, 4, 18), None, None],
            },
        ),
        "3 tables of 4 were delivered. Not delivered: d. Delivered without rows: c. Nothing new for over a "
        "week: b.",
    ),
    (
        quality._rows,
        (
            {
                "table_name": ["a", "b"],
                "bronze_rows": [150, 50],
                "duplicate_rows": [4, 0],
                "rejected_rows": [8, 2],
                "rejected_rate": [8 / 150, 2 / 50],
            },
            {"rejection_reason": ["missing_key"], "rejected_rows": [10]},
        ),
        "Of 200 rows delivered 10 were refused (5.0 %), 4 came twice; all others are in the numbers.",
    ),
]


@pytest.mark.parametrize(
    ("figure", "answers", "message"), MESSAGES, ids=lambda one: getattr(one, "__qualname__", " ")
)
def test_a_message_says_what_the_numbers_say(
    figure: Callable[[Told], Figure], answers: tuple[dict[str, list], ...], message: str
) -> None:
    assert figure(Told(*answers)).message.replace("\u00a0", " ") == message


def test_cohorts_together_are_told_where_they_are_many() -> None:
    def row(since: int, followed: int, retained: int) -> dict[str, int]:
        names = (retention.SINCE, "cohort_visitors_followed", "cohort_visitors_retained")
        return dict(zip(names, (since, followed, retained), strict=True))

    cells = [row(1, 20, 10), row(1, 20, 6), row(2, 20, 4), row(8, 40, 10), row(9, 40, 8)]
    sums = retention._sums(cells)
    assert sums == {1: (40, 16), 8: (40, 10), 9: (40, 8)}
    assert retention._message(sums) == (
        "Of 40 new visitors 40.0\u00a0% came back in the week after their first; "
        "of the 40 known for 8 weeks 25.0\u00a0% in week 8."
    )
    # better few than none
    assert retention._sums([row(1, 4, 1)]) == {1: (4, 1)}
    assert retention._message({1: (4, 1)}).endswith("25.0\u00a0% came back in the week after their first.")


@pytest.mark.parametrize(
    ("verdict", "always_valid", "told"),
    [
        ("ship", None, ("better", "good", False)),
        ("keep_running", 0.01, ("better", "good", False)),
        ("keep_running", 0.2, ("looks better, but still runs", "edge", True)),
        ("keep_running", None, ("looks better, but still runs", "edge", True)),
    ],
)
def test_a_running_experiment_shows_what_looking_every_day_shows(
    verdict: str, always_valid: float | None, told: tuple
) -> None:
    row = {
        "finding": "better",
        "verdict": verdict,
        "always_valid_p_value": always_valid,
        "confidence_level": 0.95,
    }
    row |= {"experiment_name": "Hero", "variant_name": "family", "metric_label": "Conversion"}
    row |= {"lift": 0.3, "lift_lower": 0.1, "lift_upper": 0.5}
    drawn = experiments._goal(row, False)
    assert (drawn["words"], drawn["colour"], drawn["is_open"]) == told


def test_before_its_planned_end_a_test_only_looks_better() -> None:
    """Where nothing was analysed there is but the p-value for looking once."""
    row = {
        "verdict": "better",
        "test_days": 10,
        "days_to_required_units": 40,
        "summary_date": date(2026, 2, 1),
    }
    row |= {"experiment_name": "Hero", "variant_name": "family"}
    early, due = row, row | {"test_days": 40}
    assert experiments._verdict(early) == ("looks better so far", "edge", True)
    assert experiments._verdict(due) == ("better", "good", False)
    assert experiments._verdict(row | {"verdict": "broken_split"})[1:] == ("bad", True)
    assert experiments._message([early]) == "Looks better so far: Hero: family. As of 1 February 2026."
    assert experiments._message([due]) == "Better: Hero: family. As of 1 February 2026."


def test_reasons_name_variants_as_the_drawing_does() -> None:
    names = {"E-1": "green", "E-1-B": "family"}
    said = experiments._with_names("E-1-B beats E-1; E-1-BX and XE-1 are others (E-1).", names)
    assert said == "«family» beats «green»; E-1-BX and XE-1 are others («green»)."
    assert experiments._with_names("Nothing yet.", {}) == "Nothing yet."


# what may be missing or strange


def test_nothing_delivered_says_what_is_missing(nothing: Made) -> None:
    assert len(nothing.report.absent) == 26
    figures = nothing.figures
    for key, table in (
        ("revenue", "conversion_events"),
        ("channels", "web_pageviews"),
        ("attribution", "touchpoints"),
        ("experiments", "ab_test_exposures"),
        ("journeys", "customer_journeys"),
        ("policies", "next_best_actions"),
    ):
        assert table in figures[key].missing
        assert not figures[key].charts
    assert "customer_master was delivered" in figures["identity"].missing
    assert "Not delivered: " in figures["absent"].message
    assert "customer_complaints" in nothing.html
    # a metric whose table nobody delivered is not 0, and did not stay as it was
    tiles = {tile.name: tile for tile in nothing.report.sections[0].tiles}
    assert (tiles["users"].value, tiles["users"].before) == ("–", "web_pageviews was not delivered")
    assert "Events since" not in dict(nothing.report.facts)
    assert figures["absent"].message.startswith("1 table of 27 was delivered.")
    # said, not drawn: there is no chart without a mark
    assert nothing.charts == []


def test_names_from_data_are_text(browser: Browser, hostile: Made) -> None:
    page = shown(browser, hostile)
    assert page.locator("img").count() == 0
    assert HOSTILE in page.locator("#f-experiments table.lines").inner_text()
    drawn = page.locator("#f-channels svg text").all_text_contents()
    # in the drawing it is cut or in two lines, but letter for letter
    assert any("<img src=x" in text for text in drawn)
    assert page.complaints == []
    page.close()


def test_no_address_or_id_of_a_customer_is_in_it(warehouse: Warehouse, made: Made) -> None:
    bronze = f"read_parquet('{warehouse.folder}/bronze/customer_master/*.parquet', union_by_name = true)"
    private = warehouse.query(
        f"select distinct unnest([email_address, phone_mobile, source_customer_id]) as value from {bronze} "
        "union select distinct golden_id from gold.dim_customer"
    )
    told = made.html
    assert len(private) > 300
    assert [one for (one,) in private if one and len(set(one)) > 3 and one in told] == []


# for whoever looks at it


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_chart_is_seen_and_nothing_is_asked_of_the_network(
    browser: Browser, made: Made, width: int, scheme: str
) -> None:
    page = shown(browser, made, width, scheme)
    found = page.evaluate(
        """() => [...document.querySelectorAll('.chart')].map(chart => {
            const box = element => element.getBoundingClientRect();
            const seen = [...chart.querySelectorAll('svg')].filter(svg => box(svg).width > 0);
            const marks = seen.flatMap(svg => [...svg.querySelectorAll('.role-mark path, .role-mark text')])
                .filter(mark => box(mark).width + box(mark).height > 0);
            const sizes = seen.flatMap(svg => [...svg.querySelectorAll('text')].map(text =>
                parseFloat(getComputedStyle(text).fontSize)
                * box(svg).width / svg.viewBox.baseVal.width));
            // texts that are cut off, or that run into another; the ground behind a text is no text
            const texts = seen.flatMap(svg => [...svg.querySelectorAll('text')].filter(text =>
                text.textContent && !text.closest('[stroke-width="4"]') && box(text).width)
                .map(text => [text.textContent, box(text), box(svg)]));
            const cut = texts.filter(([, one, all]) => one.left < all.left - 1 || one.right > all.right + 1
                || one.top < all.top - 1 || one.bottom > all.bottom + 1).map(([text]) => text);
            const touching = texts.flatMap(([text, one], at) => texts.slice(at + 1).filter(([, other]) =>
                Math.min(one.right, other.right) - Math.max(one.left, other.left) > 0
                && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3)
                .map(([other]) => text + ' | ' + other));
            return {label: chart.getAttribute('aria-label'), seen: seen.length, marks: marks.length,
                    smallest: Math.min(...sizes, 99), cut, touching};
        })"""
    )
    assert len(found) == len(made.charts) > 20
    for chart, drawn in zip(
        sorted(c.alt for c in made.charts), sorted(found, key=lambda f: f["label"]), strict=True
    ):
        assert drawn["label"] == chart
        assert drawn["seen"] == 1
        assert drawn["marks"] > 0, chart
        assert drawn["smallest"] >= SMALLEST_TEXT, chart
        assert (drawn["cut"], drawn["touching"]) == ([], []), chart
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.complaints == []
    page.close()


def test_a_small_phone_and_a_tablet_do_not_scroll_sideways(browser: Browser, made: Made) -> None:
    for width in (320, 768, 1024):
        page = shown(browser, made, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


def test_nothing_to_show_is_shown_without_complaint(browser: Browser, nothing: Made) -> None:
    page = shown(browser, nothing, 390)
    assert page.locator(".missing:visible").count() == sum(bool(f.missing) for f in nothing.figures.values())
    assert page.complaints == []
    page.close()


CONTRASTS = """() => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const colour = text => {
        canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b].map(one => one / 255)
        .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
    const ground = element => {
        for (let at = element; at; at = at.parentElement) {
            const found = colour(getComputedStyle(at).backgroundColor);
            if (found[3] === 255) return found;
        }
        return [255, 255, 255, 255];
    };
    const told = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        if (!own || !element.getClientRects().length || element.closest('.hidden, script')) continue;
        const drawn = element.closest('svg');
        const style = getComputedStyle(element);
        const of = colour(drawn ? style.fill : style.color);
        if (drawn && style.stroke !== 'none') continue;  // the ground around a text
        const pair = [light(of), light(ground(drawn ? drawn.parentElement : element))].sort((a, b) => b - a);
        told.push([(pair[0] + 0.05) / (pair[1] + 0.05), element.textContent.trim().slice(0, 40)]);
    }
    return told;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_both_schemes(browser: Browser, made: Made, scheme: str) -> None:
    page = shown(browser, made, 1280, scheme)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    told = page.evaluate(CONTRASTS)
    assert len(told) > 1000
    assert [(ratio, text) for ratio, text in told if ratio < 4.5] == []
    page.close()


def test_the_button_turns_the_scheme_for_page_and_charts(browser: Browser, made: Made) -> None:
    page = shown(browser, made)
    look = (
        "() => [getComputedStyle(document.body).backgroundColor, "
        "getComputedStyle(document.querySelector('#f-revenue svg text')).fill]"
    )
    light = page.evaluate(look)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "scheme"
    page.keyboard.press("Enter")
    dark = page.evaluate(look)
    assert light[0] == "rgb(243, 245, 248)"
    assert dark == ["rgb(16, 21, 27)", "rgb(233, 238, 244)"]
    page.keyboard.press("Enter")
    assert page.evaluate(look) == light
    page.close()


def test_the_keyboard_opens_what_is_behind_every_figure(browser: Browser, made: Made) -> None:
    page = shown(browser, made)
    figures = page.locator("figure")
    assert figures.count() == len(made.figures)
    assert page.locator("figure details summary").count() == sum(bool(f.asked) for f in made.figures.values())
    page.locator("#f-revenue summary").focus()
    assert not page.locator("#f-revenue table").is_visible()
    page.keyboard.press("Enter")
    assert page.locator("#f-revenue table").is_visible()
    assert "cap metrics query revenue" in page.locator("#f-revenue pre").inner_text()
    # what scrolls can be reached, what cannot be reached does not scroll
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    unreachable = page.evaluate(
        "() => [...document.querySelectorAll('summary, .scroll, pre')].filter(e => e.tabIndex < 0"
        " && e.scrollWidth > e.clientWidth).length"
    )
    assert unreachable == 0
    names = page.evaluate(
        "() => [...document.querySelectorAll('summary, .copy, [role=group]')]"
        ".map(e => e.getAttribute('aria-label') ?? e.textContent.trim().replace(/\\s+/g, ' '))"
    )
    assert {name for name in names if name.startswith("Data and quer")} == {
        f"Data and {'query' if len(asked) == 1 else 'queries'} of {title}"
        for asked, title in [(f.asked, f.title) for f in made.figures.values()]
        + [(made.report.sections[0].asked, "the key figures")]
    }
    assert "Copy the query of Revenue by week" in names
    assert "Rows of Revenue by week" in names
    page.close()


@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_query_is_copied_or_selected(browser: Browser, made: Made, is_allowed: bool) -> None:
    page = shown(browser, made)
    page.evaluate(
        "ok => Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => {"
        "if (!ok) throw new Error('no'); window.copied = text}}})",
        is_allowed,
    )
    page.locator("#f-revenue summary").click()
    page.locator("#f-revenue .copy").click()
    page.wait_for_function("document.getElementById('told').textContent !== ''")
    query = made.figures["revenue"].asked[0].text
    told = page.evaluate(
        "[window.copied ?? getSelection().toString(), document.getElementById('told').textContent]"
    )
    assert told == [query, "Copied" if is_allowed else "Selected"]
    assert page.complaints == []
    page.close()


def test_in_short_leads_to_what_it_tells(browser: Browser, made: Made) -> None:
    page = shown(browser, made, 390)
    links = page.locator("#short a")
    assert links.count() == len(made.report.short) > 5
    for key, title, text in made.report.short:
        assert page.locator(f"#{key}").count() == 1, key
        assert text and title
    told = {title: text for _, title, text in made.report.short}
    moved = [f"{tile.label} {tile.change}" for tile in made.report.sections[0].tiles if tile.tone != "plain"]
    assert told["Key figures"] == (
        f"{'; '.join(moved)}." if moved else "None moved beyond the usual up and down of weeks."
    )
    assert told["Revenue by week"] == made.figures["revenue"].message
    # on a phone the way back stays in sight and hides nothing
    page.emulate_media(reduced_motion="reduce")
    links.last.click()
    page.wait_for_function("document.getElementById('f-rejected').getBoundingClientRect().top < 100")
    nav, figure = page.locator("nav").bounding_box(), page.locator("#f-rejected").bounding_box()
    assert nav["y"] == 0
    assert figure["y"] >= nav["y"] + nav["height"] - 1
    page.close()


def test_who_listens_hears_the_message_with_its_numbers(browser: Browser, made: Made) -> None:
    page = shown(browser, made)
    assert all(len(chart.alt) > 25 and re.search(r"\d", chart.alt) for chart in made.charts)
    names = page.evaluate("() => [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(names) == len(set(names))
    levels = page.evaluate("() => [...document.querySelectorAll('h1,h2,h3,h4')].map(e => +e.tagName[1])")
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("svg:not([aria-hidden=true])").count() == 0
    page.close()


def test_it_prints_light_without_buttons_and_with_every_chart(browser: Browser, made: Made) -> None:
    page = shown(browser, made, 800, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(23, 32, 43)"
    for gone in ("nav", "#scheme", "summary"):
        assert not page.locator(gone).first.is_visible()
    drawn = page.evaluate(
        "() => [...document.querySelectorAll('.chart')].map(chart => [...chart.querySelectorAll('svg')]"
        ".filter(svg => svg.getBoundingClientRect().width > 0).length)"
    )
    assert drawn == [1] * len(made.charts)
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    # a sheet is narrow, but no phone
    page.set_viewport_size({"width": 710, "height": 1000})
    assert page.evaluate("getComputedStyle(document.querySelector('table.lines tr')).display") == "table-row"
    page.close()


def test_colours_that_the_reader_forces_leave_charts_readable(browser: Browser, made: Made) -> None:
    page = shown(browser, made)
    page.emulate_media(forced_colors="active")
    told = "() => [...document.querySelectorAll('.chart')].map(e => getComputedStyle(e).forcedColorAdjust)"
    assert set(page.evaluate(told)) == {"none"}
    card = theme.COLOURS["card"].light
    ground = "getComputedStyle(document.querySelector('#f-revenue .chart')).backgroundColor"
    assert page.evaluate(ground) == f"rgb({', '.join(str(int(card[at : at + 2], 16)) for at in (1, 3, 5))})"
    page.close()


# the pieces


def test_colours_keep_their_contrast() -> None:
    for scheme in ("light", "dark"):
        colours = {name: getattr(colour, scheme) for name, colour in theme.COLOURS.items()}
        for ground in theme.GROUNDS:
            for text in theme.TEXTS:
                assert theme.contrast(colours[text], colours[ground]) >= 4.5, (scheme, text, ground)
        for mark in theme.MARKS:
            assert theme.contrast(colours[mark], colours["card"]) >= 3, (scheme, mark)
        # the strongest cell of a triangle
        main, card = ([int(colours[name][at : at + 2], 16) for at in (1, 3, 5)] for name in ("main", "card"))
        strongest = charts.STRONGEST
        parts = [strongest * over + (1 - strongest) * under for over, under in zip(main, card, strict=True)]
        mixed = "#" + "".join(f"{round(part):02x}" for part in parts)
        assert theme.contrast(colours["ink"], mixed) >= 4.5, scheme


def test_contrast_is_that_of_wcag() -> None:
    assert theme.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_charts_are_vega_lite(made: Made) -> None:
    """Against its schema, which the page leaves out for speed."""
    kinds = {chart.draw.__qualname__: chart for chart in made.charts}
    assert {name.split(".")[0] for name in kinds} == {
        "bars",
        "course",
        "dots",
        "flow",
        "intervals",
        "sparkline",
        "triangle",
    }
    for chart in kinds.values():
        for width in chart.widths:
            alt.Chart.from_dict(chart.draw(width))


@pytest.mark.parametrize("width", [NARROW, MEDIUM])
@pytest.mark.parametrize("weeks", [2, 13, 26])
def test_names_of_weeks_do_not_run_into_each_other(weeks: int, width: int) -> None:
    days = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(weeks)]
    rows = [{"week": str(day), "value": 1_000, "is_period": True} for day in days]
    drawn = vl_convert.vegalite_to_svg(charts.course(rows, "revenue")(width))
    names = re.findall(r"translate\(([\d.]+),[^>]*>(\d+ [A-Z][a-z]+)</text>", drawn)
    assert names[-1][1] == f"{days[-1]:%-d %b}"
    for (left, one), (right, other) in pairwise(names):
        letters = (len(one) + len(other)) / 2 + 1
        assert float(right) - float(left) > 6 * letters, (one, other)


def test_ribbons_are_as_thick_as_they_are_many() -> None:
    moves = [
        {"from": "a", "to": "b", "count": 30, "colour": "good"},
        {"from": "a", "to": "c", "count": 10, "colour": "bad"},
        {"from": "b", "to": "c", "count": 20, "colour": "edge"},
    ]
    points, blocks, texts = charts._ribbons(["a", "b", "c"], moves)
    thick = {
        (point["move"], point["x"]): point["high"] - point["low"] for point in points if point["x"] in (0, 1)
    }
    assert (
        thick["a to b", 0] == pytest.approx(3 * thick["a to c", 0]) == pytest.approx(1.5 * thick["b to c", 0])
    )
    assert thick["a to b", 1] == pytest.approx(3 * thick["a to c", 1])
    assert sum(block["high"] - block["low"] for block in blocks if block["x"] < 0.5) == pytest.approx(
        thick["a to b", 0] + thick["a to c", 0] + thick["b to c", 0]
    )
    assert all(0 <= block["low"] < block["high"] <= 1 for block in blocks)
    assert [text["text"] for text in texts] == ["a 40", "b 20", "b 30", "c 30"]


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (None, "count", "–"),
        (float("nan"), "share", "–"),
        (0, "amount", "0"),
        (1234, "count", "1,234"),
        (99.5, "amount", "99.50"),
        (123_456, "amount", "123\u00a0k"),
        (-1_234_567, "amount", "−1.23\u00a0M"),
        (2_500_000_000, "count", "2.50\u00a0bn"),
        (0.0567, "share", "5.7\u00a0%"),
        (-0.0001, "share", "0.0\u00a0%"),
        (4.25, "times", "4.2\u00a0×"),
        (-12.34, "score", "−12.3"),
    ],
)
def test_numbers_are_said_as_people_read_them(number: float | None, unit: str, text: str) -> None:
    assert said(number, unit) == text


def test_a_plus_stands_before_what_grew() -> None:
    assert [signed(one) for one in ("1.0", "−1.0", "0.0\u00a0%", "–")] == ["+1.0", "−1.0", "0.0\u00a0%", "–"]


def test_weeks_are_whole_and_over() -> None:
    thursday, sunday = date(2026, 4, 30), date(2026, 4, 26)
    for as_of in (sunday, thursday, date(2026, 5, 2)):
        period = Period(as_of, 4, 26, date(2026, 1, 1))
        assert (period.start, period.end) == (date(2026, 3, 30), sunday)
        assert (period.before_start, period.before_end) == (date(2026, 3, 2), date(2026, 3, 29))
        assert period.course_start == date(2026, 1, 5)  # the first week of which every day has data
    assert Period(date(2026, 5, 3), 4, 26, date(2026, 1, 1)).end == date(2026, 5, 3)
    assert Period(thursday, 4, 8, date(2026, 1, 1)).course_start == date(2026, 3, 2)
    assert Period(thursday, 4, 26, date(2026, 1, 5)).first_monday == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("first_day", "weeks", "length"),
    [
        (date(2026, 3, 2), 4, "4 weeks"),
        (date(2026, 3, 3), 3, "3 weeks"),  # seven whole weeks: three and three
        (date(2026, 4, 6), 1, "week"),
        (date(2026, 4, 22), 1, "week"),  # not even one
    ],
)
def test_few_weeks_are_halved(first_day: date, weeks: int, length: str) -> None:
    period = Period(date(2026, 4, 26), 4, 26, first_day)
    assert (period.weeks, period.length) == (weeks, length)
    assert period.course_start <= period.start


def test_months_are_over() -> None:
    for as_of, end in (
        (date(2026, 3, 30), date(2026, 2, 28)),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (date(2026, 1, 5), date(2025, 12, 31)),
    ):
        period = Period(as_of, 4, 26, date(2026, 1, 1))
        assert (period.month_start, period.month_end) == (end.replace(day=1), end)


def test_a_share_of_few_is_less_than_it_seems() -> None:
    assert at_least(0.25, 4) == pytest.approx(proportion_confint(1, 4, method="wilson")[0])
    assert at_least(24 / 122, 122) == pytest.approx(proportion_confint(24, 122, method="wilson")[0])
    assert at_least(0.5, 4) < at_least(0.4, 200)
    assert at_least(None, 5) == at_least(0.5, 0) == at_least(0.5, None) == 0


@pytest.mark.parametrize(
    ("model", "chance", "judged"),
    [
        ((0.19, 0.17, 0.21), (0.15, 0.11, 0.19), "luck may explain the difference"),
        ((0.20, 0.18, 0.22), (0.15, 0.11, 0.19), "better than luck explains"),  # though they touch
        ((0.15, 0.12, 0.18), (0.20, 0.18, 0.22), "worse than chance"),
        ((0.15, None, None), (0.20, 0.18, 0.22), "too few to tell"),
    ],
)
def test_a_policy_is_judged_by_both_intervals(model: tuple, chance: tuple, judged: str) -> None:
    names = [f"acceptance_rate_when_acting{end}" for end in ("", "_lower", "_upper")]
    rows = [dict(zip(names, numbers, strict=True)) for numbers in (model, chance)]
    assert actions._judged(*rows) == judged


# the command


@pytest.fixture
def cap(warehouse: Warehouse) -> Callable[..., Result]:
    settings = {
        "CAP_DUCKDB_PATH": str(warehouse.database),
        "DBT_TARGET_PATH": str(warehouse.folder / "target"),
    }
    return lambda *arguments, **other: CliRunner().invoke(
        main, ["report", *arguments], env=settings | other.get("env", {})
    )


def test_the_command_writes_the_file_and_opens_it(
    cap: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Made
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: bool(opened.append(url)))
    out = tmp_path / "new folder" / "report.html"
    done = cap("--out", str(out), "--open")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{out} (")
    assert opened == [out.as_uri()]
    assert "open the file yourself" in done.stderr  # no browser took it
    # the same warehouse, the same page, letter for letter
    assert rounded(out.read_text(encoding="utf-8")) == rounded(made.html)


def test_what_is_wrong_is_said_in_a_sentence(cap: Callable[..., Result], tmp_path: Path) -> None:
    cases = [
        (("--out", str(tmp_path / "report.pdf")), {}, "give --out a name that ends in .html"),
        (("--out", "/proc/report.html"), {}, "cannot write /proc/report.html"),
        (("--as-of", "1999-01-01"), {}, "give --as-of a day of these"),
        ((), {"CAP_DUCKDB_PATH": str(tmp_path / "none.duckdb")}, "Build it first: cap build"),
    ]
    for arguments, env, words in cases:
        done = cap("--out", str(tmp_path / "a.html"), *arguments, env=env)
        assert done.exit_code == 1, (arguments, done.output)
        assert words in done.stderr
        assert "Traceback" not in done.output


def test_where_nothing_can_be_written_is_said_before_the_work() -> None:
    with pytest.raises(OSError):
        write(None, Path("/proc/report.html"))  # it would ask the reader first


def test_a_warehouse_that_is_not_built_says_so(warehouse: Warehouse, tmp_path: Path) -> None:
    empty = tmp_path / warehouse.database.name
    duckdb.connect(empty).close()
    with pytest.raises(CapError, match="is not built: run `cap build`"):
        Reader(empty, warehouse.semantic_manifest)
    with duckdb.connect(empty), pytest.raises(CapError, match="Is a build or another program using it"):
        Reader(empty, warehouse.semantic_manifest)
