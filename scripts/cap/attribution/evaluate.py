"""What each model gives each channel, beside what the channel truly caused and what its holdout group says.

The truth is that of `cap generate`: `channel_effects.csv`, with the conversions that each channel caused.
The holdout estimate uses nothing but the warehouse: journeys that a channel touched, against those in which
it was withheld from its random control group.
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cap.errors import CapError
from cap.load.settings import database_path, require_project_folder

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
EFFECTS = "channel_effects.csv"
CERTAIN = 1.959964  # standard errors to either side of a 95 % interval


@dataclass(frozen=True)
class Channel:
    """One channel of touchpoints. Shares are of all such channels, 0 to 1; the holdout estimate is in
    conversions per touched journey, with its 95 % interval, None where the channel has no holdout group.
    """

    name: str
    is_null: bool
    caused: float
    caused_share: float
    mean_uplift: float
    holdout: tuple[float, float, float] | None
    credit_shares: dict[str, float]


def evaluate(truth: Path, conversion_type: str) -> list[Channel]:
    """Channels with touchpoints, what caused most first.

    Raises CapError where the truth or the built warehouse is missing.
    """
    require_project_folder()
    path, effects = database_path(), truth / EFFECTS
    if not effects.is_file():
        raise CapError(f"there is no {effects}: give the folder truth of a world of `cap generate`")
    if not path.is_file():
        raise CapError(f"there is no warehouse {path}. Build it first: cap build")
    with duckdb.connect(path, read_only=True) as connection:
        names = dict(
            connection.execute(
                "select channel_code, channel_name from reference.touchpoint_channels"
            ).fetchall()
        )
        credited = _credits(connection, conversion_type)
        holdouts = _holdouts(connection)
    with effects.open(newline="") as lines:
        told = [row for row in csv.DictReader(lines) if int(row["journeys_touched"])]
    totals = {model: sum(credited.get((names[row["channel"]], model), 0) for row in told) for model in MODELS}
    caused = sum(float(row["conversions_caused"]) for row in told)
    found = [
        Channel(
            names[row["channel"]],
            row["is_null_channel"] == "true",
            float(row["conversions_caused"]),
            float(row["conversions_caused"]) / caused if caused else 0.0,
            float(row["mean_uplift"]),
            holdouts.get(names[row["channel"]]),
            {
                model: credited.get((names[row["channel"]], model), 0) / totals[model]
                if totals[model]
                else 0.0
                for model in MODELS
            },
        )
        for row in told
    ]
    return sorted(found, key=lambda channel: (-channel.caused, channel.name))


def _credits(connection: duckdb.DuckDBPyConnection, conversion_type: str) -> dict[tuple[str, str], float]:
    """Conversions credited, by channel and model; of touchpoints only, since only they have an effect."""
    rows = connection.execute(
        "select channel_name, attribution_model, sum(attribution_weight) from gold.fact_attribution "
        "inner join gold.dim_channel using (channel_key) "
        "where conversion_type = ? and touchpoint_key is not null group by all",
        [conversion_type],
    ).fetchall()
    return {(channel, model): float(weight) for channel, model, weight in rows}


def _holdouts(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[float, float, float]]:
    """Conversions per journey that a channel touched, less those per journey in which it was withheld."""
    rows = connection.execute(
        """
        with journeys as (
            select journey_instance_id,
                max_by(journey_status, ingestion_timestamp) = 'completed' as converted
            from staging.stg_journey_events__customer_journeys
            where rejection_reason is null
            group by all
        ),
        touched as (
            select channel_name, journey_instance_id,
                bool_or(is_touch) as reached, bool_or(is_held_out) as held
            from intermediate.int_touchpoints__responded
            where journey_instance_id is not null
            group by all
        )
        select channel_name, reached, count(*), avg(converted::integer)
        from touched
        inner join journeys using (journey_instance_id)
        where reached <> held
        group by all
        """
    ).fetchall()
    arms = {(channel, reached): (count, rate) for channel, reached, count, rate in rows}
    found = {}
    for channel, reached in arms:
        if reached and (channel, False) in arms:
            (n, p), (m, q) = arms[channel, True], arms[channel, False]
            error = CERTAIN * math.sqrt(p * (1 - p) / n + q * (1 - q) / m)
            found[channel] = (p - q, p - q - error, p - q + error)
    return found
