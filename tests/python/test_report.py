"""`cap report`: its numbers are the warehouse's, and a browser shows it to everybody."""

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import altair as alt
import duckdb
import pytest
from click.testing import CliRunner, Result
from conftest import Warehouse
from playwright.sync_api import Browser, Page, sync_playwright

from cap.attribution import CAUSALITY
from cap.cli import main
from cap.errors import CapError
from cap.metrics import command as metrics_command
from cap.metrics.engine import Metrics
from cap.metrics.show import as_csv
from cap.report import charts, theme
from cap.report.build import build, write
from cap.report.model import MEDIUM, WIDE, Asked, Chart, Figure, Period, Report
from cap.report.reader import Reader
from cap.report.sections import attribution, experiments
from cap.report.words import said, signed

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
    database = changed(
        "hostile",
        [
            f"update gold.dim_channel set channel_name = '{quoted}' where channel_name = 'Email'",
            f"update gold.dim_experiment set experiment_name = '{quoted}' where experiment_id = 'EXP-001'",
            "delete from gold.fact_experiment_results",
            result,
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
    assert tile.change == signed(said(now / before - 1, "share"))
    assert tile.before == f"from {before}"
    assert tile.tone == ("plain" if now == before else "good" if now < before else "bad")


def test_figures_are_what_gold_says(warehouse: Warehouse, made: Made) -> None:
    period = made.report.period
    funnel = warehouse.query(
        "select step_number, count(distinct visitor_key) from gold.fact_funnel_steps "
        f"where funnel_name = 'purchase' and is_reached and {between('entered_at', period)} "
        "group by all order by all"
    )
    told = made.figures["web_funnel"].asked[0].records()
    steps = sorted(
        (int(row["funnel_step__step_number"]), row["funnel_step_visitors"])
        for row in told
        if row["funnel_step__funnel_name"] == "purchase"
    )
    assert steps == funnel
    stages = warehouse.query(
        "select stage_name, customers from gold.fact_lifecycle_stage_days "
        "inner join gold.dim_lifecycle_stage on stage_key = lifecycle_stage_key "
        f"where snapshot_date = date '{period.end}' order by all"
    )
    rows = made.figures["stages"].asked[0].records()
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
        "(number % 4 = 0 and arm = 'reached')::int as conversion_count, 0 as conversion_value, "
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
    spec = figure.charts[0].draw(MEDIUM)
    assert {row["name"]: row["is_open"] for row in spec["datasets"]["rows"]} == {"SMS": True, "Email": False}


def test_landed_analyses_tell_the_verdicts(hostile: Made) -> None:
    figure = hostile.figures["experiments"]
    assert f"Ship: {HOSTILE}" in figure.message
    assert "Broken: Faster start page." in figure.message
    rows = {row["name"]: row for row in figure.charts[0].draw(WIDE)["datasets"]["rows"]}
    broken = rows["Faster start page: fast"]
    assert (broken["text"], broken["is_open"]) == ("withheld", True)
    assert ("Faster start page", "Broken", "The split is broken.") in figure.lines


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
            return {label: chart.getAttribute('aria-label'), seen: seen.length, marks: marks.length,
                    smallest: Math.min(...sizes, 99)};
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
    # every summary, scrolling table and query can be reached
    unreachable = page.evaluate(
        "() => [...document.querySelectorAll('summary, .scroll, pre')].filter(e => e.tabIndex < 0).length"
    )
    assert unreachable == 0
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
        assert period.course_start == date(2025, 12, 29)  # not before the week in which data begins
    assert Period(date(2026, 5, 3), 4, 26, date(2026, 1, 1)).end == date(2026, 5, 3)
    assert Period(thursday, 4, 8, date(2026, 1, 1)).course_start == date(2026, 3, 2)


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


def test_a_warehouse_that_is_not_built_says_so(warehouse: Warehouse, tmp_path: Path) -> None:
    empty = tmp_path / warehouse.database.name
    duckdb.connect(empty).close()
    with pytest.raises(CapError, match="is not built: run `cap build`"):
        Reader(empty, warehouse.semantic_manifest)
