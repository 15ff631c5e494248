"""Verdicts of experiments by hand, and the landing through which what Python found comes back."""

import csv
import dataclasses
import math
import re
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner
from conftest import PROJECT
from scipy import stats
from test_load import pageviews, put_parquet

from cap.cli import main
from cap.errors import CapError
from cap.experiments.analyze import _days_left, _evidence, _required_units
from cap.experiments.compare import Compared, _is_too_small, results_of
from cap.experiments.metrics import Metric, chosen, metrics_of
from cap.experiments.results import ExperimentResult
from cap.experiments.settings import settings
from cap.experiments.sums import Segment, Sums, segment_sums
from cap.experiments.units import ArmCount, DayBalance, _balance, daily_units
from cap.experiments.verdict import Evidence, Finding, judge
from cap.experiments.warehouse import Experiment
from cap.landing import columns, land
from cap.load.bronze import load_bronze
from cap.metrics.show import GAP
from cap.statistics import PLANNED_UNITS, Difference, p_value_at, sample_size, tuning

GOAL = Finding("conversion", "Conversion rate", "goal", "b", "no_difference", 0.4, 0.9, 0.02, -0.05, 0.09)
WON = dataclasses.replace(GOAL, finding="better", adjusted_p=0.001, always_valid_p=0.01, lift=0.2)
LOST = dataclasses.replace(GOAL, finding="worse", adjusted_p=0.001, always_valid_p=0.01, lift=-0.2)
# by the p-value for looking once alone
LOOKS_WON = dataclasses.replace(WON, always_valid_p=0.3)
LOOKS_LOST = dataclasses.replace(LOST, always_valid_p=0.3)
OTHER = {"metric": "value", "label": "Value"}
SMALL = dataclasses.replace(GOAL, finding="too_small", adjusted_p=None)
SAFE = Finding("crashes", "Crashes", "guardrail", "b", "no_difference", 0.6, 0.9, 0.0, -0.1, 0.1, "down")
HARMED = dataclasses.replace(SAFE, finding="worse", adjusted_p=0.01)
RUNNING = Evidence(
    kind="a/b",
    status="running",
    control="a",
    units={"a": 500, "b": 500},
    expected={"a": 500.0, "b": 500.0},
    ratio_p=0.7,
    broken_split_p=0.001,
    two_arms_share=0.01,
    two_arms_limit=0.2,
    findings=[GOAL, SAFE],
    confidence=0.95,
    target_lift=0.2,
    planned_lift=0.15,
    required_units=1000,
    smaller_arm=500,
    min_units=50,
    min_expected=5,
    days_left=12,
)
COMPLETE = {"smaller_arm": 1000, "days_left": 0}
PAST = {"smaller_arm": 1101, "days_left": 0}
ENDED = {"status": "ended"}


@pytest.mark.parametrize(
    ("changes", "verdict", "says"),
    [
        ({}, "keep_running", "1,000 per arm find a lift of 15 %, in about 12 more days"),
        ({"days_left": 365}, "keep_running", "in about 365 more days"),
        ({"days_left": 366}, "keep_running", "takes over a year"),
        ({"days_left": None}, "keep_running", "of late none came to one of the arms"),
        ({"required_units": None, "planned_lift": None}, "keep_running", "cannot be told yet"),
        ({"findings": [WON]}, "ship", "b is better in «Conversion rate» by +20.0 % (−5.0 % to +9.0 %)"),
        ({"findings": [WON], "ratio_p": 0.005}, "ship", "but the split is in doubt (p = .005)"),
        # a fixed p-value below the border is no news while one looks every day …
        (
            {"findings": [LOOKS_WON]},
            "keep_running",
            "b looks better in «Conversion rate» by +20.0 % (−5.0 % to +9.0 %), adjusted p = .001, but that "
            "p-value is for looking once; the one for looking every day is .3; 1,000 per arm",
        ),
        # … and is one at the planned end, but not for ever after, …
        ({"findings": [LOOKS_WON], **COMPLETE}, "ship", "adjusted p = .001."),
        (
            {"findings": [LOOKS_WON], **PAST},
            "stop",
            "1,101 where 1,000 per arm were needed; b looks better in «Conversion rate»",
        ),
        ({"findings": [WON], **PAST}, "ship", "b is better"),
        # … or when the test is over, on a condition that only its owner knows to be true
        (
            {"findings": [LOOKS_WON], **ENDED},
            "ship",
            "if its end was set before it began and not by what it showed (p for looking every day = .3)",
        ),
        ({"findings": [LOOKS_LOST], **ENDED}, "stop", "if its end was set before it began"),
        ({"findings": [WON], **ENDED}, "ship", "adjusted p = .001."),
        ({"findings": [LOST]}, "stop", "b is worse in «Conversion rate» by −20.0 %"),
        ({"findings": [LOOKS_LOST]}, "keep_running", "b looks worse"),
        # harm needs no more than a look, and of what is shipped what harm may be left is told
        ({"findings": [WON, HARMED]}, "stop", "guardrail «Crashes» is harmed by b"),
        (
            {"findings": [WON, HARMED]},
            "stop",
            "adjusted p = .01, which is for looking once, but caution asks for no more.",
        ),
        ({"findings": [WON, HARMED], **ENDED}, "stop", "adjusted p = .01."),
        # of two harms the surer is told
        (
            {"findings": [dataclasses.replace(HARMED, label="Speed", adjusted_p=0.02), HARMED]},
            "stop",
            "guardrail «Crashes»",
        ),
        ({"findings": [WON, SAFE]}, "ship", "adjusted p = .001."),
        (
            {"findings": [WON, dataclasses.replace(SAFE, lift_upper=0.21)]},
            "ship",
            "but harm is not ruled out: «Crashes» up to +21.0 %.",
        ),
        (
            {
                "findings": [
                    WON,
                    dataclasses.replace(SAFE, finding="too_small"),
                    dataclasses.replace(SAFE, label="Trust", better="up", lift_lower=-0.5),
                    dataclasses.replace(SAFE, label="Speed", lift_upper=None),
                    dataclasses.replace(SAFE, label="Not c's", variant_id="c", finding="too_small"),
                ]
            },
            "ship",
            "but harm is not ruled out: «Crashes» not judged, «Trust» up to −50.0 % and «Speed» not judged.",
        ),
        # of two treatments one harms: the other is judged for itself
        (
            {"findings": [WON, HARMED, dataclasses.replace(WON, variant_id="c", lift=0.1)]},
            "ship",
            "c is better in «Conversion rate» by +10.0 % (−5.0 % to +9.0 %), adjusted p = .001; b harms a "
            "guardrail.",
        ),
        (
            {"findings": [GOAL, HARMED], "units": {"a": 500, "b": 500, "c": 500}},
            "stop",
            "; c may go on without b.",
        ),
        # one treatment loses, the other is still open
        (
            {"findings": [LOST, dataclasses.replace(GOAL, variant_id="c")]},
            "keep_running",
            "b is worse in «Conversion rate» by −20.0 % (−5.0 % to +9.0 %), adjusted p = .001; nothing is "
            "decided in the rest; 1,000 per arm",
        ),
        ({"findings": [LOST, dataclasses.replace(WON, variant_id="c")]}, "ship", "c is better"),
        (
            {"findings": [LOST, dataclasses.replace(GOAL, variant_id="c")], **COMPLETE},
            "stop",
            "no treatment can be shipped; b is worse in «Conversion rate»",
        ),
        # of one treatment two goals contradict each other: it is not shipped, …
        (
            {"findings": [WON, dataclasses.replace(LOST, **OTHER)], **COMPLETE},
            "stop",
            "b is worse in «Value»",
        ),
        # … not even where the worse one only looks so
        (
            {"findings": [WON, dataclasses.replace(LOOKS_LOST, **OTHER)]},
            "keep_running",
            "b is better in «Conversion rate» by +20.0 % (−5.0 % to +9.0 %), adjusted p = .001; b looks "
            "worse in «Value»",
        ),
        # of two winners the one with the higher lift, or the deeper fall where less is better
        ({"findings": [WON, dataclasses.replace(WON, variant_id="c", lift=0.3)]}, "ship", "c is better"),
        (
            {
                "findings": [
                    dataclasses.replace(WON, lift=-0.2, better="down"),
                    dataclasses.replace(WON, lift=-0.1, better="down", variant_id="c"),
                ]
            },
            "ship",
            "b is better",
        ),
        (
            {"findings": [SMALL]},
            "keep_running",
            "the smaller arm has 500 units, and nothing is judged below 50 or, of a rate, 5 expected on "
            "either side; 1,000 per arm",
        ),
        ({"findings": [SMALL], **ENDED}, "stop", "ended without an answer"),
        (
            {"findings": [SMALL], "units": {"a": 0, "b": 0}},
            "keep_running",
            "Nobody has been exposed yet who counts",
        ),
        ({"findings": [SMALL], "units": {}}, "keep_running", "Nobody has been exposed yet who counts"),
        ({"findings": [SAFE]}, "keep_running", "No metric of the seed experiment_metrics has the role goal"),
        ({**COMPLETE}, "stop", "The planned units are there and no treatment differs"),
        (ENDED, "stop", "500 of the 1,000 units per arm that find a lift of 15 %"),
        # what is broken is not judged, however good it looks
        (
            {"findings": [WON], "ratio_p": 0.0009, "units": {"a": 600, "b": 400}},
            "broken",
            "600 and 400 units where the split would give 500 and 500 (p = .0009)",
        ),
        ({"findings": [], "control": None}, "broken", "send the flag with the exposures"),
        ({"findings": [], "units": {"a": 500}}, "broken", "see that the others are shown"),
        ({"findings": [WON], "two_arms_share": 0.2}, "ship", "b is better"),
        ({"findings": [WON], "two_arms_share": 0.21}, "broken", "21.0 % of the units saw two variants"),
        # a test of nothing is never shipped
        (
            {"kind": "a/a", "findings": [dataclasses.replace(WON, adjusted_p=0.02)]},
            "keep_running",
            "of nothing",
        ),
        ({"kind": "a/a", "findings": [WON], **ENDED}, "stop", "p = .001"),
        (
            {"kind": "a/a", "findings": [GOAL, dataclasses.replace(HARMED, adjusted_p=0.00001)]},
            "broken",
            "A test of nothing found a difference in «Crashes» (adjusted p < .0001)",
        ),
    ],
)
def test_the_verdict_follows_from_the_evidence(changes: dict, verdict: str, says: str) -> None:
    found = judge(dataclasses.replace(RUNNING, **changes))
    assert found.verdict == verdict
    assert says in found.reason.replace(GAP, " ")
    assert " %" not in found.reason, "no line breaks before the sign"
    assert found.reason.endswith(".") and found.reason.count(". ") == 0
    assert "-" not in found.reason.replace("p-value", ""), "a minus is U+2212"
    assert (found.variant_id is not None) == (verdict == "ship")


def test_who_looks_every_day_at_a_large_test_of_nothing_ships_it_no_more_than_one_time_in_forty() -> None:
    """Four weeks of 2,000 units an arm and day, of which the first day alone has the planned units.

    One fixed test errs in five of a hundred, half of them upwards; looked at daily it did in fourteen.
    """
    random = np.random.default_rng(20260810)
    units = 2000 * np.arange(1, 29)
    shares = random.binomial(2000, 0.2, (1000, 2, 28)).cumsum(axis=2) / units
    gap, pooled = shares[:, 1] - shares[:, 0], shares.mean(axis=1)
    fixed = 2 * stats.norm.sf(np.abs(gap) / np.sqrt(pooled * (1 - pooled) * 2 / units))
    always = p_value_at(gap, (shares * (1 - shares)).sum(axis=1) / units, 2 * units, tuning(PLANNED_UNITS))
    required = sample_size(0.2, 0.2).treatment
    assert required < units[0]
    ups = (fixed < 0.05) & (gap > 0)
    shipped = set()
    for test, day in np.argwhere(ups):
        told = dataclasses.replace(WON, adjusted_p=fixed[test, day], always_valid_p=always[test, day])
        changes = {"findings": [told], "required_units": required, "smaller_arm": int(units[day])}
        if judge(dataclasses.replace(RUNNING, **changes)).verdict == "ship":
            shipped.add(test)
    assert ups.any(axis=1).mean() > 0.1
    assert 0 < len(shipped) / 1000 <= 0.025


def goal(kind: str, better: str, control: Sums, found: Difference) -> Compared:
    metric = Metric("m", "m", kind, "x", None, None, None, "goal", better, "zero")
    return Compared(
        metric, Segment("all", "all", {}, {}), "b", control, Sums(500), found, (None,) * 3, None, False
    )


@pytest.mark.parametrize(
    ("asked", "comparisons", "lift", "units"),
    [
        (goal("proportion", "up", Sums(500, 0.2), Difference(0.2)), 1, 0.2, sample_size(0.2, 0.2).treatment),
        # every goal and treatment is a chance
        (
            goal("proportion", "up", Sums(500, 0.2), Difference(0.2)),
            4,
            0.2,
            sample_size(0.2, 0.2, treatments=4).treatment,
        ),
        (
            goal("proportion", "down", Sums(500, 0.2), Difference(0.2)),
            1,
            -0.2,
            sample_size(0.2, -0.2).treatment,
        ),
        # of 0.9 there is no fifth more: to 1, as the SQL has it
        (
            goal("proportion", "up", Sums(500, 0.9), Difference(0.9)),
            1,
            1 / 9,
            sample_size(0.9, 1 / 9).treatment,
        ),
        (
            goal("mean", "up", Sums(500, 10.0, 400.0), Difference(10.0)),
            1,
            0.2,
            sample_size(10, 0.2, "mean", 20).treatment,
        ),
        # two arms of 500 whose difference has an error of 1: each unit one of sqrt(250)
        (
            goal("ratio", "up", Sums(500, 3.0, 1.0, 6.0, 1.0, 0.1), Difference(0.5, standard_error=1.0)),
            1,
            0.2,
            sample_size(0.5, 0.2, "mean", 250**0.5).treatment,
        ),
        (goal("quantile", "down", Sums(500), Difference(0.5)), 1, None, None),
        (goal("mean", "up", Sums(500, 10.0, 0.0), Difference(10.0)), 1, None, None),
        (goal("proportion", "up", Sums(500, 1.0), Difference(1.0)), 1, None, None),
        (goal("proportion", "up", Sums(500, 0.0), Difference(0.0)), 1, None, None),
    ],
)
def test_the_planned_units_are_those_of_the_first_goal(
    asked: Compared, comparisons: int, lift: float | None, units: int | None
) -> None:
    found = _required_units(asked, comparisons, 0.95, settings(PROJECT / "dbt_project.yml"))
    assert found == (lift if lift is None else pytest.approx(lift), units)


def test_what_is_too_small_is_no_chance_for_the_always_valid_p_value_either() -> None:
    rows = [
        dataclasses.replace(compared(name, "goal", 0.01, small=small), always_valid=(0.1, 0.2, 0.03))
        for name, small in (("m", False), ("n", True), ("o", False))
    ]
    known = Experiment("e", None, "a/b", "running", date(2026, 1, 1), date(2026, 1, 9), 2, "a", 18, 9, "")
    told = settings(PROJECT / "dbt_project.yml")
    found = _evidence(known, rows, results_of(rows, 0.95), [], [], None, 0.0, 0.95, told).goals
    assert [one.always_valid_p for one in found] == [0.06, None, 0.06]


def test_days_are_those_of_the_slowest_arm_at_its_pace_of_late() -> None:
    """Ten and five units a day once, of late four and one, with one day on which nobody came."""
    start = date(2026, 1, 1)
    days = [
        DayBalance(start + timedelta(day), {"a": 10, "b": 5} if day < 30 else {"a": 4, "b": 1}, None)
        for day in range(60)
        if day != 45
    ]
    pace = daily_units(days)
    assert pace == {"a": 4 * 27 / 28, "b": 27 / 28}
    arms = [ArmCount(arm, None, arm == "a", n, 0, 0.5, None) for arm, n in (("a", 416), ("b", 179))]
    assert _days_left(500, arms, pace) == math.ceil((500 - 179) / (27 / 28))
    assert _days_left(100, arms, pace) == 0
    assert _days_left(500, arms, {"a": 4.0}) is None
    assert daily_units(days[:3]) == {"a": 10, "b": 5}
    assert daily_units([]) == {}


def test_the_split_of_a_day_is_judged_from_five_units_expected_in_every_arm() -> None:
    def balance(old: int, new: int) -> float | None:
        weights = {"old": 3.0, "new": 1.0}
        parts = [
            {"variant_id": arm, "units": units, "weights": weights} for arm, units in (("a", old), ("b", new))
        ]
        return _balance(date(2026, 1, 1), parts, {"old": "a", "new": "b"}).p_value

    assert balance(19, 0) is None
    assert balance(20, 0) == pytest.approx(stats.chisquare([20, 0], [15, 5]).pvalue)


def test_a_ratio_whose_mean_below_the_line_is_noise_is_too_small() -> None:
    """Known to a tenth is enough: a variance of n times the squared tenth of the mean."""
    metric = Metric("r", "r", "ratio", "x", "y", None, None, "goal", "up", "zero")
    told = settings(PROJECT / "dbt_project.yml")
    sure = Sums(400, 1.0, 1.0, 2.0, 15.9, 0.1)
    unsure = dataclasses.replace(sure, other_variance=16.1)
    assert not _is_too_small(metric, sure, sure, told)
    assert _is_too_small(metric, sure, unsure, told) and _is_too_small(metric, unsure, sure, told)
    assert _is_too_small(metric, dataclasses.replace(sure, n=49, other_variance=0.0), sure, told)
    assert not _is_too_small(metric, Sums(400), Sums(400), told)


def compared(
    metric: str,
    role: str,
    p_value: float | None,
    segment: str = "all",
    small: bool = False,
    better: str = "up",
    gap: float = 1.0,
) -> Compared:
    told = Metric(metric, metric, "mean", "x", None, None, None, role, better, "zero")
    found = Difference(1.0, 1.0 + gap, gap, p_value=p_value, lift=gap)
    part = Segment(segment, segment, {}, {})
    return Compared(told, part, "b", Sums(9), Sums(9), found, (None,) * 3, None, small)


def test_goals_guardrails_secondary_metrics_and_segments_are_corrected_by_themselves() -> None:
    """Holm of .01 .02 .03 is .03 .04 .04, Benjamini and Hochberg's .03 each; too small is no chance."""
    p_values = (0.01, 0.02, 0.03)
    rows = [compared(f"{role} {p}", role, p) for role in ("goal", "guardrail", "secondary") for p in p_values]
    rows += [compared(f"goal {p}", "goal", p, "platform") for p in p_values]
    rows += [compared("small", "goal", 0.0001, small=True), compared("alike", "goal", None)]
    found = results_of(rows, 0.95)
    adjusted = [row.adjusted_p_value for row in found]
    assert adjusted[:3] == adjusted[3:6] == pytest.approx([0.03, 0.04, 0.04])
    assert adjusted[6:9] == adjusted[9:12] == pytest.approx([0.03, 0.03, 0.03])
    assert [(row.adjusted_p_value, row.finding) for row in found[12:]] == [
        (None, "too_small"),
        (None, "not_comparable"),
    ]
    assert {row.finding for row in found[:12]} == {"better"}


@pytest.mark.parametrize(
    ("better", "gap", "p_value", "finding"),
    [
        ("up", 0.5, 0.049, "better"),
        ("up", -0.5, 0.049, "worse"),
        ("down", 0.5, 0.049, "worse"),
        ("down", -0.5, 0.049, "better"),
        ("up", 0.5, 0.051, "no_difference"),
        ("up", 0.5, 0.96, "no_difference"),
    ],
)
def test_a_finding_is_in_the_metric_s_own_sense(
    better: str, gap: float, p_value: float, finding: str
) -> None:
    (row,) = results_of([compared("m", "goal", p_value, better=better, gap=gap)], 0.95)
    assert row.finding == finding


def test_twenty_thousand_made_up_exposures_are_analysed_and_the_better_arm_is_shipped() -> None:
    done = CliRunner().invoke(main, ["experiments", "bench", "--exposures", "20000"])
    assert done.exit_code == 0, done.output
    assert "11 metrics" in done.output
    assert "ship: B is better in «Conversion rate»" in done.output


def result(
    metric: str | None, experiment: str = "e", day: int = 1, lift: float | None = 0.1
) -> ExperimentResult:
    """A row; what is not asked for is empty."""
    filled = {field.name: None for field in dataclasses.fields(ExperimentResult)}
    return ExperimentResult(
        **filled
        | {
            "experiment_id": experiment,
            "metric": metric,
            "variant_id": "b",
            "analysis_date": date(2026, 1, day),
            "lift": lift,
        }
    )


KEYS = ("experiment_id", "analysis_date")
TABLE = "analysis_experiment_results"


def landed(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    return connection.execute(
        f"select experiment_id, metric, day(analysis_date), lift from bronze.{TABLE} order by all"
    ).fetchall()


def test_what_is_landed_again_replaces_its_key_and_nothing_else() -> None:
    connection = duckdb.connect()
    assert land(connection, TABLE, [result("m"), result("n"), result("m", "f")], KEYS) == 3
    assert land(connection, TABLE, [result("m", day=2)], KEYS) == 1
    assert land(connection, TABLE, [result("m", lift=None)], KEYS) == 1
    assert landed(connection) == [("e", "m", 1, None), ("e", "m", 2, 0.1), ("f", "m", 1, 0.1)]
    assert land(connection, TABLE, [], KEYS) == 0
    assert len(landed(connection)) == 3


def test_a_landing_that_fails_leaves_what_was_there() -> None:
    connection = duckdb.connect()
    land(connection, TABLE, [result("m")], KEYS)
    many = [result(f"m{number}") for number in range(700)]
    with pytest.raises(duckdb.Error):
        land(connection, TABLE, [*many, result("m", lift="no number")], KEYS)
    assert landed(connection) == [("e", "m", 1, 0.1)]
    assert land(connection, TABLE, [*many, result("last")], KEYS) == 701


def test_a_landing_that_dies_between_deleting_and_writing_leaves_what_was_there() -> None:
    connection = duckdb.connect()
    land(connection, TABLE, [result("m")], KEYS)
    connection.execute(f"alter table bronze.{TABLE} alter column metric set not null")
    with pytest.raises(duckdb.Error):
        land(connection, TABLE, [result(None)], KEYS)
    assert landed(connection) == [("e", "m", 1, 0.1)]


def test_bronze_has_empty_landings_and_a_load_keeps_what_they_hold(
    load, bronze: Path, database: Path
) -> None:
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    load()
    with duckdb.connect(database) as connection:
        assert landed(connection) == []
        described = connection.execute(f"describe bronze.{TABLE}").fetchall()
        assert {name: kind.lower() for name, kind, *_ in described} == columns(TABLE)
        land(connection, TABLE, [result("m")], KEYS)
        # the landing of an older version lacked a column
        connection.execute(f"alter table bronze.{TABLE} drop column note")
    load()
    with duckdb.connect(database) as connection:
        assert landed(connection) == [("e", "m", 1, 0.1)]
        assert connection.execute(f"select note from bronze.{TABLE}").fetchall() == [(None,)]


def test_staging_and_landing_have_the_same_columns() -> None:
    """What the dataclass has and the source's YAML does not say, or the other way round, nobody stages."""
    path = PROJECT / f"models/staging/digital_analytics/stg_digital_analytics__{TABLE}.yml"
    told = dict(re.findall(r"- \{name: (\w+), data_type: (\w+)", path.read_text()))
    assert told == columns(TABLE)
    staged = path.with_suffix(".sql").read_text()
    assert [name for name in columns(TABLE) if not re.search(rf"[('\s]{name}[')\s,]", staged)] == []


def seeded(changes: dict[str, dict[str, str | None]] | None = None) -> duckdb.DuckDBPyConnection:
    """A warehouse with the seed's metrics, some of them changed, and a metric that only the tool tells."""
    connection = duckdb.connect()
    connection.execute(
        "create schema reference; create schema silver;"
        "create table silver.silver_ab_test_metric_values as "
        "select 'e' as experiment_id, 'signup' as metric_name"
    )
    with (PROJECT / "seeds/experiment_metrics.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row |= (changes or {}).get(row["metric"], {})
    names = list(rows[0])
    connection.execute(
        "create table reference.experiment_metrics "
        f"({', '.join(f'{one} ' + ('double' if one == 'quantile_share' else 'varchar') for one in names)})"
    )
    connection.executemany(
        f"insert into reference.experiment_metrics values ({', '.join('?' * len(names))})",
        [[row[name] or None for name in names] for row in rows],
    )
    model = (PROJECT / "models/silver/digital_analytics/silver_ab_test_outcomes.yml").read_text()
    texts = ("platform", "device_type", "visitor_kind", "experiment_id", "variant_id")
    told = [name for name in re.findall(r"- \{name: (\w+)", model) if name not in texts]
    columns_ = [f"{name} double" for name in told] + [f"{name} varchar" for name in texts]
    connection.execute(f"create table silver.silver_ab_test_outcomes ({', '.join(columns_)})")
    return connection


def test_every_metric_of_the_seed_can_be_computed_and_goals_come_first() -> None:
    found = metrics_of(seeded(), "e")
    assert [one.role for one in found] == sorted(
        (one.role for one in found), key="goal guardrail secondary".index
    )
    (told,) = [one for one in found if one.told_names]
    assert (told.name, told.kind, told.role, told.missing) == ("signup", "mean", "secondary", "zero")
    assert metrics_of(seeded(), "another")[-1].told_names == ()
    assert chosen(found, ["signup"]) == [told]
    # once the seed reads it, it is not analysed a second time
    read = seeded({"value": {"numerator": "result:signup", "covariate": None}})
    assert [one.name for one in metrics_of(read, "e") if one.told_names] == ["value"]
    assert "value" not in [one.name for one in metrics_of(read, "another")]


def test_of_a_pair_both_or_neither_count() -> None:
    """Four units that count: one without a numerator, one without a denominator, two with both."""
    connection = seeded()
    connection.execute(
        "insert into silver.silver_ab_test_outcomes by name select * from (values "
        "('e', 'a', 1, 1.0, 2.0, 5.0), ('e', 'a', 1, 4.0, 3.0, 7.0), ('e', 'a', 1, null, 9.0, 9.0), "
        "('e', 'a', 1, 8.0, null, 9.0), ('e', 'a', 0, 8.0, 8.0, 8.0)) as told (experiment_id, variant_id, "
        "counts_in_test, later_bounces, later_sessions, pre_sessions)"
    )
    ratio = Metric("r", "r", "ratio", "later_bounces", "later_sessions", None, None, "goal", "up", "left_out")
    mean = Metric("m", "m", "mean", "later_sessions", None, "pre_sessions", None, "goal", "up", "left_out")
    (whole,) = segment_sums(connection, "e", [ratio, mean])
    assert whole.units == {"a": 4}
    assert whole.sums["r", "a"] == Sums(2, 2.5, 4.5, 2.5, 0.5, 1.5)
    assert whole.sums["m", "a"] == Sums(3, 14 / 3, pytest.approx(43 / 3), 7.0, 4.0, pytest.approx(7.0))
    zeros = [dataclasses.replace(one, missing="zero") for one in (ratio, mean)]
    (whole,) = segment_sums(connection, "e", zeros)
    assert [whole.sums[name, "a"].n for name in "rm"] == [4, 4]
    assert whole.sums["r", "a"].other_mean == 14 / 4
    assert whole.sums["m", "a"].other_mean == 30 / 4


@pytest.mark.parametrize(
    ("metric", "changes", "says"),
    [
        ("value", {"numerator": "conversion_valeu"}, "did you mean conversion_value"),
        ("value", {"numerator": "unit_key"}, "has no numerator 'unit_key'"),
        ("value", {"covariate": "sessions"}, "is not from before the exposure"),
        ("value", {"denominator": "sessions"}, "a ratio has a denominator, and nothing else"),
        ("bounces", {"denominator": None}, "a ratio has a denominator, and nothing else"),
        ("bounces", {"covariate": "pre_sessions"}, "only a proportion or a mean can have a covariate"),
        ("value", {"quantile_share": 0.5}, "a quantile has a quantile_share"),
        ("time_to_conversion", {"quantile_share": 1.5}, "between 0 and 1, not 1.5"),
    ],
)
def test_a_seed_that_cannot_be_computed_says_why(metric: str, changes: dict, says: str) -> None:
    with pytest.raises(CapError, match=re.escape(says)) as fault:
        metrics_of(seeded({metric: changes}), "e")
    assert f"metric {metric!r}" in str(fault.value)


def test_a_missing_var_is_told(tmp_path: Path) -> None:
    project = tmp_path / "dbt_project.yml"
    text = (PROJECT / "dbt_project.yml").read_text()
    project.write_text(text.replace("experiment_min_units: 50", "experiment_min_units: many"))
    assert settings(PROJECT / "dbt_project.yml").min_units == 50
    with pytest.raises(CapError, match="experiment_min_units: it says 'many'"):
        settings(project)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("analyze", "name one experiment, or say --all"),
        ("analyze EXP-001 --all", "name one experiment, or say --all"),
        ("analyze --all --save --metric conversion", "--save lands the whole analysis"),
        ("analyze EXP-001 --rows days", "--rows days is for files"),
        ("analyze EXP-001 --confidence 95", "not in the range"),
        ("analyze EXP-001", "there is no warehouse"),
        ("list", "there is no warehouse"),
    ],
)
def test_what_cannot_be_asked_is_answered_in_a_sentence(
    arguments: str, says: str, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAP_DUCKDB_PATH", str(database))
    done = CliRunner().invoke(main, ["experiments", *arguments.split()])
    assert done.exit_code in (1, 2)
    assert says in done.output
    assert "Traceback" not in done.output


def test_without_experiments_there_is_nothing_to_say_and_no_error(
    bronze: Path, database: Path, contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    load_bronze(bronze, database, contract)
    with duckdb.connect(database) as connection:
        connection.execute(
            "create schema silver; create schema gold;"
            "create table gold.dim_experiment (experiment_id varchar, experiment_name varchar, "
            "experiment_type varchar, status varchar, start_date date, is_current boolean);"
            "create table silver.silver_ab_test_summary (variant_key bigint, summary_date date, "
            "unique_users integer, total_conversions integer, verdict varchar, is_control boolean);"
            "create table silver.silver_ab_test_variants (variant_key bigint, experiment_id varchar, "
            "variant_id varchar, is_control boolean)"
        )
    monkeypatch.setenv("CAP_DUCKDB_PATH", str(database))
    for arguments in ("list", "analyze --all", "list --format csv", "analyze --all --format json"):
        done = CliRunner().invoke(main, ["experiments", *arguments.split()])
        assert done.exit_code == 0, done.output
    done = CliRunner().invoke(main, ["experiments", "analyze", "EXP-001"])
    assert done.exit_code == 1
    assert "ab_test_exposures was not delivered" in done.output
