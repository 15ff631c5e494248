"""Connected components: right for every shape, cut where people contradict each other, loud where they do not end.

A throw-away dbt project of this one's macros has a model for each shape; all are built in one run.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT

STEWARD = 1000
CERTAIN = 20
WITHOUT_CAP, CAP = 10**9, 5

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
    config: dict[str, int] = field(default_factory=dict)


def numbers(count: int, seed: int) -> list[int]:
    """Distinct 63-bit keys in no order."""
    return random.Random(seed).sample(range(1, 2**62), count)


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
    """Small graphs, dense in contradictions, whose links differ in weight; some are certain, some a steward's."""
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
    "does_not_end": Shape(list(range(1, 101)), []),
    "is_not_settled": Shape([1, 2, 3], []),
    **{f"random_{seed}": random_graph(seed) for seed in range(4)},
    **{f"contradictory_{seed}": random_contradictions(seed) for seed in range(4)},
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


def write_shape(folder: Path, name: str, shape: Shape) -> None:
    with duckdb.connect(folder / "w.duckdb") as connection:
        connection.execute("create schema if not exists given")
        connection.execute(
            f"create or replace table given.{name} "
            "(left_key bigint, right_key bigint, match_weight double, is_contradiction boolean)"
        )
        rows = [(key, key, None, False) for key in shape.keys] + shape.links
        random.Random(0).shuffle(rows)
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute(
            f"insert into given.{name} select unnest(?::bigint[]), unnest(?::bigint[]), unnest(?::double[]), "
            "unnest(?::boolean[])",
            columns,
        )
    config = {
        "materialized": "connected_components",
        "unique_key": ["source_customer_key"],
        "schema": "main",
        **shape.config,
    }
    (folder / f"models/{name}.sql").write_text(f"{{{{ config({config!r}) }}}} select * from given.{name}")


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
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("shapes")
    write_project(folder)
    for name, shape in SHAPES.items():
        write_shape(folder, name, shape)
    for cap in sorted({shape.cap for shape in SHAPES.values()}):
        names = [name for name, shape in SHAPES.items() if shape.cap == cap]
        done = run(folder, "--select", *names, "--vars", json.dumps({"identity_component_records": cap}))
        assert done.returncode == 0, done.stdout[-3000:]
    yield folder


def found(folder: Path, name: str) -> dict[int, int]:
    with duckdb.connect(folder / "w.duckdb", read_only=True) as connection:
        rows = connection.execute(f"select source_customer_key, component_key from main.{name}").fetchall()
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


@pytest.fixture(scope="module")
def failed(shapes: Path) -> str:
    """What dbt says of two models that would need more rounds than they are given."""
    path = list(range(1, 101))
    write_shape(
        shapes,
        "does_not_end",
        Shape(path, [link(*ends) for ends in pairwise(path)], config={"max_rounds": 1}),
    )
    triangle = [link(1, 2, 8), link(2, 3, 9), apart(1, 3)]
    write_shape(shapes, "is_not_settled", Shape([1, 2, 3], triangle, config={"max_cluster_rounds": 1}))
    done = run(shapes, "--select", "does_not_end", "is_not_settled", "--full-refresh")
    assert done.returncode == 1
    return done.stdout


def test_components_that_do_not_end_are_an_error_that_names_the_model(failed: str) -> None:
    assert "does_not_end: components did not converge in 1 rounds" in failed
    assert "is_not_settled: contradictory components were not settled in 1 rounds" in failed


@pytest.mark.usefixtures("failed")
@pytest.mark.parametrize("name", ["does_not_end", "is_not_settled"])
def test_a_table_whose_model_failed_is_as_it_was(shapes: Path, name: str) -> None:
    assert found(shapes, name) == {key: key for key in SHAPES[name].keys}


def test_no_table_of_the_work_is_left_behind(shapes: Path) -> None:
    with duckdb.connect(shapes / "w.duckdb", read_only=True) as connection:
        left = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'main' and contains(table_name, '__')"
        ).fetchall()
    assert left == []
