"""Households against the truth of a generated world.

Pairs are of golden customers whose records the truth knows: two that share a current household, against
two whose people share a home. What identity resolution leaves apart, or wrongly joins, costs pairs here
too; the figures «resolved» leave such people out and measure householding alone.
"""

from pathlib import Path

import duckdb

from cap.quality.figures import Figure, share

AREA = "Households"

# golden customer -> the home and role of the person behind it; who is behind two people, or is one of two
# golden customers of a person, is not resolved
_TRUTH = """
create or replace temporary table household_truth as
with known as (
    select
        identities.customer_key,
        records.person_id,
        records.household_id,
        count(*) as records
    from read_parquet('{records}') as records
    inner join silver.silver_customer_identities as identities
        using (source_system, source_customer_id)
    where records.person_kind = 'person'
    group by all
),

counted as (
    select
        *,
        count(*) over (partition by customer_key) as people_of_customer,
        count(*) over (partition by person_id) as customers_of_person
    from known
)

select
    counted.customer_key,
    counted.household_id,
    persons.household_role,
    max(people_of_customer) over (partition by counted.customer_key) = 1 and customers_of_person = 1
        as is_resolved,
    members.household_key,
    members.household_role as found_role
from counted
inner join read_parquet('{persons}') as persons using (person_id)
left join silver.silver_household_members as members
    on counted.customer_key = members.customer_key and members.is_current
qualify row_number() over (partition by counted.customer_key order by counted.records desc, person_id) = 1
"""

_PAIRS = """
with pairs as (
    select
        one.household_id = other.household_id as is_true,
        coalesce(one.household_key = other.household_key, false) as is_found
    from household_truth as one
    inner join household_truth as other on one.customer_key < other.customer_key
    where
        {condition}
        and (one.household_id = other.household_id or one.household_key = other.household_key)
)

select
    count(*) filter (is_true and is_found),
    count(*) filter (is_found),
    count(*) filter (is_true)
from pairs
"""

_ROLES = """
select
    count(*) filter (found_role = case household_role
        when 'adult_child' then 'child' when 'flatmate' then 'roommate' else household_role end),
    count(*)
from household_truth
where
    is_resolved
    and household_key in (
        select household_key from household_truth group by household_key having count(*) > 1
    )
"""


def evaluate(connection: duckdb.DuckDBPyConnection, truth: Path) -> list[Figure]:
    """Precision, recall and F1 of pairs that share a household, and the share of right roles.

    `connection`: a built warehouse; a temporary table is made in it. `truth`: the folder truth of its
    world.
    """
    connection.execute(
        _TRUTH.format(records=truth / "records/*.parquet", persons=truth / "persons/*.parquet")
    )
    figures = []
    for label, condition in (
        ("", "true"),
        (", resolved customers only", "one.is_resolved and other.is_resolved"),
    ):
        row = connection.execute(_PAIRS.format(condition=condition)).fetchone()
        both, found, true = row if row else (0, 0, 0)
        figures += [
            Figure(
                AREA, f"pairs found that are true{label}", share(both, found), "share", f"of {found:,} found"
            ),
            Figure(
                AREA, f"true pairs that are found{label}", share(both, true), "share", f"of {true:,} true"
            ),
            Figure(AREA, f"pair F1{label}", share(2 * both, found + true), "score"),
        ]
    right, members = connection.execute(_ROLES).fetchone() or (0, 0)
    figures.append(
        Figure(
            AREA,
            "members with the right role",
            share(right, members),
            "share",
            f"of {members:,} in households of two or more",
        )
    )
    return figures
