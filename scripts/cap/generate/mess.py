"""The last step of every row: ingestion, contract types, and the defects that `--mess` plants.

Ingestion follows a row's completion by half a second plus an exponential three seconds; 0.4 % of rows (5.4
% at mess 1) are late by one to five days.

At mess 1 a tenth of the rows is broken (rates in `RATES`, proportional to mess), each in one way at most,
and 3 % are delivered twice: only clean rows, same values, ingested at the same moment or up to three days
later. In each table the columns of `Messy.text` are written as text when mess > 0, so that they can hold
what no number, date or boolean is; `Messy.json` columns get '{broken', `Messy.impossible` columns keep
their type and get a value that cannot be. Where `Messy.text_timestamp`, the event timestamp is written as
text too, and can be unreadable. From mess 0.5 on, the first unit of a world (its initial load) breaks at
least one row of each kind in each table that has ten rows there.

Also planted, and counted as nothing, because a reader should not mind: spaces around texts, and the words
N/A and NULL for null.
"""

import csv
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from cap.generate.chunk import Chunk
from cap.generate.frames import pick, stamps, to_ms
from cap.generate.world import DAY, US

CONTRACT = Path(__file__).parents[3] / "contract" / "columns.csv"
RATES = {
    "missing_key": 0.010,
    "missing_timestamp": 0.010,
    "unreadable_timestamp": 0.010,
    "timestamp_out_of_range": 0.015,
    "ends_before_it_starts": 0.015,
    "duplicate": 0.030,
    "nulled_field": 0.040,
}
DEFECT = "__defect"


@dataclass(frozen=True)
class Messy:
    """How one table can be broken. `interval`: the end that may come before the start, and the start."""

    timestamp: str
    text_timestamp: bool = False
    interval: tuple[str, str] | None = None
    text: tuple[str, ...] = ()
    json: tuple[str, ...] = ()
    impossible: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that can hold a field which a reader nulls."""
        return self.text + self.json + self.impossible


MESSY = {
    "customer_master": Messy(
        "record_timestamp", text=("annual_income", "date_of_birth"), json=("record_attributes",)
    ),
    "customer_identifiers": Messy(
        "identifier_timestamp",
        True,
        ("effective_to", "effective_from"),
        ("verification_date", "verified_flag"),
    ),
    "customer_relationships": Messy(
        "relationship_timestamp",
        False,
        ("relationship_end_date", "relationship_start_date"),
        ("beneficiary_flag",),
        ("relationship_attributes",),
    ),
    "customer_preferences": Messy(
        "preference_timestamp", False, ("expiry_date", "effective_date"), ("opt_in_sms", "consent_timestamp")
    ),
    "customer_interactions": Messy(
        "interaction_timestamp", True, None, ("satisfaction_score",), (), ("interaction_duration_seconds",)
    ),
    "customer_lifecycle_events": Messy(
        "event_timestamp", False, None, ("event_value",), ("trigger_details",)
    ),
    "customer_segments": Messy(
        "assignment_timestamp",
        False,
        ("segment_end_date", "segment_start_date"),
        ("assignment_score",),
        ("segment_attributes",),
    ),
    "customer_value_metrics": Messy(
        "metric_timestamp", False, None, ("total_revenue",), (), ("churn_probability", "upsell_propensity")
    ),
    "customer_products": Messy(
        "relationship_timestamp",
        True,
        ("relationship_end_date", "relationship_start_date"),
        ("balance", "dormant_flag"),
    ),
    "customer_complaints": Messy(
        "complaint_timestamp",
        True,
        ("resolution_timestamp", "complaint_timestamp"),
        ("compensation_amount", "regulatory_flag"),
        (),
        ("resolution_time_hours",),
    ),
    "customer_events": Messy(
        "event_timestamp",
        False,
        None,
        ("event_value",),
        ("event_properties",),
        ("time_since_previous_event_ms",),
    ),
    "journey_definitions": Messy(
        "created_timestamp", True, None, ("expected_duration_days", "active_flag"), ("entry_criteria",)
    ),
    "customer_journeys": Messy(
        "journey_start_timestamp",
        False,
        ("journey_end_timestamp", "journey_start_timestamp"),
        ("conversion_value",),
        (),
        ("progress_percentage", "time_in_journey_minutes"),
    ),
    "touchpoints": Messy(
        "touchpoint_timestamp",
        True,
        None,
        ("cost",),
        (),
        ("engagement_duration_seconds", "response_time_minutes"),
    ),
    "next_best_actions": Messy(
        "recommendation_timestamp",
        False,
        None,
        ("actual_value",),
        ("model_features",),
        ("predicted_conversion_probability",),
    ),
    "real_time_decisions": Messy(
        "decision_timestamp", True, None, ("decision_score",), (), ("decision_latency_ms",)
    ),
    "journey_analytics_events": Messy("event_timestamp", False, None, ("metric_value", "event_date")),
    "web_pageviews": Messy(
        "pageview_timestamp",
        False,
        None,
        ("page_load_time_ms",),
        (),
        ("time_on_page_seconds", "scroll_depth_pct"),
    ),
    "mobile_app_events": Messy(
        "event_timestamp", False, None, ("event_value", "crash_flag"), (), ("time_since_app_launch_ms",)
    ),
    "user_interactions": Messy(
        "interaction_timestamp",
        False,
        None,
        ("element_position_x",),
        (),
        ("scroll_depth_pct", "time_to_interaction_ms"),
    ),
    "conversion_events": Messy(
        "conversion_timestamp",
        False,
        None,
        ("conversion_value", "quantity"),
        (),
        ("time_to_conversion_minutes",),
    ),
    "ab_test_exposures": Messy(
        "exposure_timestamp",
        False,
        None,
        ("control_group_flag",),
        ("exposure_attributes",),
        ("exposure_count",),
    ),
    "ab_test_results": Messy("result_timestamp", True, None, ("metric_value", "conversion_flag")),
    "feature_usage": Messy(
        "usage_timestamp", False, None, ("error_flag",), (), ("usage_count", "usage_duration_seconds")
    ),
    "search_queries": Messy(
        "search_timestamp", True, None, ("zero_results_flag",), ("search_filters",), ("search_results_count",)
    ),
    "form_interactions": Messy(
        "interaction_timestamp",
        True,
        None,
        ("field_position",),
        (),
        ("time_on_field_seconds", "completion_percentage"),
    ),
    "performance_metrics": Messy(
        "metric_timestamp",
        False,
        None,
        ("cumulative_layout_shift", "page_size_bytes"),
        (),
        ("page_load_time_ms",),
    ),
}
# texts that people type: these get the harmless spaces and null words
_TYPED_BY_HAND = {
    "first_name",
    "middle_name",
    "last_name",
    "full_name",
    "address_line2",
    "city",
    "occupation",
    "employer_name",
    "identifier_value",
    "preference_value",
    "notes",
    "location",
    "segment_name",
    "description",
    "resolution",
    "root_cause",
    "page_title",
    "event_name",
    "search_query",
    "element_text",
    "error_message",
    "journey_name",
    "touchpoint_name",
    "message_subject",
    "feature_name",
    "goal_name",
    "experiment_name",
    "field_name",
    "product_discussed",
    "override_reason",
    "utm_term",
    "abandonment_reason",
    "lifecycle_stage_to",
    "dimension_3",
    "recommended_action",
    "execution_outcome",
    "metric_name",
    "connection_type",
    "metric_period",
    "household_role",
    "product_category",
    "carrier",
}


@cache
def schema() -> dict[str, dict[str, str]]:
    """Table -> column -> type as the contract has them, in its order; the bronze tables only."""
    tables: dict[str, dict[str, str]] = {}
    with CONTRACT.open(newline="") as lines:
        for line in csv.DictReader(lines):
            if line["layer"] == "bronze":
                tables.setdefault(line["table"], {})[line["column"]] = line["type"]
    return tables


def key(table: str) -> str:
    """The primary key: the first column, but for the journeys' instance id also in the contract's own
    words.
    """
    return next(iter(schema()[table]))


@cache
def codes(table: str) -> list[tuple[str, str]]:
    """(defect, column) of each defect code, 0 being a clean row."""
    messy = MESSY[table]
    kinds = [
        ("clean", ""),
        ("duplicate", ""),
        ("missing_key", key(table)),
        ("missing_timestamp", messy.timestamp),
    ]
    kinds.append(("timestamp_out_of_range", messy.timestamp))
    if messy.text_timestamp:
        kinds.append(("unreadable_timestamp", messy.timestamp))
    if messy.interval:
        kinds.append(("ends_before_it_starts", messy.interval[0]))
    return kinds + [("nulled_field", column) for column in messy.fields]


def polars_type(contract_type: str) -> pl.DataType:
    """What a contract type is in the files; decimals are floats rounded to their scale, JSON and arrays
    text.
    """
    simple = {
        "timestamp": pl.Datetime("us"),
        "date": pl.Date(),
        "integer": pl.Int32(),
        "bigint": pl.Int64(),
        "boolean": pl.Boolean(),
    }
    return simple.get(contract_type, pl.Float64() if contract_type.startswith("decimal") else pl.String())


@dataclass
class Rates:
    """How many rows of each defect a unit gets."""

    chunk: Chunk
    rng: np.random.Generator
    left: int = field(default=0)

    def count(self, rate: float, rows: int) -> int:
        """About rate x mess x rows, rounded at random; at least one in the first unit of a messy world."""
        mess = self.chunk.world.mess
        wanted = int(rate * mess * rows + self.rng.random())
        first = self.chunk.number == 0 and self.chunk.block.number == 0
        if first and mess >= 0.5 and rows >= 10:
            wanted = max(wanted, 1)
        given = min(wanted, self.left)
        self.left -= given
        return given


def finish(chunk: Chunk, table: str, columns: dict[str, pl.Series], complete: np.ndarray) -> pl.DataFrame:
    """The table's rows as they are delivered: contract columns in contract order, and DEFECT, the code per
    row.
    """
    rng, n, mess = chunk.rng(f"finish {table}"), len(complete), chunk.world.mess
    ingested = complete + 500_000 + to_ms(rng.exponential(3 * US, n))
    late = rng.random(n) < 0.004 + 0.05 * mess
    ingested = np.where(late, complete + to_ms((1 + 4 * rng.random(n)) * DAY), ingested)
    letters = [f'{{"schema":"{table}/1-0-{v}","collector":"c{c:02d}"}}' for v in (2, 3) for c in range(8)]
    columns = {
        **columns,
        "ingestion_timestamp": stamps(ingested),
        "raw_payload": pick(letters, rng.integers(0, 16, n)),
    }
    types = schema()[table]
    frame = pl.DataFrame({name: columns[name] for name in types}).cast(
        {name: polars_type(kind) for name, kind in types.items()}
    )
    frame = frame.with_columns(
        pl.col(name).round(_scale(kind)) for name, kind in types.items() if kind.startswith("decimal")
    )
    frame = frame.with_columns(pl.lit(0, dtype=pl.Int8).alias(DEFECT))
    return _break(chunk, table, frame, rng) if mess > 0 else frame


def _scale(contract_type: str) -> int:
    return int(contract_type.rstrip(")").split(",")[1])


def _when(mask: np.ndarray, value: pl.Expr | pl.Series, column: str) -> pl.Expr:
    return pl.when(pl.Series(mask)).then(value).otherwise(pl.col(column)).alias(column)


def _break(chunk: Chunk, table: str, frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    messy, kinds, n = MESSY[table], codes(table), len(frame)
    frame = _harmless(frame, rng, chunk.world.mess)
    order, rates = rng.permutation(n), Rates(chunk, rng, left=int(n * 0.7))
    code, taken = np.zeros(n, dtype=np.int8), 0
    for number, (defect, _) in enumerate(kinds[2:], start=2):
        share = RATES[defect] / (len(messy.fields) if defect == "nulled_field" else 1)
        k = rates.count(share, n)
        code[order[taken : taken + k]] = number
        taken += k
    again = np.sort(order[taken : taken + rates.count(RATES["duplicate"], n)])

    frame = frame.with_columns(pl.Series(DEFECT, code))
    number_of = {(defect, column): i for i, (defect, column) in enumerate(kinds)}
    frame = _typed_defects(table, frame, code, number_of, rng)
    frame = _as_text(table, frame)
    frame = _text_defects(table, frame, code, number_of, rng)
    if len(again):
        lag = to_ms(np.where(rng.random(len(again)) < 0.25, 0, rng.random(len(again)) * 3 * DAY))
        twice = frame[again].with_columns(
            (pl.col("ingestion_timestamp").cast(pl.Int64) + pl.Series(lag))
            .cast(pl.Datetime("us"))
            .alias("ingestion_timestamp"),
            pl.lit(1, dtype=pl.Int8).alias(DEFECT),
        )
        frame = pl.concat([frame, twice])
    return frame


def _harmless(frame: pl.DataFrame, rng: np.random.Generator, mess: float) -> pl.DataFrame:
    n, changed = len(frame), []
    for column in frame.columns:
        if column in _TYPED_BY_HAND and frame.schema[column] == pl.String:
            spaced, word = rng.random(n) < 0.03 * mess, rng.random(n) < 0.08 * mess
            nothing = frame[column].is_null().to_numpy()
            text = _when(spaced & ~nothing, pl.format(" {}  ", pl.col(column)), column)
            changed.append(
                pl.when(pl.Series(word & nothing))
                .then(pick(["N/A", "NULL"], rng.integers(0, 2, n)))
                .otherwise(text)
                .alias(column)
            )
    return frame.with_columns(changed)


def _typed_defects(
    table: str, frame: pl.DataFrame, code: np.ndarray, number_of: dict, rng: np.random.Generator
) -> pl.DataFrame:
    """What keeps the column's type: nulls, times out of range, ends before starts, impossible numbers."""
    messy, n, name = MESSY[table], len(code), key(table)
    ingested = frame["ingestion_timestamp"].cast(pl.Int64).to_numpy()
    wild = np.stack(
        [
            np.full(n, -2_208_988_800 * US - DAY),
            np.full(n, 253_402_214_400 * US),
            ingested + to_ms((60 + 340 * rng.random(n)) * DAY),
        ]
    )
    wild = wild[rng.integers(0, 3, n), np.arange(n)]
    blank = pick(["", "x"], np.zeros(n, dtype=np.int64), rng.random(n) < 0.5)
    changes = [
        _when(code == number_of["missing_key", name], blank, name),
        pl.when(pl.Series(code == number_of["missing_timestamp", messy.timestamp]))
        .then(None)
        .when(pl.Series(code == number_of["timestamp_out_of_range", messy.timestamp]))
        .then(stamps(wild))
        .otherwise(pl.col(messy.timestamp))
        .alias(messy.timestamp),
    ]
    if messy.interval:
        end, start = messy.interval
        wrong = code == number_of["ends_before_it_starts", end]
        changes.append(_when(wrong, pl.col(start) - pl.duration(days=30), end))
    for column in messy.impossible:
        value = (
            150
            if column.endswith(("pct", "percentage"))
            else 1.7
            if column.endswith(("probability", "propensity"))
            else -5
        )
        changes.append(
            _when(code == number_of["nulled_field", column], pl.lit(value).cast(frame.schema[column]), column)
        )
    return frame.with_columns(changes)


def _as_text(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    messy = MESSY[table]
    names = messy.text + ((messy.timestamp,) if messy.text_timestamp else ())
    return frame.with_columns(
        pl.col(c).dt.to_string("%Y-%m-%d %H:%M:%S%.6f")
        if frame.schema[c] == pl.Datetime("us")
        else pl.col(c).cast(pl.String)
        for c in names
    )


def _text_defects(
    table: str, frame: pl.DataFrame, code: np.ndarray, number_of: dict, rng: np.random.Generator
) -> pl.DataFrame:
    """What only text can hold: half a number, a date that never was, a boolean that will not say."""
    messy, types, changes = MESSY[table], schema()[table], []
    if messy.text_timestamp:
        text = pick(["31/02/2024", "2024-13-45 25:61:00", "yesterday"], rng.integers(0, 3, len(code)))
        changes.append(
            _when(code == number_of["unreadable_timestamp", messy.timestamp], text, messy.timestamp)
        )
    for column in messy.text + messy.json:
        kind = types[column]
        word = (
            "{broken"
            if kind == "json"
            else "maybe"
            if kind == "boolean"
            else "31/02/2024"
            if kind in ("date", "timestamp")
            else "12,5"
        )
        changes.append(_when(code == number_of["nulled_field", column], pl.lit(word), column))
    return frame.with_columns(changes)


def tally(table: str, frame: pl.DataFrame) -> dict[tuple[str, str, str], int]:
    """(table, defect, column) -> rows, of the rows in a frame."""
    found = np.bincount(frame[DEFECT].to_numpy(), minlength=len(codes(table)))
    return {(table, *codes(table)[i]): int(count) for i, count in enumerate(found) if i and count}
