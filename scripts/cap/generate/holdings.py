"""What customers own and how it changes: accounts, complaints, stages of life. Numbers for one block."""

from dataclasses import dataclass

import numpy as np

from cap.generate import vocabulary as words
from cap.generate.frames import ranges, to_ms
from cap.generate.journeys import COMPLETED, Journeys
from cap.generate.people import People
from cap.generate.world import DAY, HOUR, US, World

NEVER = 4_102_444_800 * US  # 2100-01-01


@dataclass
class Holdings:
    """Accounts: a customer holds each product with its share, more with wealth; a converting journey opens
    one.

    One in a hundred closes a month; all close when the customer leaves. Times in microseconds.
    """

    person: np.ndarray
    product: np.ndarray
    opened: np.ndarray
    closed: np.ndarray
    balance: np.ndarray
    primary: np.ndarray


@dataclass
class Complaints:
    """A quarter a year per customer, five times that for the complaint-prone; settled in a lognormal 70
    hours.
    """

    person: np.ndarray
    time: np.ndarray
    settled: np.ndarray  # -1 while open
    complete: np.ndarray


@dataclass
class Stages:
    """Steps through the customer lifecycle; `step` indexes STEPS."""

    person: np.ndarray
    time: np.ndarray
    step: np.ndarray


# event type, stage from, stage to, trigger
STEPS = [
    ("customer_acquired", "prospect", "onboarding", "application"),
    ("customer_activated", "onboarding", "active", "first_transaction"),
    ("relationship_deepened", "active", "growth", "second_product"),
    ("risk_detected", "active", "at_risk", "activity_drop"),
    ("recovered", "at_risk", "active", "outreach"),
    ("became_dormant", "at_risk", "dormant", "no_activity_90d"),
    ("reactivated", "dormant", "active", "win_back"),
    ("churned", "active", "churned", "account_closed"),
    ("churned", "growth", "churned", "account_closed"),
    ("churned", "onboarding", "churned", "account_closed"),
    ("churned", "at_risk", "churned", "account_closed"),
    ("churned", "dormant", "churned", "account_closed"),
]
# ways through life: the steps after one another, and how common the way is
_WAYS = [
    ((0, 1), 0.42),
    ((0, 1, 2), 0.25),
    ((0, 1, 3, 4), 0.14),
    ((0, 1, 3, 4, 2), 0.06),
    ((0, 1, 3, 5, 6), 0.06),
    ((0, 1, 3, 5), 0.04),
    ((0,), 0.03),
]
_CHURN_FROM = {"active": 7, "growth": 8, "onboarding": 9, "at_risk": 10, "dormant": 11, "prospect": 9}


def accounts(world: World, people: People, journeys: Journeys) -> Holdings:
    """The accounts of one block's customers."""
    rng = world.rng(people.block, "holdings")
    chance = np.clip(words.PRODUCT_SHARE * np.exp(0.25 * people.wealth)[:, None], 0, 0.95)
    person, product = np.nonzero(rng.random(chance.shape) < chance)
    limit = np.minimum(people.churn, world.end_us - DAY)
    early = rng.random(len(person)) ** 2  # most products are taken near the beginning
    opened = people.since[person] + to_ms(early * np.maximum(limit - people.since, HOUR)[person])
    won = np.flatnonzero(journeys.status == COMPLETED)
    person = np.concatenate([person, journeys.person[won]])
    product = np.concatenate([product, journeys.product[won]])
    opened = np.concatenate([opened, journeys.end[won]])
    ends = opened + to_ms(rng.exponential(100 * 30.4 * DAY, len(person))) + DAY
    closed = np.minimum(ends, people.churn[person])
    # the years before the run: what was closed then is mostly gone from the source; keep what closed in the
    # last one
    kept = (closed > world.start_us - 365 * DAY) & (opened < closed - HOUR) & (opened < world.end_us)
    person, product, opened, closed = person[kept], product[kept], opened[kept], closed[kept]
    balance = np.clip(
        words.PRODUCT_BALANCE[product]
        * np.exp(0.9 * rng.normal(size=len(person)) + 0.4 * people.wealth[person]),
        0,
        5e6,
    )
    order = np.lexsort((opened, person))
    person, product, opened, closed, balance = (a[order] for a in (person, product, opened, closed, balance))
    primary = np.append(True, person[1:] != person[:-1])[: len(person)]
    return Holdings(person, product, opened, closed, np.round(balance, 2), primary)


def complaints(world: World, people: People) -> Complaints:
    """The complaints of one block, those of the year before the run among them."""
    rng = world.rng(people.block, "complaints")
    begins = np.maximum(people.since, world.start_us - 365 * DAY)
    ends = np.minimum(people.churn, world.end_us)
    rate = 0.25 / 365 * np.where(people.complaint_prone, 5.0, 1.0)
    person, _ = ranges(rng.poisson(rate * np.maximum(ends - begins, 0) / DAY))
    time = to_ms(begins[person] + rng.random(len(person)) * (ends - begins)[person])
    hours = np.clip(np.exp(np.log(70) + 1.0 * rng.normal(size=len(person))), 0.5, 2000)
    settled = time + to_ms(hours * HOUR)
    is_open = settled >= world.end_us - HOUR
    complete = np.where(is_open, time, settled)
    return Complaints(
        person, time, np.where(is_open, -1, settled), np.maximum(complete, world.start_us + person * US)
    )


def stages(world: World, people: People) -> Stages:
    """Each customer's steps: acquired at the beginning, activated after an exponential month, then a way
    of `_WAYS`.

    The steps' times are spread over the years from then to the run's end; nothing follows the farewell.
    """
    rng = world.rng(people.block, "stages")
    n = people.n
    cumulative = np.cumsum([w for _, w in _WAYS])
    way = np.searchsorted(cumulative / cumulative[-1], rng.random(n), side="right").clip(0, len(_WAYS) - 1)
    length = np.array([len(s) for s, _ in _WAYS])[way]
    table = np.full((len(_WAYS), 5), -1)
    for i, (steps, _) in enumerate(_WAYS):
        table[i, : len(steps)] = steps
    person, number = ranges(length)
    step = table[way[person], number]
    activated = people.since + to_ms((2 + rng.exponential(20, n)) * DAY)
    spread = np.sort(rng.random((n, 5)), axis=1)
    late = activated[:, None] + DAY + to_ms(spread * np.maximum(world.end_us - activated - DAY, DAY)[:, None])
    time = np.select(
        [number == 0, number == 1], [people.since[person], activated[person]], late[person, number]
    )
    kept = time < np.minimum(people.churn, world.end_us)[person]
    person, step, time = person[kept], step[kept], time[kept]
    gone = np.flatnonzero(people.churn < world.end_us)
    final = np.zeros(n, dtype=np.int64)
    final[person] = step  # rows are in order: the last one stays
    to_churn = np.array([_CHURN_FROM.get(s[2], 7) for s in STEPS])
    person = np.concatenate([person, gone])
    step = np.concatenate([step, to_churn[final[gone]]])
    time = np.concatenate([time, people.churn[gone]])
    return Stages(person, time, step)
