"""The seven tables of journeys and events. One function per table; each returns one chunk's columns and
the times at which its rows are complete. customer_id is the CRM's customer id, null for strangers.
"""

import json

import numpy as np
import polars as pl

from cap.generate import devices as dv
from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk, touch_lists
from cap.generate.frames import dates, draw, fmt, numbers, only, pick, ranges, stamps, text_or, to_ms
from cap.generate.journeys import ABANDONED, ACTIVE, COMPLETED, STATUS
from cap.generate.rhythm import moments, weight_between
from cap.generate.tables_customer import account_ids
from cap.generate.tables_digital import Columns, Table, const, lognormal
from cap.generate.world import CHUNK_DAYS, DAY, HOUR, MINUTE

NBA_RANDOM_SHARE, NBA_BASE, NBA_BEST_LIFT, NBA_MODEL_HITS = 0.2, 0.10, 0.15, 0.6


def _none(n: int) -> pl.Series:
    return pl.Series([None] * n, dtype=pl.String)


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
        else _none(n),
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
        "touchpoint_sequence": pick(items, row) if len(items) else _none(n),
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


_TOUCH_NAMES = pl.Series([f"{c.name.replace('_', ' ').capitalize()} touch" for c in words.CHANNELS])
_CONTENT = [
    None,
    None,
    "search_ad",
    "html_mail",
    None,
    "social_ad",
    None,
    "banner",
    "partner_link",
    "banner",
    "text",
    "push",
    "letter",
    "script",
]
_TOUCH_TYPES = [
    None,
    None,
    "ad",
    "message",
    None,
    "ad",
    None,
    "ad",
    "ad",
    "ad",
    "message",
    "message",
    "mail",
    "call",
]


def touchpoints(chunk: Chunk) -> Table:
    """One row per touch, delivered when nothing more is known to follow (open, click, conversion). See
    `journeys`.

    delivery_status 'holdout': the person is in the channel's random control group and got nothing, at no
    cost. converted_flag is on the last delivered touch of a converting journey.
    """
    block, people = chunk.block, chunk.people
    touches, journeys = block.touches, block.journeys
    won = (
        touches.is_last & ~touches.bounced & (journeys.status[touches.journey] == COMPLETED)
        if len(touches.time)
        else touches.is_last
    )
    arrives = ~(touches.held | touches.bounced)
    delivered_at = touches.time + 1000 * (800 + touches.time // 1000 % 2400)
    complete = np.maximum(np.maximum(delivered_at, touches.open_time), touches.click_time)
    if len(touches.time):
        complete = np.where(won, np.maximum(complete, journeys.end[touches.journey]), complete)
    row = chunk.mine(complete)
    rng, n = chunk.rng("touchpoints"), len(row)
    journey, channel, time = touches.journey[row], touches.channel[row], touches.time[row]
    person = journeys.person[journey]
    arrives, won, opened, clicked = arrives[row], won[row], touches.opened[row], touches.clicked[row]
    message = np.isin(channel, [words.CHANNEL_NUMBER[c] for c in ("email", "sms", "push")])
    cost = np.array([c.cost for c in words.CHANNELS])[channel]
    seconds = np.clip(lognormal(rng, 35, 0.9, n), 1, 3600).astype(np.int64)
    response = (np.where(clicked, touches.click_time[row], touches.open_time[row]) - time) // MINUTE
    has_device = chunk.devices.count_of[person] > 0
    device = np.where(has_device, chunk.devices.first_of[person], 0)
    reached = has_device & (clicked | opened)
    content, offer = row % 40, words.CAMPAIGN_CATEGORY[touches.campaign[row]] + 1
    offers = (rng.random(n) < 0.45) & arrives
    personal = rng.random(n) < 0.55
    cities = words.places()
    place = people.place[person]
    return {
        "touchpoint_id": chunk.block.touch_ids.gather(row),
        "touchpoint_timestamp": stamps(time),
        "customer_id": people.crm_id(person),
        "journey_instance_id": chunk.journey_id(journey),
        "touchpoint_type": pick(_TOUCH_TYPES, channel),
        "touchpoint_category": pick(
            ["acquisition", "engagement", "conversion"],
            (touches.time[row] - journeys.start[journey])
            * 3
            // np.maximum((journeys.horizon - journeys.start)[journey] + 1, 1)
            if n
            else row,
        ),
        "channel": pick(words.CHANNEL, channel),
        "touchpoint_name": pick(_TOUCH_NAMES, channel),
        "content_id": fmt("CT-{}", pl.Series(content + 1).cast(pl.String).str.zfill(3)),
        "content_type": pick(_CONTENT, channel),
        "content_variant": pick(["A", "B"], content % 2),
        "personalized_flag": pl.Series(personal),
        "personalization_strategy": pick(["segment", "behavior", "location"], content % 3, personal),
        "offer_id": only(fmt("OF-{}", offer), offers),
        "offer_type": pick(["bonus", "rate", "fee_waiver"], offer % 3, offers),
        "offer_value": numbers(25.0 * offer, offers),
        "message_id": only(chunk.ids("msg_", 107, n), message),
        "message_subject": pick(
            [
                "Your rate is waiting",
                "A card that pays back",
                "Two minutes to save more",
                "Welcome to Meridian",
                "We kept your place",
            ],
            content % 5,
            channel == words.CHANNEL_NUMBER["email"],
        ),
        "campaign_id": pick(words.CAMPAIGN_ID, touches.campaign[row]),
        "campaign_name": pick(words.CAMPAIGN_NAME, touches.campaign[row]),
        "delivery_status": pick(
            ["delivered", "bounced", "holdout"],
            np.select([touches.held[row], touches.bounced[row]], [2, 1], 0),
        ),
        "delivery_timestamp": stamps(delivered_at[row], arrives),
        "opened_flag": pl.Series(opened),
        "open_timestamp": stamps(touches.open_time[row], opened),
        "clicked_flag": pl.Series(clicked),
        "click_timestamp": stamps(touches.click_time[row], clicked),
        "converted_flag": pl.Series(won),
        "conversion_timestamp": stamps(journeys.end[journey], won),
        "conversion_value": numbers(journeys.value[journey], won),
        "engagement_duration_seconds": numbers(seconds, clicked | opened),
        "engagement_score": numbers(
            np.clip(10.0 + 30 * opened + 45 * clicked + 5 * rng.normal(size=n), 0, 100), arrives, 2
        ),
        "response_time_minutes": numbers(response, clicked | opened),
        "cost": numbers(np.where(touches.held[row], 0, cost), None, 2),
        "device_id": only(chunk.devices.device_id(device), reached),
        "device_type": pick(
            words.DEVICE_TYPE,
            np.where(chunk.devices.is_app[device], 0, chunk.devices.profile[device]),
            reached,
        ),
        "location": fmt(
            '{{"country":"US","region":"{}","city":"{}"}}',
            pick(cities.state, place),
            pick(cities.city, place),
        ),
        "touchpoint_attributes": fmt(
            '{{"vendor":"{}","frequency_cap":4,"experiment_holdout":{}}}',
            pick(["inhouse", "adnet", "mailer"], channel % 3),
            pl.Series(touches.held[row]),
        ),
    }, complete[row]


NBA_ACTIONS = [
    "offer_card",
    "offer_savings",
    "offer_investing",
    "offer_insurance",
    "invite_app",
    "educate",
    "call_back",
    "do_nothing",
]


def next_best_actions(chunk: Chunk) -> Table:
    """One row per recommendation, about one in 25 days per customer. A random fifth (arm in the
    attributes) picks the action at random, the model picks the customer's best action in 60 % of cases,
    else at random. Half are carried out; an action succeeds with 10 %, the best one with 25 %: so the
    model arm's success is known (see the truth).
    """
    rng, people, world = chunk.rng("next_best_actions"), chunk.people, chunk.world
    low = world.start_us + chunk.number * CHUNK_DAYS * DAY
    begins = np.maximum(people.since, low)
    ends = np.minimum(np.minimum(people.churn, low + CHUNK_DAYS * DAY), world.end_us)
    person, _ = ranges(rng.poisson(np.maximum(ends - begins, 0) / DAY / 25))
    time = to_ms(begins[person] + rng.random(len(person)) * (ends - begins)[person])
    n = len(person)
    best = best_action(chunk.people.number[person])
    arm = rng.random(n) < NBA_RANDOM_SHARE
    at_random = rng.integers(0, len(NBA_ACTIONS) - 1, n)
    action = np.where(~arm & (rng.random(n) < NBA_MODEL_HITS), best, at_random)
    taken = rng.random(n) < 0.5
    taken_at = time + to_ms(rng.exponential(6 * HOUR, n).clip(0, 2 * DAY))
    taken &= taken_at < np.minimum(people.churn[person], world.end_us)
    success = taken & (rng.random(n) < NBA_BASE + NBA_BEST_LIFT * (action == best))
    worth = np.array([190, 60, 310, 160, 20, 10, 80, 0.0])[action]
    value = np.where(success, np.round(worth * np.exp(0.4 * rng.normal(size=n)), 2), 0)
    predicted = np.clip(NBA_BASE + NBA_BEST_LIFT * (action == best) + 0.04 * rng.normal(size=n), 0.01, 0.9)
    other = (action + 1 + rng.integers(0, 3, n)) % len(NBA_ACTIONS)
    journeys = chunk.block.journeys
    at = (
        np.searchsorted(
            journeys.person * (2 * world.end_us) + journeys.start,
            person * (2 * world.end_us) + time,
            side="right",
        )
        - 1
    )
    inside = (
        (at >= 0) & (journeys.person[at] == person) & (journeys.horizon[at] > time)
        if len(journeys.person)
        else np.zeros(n, dtype=bool)
    )
    return {
        "recommendation_id": chunk.ids("nba_", 20, n),
        "recommendation_timestamp": stamps(time),
        "customer_id": people.crm_id(person),
        "journey_instance_id": chunk.journey_id(np.where(inside, at, -1)),
        "context": fmt(
            '{{"page":"{}","products":{}}}',
            pick(["overview", "offers", "home"], person % 3),
            np.bincount(chunk.block.accounts.person, minlength=people.n)[person],
        ),
        "recommended_action_type": pick(
            ["cross_sell", "engagement", "service"], np.array([0, 0, 0, 0, 1, 1, 2, 2])[action]
        ),
        "recommended_action": pick(NBA_ACTIONS, action),
        "recommendation_rank": numbers(np.where(rng.random(n) < 0.85, 1, 2)),
        "recommendation_score": numbers(predicted * 100, None, 2),
        "recommendation_model": const("nba-gbm", n),
        "model_version": pick(
            ["3.1", "3.2"], (time > world.start_us + world.days * DAY // 2).astype(np.int64)
        ),
        "model_features": fmt(
            '{{"tenure":{},"income_band":{}}}',
            (time - people.since[person]) // DAY,
            np.clip(people.income[person] // 25000, 0, 9).astype(np.int64),
        ),
        "predicted_conversion_probability": numbers(predicted, None, 4),
        "predicted_value": numbers(worth * predicted, None, 2),
        "predicted_response_time": numbers(rng.integers(1, 49, n)),
        "recommended_channel": pick(["app", "email", "call_center", "branch"], draw(rng, (45, 35, 12, 8), n)),
        "recommended_timing": stamps(time + 2 * HOUR),
        "recommended_content": fmt("CT-{}", pl.Series(1 + action * 5).cast(pl.String).str.zfill(3)),
        "recommended_offer_id": only(fmt("OF-{}", 1 + action), action < 4),
        "alternative_actions": fmt(
            '[{{"action":"{}","score":{}}}]', pick(NBA_ACTIONS, other), numbers(predicted * 80, None, 1)
        ),
        "action_taken_flag": pl.Series(taken),
        "action_taken_timestamp": stamps(taken_at, taken),
        "actual_outcome": pick(["declined", "accepted"], success.astype(np.int64), taken),
        "actual_value": numbers(value, taken),
        "recommendation_effectiveness": numbers(np.where(success, 100.0, 0.0), taken),
        "recommendation_attributes": fmt(
            '{{"arm":"{}","propensity":{},"latency_ms":{}}}',
            pick(["model", "random"], arm.astype(np.int64)),
            np.where(arm, 0.1429, 0.6571),
            rng.integers(8, 90, n),
        ),
    }, np.where(taken, taken_at, time)


def best_action(number: np.ndarray) -> np.ndarray:
    """The action that works for a customer, by number."""
    return (number * 2654435761 >> 5) % (len(NBA_ACTIONS) - 1)


_RULES = ["consent_required", "frequency_cap", "credit_policy", "age_check"]


def real_time_decisions(chunk: Chunk) -> Table:
    """One row per decision: in 45 % of visits that log in, in 8 % of the others, when the visit's page is
    known. Latency lognormal, median 38 ms; 4 % are overridden by a person.
    """
    rng, v = chunk.rng("real_time_decisions"), chunk.visits
    visit = chunk.visit
    login = v.login_time()[visit]
    chosen = (rng.random(len(visit)) < np.where(login >= 0, 0.45, 0.08)) & (v.kind[visit] == dv.HUMAN)
    visit, login = visit[chosen], login[chosen]
    n = len(visit)
    time = np.where(login >= 0, login, v.start[visit]) + 150_000
    kind, u = draw(rng, (45, 25, 20, 10), n), rng.random(n)
    override = u < 0.04
    runs = rng.random(n) < 0.93
    score = np.round(rng.beta(4, 2, n) * 100, 2)
    rules = rng.integers(0, len(_RULES), n)
    latency = np.clip(lognormal(rng, 38, 0.6, n), 2, 5000).astype(np.int64)
    made = ["show_offer", "show_content", "approve", "step_up_authentication"]
    machine = np.where(kind == 3, 0, 1)
    return {
        "decision_id": chunk.ids("rtd_", 21, n),
        "decision_timestamp": stamps(time),
        "customer_id": chunk.crm_id(visit, login >= 0),
        "session_id": chunk.session_id(visit),
        "decision_context": fmt(
            '{{"page_no":{},"platform":"{}"}}', np.maximum(v.login_at[visit], 0), chunk.platform(visit)
        ),
        "decision_type": pick(["offer", "content", "credit", "risk"], kind),
        "decision_point": pick(["overview_banner", "home_hero", "application", "login"], kind),
        "trigger_event": pick(["login", "page_view"], (login < 0).astype(np.int64)),
        "decision_request": fmt('{{"candidates":{}}}', rng.integers(2, 12, n)),
        "decision_response": fmt('{{"choice":"{}","score":{}}}', pick(made, kind), score),
        "decision_made": pick(made, kind),
        "decision_score": numbers(score),
        "decision_confidence": numbers(np.clip(score + 5 * rng.normal(size=n), 0, 100), None, 2),
        "decision_model": pick(["rules-2", "bandit-5"], machine),
        "model_version": pick(["2.4", "5.0"], machine),
        "alternative_decisions": fmt('[{{"choice":"default","score":{}}}]', numbers(score * 0.6, None, 2)),
        "decision_factors": fmt(
            '["{}","{}"]',
            pick(["segment", "recency", "device"], rules % 3),
            pick(["balance", "tenure", "intent"], visit % 3),
        ),
        "business_rules_applied": fmt('["{}"]', pick(_RULES, rules)),
        "override_flag": pl.Series(override),
        "override_reason": pick(["agent_choice", "policy", "complaint_open"], rules % 3, override),
        "decision_latency_ms": numbers(latency),
        "execution_flag": pl.Series(runs),
        "execution_timestamp": stamps(time + latency * 1000 + 5000, runs),
        "execution_outcome": pick(["ignored", "clicked", "converted"], draw(rng, (78, 18, 4), n), runs),
        "decision_effectiveness": numbers(np.clip(score * rng.uniform(0.3, 1.1, n), 0, 100), runs, 2),
        "decision_attributes": fmt(
            '{{"region":"us-east","automated":{},"cache_hit":{}}}', pl.Series(~override), pl.Series(u > 0.5)
        ),
    }, time + 20_000 + latency * 1000


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


def customer_events(chunk: Chunk) -> Table:
    """The stream across channels: web pages (all landings, logins and confirmations, a quarter of the
    rest), app openings and taps (a quarter), mails opened and clicked, calls, branch visits, and money
    moved (0.12 a day per customer times the person's rate; amounts lognormal, median 42 USD).
    """
    parts = [_web(chunk), _app(chunk), _messages(chunk), _service(chunk), _transactions(chunk)]
    n = sum(len(p["time"]) for p in parts)
    time = np.concatenate([p["time"] for p in parts])
    visit = np.concatenate([p["visit"] for p in parts])
    text = {key: pl.concat([p[key] for p in parts]) for key in parts[0] if key not in ("time", "visit")}
    # order: by visit and time, so that a visit's events know the one before
    order = np.lexsort((time, np.where(visit >= 0, visit, np.iinfo(np.int64).max - 1)))
    time, visit = time[order], visit[order]
    text = {key: values.gather(order) for key, values in text.items()}
    ids = chunk.ids("ev_", 23, n)
    follows = (np.append(False, visit[1:] == visit[:-1])[:n]) & (visit >= 0)
    begin = np.flatnonzero(~follows)
    sequence = np.arange(n) - np.repeat(begin, np.diff(np.append(begin, n))) + 1
    gap = np.append(0, np.diff(time))[:n] // 1000
    delay = chunk.rng("customer_events").integers(20, 900, n) * 1000
    return {
        "event_id": ids,
        "event_timestamp": stamps(time),
        "event_date": dates(time),
        **text,
        "touchpoint_sequence": numbers(sequence),
        "previous_event_id": only(ids.shift(1), follows),
        "time_since_previous_event_ms": numbers(gap, follows & (gap < 3_600_000)),
        "server_timestamp": stamps(time + delay),
        "client_timestamp": stamps(time),
    }, time + delay


_EVENT_TEXT = (
    "event_type",
    "event_category",
    "event_name",
    "customer_id",
    "session_id",
    "device_id",
    "channel",
    "platform",
    "user_agent",
    "ip_address",
    "geolocation",
    "page_url",
    "referrer_url",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "event_properties",
    "event_value",
    "product_id",
    "product_category",
    "account_id",
    "transaction_id",
    "journey_id",
    "journey_stage",
)


def _part(time: np.ndarray, visit: np.ndarray, given: Columns) -> dict:
    """One part of the stream: given columns, null in the others."""
    n = len(time)
    empty = {
        name: pl.Series([None] * n, dtype=pl.Float64 if name == "event_value" else pl.String)
        for name in _EVENT_TEXT
    }
    columns = {
        name: (given[name].cast(empty[name].dtype) if name in given else empty[name]) for name in _EVENT_TEXT
    }
    return {"time": time, "visit": visit, **columns}


def _place(place: np.ndarray, mask: np.ndarray | None = None) -> pl.Series:
    cities = words.places()
    return only(
        fmt(
            '{{"country":"US","region":"{}","city":"{}"}}',
            pick(cities.state, place),
            pick(cities.city, place),
        ),
        mask,
    )


def _web(chunk: Chunk) -> dict:
    rng, v = chunk.rng("events_web"), chunk.visits
    row, page = chunk.web_rows, chunk.pages
    visit, number = v.page_visit[row], v.page_no[row]
    sends = (v.journey[visit] >= 0) & (number == v.pages[visit] - 1)
    signs = v.signup[visit] & (number == v.pages[visit] - 1)
    enters = (number == v.login_at[visit]) & ~signs & ~sends
    chosen = (v.kind[visit] == dv.HUMAN) & (
        (number == 0) | sends | signs | enters | (rng.random(len(row)) < 0.25)
    )
    row, page, visit, number, sends, signs, enters = (
        a[chosen] for a in (row, page, visit, number, sends, signs, enters)
    )
    kind = np.select([sends, signs, enters], [3, 2, 1], 0)
    source, profile, campaign = v.source[visit], chunk.devices.profile[v.device[visit]], v.campaign[visit]
    landing = number == 0
    tagged = landing & (campaign >= 0) & pick(words.UTM_SOURCE, source).is_not_null().to_numpy()
    journey = np.where(sends, v.journey[visit], -1)
    return _part(
        v.page_time[row],
        visit,
        {
            "event_type": pick(["page_view", "login", "signup", "conversion"], kind),
            "event_category": pick(["engagement", "account", "account", "conversion"], kind),
            "event_name": pick(words.PAGE_TITLE, page),
            "customer_id": chunk.crm_id(visit, chunk.known(row)),
            "session_id": chunk.session_id(visit),
            "device_id": chunk.device_id(visit),
            "channel": const("web", len(row)),
            "platform": const("web", len(row)),
            "user_agent": pick(words.USER_AGENT, profile),
            "ip_address": chunk.device_ip(visit),
            "geolocation": _place(chunk.devices.place[v.device[visit]]),
            "page_url": pick(words.PAGE_URL, page),
            "referrer_url": pick(words.REFERRER, source, landing),
            "utm_source": pick(words.UTM_SOURCE, source, tagged),
            "utm_medium": pick(words.UTM_MEDIUM, source, tagged),
            "utm_campaign": pick(words.CAMPAIGN_NAME, campaign, tagged),
            "utm_term": pick(
                words.KEYWORDS,
                visit % 14,
                tagged & (words.SOURCE_CHANNEL[source] == words.CHANNEL_NUMBER["paid_search"]),
            ),
            "utm_content": pick(words.UTM_CONTENT, visit % 6, tagged),
            "event_properties": fmt(
                '{{"page_no":{},"page_type":"{}"}}', number + 1, pick(words.PAGE_TYPE, page)
            ),
            **_conversion(chunk, journey),
        },
    )


def _conversion(chunk: Chunk, journey: np.ndarray) -> Columns:
    """Value, product and journey of events that are a journey's conversion; null for -1."""
    journeys, n = chunk.block.journeys, len(journey)
    if not len(journeys.person):
        return {}
    product = np.where(journey >= 0, journeys.product[journey], -1)
    return {
        "event_value": pick(pl.Series(journeys.value), journey),
        "product_id": pick(words.PRODUCT_ID, product),
        "product_category": pick(words.PRODUCT_CATEGORY, product),
        "journey_id": chunk.journey_id(journey),
        "journey_stage": only(const("purchase", n), journey >= 0),
    }


def _app(chunk: Chunk) -> dict:
    rng, v, row = chunk.rng("events_app"), chunk.visits, chunk.app_rows
    visit, number = v.page_visit[row], v.page_no[row]
    sends = (v.journey[visit] >= 0) & (number == v.pages[visit] - 1)
    chosen = (number == 0) | sends | (rng.random(len(row)) < 0.25)
    row, visit, number, sends = row[chosen], visit[chosen], number[chosen], sends[chosen]
    kind = np.select([sends, number == 0], [2, 0], 1)
    journey = np.where(sends, v.journey[visit], -1)
    screen = np.where(number == 0, 0, row % len(words.SCREENS))
    return _part(
        v.page_time[row],
        visit,
        {
            "event_type": pick(["app_open", "screen_view", "conversion"], kind),
            "event_category": pick(["engagement", "engagement", "conversion"], kind),
            "event_name": pick(words.SCREEN, screen),
            "customer_id": chunk.crm_id(visit, chunk.known(row)),
            "session_id": chunk.session_id(visit),
            "device_id": chunk.device_id(visit),
            "channel": const("app", len(row)),
            "platform": chunk.platform(visit),
            "ip_address": chunk.device_ip(visit),
            "geolocation": _place(chunk.devices.place[v.device[visit]]),
            "event_properties": fmt('{{"screen":"{}"}}', pick(words.SCREEN, screen)),
            **_conversion(chunk, journey),
        },
    )


def _messages(chunk: Chunk) -> dict:
    touches, journeys, world = chunk.block.touches, chunk.block.journeys, chunk.world
    channels = [words.CHANNEL_NUMBER[c] for c in ("email", "sms", "push")]
    ours = np.isin(touches.channel, channels)
    opened, clicked = (
        np.flatnonzero(ours & touches.opened & (touches.open_time < world.end_us)),
        np.flatnonzero(ours & touches.clicked & (touches.click_time < world.end_us)),
    )
    row = np.concatenate([opened, clicked])
    time = np.concatenate([touches.open_time[opened], touches.click_time[clicked]])
    kind = np.concatenate([np.zeros(len(opened), dtype=np.int64), np.ones(len(clicked), dtype=np.int64)])
    mine = chunk.mine(time)
    row, time, kind, n = row[mine], time[mine], kind[mine], len(mine)
    person = journeys.person[touches.journey[row]]
    stage = (
        (time - journeys.start[touches.journey[row]])
        * 4
        // np.maximum((journeys.horizon - journeys.start)[touches.journey[row]], 1)
        if n
        else row
    )
    return _part(
        time,
        np.full(n, -1),
        {
            "event_type": pick(["message_open", "message_click"], kind),
            "event_category": const("engagement", n),
            "event_name": pick(words.CAMPAIGN_NAME, touches.campaign[row]),
            "customer_id": chunk.people.crm_id(person),
            "channel": pick(words.CHANNEL, touches.channel[row]),
            "platform": const("messaging", n),
            "geolocation": _place(chunk.people.place[person]),
            "utm_campaign": pick(words.CAMPAIGN_NAME, touches.campaign[row]),
            "event_properties": fmt('{{"touchpoint_id":"{}"}}', chunk.block.touch_ids.gather(row)),
            "journey_id": chunk.journey_id(touches.journey[row]),
            "journey_stage": pick(words.STAGES, np.clip(stage, 0, 3)),
        },
    )


def _service(chunk: Chunk) -> dict:
    columns, _ = chunk.customer_interactions
    wanted = columns["channel"].is_in(["call_center", "branch"]).to_numpy()
    row = np.flatnonzero(wanted)
    n = len(row)
    time = columns["interaction_timestamp"].gather(row).cast(pl.Int64).to_numpy()
    return _part(
        time,
        np.full(n, -1),
        {
            "event_type": columns["interaction_type"].gather(row),
            "event_category": const("service", n),
            "event_name": columns["interaction_category"].gather(row),
            "customer_id": columns["customer_id"].gather(row),
            "channel": columns["channel"].gather(row),
            "platform": const("contact_center", n),
            "event_properties": fmt('{{"interaction_id":"{}"}}', columns["interaction_id"].gather(row)),
        },
    )


def _transactions(chunk: Chunk) -> dict:
    rng, people, world, accounts = chunk.rng("events_money"), chunk.people, chunk.world, chunk.block.accounts
    low = world.start_us + chunk.number * CHUNK_DAYS * DAY
    begins, ends = (
        np.maximum(accounts.opened, low),
        np.minimum(np.minimum(accounts.closed, low + CHUNK_DAYS * DAY), world.end_us),
    )
    moving = np.isin(words.PRODUCT_CATEGORY_INDEX[accounts.product], (0, 1))
    row, _ = ranges(
        rng.poisson(
            0.12 * np.sqrt(people.rate[accounts.person]) * weight_between(world, begins, ends) * moving
        )
    )
    person = accounts.person[row]
    time = moments(world, rng, begins[row], ends[row], people.utc_hours[person])
    n, kind = len(row), draw(rng, (55, 15, 12, 18), len(row))
    return _part(
        time,
        np.full(n, -1),
        {
            "event_type": const("transaction", n),
            "event_category": const("money", n),
            "event_name": pick(["card_purchase", "cash_withdrawal", "direct_deposit", "bill_payment"], kind),
            "customer_id": people.crm_id(person),
            "channel": pick(["pos", "atm", "transfer", "web"], kind),
            "platform": const("core_banking", n),
            "geolocation": _place(people.place[person], kind < 2),
            "event_value": numbers(
                np.clip(lognormal(rng, np.array([42, 100, 1900, 120])[kind], 0.8, n), 1, 90_000), None, 2
            ),
            "product_id": pick(words.PRODUCT_ID, accounts.product[row]),
            "product_category": pick(words.PRODUCT_CATEGORY, accounts.product[row]),
            "account_id": account_ids(chunk, row) if len(accounts.person) else _none(n),
            "transaction_id": chunk.ids("tx_", 108, n),
            "event_properties": fmt('{{"currency":"USD","mcc":{}}}', rng.integers(4000, 6000, n)),
        },
    )
