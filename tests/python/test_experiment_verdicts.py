"""Verdicts of experiments by hand, and the landing through which what Python found comes back."""

import csv
import dataclasses
import re
from datetime import date
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from conftest import PROJECT
from test_load import pageviews, put_parquet

from cap.cli import main
from cap.errors import CapError
from cap.experiments.compare import Compared, results_of
from cap.experiments.metrics import Metric, chosen, metrics_of
from cap.experiments.results import ExperimentResult
from cap.experiments.settings import settings
from cap.experiments.sums import Segment, Sums
from cap.experiments.verdict import Evidence, Finding, judge
from cap.landing import columns, land
from cap.load.bronze import load_bronze
from cap.statistics import Difference

GOAL = Finding("conversion", "Conversion rate", "goal", "b", "no_difference", 0.4, 0.9, 0.02, -0.05, 0.09)
WON = dataclasses.replace(GOAL, finding="better", adjusted_p=0.001, always_valid_p=0.01, lift=0.2)
LOST = dataclasses.replace(GOAL, finding="worse", adjusted_p=0.001, always_valid_p=0.01, lift=-0.2)
SMALL = dataclasses.replace(GOAL, finding="too_small", adjusted_p=None)
SAFE = Finding("crashes", "Crashes", "guardrail", "b", "no_difference", 0.6, 0.9, 0.1, -0.3, 0.7)
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
    required_units=1000,
    smaller_arm=500,
    days_left=12,
    last_day=date(2026, 1, 31),
)
COMPLETE = {"smaller_arm": 1000, "days_left": None}


@pytest.mark.parametrize(
    ("changes", "verdict", "says"),
    [
        ({}, "keep_running", "1,000 per arm find a lift of 20%, in about 12 more days"),
        ({"days_left": 900}, "keep_running", "takes over a year"),
        ({"findings": [WON]}, "ship", "b is better in «Conversion rate» by +20.0%"),
        ({"findings": [WON], "ratio_p": 0.005}, "ship", "but the split is in doubt (p = .005)"),
        # a fixed p-value below the border is no news while one looks every day …
        (
            {"findings": [dataclasses.replace(WON, always_valid_p=0.3)]},
            "keep_running",
            "looks better in «Conversion rate» (adjusted p = .001), but that p-value is for looking once",
        ),
        # … and is one when the planned units are there, or the test is over
        ({"findings": [dataclasses.replace(WON, always_valid_p=0.3)], **COMPLETE}, "ship", "b is better"),
        (
            {"findings": [dataclasses.replace(WON, always_valid_p=0.3)], "status": "ended"},
            "ship",
            "b is better",
        ),
        ({"findings": [LOST]}, "stop", "b is worse in «Conversion rate» by -20.0%"),
        ({"findings": [WON, HARMED]}, "stop", "guardrail «Crashes» is harmed by b"),
        # one treatment loses, the other is still open
        (
            {"findings": [LOST, dataclasses.replace(GOAL, variant_id="c")]},
            "keep_running",
            "b looks worse",
        ),
        ({"findings": [LOST, dataclasses.replace(WON, variant_id="c")]}, "ship", "c is better"),
        # of one treatment two goals contradict each other: it is not shipped
        (
            {"findings": [WON, dataclasses.replace(LOST, metric="value", label="Value")], **COMPLETE},
            "stop",
            "b is worse in «Value»",
        ),
        # of two winners the one with the higher lift
        ({"findings": [WON, dataclasses.replace(WON, variant_id="c", lift=0.3)]}, "ship", "c is better"),
        ({"findings": [SMALL]}, "keep_running", "Not enough data yet: the smaller arm has 500 units"),
        ({"findings": [SMALL], "status": "ended"}, "stop", "ended without an answer"),
        (
            {"findings": [SMALL], "units": {"a": 0, "b": 0}},
            "keep_running",
            "Nobody has been exposed yet who counts",
        ),
        ({"findings": [SAFE]}, "keep_running", "No metric of the seed experiment_metrics has the role goal"),
        ({**COMPLETE}, "stop", "The planned units are there and no treatment differs"),
        ({"status": "ended"}, "stop", "500 of the 1,000 units per arm"),
        # what is broken is not judged, however good it looks
        (
            {"findings": [WON], "ratio_p": 0.0009, "units": {"a": 600, "b": 400}},
            "broken",
            "600 and 400 units where the split would give 500 and 500 (p = .0009)",
        ),
        ({"findings": [], "control": None}, "broken", "No variant is flagged as control"),
        ({"findings": [], "units": {"a": 500}}, "broken", "Only one variant"),
        ({"findings": [WON], "two_arms_share": 0.21}, "broken", "21.0% of the units saw two variants"),
        # a test of nothing is never shipped
        (
            {"kind": "a/a", "findings": [dataclasses.replace(WON, adjusted_p=0.02)]},
            "keep_running",
            "of nothing",
        ),
        ({"kind": "a/a", "findings": [WON], "status": "ended"}, "stop", "p = .001"),
        (
            {"kind": "a/a", "findings": [dataclasses.replace(WON, adjusted_p=0.00001)]},
            "broken",
            "A test of nothing found a difference (p < .0001)",
        ),
    ],
)
def test_the_verdict_follows_from_the_evidence(changes: dict, verdict: str, says: str) -> None:
    found = judge(dataclasses.replace(RUNNING, **changes))
    assert found.verdict == verdict
    assert says in found.reason
    assert found.reason.endswith(".") and found.reason.count(". ") == 0
    assert (found.variant_id is not None) == (verdict == "ship")


def compared(
    metric: str, role: str, p_value: float | None, segment: str = "all", small: bool = False
) -> Compared:
    told = Metric(metric, metric, "mean", "x", None, None, None, role, "up", "zero")
    found = Difference(1.0, 2.0, 1.0, p_value=p_value, lift=1.0)
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
