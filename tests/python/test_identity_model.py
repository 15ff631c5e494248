"""`cap identity`: what it learns of planted truth, its scores against brute force, an unseen world."""

import ast
import math
import re
from itertools import combinations
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner
from conftest import PROJECT, run_dbt
from hypothesis import given
from hypothesis import strategies as st

from cap.cli import main
from cap.identity import train as training
from cap.identity.em import Block, Comparison, Pairs, estimate
from cap.identity.evaluate import Evaluation, evaluate
from cap.identity.explain import explain
from cap.identity.metrics import joined, score
from cap.identity.train import train, write_seeds
from cap.load.bronze import load_bronze
from cap.load.contract import read_contract

MODELS = PROJECT / "models/intermediate/identity"
# the shipped weights come from another world: seeds/identity_weights.yml says which
WORLD = ("--customers", "4000", "--days", "1", "--mess", "0.5", "--seed", "271")

# Planted: comparison -> m, u
PLANTED = {
    "name": ([0.03, 0.07, 0.9], [0.93, 0.05, 0.02]),
    "birth_date": ([0.04, 0.96], [0.998, 0.002]),
    "phone": ([0.2, 0.8], [0.999, 0.001]),
    "city": ([0.1, 0.2, 0.7], [0.8, 0.15, 0.05]),
    "street": ([0.15, 0.85], [0.997, 0.003]),
}
MATCHES, OTHERS = 20_000, 2_000_000


@pytest.fixture(scope="module")
def planted() -> tuple[Pairs, list[Comparison], list[Block], list[np.ndarray]]:
    """Pairs drawn by m and u, a tenth of the values unknown, blocked on whole agreement of any comparison."""
    random = np.random.default_rng(11)
    columns = []
    for m, u in PLANTED.values():
        drawn = np.concatenate([random.choice(len(m), MATCHES, p=m), random.choice(len(u), OTHERS, p=u)])
        columns.append(np.where(random.random(len(drawn)) < 0.1, -1, drawn))
    levels = np.stack(columns, axis=1)
    tops = np.array([len(m) - 1 for m, _ in PLANTED.values()])
    rules = ((levels == tops) * (1 << np.arange(len(tops)))).sum(axis=1)
    patterns = ((levels + 1) * 10 ** np.arange(len(tops))).sum(axis=1)
    both, counts = np.unique(np.stack([patterns, rules])[:, rules > 0], axis=1, return_counts=True)
    comparisons = [Comparison(name, digit, len(m)) for digit, (name, (m, _)) in enumerate(PLANTED.items())]
    blocks = [Block(one.digit, (one.name,)) for one in comparisons]
    among_all = [
        np.bincount(column[column >= 0], minlength=one.levels) / (column >= 0).sum()
        for column, one in zip(columns, comparisons, strict=True)
    ]
    return Pairs(both[0], both[1], counts.astype(float)), comparisons, blocks, among_all


def test_what_was_planted_is_learned(planted: tuple) -> None:
    pairs, comparisons, blocks, among_all = planted
    model = estimate(pairs, comparisons, blocks, among_all, MATCHES + OTHERS, 0.001, {})
    for one, m, u in zip(comparisons, model.m, model.u, strict=True):
        assert m == pytest.approx(PLANTED[one.name][0], abs=0.015), one.name
        assert u == pytest.approx(PLANTED[one.name][1], abs=0.002), one.name
    # who shares no key is counted as no match: here a match agrees on none of five in 1 of 3,000
    assert model.match_share * (MATCHES + OTHERS) == pytest.approx(MATCHES, rel=0.03)


def test_what_is_fixed_stays(planted: tuple) -> None:
    pairs, comparisons, blocks, among_all = planted
    given_weights = (np.array([0.5, 0.5]), np.array([0.9, 0.1]))
    model = estimate(pairs, comparisons, blocks, among_all, MATCHES + OTHERS, 0.001, {2: given_weights})
    assert model.m[2].tolist() == [0.5, 0.5]
    assert model.u[2].tolist() == [0.9, 0.1]


partitions = st.integers(1, 14).flatmap(
    lambda size: st.tuples(
        st.lists(st.integers(0, 5), min_size=size, max_size=size),
        st.lists(st.integers(0, 5), min_size=size, max_size=size),
    )
)


@given(partitions)
def test_scores_equal_brute_force(both: tuple[list[int], list[int]]) -> None:
    clusters, persons = both
    found = {pair for pair in combinations(range(len(clusters)), 2) if len({clusters[i] for i in pair}) == 1}
    true = {pair for pair in combinations(range(len(persons)), 2) if len({persons[i] for i in pair}) == 1}
    scores = score(np.array(clusters), np.array(persons))
    assert (scores.found_pairs, scores.true_pairs, scores.right_pairs) == (
        len(found),
        len(true),
        len(found & true),
    )
    for interval, right, all_ in (
        (scores.precision, len(found & true), len(found)),
        (scores.recall, len(found & true), len(true)),
        (scores.f1, 2 * len(found & true), len(found) + len(true)),
    ):
        if all_:
            assert interval.estimate == pytest.approx(right / all_)
        else:
            assert math.isnan(interval.estimate)
    records = range(len(clusters))
    same = [
        (
            {j for j in records if clusters[j] == clusters[i]},
            {j for j in records if persons[j] == persons[i]},
        )
        for i in records
    ]
    assert scores.b_cubed_precision == pytest.approx(np.mean([len(c & p) / len(c) for c, p in same]))
    assert scores.b_cubed_recall == pytest.approx(np.mean([len(c & p) / len(p) for c, p in same]))
    whole = {persons[i] for i in records if same[i][0] == same[i][1]}
    assert scores.persons_exactly_right == pytest.approx(len(whole) / len(set(persons)))
    assert scores.largest_cluster == max(len(c) for c, _ in same)


@given(st.integers(1, 20), st.data())
def test_what_is_linked_is_joined(labels: int, data: st.DataObject) -> None:
    node = st.integers(0, labels - 1)
    links = data.draw(st.lists(st.tuples(node, node), max_size=25))
    expected = list(range(labels))
    for _ in range(labels):
        for left, right in links:
            expected[left] = expected[right] = min(expected[left], expected[right])
    left, right = (np.array([link[side] for link in links], dtype=np.int64) for side in (0, 1))
    assert joined(labels, left, right).tolist() == expected


def test_an_interval_holds_its_estimate_and_narrows() -> None:
    random = np.random.default_rng(5)

    def width(persons: int) -> float:
        person = np.repeat(np.arange(persons), 3)
        cluster = np.where(random.random(len(person)) < 0.1, person + 1, person)
        precision = score(cluster, person).precision
        assert precision.low <= precision.estimate <= precision.high
        return precision.high - precision.low

    assert width(400) > 2 * width(10_000) > 0


def test_blocks_and_levels_are_those_of_the_models() -> None:
    keys = (MODELS / "int_identity_keys.sql").read_text()
    identifiers = ast.literal_eval(re.search(r"identifier_rules = (\{.*?\})", keys)[1])
    parts = {int(rule): parts for rule, parts in re.findall(r"^ +(\d+): \[(.*)\],$", keys, re.MULTILINE)}
    columns = {"house_number": "address", "email_local_part": "email"}
    for block in training.BLOCKS:
        if block.rule in identifiers.values():
            assert identifiers[block.without[0]] == block.rule
            continue
        used = re.findall(r"'(\w+)'", re.sub(r"\w+\(|, \d+\)|\)", "", parts[block.rule]))
        assert {columns.get(name, name) for name in used} <= set(block.without), block
    compared = (PROJECT / "macros/agreement_level.sql").read_text()
    shared = ast.literal_eval(re.search(r"identifiers = (\{.*?\})", compared, re.DOTALL)[1])
    assert shared == {name: [1 << rule, level] for name, (rule, level) in training.SHARED.items()}
    for name, level in training.EQUAL.items():
        assert re.search(rf"{name}_l = {name}_r then {level}\b", compared), name


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world resolved with the shipped weights: `bronze`, `truth` and warehouse.duckdb."""
    folder = tmp_path_factory.mktemp("identity")
    made = CliRunner().invoke(main, ["generate", *WORLD, "--out", str(folder / "bronze")])
    assert made.exit_code == 0, made.output
    (folder / "customers").mkdir()
    for table in ("customer_master", "customer_identifiers"):
        (folder / "customers" / table).symlink_to(folder / "bronze" / table)
    database = folder / "warehouse.duckdb"
    load_bronze(folder / "customers", database, read_contract(PROJECT / "contract/columns.csv"))
    run_dbt(
        database,
        *("build", "--exclude", "resource_type:test", "resource_type:unit_test"),
        *("--select", "+silver_identity_review_queue"),
    )
    return folder


@pytest.fixture
def warehouse(world: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CAP_DUCKDB_PATH", str(world / "warehouse.duckdb"))
    return world / "warehouse.duckdb"


@pytest.fixture
def evaluated(world: Path, warehouse: Path) -> Evaluation:
    return evaluate(world / "truth/records")


def test_people_of_an_unseen_world_are_found(evaluated: Evaluation) -> None:
    print(evaluated)  # what pytest shows of a failure
    assert evaluated.automatic.precision.estimate >= 0.98
    assert evaluated.automatic.recall.estimate >= 0.95
    assert evaluated.automatic.b_cubed_f1 >= 0.98
    assert evaluated.answered.precision.estimate >= 0.98
    assert evaluated.answered.recall.estimate >= 0.98
    assert evaluated.customers_in_review <= 0.1 * evaluated.automatic.records


def test_every_pair_apart_or_wrong_is_accounted_for(evaluated: Evaluation) -> None:
    scores = evaluated.automatic
    assert evaluated.without_truth == 0
    assert sum(one.total for one in evaluated.missed) == scores.true_pairs - scores.right_pairs
    assert sum(one.total for one in evaluated.wrong) == scores.found_pairs - scores.right_pairs
    assert sum(one.total for one in evaluated.reasons) == evaluated.questions


def test_the_same_warehouse_gives_the_same_bytes(warehouse: Path, tmp_path: Path) -> None:
    written = []
    for run in ("one", "two"):
        trained = train(600, 3, PROJECT / "seeds")
        written.append({path.name: path.read_bytes() for path in write_seeds(trained, tmp_path / run)})
    assert written[0] == written[1]
    assert {name.rpartition(".")[0] for name in written[0]} == {
        "identity_weights",
        "identity_parameters",
        "identity_name_frequencies",
    }


def test_training_on_another_world_says_the_like(warehouse: Path) -> None:
    """Weights of this world and of the shipped one, either without labels."""
    trained = train(1500, 0, PROJECT / "seeds")
    shipped = {
        (one.comparison, one.level): one
        for one in training.read_weights(PROJECT / "seeds/identity_weights.csv")
    }
    for one in trained.weights:
        other = shipped[one.comparison, one.level]
        if one.comparison in training.EQUAL or (one.comparison, one.level) in {
            (name, level) for name, (_, level) in training.SHARED.items()
        }:
            assert float(one.weight) == pytest.approx(float(other.weight), abs=4), one
    assert 2 < trained.matches_per_record < 5


def test_the_sum_of_evidence_is_the_pairs_weight(warehouse: Path) -> None:
    with duckdb.connect(warehouse, read_only=True) as connection:
        pairs = connection.execute(
            """
            select concat(ours.source_system, ':', ours.source_customer_id),
            concat(theirs.source_system, ':', theirs.source_customer_id),
            pairs.match_weight, pairs.decision, ours.golden_id = theirs.golden_id
            from intermediate.int_identity_pairs__decided as pairs
            inner join silver.silver_customer_identities as ours
            on pairs.left_source_customer_key = ours.source_customer_key
            inner join silver.silver_customer_identities as theirs
            on pairs.right_source_customer_key = theirs.source_customer_key
            where pairs.decision <> 'no' and ours.source_customer_id is not null
            and theirs.source_customer_id is not null
            qualify row_number() over (
                partition by pairs.match_method, pairs.decision, pairs.veto
                order by md5(concat(ours.source_customer_id, theirs.source_customer_id))
            ) = 1
            """
        ).fetchall()
    assert len(pairs) > 9
    for left, right, weight, decision, is_one in pairs:
        found = explain(left, right)
        assert sum(one.bits for one in found.evidence) == pytest.approx(found.match_weight, abs=1e-9)
        assert found.match_weight == pytest.approx(weight, abs=1e-9), (left, right)
        assert (found.decision, found.is_one_customer) == (decision, is_one), (left, right)
        assert found.was_compared
        if is_one:
            assert found.chain


def test_a_pair_that_no_run_compares_is_explained(warehouse: Path) -> None:
    with duckdb.connect(warehouse, read_only=True) as connection:
        left, right, first_name = connection.execute(
            """
            select concat(ours.source_system, ':', ours.source_customer_id),
            concat(theirs.source_system, ':', theirs.source_customer_id), ours.first_name
            from intermediate.int_identity_records__standardised as ours
            inner join intermediate.int_identity_records__standardised as theirs
            on ours.source_customer_key < theirs.source_customer_key
            and left(ours.first_name, 1) = 'm' and left(theirs.first_name, 1) = 'j'
            left join intermediate.int_identity_pairs__blocked as pairs
            on ours.source_customer_key = pairs.left_source_customer_key
            and theirs.source_customer_key = pairs.right_source_customer_key
            where pairs.left_record_key is null and length(ours.first_name) > 3
            order by md5(concat(ours.source_customer_id, theirs.source_customer_id)) limit 1
            """
        ).fetchone()
    told = CliRunner().invoke(main, ["identity", "explain", left, right])
    assert told.exit_code == 0
    assert "No shared key: never compared in a run." in told.output
    assert "Two golden customers" in told.output
    assert first_name not in told.stdout.lower(), "values are not printed unless asked for"
    assert (
        first_name in CliRunner().invoke(main, ["identity", "explain", left, right, "--show-values"]).output
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["explain", "nowhere:1", "crm:2"], "there is no source system nowhere; there are billing, crm"),
        (["explain", "crm:nobody", "crm:2"], "source system crm has no customer nobody"),
        (["explain", "crm", "crm:2"], "write system:customer_id"),
        (["evaluate", "--truth", "nowhere.csv"], "is no truth"),
        (["evaluate", "--truth", "seeds/platforms.csv"], "has no column source_system, source_customer_id"),
        (["evaluate", "--truth", "README.md"], "is no truth"),
    ],
)
def test_mistakes_are_told(warehouse: Path, arguments: list[str], words: str) -> None:
    told = CliRunner().invoke(main, ["identity", *arguments])
    assert told.exit_code == 1
    assert words in told.output


def test_a_warehouse_without_identity_says_what_to_build(
    database: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CAP_DUCKDB_PATH", str(database))
    told = CliRunner().invoke(main, ["identity", "train", "--out", str(tmp_path)])
    assert (told.exit_code, "there is no warehouse" in told.output) == (1, True)
    duckdb.connect(database).close()
    told = CliRunner().invoke(main, ["identity", "train", "--out", str(tmp_path)])
    assert told.exit_code == 1
    assert "Build it first: dbt build -s +silver_identity_review_queue" in told.output


def test_formats_are_for_machines(world: Path, warehouse: Path) -> None:
    truth = str(world / "truth/records")
    told = CliRunner().invoke(main, ["identity", "evaluate", "--truth", truth, "--format", "json"])
    assert told.exit_code == 0
    assert '"automatic": {' in told.stdout
    told = CliRunner().invoke(main, ["identity", "evaluate", "--truth", truth, "--format", "csv"])
    assert told.stdout.splitlines()[0] == "figure,estimate,low,high"
