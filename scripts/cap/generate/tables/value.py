"""What customers are worth and hold: customer_value_metrics, customer_products."""

import datetime as dt

import numpy as np
import polars as pl

from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import dates, fmt, numbers, pick, stamps, to_ms
from cap.generate.tables.common import Table, account_ids, const, lognormal
from cap.generate.world import DAY, EPOCH, HOUR, MINUTE, US


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
