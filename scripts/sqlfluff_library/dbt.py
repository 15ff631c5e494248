"""What sqlfluff's jinja templater puts where dbt has its cross-database macros: SQL of the same shape."""


def generate_series(upper_bound: int) -> str:
    """A query of one column, generated_number."""
    return f"select {upper_bound} as generated_number"


def dateadd(datepart: str, interval: object, from_date_or_timestamp: str) -> str:
    """A date expression."""
    return f"date_add({from_date_or_timestamp}, {interval})"


def datediff(first_date: str, second_date: str, datepart: str) -> str:
    """A number expression."""
    return f"date_diff('{datepart}', {first_date}, {second_date})"
