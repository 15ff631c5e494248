"""The warehouse as the analysis of experiments sees it: read-only, silver and gold alone."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from cap.errors import SUGGESTED, CapError, nearest


@dataclass(frozen=True)
class Experiment:
    """One experiment as it stands: its current version, its arms and what they have counted.

    `kind` is a/a, a/b or a/b/n; `units` and `conversions` are those the experiment may be judged by (one
    variant only, no bot); `start` and `last_day` are its first day and its last with an exposure or a
    conversion, UTC; `verdict` is that of silver_ab_test_summary on the last day, of several treatments the
    first by name that decides something.
    """

    experiment_id: str
    name: str | None
    kind: str
    status: str
    start: date
    last_day: date
    arms: int
    control: str | None
    units: int
    conversions: int
    verdict: str


def rows(connection: duckdb.DuckDBPyConnection, sql: str, values: Any = None) -> list[dict[str, Any]]:
    """What a query answers, a dictionary per row."""
    found = connection.execute(sql, values)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def experiments(connection: duckdb.DuckDBPyConnection) -> list[Experiment]:
    """All experiments by id; none where no exposure was delivered."""
    found = rows(
        connection,
        """
        with variants as (
            select
                experiment_id,
                count(*) as arms,
                min(variant_id) filter (where is_control) as control
            from silver.silver_ab_test_variants
            group by experiment_id
        ),
        last_days as (
            select variants.experiment_id, summaries.unique_users, summaries.total_conversions,
                summaries.summary_date, summaries.verdict
            from silver.silver_ab_test_summary as summaries
            inner join silver.silver_ab_test_variants as variants using (variant_key)
            qualify summaries.summary_date = max(summaries.summary_date)
                over (partition by variants.experiment_id)
        ),
        counted as (
            select
                experiment_id,
                sum(unique_users)::bigint as units,
                sum(total_conversions)::bigint as conversions,
                max(summary_date) as last_day,
                arg_min(verdict, case verdict
                    when 'broken_split' then 0 when 'better' then 1 when 'worse' then 2
                    when 'not_significant' then 3 when 'too_small' then 4 when 'not_comparable' then 5
                    else 6 end) as verdict
            from last_days
            group by experiment_id
        )
        select
            experiment_id, experiment_name as name, experiment_type as kind, status, start_date as start,
            coalesce(last_day, start_date) as last_day, coalesce(arms, 0) as arms, control,
            coalesce(units, 0) as units, coalesce(conversions, 0) as conversions,
            coalesce(verdict, 'not_comparable') as verdict
        from gold.dim_experiment
        left join variants using (experiment_id)
        left join counted using (experiment_id)
        where is_current
        order by experiment_id
        """,
    )
    return [Experiment(**row) for row in found]


def find(connection: duckdb.DuckDBPyConnection, asked: str) -> Experiment:
    """The experiment of that id, or of that name if only one has it; case does not matter.

    Raises CapError that says why there is none: no exposures at all, or the nearest ids and names.
    """
    known = experiments(connection)
    if not known:
        raise CapError(
            "no experiment is in the warehouse: the table ab_test_exposures was not delivered or holds no "
            "exposure that counts. Deliver it and run cap build."
        )
    plain = asked.strip().lower()
    for names in (lambda one: one.experiment_id, lambda one: one.name or ""):
        hits = [one for one in known if names(one).lower() == plain]
        if len(hits) == 1:
            return hits[0]
    words = {text: one for one in known for text in (one.name or "", one.experiment_id) if text}
    told = list(dict.fromkeys(words[text].experiment_id for text in nearest(asked, words)))
    names = {
        one.experiment_id: f"{one.experiment_id} ({one.name})" if one.name else one.experiment_id
        for one in known
    }
    if told:
        raise CapError(
            f"there is no experiment {asked!r}. Did you mean {', '.join(names[one] for one in told)}?"
        )
    some = ", ".join(one.experiment_id for one in known[:SUGGESTED])
    raise CapError(
        f"there is no experiment {asked!r}. There are {len(known):,}: {some}; cap experiments list"
    )
