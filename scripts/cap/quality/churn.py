"""Who leaves, and what they are worth: what was inferred against what happened."""

import math
from pathlib import Path

import duckdb
import numpy as np

from cap.churn.fit import auc
from cap.quality.figures import Figure

AREA = "Churn and value"


def evaluate(connection: duckdb.DuckDBPyConnection, truth: Path) -> list[Figure]:
    """Figures of churn and value; `truth` has the folder churn of a world of `cap generate`."""
    churn = (truth / "churn" / "*.parquet").as_posix()
    return [*_churned(connection, churn), *_ranked(connection, churn), *_expected(connection)]


def _churned(connection: duckdb.DuckDBPyConnection, churn: str) -> list[Figure]:
    """Customers found lost against those who left; a person with two CRM accounts leaves with the last."""
    found = connection.execute(
        f"""
        with truth as (
            select customer_key, max(coalesce(churn_date, date '9999-12-31')) as left_date
            from read_parquet('{churn}') as churn
            inner join silver.silver_customer_identities as identities
                on identities.source_system = 'crm' and identities.source_customer_id = churn.customer_id
            group by customer_key
        ),
        last_tenures as (
            select customer_key, tenure_to_date from silver.silver_customer_tenures
            qualify row_number() over (partition by customer_key order by tenure_number desc) = 1
        )
        select
            count(*) filter (left_date < date '9999-12-31'),
            count(*) filter (left_date < date '9999-12-31' and tenure_to_date is not null),
            count(*) filter (tenure_to_date is not null),
            avg(abs(tenure_to_date - left_date)) filter (left_date < date '9999-12-31')
        from truth inner join last_tenures using (customer_key)
        """
    ).fetchone()
    left, both, lost, days = found or (0, 0, 0, None)
    return [
        Figure(AREA, "Lost customers found", both / left if left else None, note=f"of {left:,} who left"),
        Figure(AREA, "Lost customers who left", both / lost if lost else None, note=f"of {lost:,} found"),
        Figure(AREA, "Days between the day found and the day they left", days, "days", "on average"),
    ]


def _ranked(connection: duckdb.DuckDBPyConnection, churn: str) -> list[Figure]:
    """The area under the curve of each way to rank, at the last two cut-offs after the fit."""
    rows = connection.execute(
        f"""
        with hazards as (
            select customer_key, max(daily_hazard) as daily_hazard
            from read_parquet('{churn}') as churn
            inner join silver.silver_customer_identities as identities
                on identities.source_system = 'crm' and identities.source_customer_id = churn.customer_id
            group by customer_key
        )
        select scored_date, horizon_days, churn_model, prediction, is_churned, daily_hazard
        from silver.silver_churn_predictions
        inner join hazards using (customer_key)
        where is_after_fit
        order by scored_date, horizon_days, churn_model, customer_key
        """
    ).fetchall()
    horizons = {(row[0], row[1]) for row in rows}
    longest = max((days for _, days in horizons), default=0)
    figures = []
    for day in sorted(day for day, days in horizons if days == longest):
        at = [row for row in rows if row[:2] == (day, longest)]
        ranked = [row for row in at if row[2] == "logistic"]
        named = {
            "logistic score": [(row[3], row[4]) for row in ranked],
            "the source's own model": [(row[3], row[4]) for row in at if row[2] == "source"],
            "longest silent first (baseline)": [(row[3], row[4]) for row in at if row[2] == "recency"],
            "true hazard (ceiling)": [(row[5], row[4]) for row in ranked],
        }
        for name, pairs in named.items():
            if not pairs:
                continue
            lost = np.array([pair[1] for pair in pairs], dtype=bool)
            note = f"{longest} days from {day}, {int(lost.sum()):,} of {len(lost):,} left"
            scores = np.array([float(pair[0]) for pair in pairs])
            area = auc(scores, lost) if 0 < lost.sum() < len(lost) else math.nan
            figures.append(Figure(AREA, f"AUC, {name}", area, "score", note))
    return figures


def _expected(connection: duckdb.DuckDBPyConnection) -> list[Figure]:
    """What was expected of the horizon after the last cut-off that is over, against what came."""
    found = connection.execute(
        "select cutoff_date, horizon_days, bias, relative_error, top_decile_share, best_top_decile_share "
        "from gold.fact_customer_value_backtests where value_model = 'expected' "
        "order by cutoff_date desc limit 1"
    ).fetchone()
    if not found:
        return []
    day, days, bias, error, share, best = found
    note = f"{days} days from {day}"
    return [
        Figure(AREA, "Expected value, bias", bias, "share", f"{note}; above 0 is too much"),
        Figure(AREA, "Expected value, distance per customer", error, "share", f"{note}; of the value"),
        Figure(
            AREA, "Future value in the top tenth", share, "share", f"{note}; the best possible is {best:.2%}"
        ),
    ]
