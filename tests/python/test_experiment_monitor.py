"""`cap experiments monitor`: what an experiment said each day, and what of it may be believed."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import polars
import pytest
from click.testing import CliRunner, Result
from conftest import Warehouse
from scipy import stats

from cap.cli import main
from cap.experiments.courses import BY_ENTRY, SINCE_EXPOSURE, Course
from cap.experiments.monitor import monitor
from cap.experiments.warehouse import Experiment
from cap.warehouse import opened

START, DAYS = date(2026, 1, 1), 30
# Seven experiments of thirty days. Each day so many units come to each arm; by their place in the arm they
# convert so many days later, or never.
THIRDS = '{"old": 1, "new": 1, "newer": 1}'
HALVES, FIFTHS = '{"old": 50, "new": 50}', '{"old": 80, "new": 20}'


def half(of: int) -> Callable[[int, int], int | None]:
    """Every so manieth unit converts at once."""
    return lambda place, _: 0 if place % of == 0 else None


def worn_off(place: int, _: int) -> int | None:
    """Of twenty units six on the first day, then fewer and fewer."""
    return next((age for age, upto in ((0, 6), (1, 8), (2, 9), (3, 10)) if place % 20 < upto), None)


def evenly(place: int, _: int) -> int | None:
    return next((age for age, upto in ((0, 3), (1, 6), (2, 9), (3, 12)) if place % 20 < upto), None)


def fading(place: int, day: int) -> int | None:
    """Half of them in the first week, ever fewer by the week."""
    return 0 if place % 20 < 10 - 2 * (day // 7) else None


def a_little_better(place: int, _: int) -> int | None:
    """Three of eight, where the control has two."""
    return 0 if place % 8 in (0, 3, 6) else None


# id -> by day the units of each arm and the split, then the conversions of each arm
WORLDS: dict[str, tuple[Callable, ...]] = {
    "FOUND": (lambda _: (20, 20, HALVES), half(4), half(2)),
    "BROKEN": (lambda _: (36, 4, HALVES), half(4), half(2)),
    "NULL": (lambda _: (20, 20, HALVES), half(4), half(4)),
    "MOVED": (lambda day: (20, 20, HALVES) if day < 15 else (32, 8, FIFTHS), half(4), half(4)),
    "NOVEL": (lambda _: (200, 200, HALVES), evenly, worn_off),
    "FADING": (lambda _: (40, 40, HALVES), half(4), fading),
    "THREE": (lambda _: (24, 24, 24, THIRDS), half(4), a_little_better, half(4)),
}


def units() -> Iterator[dict]:
    for experiment, (coming, *arms) in WORLDS.items():
        for day in range(DAYS):
            *counts, split = coming(day)
            for arm, count, converts in zip(("old", "new", "newer"), counts, arms, strict=False):
                for place in range(count):
                    seen = datetime.combine(START + timedelta(day), datetime.min.time().replace(hour=9))
                    age = converts(place, day)
                    yield {
                        "experiment_id": experiment,
                        "variant_id": f"{experiment}-{arm}",
                        "variant_name": arm,
                        "configured_split": split,
                        "exposure_timestamp": seen,
                        "conversion_timestamp": None if age is None else seen + timedelta(age, 60),
                    }


SQL = """
create schema gold; create schema silver;
create table gold.dim_date as
    select date '2026-01-01' + cast(number as integer) as date_day from range(30) as days (number);
create table silver.silver_ab_test_variants as
    select distinct hash(variant_id) as variant_key, experiment_id, variant_id, variant_name,
        variant_name = 'old' as is_control
    from told
    union all select 7, 'ALONE', 'ALONE-old', 'old', true;
create table silver.silver_ab_test_assignments as
    select row_number() over () as assignment_key, hash(variant_id) as variant_key, *,
        false as is_contaminated
    from told;
create table silver.silver_ab_test_outcomes as
    select assignment_key, experiment_id, variant_id, exposure_timestamp::date as assigned_date,
        datediff('minute', exposure_timestamp, conversion_timestamp) as time_to_conversion_minutes,
        true as counts_in_test, false as is_contaminated
    from silver.silver_ab_test_assignments;
create table silver.silver_experiments as
    select distinct experiment_id, configured_split from silver.silver_ab_test_assignments;
create table silver.silver_ab_test_summary as
    select hash(arms.variant_id) as variant_key, is_control, days.date_day as summary_date,
        count(*) filter (exposure_timestamp::date <= date_day) as unique_users,
        count(*) filter (conversion_timestamp::date <= date_day) as total_conversions,
        'not_significant' as verdict, experiment_id = 'BROKEN' as is_ratio_broken,
        if(experiment_id = 'BROKEN', 1e-9, 0.5) as ratio_p_value, 0.95::decimal(5, 4) as confidence_level
    from told inner join silver.silver_ab_test_variants as arms using (experiment_id, variant_id)
    cross join gold.dim_date as days
    group by all;
update silver.silver_ab_test_summary set verdict = 'too_small'
where summary_date < date '2026-01-03' and not is_control;
create table gold.dim_experiment as
    select distinct experiment_id, 'Test ' || experiment_id as experiment_name, true as is_current,
        'a/b' as experiment_type, if(experiment_id = 'NULL', 'ended', 'running') as status,
        date '2026-01-01' as start_date
    from silver.silver_ab_test_variants;
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("monitor") / "small.duckdb"
    told = polars.DataFrame(list(units()), infer_schema_length=None)
    with duckdb.connect(path) as connection:
        connection.register("told", told)
        connection.execute(SQL)
    return path


@pytest.fixture(scope="module")
def courses(database: Path) -> dict[str, Course]:
    with opened(database) as connection:
        found = monitor(connection, [experiment(one) for one in WORLDS])
    return {one.state.experiment_id: one for one in found if one.state.variant_name == "new"}


def experiment(name: str) -> Experiment:
    return Experiment(name, None, "a/b", "running", START, START, 2, f"{name}-old", 0, 0, "not_significant")


@pytest.fixture
def cap(database: Path) -> Callable[..., Result]:
    settings = {"CAP_DUCKDB_PATH": str(database)}
    return lambda *arguments: CliRunner().invoke(main, ["experiments", "monitor", *arguments], env=settings)


def test_each_day_is_all_units_so_far(courses: dict[str, Course]) -> None:
    days = courses["FOUND"].days
    assert [one.day for one in days] == [START + timedelta(number) for number in range(DAYS)]
    for number, one in enumerate(days, start=1):
        assert (one.control_units, one.treatment_units, one.new_units) == (20 * number, 20 * number, 40)
        assert (one.control_rate, one.treatment_rate, one.lift) == (0.25, 0.5, 1)
        table = [[5 * number, 15 * number], [10 * number, 10 * number]]
        assert one.p_value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, abs=1e-9)
        ratio = stats.contingency.relative_risk(10 * number, 20 * number, 5 * number, 20 * number)
        assert one.lift_lower == pytest.approx(ratio.confidence_interval(0.95).low - 1)
        assert (one.split_p_value, one.is_readable) == (1, number > 2)


def test_looking_daily_takes_longer_to_be_sure(courses: dict[str, Course]) -> None:
    state = courses["FOUND"].state
    assert state.state == "significant"
    assert START + timedelta(2) <= state.first_significant < state.first_always_significant
    # not before there is enough to be read, however small the p-value
    assert courses["FOUND"].days[1].p_value is not None
    assert courses["FOUND"].days[1].always_p_value is None
    p_values = [one.always_p_value for one in courses["FOUND"].days[2:]]
    assert p_values == sorted(p_values, reverse=True)
    on_that_day = next(one for one in courses["FOUND"].days if one.day == state.first_always_significant)
    assert on_that_day.always_p_value < 0.05 <= p_values[(on_that_day.day - START).days - 3]
    assert (courses["NULL"].state.state, courses["NULL"].state.first_always_significant) == ("open", None)


def test_of_daily_looks_the_smallest_p_value_holds(courses: dict[str, Course]) -> None:
    """Better at first, then worse: on the way there is nothing to be seen."""
    days = courses["NOVEL"].days[2:]
    assert max(one.p_value for one in days[:5]) > days[0].p_value
    p_values = [one.always_p_value for one in days]
    assert p_values == sorted(p_values, reverse=True)


def test_two_treatments_are_two_chances(courses: dict[str, Course]) -> None:
    state, days = courses["THREE"].state, courses["THREE"].days

    def first(border: float) -> date:
        return next(one.day for one in days if one.is_readable and one.p_value < border)

    assert state.first_significant == first(0.025) > first(0.05)


def test_a_broken_split_is_found_and_nothing_concluded(courses: dict[str, Course]) -> None:
    state = courses["BROKEN"].state
    assert (state.state, state.first_significant, state.first_always_significant) == ("broken", None, None)
    assert state.unbalanced_days == DAYS
    wanted = stats.chisquare([36, 4], [20, 20]).pvalue
    assert [one.split_p_value for one in courses["BROKEN"].days] == pytest.approx([wanted] * DAYS)
    assert courses["FOUND"].state.unbalanced_days == 0


def test_a_split_that_was_changed_is_compared_with_what_was_in_force(courses: dict[str, Course]) -> None:
    assert courses["MOVED"].state.unbalanced_days == 0
    assert {one.split_p_value for one in courses["MOVED"].days} == {1}


def test_novelty_is_seen_where_it_is(courses: dict[str, Course]) -> None:
    state, points = courses["NOVEL"].state, courses["NOVEL"].points
    assert state.novelty_slope < 0
    assert state.novelty_p_value < 0.001
    ages = [one for one in points if one.series == SINCE_EXPOSURE]
    # units watched for the whole of the day, and on the next those that had not converted
    assert (ages[0].control_units, ages[0].control_rate) == (200 * (DAYS - 1), 3 / 20)
    assert (ages[1].control_units, ages[1].control_rate) == (200 * 17 / 20 * (DAYS - 2), 3 / 17)
    assert ages[0].lift == pytest.approx(1)
    assert courses["FOUND"].state.novelty_slope is None
    assert "3 points" in courses["FOUND"].state.novelty_note


def test_a_lift_that_fades_by_the_week_is_seen(courses: dict[str, Course]) -> None:
    state = courses["FADING"].state
    assert state.entry_slope < 0
    assert state.entry_p_value < 0.001
    weeks = [one for one in courses["FADING"].points if one.series == BY_ENTRY]
    assert [one.starts for one in weeks] == [0, 1, 2, 3, 4]
    assert [one.control_units for one in weeks] == [280, 280, 280, 280, 80]
    assert [one.treatment_rate for one in weeks] == pytest.approx([0.5, 0.4, 0.3, 0.2, 0.1])
    assert courses["FOUND"].state.entry_p_value == pytest.approx(1)


def test_without_a_name_those_that_run_are_listed(cap: Callable[..., Result]) -> None:
    done = cap("--format", "json")
    states = json.loads(done.stdout)
    # THREE has two treatments
    assert [one["experiment_id"] for one in states] == sorted([*({*WORLDS} - {"NULL"}), "THREE"])
    assert len(json.loads(cap("--all", "--format", "json").stdout)) == len(WORLDS) + 1
    table = cap().stdout
    assert "BROKEN" in table
    assert "withheld" not in table
    assert "! BROKEN new: the split to date is not the configured one" in table
    assert "▄" * 10 in table


def test_a_warehouse_without_experiments_says_so(database: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.duckdb"
    with duckdb.connect(empty) as connection:
        connection.execute(f"attach '{database}' as whole (read_only)")
        connection.execute("create schema gold; create schema silver")
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'whole'"
        ).fetchall()
        for (name,) in tables:
            connection.execute(f"create table {name} as select * from whole.{name} limit 0")
    for options, words in (((), "--all shows"), (("--all",), "in the warehouse")):
        done = CliRunner().invoke(
            main, ["experiments", "monitor", *options], env={"CAP_DUCKDB_PATH": str(empty)}
        )
        assert (done.exit_code, words in done.stdout) == (0, True), done.output
    done = CliRunner().invoke(
        main, ["experiments", "monitor", "--format", "json"], env={"CAP_DUCKDB_PATH": str(empty)}
    )
    assert json.loads(done.stdout) == []


def test_one_is_told_in_full(cap: Callable[..., Result]) -> None:
    told = cap("BROKEN").stdout
    assert "BROKEN, the units are not split as configured" in told
    assert "withheld" in told
    assert "the last 14 of 30 days" in told
    found = cap("found").stdout
    assert "First significant day: by the p for looking once 2026-01-0" in found
    assert "2026-01-30      600        600  +100.0\u00a0%" in found


def test_files_have_every_day_and_point(cap: Callable[..., Result]) -> None:
    days = list(csv.DictReader(io.StringIO(cap("FOUND", "--format", "csv").stdout)))
    assert len(days) == DAYS
    assert days[0]["always_p_value"] == ""
    assert float(days[-1]["lift"]) == 1
    points = json.loads(cap("NOVEL", "--rows", "points", "--format", "json").stdout)
    assert {one["series"] for one in points} == {SINCE_EXPOSURE, BY_ENTRY}
    assert all(value is None or value == value for one in points for value in one.values())
    assert (
        json.loads(cap("FOUND", "--rows", "states", "--format", "json").stdout)[0]["state"] == "significant"
    )


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_picture_is_drawn(cap: Callable[..., Result], tmp_path: Path, suffix: str) -> None:
    picture = tmp_path / f"lift.{suffix}"
    done = cap("NOVEL", "--plot", str(picture))
    assert done.exit_code == 0, done.output
    content = picture.read_bytes()
    assert content.startswith(b"<svg" if suffix == "svg" else b"\x89PNG")
    if suffix == "svg":
        assert b"Test NOVEL" in content
        # the days, and both lines of novelty, of which one has five points and the other four
        assert SINCE_EXPOSURE.encode() in content
        assert BY_ENTRY.encode() in content
        assert content.count(b'aria-roledescription="point"') == 9


def test_planned_units_move_the_always_valid_interval(cap: Callable[..., Result]) -> None:
    def width(*options: str) -> float:
        state = json.loads(cap("FOUND", "--rows", "states", "--format", "json", *options).stdout)[0]
        return math.log1p(state["always_upper"]) - math.log1p(state["always_lower"])

    assert width("--planned-units", "1200") < width() < width("--planned-units", "1000000")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("FOUNT",), "FOUND"),
        (("ALONE",), "control and treatment"),
        (("FOUND", "--all"), "--all"),
        (("FOUND", "--rows", "days"), "--format"),
        (("FOUND", "--plot", "lift.pdf"), ".svg"),
        (("FOUND", "--plot", "/no/such/folder/lift.svg"), "folder"),
    ],
)
def test_what_cannot_be_says_what_to_do(
    cap: Callable[..., Result], arguments: tuple[str, ...], words: str
) -> None:
    done = cap(*arguments)
    assert done.exit_code == 1, done.output
    assert words in done.stderr
    assert "Traceback" not in done.output


def test_a_built_warehouse_says_the_same_in_sql(warehouse: Warehouse) -> None:
    settings = {"CAP_DUCKDB_PATH": str(warehouse.database)}
    command = ["experiments", "monitor", "--all", "--format", "json", "--rows", "days"]
    done = CliRunner().invoke(main, command, env=settings)
    assert done.exit_code == 0, done.output
    ours = {(one["variant_id"], one["day"]): one for one in json.loads(done.stdout)}
    theirs = warehouse.query(
        "select variant_id, cast(summary_date as varchar), p_value_exact, lift, lift_lower, lift_upper, "
        "ratio_p_value, unique_users from silver.silver_ab_test_summary as summaries "
        "inner join silver.silver_ab_test_variants using (variant_key) where not summaries.is_control"
    )
    assert len(theirs) == len(ours) > 100
    for variant, day, *wanted in theirs:
        one = ours[variant, day]
        found = [one[name] for name in ("p_value", "lift", "lift_lower", "lift_upper", "ratio_p_value")]
        assert [*found, one["treatment_units"]] == pytest.approx(wanted, abs=1e-8)
    new = {day: sum(one["new_units"] for key, one in ours.items() if key[1] == day) for _, day in ours}
    assert sum(new.values()) > 0
