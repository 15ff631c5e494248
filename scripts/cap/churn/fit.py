"""The score for leaving within 90 days: a logistic regression, by Newton's method, with a small penalty.

Rows are customers as of a day (silver_customer_churn_terms), the outcome is whether they are customers
90 days later. Only rows whose 90 days are over by `until` are learned from, so a back-test of later days is
one. Terms are made so that larger speaks for leaving; one that would count the other way is left out, lest a
driver be named that is none.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np

from cap.errors import CapError

HORIZON_DAYS = 90
PENALTY = 2.0  # of squared coefficients, in standard deviations of their terms; as so many rows
FEWEST_LOST = 20  # fewer customers lost say too little of ten terms
DIGITS = 6
INTERCEPT = "intercept"


@dataclass(frozen=True)
class Term:
    """A line of the seed churn_coefficients; center is the mean of the term over known values."""

    term: str
    driver: str
    coefficient: float
    center: float


@dataclass(frozen=True)
class Fitted:
    """The score, what it was learned from, and how well it ranks what came later (None: nothing later)."""

    terms: list[Term]
    until: date
    rows: int
    lost: int
    later: list[tuple[date, int, int, float]]  # day, customers, lost, area under the curve


def fit(connection: duckdb.DuckDBPyConnection, seed: Path, until: date | None) -> Fitted:
    """Learn from the warehouse; `seed` says which terms there are and what they are called.

    `until`: last day of the outcomes learned from; None for the day before the last two cut-offs whose
    outcome is known, which are left for judging. Raises CapError where too little is known.
    """
    drivers = read_drivers(seed)
    names = [name for name in drivers if name != INTERCEPT]
    days, values, lost = _rows(connection, names)
    known = sorted(set(days.tolist()))
    if until is None:
        until = known[-2] if len(known) > 2 else known[-1] + timedelta(days=HORIZON_DAYS)
    learned = np.array([day + timedelta(days=HORIZON_DAYS) <= until for day in days], dtype=bool)
    if lost[learned].sum() < FEWEST_LOST:
        raise CapError(
            f"by {until} only {int(lost[learned].sum())} customers were lost within {HORIZON_DAYS} days "
            f"of a day as of which they are scored; {FEWEST_LOST} are the least to learn from."
        )
    mean, deviation = _spread(values[learned])
    scaled = np.nan_to_num((values - mean) / deviation, nan=0.0)
    weights = positive_weights(scaled[learned], lost[learned])
    coefficients = weights[1:] / deviation
    terms = [Term(INTERCEPT, drivers[INTERCEPT], round(float(weights[0]), DIGITS), 0.0)]
    terms += [
        Term(name, drivers[name], round(float(coefficient), DIGITS), round(float(center), DIGITS))
        for name, coefficient, center in zip(names, coefficients, mean, strict=True)
    ]
    scores = scaled @ weights[1:]
    later = []
    for day in known:
        at = days == day
        if day >= until and 0 < lost[at].sum() < at.sum():
            later.append((day, int(at.sum()), int(lost[at].sum()), auc(scores[at], lost[at])))
    return Fitted(terms, until, int(learned.sum()), int(lost[learned].sum()), later)


def positive_weights(values: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Intercept and weights (terms + 1,), none below 0: the most negative is left out until none is."""
    used = np.ones(values.shape[1], dtype=bool)
    while True:
        weights = logistic(values[:, used], lost)
        if not used.any() or weights[1:].min() >= 0:
            found = np.zeros(values.shape[1] + 1)
            found[0], found[1:][used] = weights[0], weights[1:]
            return found
        used[np.flatnonzero(used)[weights[1:].argmin()]] = False


def logistic(values: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Intercept and weights (terms + 1,) of the most likely logistic regression under PENALTY.

    values: (rows, terms), in standard deviations; lost: (rows,) of bool.
    """
    design = np.column_stack([np.ones(len(values)), values])
    penalty = np.diag([0.0] + [PENALTY] * values.shape[1])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (lost - chance) - penalty @ weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < 1e-10:
            break
    return weights


def auc(scores: np.ndarray, lost: np.ndarray) -> float:
    """Share of pairs of one who left and one who stayed that are ranked right; ties count half."""
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    rank = np.cumsum(counts) - (counts - 1) / 2
    positives = lost.sum()
    return float(
        (rank[place][lost].sum() - positives * (positives + 1) / 2) / (positives * (len(lost) - positives))
    )


def read_drivers(seed: Path) -> dict[str, str]:
    """Term -> its driver's name, in the order of the seed."""
    with seed.open(newline="") as lines:
        drivers = {row["term"]: row["driver"] for row in csv.DictReader(lines)}
    if INTERCEPT not in drivers:
        raise CapError(f"{seed} has no line «{INTERCEPT}»")
    return drivers


def write_seed(fitted: Fitted, path: Path) -> None:
    """The seed churn_coefficients.csv, written whole or not at all."""
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("w", newline="") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(("term", "driver", "coefficient", "center", "fitted_until"))
        for term in fitted.terms:
            out.writerow((term.term, term.driver, f"{term.coefficient:g}", f"{term.center:g}", fitted.until))
    unfinished.replace(path)


def _rows(
    connection: duckdb.DuckDBPyConnection, names: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days (rows,), values (rows, terms; nan unknown) and outcomes (rows,), in an order that stays."""
    columns = ", ".join(
        f"cast(max(term_value) filter (term = '{name}') as double) as {name}" for name in names
    )
    found = connection.execute(
        f"select scored_date, is_churned_90d, {columns} from silver.silver_customer_churn_features "
        "inner join silver.silver_customer_churn_terms using (churn_score_key) "
        "where is_churned_90d is not null group by churn_score_key, scored_date, is_churned_90d "
        "order by scored_date, churn_score_key"
    ).fetchall()
    if not found:
        raise CapError(f"no day is {HORIZON_DAYS} days old as of which customers are scored")
    days = np.array([row[0] for row in found], dtype=object)
    lost = np.array([row[1] for row in found], dtype=bool)
    values = np.array([[np.nan if v is None else v for v in row[2:]] for row in found], dtype=float)
    return days, values, lost


def _spread(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of each column over what is known; 0 and 1 where nothing is, or all is alike."""
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0).sum(axis=0) / count
    deviation = np.sqrt(np.where(known, (values - mean) ** 2, 0).sum(axis=0) / count)
    return mean, np.where(deviation > 0, deviation, 1.0)
