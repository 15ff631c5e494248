"""What a world is: its arguments, how it is cut into units of work, and its random streams.

A world is cut into blocks of customers (`BLOCK` each) and, within a block, chunks of days (`CHUNK_DAYS`
each). Nothing crosses a block: people, households, devices and visitors live in one. A block is first
simulated as numbers over all its days (people, journeys, visits: some hundred bytes per visit), then
written chunk by chunk, where the strings are. So memory depends on a block's size, never on the number of
customers.

Every random number comes from a stream that is named by (seed, block, chunk, name) and by nothing else:
what a unit contains does not depend on which units were made before, nor on threads. Times are drawn in
floating point and rounded to the millisecond, so that a last-bit difference between two processors' exp()
does not show.
"""

import datetime as dt
import zlib
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cap.errors import CapError

BLOCK = 2000
CHUNK_DAYS = 15
# a row is ingested at most this many days after the day its unit is filed under: 5 days late, 3 days until
# it is delivered again, one for a visit that crosses midnight
MAX_LAG_DAYS = 10
MAX_CUSTOMERS = 20_000_000

US = 1_000_000
MINUTE = 60 * US
HOUR = 3600 * US
DAY = 86_400 * US
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class World:
    """The arguments of a world. Two equal worlds are the same to the byte.

    Raises CapError for arguments that make no world.
    """

    customers: int = 1000
    days: int = 90
    start: dt.date = dt.date(2026, 1, 1)
    seed: int = 42
    mess: float = 0.2

    def __post_init__(self) -> None:
        if not 1 <= self.customers <= MAX_CUSTOMERS:
            raise CapError(f"--customers is {self.customers}; give a number from 1 to {MAX_CUSTOMERS:,}.")
        if not 1 <= self.days <= 3650:
            raise CapError(f"--days is {self.days}; give a number from 1 to 3650.")
        if not 0 <= self.mess <= 1:
            raise CapError(f"--mess is {self.mess}; give a number from 0 (clean) to 1 (filthy).")
        if not 0 <= self.seed < 2**63:
            raise CapError(f"--seed is {self.seed}; give a whole number from 0 to 2^63 - 1.")
        if not dt.date(2010, 1, 1) <= self.start <= dt.date(2080, 1, 1):
            raise CapError(f"--start is {self.start}; give a date from 2010-01-01 to 2080-01-01.")

    @cached_property
    def start_us(self) -> int:
        """First moment of the first day, microseconds since 1970 UTC, as all times here."""
        return (self.start - EPOCH).days * DAY

    @cached_property
    def end_us(self) -> int:
        """First moment after the last day."""
        return self.start_us + self.days * DAY

    @property
    def last_day(self) -> dt.date:
        """The last simulated day."""
        return self.start + dt.timedelta(days=self.days - 1)

    @property
    def blocks(self) -> int:
        """How many blocks of customers."""
        return -(-self.customers // BLOCK)

    @property
    def chunks(self) -> int:
        """How many chunks of days."""
        return -(-self.days // CHUNK_DAYS)

    def block_customers(self, block: int) -> int:
        """How many customers a block has: all `BLOCK`, but for the last."""
        return min(BLOCK, self.customers - block * BLOCK)

    def chunks_of_day(self, day: dt.date | None) -> range:
        """The chunks that can hold rows ingested on a day; all of them for None."""
        if day is None:
            return range(self.chunks)
        offset = (day - self.start).days
        if not 0 <= offset < self.days:
            raise CapError(
                f"--day {day} is outside this world: {self.start} to {self.last_day} ({self.days} days)."
            )
        return range(max(0, offset - MAX_LAG_DAYS) // CHUNK_DAYS, offset // CHUNK_DAYS + 1)

    def chunk_of(self, us: np.ndarray) -> np.ndarray:
        """The chunk under which rows complete at these times are filed: times outside the world go to its
        ends.
        """
        return np.clip((us - self.start_us) // (CHUNK_DAYS * DAY), 0, self.chunks - 1)

    def rng(self, block: int, name: str, chunk: int = -1) -> np.random.Generator:
        """The stream of random numbers with this name; the same one each time."""
        words = [self.seed & 0xFFFFFFFF, self.seed >> 32, block, chunk + 1, zlib.crc32(name.encode())]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))

    def arguments(self) -> dict[str, Any]:
        """The arguments as they stand in the manifest."""
        return {**asdict(self), "start": self.start.isoformat()}
