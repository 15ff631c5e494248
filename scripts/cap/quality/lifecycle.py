"""Lifecycle: the stage that the warehouse tells of an evening, against the stage that was true.

The truth knows every step of every person (`stages`); what bronze tells of them was delivered late, twice
or broken, of records that identity has to bring together. Whoever is back from dormant is reactivated here
and active there, what is growth there is growing here: the same stages.
"""

from pathlib import Path

import duckdb

from cap.quality.figures import Figure

AREA = "Lifecycle"
# of each person and the last evening of each of the last twelve months, and of the build date
_COMPARED = """
with days as (
    select as_of_date as day from intermediate.int_segments__dates
),
steps as (
    select
        person_id, stage_to, entered_at,
        lead(entered_at) over (partition by person_id order by entered_at) as left_at
    from read_parquet('{truth}/stages/*.parquet')
),
truth as (
    select person_id, day, case stage_to when 'growth' then 'growing' else stage_to end as true_stage
    from steps
    inner join days
        on entered_at < day + interval 1 day and (left_at >= day + interval 1 day or left_at is null)
),
people as (
    select distinct on (person_id) person_id, members.customer_key
    from read_parquet('{truth}/records/*.parquet') as records
    inner join silver.silver_customer_identities as members
        on records.source_system = members.source_system
        and records.source_customer_id = members.source_customer_id
    where records.source_system = 'crm'
    order by person_id, members.source_customer_key
),
told as (
    select
        customer_key, day,
        case lifecycle_stage when 'reactivated' then 'active' else lifecycle_stage end as told_stage
    from silver.silver_customer_lifecycle_history
    inner join days
        on stage_start_date <= day and (stage_end_date > day or stage_end_date is null)
)
select true_stage, told_stage, coalesce(true_stage = told_stage, false) as is_right
from truth
inner join people using (person_id)
left join told on people.customer_key = told.customer_key and truth.day = told.day
"""


def evaluate(connection: duckdb.DuckDBPyConnection, truth: Path) -> list[Figure]:
    """Shares of person-evenings with the right stage; and what behaviour alone would have told."""
    compared = _COMPARED.format(truth=truth)
    rows, right, commonest = connection.execute(
        f"with compared as ({compared}) select count(*), avg(is_right::int), (select max(n) / sum(n) "
        "from (select count(*) as n from compared group by true_stage)) from compared"
    ).fetchone() or (0, None, None)
    by_stage = connection.execute(
        f"select true_stage, count(*), avg(is_right::int) from ({compared}) group by true_stage order by all"
    ).fetchall()
    [(alone, of)] = connection.execute(
        "select sum(case when is_same then customers end) / sum(customers), sum(customers) "
        "from quality.quality_lifecycle_differences where told_stage <> '(nothing)'"
    ).fetchall()
    return [
        Figure(AREA, "Right stage", right, "share", f"of {rows:,} evenings of persons at ends of months"),
        Figure(AREA, "Commonest stage", commonest, "share", "what always naming it would reach"),
        *(
            Figure(AREA, f"Right stage, {stage}", share, "share", f"of {count:,}")
            for stage, count, share in by_stage
        ),
        Figure(AREA, "Behaviour agrees with what is told", alone, "share", f"of {of or 0:,} evenings"),
    ]
