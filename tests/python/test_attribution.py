"""Attribution: Markov in SQL equals a chain that is solved anew without each channel, and late touches reach
only the conversions that they can.
"""

import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pytest
from conftest import PROJECT, run_dbt

from cap.attribution.chain import Path as Kind
from cap.attribution.chain import chain, solve
from cap.attribution.evaluate import evaluate
from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

EXACT = 1e-9
PYTHON_EXACT = 1e-12
MODELS = {
    "int_attribution__transitions": "intermediate",
    "int_attribution__visits": "intermediate",
    "silver_attribution_removal_effects": "silver",
}
START, CONVERSION, NOTHING = -2, -3, -4

Journey = tuple[tuple[int, ...], bool]  # channels in order, and whether it ended in a conversion of 10.01
Effects = dict[int, tuple[float, float, float]]  # removal effect, conversions, revenue


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The compiled SQL of the models of the Markov chain, in the order in which they are built."""
    folder = tmp_path_factory.mktemp("markov")
    with duckdb.connect(folder / "warehouse.duckdb") as connection:
        connection.execute("create schema intermediate; create schema silver")
    run_dbt(folder / "warehouse.duckdb", "compile", "-s", *MODELS)
    return {
        model: next(folder.glob(f"target/compiled/*/models/**/{model}.sql")).read_text() for model in MODELS
    }


@pytest.fixture(scope="module")
def markov(compiled: dict[str, str]) -> Callable[[list[Journey]], Effects]:
    """What the models make of paths."""

    def ask(paths: list[Journey]) -> Effects:
        won, lost = [], []
        for number, (channels, converts) in enumerate(paths):
            for place, channel in enumerate(channels):
                before = channels[place - 1] if place else None
                last = place == len(channels) - 1
                if converts:
                    won.append((number, number * 1000 + place, place + 1, len(channels), before, channel))
                else:
                    lost.append((number * 1000 + place, before, channel, last))
        with duckdb.connect() as connection:
            connection.execute("attach ':memory:' as warehouse; use warehouse")
            connection.execute("create schema intermediate; create schema silver")
            connection.execute(
                "create table silver.silver_attribution_paths (conversion_key bigint, touch_key bigint, "
                "touch_number integer, touch_count integer, previous_node_key bigint, node_key bigint, "
                "channel_key bigint default 0, campaign_key bigint default -1, "
                "conversion_value decimal(18, 2) default 10.01, conversion_type varchar default 'purchase')"
            )
            connection.execute(
                "create table intermediate.int_attribution__unconverted (touch_key bigint, "
                "previous_node_key bigint, node_key bigint, is_last boolean, "
                "conversion_type varchar default 'purchase')"
            )
            columns = "conversion_key, touch_key, touch_number, touch_count, previous_node_key, node_key"
            for row in won:
                connection.execute(
                    f"insert into silver.silver_attribution_paths ({columns}) values (?, ?, ?, ?, ?, ?)", row
                )
            for row in lost:
                connection.execute(
                    "insert into intermediate.int_attribution__unconverted "
                    "(touch_key, previous_node_key, node_key, is_last) values (?, ?, ?, ?)",
                    row,
                )
            connection.execute(
                "create table intermediate.int_attribution__touches as "
                "select distinct node_key, node_key as channel_key, -1 as campaign_key from "
                "(select node_key from silver.silver_attribution_paths union all "
                "select node_key from intermediate.int_attribution__unconverted)"
            )
            for model, schema in MODELS.items():
                sql = compiled[model].replace('"warehouse".', "")
                connection.execute(f"create table {schema}.{model} as {sql}")
            rows = connection.execute(
                "select node_key, removal_effect, markov_conversions, markov_revenue "
                "from silver.silver_attribution_removal_effects"
            ).fetchall()
        return {node: (float(effect), float(share), float(value)) for node, effect, share, value in rows}

    return ask


def chance_to_convert(paths: list[Journey], removed: int | None) -> float:
    """The chance that a path converts in the chain of all paths, `removed` leading to nothing: the linear
    system of a chain with absorbing states, solved by numpy, with nothing of the models in it.
    """
    counts: dict[int, dict[int, int]] = {}
    for channels, converts in paths:
        steps = [START, *channels, CONVERSION if converts else NOTHING]
        for here, there in pairwise(steps):
            if here != there:
                counts.setdefault(here, {}).setdefault(there, 0)
                counts[here][there] += 1
    states = sorted(counts)
    place = {state: number for number, state in enumerate(states)}
    stays, converts_now = np.zeros((len(states), len(states))), np.zeros(len(states))
    for here, steps_on in counts.items():
        if here == removed:
            continue
        for there, count in steps_on.items():
            share = count / sum(steps_on.values())
            if there == CONVERSION:
                converts_now[place[here]] += share
            elif there != NOTHING and there != removed:
                stays[place[here], place[there]] += share
    return float(np.linalg.solve(np.eye(len(states)) - stays, converts_now)[place[START]])


def removal_effects(paths: list[Journey]) -> dict[int, float]:
    whole = chance_to_convert(paths, None)
    channels = {channel for path, _ in paths for channel in path}
    return {channel: 1 - chance_to_convert(paths, channel) / whole for channel in channels}


def in_python(paths: list[Journey]) -> dict[int, float]:
    """What `cap attribution` makes of the same paths at order 1."""
    solved = solve(chain([Kind(channels, converts, 1) for channels, converts in paths], 1))
    return {node: effect.removal for node, effect in solved.effects.items()}


def generated(seed: int, paths: int, channels: int) -> list[Journey]:
    """Paths of 1 to 9 touches, some channels more common and some more lucky than others."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(channels))
    luck = rng.random(channels) * 0.5
    made = []
    for _ in range(paths):
        path = tuple(int(c) + 1 for c in rng.choice(channels, size=rng.integers(1, 10), p=weights))
        made.append((path, bool(rng.random() < np.mean([luck[c - 1] for c in path]))))
    return made


HAND_MADE = {
    "one path": [((1,), True)],
    "a path and a half": [((1, 2), True), ((1,), False)],
    "repeats": [((1, 1, 2, 2, 1), True), ((2, 2), False), ((1,), False)],
    "a channel that never leads there": [((1, 2), True), ((3,), False), ((3, 1), False)],
    "to and fro for long": [((1, 2) * 80, True), ((2, 1) * 80, False), ((3,), True)],
    "three on the way": [((1, 2, 3), True), ((1, 3), True), ((2, 3), False), ((3, 1), False), ((2,), True)],
}


@pytest.mark.parametrize("paths", HAND_MADE.values(), ids=HAND_MADE)
def test_markov_equals_a_chain_solved_anew(
    markov: Callable[[list[Journey]], Effects], paths: list[Journey]
) -> None:
    found, wanted = markov(paths), removal_effects(paths)
    assert set(found) == set(wanted)
    for channel, (effect, _, _) in found.items():
        assert effect == pytest.approx(wanted[channel], abs=EXACT)
        assert 0 <= effect <= 1
    assert {channel: effect for channel, (effect, _, _) in found.items()} == pytest.approx(
        in_python(paths), abs=PYTHON_EXACT
    )


@pytest.mark.parametrize(("seed", "channels"), [(1, 3), (2, 6), (3, 12), (4, 30)])
def test_markov_equals_a_chain_solved_anew_on_generated_paths(
    markov: Callable[[list[Journey]], Effects], seed: int, channels: int
) -> None:
    paths = generated(seed, 400, channels)
    found, wanted = markov(paths), removal_effects(paths)
    assert {channel: effect for channel, (effect, _, _) in found.items()} == pytest.approx(wanted, abs=EXACT)
    assert {channel: effect for channel, (effect, _, _) in found.items()} == pytest.approx(
        in_python(paths), abs=PYTHON_EXACT
    )
    conversions = sum(converts for _, converts in paths)
    total = sum(wanted.values())
    for channel, (_, share, _) in found.items():
        assert share == pytest.approx(conversions * wanted[channel] / total, abs=1e-7)
    assert sum(value for _, _, value in found.values()) == pytest.approx(10.01 * conversions, abs=1e-6)


def test_names_of_channels_say_nothing(markov: Callable[[list[Journey]], Effects]) -> None:
    paths = generated(5, 200, 7)
    other = dict(zip(range(1, 8), (4, 7, 1, 6, 2, 5, 3), strict=True))
    renamed = markov([(tuple(other[c] for c in channels), converts) for channels, converts in paths])
    for channel, (effect, _, _) in markov(paths).items():
        assert renamed[other[channel]][0] == pytest.approx(effect, abs=1e-12)


def test_paths_that_led_to_nothing_count(markov: Callable[[list[Journey]], Effects]) -> None:
    paths = [((1, 2), True), ((1,), True), ((2,), True)]
    more = [*paths, ((1, 2), False)]
    assert markov(paths)[1][0] != pytest.approx(markov(more)[1][0], abs=0.01)


def test_a_late_touch_reaches_only_what_came_after_it(tmp_path: Path) -> None:
    """A touchpoint of Ann's, weeks late: her conversion is credited anew, no other row is derived again."""
    bronze, database = tmp_path / "bronze", tmp_path / "w.duckdb"
    shutil.copytree(PROJECT / "tests/golden/bronze", bronze)
    contract = read_contract(PROJECT / "contract/columns.csv")
    built = ("--select", "+silver_attribution_paths")
    load_bronze(bronze, database, contract)
    run_dbt(database, "seed")
    run_dbt(database, "run", *built)
    before = credited(database)
    (bronze / "touchpoints/late.csv").write_text(
        "touchpoint_id,touchpoint_timestamp,customer_id,channel,ingestion_timestamp\n"
        "t9,2026-01-10 09:00:00,A1,display,2026-03-01 00:00:00\n"
    )
    load_bronze(bronze, database, contract)
    run_dbt(database, "run", *built)
    after = credited(database)
    assert {key: row for key, row in after.items() if key[0] != "k9"} == {
        key: row for key, row in before.items() if key[0] != "k9"
    }
    assert sorted(float(weight) for (key, _), (weight, _) in after.items() if key == "k9") == [0.25] * 4


def credited(database: Path) -> dict[tuple[str, int], tuple[object, int]]:
    """By conversion_id and touch: the linear weight, and the run that derived it."""
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.execute(
            "select conversion_id, touch_key, linear_weight, paths.derived_in_batch "
            "from silver.silver_attribution_paths as paths "
            "inner join silver.silver_conversions as conversions using (conversion_key)"
        ).fetchall()
    return {(conversion, touch): (weight, batch) for conversion, touch, weight, batch in rows}


def test_evaluate_sets_credit_beside_truth_and_holdout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E-mail caused all and got half; of 40 journeys with it 30 converted, of 20 without it 10."""
    database = tmp_path / "w.duckdb"
    with duckdb.connect(database) as connection:
        connection.execute(
            """
            create schema reference; create schema gold; create schema silver;
            create table reference.touchpoint_channels as
            from (values ('email', 'Email'), ('retargeting', 'Retargeting')) as t(channel_code, channel_name);
            create table gold.dim_channel as
            from (values (1, 'Email'), (2, 'Retargeting'), (3, 'Direct')) as t(channel_key, channel_name);
            create table gold.fact_attribution as
            select *, 'linear' as attribution_model from (values
                (1, 10, 'purchase', 0.5), (2, 11, 'purchase', 0.5), (3, null, 'purchase', 5),
                (2, 12, 'lead', 9)
            ) as t(channel_key, touchpoint_key, conversion_type, attribution_weight);
            create table silver.silver_attribution_settings as select
                'channel' as attribution_grain, 'none' as path_transform, 'linear' as default_model,
                2592000 as lookback_seconds, 604800 as half_life_seconds, date '2026-02-01' as as_of;
            create table gold.fact_channel_holdouts as
            select n as journey_key, n as customer_key, 1 as channel_key,
                if(n <= 40, 'reached', 'held_out') as holdout_arm, 1 as journey_count,
                (n <= 30 or n > 50)::integer as conversion_count
            from range(1, 61) as t(n)
            union all select 99, 99, 1, 'both', 1, 1;
            """
        )
    (tmp_path / "channel_effects.csv").write_text(
        "channel,journeys_touched,mean_uplift,conversions_caused,is_null_channel\n"
        "retargeting,5,0,0,true\nemail,4,0.5,2,false\nreferral,0,0,0,false\n"
    )
    monkeypatch.setenv("CAP_DUCKDB_PATH", str(database))
    email, retargeting = evaluate(tmp_path, "purchase")
    assert (email.name, email.caused_share, retargeting.is_null) == ("Email", 1, True)
    assert email.credit_shares["linear"] == retargeting.credit_shares["linear"] == 0.5
    assert email.holdout is not None and email.holdout[0] == pytest.approx(0.75 - 0.5)
    assert email.holdout[1] < 0.25 < email.holdout[2]
    assert retargeting.holdout is None
