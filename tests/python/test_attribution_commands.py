"""`cap attribution run`, `compare` and `explain`: it adds up, is what the models say, and is found again."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner, Result
from conftest import Warehouse
from scipy.stats import kendalltau

from cap.attribution import CAUSALITY, compare, recompute
from cap.attribution import warehouse as stored
from cap.attribution.compare import agreements, side_by_side
from cap.attribution.estimate import estimates, share_interval
from cap.attribution.explain import explain_channel, explain_conversion, explain_paths, find_channel
from cap.attribution.holdouts import Holdout, holdouts
from cap.attribution.recompute import VARS, compiled, dropped, rebuilt
from cap.attribution.results import AttributionEstimate
from cap.attribution.save import land_estimates
from cap.attribution.show import compared
from cap.attribution.warehouse import MODELS, opened
from cap.cli import main
from cap.metrics.show import percent
from cap.report.sections.attribution import CERTAINTY

EXACT = 1e-12
CENT = 0.005

Compiles = Callable[[Sequence[dict], dict], list]


@pytest.fixture(scope="module")
def found(warehouse: Warehouse) -> dict[str, list[AttributionEstimate]]:
    """By type of conversion, all models with few samples."""
    with opened(warehouse.database) as one:
        types = stored.conversion_types(one)
        return {name: estimates(one, name, samples=10) for name in types}


@pytest.fixture
def cap(warehouse: Warehouse) -> Callable[..., Result]:
    settings = {"CAP_DUCKDB_PATH": str(warehouse.database)}
    return lambda *arguments: CliRunner().invoke(main, ["attribution", *arguments], env=settings)


def test_every_model_credits_every_conversion_to_the_cent(
    warehouse: Warehouse, found: dict[str, list[AttributionEstimate]]
) -> None:
    """Those of no value too, and those that nothing touched: the totals are those of fact_conversions."""
    totals = warehouse.query(
        "select conversion_type, count(*), sum(coalesce(conversion_value, 0)) from gold.fact_conversions "
        "where conversion_type is not null group by all"
    )
    assert {name for name, *_ in totals} >= set(found)
    assert any(value == 0 for *_, value in totals)
    for name, conversions, value in totals:
        models = {row.attribution_model for row in found.get(name, [])}
        if name in found:
            assert models == {*MODELS, "markov_1", "markov_2", "markov_3"}
        for model in models:
            rows = [row for row in found[name] if row.attribution_model == model]
            assert sum(row.conversions for row in rows) == pytest.approx(conversions, abs=1e-6)
            assert sum(row.revenue for row in rows) == pytest.approx(float(value), abs=CENT)
            assert sum(row.share or 0 for row in rows) == pytest.approx(1, abs=1e-9)


def test_models_are_those_of_the_warehouse(
    warehouse: Warehouse, found: dict[str, list[AttributionEstimate]]
) -> None:
    credited = warehouse.query(
        "select conversion_type, attribution_model, channel_key, sum(attribution_weight), "
        "sum(attributed_revenue) from gold.fact_attribution group by all"
    )
    told = {
        (row.conversion_type, row.attribution_model, row.channel_key): row
        for rows in found.values()
        for row in rows
    }
    for name, model, channel, weight, revenue in credited:
        if name in found:
            row = told[name, model, channel]
            assert (row.conversions, row.revenue) == pytest.approx((float(weight), float(revenue)), abs=1e-9)
    # what shares a conversion by all paths has an error that its own path does not tell
    assert {row.share_upper for row in told.values() if row.attribution_model == "markov"} == {None}
    effects = warehouse.query(
        "select conversion_type, channel_key, removal_effect, markov_revenue "
        "from gold.fact_attribution_removal_effects"
    )
    assert len(effects) > 20
    for name, channel, effect, revenue in effects:
        row = told[name, "markov_1", channel]
        assert row.removal_effect == pytest.approx(float(effect), abs=EXACT)
        assert row.revenue == pytest.approx(float(revenue), abs=0.011)  # cents, rounded in another place


def test_first_touch_counts_conversions_and_not_their_worth(
    warehouse: Warehouse, found: dict[str, list[AttributionEstimate]]
) -> None:
    """A channel that began two purchases has two, whatever they cost."""
    begun = dict(
        warehouse.query(
            "select channel_key, count(*) from silver.silver_attribution_paths "
            "where conversion_type = 'purchase' and touch_number = 1 group by all"
        )
    )
    first = [row for row in found["purchase"] if row.attribution_model == "first_touch"]
    assert {row.channel_key: row.conversions for row in first if row.conversions} == begun


def test_the_interval_of_a_share_is_by_people(
    warehouse: Warehouse, found: dict[str, list[AttributionEstimate]]
) -> None:
    """Against NumPy on all people, those without the channel too: the delta method on residuals."""
    rows = warehouse.query(
        "select coalesce(customer_key, visitor_key, conversion_key), conversion_key, channel_key, "
        "linear_weight::double from silver.silver_attribution_paths "
        "where conversion_type = 'lead' and touch_key <> -1"
    )
    people = sorted({person for person, *_ in rows})
    place = {person: number for number, person in enumerate(people)}
    conversions = np.zeros(len(people))
    for person, _ in {(person, conversion) for person, conversion, *_ in rows}:
        conversions[place[person]] += 1
    assert conversions.max() > 1
    checked = 0
    for row in (one for one in found["lead"] if one.attribution_model == "linear" and one.share_upper):
        credit = np.zeros(len(people))
        for person, _, channel, weight in rows:
            if channel == row.channel_key:
                credit[place[person]] += weight
        share = credit.sum() / conversions.sum()
        residuals = credit - share * conversions
        error = 1.959963984540054 * np.sqrt(len(people) * residuals.var(ddof=1)) / conversions.sum()
        assert row.share == pytest.approx(share, abs=1e-9)
        # in log odds the error is divided by the slope of the share there
        below, above = (np.log(end / (1 - end)) for end in (row.share_lower, row.share_upper))
        assert (below + above) / 2 == pytest.approx(np.log(share / (1 - share)), abs=1e-6)
        assert (above - below) / 2 == pytest.approx(error / share / (1 - share), abs=1e-6)
        checked += 1
    assert checked > 3


def test_shares_of_rare_channels_are_covered_too() -> None:
    """One in twenty of 160 people met the channel, among up to eight: how often an interval holds its true
    share, and how often plus and minus two errors would.
    """
    rng = np.random.default_rng(2)
    true = 0.05 * np.mean(1 / np.arange(1, 9))
    covered, plain = [], []
    for _ in range(2000):
        conversions = 1 + rng.poisson(0.2, 160)
        credit = (rng.random(160) < 0.05) * conversions / rng.integers(1, 9, 160)
        share = credit.sum() / conversions.sum()
        variance = 160 * (credit - share * conversions).var(ddof=1) / conversions.sum() ** 2
        if share:
            low, high = share_interval(share, variance, 0.95)
            covered.append(low <= true <= high)
            plain.append(abs(true - share) <= 1.96 * variance**0.5)
    assert 0.89 < np.mean(covered) < 0.97
    assert np.mean(plain) < 0.87


def test_holdouts_are_ratios_over_customers(warehouse: Warehouse) -> None:
    """Against NumPy on the journeys of the fact; a small control group gets no interval."""
    rows = warehouse.query(
        "select channel_key, holdout_arm, customer_key, conversion_count from gold.fact_channel_holdouts"
    )
    with opened(warehouse.database) as one:
        told = holdouts(one)
    arms = {(channel, arm) for channel, arm, *_ in rows}
    assert {one.channel_key for one in told} == {
        c for c, a in arms if a == "held_out" and (c, "reached") in arms
    }
    for one in told:
        means, variances = [], []
        for arm in ("reached", "held_out"):
            by_person: dict[int, list[int]] = {}
            for channel, of_arm, person, converted in rows:
                if (channel, of_arm) == (one.channel_key, arm):
                    by_person.setdefault(person, []).append(converted)
            journeys = np.array([len(some) for some in by_person.values()])
            won = np.array([sum(some) for some in by_person.values()])
            rate = won.sum() / journeys.sum()
            residuals = won - rate * journeys
            means.append(rate)
            if len(by_person) > 1:
                variances.append(residuals.var(ddof=1) / len(by_person) / journeys.mean() ** 2)
        assert one.uplift == pytest.approx(means[0] - means[1], abs=EXACT)
        assert one.caused == pytest.approx(one.uplift * one.reached_journeys)
        if one.note:
            assert one.lower is None and one.p_value is None
        else:
            assert one.lower < one.uplift < one.upper
            # Welch: a little wider than the normal interval
            half = (one.upper - one.lower) / 2 / np.sqrt(sum(variances))
            assert 1.95 < half < 2.2
            assert one.standard_error == pytest.approx(np.sqrt(sum(variances)))
    assert any(one.note for one in told) or any(one.lower is not None for one in told)


def held_out(arms: dict[int, tuple[int, int, int, int]], journeys_each: int = 1) -> dict[str, Holdout]:
    """Holdouts of channels by journeys reached, how many of those converted, and of the held out; each
    customer has so many, which end alike. Nobody is named where it is one.
    """
    customer = f"n // {journeys_each}" if journeys_each > 1 else "null"
    with duckdb.connect() as connection:
        connection.execute("create schema gold")
        connection.execute(
            "create table gold.dim_channel as "
            "select n as channel_key, 'c' || n as channel_name from range(9) t(n)"
        )
        connection.execute(
            "create table gold.fact_channel_holdouts (channel_key int, holdout_arm text, customer_key int, "
            "journey_key int, journey_count int, conversion_count int)"
        )
        for channel, (reached, won, withheld, won_without) in arms.items():
            both = ("both", 50, 50)  # belongs to neither
            for arm, journeys, some in (("reached", reached, won), ("held_out", withheld, won_without), both):
                connection.execute(
                    f"insert into gold.fact_channel_holdouts select {channel}, '{arm}', {customer}, n, 1, "
                    f"(n < {some})::int from range({journeys}) t(n)"
                )
        return {one.channel: one for one in holdouts(stored.Warehouse(connection, "silver", None))}


def test_who_has_several_journeys_is_one_unit() -> None:
    """Twice as many journeys of the same customers, which end alike, say nothing more."""
    once = held_out({1: (400, 100, 200, 60)})["c1"]
    twice = held_out({1: (800, 200, 400, 120)}, journeys_each=2)["c1"]
    assert (once.reached_journeys, once.reached_customers, once.held_out_customers) == (400, 400, 200)
    assert (twice.reached_journeys, twice.reached_customers, twice.held_out_customers) == (800, 400, 200)
    assert twice.uplift == once.uplift == pytest.approx(-0.05)
    assert twice.standard_error == pytest.approx(once.standard_error)
    assert (twice.lower, twice.p_value) == pytest.approx((once.lower, once.p_value))
    assert once.caused == pytest.approx(-20)
    assert twice.caused_lower == pytest.approx(2 * once.caused_lower)


def test_of_many_holdouts_one_seems_to_do_something() -> None:
    """Three channels that can be judged share the chance of a false find; a fourth held out twenty, of whom
    none converted, and a fifth and a sixth had too few who did, or did not: nothing says how sure those are.
    """
    arms = {1: (400, 100, 400, 60), 2: (400, 80, 400, 70), 3: (400, 50, 400, 60), 4: (90, 60, 20, 0)}
    told = held_out({**arms, 5: (90, 45, 5, 1), 6: (90, 85, 20, 18)})
    by_size = sorted((told[name] for name in ("c1", "c2", "c3")), key=lambda one: one.p_value)
    first, second, third = (one.p_value for one in by_size)
    wanted = [3 * first, max(3 * first, 2 * second), max(3 * first, 2 * second, third)]
    assert [one.adjusted_p_value for one in by_size] == pytest.approx([min(p, 1) for p in wanted])
    assert told["c1"].adjusted_p_value < 0.01 < 0.05 < told["c3"].p_value
    assert told["c4"].note == "too small: an arm has no conversion"
    assert told["c5"].note == "too small: 2.4 conversions expected, 5 needed"
    assert told["c6"].note == "too small: 1.3 others expected, 5 needed"
    for name in ("c4", "c5", "c6"):
        assert told[name].uplift is not None
        assert {told[name].lower, told[name].standard_error, told[name].adjusted_p_value} == {None}


def test_holdouts_agree_only_as_surely_as_they_know() -> None:
    """A model has three channels in the order of what they caused; with wide errors any order may be."""
    credit = AttributionEstimate(
        **{
            **dict.fromkeys(AttributionEstimate.__dataclass_fields__),
            "attribution_model": "linear",
            "campaign_key": -1,
        }
    )
    held = Holdout(**{**dict.fromkeys(Holdout.__dataclass_fields__), "reached_journeys": 100})
    found = [replace(credit, channel_key=n, share=n / 6) for n in (1, 2, 3)]

    def agreed(error: float, confidence: float = 0.95) -> compare.Agreement:
        some = [
            replace(held, channel_key=n, uplift=n / 10, caused=10 * n, standard_error=error)
            for n in (1, 2, 3)
        ]
        # one too small to have an error is not compared
        some.append(replace(held, channel_key=4, uplift=0.9, caused=90))
        (one,) = agreements(found, some, confidence)
        return one

    sure, unsure = agreed(0.001), agreed(10)
    assert (sure.channels, sure.rank_agreement, sure.rank_lower, sure.rank_upper) == pytest.approx(
        (3, 1, 1, 1)
    )
    assert (unsure.rank_agreement, unsure.rank_lower, unsure.rank_upper) == pytest.approx((1, -1, 1))
    between = agreed(0.1, 0.5)
    assert between.rank_lower == pytest.approx(1 / 3)
    # what caused most is uplift times those reached
    few = [
        replace(held, channel_key=n, uplift=n / 10, caused=1, standard_error=1e-6, reached_journeys=r)
        for n, r in ((1, 100), (2, 10))
    ]
    assert agreements(found, few)[0].rank_upper is None
    few = [replace(one, caused=one.uplift * one.reached_journeys) for one in few]
    assert agreements(found, few)[0].rank_upper == agreements(found, few)[0].rank_agreement == -1


def test_a_table_tells_how_sure_agreement_and_holdouts_are() -> None:
    held = replace(
        Holdout(**dict.fromkeys(Holdout.__dataclass_fields__)),
        channel="Email",
        reached_journeys=100,
        uplift=0.1,
        p_value=0.0123,
        adjusted_p_value=0.0456,
    )
    agreed = [
        compare.Agreement("linear", "last_touch", 2, 0.5, 0.25),
        compare.Agreement("last_touch", "holdouts", 3, 1 / 3, None, -0.5, 0.9),
    ]
    rows = [{"name": "Email", "linear": 0.5, "last_touch": 0.25}]
    told = compared(rows, "share", agreed, [held], "linear")
    assert "+0.33 (-0.50 to +0.90)" in told
    assert "0.0456" in told
    assert "0.0123" not in told
    assert "nothing here tells what a channel causes" in compared(rows, "share", agreed, [], "linear")


def test_a_build_lands_intervals(warehouse: Warehouse) -> None:
    ((chains, least, share, none),) = warehouse.query(
        "select count(*), min(sample_count), count(credit_share_lower) / count(credit_share), "
        "count(*) filter (where not is_latest) from gold.fact_attribution_estimates where model_order > 0"
    )
    assert chains > 100
    assert least >= 40
    assert (share, none) == (1, 0)


def test_a_holdout_stands_beside_its_channel_alone() -> None:
    """Not beside what is left of the channel where its campaigns are told apart."""
    nothing = dict.fromkeys(AttributionEstimate.__dataclass_fields__)
    row = AttributionEstimate(**{**nothing, "name": "Email", "attribution_model": "linear", "share": 0.5})
    row = replace(row, channel_key=1, campaign_key=-1, grain="channel")
    held = Holdout(**{**dict.fromkeys(Holdout.__dataclass_fields__), "channel_key": 1, "uplift": 0.1})
    other = replace(row, channel_key=2, name="SMS")
    assert [one["holdout_uplift"] for one in side_by_side([row, other], [held], "share")] == [0.1, None]
    left = [replace(row, grain="campaign"), replace(row, grain="campaign", campaign_key=7)]
    assert [one["holdout_uplift"] for one in side_by_side(left, [held], "share")] == [None, None]


def test_of_an_early_conversion_the_lookback_is_not_seen_whole() -> None:
    """The data begin with a session on the first; a lookback of two days, both ends with it."""
    begin = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with duckdb.connect() as connection:
        connection.execute("create schema silver")
        connection.execute("create table silver.silver_touchpoints (touchpoint_timestamp timestamp)")
        connection.execute(
            "create table silver.silver_web_sessions as select ? as session_start_timestamp", [begin]
        )
        connection.execute(
            "create table silver.silver_attribution_paths "
            "(conversion_type text, touch_number int, conversion_timestamp timestamp)"
        )
        for kind, number, hours in (
            ("purchase", 1, 47),
            ("purchase", 1, 48),
            ("purchase", 2, 48),
            ("purchase", 1, 90),
            ("purchase", 1, 91),
            ("lead", 1, 1),
        ):
            connection.execute(
                "insert into silver.silver_attribution_paths values (?, ?, ?)",
                [kind, number, begin + timedelta(hours=hours)],
            )
        settings = stored.Settings("channel", "none", "linear", 2 * 86_400, 1, begin.date())
        assert stored.seen_whole(stored.Warehouse(connection, "silver", settings), "purchase") == 0.75


def test_people_are_drawn_with_all_their_paths(warehouse: Warehouse) -> None:
    """Histories add up to the paths and to the people; those who converted again have them in one."""
    for name, people, most in warehouse.query(
        """
        with of_people as (
            select conversion_type, person_key, is_converted, count(*) as paths
            from intermediate.int_attribution__person_paths group by all
        )
        select conversion_type, count(distinct person_key), max(paths) filter (where is_converted)
        from of_people group by all having bool_or(is_converted)
        """
    ):
        with opened(warehouse.database) as one:
            paths, told = stored.paths(one, name), stored.histories(one, name)
        counts = np.bincount(told.path, told.times * told.people[told.kind])
        assert counts.tolist() == [path.count for path in paths]
        assert told.people.sum() == people
        won = np.array([path.is_converted for path in paths])[told.path]
        assert np.bincount(told.kind, told.times * won).max() == most


def test_a_row_per_channel_and_how_far_models_agree(
    warehouse: Warehouse, found: dict[str, list[AttributionEstimate]]
) -> None:
    with opened(warehouse.database) as one:
        held_out = holdouts(one)
    rows = side_by_side(found["purchase"], held_out, "share")
    assert len({row["name"] for row in rows}) == len(rows)
    agreed = {(one.one_model, one.other_model): one for one in agreements(found["purchase"], held_out)}
    assert len(agreed) == 11 * 10 / 2 + (11 if any(not one.note for one in held_out) else 0)
    both = agreed["first_touch", "last_touch"]
    shares = np.array([(row["first_touch"], row["last_touch"]) for row in rows if row["linear"] is not None])
    assert both.credit_moved == pytest.approx(np.abs(shares[:, 0] - shares[:, 1]).sum() / 2)
    assert both.rank_agreement == pytest.approx(kendalltau(*shares.T).statistic)
    assert agreed["linear", "shapley"].credit_moved < both.credit_moved


@pytest.fixture(scope="module")
def written(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the warehouse that may be written into; dbt's target is beside it, read but once."""
    folder = tmp_path_factory.mktemp("attribution")
    shutil.copy(warehouse.database, folder / "warehouse.duckdb")
    return folder


@pytest.fixture
def at_home(written: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    settings = {
        "CAP_DUCKDB_PATH": str(written / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(written / "target"),
        "DBT_LOG_PATH": str(written / "logs"),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


TRIED = (
    {},
    {"path_transform": "collapse_repeats"},
    {"path_transform": "drop_direct_unless_only"},
    {"lookback_seconds": 86_400},
    {"attribution_grain": "campaign"},
)


@pytest.fixture(scope="module")
def anew(written: Path) -> Compiles:
    """`compiled`, asked once of dbt for all that is tried here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAP_DUCKDB_PATH", str(written / "warehouse.duckdb"))
        patch.setenv("DBT_TARGET_PATH", str(written / "target"))
        patch.setenv("DBT_LOG_PATH", str(written / "logs"))
        with opened() as one:
            built_by = {name: getattr(one.settings, name) for name in VARS}
        models = compiled(TRIED, built_by)

    def answer(wanted: Sequence[dict], settings: dict) -> list:
        assert settings == built_by
        as_asked = [{name: one[name] for name in one if one[name] != built_by[name]} for one in wanted]
        return [models[TRIED.index(one)] for one in as_asked]

    return answer


def test_other_settings_are_the_models_own_sql(
    warehouse: Warehouse, anew: Compiles, found: dict[str, list[AttributionEstimate]]
) -> None:
    """As built it says what was built; repeats change linear, not Markov; a day knows other first touches."""
    answers = []
    with opened(warehouse.database) as one:
        models = anew(TRIED, {name: getattr(one.settings, name) for name in VARS})
        for settings, sql in zip(TRIED, models, strict=True):
            again = rebuilt(one, sql, "again", **settings)
            rows = estimates(again, "purchase", orders=(1,), samples=0)
            answers.append({(row.attribution_model, row.name): row.share for row in rows})
            assert {row.grain for row in rows} == {again.settings.attribution_grain}
            assert {row.path_transform for row in rows} == {again.settings.path_transform}
            dropped(again)
    as_built, collapsed, undirected, short, by_campaign = answers
    before = {
        (row.attribution_model, row.name): row.share
        for row in found["purchase"]
        if row.model_order in (None, 1)
    }
    assert as_built == pytest.approx(before, abs=1e-9)

    def of(answer: dict, model: str) -> dict:
        return {name: share for (of_model, name), share in answer.items() if of_model == model}

    assert of(collapsed, "linear") != pytest.approx(of(as_built, "linear"), abs=1e-4)
    assert of(collapsed, "markov_1") == pytest.approx(of(as_built, "markov_1"), abs=1e-9)
    assert of(undirected, "linear").get("Direct", 0) < of(as_built, "linear")["Direct"]
    assert of(short, "first_touch") != pytest.approx(of(as_built, "first_touch"), abs=1e-4)
    assert len(of(by_campaign, "linear")) > len(of(as_built, "linear"))


def test_sensitivity_is_the_credit_that_goes_elsewhere(
    warehouse: Warehouse,
    anew: Compiles,
    found: dict[str, list[AttributionEstimate]],
    cap: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compare, "compiled", anew)
    monkeypatch.setattr(compare, "TRIED", {"lookback": ("lookback_seconds", (86_400,))})
    done = cap("compare", "--sensitivity", "lookback", "--format", "json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    before = {
        (row.attribution_model, row.name): row.share for row in found["purchase"] if row.share is not None
    }
    days = {row["value"]: row["is_as_built"] for row in told}
    assert days == {"1 days": False, "30 days": True}
    for row in told:
        assert row["share_as_built"] == pytest.approx(before.get((row["attribution_model"], row["name"]), 0))
        assert row["change"] == pytest.approx(row["share"] - row["share_as_built"])
        assert row["change"] == pytest.approx(0, abs=1e-9) or not row["is_as_built"]
    # within a day fewer conversions have a touch, but of more of them the whole lookback is in the data
    short, long = (next(row for row in told if row["value"] == value) for value in days)
    assert short["touched_conversions"] < long["touched_conversions"]
    assert 0 < long["seen_whole"] < short["seen_whole"] <= 1
    moved = sum(
        abs(row["change"])
        for row in told
        if row["value"] == "1 days" and row["attribution_model"] == "linear"
    )
    table = cap("compare", "--sensitivity", "lookback").stdout
    line = next(line for line in table.splitlines() if line.startswith("1 days"))
    cells = [one for one in line.split(" ") if one]  # not at the space within «7.1 %»
    assert cells[3] == percent(short["seen_whole"])
    assert percent(moved / 2) in cells[4:]
    assert "30 days (as built)" in table
    assert CAUSALITY.split(";")[0] in table


def test_campaigns_are_credited_where_channels_were_built(
    anew: Compiles, cap: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recompute, "compiled", anew)
    done = cap("run", "--by", "campaign", "--order", "1", "--samples", "40", "--format", "json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert {row["grain"] for row in told} == {"campaign"}
    some = max(
        (row for row in told if row["campaign_key"] != -1 and row["model_order"] == 1),
        key=lambda row: row["share"],
    )
    assert 0 <= some["share_lower"] <= some["share"] <= some["share_upper"]
    assert some["share_lower"] < some["share_upper"]
    done = cap("explain", "--by", "campaign", some["name"], "--format", "json")
    assert done.exit_code == 0, done.output
    credit = {line["item"]: line["share"] for line in json.loads(done.stdout) if line["section"] == "credit"}
    assert credit["markov_1"] == pytest.approx(some["share"])
    # a campaign has no holdout group, nor has the channel a group for its campaign
    assert "holdout" not in {line["section"] for line in json.loads(done.stdout)}
    rows = json.loads(cap("compare", "--by", "campaign", "--format", "json").stdout)
    assert {row["holdout_uplift"] for row in rows} == {None}


def test_what_is_saved_is_in_gold_and_once(written: Path, at_home: dict[str, str]) -> None:
    database = written / "warehouse.duckdb"
    with opened(database) as one:
        earlier = estimates(one, "purchase", orders=(1,), samples=0)
    assert land_estimates(earlier, database) == len(earlier)
    arguments = ["run", "--all", "--order", "1", "--samples", "40", "--save", "--format", "json"]
    done = CliRunner().invoke(main, ["attribution", *arguments])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.execute(
            "select conversion_type, attribution_model, channel_key, attributed_conversions, "
            "attributed_revenue::double, removal_effect_lower, sample_count, is_latest "
            # what was landed of other orders stays
            "from gold.fact_attribution_estimates where attribution_model not in ('markov_2', 'markov_3')"
        ).fetchall()
    assert len(rows) == len(told) > 50
    gold = {tuple(row[:3]): row[3:] for row in rows}
    for row in told:
        assert gold[row["conversion_type"], row["attribution_model"], row["channel_key"]] == (
            row["conversions"],
            row["revenue"],
            row["removal_effect_lower"],
            row["sample_count"],
            True,
        )
    assert {row["sample_count"] for row in told if row["model_order"]} == {40}


def test_the_report_reads_one_transform_of_a_day() -> None:
    """Analysed twice on a day, by two transforms: shares would sum to 2. As of a day before, that day's."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema gold;
            create table gold.dim_channel as select 1 as channel_key, 'Email' as channel_name;
            create table gold.fact_attribution_estimates as
            select 'purchase' as conversion_type, 'channel' as attribution_grain, 1 as channel_key,
                'markov_1' as attribution_model, 0.1 as credit_share_lower, 0.9 as credit_share_upper,
                1 as attributed_conversions, 1 as attributed_revenue, 0.95 as confidence_level,
                100 as sample_count, t.*
            from (values
                (date '2026-01-01', 'none', false, 0.1), (date '2026-01-02', 'none', false, 0.2),
                (date '2026-01-02', 'first', true, 0.3)
            ) as t(analysis_date, path_transform, is_latest, credit_share)
            """
        )
        for day, share in ((1, 0.1), (2, 0.3), (3, 0.3)):
            rows = connection.execute(CERTAINTY.format(as_of=f"2026-01-0{day}")).fetchall()
            assert [float(row[1]) for row in rows] == [share]


def test_a_channel_is_explained_by_what_adds_up(warehouse: Warehouse) -> None:
    with opened(warehouse.database) as one:
        node = find_channel(one, "EMAIL")
        lines = explain_channel(one, "purchase", node, top=3)
        with_it = one.rows(
            "select count(distinct conversion_key) from silver.silver_attribution_paths "
            "where conversion_type = 'purchase' and channel_key = ?",
            [node.key],
        )
    told = {(line.section, line.item): line for line in lines}
    reached, from_there, any_path = (
        told["removal effect", item].share
        for item in ("a path comes to it", "and converts from there", "any path converts")
    )
    assert told["removal effect", "order 1"].share == pytest.approx(reached * from_there / any_path)
    assert sum(line.count for line in lines if line.section == "place") == with_it[0][0]
    assert sum(line.share for line in lines if line.section == "place") == pytest.approx(1)
    for line in lines:
        if line.section.startswith("paths"):
            assert ("Email" in line.item.split(" > ")) == (line.section == "paths with it")
    won = warehouse.query(
        f"select list_contains(string_split(nodes, ','), '{node.key}') as has_it, path_count "
        "from silver.silver_attribution_distinct_paths where conversion_type = 'purchase' and is_converted "
        "order by path_count desc"
    )
    for section, has_it in (("paths with it", True), ("paths without it", False)):
        counts = [count for has, count in won if has is has_it]
        assert [line.count for line in lines if line.section == section] == counts[:3]
    assert sum(line.section == "after" for line in lines) == 3
    steps = warehouse.query(
        "select coalesce(channel_name, '(start of the path)'), step_count "
        "from intermediate.int_attribution__transitions "
        "left join gold.dim_channel on from_key = channel_key "
        f"where conversion_type = 'purchase' and to_key = {node.key} order by 2 desc, 1 limit 3"
    )
    assert [(line.item, line.count) for line in lines if line.section == "before"] == steps
    steps = warehouse.query(
        "select coalesce(channel_name, case to_key when -3 then '(a conversion)' else '(nothing)' end), "
        "step_count from intermediate.int_attribution__transitions "
        "left join gold.dim_channel on to_key = channel_key "
        f"where conversion_type = 'purchase' and from_key = {node.key} order by 2 desc, 1 limit 3"
    )
    assert [(line.item, line.count) for line in lines if line.section == "after"] == steps
    assert told["credit", "markov_2"].share > 0


def test_where_a_channel_stands(warehouse: Warehouse) -> None:
    """Against paths read one by one: alone, first, last, both or between others."""
    with opened(warehouse.database) as one:
        node = find_channel(one, "Direct")
        lines = explain_channel(one, "lead", node, orders=())
    wanted: dict[str, int] = {}
    for (nodes,) in warehouse.query(
        "select list(node_key order by touch_number) from silver.silver_attribution_paths "
        "where conversion_type = 'lead' group by conversion_key"
    ):
        if node.key in nodes:
            ends = (nodes[0] == node.key, nodes[-1] == node.key)
            place = {(1, 1): "first and last", (1, 0): "first", (0, 1): "last", (0, 0): "between"}[ends]
            place = "the only one" if set(nodes) == {node.key} else place
            wanted[place] = wanted.get(place, 0) + 1
    assert len(wanted) == 5
    assert {line.item: line.count for line in lines if line.section == "place"} == wanted


def test_all_paths_are_explained_by_what_adds_up(warehouse: Warehouse, cap: Callable[..., Result]) -> None:
    with opened(warehouse.database) as one:
        lines = explain_paths(one, "lead", top=3)
        touched, *_ = stored.totals(one, "lead")
    told = {(line.section, line.item): line for line in lines}
    won, lost = told["paths", "(a conversion)"], told["paths", "(nothing)"]
    assert won.count == touched
    assert won.share == pytest.approx(won.count / (won.count + lost.count))
    lengths = [line for line in lines if line.section == "length"]
    assert sum(line.count for line in lengths) == touched
    assert sum(line.share for line in lengths) == pytest.approx(1)
    distinct = warehouse.query(
        "select nodes, is_converted, path_count from silver.silver_attribution_distinct_paths "
        "where conversion_type = 'lead'"
    )
    between = [count for nodes, is_won, count in distinct if is_won and 3 <= len(nodes.split(",")) <= 5]
    assert told["length", "3 to 5"].count == sum(between)
    for section, is_told in (("paths that converted", True), ("paths that led to nothing", False)):
        some = [line for line in lines if line.section == section]
        counts = sorted((count for _, is_won, count in distinct if is_won is is_told), reverse=True)
        assert [line.count for line in some] == counts[:3]
        names = dict(warehouse.query("select channel_key, channel_name from gold.dim_channel"))
        for line in some:
            alike = {
                is_won: count
                for nodes, is_won, count in distinct
                if " > ".join(names[int(node)] for node in nodes.split(",")) == line.item
            }
            assert line.share == pytest.approx(alike[is_told] / sum(alike.values()))
    assert any(line.share < 1 for line in lines if line.section.startswith("paths that"))
    effects = warehouse.query(
        "select channel_name, removal_effect::double from gold.fact_attribution_removal_effects "
        "inner join gold.dim_channel using (channel_key) where conversion_type = 'lead'"
    )
    by_channel = {line.item: line.share for line in lines if line.section == "removal effect by channel"}
    assert by_channel == pytest.approx(dict(effects), abs=EXACT)
    done = cap("explain", "--conversion-type", "lead", "--top", "3")
    assert done.exit_code == 0, done.output
    assert "Paths to a lead, or to none" in done.stdout


def test_a_conversion_is_explained_by_its_touches(warehouse: Warehouse, cap: Callable[..., Result]) -> None:
    ((conversion, key, touches),) = warehouse.query(
        "select any_value(conversion_id), conversion_key, count(*) "
        "from silver.silver_attribution_paths "
        "inner join silver.silver_conversions using (conversion_key) "
        "where touch_key <> -1 group by conversion_key order by 3 desc, 2 limit 1"
    )
    with opened(warehouse.database) as one:
        told = explain_conversion(one, key)
    assert [touch.number for touch in told] == list(range(1, touches + 1))
    for model in MODELS:
        assert sum(getattr(touch, model) for touch in told) == pytest.approx(1, abs=1e-9)
    hours = [touch.hours_before for touch in told]
    assert hours == sorted(hours, reverse=True)
    ((converted_at,),) = warehouse.query(
        f"select max(conversion_timestamp) from silver.silver_attribution_paths where conversion_key = {key}"
    )
    assert hours[0] == pytest.approx((converted_at - told[0].touched_at).total_seconds() / 3600)
    done = cap("explain", conversion, "--format", "csv")
    assert done.exit_code == 0, done.output
    assert len(list(csv.reader(io.StringIO(done.stdout)))) == touches + 1


def test_what_is_printed_is_cautious(cap: Callable[..., Result]) -> None:
    for arguments in (
        ["run", "--order", "1", "--samples", "0"],
        ["compare"],
        ["explain"],
        ["explain", "Email"],
    ):
        done = cap(*arguments)
        assert done.exit_code == 0, done.output
        assert CAUSALITY.split(";")[0] in done.stdout
        done = cap(*arguments, "--format", "json")
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)
        assert CAUSALITY in done.stderr


def test_who_asks_for_an_order_twice_gets_it_once(cap: Callable[..., Result]) -> None:
    done = cap("run", "--order", "2", "--order", "1", "--order", "2", "--samples", "0", "--format", "json")
    told = [(row["attribution_model"], row["name"]) for row in json.loads(done.stdout)]
    assert len(set(told)) == len(told)
    assert {model for model, _ in told} == {*MODELS, "markov_1", "markov_2"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "--conversion-type", "purchse"], "Did you mean purchase?"),
        (["run", "--model", "linea"], "Did you mean linear?"),
        (["run", "--all", "--conversion-type", "lead"], "name one --conversion-type, or say --all"),
        (["run", "--save", "--model", "linear"], "leave out --model"),
        (["explain", "Emial"], "Did you mean Email"),
        (["explain", "(none)"], "(none) stands for conversions that nothing touched"),
        (["explain", "cv_nobody"], "no channel and no conversion 'cv_nobody'"),
        (["compare", "--agreement"], "--format csv or json"),
        (["run", "--samples", "39"], "39 samples are too few for 95 % intervals: take 40, or 0 for none"),
        (["run", "--samples", "19", "--confidence", "0.9"], "take 20, or 0 for none"),
        (["compare", "--sensitivity", "lookback", "--by", "campaign"], "leave out --agreement and --by"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    cap: Callable[..., Result], arguments: list[str], told: str
) -> None:
    done = cap(*arguments)
    assert done.exit_code == 1
    assert told in done.stderr
    assert "Traceback" not in done.output


def test_without_warehouse_or_conversions_it_says_what_to_do(tmp_path: Path, warehouse: Warehouse) -> None:
    def run(database: Path) -> Result:
        settings = {"CAP_DUCKDB_PATH": str(database)}
        return CliRunner().invoke(main, ["attribution", "run"], env=settings)

    assert "Build it first: cap build" in run(tmp_path / "none.duckdb").stderr
    duckdb.connect(tmp_path / "bare.duckdb").close()
    assert "is not built whole" in run(tmp_path / "bare.duckdb").stderr
    with duckdb.connect(tmp_path / "empty.duckdb") as connection:
        connection.execute(f"attach '{warehouse.database}' as built (read_only)")
        connection.execute("create schema silver; create schema gold")
        connection.execute(
            "create table silver.silver_attribution_settings as from built.silver.silver_attribution_settings"
        )
        for table in ("silver.silver_attribution_distinct_paths", "gold.fact_conversions"):
            connection.execute(f"create table {table} as from built.{table} limit 0")
    assert (
        "there is no conversion in the warehouse: deliver conversion_events"
        in run(tmp_path / "empty.duckdb").stderr
    )
    with duckdb.connect(tmp_path / "empty.duckdb") as connection:
        connection.execute(f"attach '{warehouse.database}' as built (read_only)")
        connection.execute("insert into gold.fact_conversions from built.gold.fact_conversions limit 3")
    assert (
        "nothing touched any of the 3 conversions in the 30 days before it"
        in run(tmp_path / "empty.duckdb").stderr
    )
