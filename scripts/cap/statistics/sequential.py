"""Intervals and p-values that hold however often they are looked at."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cap.statistics.arms import check_level
from cap.statistics.difference import Difference

# units of both arms at which the interval is narrowest, where an experiment plans none
PLANNED_UNITS = 10_000


@dataclass(frozen=True)
class AlwaysValid:
    """Interval of the difference and of the lift, and p-value, that may be looked at every day.

    None where the fixed ones are: reason is theirs.
    """

    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None
    lift_lower: float | None = None
    lift_upper: float | None = None
    reason: str | None = None


def always_valid(
    found: Difference, units: int, confidence: float = 0.95, planned_units: int = PLANNED_UNITS
) -> AlwaysValid:
    """The interval that covers the difference at *every* look with this confidence, and its p-value.

    An asymptotic confidence sequence, a normal mixture: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024,
    «Time-uniform central limit theory and asymptotic confidence sequences», Annals of Statistics 52, section
    2; Robbins 1970. units are those of both arms so far. planned_units say where the interval is narrowest:
    they must be set before the first look and stay, never be the units so far, or the promise is void. Ten
    times too many or too few make it less than a third wider. The p-value is the level at which the interval
    just touches 0; of several looks the smallest holds (`running_minimum`). The lift's interval is made the
    same way of the log ratio. Asymptotic: it promises nothing of the first few units, so begin when the fixed
    test may be read too. tea-tasting has no such interval; own code for that reason.
    """
    check_level(confidence)
    error = found.standard_error
    if not error or found.difference is None or units < 1:
        return AlwaysValid(reason=found.reason or "there is no standard error")
    rho = tuning(planned_units, confidence)
    half = float(half_width(error**2, units, rho, confidence))
    low = high = None
    if found.log_error:
        log_half = float(half_width(found.log_error**2, units, rho, confidence))
        ratio = math.log1p(found.lift)
        if abs(ratio) + log_half < 700:  # beyond it e to the power of it is no number
            low, high = math.expm1(ratio - log_half), math.expm1(ratio + log_half)
    p_value = float(p_value_at(found.difference, error**2, units, rho))
    return AlwaysValid(found.difference - half, found.difference + half, p_value, low, high)


def tuning(planned_units: int, confidence: float = 0.95) -> float:
    """What makes the interval narrowest, beside the fixed one, at planned_units: rho squared, per unit.

    Raises ValueError without planned units.
    """
    check_level(confidence)
    if planned_units < 1:
        raise ValueError(f"planned_units is 1 or more, not {planned_units}")
    chance = -2 * math.log(1 - confidence)
    return (chance + math.log1p(chance)) / planned_units


def half_width(
    variance: np.ndarray | float, units: np.ndarray | int, rho: float, confidence: float = 0.95
) -> np.ndarray:
    """Half of the interval; variance is that of the difference, units are both arms'. Numbers or arrays."""
    grown = np.multiply(units, rho) + 1
    chance = np.log(np.sqrt(grown) / (1 - confidence))
    return np.sqrt(variance) * np.sqrt(2 * grown / (grown - 1) * chance)


def p_value_at(
    difference: np.ndarray | float, variance: np.ndarray | float, units: np.ndarray | int, rho: float
) -> np.ndarray:
    """The level at which `half_width` is the difference, at most 1. Numbers or arrays of one shape."""
    grown = np.multiply(units, rho) + 1
    log_p = np.log(grown) / 2 - np.square(difference) / variance * (grown - 1) / (2 * grown)
    return np.exp(np.minimum(log_p, 0))


def running_minimum(p_values: Iterable[float | None]) -> list[float | None]:
    """The smallest so far at each look: what may be said at it. None until there is one."""
    smallest: float | None = None
    found = []
    for value in p_values:
        if value is not None:
            smallest = value if smallest is None else min(smallest, value)
        found.append(smallest)
    return found
