"""Journeys: journey_definitions, customer_journeys, journey_analytics_events."""

import json

import numpy as np
import polars as pl

from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk, touch_lists
from cap.generate.frames import dates, fmt, numbers, only, pick, ranges, stamps, text_or, to_ms
from cap.generate.journeys import ABANDONED, ACTIVE, COMPLETED, STATUS
from cap.generate.tables.common import Table, const, nulls
from cap.generate.world import DAY, HOUR, MINUTE


def journey_definitions(chunk: Chunk) -> Table:
    """Two versions of each of the twelve journeys: the first retired a year before the run, the second
    live.
    """
    world = chunk.world
    if chunk.number or chunk.block.number:
        row = np.zeros(0, dtype=np.int64)
    else:
        row = np.repeat(np.arange(len(words.JOURNEYS)), 2)
    n, live = len(row), np.arange(len(row)) % 2 == 1
    created = np.where(live, world.start_us - 300 * DAY, world.start_us - 900 * DAY) + row * DAY + 9 * HOUR
    stages = json.dumps(
        [{"name": s, "order": i + 1} for i, s in enumerate(words.STAGES)], separators=(",", ":")
    )
    category = [j[3] for j in words.JOURNEYS]
    ids = pick(words.JOURNEY_ID, row)
    return {
        "journey_definition_id": text_or(ids, live, fmt("{}-V1", ids)),
        "journey_name": pick(words.JOURNEY_NAME, row),
        "journey_type": pick(words.JOURNEY_TYPE, row),
        "journey_category": pick(category, row),
        "journey_objective": fmt("{} within {} days", pick(words.JOURNEY_NAME, row), words.JOURNEY_DAYS[row]),
        "target_segment": pick([j[4] for j in words.JOURNEYS], row),
        "journey_stages": const(stages, n),
        "entry_criteria": fmt('{{"segment":"{}","consent":true}}', pick([j[4] for j in words.JOURNEYS], row)),
        "exit_criteria": fmt('{{"max_days":{}}}', words.JOURNEY_DAYS[row]),
        "success_criteria": fmt('{{"event":"application_sent","category":"{}"}}', pick(category, row)),
        "expected_duration_days": numbers(words.JOURNEY_DAYS[row]),
        "orchestration_rules": const('{"quiet_hours":[21,8],"max_per_week":4}', n),
        "touchpoint_strategy": fmt(
            '{{"max_touches":14,"first":"{}"}}', pick(["email", "paid_search", "display"], row % 3)
        ),
        "channel_preferences": const('["email","push","paid_social"]', n),
        "personalization_rules": fmt(
            '{{"by":["segment","{}"]}}', pick(["product", "city", "tenure"], row % 3)
        ),
        "a_b_test_config": const(
            '{"unit":"customer","allocation":{"A":0.5,"B":0.5},"channel_holdout":0.1}', n
        ),
        "active_flag": pl.Series(live),
        "created_by": pick(["growth.team", "crm.team", "cx.team"], row % 3),
        "created_timestamp": stamps(created),
        "last_modified_timestamp": stamps(created + 40 * DAY),
        "version": numbers(np.where(live, 2, 1)),
        "journey_attributes": fmt(
            '{{"owner":"{}","budget_usd":{}}}', pick(["growth", "crm", "cx"], row % 3), 5000 + 2500 * row
        ),
    }, np.full(n, world.start_us + 5 * MINUTE)


def _stage_counts(chunk: Chunk, row: np.ndarray) -> np.ndarray:
    """Stages completed by journeys: all five when completed, else by how far the time has run, at most
    four.
    """
    journeys = chunk.block.journeys
    until = np.where(journeys.status[row] == ACTIVE, chunk.world.end_us, journeys.end[row])
    part = (until - journeys.start[row]) / np.maximum(journeys.horizon[row] - journeys.start[row], 1)
    spread = 0.4 + 0.6 * (row * 37 % 100) / 100
    return np.where(journeys.status[row] == COMPLETED, 5, np.clip((part * 5 * spread).astype(np.int64), 1, 4))


def customer_journeys(chunk: Chunk) -> Table:
    """One row per journey, delivered when it ends; those still active on the run's last evening. See
    `journeys`.
    """
    journeys, people, touches = chunk.block.journeys, chunk.people, chunk.block.touches
    row = chunk.mine(journeys.complete)
    rng, n = chunk.rng("customer_journeys"), len(row)
    person, definition, status = journeys.person[row], journeys.definition[row], journeys.status[row]
    start, end = journeys.start[row], journeys.end[row]
    done, won, left = status != ACTIVE, status == COMPLETED, status == ABANDONED
    until = np.where(done, end, journeys.complete[row])
    stages = _stage_counts(chunk, row)
    # the first delivered touch brings one in
    arrived = np.flatnonzero(~(touches.held | touches.bounced))
    first = np.full(max(len(journeys.person), 1), -1)
    first[touches.journey[arrived][::-1]] = arrived[::-1]
    entry = first[row] if n else row
    entry_channel = (
        np.where(entry >= 0, touches.channel[entry], words.CHANNEL_NUMBER["direct"])
        if len(touches.time)
        else np.full(n, 1)
    )
    entry_campaign = (
        np.where(entry >= 0, touches.campaign[entry], -1) if len(touches.time) else np.full(n, -1)
    )
    counts = chunk.touch_count[row]
    clicks = np.bincount(touches.journey[touches.clicked], minlength=len(journeys.person))[row]
    items = touch_lists(
        chunk.block,
        fmt(
            '{{"touchpoint_id":"{}","channel":"{}"}}',
            chunk.block.touch_ids,
            pick(words.CHANNEL, touches.channel),
        ),
    )
    mix = fmt(
        '{{"email":{},"paid":{},"other":{}}}',
        *(
            _channel_counts(chunk, names)[row]
            for names in (
                ("email",),
                ("paid_search", "paid_social", "display", "retargeting", "affiliate"),
                ("sms", "push", "direct_mail", "call"),
            )
        ),
    )
    since = np.maximum(until - to_ms((rng.random(n) * 0.4 + 0.05) * (until - start)), start)
    return {
        "journey_instance_id": chunk.journey_id(row),
        "journey_definition_id": pick(words.JOURNEY_ID, definition),
        "customer_id": people.crm_id(person),
        "journey_start_timestamp": stamps(start),
        "journey_end_timestamp": stamps(end, done),
        "journey_status": pick(STATUS, status),
        "current_stage": pick(words.STAGES, stages - 1),
        "current_stage_since": stamps(since),
        "entry_channel": pick(words.CHANNEL, entry_channel),
        "entry_campaign": pick(words.CAMPAIGN_ID, entry_campaign),
        "entry_touchpoint": only(chunk.block.touch_ids.gather(np.maximum(entry, 0)), entry >= 0)
        if len(touches.time)
        else nulls(n),
        "total_touchpoints": numbers(counts),
        "stages_completed": numbers(stages),
        "stages_total": numbers(np.full(n, 5)),
        "progress_percentage": numbers(stages * 20.0),
        "time_in_journey_minutes": numbers((until - start) // MINUTE),
        "conversion_flag": pl.Series(won),
        "conversion_timestamp": stamps(end, won),
        "conversion_value": numbers(journeys.value[row], won),
        "conversion_product": pick(words.PRODUCT_ID, journeys.product[row], won),
        "abandonment_flag": pl.Series(left),
        "abandonment_stage": pick(words.STAGES, stages - 1, left),
        "abandonment_reason": pick(
            ["no_response", "declined_offer", "chose_competitor", "left_the_bank"],
            np.where(people.churn[person] <= end, 3, row % 3),
            left,
        ),
        "touchpoint_sequence": pick(items, row) if len(items) else nulls(n),
        "channel_mix": mix,
        "engagement_score": numbers(
            np.clip(20 + 18 * clicks + 4 * counts + 8 * rng.normal(size=n), 0, 100), None, 2
        ),
        "satisfaction_score": numbers(
            np.clip(np.round(3.6 + 0.8 * won + 0.8 * rng.normal(size=n)), 1, 5).astype(np.int64),
            done & (rng.random(n) < 0.4),
        ),
        "journey_attributes": fmt(
            '{{"variant":"{}","offline":{},"cost_usd":{}}}',
            _variant(chunk, person),
            pl.Series(won & ~journeys.online[row]),
            numbers(_costs(chunk)[row], None, 2),
        ),
    }, journeys.complete[row]


def _variant(chunk: Chunk, person: np.ndarray) -> pl.Series:
    return pick(["A", "B"], (chunk.people.number[person] * 2654435761 >> 7) % 2)


def _channel_counts(chunk: Chunk, names: tuple[str, ...]) -> np.ndarray:
    touches = chunk.block.touches
    mine = (
        np.isin(touches.channel, [words.CHANNEL_NUMBER[c] for c in names]) & ~touches.held & ~touches.bounced
    )
    return np.bincount(touches.journey[mine], minlength=len(chunk.block.journeys.person))


def _costs(chunk: Chunk) -> np.ndarray:
    touches = chunk.block.touches
    paid = ~touches.held
    each = np.array([c.cost for c in words.CHANNELS])[touches.channel[paid]]
    return np.bincount(touches.journey[paid], each, minlength=len(chunk.block.journeys.person))


def journey_analytics_events(chunk: Chunk) -> Table:
    """One row per stage that a journey entered, spread evenly over its time, and one for how it ended."""
    block, people = chunk.block, chunk.people
    journeys = block.journeys
    every = np.arange(len(journeys.person))
    stages = _stage_counts(chunk, every)
    until = np.where(journeys.status == ACTIVE, np.minimum(journeys.horizon, journeys.complete), journeys.end)
    owner, number = ranges(stages + (journeys.status != ACTIVE))
    final = number == stages[owner]
    time = journeys.start[owner] + to_ms(
        (until - journeys.start)[owner] * np.where(final, 1.0, number / (stages[owner] + 1))
    )
    mine = chunk.mine(time)
    journey, number, final, time, n = owner[mine], number[mine], final[mine], time[mine], len(mine)
    person, stage = journeys.person[journey], np.minimum(number, len(words.STAGES) - 1)
    score = (time - journeys.start[journey]) / HOUR
    tier = 3 - np.searchsorted([0.08, 0.74, 1.64], people.wealth[person])
    return {
        "analytics_event_id": chunk.ids("ja_", 22, n),
        "event_timestamp": stamps(time),
        "event_date": dates(time),
        "journey_definition_id": pick(words.JOURNEY_ID, journeys.definition[journey]),
        "journey_instance_id": chunk.journey_id(journey),
        "customer_id": people.crm_id(person),
        "metric_type": pick(["stage", "outcome"], final.astype(np.int64)),
        "metric_name": text_or(
            fmt("journey_{}", pick(STATUS, journeys.status[journey])), final, const("stage_entered", n)
        ),
        "metric_value": numbers(np.where(final, score, stage + 1.0), None, 6),
        "metric_unit": pick(["stage_number", "hours"], final.astype(np.int64)),
        "dimension_1": pick(words.STAGES, stage),
        "dimension_2": pick(words.JOURNEY_TYPE, journeys.definition[journey]),
        "dimension_3": pick(words.places().state, people.place[person]),
        "segment": pick([s[2] for s in words.SEGMENTS], tier),
        "cohort": stamps(journeys.start[journey]).dt.strftime("%Y-%m"),
        "a_b_test_variant": _variant(chunk, person),
        "event_attributes": fmt(
            '{{"from_stage":"{}","regression":{}}}',
            pick(words.STAGES, np.maximum(stage - 1, 0)),
            pl.Series(np.zeros(n, dtype=bool)),
        ),
    }, time
