"""Where customers stand: customer_lifecycle_events, customer_segments."""

import numpy as np
import polars as pl

from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import dates, fmt, numbers, pick, stamps, to_ms
from cap.generate.holdings import NEVER, STEPS
from cap.generate.tables.common import Table, loaded, lognormal
from cap.generate.world import DAY, HOUR


def customer_lifecycle_events(chunk: Chunk) -> Table:
    """One row per step of a customer through the lifecycle, those before the run among them. See
    `holdings.stages`.
    """
    stages, people = chunk.block.stages, chunk.people
    complete = loaded(chunk, chunk.world.rng(chunk.block.number, "stages_loaded"), stages.time)
    row = chunk.mine(complete)
    rng, n = chunk.rng("customer_lifecycle_events"), len(row)
    person, step, time = stages.person[row], stages.step[row], stages.time[row]
    names = list(zip(*STEPS, strict=True))
    value = np.where(np.isin(step, (0, 1, 2)), lognormal(rng, 120, 0.8, n), 0)
    return {
        "event_id": chunk.ids("lc_", 15, n),
        "event_timestamp": stamps(time),
        "customer_id": people.crm_id(person),
        "event_type": pick(names[0], step),
        "event_category": pick(
            ["growth", "risk", "exit"], np.select([step >= 7, np.isin(step, (3, 5))], [2, 1], 0)
        ),
        "lifecycle_stage_from": pick(names[1], step),
        "lifecycle_stage_to": pick(names[2], step),
        "trigger_type": pick(["behavior", "transaction", "model"], rng.integers(0, 3, n)),
        "trigger_details": fmt('{{"reason":"{}","score":{}}}', pick(names[3], step), rng.integers(1, 100, n)),
        "event_value": numbers(value, np.isin(step, (0, 1, 2)), 2),
        "event_attributes": fmt(
            '{{"model":"lifecycle-3","days_since_joining":{}}}',
            np.maximum(time - people.since[person], 0) // DAY,
        ),
    }, complete[row]


def customer_segments(chunk: Chunk) -> Table:
    """Value tier from wealth (5, 17, 25 and 53 %), assigned at the beginning and re-scored in the last two
    years for 35 %; and a behavioural segment for 70 %. An assignment that was replaced before the run
    carries its end.
    """
    rng, people, world = chunk.world.rng(chunk.block.number, "customer_segments"), chunk.people, chunk.world
    n = people.n
    tier = 3 - np.searchsorted([0.08, 0.74, 1.64], people.wealth)
    drift = np.clip(tier + rng.choice([-1, 1], n), 0, 3)
    rescored = np.maximum(people.since + 30 * DAY, world.start_us - 730 * DAY) + to_ms(
        rng.random(n) * 730 * DAY + rng.random(n) * world.days * DAY
    )
    again = (rng.random(n) < 0.35) & (drift != tier) & (rescored < np.minimum(people.churn, world.end_us))
    everyone, changed = np.flatnonzero(people.since < world.end_us - HOUR), np.flatnonzero(again)
    behaves = everyone[rng.random(len(everyone)) < 0.7]
    learned = people.since[behaves] + to_ms(
        rng.random(len(behaves))
        * np.maximum(np.minimum(world.end_us, people.churn[behaves]) - people.since[behaves], HOUR)
    )
    person = np.concatenate([everyone, changed, behaves])
    time = np.concatenate([people.since[everyone], rescored[changed], learned])
    segment = np.concatenate([np.where(again, drift, tier)[everyone], tier[changed], 4 + behaves % 4])
    ends = np.where(again & (rescored < world.start_us), rescored, NEVER)
    ends = np.concatenate([ends[everyone], np.full(len(changed) + len(behaves), NEVER)])
    complete = loaded(chunk, rng, time)
    row = chunk.mine(complete)
    rng = chunk.rng("customer_segments")
    person, time, segment, ends, complete, n = (
        person[row],
        time[row],
        segment[row],
        ends[row],
        complete[row],
        len(row),
    )
    ended, value = ends < NEVER, segment < 4
    names = [s[1] for s in words.SEGMENTS] + [
        "Digital First",
        "Branch Loyal",
        "Rate Seeker",
        "Everyday Spender",
    ]
    ids = [s[0] for s in words.SEGMENTS] + [f"SEG-B{i}" for i in range(1, 5)]
    return {
        "segment_assignment_id": chunk.ids("seg_", 16, n),
        "assignment_timestamp": stamps(time),
        "customer_id": people.crm_id(person),
        "segment_id": pick(ids, segment),
        "segment_name": pick(names, segment),
        "segment_type": pick(["behavioral", "value"], value.astype(np.int64)),
        "segment_category": pick(["behavior", "value_tier"], value.astype(np.int64)),
        "segmentation_model": pick(["kmeans-behavior", "value-score"], value.astype(np.int64)),
        "model_version": pick(["1.9", "2.0"], (time > world.start_us - 365 * DAY).astype(np.int64)),
        "assignment_score": numbers(rng.uniform(40, 100, n), None, 2),
        "assignment_reason": pick(
            ["score_threshold", "rescored", "onboarding", "nearest_centroid"],
            np.where(value, ended * 2 + (rng.random(n) < 0.3), 3).astype(np.int64),
        ),
        "segment_start_date": dates(time),
        "segment_end_date": dates(np.maximum(ends, time), ended),
        "segment_active": pl.Series(~ended),
        "segment_attributes": fmt(
            '{{"percentile":{},"features_used":{}}}', rng.integers(1, 101, n), rng.integers(8, 40, n)
        ),
    }, complete
