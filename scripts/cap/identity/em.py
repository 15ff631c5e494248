"""How much an agreement says: the m and u of Fellegi and Sunter, learned without labels.

m is the share of matches that agree to a level, u that of non-matches, and log2(m / u) a level's weight in
bits (I. P. Fellegi and A. B. Sunter, «A theory for record linkage», JASA 64, 1969). u is known beforehand,
since nearly all pairs of records are non-matches; m and the share of matches are found by expectation
maximisation (W. E. Winkler, «Using the EM algorithm for weight computation in the Fellegi-Sunter model of
record linkage», 1988) on the pairs of one block at a time: those share a key, so what the key is made of is
left out, and what several blocks find is put together by its median.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ROUNDS = 12
STEPS = 100
# A block with fewer pairs teaches chance; so does a comparison seen on fewer of its likely matches.
MIN_BLOCK_PAIRS = 200
MIN_LIKELY_MATCHES = 5.0
# Of what non-matches share by chance at least a quarter is chance: an identifier is never beyond doubt.
MIN_CHANCE = 0.25


@dataclass(frozen=True)
class Comparison:
    """One digit of the agreement pattern: level + 1 for `levels` 0 … n-1, or 0 if unknown.

    `is_presence`: only agreement is ever seen (level 1) and its absence says nothing, so m and u are
    shares of all pairs and not of those where it is known.
    """

    name: str
    digit: int
    levels: int
    is_presence: bool = False


@dataclass(frozen=True)
class Block:
    """Pairs whose shared rules have bit `rule`, and the comparisons that this key decides beforehand."""

    rule: int
    without: tuple[str, ...]


@dataclass(frozen=True)
class Pairs:
    """Distinct blocked pairs: pattern [n], shared rules (bits) [n] and how many pairs [n] have both."""

    patterns: Integers
    rules: Integers
    counts: Floats


@dataclass(frozen=True)
class Session:
    """What one block taught: how many pairs it has and the matches expected among them."""

    rule: int
    pairs: float
    matches: float


@dataclass(frozen=True)
class Model:
    """Per comparison m, u and the matches expected at each level, [levels] each; the share of matches."""

    m: list[Floats]
    u: list[Floats]
    expected: list[Floats]
    match_share: float
    sessions: list[Session]

    def weights(self) -> list[Floats]:
        """Bits of each level, [levels] for each comparison."""
        return [np.log2(m / u) for m, u in zip(self.m, self.u, strict=True)]


def pattern_levels(patterns: Integers, comparisons: Sequence[Comparison]) -> Integers:
    """The levels that patterns [n] are made of, [n, comparisons]; -1 is unknown."""
    return np.stack([patterns // 10**one.digit % 10 - 1 for one in comparisons], axis=1)


def estimate(
    pairs: Pairs,
    comparisons: Sequence[Comparison],
    blocks: Sequence[Block],
    among_all: Sequence[Floats],
    all_pairs: float,
    first_share: float,
    fixed: dict[int, tuple[Floats, Floats]],
) -> Model:
    """m, u and the share of matches.

    `among_all`: per comparison the share of all pairs, matches and others, at each level; `all_pairs` how
    many these are; `first_share` the share of matches to begin with; `fixed` gives m and u of comparisons (by
    their place) that there is too little data for.
    """
    levels = pattern_levels(pairs.patterns, comparisons)
    share = first_share
    m = [_mostly_agreeing(one.levels) for one in comparisons]
    u = [shares.copy() for shares in among_all]
    for place, (fixed_m, fixed_u) in fixed.items():
        m[place], u[place] = fixed_m, fixed_u
    free = [place for place in range(len(comparisons)) if place not in fixed]
    sessions: list[Session] = []
    for _ in range(ROUNDS):
        before = m
        for place in free:
            u[place] = _without_matches(among_all[place], m[place], share)
        learned: dict[int, list[Floats]] = {place: [] for place in free}
        sessions = []
        for block in blocks:
            chosen = (pairs.rules >> block.rule) & 1 == 1
            if pairs.counts[chosen].sum() < MIN_BLOCK_PAIRS:
                continue
            used = [place for place, one in enumerate(comparisons) if one.name not in block.without]
            found, taught, matches = _one_block(
                levels[chosen], pairs.counts[chosen], comparisons, used, set(free), m, u
            )
            sessions.append(Session(block.rule, float(pairs.counts[chosen].sum()), matches))
            for place in taught:
                learned[place].append(found[place])
        m = [_median(learned[place]) if learned.get(place) else shares for place, shares in enumerate(before)]
        share = _match_share(levels, pairs.counts, m, u, all_pairs, share)
        if max(float(np.abs(new - old).max()) for new, old in zip(m, before, strict=True)) < 1e-4:
            break
    likely = pairs.counts * _probabilities(levels, range(len(comparisons)), m, u, share)
    expected = [_sums(levels[:, place], likely, one.levels) for place, one in enumerate(comparisons)]
    return Model(m, u, expected, share, sessions)


def _mostly_agreeing(levels: int) -> Floats:
    """Where the search begins: 19 matches of 20 agree wholly."""
    return np.array([0.05 / (levels - 1)] * (levels - 1) + [0.95])


def _without_matches(among_all: Floats, m: Floats, share: float) -> Floats:
    """Shares of non-matches: those of all pairs, less the matches among them."""
    u = np.maximum((among_all - share * m) / (1 - share), among_all * MIN_CHANCE)
    return u / u.sum()


def _median(shares: list[Floats]) -> Floats:
    middle = np.median(np.stack(shares), axis=0)
    return middle / middle.sum()


def _sums(levels: Integers, weights: Floats, size: int) -> Floats:
    """The weights [n] by level [n], [size]; unknown levels are left out."""
    return np.bincount(levels + 1, weights=weights, minlength=size + 1)[1 : size + 1]


def _probabilities(
    levels: Integers, used: Sequence[int], m: list[Floats], u: list[Floats], share: float
) -> Floats:
    """How likely each pattern [n] is a match, by the comparisons used; what is unknown says nothing."""
    logit = np.full(len(levels), np.log(share / (1 - share)))
    for place in used:
        bits = np.concatenate([[0.0], np.log(m[place] / u[place])])
        logit += bits[levels[:, place] + 1]
    return 1 / (1 + np.exp(-logit))


def _one_block(
    levels: Integers,
    counts: Floats,
    comparisons: Sequence[Comparison],
    used: list[int],
    free: set[int],
    m: list[Floats],
    u: list[Floats],
) -> tuple[list[Floats], set[int], float]:
    """What this block says of m, the comparisons that it could teach, and its matches."""
    found, share, total, taught = list(m), 0.3, counts.sum(), set()
    for _ in range(STEPS):
        likely = counts * _probabilities(levels, used, found, u, share)
        before, share = share, float(np.clip(likely.sum() / total, 1e-4, 1 - 1e-4))
        for place in used:
            if place not in free:
                continue
            seen = _sums(levels[:, place], likely, comparisons[place].levels)
            if comparisons[place].is_presence:
                seen[0] = likely.sum() - seen[1]
            if seen.sum() > MIN_LIKELY_MATCHES:
                found[place] = (seen + 0.1) / (seen + 0.1).sum()
                taught.add(place)
        if abs(share - before) < 1e-7:
            break
    return found, taught, share * float(total)


def _match_share(
    levels: Integers, counts: Floats, m: list[Floats], u: list[Floats], all_pairs: float, share: float
) -> float:
    """The share of matches of which the pairs' probabilities add up to it; who shares no key is no match."""
    for _ in range(200):
        expected = (counts * _probabilities(levels, range(len(m)), m, u, share)).sum()
        before, share = share, float(np.clip(expected / all_pairs, 1e-12, 0.5))
        if abs(np.log(share / before)) < 1e-6:
            break
    return share
