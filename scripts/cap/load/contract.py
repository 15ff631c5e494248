"""The 27 bronze tables as the contract states them (`contract/columns.csv`), and what each must have."""

import csv
from dataclasses import dataclass
from pathlib import Path

from cap.errors import CapError

# The column that dates a row. The contract does not mark it, and no rule of naming finds it in every table.
EVENT_TIMESTAMPS = {
    "customer_master": "record_timestamp",
    "customer_identifiers": "identifier_timestamp",
    "customer_relationships": "relationship_timestamp",
    "customer_preferences": "preference_timestamp",
    "customer_interactions": "interaction_timestamp",
    "customer_lifecycle_events": "event_timestamp",
    "customer_segments": "assignment_timestamp",
    "customer_value_metrics": "metric_timestamp",
    "customer_products": "relationship_timestamp",
    "customer_complaints": "complaint_timestamp",
    "customer_events": "event_timestamp",
    "journey_definitions": "created_timestamp",
    "customer_journeys": "journey_start_timestamp",
    "touchpoints": "touchpoint_timestamp",
    "next_best_actions": "recommendation_timestamp",
    "real_time_decisions": "decision_timestamp",
    "journey_analytics_events": "event_timestamp",
    "web_pageviews": "pageview_timestamp",
    "mobile_app_events": "event_timestamp",
    "user_interactions": "interaction_timestamp",
    "conversion_events": "conversion_timestamp",
    "ab_test_exposures": "exposure_timestamp",
    "ab_test_results": "result_timestamp",
    "feature_usage": "usage_timestamp",
    "search_queries": "search_timestamp",
    "form_interactions": "interaction_timestamp",
    "performance_metrics": "metric_timestamp",
}

# Without these two tables' source id no record can be told from another.
ALSO_REQUIRED = {
    "customer_master": ("source_customer_id",),
    "customer_identifiers": ("source_customer_id",),
}

INGESTION_TIMESTAMP = "ingestion_timestamp"


@dataclass(frozen=True)
class Table:
    """One bronze table: its columns in contract order, name to type, and the columns it cannot do without.

    `required` maps a column to why it is required, in words for an error message.
    """

    name: str
    columns: dict[str, str]
    event_timestamp: str
    required: dict[str, str]


def read_contract(path: Path) -> dict[str, Table]:
    """The bronze tables by name, in contract order.

    Raises CapError when `path` cannot be read: the command runs in the wrong folder.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = [row for row in csv.DictReader(lines) if row["layer"] == "bronze"]
    except OSError as error:
        raise CapError(f"cannot read {path}: {error.strerror}. Run cap in the project's folder.") from error

    columns: dict[str, dict[str, str]] = {}
    keys: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: int(row["position"])):
        columns.setdefault(row["table"], {})[row["column"]] = row["type"]
        if row["key"] == "primary":
            keys[row["table"]] = row["column"]
    names = dict.fromkeys(row["table"] for row in rows)
    return {name: _table(name, columns[name], keys[name]) for name in names}


def _table(name: str, columns: dict[str, str], key: str) -> Table:
    event_timestamp = EVENT_TIMESTAMPS[name]
    required = {key: "the table's key", event_timestamp: "the time a row is dated by"}
    required |= dict.fromkeys(ALSO_REQUIRED.get(name, ()), "the record's id in its source system")
    return Table(name, columns, event_timestamp, required)
