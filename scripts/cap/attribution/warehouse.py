"""What attribution reads: silver and gold, read-only, sums by channel or campaign."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import duckdb

from cap.errors import SUGGESTED, CapError, nearest
from cap.warehouse import opened as opened_warehouse

if TYPE_CHECKING:
    from cap.attribution.chain import Histories, Path

# models in SQL, as fact_attribution names them
MODELS = (
    "first_touch",
    "last_touch",
    "last_non_direct",
    "linear",
    "time_decay",
    "position_based",
    "shapley",
    "markov",
)
GRAINS = ("channel", "campaign")
NO_TOUCH = "(none)"


@dataclass(frozen=True)
class Settings:
    """By which vars the warehouse was built, and as of which day: silver_attribution_settings."""

    attribution_grain: str
    path_transform: str
    default_model: str
    lookback_seconds: int
    half_life_seconds: int
    as_of: date


@dataclass(frozen=True)
class Warehouse:
    """An open connection, the schema with the tables of attribution in it, and what they were built by."""

    connection: duckdb.DuckDBPyConnection
    silver: str
    settings: Settings

    def rows(self, sql: str, values: Any = None) -> list[tuple]:
        """What a query answers; {silver} in it is the schema of the tables of attribution."""
        return self.connection.execute(sql.replace("{silver}", self.silver), values).fetchall()


@dataclass(frozen=True)
class Node:
    """What earns credit. `campaign_key` is -1 where that is a channel."""

    key: int
    name: str
    channel_key: int
    campaign_key: int


@dataclass(frozen=True)
class Credit:
    """What a model gives one node: conversions, their value to the cent, and per touched conversion.

    `share` is of conversions that a touch came before, 0 to 1, None for those that nothing touched;
    `variance` is that of the share, with people as units, None where one person tells of none.
    """

    node: int
    conversions: float
    revenue: Decimal
    share: float | None
    variance: float | None


@contextmanager
def opened(path: File | None = None) -> Iterator[Warehouse]:
    """The built warehouse, `path` or $CAP_DUCKDB_PATH, read-only, beside an empty database `memory`.

    Raises CapError as `cap.warehouse.opened` does.
    """
    with opened_warehouse(path) as connection:
        connection.execute("attach ':memory:' as memory (read_write)")
        yield Warehouse(connection, "silver", _settings(connection))


def _settings(connection: duckdb.DuckDBPyConnection) -> Settings:
    (found,) = connection.execute(
        "select attribution_grain, path_transform, default_model, lookback_seconds, half_life_seconds, as_of "
        "from silver.silver_attribution_settings"
    ).fetchall()
    return Settings(*found)


def conversion_types(warehouse: Warehouse) -> list[str]:
    """Types of conversions that a touch came before, by name."""
    return [
        one
        for (one,) in warehouse.rows(
            "select distinct conversion_type from {silver}.silver_attribution_distinct_paths "
            "where is_converted order by all"
        )
    ]


def conversion_type(warehouse: Warehouse, asked: str) -> str:
    """The type of that name, whatever its case.

    Raises CapError that says why there is none: no conversion, no touch before any, or the nearest names.
    """
    known = conversion_types(warehouse)
    if asked.strip().lower() in known:
        return asked.strip().lower()
    if known:
        raise CapError(f"no conversion of type {asked!r} has a touch before it. {near(asked, known)}")
    ((conversions,),) = warehouse.rows("select count(*) from gold.fact_conversions")
    if conversions:
        days = warehouse.settings.lookback_seconds / 86400
        raise CapError(
            f"nothing touched any of the {conversions:,} conversions in the {days:g} days before it: deliver "
            "page_views or touchpoints, or build with a longer attribution_lookback_seconds."
        )
    raise CapError("there is no conversion in the warehouse: deliver conversion_events and run cap build.")


def near(asked: str, known: list[str]) -> str:
    """A sentence that names what is like it, or else some of what there is."""
    if found := nearest(asked, known):
        return f"Did you mean {', '.join(found)}?"
    return f"There are {', '.join(known[:SUGGESTED])}{' …' if len(known) > SUGGESTED else ''}."


def nodes(warehouse: Warehouse) -> dict[int, Node]:
    """All channels and, where credit goes to campaigns, all campaigns; by key."""
    channels = warehouse.rows("select channel_key, channel_name from gold.dim_channel")
    by_campaign = warehouse.settings.attribution_grain == "campaign"
    suffix = " (no campaign)" if by_campaign else ""
    found = {key: Node(key, name + suffix if name != NO_TOUCH else name, key, -1) for key, name in channels}
    if by_campaign:
        sent_by = dict(
            warehouse.rows(
                "select campaign_key, min(channel_key) from {silver}.silver_attribution_paths group by all"
            )
        )
        campaigns = warehouse.rows(
            "select campaign_key, campaign_name from gold.dim_campaign where campaign_key <> -1"
        )
        found |= {key: Node(key, name, sent_by.get(key, -1), key) for key, name in campaigns}
    return found


def paths(warehouse: Warehouse, of_type: str) -> "list[Path]":
    """The distinct paths of a type of conversion, those that led to none too."""
    from cap.attribution.chain import Path

    return [
        Path(tuple(int(node) for node in told.split(",")), is_converted, count)
        for told, is_converted, count in warehouse.rows(
            "select nodes, is_converted, path_count from {silver}.silver_attribution_distinct_paths "
            "where conversion_type = ? order by distinct_path_key",
            [of_type],
        )
    ]


def histories(warehouse: Warehouse, of_type: str) -> "Histories":
    """Which of `paths` belong to one person: counts of people, none of whom is named."""
    import numpy as np

    from cap.attribution.chain import Histories

    found = warehouse.connection.execute(
        """
        with places as (
            select distinct_path_key, row_number() over (order by distinct_path_key) - 1 as place
            from {silver}.silver_attribution_distinct_paths
            where conversion_type = $1
        )
        select
            dense_rank() over (order by history_key) - 1 as kind, place, path_count, person_count
        from {silver}.silver_attribution_histories
        inner join places using (distinct_path_key)
        order by kind, place
        """.replace("{silver}", warehouse.silver),
        [of_type],
    ).fetchnumpy()
    _, first = np.unique(found["kind"], return_index=True)
    return Histories(found["person_count"][first], found["kind"], found["place"], found["path_count"])


def totals(warehouse: Warehouse, of_type: str) -> tuple[int, Decimal, int, Decimal]:
    """Conversions that a touch came before, their value, those that nothing touched, and theirs."""
    (found,) = warehouse.rows(
        """
        select
            count(*) filter (where touch_key <> -1),
            coalesce(sum(conversion_value) filter (where touch_key <> -1), 0),
            count(*) filter (where touch_key = -1),
            coalesce(sum(conversion_value) filter (where touch_key = -1), 0)
        from {silver}.silver_attribution_paths
        where conversion_type = ? and touch_number = 1
        """,
        [of_type],
    )
    return found


def seen_whole(warehouse: Warehouse, of_type: str) -> float:
    """The share of conversions of a type whose whole lookback lies within the data, 0 to 1."""
    ((share,),) = warehouse.rows(
        """
        with begun as (
            select least(
                (select min(touchpoint_timestamp) from silver.silver_touchpoints),
                (select min(session_start_timestamp) from silver.silver_web_sessions)
            ) as first_timestamp
        )
        select avg((conversion_timestamp - to_seconds($2) >= first_timestamp)::integer)
        from {silver}.silver_attribution_paths, begun
        where conversion_type = $1 and touch_number = 1
        """,
        [of_type, warehouse.settings.lookback_seconds],
    )
    return share


def credited(warehouse: Warehouse, of_type: str) -> dict[str, list[Credit]]:
    """By model in SQL, what each node gets; nodes with no touch before a conversion are not there.

    A share is the sum of people's credit for a channel over that of their conversions, so its variance is
    that of a ratio by the delta method. Only sums leave the database: people without the channel, whose
    credit is 0, are added to mean, variance and covariance here.
    """
    from tea_tasting.aggr import Aggregates

    touched, _, untouched, untouched_value = totals(warehouse, of_type)
    ((people, mean, variance),) = warehouse.rows(
        f"with {_PEOPLE} select count(*), avg(conversions), var_samp(conversions) from people", [of_type]
    )
    measures = ", ".join(
        f"sum({model}), sum({model}_money), avg({model}::double), var_samp({model}::double), "
        f"covar_samp({model}::double, conversions)"
        for model in MODELS
    )
    summed = ", ".join(
        f"sum({model}_weight) as {model}, sum({model}_revenue) as {model}_money" for model in MODELS
    )
    rows = warehouse.rows(
        f"""
        with {_PEOPLE},
        by_person as (
            select touches.person, node_key, {summed}
            from touches
            inner join {{silver}}.silver_attribution_markov as markov using (conversion_key, touch_number)
            group by all
        )
        select node_key, count(*), avg(conversions), {measures}
        from by_person
        inner join people using (person)
        group by node_key
        order by node_key
        """,
        [of_type],
    )
    found: dict[str, list[Credit]] = {model: [] for model in MODELS}
    for node, some, some_mean, *numbers in rows:
        for place, model in enumerate(MODELS):
            weight, money, own_mean, own_variance, covariance = numbers[5 * place : 5 * place + 5]
            met = Aggregates(
                some,
                {"credit": own_mean, "conversions": some_mean},
                {"credit": own_variance or 0.0, "conversions": 0.0},
                {("conversions", "credit"): covariance or 0.0},
            )
            all_mean = some * own_mean / people
            spread = _whole(met, people, all_mean, mean)
            whole = Aggregates(
                people,
                {"credit": all_mean, "conversions": mean},
                {"credit": spread[0], "conversions": variance or 0.0},
                {("conversions", "credit"): spread[1]},
            )
            of_share = whole.ratio_var("credit", "conversions") / people if people > 1 else None
            found[model].append(Credit(node, float(weight), money, float(weight) / touched, of_share))
    if untouched:
        ((key,),) = warehouse.rows(
            "select channel_key from gold.dim_channel where channel_name = ?", [NO_TOUCH]
        )
        for model in MODELS:
            found[model].append(Credit(key, float(untouched), untouched_value, None, None))
    return found


_PEOPLE = """
    touches as (
        select *, coalesce(customer_key, visitor_key, conversion_key) as person
        from {silver}.silver_attribution_paths
        where conversion_type = ? and touch_key <> -1
    ),
    people as (
        select person, count(*) filter (where touch_number = 1) as conversions from touches group by person
    )
"""


def _whole(met: Any, people: int, credit_mean: float, conversions_mean: float) -> tuple[float, float]:
    """Variance of credit, and its covariance with conversions, over all people: those who met the channel,
    and the others with none.
    """
    if people < 2:
        return 0.0, 0.0
    some, others = met.count(), people - met.count()
    own, own_conversions = met.mean("credit"), met.mean("conversions")
    variance = (some - 1) * met.var("credit") + some * (own - credit_mean) ** 2 + others * credit_mean**2
    covariance = (some - 1) * met.cov("credit", "conversions")
    covariance += some * (own - credit_mean) * (own_conversions - conversions_mean)
    if others:
        rest = (people * conversions_mean - some * own_conversions) / others
        covariance -= others * credit_mean * (rest - conversions_mean)
    return variance / (people - 1), covariance / (people - 1)


def in_schema(warehouse: Warehouse, silver: str, **changed: Any) -> Warehouse:
    """The same connection with the tables of attribution in another schema, built by other settings."""
    return replace(warehouse, silver=silver, settings=replace(warehouse.settings, **changed))
