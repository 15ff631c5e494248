"""Markov chains of attribution: equal to another library and to counts by hand, and as sure as they say."""

import warnings
from bisect import bisect
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate

import numpy as np
import pytest
from do_attribution import MarkovAttribution
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from cap.attribution import chain as chains
from cap.attribution.chain import Chain, Histories, Path, TooManyStates, bootstrap, chain, solve
from cap.attribution.estimate import _in_cents

EXACT = 1e-12
A, B, C, D = 1, 2, 3, 4

PATHS = st.lists(
    st.builds(
        Path,
        nodes=st.lists(st.integers(1, 6), min_size=1, max_size=8).map(tuple),
        is_converted=st.booleans(),
        count=st.integers(1, 9),
    ),
    min_size=1,
    max_size=25,
)


def removals(paths: list[Path], order: int) -> dict[int, float]:
    return {node: effect.removal for node, effect in solve(chain(paths, order)).effects.items()}


def without_repeats(path: Path) -> tuple[int, ...]:
    nodes = path.nodes
    return tuple(node for place, node in enumerate(nodes) if not place or nodes[place - 1] != node)


def by_library(paths: list[Path], order: int) -> dict[int, float]:
    """The same by do-attribution, which takes journeys one by one and keeps repeats."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MarkovAttribution(order=order, removal_strategy="redirect_to_null")
        answer = model.fit(
            [" > ".join(f"n{node}" for node in without_repeats(path)) for path in paths],
            [int(path.is_converted) for path in paths],
            [path.count for path in paths],
        )
    return {int(name[1:]): effect for name, effect in answer["removal_effects"].items()}


@pytest.mark.parametrize("order", [1, 2, 3])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(PATHS)
def test_every_order_equals_another_library(order: int, paths: list[Path]) -> None:
    if any(path.is_converted for path in paths):
        assert removals(paths, order) == pytest.approx(by_library(paths, order), abs=EXACT)


def test_order_2_knows_where_a_path_came_from() -> None:
    """B converts after A and never after C: order 1 blames both alike."""
    paths = [Path((A, B), True, 3), Path((C, B), False, 3)]
    assert removals(paths, 1) == pytest.approx({A: 0.5, B: 1, C: 0.5}, abs=EXACT)
    assert removals(paths, 2) == pytest.approx({A: 1, B: 1, C: 0}, abs=EXACT)


def test_order_3_knows_one_touch_more() -> None:
    paths = [Path((A, B, D), True, 1), Path((C, B, D), False, 1)]
    assert removals(paths, 2) == pytest.approx({A: 0.5, B: 1, C: 0.5, D: 1}, abs=EXACT)
    assert removals(paths, 3) == pytest.approx({A: 1, B: 1, C: 0, D: 1}, abs=EXACT)


def test_an_effect_is_made_of_reaching_and_converting() -> None:
    """Of eight paths A is in four, of which one converts; of the others three do: A makes a quarter."""
    paths = [Path((A,), True, 1), Path((A,), False, 3), Path((B,), True, 3), Path((B,), False, 1)]
    solved = solve(chain(paths, 1))
    assert solved.chance == pytest.approx(0.5)
    effect = solved.effects[A]
    assert (effect.reached, effect.from_there, effect.removal, effect.share) == pytest.approx(
        (0.5, 0.25, 0.25, 0.25)
    )


@pytest.mark.parametrize("order", [1, 2, 3])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(PATHS)
def test_what_holds_of_all_chains(order: int, paths: list[Path]) -> None:
    solved = solve(chain(paths, order))
    converted = sum(path.count for path in paths if path.is_converted)
    # whatever a chain forgets, as many paths convert as did
    assert solved.chance == pytest.approx(converted / sum(path.count for path in paths), abs=EXACT)
    shares = [effect.share for effect in solved.effects.values()]
    assert sum(shares) == pytest.approx(1 if converted else 0, abs=EXACT)
    for effect in solved.effects.values():
        assert 0 <= effect.removal <= 1
        assert effect.removal * solved.chance == pytest.approx(effect.reached * effect.from_there, abs=EXACT)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(PATHS)
def test_who_remembers_all_gives_losers_nothing(paths: list[Path]) -> None:
    """With as much memory as paths are long, an effect is the share of converted paths with the channel."""
    won = [path for path in paths if path.is_converted]
    for node, removal in removals(paths, 8).items():
        with_it = sum(path.count for path in won if node in path.nodes)
        assert removal == pytest.approx(with_it / sum(path.count for path in won) if won else 0, abs=EXACT)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(PATHS, st.permutations(range(1, 7)))
def test_names_and_the_order_of_paths_say_nothing(paths: list[Path], names: list[int]) -> None:
    renamed = [replace(path, nodes=tuple(names[node - 1] for node in path.nodes)) for path in reversed(paths)]
    found = removals(renamed, 2)
    assert removals(paths, 2) == pytest.approx(
        {node: found[names[node - 1]] for node in {n for path in paths for n in path.nodes}}, abs=EXACT
    )


def test_repeats_are_one_touch_and_alike_paths_add_up() -> None:
    once = [Path((A, B), True, 2), Path((A,), False, 3)]
    again = [Path((A, A, B), True, 1), Path((A, B, B), True, 1), Path((A, A), False, 3)]
    assert removals(once, 2) == pytest.approx(removals(again, 2), abs=EXACT)


def test_paths_that_led_to_nothing_count() -> None:
    """With them A, of which most come to nothing, is not worth what B is."""
    won = [Path((A,), True, 5), Path((B,), True, 5), Path((A, B), True, 5)]
    lost = [*won, Path((A,), False, 50), Path((A, B), False, 1)]
    assert removals(won, 1)[A] == pytest.approx(removals(won, 1)[B], abs=EXACT)
    assert removals(lost, 1)[A] > removals(lost, 1)[B] + 0.01


def test_without_conversions_nothing_has_an_effect() -> None:
    solved = bootstrap(chain([Path((A, B), False, 4)], 1), 20, 0, 0.95)
    assert [effect.removal for effect in solved.effects.values()] == [0, 0]
    assert solved.samples == 0
    assert solved.effects[A].removal_interval is None


def generated(seed: int, count: int, nodes: int) -> list[Path]:
    rng = np.random.default_rng(seed)
    luck = rng.random(nodes) * 0.5
    made = []
    for _ in range(count):
        path = tuple(int(node) for node in rng.integers(0, nodes, rng.integers(1, 9)))
        made.append(Path(tuple(node + 1 for node in path), bool(rng.random() < luck[list(path)].mean()), 1))
    return made


@pytest.mark.parametrize("order", [1, 2, 3])
def test_replicates_are_solved_as_exactly_as_the_chain(order: int) -> None:
    """Both ways by which many are solved at a time, against a chain of the very paths that were drawn."""
    paths = generated(3, 150, 5)
    one = chain(paths, order)
    drawn = np.random.default_rng(4).multinomial(150, one.counts / 150, size=3).T.astype(float)
    near = chains._swept(one, one.probabilities(one.counts), None)
    dense = chains._densely(one, one.probabilities(drawn))
    for sample in range(3):
        again = [replace(path, count=int(n)) for path, n in zip(paths, drawn[:, sample], strict=True) if n]
        wanted = removals(again, order)
        wanted = np.array([wanted.get(node, 0.0) for node in one.nodes])
        swept = chains._by_sweeps(one, one.probabilities(drawn[:, [sample]]), near)[:, 0]
        assert dense[:, sample] == pytest.approx(wanted, abs=1e-10)
        assert swept == pytest.approx(wanted, abs=1e-5)


def test_a_chain_that_is_hardly_ever_left_is_solved_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [Path((A, B) * 200, True, 1), Path((B, A) * 200, False, 1), Path((C,), True, 1)]
    one = chain(paths, 1)
    monkeypatch.setattr(chains, "SWEEPS", 20)
    swept = chains._by_sweeps(one, one.probabilities(one.counts[:, None]))[:, 0]
    wanted = removals(paths, 1)
    assert swept == pytest.approx([wanted[node] for node in one.nodes], abs=1e-10)


def test_the_same_seed_draws_the_same_paths() -> None:
    one = chain(generated(5, 80, 4), 2)
    first, again, other = (bootstrap(one, 30, seed, 0.9) for seed in (1, 1, 2))
    assert first == again
    assert first.effects != other.effects
    for node, effect in solve(one).effects.items():
        assert first.effects[node].removal == effect.removal
        low, high = first.effects[node].removal_interval
        assert 0 <= low <= high <= 1


def drawn_from(steps: dict[int, dict[int, float]], count: int, rng: np.random.Generator) -> list[Path]:
    """Paths of a chain with these chances; 0 is the start, -1 a conversion, -2 nothing."""
    made = []
    ways = {here: list(to) for here, to in steps.items()}
    bounds = {here: list(accumulate(to.values())) for here, to in steps.items()}
    for _ in range(count):
        here, nodes = 0, []
        while True:
            there = ways[here][min(bisect(bounds[here], rng.random()), len(ways[here]) - 1)]
            if there < 0:
                made.append(Path(tuple(nodes), there == -1, 1))
                break
            nodes.append(there)
            here = there
    return made


def test_intervals_cover_the_true_effects() -> None:
    """Of a chain with known chances: 95 % intervals hold the true effects in about as many of 200 worlds."""
    steps = {
        0: {A: 0.5, B: 0.3, C: 0.2},
        A: {B: 0.3, C: 0.2, -1: 0.1, -2: 0.4},
        B: {A: 0.2, C: 0.2, -1: 0.25, -2: 0.35},
        C: {A: 0.1, B: 0.1, -1: 0.05, -2: 0.75},
    }
    inner = np.array([[steps[here].get(there, 0.0) for there in (A, B, C)] for here in (0, A, B, C)])
    wins = np.array([steps[here].get(-1, 0.0) for here in (0, A, B, C)])

    def chance(removed: int | None) -> float:
        kept = [node for node in (A, B, C) if node != removed]
        places = [node - 1 for node in kept]
        system = np.eye(len(kept)) - inner[np.ix_(kept, places)]
        return float(inner[0, places] @ np.linalg.solve(system, wins[kept]))

    true = {node: 1 - chance(node) / chance(None) for node in (A, B, C)}
    rng = np.random.default_rng(11)
    covered = 0
    for world in range(200):
        solved = bootstrap(chain(drawn_from(steps, 300, rng), 1), 200, world, 0.95)
        for node, effect in solved.effects.items():
            low, high = effect.removal_interval
            covered += low <= true[node] <= high
    assert 0.92 <= covered / 600 <= 0.98


def test_who_has_several_paths_is_drawn_once() -> None:
    """Of fifty people each has one path that converted, and one that did not: whoever is drawn, half do. The
    path without a touch, which is none, does not move the others' places.
    """
    one = chain([Path((), True, 50), Path((A,), True, 50), Path((A, B), False, 50)], 1)
    alike = Histories(np.array([50]), np.array([0, 0]), np.array([1, 2]), np.array([1, 1]))
    told = bootstrap(one, 40, 0, 0.95, histories=alike).effects[B]
    assert told.removal_interval == (told.removal, told.removal)
    assert bootstrap(one, 40, 0, 0.95).effects[A].share_interval[1] == 1
    # two kinds of people: some came by A twice, and the others, who are fewer, once by B
    both = chain([Path((A,), True, 20), Path((B,), True, 3)], 1)
    kinds = Histories(np.array([10, 3]), np.array([0, 1]), np.array([0, 1]), np.array([2, 1]))
    low, high = bootstrap(both, 4000, 1, 0.9, histories=kinds).effects[B].share_interval
    # of thirteen drawn, n are of B with the chance 3 / 13, and B then has n / (n + 2 (13 - n))
    wanted = [float(n / (26 - n)) for n in binom.ppf([0.05, 0.95], 13, 3 / 13)]
    assert (low, high) == pytest.approx(wanted, abs=1e-9)


def people_who_convert_again(count: int, rng: np.random.Generator) -> tuple[list[Path], Histories]:
    """People with habits, half of whom meet A most and convert more; each next path goes on where the last
    one ended, as those of conversions within one lookback do.
    """
    seen: dict[tuple[tuple[int, ...], bool], Counter[int]] = {}
    for person in range(count):
        is_first = rng.random() < 0.5
        often = np.cumsum([0.7, 0.2, 0.1] if is_first else [0.1, 0.3, 0.6])
        luck = rng.beta(1, 2) if is_first else rng.beta(1, 6)
        nodes: tuple[int, ...] = ()
        for _ in range(1 + rng.poisson(2)):
            more = rng.integers(0, 2) if nodes else rng.integers(1, 4)
            nodes += tuple(int(node) + 1 for node in np.searchsorted(often, rng.random(more)))
            seen.setdefault((nodes, bool(rng.random() < luck)), Counter())[person] += 1
    paths = [Path(nodes, converts, by.total()) for (nodes, converts), by in seen.items()]
    belongs = [(person, place, n) for place, by in enumerate(seen.values()) for person, n in by.items()]
    return paths, Histories(np.ones(count), *np.array(belongs).T)


def test_intervals_cover_where_people_convert_again() -> None:
    """Of drawn people 95 % intervals hold what is true of many; of drawn paths, far fewer."""
    rng = np.random.default_rng(3)
    true = removals(people_who_convert_again(20_000, rng)[0], 1)
    covered, by_path = 0, 0
    for world in range(150):
        paths, histories = people_who_convert_again(150, rng)
        one = chain(paths, 1)
        for node, effect in bootstrap(one, 200, world, 0.95, histories=histories).effects.items():
            low, high = effect.removal_interval
            covered += low <= true[node] <= high
        for node, effect in bootstrap(one, 200, world, 0.95).effects.items():
            low, high = effect.removal_interval
            by_path += low <= true[node] <= high
    assert 0.92 <= covered / 450 <= 0.98
    assert by_path / 450 < 0.88


def test_what_cannot_be_a_chain_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        chain([Path((A,), True, 1)], 0)
    with pytest.raises(ValueError, match="a path with a touch"):
        chain([Path((), True, 1)], 1)
    monkeypatch.setattr(chains, "MOST_STATES", 3)
    with pytest.raises(TooManyStates, match="4 states of order 2"):
        chain([Path((A, B, A), True, 1)], 2)


def test_a_chain_counts_steps_once_per_path() -> None:
    one: Chain = chain([Path((A, B), True, 2), Path((A,), False, 6)], 1)
    step = {
        (int(here), int(there)): place
        for place, (here, there) in enumerate(zip(one.here, one.there, strict=True))
    }
    chances = one.probabilities(one.counts)
    assert chances[step[1, 2]] == pytest.approx(2 / 8)
    assert chances[step[2, one.size]] == 1


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.integers(0, 10_000_000))
def test_parts_of_an_amount_are_cents_and_sum_to_it(shares: list[float], cents: int) -> None:
    total = Decimal(cents) / 100
    parts = _in_cents(total, shares)
    assert all(part == part.quantize(Decimal("0.01")) for part in parts)
    assert sum(parts) == (total if sum(shares) > 0 else 0)
    whole = sum(map(Decimal, shares))
    for part, share in zip(parts, shares, strict=True):
        if whole:
            assert abs(part - total * Decimal(share) / whole) <= Decimal("0.01")
