"""How well clusters tell persons: pairs, B-cubed, whole persons."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RESAMPLES = 1000
# (smallest, largest) size of a cluster, as a table shows them
SIZES = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 30), (31, None))


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95 % interval; nan where nothing can be divided by."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Scores:
    """Clusters against persons. Counts are of records (source customers), pairs of these, and so on."""

    records: int
    persons: int
    clusters: int
    true_pairs: int
    found_pairs: int
    right_pairs: int
    precision: Interval
    recall: Interval
    f1: Interval
    b_cubed_precision: float
    b_cubed_recall: float
    b_cubed_f1: float
    persons_exactly_right: float
    largest_cluster: int
    largest_person: int
    sizes: dict[str, tuple[int, int]]  # size of … -> clusters, persons


def score(clusters: Integers, persons: Integers, seed: int = 0) -> Scores:
    """Compare what was found with what is true, per record: its cluster [n] and its person [n], any numbers.

    Pairs: Menestrina, Whang and Garcia-Molina, «Evaluating entity resolution results», VLDB 2010; B-cubed:
    Bagga and Baldwin, 1998. Intervals are percentiles of a bootstrap over persons, with a wrong pair counted
    half to either person, as in Binette et al., «Estimating the performance of entity resolution algorithms»,
    The American Statistician 77, 2023. `seed` is the bootstrap's.
    """
    _, cluster_of, cluster_sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    _, person_of, person_sizes = np.unique(persons, return_inverse=True, return_counts=True)
    cells, together = np.unique(cluster_of * len(person_sizes) + person_of, return_counts=True)
    cell_cluster, cell_person = cells // len(person_sizes), cells % len(person_sizes)
    count = len(person_sizes)
    # per person, [persons], all in half pairs: a pair is two records that each see the other
    right = np.bincount(cell_person, together * (together - 1), count)
    found = np.bincount(cell_person, together * (cluster_sizes[cell_cluster] - 1), count)
    true = person_sizes * (person_sizes - 1.0)
    whole = np.bincount(
        cell_person,
        (together == cluster_sizes[cell_cluster]) & (together == person_sizes[cell_person]),
        count,
    )
    precision, recall, f1 = _intervals(np.stack([right, found, true], axis=1), seed)
    b_precision = float((together**2 / cluster_sizes[cell_cluster]).sum() / len(clusters))
    b_recall = float((together**2 / person_sizes[cell_person]).sum() / len(clusters))
    return Scores(
        records=len(clusters),
        persons=count,
        clusters=len(cluster_sizes),
        true_pairs=int(true.sum()) // 2,
        found_pairs=int(found.sum()) // 2,
        right_pairs=int(right.sum()) // 2,
        precision=precision,
        recall=recall,
        f1=f1,
        b_cubed_precision=b_precision,
        b_cubed_recall=b_recall,
        b_cubed_f1=2 * b_precision * b_recall / (b_precision + b_recall),
        persons_exactly_right=float(whole.mean()),
        largest_cluster=int(cluster_sizes.max()),
        largest_person=int(person_sizes.max()),
        sizes=_sizes(cluster_sizes, person_sizes),
    )


def joined(labels: int, left: Integers, right: Integers) -> Integers:
    """The smallest label that each of 0 … labels-1 is connected with by links left [n] – right [n]."""
    smallest = np.arange(labels)
    while True:
        ours, theirs = smallest[left], smallest[right]
        if np.array_equal(ours, theirs):
            return smallest
        # a root takes the smallest root it is linked with: always downwards, so never in a circle
        np.minimum.at(smallest, np.maximum(ours, theirs), np.minimum(ours, theirs))
        while not np.array_equal(smallest, further := smallest[smallest]):
            smallest = further


def _intervals(parts: Floats, seed: int) -> tuple[Interval, Interval, Interval]:
    """Precision, recall, F1 of right, found and true pairs per person [persons, 3].

    Persons with the same three numbers are drawn together, as a multinomial: the same bootstrap, and a
    million persons cost no more than a thousand.
    """
    kinds, counts = np.unique(parts, axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(parts), counts / len(parts), RESAMPLES)
    totals = np.vstack([counts, drawn]) @ kinds  # [1 + resamples, 3]; the first one is what was seen
    right, found, true = totals.T
    ratios = []
    for numerator, denominator in ((right, found), (right, true), (2 * right, found + true)):
        ratio = np.divide(numerator, denominator, out=np.full(len(totals), np.nan), where=denominator > 0)
        low, high = (
            np.nanpercentile(ratio[1:], [2.5, 97.5]) if np.isfinite(ratio[1:]).any() else (np.nan,) * 2
        )
        ratios.append(Interval(float(ratio[0]), float(low), float(high)))
    return ratios[0], ratios[1], ratios[2]


def _sizes(clusters: Integers, persons: Integers) -> dict[str, tuple[int, int]]:
    found = {}
    for least, most in SIZES:
        name = f"{least}" if most == least else f"{least}-{most}" if most else f"{least}+"
        both = tuple(
            int(((sizes >= least) & (sizes <= (most or sizes.max()))).sum()) for sizes in (clusters, persons)
        )
        if any(both):
            found[name] = (both[0], both[1])
    return found
