"""Connected components: right for every shape, cut at contradictions, loud where they do not end.

A throw-away dbt project of this one's macros has a model for each shape; all are built in one run.
"""

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT
from test_load import put_csv

STEWARD = 1000
CERTAIN = 20
WITHOUT_CAP, CAP = 10**9, 5
MODELS = {WITHOUT_CAP: "uncapped", CAP: "capped"}

Link = tuple[int, int, float, bool]


def link(one: int, other: int, weight: float = 5.0) -> Link:
    return (min(one, other), max(one, other), weight, False)


def apart(one: int, other: int, weight: float = -5.0) -> Link:
    return (min(one, other), max(one, other), weight, True)


@dataclass(frozen=True)
class Shape:
    keys: list[int]
    links: list[Link]
    cap: int = WITHOUT_CAP


def numbers(count: int, seed: int) -> list[int]:
    """Distinct keys in no order."""
    return random.Random(seed).sample(range(1, 2**40), count)


def shuffled_path() -> Shape:
    keys = numbers(1000, 1)
    return Shape(keys, [link(*ends) for ends in pairwise(keys)])


def star() -> Shape:
    keys = numbers(20_000, 2)
    return Shape(keys, [link(keys[0], key) for key in keys[1:]])


def clique() -> Shape:
    keys = numbers(300, 3)
    return Shape(keys, [link(*ends) for ends in combinations(keys, 2)])


def random_graph(seed: int) -> Shape:
    keys = numbers(600, seed)
    chance = random.Random(seed)
    return Shape(keys, [link(*chance.sample(keys, 2)) for _ in range(chance.choice([150, 300, 600]))])


def random_contradictions(seed: int) -> Shape:
    """Small graphs, dense in contradictions; some links are certain, some a steward's."""
    chance = random.Random(seed)
    links: dict[tuple[int, int], Link] = {}
    keys: list[int] = []
    for group in range(40):
        members = [group * 100 + number for number in chance.sample(range(1, 100), 9)]
        keys += members
        for _ in range(chance.choice([8, 12, 20])):
            one, other = sorted(chance.sample(members, 2))
            weight = round(chance.uniform(4, 24), 6)
            links[one, other] = (
                chance.choices([apart(one, other), apart(one, other, STEWARD)], [4, 1])[0]
                if chance.random() < 0.25
                else link(one, other, chance.choices([weight, STEWARD], [20, 1])[0])
            )
    # no two links weigh the same, or which one is cut would be a matter of taste
    distinct = [
        (*ends, weight + number * 1e-7, is_apart)
        for number, (*ends, weight, is_apart) in enumerate(links.values())
    ]
    return Shape(keys, distinct, cap=chance.choice([CAP, WITHOUT_CAP]))


SHAPES = {
    "shuffled_path": shuffled_path(),
    "star": star(),
    "clique": clique(),
    "singletons": Shape([5, 3, 9], []),
    # 1-2-3 and 4-5-6 are sure of themselves, the link between them is weak, and 1 is not 6
    "cut_at_the_weakest": Shape(
        [1, 2, 3, 4, 5, 6],
        [link(1, 2, 9), link(2, 3, 8), link(3, 4, 5), link(4, 5, 9), link(5, 6, 8), apart(1, 6)],
    ),
    "a_third_record_fits_both": Shape([1, 2, 3], [link(1, 2, 9), link(2, 3, 8), apart(1, 3)]),
    "contradictions_elsewhere_cut_nothing": Shape(
        [1, 2, 3, 4, 5], [link(1, 2), link(2, 3), link(4, 5), apart(1, 5)]
    ),
    # 12 in a row, the heaviest links in the middle
    "too_many": Shape(
        list(range(1, 13)),
        [link(number, number + 1, 10 - abs(number - 6) + number / 100) for number in range(1, 12)],
        cap=CAP,
    ),
    "certain_links_make_many": Shape(
        list(range(1, 13)), [link(number, number + 1, CERTAIN + number) for number in range(1, 12)], cap=5
    ),
    "certain_links_outweigh_a_contradiction": Shape(
        [1, 2, 3], [link(1, 2, CERTAIN), link(2, 3, CERTAIN + 1), apart(1, 3)]
    ),
    "a_steward_outweighs_certain_links": Shape(
        [1, 2, 3], [link(1, 2, CERTAIN), link(2, 3, CERTAIN + 1), apart(1, 3, STEWARD)]
    ),
    **{f"random_{seed}": random_graph(seed) for seed in range(8)},
    **{f"contradictory_{seed}": random_contradictions(seed) for seed in range(8)},
}


def brute_force(shape: Shape) -> set[frozenset[int]]:
    """One link after the other, the heaviest first, in plain Python."""
    group = {key: {key} for key in shape.keys}

    def join(one: int, other: int) -> None:
        small, large = sorted((group[one], group[other]), key=len)
        if small is not large:
            large |= small
            group.update(dict.fromkeys(small, large))

    taken = sorted((one for one in shape.links if not one[3]), key=lambda one: -one[2])
    for one, other, *_ in taken:
        join(one, other)
    contradictions = [one for one in shape.links if one[3]]
    contradicted = {id(group[one]) for one, other, *_ in contradictions if group[one] is group[other]}
    for key, members in list(group.items()):
        if len(members) > shape.cap or id(members) in contradicted:
            group[key] = {key}
    for one, other, weight, _ in taken:
        ours, theirs = group[one], group[other]
        across = [
            said
            for a, b, said, _ in contradictions
            if (a in ours and b in theirs) or (a in theirs and b in ours)
        ]
        if ours is theirs or any(said >= STEWARD for said in across):
            continue
        if weight >= CERTAIN or (not across and len(ours) + len(theirs) <= shape.cap):
            join(one, other)
    return {frozenset(members) for members in {id(members): members for members in group.values()}.values()}


def write_project(folder: Path) -> None:
    (folder / "models").mkdir()
    (folder / "macros").symlink_to(PROJECT / "macros")
    project = {
        "name": "customer_analytics",
        "profile": "shapes",
        "config-version": 2,
        "vars": {"identity_component_records": WITHOUT_CAP, "identity_certain_bits": CERTAIN},
        "on-run-start": ["{{ begin_batch() }}"],
        "flags": {"send_anonymous_usage_stats": False},
    }
    profile = {"target": "dev", "outputs": {"dev": {"type": "duckdb", "path": str(folder / "w.duckdb")}}}
    (folder / "dbt_project.yml").write_text(json.dumps(project))
    (folder / "profiles.yml").write_text(json.dumps({"shapes": profile}))


def write_model(folder: Path, model: str, shapes: dict[str, Shape], **config: int) -> None:
    """A model of several shapes, which share no key."""
    rows = [
        (first + one, first + other, weight, is_apart)
        for name, shape in shapes.items()
        for first in [key_of(name, 0)]
        for one, other, weight, is_apart in [(key, key, None, False) for key in shape.keys] + shape.links
    ]
    random.Random(0).shuffle(rows)
    columns = ["left_key", "right_key", "match_weight", "is_contradiction"]
    put_csv(folder / f"{model}.csv", [dict(zip(columns, row, strict=True)) for row in rows])
    with duckdb.connect(folder / "w.duckdb") as connection:
        connection.execute("create schema if not exists given")
        connection.execute(f"create or replace table given.{model} as from read_csv('{folder}/{model}.csv')")
    config = {
        "materialized": "connected_components",
        "unique_key": ["source_customer_key"],
        "schema": "main",
    } | config
    (folder / f"models/{model}.sql").write_text(f"{{{{ config({config!r}) }}}} select * from given.{model}")


def key_of(name: str, key: int) -> int:
    return list(SHAPES).index(name) * 2**40 + key


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "run", *arguments],
        cwd=folder,
        env=os.environ | {"DBT_PROFILES_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shapes")
    write_project(folder)
    for cap, model in MODELS.items():
        write_model(folder, model, {name: shape for name, shape in SHAPES.items() if shape.cap == cap})
        done = run(folder, "--select", model, "--vars", json.dumps({"identity_component_records": cap}))
        assert done.returncode == 0, done.stdout[-3000:]
    return folder


def found(folder: Path, name: str) -> dict[int, int]:
    with duckdb.connect(folder / "w.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "select source_customer_key - $1, component_key - $1 "
            f"from main.{MODELS[SHAPES[name].cap]} "
            "where source_customer_key between $1 and $1 + 1099511627775",
            [key_of(name, 0)],
        ).fetchall()
    assert len(rows) == len(dict(rows))
    return dict(rows)


def groups(component_of: dict[int, int]) -> set[frozenset[int]]:
    members: dict[int, set[int]] = {}
    for key, component in component_of.items():
        members.setdefault(component, set()).add(key)
    return {frozenset(keys) for keys in members.values()}


@pytest.mark.parametrize("name", SHAPES)
def test_components_equal_one_link_after_the_other(shapes: Path, name: str) -> None:
    assert groups(found(shapes, name)) == brute_force(SHAPES[name])


@pytest.mark.parametrize("name", SHAPES)
def test_a_component_is_called_by_its_smallest_key(shapes: Path, name: str) -> None:
    component_of = found(shapes, name)
    for keys in groups(component_of):
        assert {component_of[key] for key in keys} == {min(keys)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("singletons", [{3}, {5}, {9}]),
        ("cut_at_the_weakest", [{1, 2, 3}, {4, 5, 6}]),
        ("a_third_record_fits_both", [{1, 2}, {3}]),
        ("contradictions_elsewhere_cut_nothing", [{1, 2, 3}, {4, 5}]),
        ("too_many", [{1, 2, 3, 4}, {5, 6, 7, 8, 9}, {10, 11, 12}]),
        ("certain_links_make_many", [set(range(1, 13))]),
        ("certain_links_outweigh_a_contradiction", [{1, 2, 3}]),
        ("a_steward_outweighs_certain_links", [{1}, {2, 3}]),
    ],
)
def test_small_shapes_by_hand(shapes: Path, name: str, expected: list[set[int]]) -> None:
    assert groups(found(shapes, name)) == {frozenset(keys) for keys in expected}


@pytest.mark.parametrize("name", ["shuffled_path", "star", "clique"])
def test_what_hangs_together_is_one(shapes: Path, name: str) -> None:
    assert len(groups(found(shapes, name))) == 1


def test_no_table_of_the_work_is_left_behind(shapes: Path) -> None:
    with duckdb.connect(shapes / "w.duckdb", read_only=True) as connection:
        left = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'main' and contains(table_name, '__')"
        ).fetchall()
    assert left == []


def test_components_that_do_not_end_are_an_error_and_the_table_is_as_it_was(shapes: Path) -> None:
    before = found(shapes, "shuffled_path"), found(shapes, "too_many")
    for model in MODELS.values():
        file = shapes / f"models/{model}.sql"
        file.write_text(file.read_text().replace("'schema'", "'max_rounds': 1, 'schema'"))
    done = run(shapes, "--full-refresh")
    assert done.returncode == 1
    for model in MODELS.values():
        assert f"{model}: components did not converge in 1 rounds" in done.stdout
    assert (found(shapes, "shuffled_path"), found(shapes, "too_many")) == before


def test_contradictions_that_are_not_settled_are_an_error_and_the_table_is_as_it_was(shapes: Path) -> None:
    before = found(shapes, "too_many")
    file = shapes / "models/capped.sql"
    file.write_text(file.read_text().replace("'max_rounds': 1", "'max_cluster_rounds': 1"))
    done = run(shapes, "--select", "capped", "--vars", json.dumps({"identity_component_records": CAP}))
    assert done.returncode == 1
    assert "capped: contradictory components were not settled in 1 rounds" in done.stdout
    assert found(shapes, "too_many") == before
