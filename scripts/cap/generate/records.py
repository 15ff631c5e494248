"""Which records people have in which source system, when they were written, and what is wrong with them.

Everyone has a CRM record (3 % two: they came back under another number), every online customer one in `web`
(2 % two); 75, 40, 15 and 25 % are in billing, loyalty, support and the tills (`pos`). A record is written
at registration; half of the old ones were touched up since. A move, a marriage or a farewell during the run
brings a new version of the CRM record within five days, of 70 % of the billing and 40 % of the web records:
the others stay stale, which is what identity resolution must bridge. Noise per version (kinds as in the
generators "geco" and "pseudopeople", rates ours): typo in the first name 2 %, last name 2.5 %, street 4 %;
nickname 12 % (CRM 4 %); names swapped 0.5 %; initial only 2 %; birth date off by a digit or with day and
month swapped 2 %, unknown as 1900-01-01 1 %; ssn '0000' 1 %; another's (the household's) mail or phone 4 %;
role e-mails (info@...) 1.5 %; placeholders (test@test.com) 0.7 %.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from cap.generate import vocabulary as words
from cap.generate.frames import dates, fmt, numbers, only, pick, stamps, text_or, to_ms
from cap.generate.people import (
    BILLING,
    CRM,
    LOYALTY,
    POS,
    SUPPORT,
    SYSTEMS,
    WEB,
    People,
    phone_digits,
    source_ids,
)
from cap.generate.world import DAY, HOUR, World

SECOND_CRM, SECOND_WEB, TEST_CRM = 40_000_000, 50_000_000, 60_000_000


@dataclass
class Records:
    """One row per version of a source record. person -1: our testers' account. Times in microseconds."""

    person: np.ndarray
    system: np.ndarray
    number: np.ndarray  # the system's customer number
    registered: np.ndarray
    time: np.ndarray
    complete: np.ndarray


def simulate(world: World, people: People) -> Records:
    """The record versions of one block."""
    rng = world.rng(people.block, "records")
    n, start, end = people.n, world.start_us, world.end_us
    everyone = np.arange(n)
    parts: list[tuple[np.ndarray, int, int, np.ndarray]] = []  # person, system, number offset, registered
    for system, share, within in (
        (CRM, 1.0, 0),
        (WEB, 1.0, 0),
        (BILLING, 0.75, 60),
        (LOYALTY, 0.4, 400),
        (SUPPORT, 0.15, 800),
        (POS, 0.25, 800),
    ):
        who = everyone[rng.random(n) < share]
        at = (
            people.online_since[who]
            if system == WEB
            else people.since[who] + to_ms(rng.random(len(who)) * within * DAY)
        )
        parts.append((who, system, 0, at))
    for system, share, offset in ((CRM, 0.03, SECOND_CRM), (WEB, 0.02, SECOND_WEB)):
        who = everyone[rng.random(n) < share]
        base = people.online_since if system == WEB else people.since
        parts.append((who, system, offset, base[who] + to_ms((30 + rng.random(len(who)) * 700) * DAY)))
    person = np.concatenate([p[0] for p in parts])
    system = np.concatenate([np.full(len(p[0]), p[1]) for p in parts])
    number = np.concatenate([people.number[p[0]] + p[2] for p in parts])
    registered = np.concatenate([p[3] for p in parts])
    exists = registered < np.minimum(end, people.churn[person])
    person, system, number, registered = (a[exists] for a in (person, system, number, registered))

    old = registered < start
    touched_up = to_ms(registered + rng.random(len(registered)) * (start - registered))
    time = np.where(old & (rng.random(len(registered)) < 0.5), touched_up, registered)
    rows = [(person, system, number, registered, time)]
    heard = np.array([1.0, 0.4, 0.7, 0.2, 0.1, 0.0])[system]
    for event in (people.moved, people.married, people.churn):
        when = event[person] + to_ms(rng.random(len(person)) * 5 * DAY)
        told = (
            (event[person] >= np.maximum(start, registered))
            & (when < end)
            & (rng.random(len(person)) < heard)
        )
        if event is people.churn:
            told &= system == CRM
        else:
            told &= when < people.churn[person]
        rows.append((person[told], system[told], number[told], registered[told], when[told]))
    test = np.array([TEST_CRM + people.block] * 2)
    rows.append(
        (
            np.array([-1, -1]),
            np.array([CRM, WEB]),
            test,
            np.array([start - 400 * DAY] * 2),
            np.array([start - 400 * DAY] * 2),
        )
    )
    person, system, number, registered, time = (np.concatenate(c) for c in zip(*rows, strict=True))
    loaded = start + to_ms(rng.random(len(time)) * 2 * HOUR)
    return Records(person, system, number, registered, time, np.where(time < start, loaded, time))


def first_versions(records: Records) -> np.ndarray:
    """Index of the first version of each record."""
    key = records.system * 1_000_000_000 + records.number
    return np.unique(key, return_index=True)[1]


def typo(rng: np.random.Generator, text: pl.Series, share: float) -> pl.Series:
    """One slip of the keyboard in a share of the texts: a letter left out, doubled, swapped, or a
    neighbour's.
    """
    n = len(text)
    hit = rng.random(n) < share
    at = pl.Series(
        (rng.random(n) * np.maximum(text.str.len_chars().fill_null(0).to_numpy() - 1, 1)).astype(np.int64)
    )
    kind = rng.integers(0, 4, n)
    letter = pick(list("aeionrstlm"), rng.integers(0, 10, n))
    frame = pl.DataFrame({"t": text, "k": at, "kind": kind, "hit": hit, "letter": letter})
    t, k = pl.col("t"), pl.col("k")
    head, one, two, tail = t.str.slice(0, k), t.str.slice(k, 1), t.str.slice(k + 1, 1), t.str.slice(k + 2)
    wrong = (
        pl.when(pl.col("kind") == 0)
        .then(head + two + tail)
        .when(pl.col("kind") == 1)
        .then(head + one + one + two + tail)
        .when(pl.col("kind") == 2)
        .then(head + two + one + tail)
        .otherwise(head + one + pl.col("letter") + tail)
    )
    return frame.select(pl.when(pl.col("hit") & (t.str.len_chars() > 2)).then(wrong).otherwise(t)).to_series()


def format_phone(digits: pl.Series, style: np.ndarray) -> pl.Series:
    """Ten digits as five kinds of people write them."""
    a, b, c = digits.str.slice(0, 3), digits.str.slice(3, 3), digits.str.slice(6, 4)
    return pl.select(
        pl.when(pl.Series(style == 0))
        .then(fmt("({}) {}-{}", a, b, c))
        .when(pl.Series(style == 1))
        .then(fmt("{}-{}-{}", a, b, c))
        .when(pl.Series(style == 2))
        .then(fmt("+1 {} {} {}", a, b, c))
        .when(pl.Series(style == 3))
        .then(fmt("{}.{}.{}", a, b, c))
        .otherwise(digits)
    ).to_series()


def master_columns(
    world: World, people: People, records: Records, row: np.ndarray, rng: np.random.Generator
) -> dict[str, pl.Series]:
    """The columns of customer_master for record versions `row`, noise included."""
    n = len(row)
    person, system, time = records.person[row], records.system[row], records.time[row]
    tester = person < 0
    p = np.maximum(person, 0)
    hit = lambda share: rng.random(n) < share  # noqa: E731
    has = lambda *shares: rng.random(n) < np.array(shares)[system]  # noqa: E731  crm web billing loyalty support pos

    wed = time >= people.married[p]
    first = pick(words.FIRST, people.first[p])
    first = text_or(pick(words.NICKNAME, people.first[p]), hit(np.where(system == CRM, 0.04, 0.12)), first)
    first = typo(rng, first, 0.02)
    last = typo(rng, pick(words.LAST, np.where(wed, people.last[p], people.maiden[p])), 0.025)
    swapped = hit(0.005)
    first, last = text_or(last, swapped, first), text_or(first, swapped, last)
    first = text_or(first.str.slice(0, 1), hit(0.02), first)
    first, last = (
        text_or(pl.repeat("Test", n, eager=True), tester, first),
        text_or(pl.repeat("User", n, eager=True), tester, last),
    )
    suffix = pick(["", " Jr", " Sr"], people.junior[p] * (rng.random(n) < 0.8))
    last = last + text_or(suffix, ~tester, pl.repeat("", n, eager=True))
    upper = system == BILLING
    first, last = (text_or(x.str.to_uppercase(), upper, x) for x in (first, last))
    middle = pick(words.FIRST, np.where(tester, -1, people.middle[p]), has(0.7, 0.1, 0.6, 0.2, 0.1, 0))
    middle = text_or(middle.str.slice(0, 1), hit(0.6), middle)
    full = text_or(fmt("{} {} {}", first, middle, last), middle.is_not_null(), fmt("{} {}", first, last))

    birth = people.birth[p].copy()
    off = hit(0.02) & ~tester
    birth = np.where(off, birth + rng.choice([-1, 1, 9, -9, 30, 365, 3652], n) * DAY, birth)
    birth_date = dates(birth)
    swap = hit(0.008) & (birth_date.dt.day() <= 12).to_numpy()
    turned = pl.select(
        pl.date(
            birth_date.dt.year(), pl.Series(np.where(swap, birth_date.dt.day(), 1)), birth_date.dt.month()
        )
    ).to_series()
    birth_date = text_or(turned, swap, birth_date)
    blank = pl.Series(np.full(n, -25567, dtype=np.int32)).cast(pl.Date)  # 1900-01-01
    birth_date = only(text_or(blank, hit(0.01) | tester, birth_date), has(0.95, 0.6, 0.9, 0.5, 0.2, 0.02))

    tax = pl.Series(people.tax_id[p]).cast(pl.String)
    ssn = text_or(pick(["0000", "9999"], rng.integers(0, 2, n)), hit(0.01) | tester, tax.str.slice(5, 4))
    tax = typo_digit(rng, tax, 0.01)
    tax = text_or(pick(["000000000", "123456789"], rng.integers(0, 2, n)), hit(0.006) | tester, tax)

    relative = np.searchsorted(people.household, people.household)[p]  # the head of the home
    mail_of = np.where(hit(0.04), relative, p)
    own = people.email(mail_of)
    employer = pick(words.EMPLOYERS, people.number[p] * 17 % len(words.EMPLOYERS))
    slug = employer.str.to_lowercase().str.replace_all(r"[^a-z]", "")
    work = fmt(
        "{}.{}@{}.example", pick(words.FIRST, people.first[p]), pick(words.LAST, people.maiden[p]), slug
    ).str.to_lowercase()
    mail = text_or(work, hit(np.array([0.05, 0.04, 0.2, 0.03, 0.15, 0])[system]), own)
    mail = typo(rng, mail, 0.008)
    mail = text_or(
        fmt("{}@{}.example", pick(["info", "office", "sales", "admin"], rng.integers(0, 4, n)), slug),
        hit(0.015),
        mail,
    )
    mail = text_or(
        pick(["test@test.com", "none@none.com", "noreply@example.com"], rng.integers(0, 3, n)),
        hit(0.007) | tester,
        mail,
    )
    mail = text_or(mail.str.to_uppercase(), upper & hit(0.5), mail)
    phone_of = np.where(hit(0.04), relative, p)
    style = np.where(hit(0.15), rng.integers(0, 5, n), system % 5)
    mobile = format_phone(phone_digits(people.mobile[phone_of]), style)
    mobile = text_or(pick(["0000000000", "555-555-5555"], rng.integers(0, 2, n)), hit(0.006), mobile)
    landline = format_phone(phone_digits(people.landline[p]), style)

    moved = time >= people.moved[p]
    cities = words.places()
    place = np.where(moved, people.place[p], people.old_place[p])
    street_index = np.where(moved, people.street[p], people.old_street[p])
    house = np.where(moved, people.house_number[p], people.old_house_number[p])
    street = text_or(pick(words.STREETS_SHORT, street_index), hit(0.5), pick(words.STREETS, street_index))
    line1 = typo(rng, fmt("{} {}", house, street), 0.04)
    line1 = text_or(line1.str.to_uppercase(), upper, line1)
    address = has(0.97, 0.5, 0.95, 0.5, 0.1, 0.15)
    zip_code = pl.Series(cities.zip_base[place] + street_index % 9).cast(pl.String).str.zfill(5)
    zip_code = text_or(
        fmt("{}-{}", zip_code, pl.Series(house % 10000).cast(pl.String).str.zfill(4)), hit(0.1), zip_code
    )
    city, state = pick(cities.city, place), pick(cities.state, place)
    other_mail = has(0.15, 0.02, 0.2, 0, 0, 0)
    mailing = fmt(
        '{{"line1":"PO Box {}","city":"{}","state":"{}","zip":"{}"}}',
        100 + house % 900,
        city,
        state,
        zip_code,
    )

    age = (time - people.birth[p]) / (365.25 * DAY)
    employment = np.select(
        [age > 66, people.wealth[p] < -1.7, age < 23], [3, 2, 4], np.where(people.number[p] % 9 == 0, 1, 0)
    )
    working = employment <= 1
    closed, asleep = time >= people.churn[p], people.rate[p] < 0.12
    fresh = (people.since[p] > world.start_us) & (people.number[p] % 5 == 0)
    status = np.select([tester, closed, fresh, asleep], [4, 3, 1, 2], 0)
    single = people.role[p] != 1
    return {
        "record_timestamp": stamps(time),
        "source_system": pick(SYSTEMS, system),
        "source_customer_id": source_ids(system, records.number[row]),
        "customer_type": pick(
            ["individual", "business", "test"],
            np.where(tester, 2, (people.number[p] % 23 == 0).astype(np.int64)),
        ),
        "customer_status": pick(["active", "prospect", "inactive", "closed", "test"], status),
        "first_name": first,
        "middle_name": middle,
        "last_name": last,
        "full_name": full,
        "date_of_birth": birth_date,
        "ssn_last_four": only(ssn, has(0.9, 0.3, 0.8, 0, 0.1, 0)),
        "tax_id": only(tax, has(0.85, 0, 0.7, 0, 0, 0)),
        "email_address": only(mail, has(0.85, 1, 0.8, 0.9, 0.7, 0.2)),
        "phone_primary": only(landline, has(0.6, 0, 0.6, 0.1, 0.2, 0)),
        "phone_mobile": only(mobile, has(0.85, 0.7, 0.7, 0.8, 0.8, 0.6)),
        "phone_work": only(
            format_phone(phone_digits((people.number[p] * 104_729) % 7_800_000), style),
            has(0.2, 0, 0.25, 0, 0, 0) & working,
        ),
        "address_line1": only(line1, address),
        "address_line2": only(fmt("Apt {}", people.unit[p]), address & (people.unit[p] > 0) & moved),
        "city": only(city, address),
        "state": only(state, address),
        "zip_code": only(zip_code, address),
        "country": only(pick(["US", "USA", "United States"], system % 3), address),
        "mailing_address": only(mailing, other_mail),
        "employment_status": only(
            pick(["employed", "self_employed", "unemployed", "retired", "student"], employment),
            has(0.9, 0.1, 0.5, 0, 0, 0),
        ),
        "employer_name": only(employer, working & has(0.85, 0, 0.4, 0, 0, 0)),
        "occupation": only(
            pick(words.OCCUPATIONS, people.number[p] * 13 % len(words.OCCUPATIONS)),
            working & has(0.8, 0, 0.3, 0, 0, 0),
        ),
        "annual_income": numbers(people.income[p], has(0.85, 0.05, 0.3, 0, 0, 0), 2),
        "citizenship": only(
            pick(
                ["US", "MX", "IN", "CA"],
                np.searchsorted([93, 96, 98], people.number[p] * 31 % 100, side="right"),
            ),
            has(0.9, 0, 0.3, 0, 0, 0),
        ),
        "language_preference": pick(
            ["en", "es", "zh"],
            np.searchsorted([84, 96], people.number[p] * 41 % 100, side="right"),
            has(0.9, 0.9, 0.3, 0.3, 0.5, 0),
        ),
        "marital_status": only(
            pick(
                ["married", "single", "divorced", "widowed"],
                np.where(single, 1 + people.number[p] % 7 // 3, 0),
            ),
            has(0.8, 0, 0.2, 0, 0, 0),
        ),
        "number_of_dependents": numbers(
            np.where((age > 28) & (age < 58), people.number[p] % 4, 0), has(0.7, 0, 0, 0, 0, 0)
        ),
        "education_level": only(
            pick(
                ["high_school", "some_college", "bachelor", "master", "doctorate"],
                np.clip(2 + np.round(people.wealth[p]), 0, 4).astype(np.int64),
            ),
            has(0.5, 0, 0.1, 0, 0, 0),
        ),
        "customer_since_date": dates(records.registered[row], has(1, 1, 0.9, 1, 0.3, 0.2)),
        "last_update_timestamp": stamps(time),
        "record_attributes": fmt(
            '{{"source_version":"{}","kyc_status":"{}","risk_rating":{},"fraud_score":{},"credit_score":{},"aml_score":{}}}',
            pick(["4.2", "2026.1", "R12", "3.9", "7", "1.8"], system),
            pick(
                ["verified", "pending", "expired"],
                np.searchsorted([90, 96], people.number[p] * 53 % 100, side="right"),
            ),
            1 + people.number[p] * 7 % 5,
            people.number[p] * 59 % 100,
            np.clip(690 + 70 * people.wealth[p], 350, 850).astype(np.int64),
            people.number[p] * 61 % 100,
        ),
    }


def typo_digit(rng: np.random.Generator, digits: pl.Series, share: float) -> pl.Series:
    """One digit wrong in a share of the numbers."""
    n = len(digits)
    at, digit = pl.Series(rng.integers(1, 9, n)), pl.Series(rng.integers(0, 10, n)).cast(pl.String)
    frame = pl.DataFrame({"t": digits, "k": at, "d": digit, "hit": rng.random(n) < share})
    t, k = pl.col("t"), pl.col("k")
    wrong = t.str.slice(0, k) + pl.col("d") + t.str.slice(k + 1)
    return frame.select(pl.when(pl.col("hit")).then(wrong).otherwise(t)).to_series()
