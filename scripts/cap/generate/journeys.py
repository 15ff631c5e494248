"""Journeys of customers, the touches in them, and which touches made them buy.

A customer starts about one journey in 45 days. It gets 1 + Poisson(4.2) touches (at most 14). Whether it
converts is one draw with

log-odds = -2.9 + 0.9 propensity + sum over the channels that touched it at least once of `Channel.effect`

after its last touch plus an exponential day and a fifth; nobody converts after leaving or after the run
(censoring that does not depend on the channel). Effects are additive in log-odds, so the effect in
percentage points depends on the person: the truth has both. Retargeting has no effect but is aimed (its
share is multiplied by exp(0.9 propensity)) and late: confounded on purpose. A random tenth of people is
held out of each channel marked `held_out`: the touch that they would have got is there, `delivery_status` =
'holdout' and not delivered. Comparing journeys with delivered and with held-out touches of a channel is an
unconfounded experiment, and its answer is the truth's.
"""

from dataclasses import dataclass

import numpy as np

from cap.generate import vocabulary as words
from cap.generate.frames import draw, ranges, to_ms
from cap.generate.people import People
from cap.generate.world import DAY, HOUR, MINUTE, US, World

BASE_LOG_ODDS, PROPENSITY_WEIGHT = -2.9, 0.9
EFFECTS = np.array([c.effect for c in words.CHANNELS])
COMPLETED, ABANDONED, EXPIRED, ACTIVE = range(4)
STATUS = ["completed", "abandoned", "expired", "active"]
RETARGETING = words.CHANNEL_NUMBER["retargeting"]


@dataclass
class Journeys:
    """Arrays over one block's journeys, ordered by person and start. Times in microseconds, -1 where there
    is none.
    """

    person: np.ndarray
    definition: np.ndarray
    start: np.ndarray
    horizon: np.ndarray
    status: np.ndarray
    end: np.ndarray  # conversion, or horizon, or -1 while active
    complete: np.ndarray  # when the row is final
    probability: np.ndarray  # of converting, given its touches
    without: np.ndarray  # (journeys, channels): the same had this channel not touched it
    delivered: np.ndarray  # (journeys, channels) bool
    held: np.ndarray  # (journeys, channels) bool: at least one touch withheld
    product: np.ndarray
    value: np.ndarray
    online: np.ndarray  # converts in a visit (visits may take this back)
    in_app: np.ndarray
    visit: np.ndarray  # filled by visits: the visit of the conversion, or -1


@dataclass
class Touches:
    """Arrays over the touches, ordered by journey and time. Times in microseconds, -1 where there is none."""

    journey: np.ndarray
    channel: np.ndarray
    campaign: np.ndarray
    time: np.ndarray
    held: np.ndarray
    bounced: np.ndarray
    opened: np.ndarray
    clicked: np.ndarray
    open_time: np.ndarray
    click_time: np.ndarray
    is_last: np.ndarray  # the last delivered touch of its journey


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def simulate(world: World, people: People) -> tuple[Journeys, Touches]:
    """The journeys and touches of one block."""
    rng = world.rng(people.block, "journeys")
    opens, closes = np.maximum(people.since, world.start_us), np.minimum(people.churn, world.end_us)
    expected = np.maximum(closes - opens, 0) / DAY / 45
    person, _ = ranges(rng.poisson(expected))
    m = len(person)
    start = to_ms(opens[person] + rng.random(m) * (closes - opens)[person])
    order = np.lexsort((start, person))
    person, start = person[order], start[order]
    definition = draw(rng, words.JOURNEY_WEIGHTS, m)
    horizon = start + words.JOURNEY_DAYS[definition] * DAY

    # touches: channel by share, retargeting aimed at the willing
    counts = np.minimum(1 + rng.poisson(4.2, m), 14)
    journey, _ = ranges(counts)
    k = len(journey)
    share = np.array([c.touches for c in words.CHANNELS])
    aimed = np.exp(0.9 * people.propensity[person[journey]]) if k else np.zeros(0)
    u = rng.random(k) * (share.sum() + share[RETARGETING] * (aimed - 1))
    without = share.copy()
    without[RETARGETING] = 0
    bounds = np.cumsum(without)
    channel = np.where(
        u < bounds[-1], np.minimum(np.searchsorted(bounds, u, side="right"), len(share) - 1), RETARGETING
    )
    late = np.array([c.late for c in words.CHANNELS])[channel]
    place = np.clip(late + 0.22 * rng.normal(size=k), 0.005, 0.995)
    time = to_ms(start[journey] + place * 0.85 * words.JOURNEY_DAYS[definition[journey]] * DAY)
    order = np.lexsort((time, journey))
    channel, time = channel[order], time[order]  # journey is sorted already
    reached = time < closes[person[journey]] - MINUTE
    journey, channel, time = journey[reached], channel[reached], time[reached]
    k = len(journey)
    held = people.held_out[person[journey], channel]
    bounced = ~held & (rng.random(k) < 0.02)
    arrives = ~held & ~bounced

    delivered = np.zeros((m, len(share)), dtype=bool)
    delivered[journey[arrives], channel[arrives]] = True
    withheld = np.zeros_like(delivered)
    withheld[journey[held], channel[held]] = True
    log_odds = BASE_LOG_ODDS + PROPENSITY_WEIGHT * people.propensity[person] + delivered @ EFFECTS
    probability = _sigmoid(log_odds)
    counterfactual = _sigmoid(log_odds[:, None] - delivered * EFFECTS)
    last_time = start.copy()
    np.maximum.at(
        last_time, journey, time
    )  # held-out touches too, or the comparison would be of unlike times
    conversion = to_ms(last_time + 10 * MINUTE + rng.exponential(1.2 * DAY, m))
    converts = (rng.random(m) < probability) & (conversion < np.minimum(closes[person], world.end_us - HOUR))
    gone = (horizon < world.end_us) | (people.churn[person] < world.end_us)
    status = np.select([converts, ~gone, rng.random(m) < 0.7], [COMPLETED, ACTIVE, ABANDONED], EXPIRED)
    finish = np.where(converts, conversion, np.minimum(horizon, np.maximum(closes[person], start + HOUR)))
    finish = np.where(status == ACTIVE, -1, np.maximum(np.minimum(finish, world.end_us - US), start))
    complete = np.where(status == ACTIVE, np.maximum(start, world.end_us - HOUR), finish)

    category = words.JOURNEY_CATEGORY[definition]
    options = [np.flatnonzero(c == words.PRODUCT_CATEGORY_INDEX) for c in range(len(words.CATEGORIES))]
    firsts, sizes = np.array([o[0] for o in options]), np.array([len(o) for o in options])
    product = firsts[category] + (rng.random(m) * sizes[category]).astype(np.int64)
    value = np.round(words.PRODUCT_REVENUE[product] * np.exp(0.45 * rng.normal(size=m)), 2)
    online = converts & (rng.random(m) < 0.8) & (people.online_since[person] + DAY < conversion)
    in_app = online & people.app[person] & (rng.random(m) < 0.3)

    # responses: mails are opened and then clicked, the others clicked
    rates = np.array([c.click_rate for c in words.CHANNELS])[channel]
    opens_it = np.isin(channel, [words.CHANNEL_NUMBER[c] for c in ("email", "push", "sms")])
    opened = arrives & opens_it & (rng.random(k) < 0.36)
    clicked = arrives & np.where(opens_it, opened & (rng.random(k) < rates / 0.36), rng.random(k) < rates)
    open_time = to_ms(time + np.minimum(rng.exponential(3 * HOUR, k) + 20 * US, 2 * DAY))
    click_time = to_ms(
        np.where(opens_it, open_time, time) + 2 * US + np.minimum(rng.exponential(20 * US, k), 10 * MINUTE)
    )
    live = words.CAMPAIGN_LIVE[:, 0], words.CAMPAIGN_LIVE[:, 1]
    part = (time - world.start_us) / (world.days * DAY)
    campaign = campaigns(rng, channel, part, live)
    final = np.append(journey[1:] != journey[:-1], True)[:k]
    return (
        Journeys(
            person,
            definition,
            start,
            horizon,
            status,
            finish,
            complete,
            probability,
            counterfactual,
            delivered,
            withheld,
            product,
            value,
            online,
            in_app,
            np.full(m, -1),
        ),
        Touches(
            journey,
            channel,
            campaign,
            time,
            held,
            bounced,
            opened,
            clicked,
            np.where(opened, open_time, -1),
            np.where(clicked, click_time, -1),
            final & ~held,
        ),
    )


def campaigns(
    rng: np.random.Generator, channel: np.ndarray, part: np.ndarray, live: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """A campaign of each row's channel that is live at `part` (0..1) of the run; -1 where the channel has
    none.
    """
    fits = (
        (channel[:, None] == words.CAMPAIGN_CHANNEL) & (live[0] <= part[:, None]) & (part[:, None] <= live[1])
    )
    score = np.where(fits, rng.random(fits.shape) + 1, 0)
    return (
        np.where(score.max(axis=1) > 0, score.argmax(axis=1), -1)
        if len(channel)
        else np.zeros(0, dtype=np.int64)
    )
