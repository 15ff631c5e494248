"""Columns from numbers: vectorised text, times, ids. Nothing here loops over rows."""

from collections.abc import Sequence

import numpy as np
import polars as pl

Mask = np.ndarray | pl.Series

# Steele, Lea, Flood (2014), "Fast splittable pseudorandom number generators": the SplitMix64 finaliser, a
# bijection of 64-bit words, so distinct counters give distinct ids.
_MIX_1, _MIX_2, _GOLDEN = (
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
    np.uint64(0x9E3779B97F4A7C15),
)


def mixed(words: np.ndarray) -> np.ndarray:
    """uint64 -> uint64, a bijection that looks random."""
    with np.errstate(over="ignore"):
        x = words.astype(np.uint64) + _GOLDEN
        x = (x ^ (x >> np.uint64(30))) * _MIX_1
        x = (x ^ (x >> np.uint64(27))) * _MIX_2
        return x ^ (x >> np.uint64(31))


def hex_ids(prefix: str, words: np.ndarray) -> pl.Series:
    """The prefix and 16 hexadecimal digits per word."""
    if not len(words):
        return pl.Series([], dtype=pl.String)
    digits = words.astype(">u8").tobytes().hex().encode()
    return prefix + pl.Series(np.frombuffer(digits, dtype="S16")).cast(pl.String)


def only(series: pl.Series, mask: Mask | None) -> pl.Series:
    """The series, null where the mask is false."""
    if mask is None:
        return series
    return pl.select(pl.when(pl.Series(mask)).then(series)).to_series()


def pick(vocabulary: pl.Series | Sequence, index: np.ndarray, mask: Mask | None = None) -> pl.Series:
    """vocabulary[index], null where the mask is false or the index negative."""
    words = vocabulary if isinstance(vocabulary, pl.Series) else pl.Series(vocabulary)
    index = np.asarray(index)
    if index.size and index.min() < 0:
        known = index >= 0
        mask = known if mask is None else known & np.asarray(mask)
        index = np.where(known, index, 0)
    return only(words.gather(pl.Series(index.astype(np.int64))), mask)


def fmt(template: str, *parts: pl.Series | np.ndarray) -> pl.Series:
    """The template with each {} filled from a column; null where a part is null. Braces are doubled as in
    str.format.
    """
    columns = [part if isinstance(part, pl.Series) else pl.Series(part) for part in parts]
    pieces = [piece.replace("{{", "{").replace("}}", "}") for piece in _split(template)]
    if len(pieces) != len(columns) + 1:
        raise ValueError(f"{len(columns)} columns for the {len(pieces) - 1} places of {template!r}")
    exprs: list[pl.Expr] = []
    for piece, column in zip(pieces, [*columns, None], strict=True):
        if piece:
            exprs.append(pl.lit(piece))
        if column is not None:
            exprs.append(pl.lit(column.cast(pl.String)))
    return pl.select(pl.concat_str(exprs).alias("text")).to_series()


def _split(template: str) -> list[str]:
    """The pieces between the {} of a template; {{}} is not one."""
    pieces, start, i = [], 0, 0
    while i < len(template):
        if template[i : i + 2] in ("{{", "}}"):
            i += 2
        elif template[i : i + 2] == "{}":
            pieces.append(template[start:i])
            i += 2
            start = i
        else:
            i += 1
    return [*pieces, template[start:]]


def stamps(us: np.ndarray, mask: Mask | None = None) -> pl.Series:
    """Microseconds since 1970 -> timestamps."""
    return only(pl.Series(np.asarray(us, dtype=np.int64)).cast(pl.Datetime("us")), mask)


def dates(us: np.ndarray, mask: Mask | None = None) -> pl.Series:
    """Microseconds since 1970 -> their UTC dates."""
    return only(
        pl.Series((np.asarray(us, dtype=np.int64) // 86_400_000_000).astype(np.int32)).cast(pl.Date), mask
    )


def numbers(values: np.ndarray, mask: Mask | None = None, digits: int | None = None) -> pl.Series:
    """Numbers, rounded to `digits` decimals, null where the mask is false."""
    return only(pl.Series(np.round(values, digits) if digits is not None else values), mask)


def text_or(first: pl.Series, mask: Mask, second: pl.Series) -> pl.Series:
    """The first series where the mask is true, else the second."""
    return pl.select(pl.when(pl.Series(mask)).then(first).otherwise(second)).to_series()


def draw(rng: np.random.Generator, weights: Sequence[float] | np.ndarray, n: int) -> np.ndarray:
    """N indices with the given weights (inverse of the cumulative distribution)."""
    cumulative = np.cumsum(np.asarray(weights, dtype=float))
    index = np.searchsorted(cumulative / cumulative[-1], rng.random(n), side="right")
    return np.minimum(index, len(cumulative) - 1)


def to_ms(us: np.ndarray) -> np.ndarray:
    """Microseconds rounded to the millisecond (see world: why)."""
    return (np.floor(np.asarray(us, dtype=float) / 1000 + 0.5) * 1000).astype(np.int64)


def ranges(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For counts [2, 3]: owners [0, 0, 1, 1, 1] and positions [0, 1, 0, 1, 2]."""
    counts = np.asarray(counts, dtype=np.int64)
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    return owner, np.arange(len(owner)) - first
