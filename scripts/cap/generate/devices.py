"""Browsers and app installs, the people behind them, and the machines that are nobody.

Each online customer has one or two browsers (35 % two) and, if an app user, one install (10 % two); half of
the others browse without ever logging in. 12 % of browsers lose their cookie once in the run and come back
as a new device. In a quarter of the homes with two online members the second also uses the first's browser.
For each customer there are 0.9 visitors who never become one. Robots: see `KINDS`. Home addresses lie in
100.64.0.0/10, data centres in 198.18.0.0/15, our own test machines in 10.0.0.0/8: blocks that no public
host has.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from cap.generate import vocabulary as words
from cap.generate.frames import draw, fmt, hex_ids, mixed
from cap.generate.people import People
from cap.generate.world import BLOCK, DAY, World

# human; a crawler that says so; a headless browser in a data centre; a scraper that hides behind a real
# browser's name but reads several pages a second; our own monitoring; our own testers
KINDS = ["human", "crawler", "headless", "disguised", "monitor", "qa"]
HUMAN, CRAWLER, HEADLESS, DISGUISED, MONITOR, QA = range(6)
_TABLE_WORD = np.uint64(0xD5 << 56)


@dataclass
class Devices:
    """Arrays over one block's devices. owner -1: nobody we know. Times in microseconds."""

    word: np.ndarray  # 64 bits from which the id is made
    is_app: np.ndarray
    kind: np.ndarray
    owner: np.ndarray
    other: np.ndarray  # a second person who uses it, or -1
    profile: np.ndarray  # index into the browsers or phones
    born: np.ndarray
    died: np.ndarray  # the cookie was deleted
    successor: np.ndarray  # the device it came back as, or itself
    place: np.ndarray
    address: np.ndarray  # IPv4 as a number
    first_of: np.ndarray  # per person: the first web device; person's web devices are consecutive
    count_of: np.ndarray
    first_app_of: np.ndarray
    count_app_of: np.ndarray
    shared_of: np.ndarray  # per person: someone else's browser, or -1

    def device_id(self, index: np.ndarray) -> pl.Series:
        """The ids of devices."""
        return hex_ids("d_", self.word[index])

    def ip(self, index: np.ndarray) -> pl.Series:
        """The addresses of devices, as text."""
        a = self.address[index]
        return fmt("{}.{}.{}.{}", a >> 24, (a >> 16) & 255, (a >> 8) & 255, a & 255)


def simulate(world: World, people: People) -> Devices:
    """The devices of one block."""
    rng = world.rng(people.block, "devices")
    n, start, end = people.n, world.start_us, world.end_us
    web_count = np.where(people.online, 1 + (rng.random(n) < 0.35), rng.random(n) < 0.5).astype(np.int64)
    app_count = np.where(people.app, 1 + (rng.random(n) < 0.1), 0).astype(np.int64)
    strangers = max(1, round(0.9 * n))
    each = max(1, round(0.002 * n))
    robots = np.repeat([CRAWLER, HEADLESS, DISGUISED, MONITOR, QA], [each, each, each, 1, 1])

    owner = np.concatenate(
        [
            np.repeat(np.arange(n), web_count),
            np.repeat(np.arange(n), app_count),
            np.full(strangers + len(robots), -1),
        ]
    )
    total = len(owner)
    is_app = np.zeros(total, dtype=bool)
    is_app[web_count.sum() : web_count.sum() + app_count.sum()] = True
    kind = np.zeros(total, dtype=np.int64)
    kind[total - len(robots) :] = robots
    profile = np.where(
        is_app, draw(rng, [p[4] for p in words.PHONES], total), draw(rng, words.BROWSER_WEIGHTS, total)
    )
    profile = np.select(
        [kind == CRAWLER, kind == HEADLESS, kind == MONITOR],
        [words.REAL_BROWSERS + np.arange(total) % 4, words.HEADLESS, words.MONITOR],
        profile,
    )

    place = np.where(owner >= 0, people.place[owner], draw(rng, words.places().weight, total))
    home = people.household[owner] + people.block * BLOCK
    stranger_address = 0x64400000 + (0x200000 + rng.integers(0, 0x1FFFFF, total))
    address = np.where(
        owner >= 0, 0x64400000 + mixed(home.astype(np.uint64)).astype(np.int64) % 0x1FFFFF, stranger_address
    )
    address = np.where((kind > 0) & (kind < MONITOR), 0xC6120000 + rng.integers(1, 0x1FFFE, total), address)
    address = np.where(kind >= MONITOR, 0x0A000000 + rng.integers(1, 0xFFFFFE, total), address)

    born = np.where(
        owner >= 0, start - 400 * DAY, start + (rng.random(total) * world.days * DAY).astype(np.int64)
    )
    born = np.where(kind > 0, start, born)
    died = np.full(total, end + 4000 * DAY)
    loses = ~is_app & (owner >= 0) & (rng.random(total) < 0.12)
    died = np.where(loses, start + (rng.random(total) * world.days * DAY).astype(np.int64), died)
    lost = np.flatnonzero(loses)
    successor = np.arange(total)
    successor[lost] = total + np.arange(len(lost))

    first_of = np.cumsum(web_count) - web_count
    first_app_of = web_count.sum() + np.cumsum(app_count) - app_count
    heads = np.searchsorted(people.household, people.household)  # each person's head
    shares = (np.arange(n) == heads + 1) & people.online & people.online[heads] & (rng.random(n) < 0.25)
    shared_of = np.where(shares, first_of[heads], -1)
    other = np.full(total, -1)
    other[shared_of[shares]] = np.flatnonzero(shares)

    def grown(values: np.ndarray, extra: np.ndarray | None = None) -> np.ndarray:
        return np.concatenate([values, values[lost] if extra is None else extra])

    full = total + len(lost)
    return Devices(
        word=mixed(
            (_TABLE_WORD | (np.uint64(people.block) << np.uint64(32)) | np.arange(full).astype(np.uint64))
            ^ np.uint64(world.seed)
        ),
        is_app=grown(is_app),
        kind=grown(kind),
        owner=grown(owner),
        other=grown(other),
        profile=grown(profile),
        born=grown(born, died[lost]),
        died=grown(died, np.full(len(lost), end + 4000 * DAY)),
        successor=grown(successor, total + np.arange(len(lost))),
        place=grown(place),
        address=grown(address),
        first_of=first_of,
        count_of=web_count,
        first_app_of=first_app_of,
        count_app_of=app_count,
        shared_of=shared_of,
    )
