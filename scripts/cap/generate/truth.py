"""What really happened, in the folder `truth` beside bronze. No model may read it; tests compare with it.

Per block, as `<name>/b00000.parquet`:

* `records`: source_system, source_customer_id -> person_id, household_id, person_kind (person | test).
* `persons`: one row per person: household, role, names as they are, birth date, when they came, what they
  are like.
* `devices`: device_id -> person_id, one row per pair; null for strangers and robots. successor_device_id:
  the cookie that followed a deleted one.
* `bots`: device_id and kind (crawler, headless, disguised, monitor, qa) of the machines that are nobody.
* `visits`: every visit with its device, person, collector's session id, start, end, pages: the right
  sessions.
* `churn`: crm customer id, daily hazard, churn date (null: still here at the end), first day under risk.
* `attribution`: one row per journey and channel that touched it or was withheld: probability of converting,
  probability_without (the channel), whether it was withheld, and whether the journey converted.
* `holdouts`: crm customer ids that a channel never reaches.
* `stages`: every step through the lifecycle: crm customer id, person, when, from and to which stage,
  type of event, reason.

For the whole world: `channel_effects.csv` (effect in log-odds, mean uplift in conversions per touched
journey), `experiments.csv` (one row per arm: allocation, true lift and rate, broken),
`next_best_actions.csv` (success rates per arm), `defects.csv` (what was planted, to the row) and
`manifest.json` (arguments, vocabulary, rows per table).
"""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from cap.generate import devices as dv
from cap.generate import vocabulary as words
from cap.generate.block import Block
from cap.generate.chunk import Chunk
from cap.generate.frames import dates, fmt, numbers, only, pick, stamps, text_or
from cap.generate.holdings import STEPS
from cap.generate.journeys import COMPLETED, EFFECTS
from cap.generate.people import ROLES, SYSTEMS, source_ids
from cap.generate.records import first_versions
from cap.generate.tables import decisions
from cap.generate.world import DAY, World

FOLDERS = (
    "records",
    "persons",
    "devices",
    "bots",
    "visits",
    "churn",
    "attribution",
    "holdouts",
    "stages",
)
FILES = ("channel_effects.csv", "experiments.csv", "next_best_actions.csv", "defects.csv", "manifest.json")


@dataclass
class Totals:
    """Sums over the blocks, for the files about the whole world."""

    touched: np.ndarray = field(default_factory=lambda: np.zeros(len(words.CHANNELS)))
    withheld: np.ndarray = field(default_factory=lambda: np.zeros(len(words.CHANNELS)))
    uplift: np.ndarray = field(default_factory=lambda: np.zeros(len(words.CHANNELS)))
    units: np.ndarray = field(default_factory=lambda: np.zeros((len(words.EXPERIMENTS), 3)))
    reached: np.ndarray = field(default_factory=lambda: np.zeros((len(words.EXPERIMENTS), 3)))
    lost: np.ndarray = field(default_factory=lambda: np.zeros(len(words.EXPERIMENTS)))

    def add(self, block: Block) -> None:
        """Count one block."""
        journeys, trials = block.journeys, block.trials
        self.touched += journeys.delivered.sum(axis=0)
        self.withheld += (journeys.held & ~journeys.delivered).sum(axis=0)
        gain = journeys.probability[:, None] - journeys.without
        self.uplift += np.round(np.where(journeys.delivered, gain, 0).sum(axis=0), 9)
        np.add.at(self.units, (trials.o_experiment, trials.o_arm), 1)
        np.add.at(self.reached, (trials.o_experiment, trials.o_arm), trials.o_reached)
        self.lost += trials.lost


def block_frames(block: Block) -> dict[str, pl.DataFrame]:
    """The truth of one block, by name."""
    people, devices, visits, world = block.people, block.devices, block.visits, block.world
    chunk = Chunk(block, 0)  # for its ids
    everyone = np.arange(people.n)

    records = block.records
    row = first_versions(records)
    tester = records.person[row] < 0
    who = np.maximum(records.person[row], 0)
    record_frame = pl.DataFrame(
        {
            "source_system": pick(SYSTEMS, records.system[row]),
            "source_customer_id": source_ids(records.system[row], records.number[row]),
            "person_id": text_or(
                fmt("T{}", pl.Series(np.full(len(row), block.number)).cast(pl.String).str.zfill(8)),
                tester,
                people.person_id(who),
            ),
            "household_id": only(people.household_id(who), ~tester),
            "person_kind": pick(["person", "test"], tester.astype(np.int64)),
        }
    )
    persons = pl.DataFrame(
        {
            "person_id": people.person_id(),
            "household_id": people.household_id(),
            "household_role": pick(ROLES, people.role),
            "first_name": pick(words.FIRST, people.first),
            "last_name": pick(words.LAST, people.last),
            "maiden_name": pick(words.LAST, people.maiden),
            "suffix": pick(["", "Jr", "Sr"], people.junior),
            "date_of_birth": dates(people.birth),
            "email_address": people.email(everyone),
            "customer_since": stamps(people.since),
            "online_since": stamps(people.online_since, people.online & (people.online_since < world.end_us)),
            "moved_at": stamps(people.moved, people.moved > world.start_us - 5 * 365 * DAY),
            "visit_rate": numbers(people.rate, None, 6),
            "propensity": numbers(people.propensity, None, 6),
            "best_action": pick(decisions.NBA_ACTIONS, decisions.best_action(people.number)),
        }
    )
    owned, shared = np.arange(len(devices.owner)), np.flatnonzero(devices.other >= 0)
    device = np.concatenate([owned, shared])
    owner = np.concatenate([devices.owner, devices.other[shared]])
    device_frame = pl.DataFrame(
        {
            "device_id": devices.device_id(device),
            "person_id": people.person_id(np.maximum(owner, 0)).zip_with(
                pl.Series(owner >= 0), pl.Series([None] * len(owner), dtype=pl.String)
            ),
            "platform": pick(["web", "app"], devices.is_app[device].astype(np.int64)),
            "kind": pick(dv.KINDS, devices.kind[device]),
            "successor_device_id": only(
                devices.device_id(devices.successor[device]), devices.successor[device] != device
            ),
        }
    )
    robots = np.flatnonzero(devices.kind > dv.HUMAN)
    bots = pl.DataFrame(
        {"device_id": devices.device_id(robots), "kind": pick(dv.KINDS, devices.kind[robots])}
    )
    every = np.arange(len(visits.start))
    visit_frame = pl.DataFrame(
        {
            "device_id": chunk.device_id(every),
            "session_id": chunk.session_id(every),
            "person_id": only(people.person_id(np.maximum(visits.person, 0)), visits.person >= 0),
            "platform": pick(["web", "app"], visits.is_app.astype(np.int64)),
            "kind": pick(dv.KINDS, visits.kind),
            "channel": pick(words.CHANNEL, visits.channel()),
            "started_at": stamps(visits.start),
            "last_page_at": stamps(
                visits.page_time[visits.first_page + visits.pages - 1] if len(every) else visits.start
            ),
            "ended_at": stamps(visits.end),
            "pages": numbers(visits.pages),
            "logged_in": pl.Series(visits.login_at >= 0),
        }
    )
    churn = pl.DataFrame(
        {
            "customer_id": people.crm_id(everyone),
            "person_id": people.person_id(),
            "daily_hazard": numbers(people.hazard, None, 9),
            "at_risk_from": dates(np.maximum(people.since + 5 * DAY, world.start_us)),
            "churn_date": dates(people.churn, people.churn < world.end_us),
        }
    )
    journeys = block.journeys
    journey, channel = np.nonzero(journeys.delivered | journeys.held)
    attribution = pl.DataFrame(
        {
            "journey_instance_id": chunk.journey_id(journey),
            "customer_id": people.crm_id(journeys.person[journey]),
            "channel": pick(words.CHANNEL, channel),
            "delivered": pl.Series(journeys.delivered[journey, channel]),
            "held_out": pl.Series(journeys.held[journey, channel]),
            "probability": numbers(journeys.probability[journey], None, 9),
            "probability_without": numbers(journeys.without[journey, channel], None, 9),
            "converted": pl.Series(journeys.status[journey] == COMPLETED),
            "conversion_value": numbers(journeys.value[journey], journeys.status[journey] == COMPLETED),
        }
    )
    person, channel = np.nonzero(people.held_out)
    holdouts = pl.DataFrame({"customer_id": people.crm_id(person), "channel": pick(words.CHANNEL, channel)})
    steps = block.stages
    event_type, stage_from, stage_to, reason = zip(*STEPS, strict=True)
    stages = pl.DataFrame(
        {
            "customer_id": people.crm_id(steps.person),
            "person_id": people.person_id(steps.person),
            "entered_at": stamps(steps.time),
            "stage_from": pick(stage_from, steps.step),
            "stage_to": pick(stage_to, steps.step),
            "event_type": pick(event_type, steps.step),
            "reason": pick(reason, steps.step),
        }
    )
    return dict(
        zip(
            FOLDERS,
            (record_frame, persons, device_frame, bots, visit_frame, churn, attribution, holdouts, stages),
            strict=True,
        )
    )


def _csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_totals(world: World, folder: Path, totals: Totals) -> None:
    """The three small files about the whole world."""
    rows = []
    for i, channel in enumerate(words.CHANNELS):
        mean = totals.uplift[i] / totals.touched[i] if totals.touched[i] else 0.0
        rows.append(
            [
                channel.name,
                EFFECTS[i],
                f"{np.exp(EFFECTS[i]):.6f}",
                int(totals.touched[i]),
                f"{mean:.6f}",
                f"{totals.uplift[i]:.3f}",
                int(totals.withheld[i]),
                str(channel.held_out).lower(),
                str(channel.effect == 0 and channel.touches > 0).lower(),
                channel.cost,
            ]
        )
    header = (
        "channel",
        "log_odds_effect",
        "odds_ratio",
        "journeys_touched",
        "mean_uplift",
        "conversions_caused",
        "journeys_withheld",
        "has_holdout",
        "is_null_channel",
        "cost_per_touch",
    )
    _csv(folder / "channel_effects.csv", header, rows)
    rows = []
    for i, e in enumerate(words.EXPERIMENTS):
        opens, closes = (world.start_us + int(part * world.days * DAY) for part in e.window)
        for arm, name in enumerate(e.arms):
            rows.append(
                [
                    e.id,
                    f"{e.id}-{'ABC'[arm]}",
                    name,
                    e.unit,
                    e.platform,
                    e.goal,
                    str(arm == 0).lower(),
                    e.allocation[arm],
                    e.baseline,
                    e.lift[arm],
                    round(e.baseline * (1 + e.lift[arm]), 6),
                    str(e.loses_losers > 0).lower(),
                    int(totals.lost[i]) if arm else 0,
                    int(totals.units[i, arm]),
                    int(totals.reached[i, arm]),
                    *(stamps(np.array([t]))[0].isoformat() for t in (opens, closes)),
                ]
            )
    header = (
        "experiment_id",
        "variant_id",
        "variant_name",
        "unit",
        "platform",
        "goal",
        "is_control",
        "configured_allocation",
        "baseline",
        "true_lift",
        "true_rate",
        "broken_split",
        "units_lost",
        "units",
        "units_reached",
        "starts_at",
        "ends_at",
    )
    _csv(folder / "experiments.csv", header, rows)
    hit_random = 1 / (len(decisions.NBA_ACTIONS) - 1)
    hit_model = decisions.NBA_MODEL_HITS + (1 - decisions.NBA_MODEL_HITS) * hit_random
    rates = [
        [arm, share, round(hit, 6), round(decisions.NBA_BASE + decisions.NBA_BEST_LIFT * hit, 6)]
        for arm, share, hit in (
            ("random", decisions.NBA_RANDOM_SHARE, hit_random),
            ("model", 1 - decisions.NBA_RANDOM_SHARE, hit_model),
        )
    ]
    _csv(
        folder / "next_best_actions.csv",
        ("arm", "share", "best_action_rate", "success_rate_when_taken"),
        rates,
    )


def write_defects(folder: Path, counts: dict[tuple[str, str, str], int]) -> None:
    """defects.csv: table_name, defect, column_name, row_count; what was not planted has no line."""
    rows = [[*key, count] for key, count in sorted(counts.items())]
    _csv(folder / "defects.csv", ("table_name", "defect", "column_name", "row_count"), rows)


def write_manifest(folder: Path, manifest: dict) -> None:
    """manifest.json, written whole or not at all."""
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    unfinished = folder / "manifest.json.tmp"
    unfinished.write_text(text)
    unfinished.replace(folder / "manifest.json")
