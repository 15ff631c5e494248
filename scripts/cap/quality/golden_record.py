"""How often the golden record is right, and how well golden customers are whole, against truth/persons."""

from pathlib import Path

import duckdb

from cap.quality.figures import Figure, share

AREA = "Golden record"
# attribute of the truth -> the golden record's, as comparable text
ATTRIBUTES = {
    "first_name": ("lower(persons.first_name)", "lower(golden.first_name)"),
    "last_name": ("lower(persons.last_name)", "lower(golden.last_name)"),
    "date_of_birth": ("persons.date_of_birth", "golden.date_of_birth"),
    "email_address": ("lower(persons.email_address)", "golden.email_primary"),
}


def evaluate(connection: duckdb.DuckDBPyConnection, truth: Path) -> list[Figure]:
    """Share of attributes that are right, by attribute and together, of the current golden records.

    A golden customer stands for the person whom most of its records are of; one of test records for nobody.
    An attribute that no record tells is not counted as wrong, but as missing. Beside it, what taking any
    record's value instead would give.
    """
    connection.execute(_people(truth))
    figures = []
    total_right = total_told = total_any = total_values = 0
    for name, (true_value, told_value) in ATTRIBUTES.items():
        told, right, golden = _counted(
            connection,
            f"select count({told_value}), count(*) filter ({told_value} = {true_value}), count(*) "
            "from golden_people as people inner join silver.silver_customer_golden_record as golden "
            "on people.customer_key = golden.customer_key and golden.is_current "
            "inner join true_persons as persons on people.person_id = persons.person_id",
        )
        values, agreeing, _ = _counted(
            connection,
            f"select count({told_value}), count(*) filter ({told_value} = {true_value}), count(*) from "
            "(select customer_key, first_name, last_name, date_of_birth, standard_email as email_primary "
            "from silver.silver_customer_records where is_current) as golden "
            "inner join golden_people as people on golden.customer_key = people.customer_key "
            "inner join true_persons as persons on people.person_id = persons.person_id",
        )
        total_right, total_told = total_right + right, total_told + told
        total_any, total_values = total_any + agreeing, total_values + values
        figures.append(
            Figure(
                AREA,
                f"right {name}",
                share(right, told),
                note=f"of {told:,} golden customers who have one; {golden - told:,} have none; "
                f"{share(agreeing, values) or 0:.2%} of single records are right",
            )
        )
    figures.insert(
        0,
        Figure(
            AREA,
            "right attributes",
            share(total_right, total_told),
            note=f"of {total_told:,}; {share(total_any, total_values) or 0:.2%} of single records are right",
        ),
    )
    return figures


def _counted(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, int, int]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row


def _people(truth: Path) -> str:
    return f"""
        create or replace temp table true_persons as from read_parquet('{truth}/persons/*.parquet');
        create or replace temp table golden_people as
        select identities.customer_key, records.person_id
        from silver.silver_customer_identities as identities
        inner join read_parquet('{truth}/records/*.parquet') as records
            on identities.source_system = records.source_system
            and identities.source_customer_id = records.source_customer_id
        where records.person_kind = 'person'
        group by identities.customer_key, records.person_id
        qualify row_number() over (
            partition by identities.customer_key order by count(*) desc, records.person_id
        ) = 1
    """
