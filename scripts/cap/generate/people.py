"""The people of a block: households, names, dates, addresses, moods, and when they leave.

Distributions and where they come from:

* household size 1..5: 29, 35, 15, 13, 8 % (US Census, Current Population Survey 2023); all members here are
  adults and customers. Second member: spouse; third on: adult children, sometimes a parent. 4 % of shared
  homes are flatmates without a family name in common. 30 % of pairs of adult children are twins; 8 % of
  sons are called Jr after the head.
* ages 22..85, triangular around 45 for a single head, 45..75 where children are grown.
* income: lognormal, median 62,000 USD, sigma 0.6 (US Census 2023: median earnings about 60,000).
* moves: 35 % of households in the last four years (the Census has about 9 % a year); marriages: 12 % of
  wives took the name in that time; both leave stale records behind in some systems.
* tenure: exponential with a mean of five years; about 2 % of the customers a month join during the run.
* activity: lognormal with sigma 1.0, so that the top tenth makes about two fifths of the visits (heavy
  tail).
* churn: a constant daily hazard per customer, 2 % a month at the mean, times exp(0.8 z + 0.5
  complaint-prone - 0.5 app user); the time is exponential with it. It is in the truth, with the date.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from cap.generate import vocabulary as words
from cap.generate.frames import draw, fmt, pick, to_ms
from cap.generate.world import BLOCK, DAY, World

HOUSEHOLD_SIZES = (0.29, 0.35, 0.15, 0.13, 0.08)
HEAD, SPOUSE, CHILD, PARENT, FLATMATE = range(5)
ROLES = ["head", "spouse", "adult_child", "parent", "flatmate"]
# each source system's customer numbers: a letter, and a permutation of 0..10^8 so that they tell nothing
SYSTEMS = ["crm", "web", "billing", "loyalty", "support", "pos"]
CRM, WEB, BILLING, LOYALTY, SUPPORT, POS = range(6)
_LETTERS = pl.Series(["C", "W", "B", "L", "S", "T"])
_FACTORS = np.array([48271393, 69621919, 16807003, 39373007, 62089913, 27183809])


@dataclass
class People:
    """One block's customers: arrays of length n, indices into `vocabulary`, times in microseconds.

    `household` counts from 0 within the block. `since` is when the person became a customer, `online_since`
    the web account (beyond the end for those who have none), `churn` when they leave (beyond the end for
    most).
    """

    block: int
    n: int
    number: np.ndarray  # 1.. over the whole world
    household: np.ndarray
    role: np.ndarray
    female: np.ndarray
    first: np.ndarray
    middle: np.ndarray
    last: np.ndarray
    maiden: np.ndarray  # the surname before `married`
    married: np.ndarray
    junior: np.ndarray  # 0 none, 1 Jr, 2 Sr
    birth: np.ndarray
    place: np.ndarray
    street: np.ndarray
    house_number: np.ndarray
    unit: np.ndarray
    old_place: np.ndarray  # the address before `moved`
    old_street: np.ndarray
    old_house_number: np.ndarray
    moved: np.ndarray
    mobile: np.ndarray
    landline: np.ndarray
    tax_id: np.ndarray
    income: np.ndarray
    wealth: np.ndarray  # standard normal: drives income, products, value
    propensity: np.ndarray  # standard normal: how likely to buy
    since: np.ndarray
    online: np.ndarray
    online_since: np.ndarray
    app: np.ndarray
    rate: np.ndarray  # multiplies visits
    complaint_prone: np.ndarray
    hazard: np.ndarray  # of leaving, per day
    churn: np.ndarray
    held_out: np.ndarray  # (n, channels): never reached by this channel
    consent: np.ndarray

    @property
    def utc_hours(self) -> np.ndarray:
        """Each person's distance from UTC, hours."""
        return words.places().utc_hours[self.place]

    def person_id(self, index: np.ndarray | None = None) -> pl.Series:
        """Ids in the truth, of all or of those at `index`."""
        number = self.number if index is None else self.number[index]
        return fmt("P{}", pl.Series(number).cast(pl.String).str.zfill(8))

    def household_id(self, index: np.ndarray | None = None) -> pl.Series:
        """Ids of their homes in the truth."""
        household = self.household if index is None else self.household[index]
        return fmt("H{}", pl.Series(self.block * BLOCK + household + 1).cast(pl.String).str.zfill(8))

    def crm_id(self, index: np.ndarray, mask: np.ndarray | None = None) -> pl.Series:
        """Customer ids in the CRM, null where the mask is false."""
        return source_ids(CRM, self.number[index], mask)

    def web_id(self, index: np.ndarray, mask: np.ndarray | None = None) -> pl.Series:
        """Customer ids in the web system, null where the mask is false."""
        return source_ids(WEB, self.number[index], mask)

    def user_id(self, index: np.ndarray, mask: np.ndarray | None = None) -> pl.Series:
        """The login, as the site knows it."""
        return fmt("u{}", pl.Series(self.number[index] * 7 + 1000)).zip_with(
            pl.Series(np.ones(len(index), dtype=bool) if mask is None else mask),
            pl.Series([None] * len(index), dtype=pl.String),
        )

    def email(self, index: np.ndarray) -> pl.Series:
        """A person's own address: made from the name, as real ones are, and unique by its number."""
        number = self.number[index]
        style = number % 4
        first, last = pick(words.FIRST, self.first[index]), pick(words.LAST, self.maiden[index])
        initial = first.str.slice(0, 1)
        local = pl.select(
            pl.when(pl.Series(style == 0))
            .then(fmt("{}.{}{}", first, last, number))
            .when(pl.Series(style == 1))
            .then(fmt("{}{}{}", first, last, number))
            .when(pl.Series(style == 2))
            .then(fmt("{}{}{}", initial, last, number))
            .otherwise(fmt("{}{}.{}", last, number, first))
        ).to_series()
        domains = np.repeat(np.arange(5), words.MAIL_WEIGHTS)
        domain = pick(words.MAIL_DOMAINS, domains[(number * 37) % 100])
        return fmt("{}@{}", local.str.to_lowercase().str.replace_all(" ", ""), domain)


def source_ids(system: np.ndarray | int, number: np.ndarray, mask: np.ndarray | None = None) -> pl.Series:
    """Customer ids of source systems, unique per (system, number < 10^8)."""
    system = np.broadcast_to(np.asarray(system), number.shape)
    scrambled = (number.astype(np.int64) * _FACTORS[system] + 1234567) % 100_000_000
    letter = pick(_LETTERS, system, mask)
    return fmt("{}{}", letter, pl.Series(scrambled).cast(pl.String).str.zfill(8))


def phone_digits(number: np.ndarray) -> pl.Series:
    """Ten digits, the exchange 555 (kept for fiction) among them, unique per number < 7,800,000."""
    return fmt("{}555{}", 201 + number // 10000 % 780, pl.Series(number % 10000).cast(pl.String).str.zfill(4))


def _households(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Household and position in it, for n people."""
    sizes = 1 + draw(rng, HOUSEHOLD_SIZES, n)
    owner = np.repeat(np.arange(n), sizes)[:n]
    return owner, np.arange(n) - (np.cumsum(sizes) - sizes)[owner]


def simulate(world: World, block: int) -> People:
    """The people of one block."""
    n = world.block_customers(block)
    rng = world.rng(block, "people")
    start, end = world.start_us, world.end_us
    span = end - start
    number = block * BLOCK + np.arange(1, n + 1)
    household, position = _households(rng, n)
    homes = household[-1] + 1
    head = np.searchsorted(household, np.arange(homes))[household]  # index of each person's head
    flat_home = rng.random(homes) < 0.04
    role = np.select(
        [position == 0, flat_home[household], position == 1, rng.random(n) < 0.85],
        [HEAD, FLATMATE, SPOUSE, CHILD],
        PARENT,
    )
    size = np.bincount(household, minlength=homes)[household]

    female = rng.random(n) < 0.51
    female = np.where(role == SPOUSE, ~female[head] ^ (rng.random(n) < 0.04), female)
    first_female = draw(rng, words.FIRST_WEIGHTS[0], n)
    first_male = len(words.FEMALE) + draw(rng, words.FIRST_WEIGHTS[1], n)
    first = np.where(female, first_female, first_male)
    middle = np.where(rng.random(n) < 0.7, draw(rng, np.concatenate(words.FIRST_WEIGHTS), n), -1)
    own_last = draw(rng, words.LAST_WEIGHTS, n)
    keeps_name = (role == FLATMATE) | (rng.random(n) < 0.12) & (role != CHILD)
    last = np.where(keeps_name, own_last, own_last[head])
    recently = to_ms(start - 4 * 365 * DAY + rng.random(n) * (4 * 365 * DAY + span))
    marries = (role == SPOUSE) & female & ~keeps_name & (rng.random(n) < 0.12)
    married = np.where(marries, recently, start - 40 * 365 * DAY)
    maiden = np.where(married > start - 30 * 365 * DAY, own_last, last)

    age = np.where(size[head] >= 3, rng.triangular(45, 55, 75, n), rng.triangular(22, 42, 85, n))
    age = np.select(
        [role == SPOUSE, role == CHILD, role == PARENT],
        [
            age[head] + rng.normal(-1, 4, n),
            age[head] - rng.uniform(21, 34, n),
            age[head] + rng.uniform(20, 30, n),
        ],
        age,
    )
    age = np.where(
        age < 19, 18.1 + 5 * rng.random(n), np.minimum(age, 98)
    )  # no two born on one day by a clip
    birth = start - np.floor(age * 365.25).astype(np.int64) * DAY
    # twins: a child right after another child of the same home
    twin = (
        (role == CHILD)
        & np.roll(role == CHILD, 1)
        & (np.roll(household, 1) == household)
        & (rng.random(n) < 0.3)
    )
    twin[0] = False
    birth = np.where(twin, np.roll(birth, 1), birth)
    # Jr: a son with the name of his father, the head
    junior_son = (role == CHILD) & ~female & ~female[head] & ~twin & (rng.random(n) < 0.08)
    candidates = np.flatnonzero(junior_son)
    junior_son = np.zeros(n, dtype=bool)
    junior_son[candidates[np.unique(household[candidates], return_index=True)[1]]] = True  # one per home
    first = np.where(junior_son, first[head], first)
    junior = np.where(junior_son, 1, 0)
    junior[head[junior_son]] = 2

    def at_home(values: np.ndarray) -> np.ndarray:
        return values[household]

    cities = words.places()
    place, old_place = (at_home(draw(rng, cities.weight, homes)) for _ in range(2))
    nearby = at_home(rng.random(homes)) < 0.55  # most moves stay in town
    old_place = np.where(nearby, place, old_place)
    street, old_street = (at_home(rng.integers(0, len(words.STREETS), homes)) for _ in range(2))
    house_number, old_house_number = (
        at_home(1 + np.floor(rng.lognormal(5.5, 1.1, homes)).astype(np.int64) % 9899) for _ in range(2)
    )
    unit = at_home(np.where(rng.random(homes) < 0.3, rng.integers(1, 400, homes), 0))
    move = start - 4 * 365 * DAY + rng.random(homes) * (4 * 365 * DAY + span)
    moved = at_home(to_ms(np.where(rng.random(homes) < 0.35, move, start - 40 * 365 * DAY)))

    wealth, propensity = rng.normal(size=n), rng.normal(size=n)
    income = np.clip(
        np.round(np.exp(np.log(62000) + 0.5 * wealth + 0.33 * rng.normal(size=n)), -2), 8000, 2_000_000
    )
    joins = rng.random(n) < min(0.02 * world.days / 30.4, 0.6)
    tenure = np.minimum(rng.exponential(5 * 365, n), (age - 18) * 365).clip(20, 25 * 365)
    since = to_ms(np.where(joins, start + rng.random(n) * span, start - tenure * DAY))
    since = np.maximum(since, 946_684_800_000_000 + 2 * DAY)  # nothing before the year 2000
    online = rng.random(n) < np.clip(0.86 - 0.006 * np.maximum(age - 45, 0), 0.3, 0.9)
    online_since = np.where(online, np.maximum(since, start - rng.exponential(900, n) * DAY), end + 400 * DAY)
    app = online & (rng.random(n) < np.clip(0.75 - 0.009 * np.maximum(age - 30, 0), 0.1, 0.8))
    rate = np.exp(rng.normal(0, 1.0, n) - 0.5)
    complaint_prone = rng.random(n) < 0.12
    hazard = 0.02 / 30.4 * np.exp(0.8 * rng.normal(size=n) - 0.32 + 0.5 * complaint_prone - 0.5 * app)
    churn = np.maximum(since + 5 * DAY, start) + rng.exponential(1, n) / hazard * DAY
    held_out = (rng.random((n, len(words.CHANNELS))) < 0.1) & np.array([c.held_out for c in words.CHANNELS])
    return People(
        block=block,
        n=n,
        number=number,
        household=household,
        role=role,
        female=female,
        first=first,
        middle=middle,
        last=last,
        maiden=maiden,
        married=married,
        junior=junior,
        birth=birth,
        place=place,
        street=street,
        house_number=house_number,
        unit=unit,
        old_place=old_place,
        old_street=old_street,
        old_house_number=old_house_number,
        moved=moved,
        mobile=(number * 7919) % 7_800_000,
        landline=at_home(rng.integers(0, 7_800_000, homes)),
        tax_id=900_000_000 + (number * 9_999_991) % 99_999_999,
        income=income,
        wealth=wealth,
        propensity=propensity,
        since=since,
        online=online,
        online_since=to_ms(online_since),
        app=app,
        rate=rate,
        complaint_prone=complaint_prone,
        hazard=hazard,
        churn=to_ms(np.minimum(churn, end + 3650.0 * DAY)),
        held_out=held_out,
        consent=rng.random(n) < 0.68,
    )
