"""Customers and staff: customer_interactions, customer_complaints."""

import numpy as np
import polars as pl

from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import draw, fmt, hex_ids, numbers, only, pick, ranges, stamps, text_or
from cap.generate.rhythm import moments, weight_between
from cap.generate.tables.common import Table, account_ids, const, lognormal
from cap.generate.world import CHUNK_DAYS, DAY, HOUR, US


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
