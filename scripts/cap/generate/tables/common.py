"""What the makers of several tables share: types, columns, draws, ids."""

import numpy as np
import polars as pl

from cap.generate.chunk import Chunk
from cap.generate.frames import hex_ids, to_ms
from cap.generate.world import HOUR

Columns = dict[str, pl.Series]
Table = tuple[Columns, np.ndarray]
ACCOUNT_WORDS = 103


def const(value: object, n: int) -> pl.Series:
    """The value n times."""
    return pl.repeat(value, n, eager=True)


def nulls(n: int) -> pl.Series:
    """A text column of n nulls."""
    return pl.Series([None] * n, dtype=pl.String)


def lognormal(rng: np.random.Generator, median: float | np.ndarray, sigma: float, n: int) -> np.ndarray:
    """Draws with this median; sigma is the standard deviation of the logarithm."""
    return median * np.exp(sigma * rng.normal(size=n))


def milliseconds(rng: np.random.Generator, median: float | np.ndarray, sigma: float, n: int) -> np.ndarray:
    """Lognormal times, as page and request times are; from 1 ms to a minute."""
    return np.clip(lognormal(rng, median, sigma, n), 1, 60_000).astype(np.int64)


def loaded(chunk: Chunk, rng: np.random.Generator, time: np.ndarray) -> np.ndarray:
    """When rows are complete: at their time, or in the first two hours of the run if that is past."""
    start = chunk.world.start_us
    return np.where(time < start, start + to_ms(rng.random(len(time)) * 2 * HOUR), time)


def account_ids(chunk: Chunk, row: np.ndarray) -> pl.Series:
    """Ids of the block's accounts."""
    return hex_ids("acc_", chunk.block.words(ACCOUNT_WORDS, 0, len(chunk.block.accounts.person))[row])
