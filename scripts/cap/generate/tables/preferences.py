"""What customers consent to and prefer: customer_preferences."""

import numpy as np
import polars as pl

from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import dates, draw, fmt, only, pick, ranges, stamps, to_ms
from cap.generate.tables.common import Table, loaded
from cap.generate.world import DAY, HOUR


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
    complete = loaded(chunk, rng, time)
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
