"""What machines recommend and decide: next_best_actions, real_time_decisions."""

import numpy as np
import polars as pl

from cap.generate import devices as dv
from cap.generate.chunk import Chunk
from cap.generate.frames import draw, fmt, numbers, only, pick, ranges, stamps, to_ms
from cap.generate.tables.common import Table, const, lognormal
from cap.generate.world import CHUNK_DAYS, DAY, HOUR

NBA_RANDOM_SHARE, NBA_BASE, NBA_BEST_LIFT, NBA_MODEL_HITS = 0.2, 0.10, 0.15, 0.6
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
