"""Visits: every web session and app session of a block, human or not, and the moments of their pages.

* People visit as a Poisson process: 0.11 web visits and 0.17 app sessions a day for an average online
  customer, times the person's own lognormal rate and the rhythm of days and hours; a stranger's browser
  makes 1 + Poisson(0.8).
* A clicked touch brings a visit seconds later, with the touch's campaign; a converting journey a visit that
  ends on the application's confirmation page, half of them by the link of the last touch; a person who opens
  the online account does it in a visit. The last two are certain; any other visit that would fall within 31
  minutes of another on its device is left out, so that the collector's session (30 idle minutes) and the
  visit are the same thing.
* Pages per visit: a bounce with probability 0.12..0.45 by intent, else 2 + geometric(0.28), at most 40.
  Seconds between pages: lognormal, median 25 s, sigma 1.1, from 1.5 s to 25 min (dwell times are about
  lognormal: Liu, White and Dumais 2010 find Weibull with the same long tail). App: 3 + geometric(0.2)
  events, median 7 s, at most 50 minutes in all. The last page is looked at for an exponential half minute.
* Robots read on, by night too, without rhythm: crawlers a page every 2-20 s, headless browsers 0.5-3 s,
  disguised scrapers 0.1-0.9 s and up to 120 pages; the monitor three pages every twelve hours.
* 65 % of the service visits and 25 % of the others of people who have an account log in; half of them are
  still logged in from last time, the other half log in on the way.
"""

from dataclasses import dataclass

import numpy as np

from cap.generate import devices as dv
from cap.generate import vocabulary as words
from cap.generate.devices import Devices
from cap.generate.frames import draw, ranges, to_ms
from cap.generate.journeys import Journeys, Touches, campaigns
from cap.generate.people import People
from cap.generate.rhythm import moments, weight_between
from cap.generate.world import DAY, MINUTE, US, World

BROWSE, RESEARCH, SERVICE, SUPPORT, APPLY, SIGNUP = range(6)
WEB_RATE, APP_RATE = 0.11, 0.17
_BOUNCE = np.array([0.45, 0.30, 0.12, 0.40, 0.0, 0.0])
_QUIET = 31 * MINUTE
_DIRECT = words.CHANNEL_NUMBER["direct"]
# channels whose touches carry a link to the site (a push opens the app)
LINKED = np.array([c.click_rate > 0 and c.name != "push" for c in words.CHANNELS])


@dataclass
class Visits:
    """Arrays over the visits, ordered by device and start; `page_*` over their pages, ordered likewise.

    Times in microseconds. person -1: a stranger or a robot. login_at: the first page that knows who it is,
    or -1.
    """

    device: np.ndarray
    person: np.ndarray
    start: np.ndarray
    is_app: np.ndarray
    kind: np.ndarray
    intent: np.ndarray
    source: np.ndarray
    campaign: np.ndarray
    pages: np.ndarray
    login_at: np.ndarray
    journey: np.ndarray  # the journey that converts in it, or -1
    signup: np.ndarray  # the online account is opened in it
    steps: np.ndarray  # pages of an application at its end: 0, 1..3 when given up, 4 when sent
    category: np.ndarray  # of the application, index into words.CATEGORIES
    cookieless: np.ndarray
    sessionless: np.ndarray
    end: np.ndarray  # last page and the look at it
    first_page: np.ndarray  # index of the first row in page_time
    number: np.ndarray  # 1.. per device
    page_visit: np.ndarray
    page_no: np.ndarray
    page_time: np.ndarray
    page_dwell: np.ndarray  # until the next page, or the last look

    def login_time(self) -> np.ndarray:
        """When each visit is known to be somebody's; -1 for never."""
        row = self.first_page + np.maximum(self.login_at, 0)
        return np.where(self.login_at >= 0, self.page_time[row] if len(row) else row, -1)

    def channel(self, index: np.ndarray | None = None) -> np.ndarray:
        """The channels of all visits, or of those at `index` (into words.CHANNELS)."""
        return words.SOURCE_CHANNEL[self.source if index is None else self.source[index]]


def simulate(world: World, people: People, devices: Devices, journeys: Journeys, touches: Touches) -> Visits:
    """The visits of one block. Sets `journeys.visit`, and clears `journeys.online` where there was no room
    for it.
    """
    rng = world.rng(people.block, "visits")
    parts = [
        _conversions(rng, devices, journeys, touches),
        _signups(world, rng, people, devices),
        _clicks(world, rng, people, devices, journeys, touches),
        _people(world, rng, people, devices, app=False),
        _people(world, rng, people, devices, app=True),
        _strangers(world, rng, devices),
        _robots(world, rng, devices, people.n),
    ]
    v = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    v["device"] = np.where(
        v["start"] >= devices.died[v["device"]], devices.successor[v["device"]], v["device"]
    )
    v = _channels(world, rng, v)
    v = _login(rng, people, v)
    gaps = _gaps(rng, v)
    v, time, dwell = _settle(world, v, *gaps)
    journeys.visit[:] = -1
    holds = np.flatnonzero(v["journey"] >= 0)
    journeys.visit[v["journey"][holds]] = holds
    journeys.online &= journeys.visit >= 0

    n = len(v["start"])
    page_visit, page_no = ranges(v["pages"])
    first_page = np.cumsum(v["pages"]) - v["pages"]
    last = first_page + v["pages"] - 1
    new_device = np.append(True, v["device"][1:] != v["device"][:-1])[:n]
    begin = np.flatnonzero(new_device)
    number = (
        np.arange(n) - np.repeat(begin, np.diff(np.append(begin, n))) + 1
        if n
        else np.zeros(0, dtype=np.int64)
    )
    human = v["kind"] == dv.HUMAN
    cookieless = human & ~v["is_app"] & (v["person"] < 0) & (rng.random(n) < 0.02)
    sessionless = ~v["is_app"] & (rng.random(n) < 0.015)
    return Visits(
        **{
            k: v[k]
            for k in (
                "device",
                "person",
                "start",
                "is_app",
                "kind",
                "intent",
                "source",
                "campaign",
                "pages",
                "login_at",
                "journey",
                "signup",
                "steps",
                "category",
            )
        },
        cookieless=cookieless,
        sessionless=sessionless,
        end=time[last] + dwell[last] if n else time,
        first_page=first_page,
        number=number,
        page_visit=page_visit,
        page_no=page_no,
        page_time=time,
        page_dwell=dwell,
    )


def _part(
    device: np.ndarray, person: np.ndarray, start: np.ndarray, **given: np.ndarray | int
) -> dict[str, np.ndarray]:
    n = len(device)
    defaults = {
        "is_app": False,
        "kind": 0,
        "intent": BROWSE,
        "channel": -1,
        "campaign": -1,
        "journey": -1,
        "signup": False,
        "steps": 0,
        "category": 0,
        "certain": False,
        "ends_at": -1,
    }
    columns = {"device": device, "person": person, "start": start}
    columns |= {
        key: np.broadcast_to(np.asarray(given.get(key, value)), n).copy() for key, value in defaults.items()
    }
    return columns


def _device_of(
    rng: np.random.Generator, devices: Devices, person: np.ndarray, app: bool = False
) -> np.ndarray:
    """One of each person's devices, the first twice as likely as the second; sometimes the one they share."""
    first, count = (
        (devices.first_app_of, devices.count_app_of) if app else (devices.first_of, devices.count_of)
    )
    index = first[person] + np.where(rng.random(len(person)) < 0.34, np.maximum(count[person] - 1, 0), 0)
    if app:
        return index
    shared = devices.shared_of[person]
    return np.where((shared >= 0) & (rng.random(len(person)) < 0.35), shared, index)


def _conversions(
    rng: np.random.Generator, devices: Devices, journeys: Journeys, touches: Touches
) -> dict[str, np.ndarray]:
    journey = np.flatnonzero(journeys.online)
    # half come by the link of the last touch that reached them, where that has one; the others as people do
    last = np.flatnonzero(touches.is_last & ~touches.bounced & LINKED[touches.channel])
    touch = np.full(len(journeys.person), -1)
    touch[touches.journey[last]] = last
    touch = np.where(rng.random(len(journey)) < 0.5, touch[journey], -1)
    linked = (touch >= 0) & ~journeys.in_app[journey]
    channel, campaign = (
        np.where(linked, values[touch], -1) if len(values) else np.full(len(journey), -1)
        for values in (touches.channel, touches.campaign)
    )
    person, app = journeys.person[journey], journeys.in_app[journey]
    device = np.where(app, _device_of(rng, devices, person, app=True), _device_of(rng, devices, person))
    return _part(
        device,
        person,
        journeys.end[journey],
        is_app=app,
        intent=APPLY,
        channel=channel,
        campaign=campaign,
        journey=journey,
        steps=4,
        category=words.JOURNEY_CATEGORY[journeys.definition[journey]],
        certain=True,
        ends_at=journeys.end[journey],
    )


def _signups(
    world: World, rng: np.random.Generator, people: People, devices: Devices
) -> dict[str, np.ndarray]:
    joins = (people.online_since >= world.start_us) & (
        people.online_since < np.minimum(world.end_us, people.churn) - MINUTE
    )
    person = np.flatnonzero(joins)
    when = people.online_since[person]
    return _part(
        devices.first_of[person], person, when, intent=SIGNUP, signup=True, certain=True, ends_at=when
    )


def _clicks(
    world: World,
    rng: np.random.Generator,
    people: People,
    devices: Devices,
    journeys: Journeys,
    touches: Touches,
) -> dict[str, np.ndarray]:
    person = journeys.person[touches.journey]
    push = touches.channel == words.CHANNEL_NUMBER["push"]
    able = np.where(push, devices.count_app_of[person] > 0, devices.count_of[person] > 0)
    leaves = np.minimum(people.churn[person], world.end_us) - 30 * MINUTE
    row = np.flatnonzero(touches.clicked & able & (touches.click_time < leaves))
    person, push = person[row], push[row]
    device = np.where(push, _device_of(rng, devices, person, app=True), _device_of(rng, devices, person))
    start = to_ms(touches.click_time[row] + 400_000 + rng.exponential(1.2 * US, len(row)))
    intent = np.where(rng.random(len(row)) < 0.6, RESEARCH, BROWSE)
    return _part(
        device,
        person,
        start,
        is_app=push,
        intent=intent,
        channel=touches.channel[row],
        campaign=touches.campaign[row],
    )


def _intents(rng: np.random.Generator, n: int, weights: tuple[float, ...]) -> dict[str, np.ndarray]:
    intent = draw(rng, weights, n)
    gives_up = (intent == RESEARCH) & (rng.random(n) < 0.08)
    steps = np.where(gives_up, 1 + draw(rng, (45, 35, 20), n), 0)
    return {"intent": np.where(gives_up, APPLY, intent), "steps": steps, "category": rng.integers(0, 6, n)}


def _people(
    world: World, rng: np.random.Generator, people: People, devices: Devices, app: bool
) -> dict[str, np.ndarray]:
    count = devices.count_app_of if app else devices.count_of
    early = rng.random(people.n) * 20 * DAY  # browses some days before opening the account
    begins = (
        people.online_since if app else np.where(people.online, people.online_since - early, world.start_us)
    )
    begins = np.maximum(begins, world.start_us).astype(np.int64)
    ends = np.minimum(people.churn, world.end_us)
    rate = people.rate * np.where(app, APP_RATE, np.where(people.online, WEB_RATE, 0.02)) * (count > 0)
    person, _ = ranges(rng.poisson(rate * weight_between(world, begins, ends)))
    start = moments(world, rng, begins[person], ends[person], people.utc_hours[person])
    return _part(
        _device_of(rng, devices, person, app),
        person,
        start,
        is_app=app,
        **_intents(rng, len(person), (0.2, 0.26, 0.45, 0.09)),
    )


def _strangers(world: World, rng: np.random.Generator, devices: Devices) -> dict[str, np.ndarray]:
    device = np.flatnonzero((devices.owner < 0) & (devices.kind == dv.HUMAN))
    row, _ = ranges(1 + rng.poisson(0.8, len(device)))
    device = device[row]
    begins = devices.born[device]
    ends = np.minimum(begins + 30 * DAY, world.end_us)
    start = moments(world, rng, begins, ends, words.places().utc_hours[devices.place[device]])
    return _part(
        device, np.full(len(device), -1), start, **_intents(rng, len(device), (0.45, 0.4, 0.0, 0.15))
    )


def _robots(
    world: World, rng: np.random.Generator, devices: Devices, customers: int
) -> dict[str, np.ndarray]:
    device = np.flatnonzero(devices.kind > dv.HUMAN)
    per_day = np.array([0, 1.0, 1.0, 0.3, 2.0, 0.3])[devices.kind[device]] * min(1.0, customers / 200)
    row, _ = ranges(np.maximum(rng.poisson(per_day * world.days), 1))
    device = device[row]
    start = to_ms(world.start_us + rng.random(len(device)) * world.days * DAY)
    kind = devices.kind[device]
    return _part(
        device, np.full(len(device), -1), start, kind=kind, intent=np.where(kind == dv.QA, RESEARCH, BROWSE)
    )


def _channels(world: World, rng: np.random.Generator, v: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Where each visit came from: as the click says, else by the channels' shares; service visits mostly
    directly.
    """
    n = len(v["start"])
    shares = np.array([c.visits for c in words.CHANNELS])
    channel = np.where((v["intent"] == SERVICE) & (rng.random(n) < 0.6), _DIRECT, draw(rng, shares, n))
    channel = np.where((v["kind"] > 0) | (v["is_app"] & (v["channel"] < 0)), _DIRECT, channel)
    channel = np.where(v["channel"] >= 0, v["channel"], channel)
    part = (v["start"] - world.start_us) / (world.days * DAY)
    live = words.CAMPAIGN_LIVE[:, 0], words.CAMPAIGN_LIVE[:, 1]
    drawn = campaigns(rng, channel, np.clip(part, 0, 1), live)
    v["campaign"] = np.where(v["campaign"] >= 0, v["campaign"], drawn)
    # a source among the channel's: the channels' rows lie side by side
    first = np.searchsorted(words.SOURCE_CHANNEL, np.arange(len(words.CHANNELS)))
    ends = np.searchsorted(words.SOURCE_CHANNEL, np.arange(len(words.CHANNELS)), side="right")
    bounds = np.concatenate([[0.0], np.cumsum(words.SOURCE_WEIGHT)])
    place = bounds[first[channel]] + rng.random(n) * (bounds[ends] - bounds[first])[channel]
    v["source"] = np.clip(np.searchsorted(bounds, place, side="right") - 1, first[channel], ends[channel] - 1)
    return v


def _login(rng: np.random.Generator, people: People, v: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """How many pages each visit has, and from which one on it is known whose it is."""
    n, intent = len(v["start"]), v["intent"]
    bounce = rng.random(n) < _BOUNCE[intent]
    pages = np.where(bounce, 1, np.minimum(2 + rng.geometric(0.28, n) - 1, 40))
    pages = np.where(v["steps"] > 0, np.minimum(pages, 8) + v["steps"], pages)
    pages = np.where(v["signup"], np.minimum(pages, 6) + 2, pages)
    pages = np.where(v["is_app"], np.minimum(3 + rng.geometric(0.2, n) - 1, 60) + v["steps"], pages)
    robot_pages = np.select(
        [v["kind"] == dv.CRAWLER, v["kind"] == dv.HEADLESS, v["kind"] == dv.DISGUISED],
        [1 + rng.geometric(0.09, n), 1 + rng.geometric(0.08, n), 15 + rng.geometric(0.04, n)],
        3,
    )
    pages = np.where(v["kind"] > 0, np.minimum(robot_pages, 120), pages)

    known = (v["person"] >= 0) & ~v["signup"]
    index = np.maximum(v["person"], 0)
    known &= people.online[index] & (people.online_since[index] < v["start"] - 10 * MINUTE)
    logs_in = known & (rng.random(n) < np.where(intent == SERVICE, 0.65, 0.25))
    logs_in |= known & (v["journey"] >= 0) | known & v["is_app"] & (rng.random(n) < 0.93)
    pages = np.where(logs_in & ~v["is_app"], np.maximum(pages, 3), pages)
    at = np.where(rng.random(n) < 0.5, 0, 1 + (rng.random(n) * (pages - 1)).astype(np.int64))
    at = np.where(v["steps"] > 0, np.minimum(at, pages - v["steps"]), at)
    at = np.where(v["is_app"], np.minimum(at, 1), at)
    login_at = np.where(logs_in, np.minimum(at, pages - 1), -1)
    v["login_at"] = np.where(v["signup"], pages - 1, login_at)
    v["login_at"] = np.where(v["kind"] == dv.QA, 0, v["login_at"])  # our testers use a test account
    v["pages"] = pages
    return v


def _gaps(rng: np.random.Generator, v: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per page: its visit, microseconds since the visit's start, and how long it is looked at."""
    visit, number = ranges(v["pages"])
    n = len(visit)
    app, kind = v["is_app"][visit], v["kind"][visit]
    z, u = rng.normal(size=n), rng.random(n)
    gap = np.where(app, np.clip(7 * np.exp(z), 0.3, 600), np.clip(25 * np.exp(1.1 * z), 1.5, 1500))
    gap = np.select(
        [kind == dv.CRAWLER, kind == dv.HEADLESS, kind == dv.DISGUISED, kind == dv.MONITOR],
        [2 + 18 * u, 0.5 + 2.5 * u, 0.1 + 0.8 * u, 1 + u],
        gap,
    )
    last = number == v["pages"][visit] - 1
    gap = np.where(last, np.where(kind > 0, 0.2 + u, np.clip(-30 * np.log(1 - u), 1, 900)), gap)
    total = np.bincount(visit, gap, minlength=len(v["pages"]))
    gap = np.where(app, gap * np.minimum(1, 3000 / np.maximum(total, 1e-9))[visit], gap)
    dwell = np.maximum((np.floor(gap * 1000 + 0.5) * 1000).astype(np.int64), 1000)
    passed = np.cumsum(dwell) - dwell
    first = np.cumsum(v["pages"]) - v["pages"]
    return visit, passed - passed[first[visit]] if n else passed, dwell


def _settle(
    world: World, v: dict[str, np.ndarray], visit: np.ndarray, offset: np.ndarray, dwell: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Drop the visits that have no room on their device; return the others and their pages, in order."""
    first = np.cumsum(v["pages"]) - v["pages"]
    last = first + v["pages"] - 1
    # visits that end on a given moment (a conversion) start as long before it as their pages take
    v["start"] = (
        np.where(v["ends_at"] >= 0, v["ends_at"] - offset[last], v["start"]) if len(last) else v["start"]
    )
    length = offset[last] + dwell[last] if len(last) else np.zeros(0, dtype=np.int64)
    wide = 8 * (world.end_us - world.start_us) + 800 * DAY  # no two devices meet on one axis
    begin = v["device"] * wide + v["start"] - world.start_us + 2 * DAY
    end = begin + length

    certain = np.flatnonzero(v["certain"])
    certain = certain[np.argsort(begin[certain], kind="stable")]
    keep = _apart(begin[certain], end[certain])
    certain = certain[keep]
    sure_begin, sure_end = begin[certain], end[certain]
    # a visit is free of the certain ones if it starts and ends before the same one, and after the one before
    next_one = np.searchsorted(sure_begin, begin, side="left")
    after = np.append(sure_begin, np.iinfo(np.int64).max)[next_one]
    before = np.append(np.iinfo(np.int64).min + 2 * _QUIET, sure_end)[next_one]
    room = ~v["certain"] & (end + _QUIET < after) & (before + _QUIET < begin)
    room &= (v["start"] >= world.start_us) & (v["start"] < world.end_us)
    other = np.flatnonzero(room)
    other = other[np.argsort(begin[other], kind="stable")]
    other = other[_apart(begin[other], end[other])]

    chosen = np.concatenate([certain, other])
    chosen = chosen[np.argsort(begin[chosen], kind="stable")]
    counts = v["pages"][chosen]
    owner, number = ranges(counts)
    row = first[chosen][owner] + number
    settled = {key: values[chosen] for key, values in v.items()}
    return settled, settled["start"][owner] + offset[row], dwell[row]


def _apart(begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Of intervals ordered by begin, those that start more than 31 quiet minutes after all earlier ones
    ended.
    """
    if not len(begin):
        return np.zeros(0, dtype=bool)
    latest = np.maximum.accumulate(end)
    return np.append(True, begin[1:] > latest[:-1] + _QUIET)
