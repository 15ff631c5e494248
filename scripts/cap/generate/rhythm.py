"""When things happen: the hours of a day, the days of a week, the seasons of a year.

Hours: a bank's site is used in the day, with a peak before noon and another in the evening, and hardly at
night; weekends start later and are flatter. Days:
Monday leads, Sunday has two thirds of it. Year: +/- 12 % around the mean, high in winter (tax season,
year's end), low in July. Pay days (1st and 15th, and the day after) add 15 %. All hours are local; the
United States' standard time is used all year round, so local time is a fixed number of hours from UTC.
"""

import datetime as dt
from functools import cache

import numpy as np

from cap.generate.frames import to_ms
from cap.generate.world import DAY, HOUR, World

_WORKDAY = (6, 4, 3, 2, 3, 7, 18, 35, 56, 72, 78, 76, 74, 68, 64, 62, 60, 58, 60, 66, 70, 60, 38, 16)
_WEEKEND = (9, 6, 4, 3, 3, 4, 8, 17, 32, 48, 58, 60, 58, 55, 52, 50, 50, 50, 52, 56, 58, 50, 34, 19)
_WEEK = (1.12, 1.08, 1.04, 1.03, 1.05, 0.82, 0.74)


@cache
def day_weights(world: World) -> np.ndarray:
    """Per day of the run, its share of activity relative to an average day."""
    weights = np.empty(world.days)
    for i in range(world.days):
        day = world.start + dt.timedelta(days=i)
        season = 1 + 0.12 * np.cos(2 * np.pi * (day.timetuple().tm_yday - 15) / 365.25)
        weights[i] = _WEEK[day.weekday()] * season * (1.15 if day.day in (1, 2, 15, 16) else 1.0)
    return weights


@cache
def _cumulative(world: World) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum(day_weights(world))])


def weight_between(world: World, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Sum of day weights between two times (us), 0 where they are reversed."""
    days = np.arange(world.days + 1)
    low, high = (np.interp((t - world.start_us) / DAY, days, _cumulative(world)) for t in (start, end))
    return np.maximum(high - low, 0)


def moments(
    world: World, rng: np.random.Generator, start: np.ndarray, end: np.ndarray, utc_hours: np.ndarray
) -> np.ndarray:
    """One time (us, whole ms) per row, between start and end, by day weight and local hour.

    A time that the hour pushes out of [start, end) is put uniformly inside.
    """
    n, days, cumulative = len(start), np.arange(world.days + 1), _cumulative(world)
    low, high = (np.interp((t - world.start_us) / DAY, days, cumulative) for t in (start, end))
    place = low + rng.random(n) * np.maximum(high - low, 0)
    day = np.clip(np.searchsorted(cumulative, place, side="right") - 1, 0, world.days - 1)
    weekday = (world.start.weekday() + day) % 7
    hour = _hours(rng, weekday)
    time = world.start_us + day * DAY + (hour * HOUR).astype(np.int64) - utc_hours * HOUR
    fallback = start + rng.random(n) * np.maximum(end - start, 1)
    return to_ms(np.where((time >= start) & (time < end), time, fallback))


def _hours(rng: np.random.Generator, weekday: np.ndarray) -> np.ndarray:
    """Local hours of the day, with fractions."""
    u = rng.random(len(weekday))
    tables = [np.cumsum(t) / np.sum(t) for t in (_WORKDAY, _WEEKEND)]
    whole = np.where(
        weekday < 5, np.searchsorted(tables[0], u, side="right"), np.searchsorted(tables[1], u, side="right")
    )
    return np.minimum(whole, 23) + rng.random(len(weekday))
