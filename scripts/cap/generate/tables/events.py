"""The stream across channels: customer_events, one function per part of it."""

import numpy as np
import polars as pl

from cap.generate import devices as dv
from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import dates, draw, fmt, numbers, only, pick, ranges, stamps
from cap.generate.rhythm import moments, weight_between
from cap.generate.tables.common import Columns, Table, account_ids, const, lognormal, nulls
from cap.generate.world import CHUNK_DAYS, DAY


def customer_events(chunk: Chunk) -> Table:
    """The stream across channels: web pages (all landings, logins and confirmations, a quarter of the
    rest), app openings and taps (a quarter), mails opened and clicked, calls, branch visits, and money
    moved (0.12 a day per customer times the person's rate; amounts lognormal, median 42 USD).
    """
    parts = [_web(chunk), _app(chunk), _messages(chunk), _service(chunk), _transactions(chunk)]
    n = sum(len(p["time"]) for p in parts)
    time = np.concatenate([p["time"] for p in parts])
    visit = np.concatenate([p["visit"] for p in parts])
    text = {key: pl.concat([p[key] for p in parts]) for key in parts[0] if key not in ("time", "visit")}
    # order: by visit and time, so that a visit's events know the one before
    order = np.lexsort((time, np.where(visit >= 0, visit, np.iinfo(np.int64).max - 1)))
    time, visit = time[order], visit[order]
    text = {key: values.gather(order) for key, values in text.items()}
    ids = chunk.ids("ev_", 23, n)
    follows = (np.append(False, visit[1:] == visit[:-1])[:n]) & (visit >= 0)
    begin = np.flatnonzero(~follows)
    sequence = np.arange(n) - np.repeat(begin, np.diff(np.append(begin, n))) + 1
    gap = np.append(0, np.diff(time))[:n] // 1000
    delay = chunk.rng("customer_events").integers(20, 900, n) * 1000
    return {
        "event_id": ids,
        "event_timestamp": stamps(time),
        "event_date": dates(time),
        **text,
        "touchpoint_sequence": numbers(sequence),
        "previous_event_id": only(ids.shift(1), follows),
        "time_since_previous_event_ms": numbers(gap, follows & (gap < 3_600_000)),
        "server_timestamp": stamps(time + delay),
        "client_timestamp": stamps(time),
    }, time + delay


_EVENT_TEXT = (
    "event_type",
    "event_category",
    "event_name",
    "customer_id",
    "session_id",
    "device_id",
    "channel",
    "platform",
    "user_agent",
    "ip_address",
    "geolocation",
    "page_url",
    "referrer_url",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "event_properties",
    "event_value",
    "product_id",
    "product_category",
    "account_id",
    "transaction_id",
    "journey_id",
    "journey_stage",
)


def _part(time: np.ndarray, visit: np.ndarray, given: Columns) -> dict:
    """One part of the stream: given columns, null in the others."""
    n = len(time)
    empty = {
        name: pl.Series([None] * n, dtype=pl.Float64 if name == "event_value" else pl.String)
        for name in _EVENT_TEXT
    }
    columns = {
        name: (given[name].cast(empty[name].dtype) if name in given else empty[name]) for name in _EVENT_TEXT
    }
    return {"time": time, "visit": visit, **columns}


def _place(place: np.ndarray, mask: np.ndarray | None = None) -> pl.Series:
    cities = words.places()
    return only(
        fmt(
            '{{"country":"US","region":"{}","city":"{}"}}',
            pick(cities.state, place),
            pick(cities.city, place),
        ),
        mask,
    )


def _web(chunk: Chunk) -> dict:
    rng, v = chunk.rng("events_web"), chunk.visits
    row, page = chunk.web_rows, chunk.pages
    visit, number = v.page_visit[row], v.page_no[row]
    sends = (v.journey[visit] >= 0) & (number == v.pages[visit] - 1)
    signs = v.signup[visit] & (number == v.pages[visit] - 1)
    enters = (number == v.login_at[visit]) & ~signs & ~sends
    chosen = (v.kind[visit] == dv.HUMAN) & (
        (number == 0) | sends | signs | enters | (rng.random(len(row)) < 0.25)
    )
    row, page, visit, number, sends, signs, enters = (
        a[chosen] for a in (row, page, visit, number, sends, signs, enters)
    )
    kind = np.select([sends, signs, enters], [3, 2, 1], 0)
    source, profile, campaign = v.source[visit], chunk.devices.profile[v.device[visit]], v.campaign[visit]
    landing = number == 0
    tagged = landing & (campaign >= 0) & pick(words.UTM_SOURCE, source).is_not_null().to_numpy()
    journey = np.where(sends, v.journey[visit], -1)
    return _part(
        v.page_time[row],
        visit,
        {
            "event_type": pick(["page_view", "login", "signup", "conversion"], kind),
            "event_category": pick(["engagement", "account", "account", "conversion"], kind),
            "event_name": pick(words.PAGE_TITLE, page),
            "customer_id": chunk.crm_id(visit, chunk.known(row)),
            "session_id": chunk.session_id(visit),
            "device_id": chunk.device_id(visit),
            "channel": const("web", len(row)),
            "platform": const("web", len(row)),
            "user_agent": pick(words.USER_AGENT, profile),
            "ip_address": chunk.device_ip(visit),
            "geolocation": _place(chunk.devices.place[v.device[visit]]),
            "page_url": pick(words.PAGE_URL, page),
            "referrer_url": pick(words.REFERRER, source, landing),
            "utm_source": pick(words.UTM_SOURCE, source, tagged),
            "utm_medium": pick(words.UTM_MEDIUM, source, tagged),
            "utm_campaign": pick(words.CAMPAIGN_NAME, campaign, tagged),
            "utm_term": pick(
                words.KEYWORDS,
                visit % 14,
                tagged & (words.SOURCE_CHANNEL[source] == words.CHANNEL_NUMBER["paid_search"]),
            ),
            "utm_content": pick(words.UTM_CONTENT, visit % 6, tagged),
            "event_properties": fmt(
                '{{"page_no":{},"page_type":"{}"}}', number + 1, pick(words.PAGE_TYPE, page)
            ),
            **_conversion(chunk, journey),
        },
    )


def _conversion(chunk: Chunk, journey: np.ndarray) -> Columns:
    """Value, product and journey of events that are a journey's conversion; null for -1."""
    journeys, n = chunk.block.journeys, len(journey)
    if not len(journeys.person):
        return {}
    product = np.where(journey >= 0, journeys.product[journey], -1)
    return {
        "event_value": pick(pl.Series(journeys.value), journey),
        "product_id": pick(words.PRODUCT_ID, product),
        "product_category": pick(words.PRODUCT_CATEGORY, product),
        "journey_id": chunk.journey_id(journey),
        "journey_stage": only(const("purchase", n), journey >= 0),
    }


def _app(chunk: Chunk) -> dict:
    rng, v, row = chunk.rng("events_app"), chunk.visits, chunk.app_rows
    visit, number = v.page_visit[row], v.page_no[row]
    sends = (v.journey[visit] >= 0) & (number == v.pages[visit] - 1)
    chosen = (number == 0) | sends | (rng.random(len(row)) < 0.25)
    row, visit, number, sends = row[chosen], visit[chosen], number[chosen], sends[chosen]
    kind = np.select([sends, number == 0], [2, 0], 1)
    journey = np.where(sends, v.journey[visit], -1)
    screen = np.where(number == 0, 0, row % len(words.SCREENS))
    return _part(
        v.page_time[row],
        visit,
        {
            "event_type": pick(["app_open", "screen_view", "conversion"], kind),
            "event_category": pick(["engagement", "engagement", "conversion"], kind),
            "event_name": pick(words.SCREEN, screen),
            "customer_id": chunk.crm_id(visit, chunk.known(row)),
            "session_id": chunk.session_id(visit),
            "device_id": chunk.device_id(visit),
            "channel": const("app", len(row)),
            "platform": chunk.platform(visit),
            "ip_address": chunk.device_ip(visit),
            "geolocation": _place(chunk.devices.place[v.device[visit]]),
            "event_properties": fmt('{{"screen":"{}"}}', pick(words.SCREEN, screen)),
            **_conversion(chunk, journey),
        },
    )


def _messages(chunk: Chunk) -> dict:
    touches, journeys, world = chunk.block.touches, chunk.block.journeys, chunk.world
    channels = [words.CHANNEL_NUMBER[c] for c in ("email", "sms", "push")]
    ours = np.isin(touches.channel, channels)
    opened, clicked = (
        np.flatnonzero(ours & touches.opened & (touches.open_time < world.end_us)),
        np.flatnonzero(ours & touches.clicked & (touches.click_time < world.end_us)),
    )
    row = np.concatenate([opened, clicked])
    time = np.concatenate([touches.open_time[opened], touches.click_time[clicked]])
    kind = np.concatenate([np.zeros(len(opened), dtype=np.int64), np.ones(len(clicked), dtype=np.int64)])
    mine = chunk.mine(time)
    row, time, kind, n = row[mine], time[mine], kind[mine], len(mine)
    person = journeys.person[touches.journey[row]]
    stage = (
        (time - journeys.start[touches.journey[row]])
        * 4
        // np.maximum((journeys.horizon - journeys.start)[touches.journey[row]], 1)
        if n
        else row
    )
    return _part(
        time,
        np.full(n, -1),
        {
            "event_type": pick(["message_open", "message_click"], kind),
            "event_category": const("engagement", n),
            "event_name": pick(words.CAMPAIGN_NAME, touches.campaign[row]),
            "customer_id": chunk.people.crm_id(person),
            "channel": pick(words.CHANNEL, touches.channel[row]),
            "platform": const("messaging", n),
            "geolocation": _place(chunk.people.place[person]),
            "utm_campaign": pick(words.CAMPAIGN_NAME, touches.campaign[row]),
            "event_properties": fmt('{{"touchpoint_id":"{}"}}', chunk.block.touch_ids.gather(row)),
            "journey_id": chunk.journey_id(touches.journey[row]),
            "journey_stage": pick(words.STAGES, np.clip(stage, 0, 3)),
        },
    )


def _service(chunk: Chunk) -> dict:
    columns, _ = chunk.customer_interactions
    wanted = columns["channel"].is_in(["call_center", "branch"]).to_numpy()
    row = np.flatnonzero(wanted)
    n = len(row)
    time = columns["interaction_timestamp"].gather(row).cast(pl.Int64).to_numpy()
    return _part(
        time,
        np.full(n, -1),
        {
            "event_type": columns["interaction_type"].gather(row),
            "event_category": const("service", n),
            "event_name": columns["interaction_category"].gather(row),
            "customer_id": columns["customer_id"].gather(row),
            "channel": columns["channel"].gather(row),
            "platform": const("contact_center", n),
            "event_properties": fmt('{{"interaction_id":"{}"}}', columns["interaction_id"].gather(row)),
        },
    )


def _transactions(chunk: Chunk) -> dict:
    rng, people, world, accounts = chunk.rng("events_money"), chunk.people, chunk.world, chunk.block.accounts
    low = world.start_us + chunk.number * CHUNK_DAYS * DAY
    begins, ends = (
        np.maximum(accounts.opened, low),
        np.minimum(np.minimum(accounts.closed, low + CHUNK_DAYS * DAY), world.end_us),
    )
    moving = np.isin(words.PRODUCT_CATEGORY_INDEX[accounts.product], (0, 1))
    row, _ = ranges(
        rng.poisson(
            0.12 * np.sqrt(people.rate[accounts.person]) * weight_between(world, begins, ends) * moving
        )
    )
    person = accounts.person[row]
    time = moments(world, rng, begins[row], ends[row], people.utc_hours[person])
    n, kind = len(row), draw(rng, (55, 15, 12, 18), len(row))
    return _part(
        time,
        np.full(n, -1),
        {
            "event_type": const("transaction", n),
            "event_category": const("money", n),
            "event_name": pick(["card_purchase", "cash_withdrawal", "direct_deposit", "bill_payment"], kind),
            "customer_id": people.crm_id(person),
            "channel": pick(["pos", "atm", "transfer", "web"], kind),
            "platform": const("core_banking", n),
            "geolocation": _place(people.place[person], kind < 2),
            "event_value": numbers(
                np.clip(lognormal(rng, np.array([42, 100, 1900, 120])[kind], 0.8, n), 1, 90_000), None, 2
            ),
            "product_id": pick(words.PRODUCT_ID, accounts.product[row]),
            "product_category": pick(words.PRODUCT_CATEGORY, accounts.product[row]),
            "account_id": account_ids(chunk, row) if len(accounts.person) else nulls(n),
            "transaction_id": chunk.ids("tx_", 108, n),
            "event_properties": fmt('{{"currency":"USD","mcc":{}}}', rng.integers(4000, 6000, n)),
        },
    )
