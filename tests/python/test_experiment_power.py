"""`cap experiments power`: what a test needs, by numbers and by an experiment's own traffic."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner, Result

from cap.cli import main
from cap.statistics import achieved_power, minimum_detectable_effect, sample_size

# Ten days, each with ten units of the control and five of either treatment, of «long» for eight days alone;
# every fourth of the control converts, for 8 money and in its one session of two; and one unit was seen in
# two arms.
WAREHOUSE = """
create schema gold; create schema silver; create schema reference;
create table reference.experiment_metrics as select * from (values
    ('conversion', 'proportion', 'is_converted', null, null::double, 'goal'),
    ('value', 'mean', 'conversion_value', null, null, 'secondary'),
    ('per_session', 'ratio', 'site_conversions', 'sessions', null, 'secondary'),
    ('middle', 'quantile', 'conversion_value', null, 0.5, 'secondary'),
    ('alike', 'mean', 'later_sessions', null, null, 'secondary'))
    as told (metric, kind, numerator, denominator, quantile_share, role);
alter table reference.experiment_metrics add column label varchar default 'A metric';
alter table reference.experiment_metrics add column covariate varchar;
alter table reference.experiment_metrics add column better varchar default 'up';
alter table reference.experiment_metrics add column missing varchar default 'zero';
create table silver.silver_ab_test_metric_values (
    experiment_id varchar, assignment_key bigint, metric_name varchar, metric_value double
);
create table gold.dim_experiment as select * from (values
    ('E1', 'Checkout', true, 'a/b/n', 'running', date '2026-01-01'),
    ('E2', 'Never seen', true, 'a/b', 'running', date '2026-01-01'))
    as told (experiment_id, experiment_name, is_current, experiment_type, status, start_date);
create table silver.silver_experiments as
    select 'E1' as experiment_id, '{"control": 2, "short": 1, "long": 1}' as configured_split;
create table silver.silver_ab_test_variants as select * from (values
    (1, 'E1', 'a', 'control', true, 0.5::double), (2, 'E1', 'b', 'short', false, 0.25::double),
    (3, 'E1', 'c', 'long', false, 0.25::double), (4, 'E2', 'a', 'control', true, 0.5::double))
    as told (variant_key, experiment_id, variant_id, variant_name, is_control, configured_share);
create table silver.silver_ab_test_summary as
    select variant_key, is_control, date '2026-01-10' as summary_date, 100 as unique_users,
        25 as total_conversions, 'not_significant' as verdict, 0.5 as ratio_p_value
    from silver.silver_ab_test_variants where experiment_id = 'E1';
create table silver.silver_ab_test_outcomes as
    select
        row_number() over () as assignment_key, 'E1' as experiment_id, variant_id,
        unit = 99 as is_contaminated, unit <> 99 as counts_in_test,
        unit % 4 = 0 and is_control as is_converted,
        if(is_converted, 8, 0)::double as conversion_value,
        if(is_converted, 1, 0)::double as site_conversions,
        if(is_converted, 2, 1 + unit % 3)::double as sessions, 1.0::double as later_sessions,
        date '2026-01-01' + cast(unit // if(is_control, 10, 5) as integer) as assigned_date,
        'web' as platform, 'mobile' as device_type, 'new' as visitor_kind
    from range(100) as units (unit), silver.silver_ab_test_variants
    where unit < case variant_id when 'a' then 100 when 'b' then 50 else 40 end and experiment_id = 'E1';
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("power") / "small.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(WAREHOUSE)
    return path


@pytest.fixture
def cap(database: Path) -> Callable[..., Result]:
    settings = {"CAP_DUCKDB_PATH": str(database)}
    return lambda *arguments: CliRunner().invoke(main, ["experiments", "power", *arguments], env=settings)


def told(done: Result) -> list[dict]:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_lift_by_numbers_alone(cap: Callable[..., Result]) -> None:
    (step,) = told(cap("--baseline", "0.04", "--lift", "0.1", "--daily-units", "1000", "--format", "json"))
    size = sample_size(0.04, 0.1)
    assert (step["control_units"], step["treatment_units"]) == (size.control, size.treatment)
    assert step["total_units"] == size.total
    assert step["days"] == -(-size.total // 1000)
    assert step["target"] == pytest.approx(0.044)
    assert step["power_so_far"] is None


def test_the_smallest_arm_of_a_lopsided_split_decides(cap: Callable[..., Result]) -> None:
    (step,) = told(cap("--baseline", "0.04", "--lift", "0.1", "--split", "60,30,10", "--format", "json"))
    size = sample_size(0.04, 0.1, ratio=10 / 60, treatments=2)
    assert (step["control_units"], step["treatment_units"]) == (size.control, size.treatment)
    assert step["total_units"] == pytest.approx(size.treatment / 0.1, abs=10)


def test_days_and_units_say_what_can_be_found(cap: Callable[..., Result]) -> None:
    traffic = ("--baseline", "30", "--deviation", "80", "--daily-units", "500", "--format", "json")
    by_days, by_units = told(cap(*traffic, "--days", "8", "--units", "2000"))
    assert [by_days["asked"], by_units["asked"]] == ["days", "units"]
    assert by_days["total_units"] == 4000
    assert by_days["lift"] == minimum_detectable_effect(2000, 2000, 30, "mean", 80.0)
    assert by_units["days"] == 4
    assert by_units["lift"] == minimum_detectable_effect(1000, 1000, 30, "mean", 80.0)


def test_an_experiment_brings_its_own_numbers(cap: Callable[..., Result]) -> None:
    steps = told(cap("checkout", "--lift", "0.5", "--days", "20", "--format", "json"))
    by_lift, by_days = sorted(steps, key=lambda step: step["asked"] == "days")
    # a quarter of a hundred converted, one unit in two arms left out; 19 units a day less 1 in all
    rate = 25 / 99
    size = sample_size(rate, 0.5, ratio=0.5, treatments=2)
    assert by_lift["target"] == pytest.approx(rate * 1.5)
    assert by_lift["control_units"] == size.control
    assert by_lift["days"] == pytest.approx(size.total / 18.9, abs=1)
    assert by_lift["power_so_far"] == achieved_power(99, 40, rate, 0.5, treatments=2)
    assert by_days["total_units"] == int(20 * 18.9)


def test_the_value_of_an_experiment_is_a_mean(cap: Callable[..., Result]) -> None:
    (step,) = told(cap("E1", "--metric", "value", "--lift", "0.5", "--format", "json"))
    values = np.array([8.0] * 25 + [0.0] * 74)
    assert step["target"] == pytest.approx(values.mean() * 1.5)
    size = sample_size(values.mean(), 0.5, "mean", values.std(ddof=1), ratio=0.5, treatments=2)
    assert step["control_units"] == size.control


def test_a_ratio_of_an_experiment_has_the_deviation_of_the_delta_method(cap: Callable[..., Result]) -> None:
    (step,) = told(cap("E1", "--metric", "per_session", "--lift", "0.5", "--format", "json"))
    converted = np.array([float(unit % 4 == 0) for unit in range(99)])
    sessions = np.array([2.0 if unit % 4 == 0 else 1 + unit % 3 for unit in range(99)])
    ratio = converted.sum() / sessions.sum()
    deviation = ((converted - ratio * sessions) / sessions.mean()).std(ddof=1)
    assert step["target"] == pytest.approx(ratio * 1.5)
    size = sample_size(ratio, 0.5, "mean", deviation, ratio=0.5, treatments=2)
    assert step["control_units"] == size.control


def test_without_a_question_there_is_a_curve(cap: Callable[..., Result]) -> None:
    done = cap("E1", "--format", "csv")
    steps = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {step["asked"] for step in steps} == {"lift", "days", "so far"}
    lifts = [float(step["lift"]) for step in steps]
    assert lifts == sorted(lifts)
    units = [int(step["total_units"]) for step in steps]
    assert units == sorted(units, reverse=True)
    (so_far,) = [step for step in steps if step["asked"] == "so far"]
    assert float(so_far["power_so_far"]) == pytest.approx(0.8, abs=1e-6)
    table = cap("E1").stdout
    assert "3 arms, 50\u00a0% in the control, 18.90 units a day" in table
    # a rate of 0.7 cannot become half as much again
    for high in ("0.7", "0.999"):
        steps = told(cap("--baseline", high, "--format", "json"))
        assert steps
        assert all(step["target"] <= 1 for step in steps)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--baseline"),
        (("E3",), "E1"),
        (("E2",), "treatment"),
        (("--baseline", "2"), "--deviation"),
        (("--baseline", "0"), "other than 0"),
        (("--baseline", "0.4", "--lift", "2"), "1.2"),
        (("--baseline", "0.4", "--lift", "0"), "lift"),
        (("--baseline", "0.4", "--lift", "1e-200"), "units"),
        (("--baseline", "4", "--deviation", "3", "--lift", "1e-200"), "units"),
        (("--baseline", "0.4", "--lift", "nan"), "lift"),
        (("--baseline", "0.4", "--power", "0.01"), "power"),
        (("--baseline", "0.4", "--power", "0.01", "--units", "100"), "power"),
        (("--baseline", "0.4", "--daily-units", "nan"), "--daily-units"),
        (("--baseline", "inf", "--deviation", "1"), "mean"),
        (("--baseline", "0.4", "--days", "3"), "--daily-units"),
        (("--baseline", "0.4", "--daily-units", "0"), "--daily-units"),
        (("--baseline", "0.4", "--daily-units", "1", "--days", "3"), "ask for more"),
        (("--baseline", "0.4", "--split", "50,50", "--arms", "3"), "--arms"),
        (("--baseline", "0.4", "--split", "half"), "--split"),
        (("--baseline", "0.4", "--power", "80"), "--power"),
        (("--baseline", "0.4", "--deviation", "-1"), "--deviation"),
        (("--baseline", "0.4", "--metric", "value"), "--metric"),
        (("E1", "--deviation", "3"), "conversion is a rate"),
        (("E1", "--metric", "valeu"), "value"),
        (("E1", "--metric", "middle"), "quantile"),
        (("E1", "--metric", "alike"), "the same for every unit"),
    ],
)
def test_what_cannot_be_says_what_to_do(
    cap: Callable[..., Result], arguments: tuple[str, ...], words: str
) -> None:
    done = cap(*arguments)
    assert done.exit_code == 1, done.output
    assert words in done.stderr
    assert "Traceback" not in done.output
