"""The ten tables of customer 360. One function per table; each returns one chunk's columns and the times
at which its rows are complete. What lies before the run arrives on its first morning, as an initial
load does.

customer_id is the CRM's customer id, except where a table names the source system.
"""

import datetime as dt

import numpy as np
import polars as pl

from cap.generate import records as rc
from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import dates, draw, fmt, hex_ids, numbers, only, pick, ranges, stamps, text_or, to_ms
from cap.generate.holdings import NEVER, STEPS
from cap.generate.people import (
    CHILD,
    FLATMATE,
    HEAD,
    LOYALTY,
    PARENT,
    SPOUSE,
    SYSTEMS,
    phone_digits,
    source_ids,
)
from cap.generate.rhythm import moments, weight_between
from cap.generate.tables_digital import Table, const, lognormal
from cap.generate.world import BLOCK, CHUNK_DAYS, DAY, EPOCH, HOUR, MINUTE, US

ACCOUNT_WORDS = 103


def _loaded(chunk: Chunk, rng: np.random.Generator, time: np.ndarray) -> np.ndarray:
    """When rows are complete: at their time, or in the first two hours of the run if that is past."""
    start = chunk.world.start_us
    return np.where(time < start, start + to_ms(rng.random(len(time)) * 2 * HOUR), time)


def customer_master(chunk: Chunk) -> Table:
    """One row per version of a source system's record of a customer. See `records`."""
    records = chunk.block.records
    row = chunk.mine(records.complete)
    columns = rc.master_columns(chunk.world, chunk.people, records, row, chunk.rng("customer_master"))
    return {"record_id": chunk.ids("rec_", 11, len(row)), **columns}, records.complete[row]


_IDENTIFIERS = ["email", "phone", "tax_id", "login", "loyalty_card", "account_number", "device"]


def customer_identifiers(chunk: Chunk) -> Table:
    """One row per identifier that a record carries: mail 90 %, phone 80 %, tax id, login, card, account,
    browser.

    8 % of mails are old ones, ended; two thirds of mails and half of phones are verified.
    """
    rng, people, records = chunk.rng("customer_identifiers"), chunk.people, chunk.block.records
    first = rc.first_versions(records)
    first = first[
        (records.person[first] >= 0) & (chunk.world.chunk_of(records.complete[first]) == chunk.number)
    ]
    system = records.system[first]
    shares = np.array(
        [
            [0.9, 0.8, 0.8, 0, 0, 0, 0],
            [1, 0.7, 0, 1, 0, 0, 0.6],
            [0.8, 0.7, 0.6, 0, 0, 0.95, 0],
            [0.9, 0.8, 0, 0, 1, 0, 0],
            [0.7, 0.8, 0, 0, 0, 0, 0],
            [0.2, 0.6, 0, 0, 0.3, 0, 0],
        ]
    )
    owner, kind = np.nonzero(rng.random((len(first), 7)) < shares[system])
    row, n = first[owner], len(owner)
    person, number, registered = records.person[row], records.number[row], records.registered[row]
    has_browser = chunk.devices.count_of[person] > 0
    kind = np.where((kind == 6) & ~has_browser, 3, kind)
    old = (kind == 0) & (rng.random(n) < 0.08)
    email = text_or(
        fmt(
            "{}.old@{}",
            pick(words.LAST, people.maiden[person]).str.to_lowercase(),
            pick(words.MAIL_DOMAINS, person % 5),
        ),
        old,
        people.email(person),
    )
    email = text_or(rc.typo(rng, email, 0.01), kind == 0, email)
    value = pl.select(
        pl.when(pl.Series(kind == 0))
        .then(email)
        .when(pl.Series(kind == 1))
        .then(rc.format_phone(phone_digits(people.mobile[person]), records.system[row] % 5))
        .when(pl.Series(kind == 2))
        .then(pl.Series(people.tax_id[person]).cast(pl.String))
        .when(pl.Series(kind == 3))
        .then(people.user_id(person))
        .when(pl.Series(kind == 4))
        .then(source_ids(LOYALTY, number))
        .when(pl.Series(kind == 5))
        .then(
            fmt("4400{}", pl.Series(people.number[person] * 9973 % 100_000_000).cast(pl.String).str.zfill(8))
        )
        .otherwise(chunk.devices.device_id(np.where(has_browser, chunk.devices.first_of[person], 0)))
    ).to_series()
    time = np.maximum(registered, 0)
    verified = rng.random(n) < np.array([0.66, 0.5, 0.95, 1.0, 0.9, 1.0, 0.3])[kind]
    ended = np.minimum(registered + to_ms((30 + rng.random(n) * 900) * DAY), chunk.world.end_us)
    checked = np.minimum(registered + to_ms(rng.random(n) * 3 * DAY), chunk.world.end_us - US)
    return {
        "identifier_id": chunk.ids("idn_", 12, n),
        "identifier_timestamp": stamps(time),
        "source_system": pick(SYSTEMS, records.system[row]),
        "source_customer_id": source_ids(records.system[row], number),
        "identifier_type": pick(_IDENTIFIERS, kind),
        "identifier_value": value,
        "identifier_status": pick(["active", "inactive"], old.astype(np.int64)),
        "verified_flag": pl.Series(verified),
        "verification_date": dates(checked, verified),
        "verification_method": pick(
            ["link", "sms_code", "document", "sign_in", "pos", "ledger", "cookie"], kind, verified
        ),
        "primary_flag": pl.Series(~old & (kind != 6)),
        "effective_from": dates(registered),
        "effective_to": dates(np.maximum(ended, registered), old),
        "identifier_attributes": fmt(
            '{{"quality":{},"origin":"{}"}}',
            rng.integers(60, 101, n),
            pick(["form", "import", "agent"], rng.integers(0, 3, n)),
        ),
    }, records.complete[row]


def customer_relationships(chunk: Chunk) -> Table:
    """One row per head of a household and member, as the CRM knows it (85 % of them); 5 % have ended.

    household_id is the CRM's own number of the home, missing on a tenth of the rows.
    """
    rng, people = chunk.world.rng(chunk.block.number, "customer_relationships"), chunk.people
    heads = np.searchsorted(people.household, people.household)
    member = np.flatnonzero((people.role != HEAD) & (rng.random(people.n) < 0.85))
    head, n = heads[member], len(member)
    role = people.role[member]
    wed = (role == SPOUSE) & (people.married[member] > chunk.world.start_us - 5 * 365 * DAY)
    begun = np.maximum(people.since[member], people.since[head])
    begun = np.where(wed, np.maximum(begun, people.married[member]), begun)
    over = rng.random(n) < 0.05
    ended = begun + to_ms(rng.random(n) * 3 * 365 * DAY)
    over &= ended < chunk.world.end_us
    complete = np.where(
        begun < chunk.world.start_us, chunk.world.start_us + (member + 1) * 1000 * 1000, begun
    )
    complete = np.where(over, np.maximum(complete, ended), complete)
    u = rng.random((5, n))
    kept = begun < np.minimum(np.minimum(people.churn[member], people.churn[head]), chunk.world.end_us)
    row = np.flatnonzero(kept & (chunk.world.chunk_of(complete) == chunk.number))
    member, head, role, begun, over, ended, complete, u = (
        member[row],
        head[row],
        role[row],
        begun[row],
        over[row],
        ended[row],
        complete[row],
        u[:, row],
    )
    n = len(row)
    names = np.select([role == SPOUSE, role == CHILD, role == PARENT, role == FLATMATE], [0, 1, 2, 3], 4)
    return {
        "relationship_id": chunk.ids("rel_", 13, n),
        "relationship_timestamp": stamps(begun),
        "source_system": const("crm", n),
        "primary_customer_id": people.crm_id(head),
        "related_customer_id": people.crm_id(member),
        "relationship_type": pick(["spouse", "parent_of", "child_of", "roommate", "other"], names),
        "relationship_status": pick(["active", "ended"], over.astype(np.int64)),
        "relationship_start_date": dates(begun),
        "relationship_end_date": dates(ended, over),
        "household_id": fmt(
            "HH{}",
            pl.Series((chunk.block.number * BLOCK + people.household[member]) * 13 + 100_007)
            .cast(pl.String)
            .str.zfill(9),
        ).zip_with(pl.Series(u[0] < 0.9), pl.Series([None] * n, dtype=pl.String)),
        "household_role": pick(["spouse", "child", "parent", "roommate", "other"], names),
        "primary_account_holder": pl.Series(u[1] < 0.15),
        "beneficiary_flag": pl.Series(u[2] < 0.5),
        "authorized_user_flag": pl.Series(u[3] < 0.3),
        "power_of_attorney": pl.Series((role == PARENT) & (u[4] < 0.4)),
        "relationship_attributes": fmt(
            '{{"declared_by":"{}","confidence":{}}}',
            pick(["customer", "branch", "inferred"], (u[4] * 3).astype(np.int64)),
            (60 + u[3] * 40).astype(np.int64),
        ),
    }, complete


def customer_preferences(chunk: Chunk) -> Table:
    """Consent when one becomes a customer, a channel preference for 60 %, and a change of mind about once
    a year.

    68 % consent to marketing; 30 % of the changes withdraw it. Half the consents run out after two years.
    """
    rng, people, world = (
        chunk.world.rng(chunk.block.number, "customer_preferences"),
        chunk.people,
        chunk.world,
    )
    everyone = np.flatnonzero(people.since < world.end_us - HOUR)
    channel = everyone[rng.random(len(everyone)) < 0.6]
    begins, ends = np.maximum(people.since, world.start_us), np.minimum(people.churn, world.end_us)
    change, _ = ranges(rng.poisson(np.maximum(ends - begins, 0) / DAY / 365))
    person = np.concatenate([everyone, channel, change])
    kind = np.concatenate(
        [
            np.zeros(len(everyone), dtype=np.int64),
            np.ones(len(channel), dtype=np.int64),
            np.where(rng.random(len(change)) < 0.7, 0, 2),
        ]
    )
    asked = people.since[channel] + to_ms(
        rng.random(len(channel))
        * np.maximum(np.minimum(world.end_us, people.churn[channel]) - people.since[channel], HOUR)
        * 0.5
    )
    time = np.concatenate(
        [
            people.since[everyone],
            asked,
            begins[change] + to_ms(rng.random(len(change)) * (ends - begins)[change]),
        ]
    )
    first = np.concatenate(
        [np.ones(len(everyone) + len(channel), dtype=bool), np.zeros(len(change), dtype=bool)]
    )
    complete = _loaded(chunk, rng, time)
    row = chunk.mine(complete)
    rng = chunk.rng("customer_preferences")
    person, kind, time, first, complete, n = (
        person[row],
        kind[row],
        time[row],
        first[row],
        complete[row],
        len(row),
    )
    consent = kind == 0
    yes = np.where(first, people.consent[person], rng.random(n) < 0.7)
    gives = lambda share: only(pl.Series(yes & (rng.random(n) < share)), consent)  # noqa: E731
    value = pl.select(
        pl.when(pl.Series(consent))
        .then(pick(["denied", "granted"], yes.astype(np.int64)))
        .when(pl.Series(kind == 1))
        .then(pick(["email", "app", "phone", "mail", "branch"], draw(rng, (45, 25, 12, 8, 10), n)))
        .otherwise(pick(["monthly", "weekly", "paperless", "large_print"], rng.integers(0, 4, n)))
    ).to_series()
    forever = rng.random(n) < 0.5
    device = np.where(chunk.devices.count_of[person] > 0, chunk.devices.first_of[person], 0)
    return {
        "preference_id": chunk.ids("prf_", 14, n),
        "preference_timestamp": stamps(time),
        "customer_id": people.crm_id(person),
        "preference_type": pick(["consent", "channel", "communication"], kind),
        "preference_category": pick(["marketing", "contact", "statement"], kind),
        "preference_value": value,
        "preference_source": pick(
            ["onboarding", "preference_center", "agent"], np.where(first, 0, 1 + rng.integers(0, 2, n))
        ),
        "preference_channel": pick(["web", "app", "branch", "call_center"], draw(rng, (45, 30, 15, 10), n)),
        "effective_date": dates(time),
        "expiry_date": dates(time + 730 * DAY, consent & forever),
        "consent_given": only(pl.Series(yes), consent),
        "consent_timestamp": stamps(time, consent),
        "consent_method": pick(["checkbox", "signature", "verbal"], rng.integers(0, 3, n), consent),
        "consent_ip_address": only(chunk.devices.ip(device), consent & people.online[person]),
        "consent_version": pick(
            ["2024-05", "2025-09"], (time > world.start_us - 120 * DAY).astype(np.int64), consent
        ),
        "opt_in_marketing": gives(0.95),
        "opt_in_email": gives(0.9),
        "opt_in_sms": gives(0.55),
        "opt_in_phone": gives(0.3),
        "opt_in_push": gives(0.6),
        "opt_in_mail": gives(0.5),
        "opt_in_third_party": gives(0.15),
        "data_sharing_consent": gives(0.25),
        "preference_attributes": fmt(
            '{{"policy":"{}","jurisdiction":"{}"}}',
            pick(["ccpa", "glba"], rng.integers(0, 2, n)),
            pick(words.places().state, people.place[person]),
        ),
    }, complete


def customer_interactions(chunk: Chunk) -> Table:
    """Calls, branch visits, chats and mails: 0.05 a day per customer times the person's rate; lognormal
    durations, median six minutes. 12 % answer the NPS question, 35 % rate; the complaint-prone two
    points lower.
    """
    rng, people, world = chunk.rng("customer_interactions"), chunk.people, chunk.world
    low = world.start_us + chunk.number * CHUNK_DAYS * DAY
    begins, ends = (
        np.maximum(people.since, low),
        np.minimum(np.minimum(people.churn, low + CHUNK_DAYS * DAY), world.end_us),
    )
    person, _ = ranges(rng.poisson(0.05 * np.sqrt(people.rate) * weight_between(world, begins, ends)))
    time = moments(world, rng, begins[person], ends[person], people.utc_hours[person])
    n = len(person)
    channel = draw(rng, (36, 20, 16, 20, 8), n)
    seconds = np.clip(lognormal(rng, np.array([380, 900, 420, 150, 240])[channel], 0.7, n), 10, 7200).astype(
        np.int64
    )
    inbound = rng.random(n) < 0.8
    category = draw(rng, (40, 18, 16, 14, 12), n)
    mood = np.clip(0.25 + 0.35 * rng.normal(size=n) - 0.35 * people.complaint_prone[person], -1, 1)
    rated, asked = rng.random(n) < 0.35, rng.random(n) < 0.12
    rating = np.clip(np.round(3.9 + 1.4 * mood + 0.5 * rng.normal(size=n)), 1, 5)
    nps = np.clip(np.round(7.4 + 3.2 * mood + rng.normal(size=n)), 0, 10)
    solved = rng.random(n) < 0.82 - 0.15 * people.complaint_prone[person]
    escalated = ~solved & (rng.random(n) < 0.3)
    digital = (channel == 2) & people.online[person]
    device = np.where(chunk.devices.count_of[person] > 0, chunk.devices.first_of[person], 0)
    outreach = ~inbound & (rng.random(n) < 0.4)
    campaign = np.where(outreach, rng.integers(0, len(words.CAMPAIGNS), n), -1)
    topic = rng.integers(0, len(words.PRODUCTS), n)
    return {
        "interaction_id": hex_ids("in_", chunk.block.words(104, chunk.number, n)),
        "interaction_timestamp": stamps(time),
        "customer_id": people.crm_id(person),
        "interaction_type": pick(["call", "branch_visit", "chat", "email", "video"], channel),
        "interaction_category": pick(["service", "sales", "complaint", "technical", "advice"], category),
        "channel": pick(["call_center", "branch", "chat", "email", "video"], channel),
        "channel_detail": pick(["ivr", "counter", "website_chat", "inbox", "atm_video"], channel),
        "interaction_direction": pick(["outbound", "inbound"], inbound.astype(np.int64)),
        "interaction_outcome": pick(["unresolved", "resolved"], solved.astype(np.int64)),
        "interaction_duration_seconds": numbers(seconds),
        "agent_id": fmt("AG-{}", pl.Series(rng.integers(1, 61, n)).cast(pl.String).str.zfill(3)),
        "department": pick(["Service", "Sales", "Complaints", "Technical support", "Wealth"], category),
        "location": text_or(
            pick(words.places().city, people.place[person]), channel == 1, const("Contact center", n)
        ),
        "device_id": only(chunk.devices.device_id(device), digital),
        "session_id": only(chunk.ids("chat_", 106, n), digital),
        "campaign_id": pick(words.CAMPAIGN_ID, campaign),
        "offer_id": fmt("OF-{}", pl.Series(1 + topic % 9)).zip_with(
            pl.Series(outreach), pl.Series([None] * n, dtype=pl.String)
        ),
        "product_discussed": pick(words.PRODUCT_NAME, topic, rng.random(n) < 0.7),
        "sentiment": pick(["negative", "neutral", "positive"], np.searchsorted([-0.1, 0.3], mood)),
        "sentiment_score": numbers(mood, None, 2),
        "satisfaction_score": numbers(rating.astype(np.int64), rated),
        "nps_score": numbers(nps.astype(np.int64), asked),
        "resolution_flag": pl.Series(solved),
        "escalation_flag": pl.Series(escalated),
        "follow_up_required": pl.Series(~solved & ~escalated),
        "notes": pick(
            [
                "Asked about fees",
                "Card replaced",
                "Address changed",
                "Wants a call back",
                "Explained the rates",
                "Password reset",
                "Loan question",
            ],
            rng.integers(0, 7, n),
            rng.random(n) < 0.8,
        ),
        "interaction_attributes": fmt(
            '{{"queue_seconds":{},"effort_score":{},"first_contact":{}}}',
            np.clip(lognormal(rng, 60, 0.9, n), 0, 1800).astype(np.int64),
            np.clip(np.round(3 - 1.5 * mood), 1, 7).astype(np.int64),
            pl.Series(rng.random(n) < 0.75),
        ),
    }, time + seconds * US


def customer_lifecycle_events(chunk: Chunk) -> Table:
    """One row per step of a customer through the lifecycle, those before the run among them. See
    `holdings.stages`.
    """
    stages, people = chunk.block.stages, chunk.people
    complete = _loaded(chunk, chunk.world.rng(chunk.block.number, "stages_loaded"), stages.time)
    row = chunk.mine(complete)
    rng, n = chunk.rng("customer_lifecycle_events"), len(row)
    person, step, time = stages.person[row], stages.step[row], stages.time[row]
    names = list(zip(*STEPS, strict=True))
    value = np.where(np.isin(step, (0, 1, 2)), lognormal(rng, 120, 0.8, n), 0)
    return {
        "event_id": chunk.ids("lc_", 15, n),
        "event_timestamp": stamps(time),
        "customer_id": people.crm_id(person),
        "event_type": pick(names[0], step),
        "event_category": pick(
            ["growth", "risk", "exit"], np.select([step >= 7, np.isin(step, (3, 5))], [2, 1], 0)
        ),
        "lifecycle_stage_from": pick(names[1], step),
        "lifecycle_stage_to": pick(names[2], step),
        "trigger_type": pick(["behavior", "transaction", "model"], rng.integers(0, 3, n)),
        "trigger_details": fmt('{{"reason":"{}","score":{}}}', pick(names[3], step), rng.integers(1, 100, n)),
        "event_value": numbers(value, np.isin(step, (0, 1, 2)), 2),
        "event_attributes": fmt(
            '{{"model":"lifecycle-3","days_since_joining":{}}}',
            np.maximum(time - people.since[person], 0) // DAY,
        ),
    }, complete[row]


def customer_segments(chunk: Chunk) -> Table:
    """Value tier from wealth (5, 17, 25 and 53 %), assigned at the beginning and re-scored in the last two
    years for 35 %; and a behavioural segment for 70 %. An assignment that was replaced before the run
    carries its end.
    """
    rng, people, world = chunk.world.rng(chunk.block.number, "customer_segments"), chunk.people, chunk.world
    n = people.n
    tier = 3 - np.searchsorted([0.08, 0.74, 1.64], people.wealth)
    drift = np.clip(tier + rng.choice([-1, 1], n), 0, 3)
    rescored = np.maximum(people.since + 30 * DAY, world.start_us - 730 * DAY) + to_ms(
        rng.random(n) * 730 * DAY + rng.random(n) * world.days * DAY
    )
    again = (rng.random(n) < 0.35) & (drift != tier) & (rescored < np.minimum(people.churn, world.end_us))
    everyone, changed = np.flatnonzero(people.since < world.end_us - HOUR), np.flatnonzero(again)
    behaves = everyone[rng.random(len(everyone)) < 0.7]
    learned = people.since[behaves] + to_ms(
        rng.random(len(behaves))
        * np.maximum(np.minimum(world.end_us, people.churn[behaves]) - people.since[behaves], HOUR)
    )
    person = np.concatenate([everyone, changed, behaves])
    time = np.concatenate([people.since[everyone], rescored[changed], learned])
    segment = np.concatenate([np.where(again, drift, tier)[everyone], tier[changed], 4 + behaves % 4])
    ends = np.where(again & (rescored < world.start_us), rescored, NEVER)
    ends = np.concatenate([ends[everyone], np.full(len(changed) + len(behaves), NEVER)])
    complete = _loaded(chunk, rng, time)
    row = chunk.mine(complete)
    rng = chunk.rng("customer_segments")
    person, time, segment, ends, complete, n = (
        person[row],
        time[row],
        segment[row],
        ends[row],
        complete[row],
        len(row),
    )
    ended, value = ends < NEVER, segment < 4
    names = [s[1] for s in words.SEGMENTS] + [
        "Digital First",
        "Branch Loyal",
        "Rate Seeker",
        "Everyday Spender",
    ]
    ids = [s[0] for s in words.SEGMENTS] + [f"SEG-B{i}" for i in range(1, 5)]
    return {
        "segment_assignment_id": chunk.ids("seg_", 16, n),
        "assignment_timestamp": stamps(time),
        "customer_id": people.crm_id(person),
        "segment_id": pick(ids, segment),
        "segment_name": pick(names, segment),
        "segment_type": pick(["behavioral", "value"], value.astype(np.int64)),
        "segment_category": pick(["behavior", "value_tier"], value.astype(np.int64)),
        "segmentation_model": pick(["kmeans-behavior", "value-score"], value.astype(np.int64)),
        "model_version": pick(["1.9", "2.0"], (time > world.start_us - 365 * DAY).astype(np.int64)),
        "assignment_score": numbers(rng.uniform(40, 100, n), None, 2),
        "assignment_reason": pick(
            ["score_threshold", "rescored", "onboarding", "nearest_centroid"],
            np.where(value, ended * 2 + (rng.random(n) < 0.3), 3).astype(np.int64),
        ),
        "segment_start_date": dates(time),
        "segment_end_date": dates(np.maximum(ends, time), ended),
        "segment_active": pl.Series(~ended),
        "segment_attributes": fmt(
            '{{"percentile":{},"features_used":{}}}', rng.integers(1, 101, n), rng.integers(8, 40, n)
        ),
    }, complete


def month_ends(chunk: Chunk) -> np.ndarray:
    """The last days of the month before the run and of every month that ends in it, microseconds."""
    world, found = chunk.world, []
    day = world.start.replace(day=1) - dt.timedelta(days=1)
    while day <= world.last_day:
        found.append((day - EPOCH).days * DAY)
        day = ((day + dt.timedelta(days=1)).replace(day=28) + dt.timedelta(days=4)).replace(
            day=1
        ) - dt.timedelta(days=1)
    return np.array(found)


def customer_value_metrics(chunk: Chunk) -> Table:
    """One row per customer and month: revenue from the products held, costs 35-75 % of it, values and
    propensities.

    churn_probability is the true 90-day probability, times a lognormal error of 0.35: a good but not
    perfect model.
    """
    rng, people, world, accounts = (
        chunk.rng("customer_value_metrics"),
        chunk.people,
        chunk.world,
        chunk.block.accounts,
    )
    ends = month_ends(chunk)
    time = ends + 23 * HOUR + 30 * MINUTE
    complete = np.maximum(time + 3 * HOUR, world.start_us + HOUR)
    month = np.flatnonzero(world.chunk_of(np.minimum(complete, world.end_us - 1)) == chunk.number)
    grid = (people.since[:, None] < time[month]) & (people.churn[:, None] > time[month])
    person, column = np.nonzero(grid)
    month, n = month[column], len(person)
    at = time[month] if n else np.zeros(0, dtype=np.int64)
    revenue = np.zeros((people.n, len(ends)))
    for i in range(len(ends)):
        alive = (accounts.opened <= time[i]) & (accounts.closed > time[i])
        revenue[:, i] = np.bincount(
            accounts.person[alive], words.PRODUCT_REVENUE[accounts.product[alive]] / 12, minlength=people.n
        )
    earned = np.round(
        revenue[person, month]
        * np.exp(0.3 * rng.normal(size=n))
        * (1 + 0.2 * people.wealth[person].clip(-2, 4)),
        2,
    )
    costs = np.round(earned * rng.uniform(0.35, 0.75, n) + 2.5, 2)
    tenure = np.maximum(at - people.since[person], DAY) / DAY
    leaves = np.clip(
        (1 - np.exp(-90 * people.hazard[person])) * np.exp(0.35 * rng.normal(size=n)), 0.0005, 0.98
    )
    lifetime = np.round((earned - costs) * tenure / 30.4 * 0.8, 2)
    future = np.round((earned - costs) * np.clip(0.25 / leaves, 1, 20) * 3, 2)
    share = np.clip(28 + 18 * rng.normal(size=n), 1, 100)
    propensity = 1 / (1 + np.exp(-(people.propensity[person] - 1.5)))
    return {
        "metric_id": chunk.ids("vm_", 17, n),
        "metric_timestamp": stamps(at),
        "metric_date": dates(at),
        "customer_id": people.crm_id(person),
        "metric_type": const("monthly", n),
        "metric_period": stamps(at).dt.strftime("%Y-%m"),
        "total_revenue": numbers(earned),
        "total_costs": numbers(costs),
        "net_profit": numbers(earned - costs, None, 2),
        "customer_lifetime_value": numbers(lifetime),
        "predicted_lifetime_value": numbers(future),
        "wallet_share": numbers(share, None, 2),
        "share_of_wallet_potential": numbers(100 - share, None, 2),
        "profitability_score": numbers(np.clip(50 + 20 * people.wealth[person], 0, 100), None, 2),
        "risk_adjusted_value": numbers(future * (1 - leaves), None, 2),
        "churn_probability": numbers(leaves, None, 4),
        "retention_probability": numbers(1 - leaves, None, 4),
        "cross_sell_propensity": numbers(propensity, None, 4),
        "upsell_propensity": numbers(propensity * rng.uniform(0.5, 1, n), None, 4),
        "referral_propensity": numbers(rng.beta(2, 8, n), None, 4),
        "metric_attributes": fmt(
            '{{"model":"clv-4","churn_drivers":["{}","{}"],"tenure_days":{}}}',
            pick(["fees", "inactivity", "service", "rates"], rng.integers(0, 4, n)),
            pick(["price", "competition", "life_event"], rng.integers(0, 3, n)),
            tenure.astype(np.int64),
        ),
    }, (complete[month] if n else at)


def customer_products(chunk: Chunk) -> Table:
    """One row per account and state: as it was the night before the run, when it opens, at every month's
    end, when it closes. Utilization (percent) only where there is a credit limit; a seventh of the
    accounts sleep.
    """
    rng, people, world, accounts = (
        chunk.rng("customer_products"),
        chunk.people,
        chunk.world,
        chunk.block.accounts,
    )
    eve = world.start_us - HOUR
    ends = month_ends(chunk)[1:] + 23 * HOUR + 45 * MINUTE
    was_there = np.flatnonzero(accounts.opened < eve)
    opens = np.flatnonzero(accounts.opened >= eve)
    closes = np.flatnonzero((accounts.closed > eve) & (accounts.closed < world.end_us))
    alive = (accounts.opened[:, None] < ends) & (accounts.closed[:, None] > ends)
    monthly, month = np.nonzero(alive)
    row = np.concatenate([was_there, opens, monthly, closes])
    time = np.concatenate(
        [
            np.minimum(accounts.closed[was_there], eve),
            accounts.opened[opens],
            ends[month] if len(ends) else month,
            accounts.closed[closes],
        ]
    )
    loaded = world.start_us + 40 * MINUTE + (row % 3600) * US
    complete = np.where(time <= eve, loaded, time)
    mine = chunk.mine(np.minimum(complete, world.end_us - 1))
    row, time, complete, n = row[mine], time[mine], complete[mine], len(mine)
    person, product = accounts.person[row], accounts.product[row]
    closed = accounts.closed[row] <= time
    credit = words.PRODUCT_CREDIT[product]
    balance = np.where(closed, 0, np.round(accounts.balance[row] * np.exp(0.12 * rng.normal(size=n)), 2))
    limit = np.round(np.maximum(accounts.balance[row] * 2.5, 500), -2)
    asleep = (row % 7 == 3) & ~closed
    count = np.where(asleep | closed, 0, rng.poisson(np.clip(6 * people.rate[person], 0.2, 60)))
    spent = np.where(count > 0, np.round(count * lognormal(rng, 48, 0.6, n), 2), 0)
    used = np.where(
        asleep, time - to_ms((40 + rng.random(n) * 200) * DAY), time - to_ms(rng.random(n) * 9 * DAY)
    )
    return {
        "product_relationship_id": chunk.ids("pr_", 18, n),
        "relationship_timestamp": stamps(time),
        "customer_id": people.crm_id(person),
        "product_id": pick(words.PRODUCT_ID, product),
        "product_type": pick(words.PRODUCT_TYPE, product),
        "product_category": pick(words.PRODUCT_CATEGORY, product),
        "account_id": account_ids(chunk, row),
        "relationship_start_date": dates(accounts.opened[row]),
        "relationship_end_date": dates(accounts.closed[row], closed),
        "product_status": pick(["active", "dormant", "closed"], np.select([closed, asleep], [2, 1], 0)),
        "primary_product_flag": pl.Series(accounts.primary[row]),
        "balance": numbers(balance),
        "credit_limit": numbers(limit, credit, 2),
        "utilization": numbers(np.clip(100 * balance / limit, 0, 100), credit, 2),
        "last_transaction_date": dates(np.maximum(used, accounts.opened[row])),
        "transaction_count_30d": numbers(count),
        "transaction_amount_30d": numbers(spent),
        "active_usage_flag": pl.Series(count > 0),
        "dormant_flag": pl.Series(asleep),
        "product_attributes": fmt(
            '{{"apr":{},"paperless":{},"branch":"{}"}}',
            numbers(1 + product * 1.3, None, 2),
            pl.Series(row % 3 > 0),
            pick(words.places().city, people.place[person]),
        ),
    }, complete


def account_ids(chunk: Chunk, row: np.ndarray) -> pl.Series:
    """Ids of the block's accounts."""
    return hex_ids("acc_", chunk.block.words(ACCOUNT_WORDS, 0, len(chunk.block.accounts.person))[row])


_COMPLAINTS = [
    ("fees", "unexpected_fee", "overdraft", "Charged a fee I did not expect", "pricing"),
    ("service", "wait_time", "call_center", "Waited too long on the phone", "staffing"),
    ("digital", "app_error", "login", "Could not sign in to the app", "software"),
    ("card", "declined", "travel", "Card declined while traveling", "fraud_rules"),
    ("lending", "delay", "paperwork", "Loan took weeks to decide", "process"),
    ("fraud", "dispute", "refund", "Refund of a disputed charge is late", "process"),
]


def customer_complaints(chunk: Chunk) -> Table:
    """One row per complaint, delivered when settled (or, still open, at once). Severity 55, 30, 12 and 3
    %.
    """
    complaints, people, world = chunk.block.complaints, chunk.people, chunk.world
    row = chunk.mine(complaints.complete)
    rng, n = chunk.rng("customer_complaints"), len(row)
    person, time, settled = complaints.person[row], complaints.time[row], complaints.settled[row]
    done = settled >= 0
    about, severity = draw(rng, (30, 22, 20, 12, 8, 8), n), draw(rng, (55, 30, 12, 3), n)
    hours = np.round((settled - time) / HOUR, 2)
    escalated = rng.random(n) < 0.1 + 0.15 * (severity > 1)
    paid = done & (rng.random(n) < 0.3)
    product = rng.integers(0, len(words.PRODUCTS), n)
    names = list(zip(*_COMPLAINTS, strict=True))
    owned = np.searchsorted(chunk.block.accounts.person, person)
    has_account = (
        (owned < len(chunk.block.accounts.person))
        & (
            chunk.block.accounts.person[np.minimum(owned, max(len(chunk.block.accounts.person) - 1, 0))]
            == person
        )
        if len(chunk.block.accounts.person)
        else np.zeros(n, dtype=bool)
    )
    return {
        "complaint_id": chunk.ids("cmp_", 19, n),
        "complaint_timestamp": stamps(time),
        "customer_id": people.crm_id(person),
        "complaint_type": pick(names[0], about),
        "complaint_category": pick(names[1], about),
        "complaint_subcategory": pick(names[2], about),
        "channel": pick(
            ["call_center", "web", "branch", "email", "regulator"], draw(rng, (45, 25, 15, 12, 3), n)
        ),
        "severity": pick(["low", "medium", "high", "critical"], severity),
        "priority": pick(["P4", "P3", "P2", "P1"], severity),
        "status": pick(
            ["open", "in_progress", "resolved"], np.where(done, 2, (rng.random(n) < 0.5).astype(np.int64))
        ),
        "product_involved": pick(words.PRODUCT_ID, product),
        "account_involved": only(account_ids(chunk, np.where(has_account, owned, 0)), has_account)
        if len(chunk.block.accounts.person)
        else pl.Series([None] * n, dtype=pl.String),
        "description": pick(names[3], about),
        "resolution": pick(
            ["explained", "refunded", "fixed", "apology"], np.where(paid, 1, rng.integers(0, 4, n)), done
        ),
        "resolution_timestamp": stamps(settled, done),
        "resolution_time_hours": numbers(hours, done),
        "satisfaction_rating": numbers(
            np.clip(np.round(4.2 - hours / 200 + 0.8 * rng.normal(size=n)), 1, 5).astype(np.int64),
            done & (rng.random(n) < 0.5),
        ),
        "escalated_flag": pl.Series(escalated),
        "regulatory_flag": pl.Series((severity == 3) | (rng.random(n) < 0.02)),
        "compensation_amount": numbers(lognormal(rng, 35, 0.7, n), paid, 2),
        "root_cause": pick(names[4], about, done),
        "complaint_attributes": fmt(
            '{{"sla_hours":{},"reopened":{}}}',
            np.array([240, 120, 48, 24])[severity],
            pl.Series(rng.random(n) < 0.04),
        ),
    }, np.maximum(complaints.complete[row], world.start_us)
