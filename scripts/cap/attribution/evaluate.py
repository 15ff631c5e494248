"""What each model gives each channel, beside what the channel truly caused and what its holdout group says.

The truth is that of `cap generate`: `channel_effects.csv`, with the conversions that each channel caused.
The holdout estimate uses nothing but the warehouse: journeys that a channel touched, against those in which
it was withheld from its random control group.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from cap.attribution.holdouts import holdouts
from cap.attribution.warehouse import MODELS, Warehouse, opened
from cap.errors import CapError

EFFECTS = "channel_effects.csv"


@dataclass(frozen=True)
class Channel:
    """One channel of touchpoints. Shares are of all such channels, 0 to 1; the holdout estimate is in
    conversions per touched journey, with its 95 % interval, None where the channel has no holdout group; the
    interval is None where that is too small.
    """

    name: str
    is_null: bool
    caused: float
    caused_share: float
    mean_uplift: float
    holdout: tuple[float, float | None, float | None] | None
    credit_shares: dict[str, float]


def evaluate(truth: Path, conversion_type: str) -> list[Channel]:
    """Channels with touchpoints, what caused most first.

    Raises CapError where the truth or the built warehouse is missing.
    """
    effects = truth / EFFECTS
    if not effects.is_file():
        raise CapError(f"there is no {effects}: give the folder truth of a world of `cap generate`")
    with opened() as warehouse:
        names = dict(warehouse.rows("select channel_code, channel_name from reference.touchpoint_channels"))
        credited = _credits(warehouse, conversion_type)
        held_out = {
            one.channel: (one.uplift, one.lower, one.upper)
            for one in holdouts(warehouse)
            if one.uplift is not None
        }
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
            held_out.get(names[row["channel"]]),
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


def _credits(warehouse: Warehouse, conversion_type: str) -> dict[tuple[str, str], float]:
    """Conversions credited, by channel and model; of touchpoints only, since only they have an effect."""
    rows = warehouse.rows(
        "select channel_name, attribution_model, sum(attribution_weight) from gold.fact_attribution "
        "inner join gold.dim_channel using (channel_key) "
        "where conversion_type = ? and touchpoint_key is not null group by all",
        [conversion_type],
    )
    return {(channel, model): float(weight) for channel, model, weight in rows}
