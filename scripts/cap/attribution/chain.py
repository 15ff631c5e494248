"""Markov chains of order 1 and more over distinct paths: removal effects, and how sure they are.

A state of order k is the last k different touches of a path, fewer at its start; touches of one channel in
a row are one. A conversion and the end of a path that led to none absorb. The removal effect of a channel is
the share of the chance to convert that is lost where every path leads to nothing on reaching it. Two ways:

- the chance solved anew without the channel's states, (I - Q) x = converts: `solve`;
- with N = (I - Q)^-1, v = N[start], b the chances and S the channel's states, v[S] N[S, S]^-1 says where it
  is met first, and that times b[S] is what is lost: replicates of small chains. Order 1 has one state per
  channel, and that is N[start, k] / N[k, k] * b_k, as silver_attribution_removal_effects has it.

Sources: Anderl, Becker, von Wangenheim, Schumann, «Mapping the customer journey», International Journal of
Research in Marketing 33 (2016), 457-474, for the model; Kemeny and Snell, «Finite Markov Chains» (1960),
chapter 3, for absorbing chains; Efron and Tibshirani, «An Introduction to the Bootstrap» (1993), chapter 13,
for percentile intervals. No library is used: ChannelAttribution simulates, and do-attribution, with which
tests compare, has neither counted paths in bulk nor intervals.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

START = -1  # the node of the empty state, in which every path begins
SMALL = 80  # states up to which replicates are solved many at a time, as dense matrices
ELEMENTS = 20_000_000  # numbers of such a batch
CLOSE = 1e-7  # sweeps over a large chain end when nothing changes by more,
CHECKED = 8  # asked after each so many
SWEEPS = 20_000
MOST_STATES = 20_000


class TooManyStates(ValueError):
    """The chain would have more states than can be solved at once."""


@dataclass(frozen=True)
class Path:
    """Paths alike: `nodes` in order, whether they converted, how many there are."""

    nodes: tuple[int, ...]
    is_converted: bool
    count: int


@dataclass(frozen=True)
class Histories:
    """Which paths belong to one person: those with the same paths, each as often, are counted together.

    `people` (h,) is how many have each history; to one of `kind` (q,) belongs the path at the place `path`
    (q,), among those of which the chain is made, `times` (q,) times. Over all that is the paths' counts.
    """

    people: np.ndarray
    kind: np.ndarray
    path: np.ndarray
    times: np.ndarray


@dataclass(frozen=True)
class Effect:
    """What a chain says of one node.

    `removal` is the share of the chance to convert that is lost without it, 0 to 1: `reached` (the chance
    that a path comes to it) times `from_there` (the chance to convert after that) over that of any path.
    `share` is its part of all removal effects, 0 to 1. Intervals are of the confidence that was asked, None
    without a bootstrap.
    """

    node: int
    removal: float
    share: float
    reached: float
    from_there: float
    removal_interval: tuple[float, float] | None = None
    share_interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Solved:
    """A chain of an order, solved: the chance to convert, 0 to 1, and the effects by node."""

    order: int
    states: int
    chance: float
    effects: dict[int, Effect]
    samples: int = 0  # replicates that the intervals are of; those without a conversion say nothing


@dataclass(frozen=True)
class Chain:
    """States and steps of an order as paths take them.

    `last` is the node of each state (n,), START for the first; `here` and `there` are the steps (m,), where n
    is a conversion and n + 1 nothing; `uses` (m, p) counts how often a path of each kind takes a step, and
    `counts` (p,) how many there are of each; `given` (p,) is its place among the paths of which it was made.
    """

    order: int
    last: np.ndarray
    here: np.ndarray
    there: np.ndarray
    uses: sparse.csr_array
    counts: np.ndarray
    given: np.ndarray
    nodes: tuple[int, ...] = field(default=())

    @property
    def size(self) -> int:
        """How many states there are, the first with them."""
        return len(self.last)

    def probabilities(self, weights: np.ndarray) -> np.ndarray:
        """Of the steps, by weights of the paths: (p, …) gives (m, …); 0 from a state never seen."""
        steps = self.uses @ weights
        leaving = np.zeros((self.size, *steps.shape[1:]))
        np.add.at(leaving, self.here, steps)
        seen = leaving[self.here]
        return np.divide(steps, seen, out=np.zeros_like(steps, dtype=float), where=seen > 0)


def chain(paths: Iterable[Path], order: int) -> Chain:
    """The chain of so many touches of memory. Repeats are left out; paths without a touch are no path.

    Raises ValueError for an order below 1 or no path at all, TooManyStates for too large a chain.
    """
    if order < 1:
        raise ValueError(f"the order of a chain is 1 or more, not {order}")
    kinds = [
        (_without_repeats(path.nodes), path.is_converted, path.count, place)
        for place, path in enumerate(paths)
        if path.nodes and path.count > 0
    ]
    if not kinds:
        raise ValueError("a chain needs a path with a touch")
    states: dict[tuple[int, ...], int] = {(): 0}
    taken: dict[tuple[int, int], int] = {}
    rows, columns = [], []
    for kind, (nodes, is_converted, *_) in enumerate(kinds):
        here = 0
        for place in range(len(nodes)):
            state = nodes[max(0, place + 1 - order) : place + 1]
            there = states.setdefault(state, len(states))
            rows.append(taken.setdefault((here, there), len(taken)))
            columns.append(kind)
            here = there
        rows.append(taken.setdefault((here, -1 if is_converted else -2), len(taken)))
        columns.append(kind)
    size = len(states)
    if size > MOST_STATES:
        raise TooManyStates(f"{size:,} states of order {order}, more than {MOST_STATES:,}")
    steps = np.array(list(taken))
    ends = np.where(steps[:, 1] == -1, size, np.where(steps[:, 1] == -2, size + 1, steps[:, 1]))
    uses = sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(taken), len(kinds))).tocsr()
    last = np.array([state[-1] if state else START for state in states])
    return Chain(
        order=order,
        last=last,
        here=steps[:, 0],
        there=ends,
        uses=uses,
        counts=np.array([count for _, _, count, _ in kinds], dtype=float),
        given=np.array([place for *_, place in kinds]),
        nodes=tuple(sorted(set(last.tolist()) - {START})),
    )


def solve(one: Chain) -> Solved:
    """Removal effects of the chain as it is: a sparse system per node, solved without it.

    All are 0 where no path converts.
    """
    whole, lost, met = _exactly(one, one.probabilities(one.counts))
    removal = {node: _share(lost[node] / whole) if whole > 0 else 0.0 for node in one.nodes}
    total = sum(removal.values())
    effects = {
        node: Effect(
            node=node,
            removal=removal[node],
            share=removal[node] / total if total else 0.0,
            reached=_share(met[node]),
            from_there=_share(lost[node] / met[node]) if met[node] > 0 else 0.0,
        )
        for node in one.nodes
    }
    return Solved(one.order, one.size, _share(whole), effects)


def bootstrap(
    one: Chain,
    samples: int,
    seed: int,
    confidence: float,
    step: Callable[[int], None] = lambda _: None,
    histories: Histories | None = None,
) -> Solved:
    """`solve`, with percentile intervals: so many replicates, each a draw of as many people as there are.

    A person is drawn with all paths: two conversions of one person share touches, so that drawing paths makes
    intervals too narrow. Without `histories` each path is a person's own. Of orders whose states were seen
    once or twice they are too narrow all the same. `step` is told how many replicates were done.
    """
    solved = solve(one)
    people, had = _people(one, histories)
    rng = np.random.default_rng(seed)
    total = int(people.sum())
    near = None if one.size <= SMALL else _swept(one, one.probabilities(one.counts), None)
    largest = max(one.size**2, len(people), len(one.counts), len(one.here))
    at_once = max(1, ELEMENTS // largest) if one.size <= SMALL else 1
    replicates = []
    for start in range(0, samples, at_once):
        some = min(at_once, samples - start)
        drawn = rng.multinomial(total, people / total, size=some).T
        replicates.append(_removal_effects(one, had @ drawn.astype(float), near))
        step(some)
    removal = np.hstack(replicates)
    removal = removal[:, ~np.isnan(removal[0])]
    if not removal.shape[1]:
        return solved
    totals = removal.sum(axis=0)
    shares = np.divide(removal, totals, out=np.zeros_like(removal), where=totals > 0)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    removal_bounds, share_bounds = (np.quantile(some, tails, axis=1) for some in (removal, shares))
    effects = {
        node: replace(
            solved.effects[node],
            removal_interval=(float(removal_bounds[0, place]), float(removal_bounds[1, place])),
            share_interval=(float(share_bounds[0, place]), float(share_bounds[1, place])),
        )
        for place, node in enumerate(one.nodes)
    }
    return replace(solved, effects=effects, samples=removal.shape[1])


def _people(one: Chain, histories: Histories | None) -> tuple[np.ndarray, sparse.csr_array]:
    """How many people there are of each kind (h,), and which paths one of them has, how often (p, h)."""
    if histories is None:
        return one.counts, sparse.eye_array(len(one.counts), format="csr")
    shape = (1 + max(one.given.max(), histories.path.max()), len(histories.people))
    had = sparse.coo_array((histories.times.astype(float), (histories.path, histories.kind)), shape=shape)
    return histories.people.astype(float), had.tocsr()[one.given]


def _removal_effects(one: Chain, weights: np.ndarray, near: np.ndarray | None) -> np.ndarray:
    """Removal effects (nodes, replicates) by weights (p, replicates); nan where nothing converts."""
    probabilities = one.probabilities(weights)
    found = _densely(one, probabilities) if one.size <= SMALL else _by_sweeps(one, probabilities, near)
    return np.clip(found, 0, 1)


def _exactly(one: Chain, probabilities: np.ndarray) -> tuple[float, dict[int, float], dict[int, float]]:
    """The chance to convert, then by node how much of it is lost without it, and the chance to meet it."""
    stays, wins = one.there < one.size, one.there == one.size
    steps = (probabilities[stays], (one.here[stays], one.there[stays]))
    system = sparse.eye_array(one.size, format="csr") - sparse.csr_array(steps, shape=(one.size, one.size))
    ends = np.zeros((one.size, 2))  # in a conversion, and in any way
    np.add.at(ends[:, 0], one.here[wins], probabilities[wins])
    np.add.at(ends[:, 1], one.here[~stays], probabilities[~stays])
    whole = float(splu(system.tocsc()).solve(ends[:, 0])[0])
    lost, met = {}, {}
    for node in one.nodes:
        kept = np.flatnonzero(one.last != node)
        converts, ends_unmet = splu(system[kept][:, kept].tocsc()).solve(ends[kept])[0]
        lost[node], met[node] = whole - float(converts), 1 - float(ends_unmet)
    return whole, lost, met


def _densely(one: Chain, probabilities: np.ndarray) -> np.ndarray:
    """Removal effects (nodes, r) by probabilities (m, r), all replicates in one inverse each."""
    inner, converting = _matrices(one, probabilities)
    visits = np.linalg.inv(np.eye(one.size) - inner)
    chances = np.einsum("rij,rj->ri", visits, converting)
    lost = []
    for node in one.nodes:
        here = np.flatnonzero(one.last == node)
        among = visits[:, here[:, None], here].transpose(0, 2, 1)
        first = np.linalg.solve(among, visits[:, 0, here, None])[..., 0]
        lost.append((first * chances[:, here]).sum(axis=1))
    return _over(np.array(lost), chances[:, 0])


def _by_sweeps(one: Chain, probabilities: np.ndarray, near: np.ndarray | None = None) -> np.ndarray:
    """The same for one replicate of a large chain; solved exactly where sweeps do not settle."""
    chances = _swept(one, probabilities[:, 0], near)
    if chances is None:
        whole, lost, _ = _exactly(one, probabilities[:, 0])
        return _over(np.array(list(lost.values()))[:, None], np.array([whole]))
    return _over(chances[0, -1] - chances[0, :-1, None], chances[0, -1:])


def _swept(one: Chain, probabilities: np.ndarray, near: np.ndarray | None) -> np.ndarray | None:
    """Chances to convert by state (n, nodes + 1), a column per node that is taken away and one for none, by
    repeated steps from the end or from what is `near`; None for a chain that is left too slowly for that.
    """
    stays, wins = one.there < one.size, one.there == one.size
    inner = sparse.csr_array(
        (probabilities[stays], (one.here[stays], one.there[stays])), shape=(one.size, one.size)
    )
    converting = np.zeros((one.size, 1))
    converting[one.here[wins], 0] = probabilities[wins]
    kept = np.hstack([one.last[:, None] != np.array(one.nodes), np.ones((one.size, 1), dtype=bool)])
    kept = kept.astype(float)
    chances = kept * converting if near is None else near
    for sweep in range(SWEEPS):
        before = chances
        chances = inner @ chances
        chances += converting
        chances *= kept
        if sweep % CHECKED == 0 and float(np.abs(chances - before).max()) < CLOSE:
            return chances
    return None


def _matrices(one: Chain, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Steps among states (r, n, n) and to a conversion (r, n), by probabilities (m, r)."""
    replicates = probabilities.shape[1]
    inner, converting = np.zeros((replicates, one.size, one.size)), np.zeros((replicates, one.size))
    stays, wins = one.there < one.size, one.there == one.size
    inner[:, one.here[stays], one.there[stays]] = probabilities[stays].T
    converting[:, one.here[wins]] = probabilities[wins].T
    return inner, converting


def _over(lost: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(lost, whole, out=np.full(lost.shape, np.nan), where=whole > 0)


def _share(value: float) -> float:
    """Within 0 and 1, of which a sum of rounded numbers comes to a hair more."""
    return min(max(value, 0.0), 1.0)


def _without_repeats(nodes: Sequence[int]) -> tuple[int, ...]:
    return tuple(node for place, node in enumerate(nodes) if not place or node != nodes[place - 1])
