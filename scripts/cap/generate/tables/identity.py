"""Who the customers are: customer_master, customer_identifiers, customer_relationships."""

import numpy as np
import polars as pl

from cap.generate import records as rc
from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import dates, fmt, pick, stamps, text_or, to_ms
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
from cap.generate.tables.common import Table, const
from cap.generate.world import BLOCK, DAY, US


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
