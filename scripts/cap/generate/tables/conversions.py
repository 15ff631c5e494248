"""What counts as success in a visit: conversion_events."""

import numpy as np
import polars as pl

from cap.generate import devices as dv
from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import fmt, numbers, pick, stamps, text_or
from cap.generate.tables.common import Table, const
from cap.generate.world import US


def conversion_events(chunk: Chunk) -> Table:
    """What counts as success: applications sent (macro, with a value), accounts opened (macro), experiment
    goals, and small ones (calculator 45 % of its views, newsletter 40 %, contact form 60 %), all within
    their visit.
    """
    rng, v, journeys, trials = (
        chunk.rng("conversion_events"),
        chunk.visits,
        chunk.block.journeys,
        chunk.block.trials,
    )
    visit = chunk.visit
    last = v.first_page[visit] + v.pages[visit] - 1
    done = v.page_time[last] + np.minimum(250_000, v.page_dwell[last] // 2000 * 1000)
    sent, signed = visit[v.journey[visit] >= 0], visit[v.signup[visit]]
    goal = np.flatnonzero(trials.o_reached & np.isin(trials.o_visit, visit))
    page, row = chunk.pages, chunk.web_rows
    chance = np.zeros(len(words.PAGES))
    for path, p in (("mortgage", 0.45), ("savings", 0.45), ("loan", 0.45)):
        chance[words.PAGE_NUMBER[f"/calculators/{path}"]] = p
    chance[words.PAGE_NUMBER["/newsletter"]], chance[words.PAGE_NUMBER["/contact"]] = 0.4, 0.6
    # contact and newsletter conversions are the forms that were completed: the same draw, see Chunk.form_draw
    calculated = chunk.form_draw < chance[page]
    small = np.flatnonzero(calculated & (v.kind[v.page_visit[row]] == dv.HUMAN))
    small_row = row[small]
    parts = [
        (sent, done[v.journey[visit] >= 0], 0, v.journey[sent], sent * 0 - 1, sent * 0 - 1),
        (signed, done[v.signup[visit]], 1, signed * 0 - 1, signed * 0 - 1, signed * 0 - 1),
        (trials.o_visit[goal], trials.o_time[goal], 2, goal * 0 - 1, goal, goal * 0 - 1),
        (
            v.page_visit[small_row],
            v.page_time[small_row] + v.page_dwell[small_row] * 9 // 10000 * 1000,
            3,
            small * 0 - 1,
            small * 0 - 1,
            page[small],
        ),
    ]
    visit, time, journey, outcome, at = (np.concatenate([p[i] for p in parts]) for i in (0, 1, 3, 4, 5))
    kind = np.concatenate([np.full(len(p[0]), p[2]) for p in parts])
    n = len(visit)
    app = v.is_app[visit]
    product = _gather(journeys.product, journey)
    experiment = _gather(trials.o_experiment, outcome)
    applies = words.PAGE_APPLY + 4 * v.category[visit] + 3
    page = np.select([kind == 0, kind == 1, kind == 3], [applies, words.PAGE_WELCOME, at], words.PAGE_ACCOUNT)
    value = _gather(journeys.value, journey, 0.0)
    value = np.where(kind == 2, _gather(trials.o_value, outcome, 0.0), value)
    touches = chunk.touch_count
    count = np.where(kind == 0, np.maximum(_gather(touches, journey, 1), 1), 1)
    begins = np.where(kind == 0, _gather(journeys.start, journey, 0), v.start[visit])
    goals = pl.Series([e.goal for e in words.EXPERIMENTS])
    small_name = pick(words.PAGE_TITLE, at)
    names = pl.select(
        pl.when(pl.Series(kind == 0))
        .then(pl.lit("Application sent"))
        .when(pl.Series(kind == 1))
        .then(pl.lit("Online account opened"))
        .when(pl.Series(kind == 2))
        .then(pick(goals, experiment))
        .otherwise(small_name)
    ).to_series()
    lead = np.isin(at, [words.PAGE_NUMBER["/newsletter"], words.PAGE_NUMBER["/contact"]])
    types = np.select([kind == 0, kind == 1, kind == 2, lead], [0, 1, 2, 3], 4)
    path = text_or(
        _gather_text(chunk.touch_path, journey),
        (kind == 0) & (_gather(touches, journey, 0) > 0),
        fmt('["{}"]', pick(words.CHANNEL, v.channel(visit))),
    )
    goal_id = pl.select(
        pl.when(pl.Series(kind <= 1))
        .then(pick(["G-APPLICATION", "G-SIGNUP"], np.minimum(kind, 1)))
        .when(pl.Series(kind == 2))
        .then(fmt("G-{}", pick([e.id for e in words.EXPERIMENTS], experiment)))
        .otherwise(fmt("G-PAGE-{}", at))
    ).to_series()
    return {
        "conversion_id": chunk.ids("cv_", 4, n),
        "conversion_timestamp": stamps(time),
        "session_id": chunk.session_id(visit),
        **chunk.who(visit, chunk.known_at(visit, time)),
        "conversion_type": pick(["purchase", "signup", "goal", "lead", "engagement"], types),
        "conversion_name": names,
        "conversion_category": pick(["macro", "micro"], (kind > 1).astype(np.int64)),
        "goal_id": goal_id,
        "goal_name": names,
        "conversion_value": numbers(value, (kind == 0) | (kind == 2)),
        "conversion_currency": const("USD", n),
        "product_id": pick(words.PRODUCT_ID, product),
        "product_name": pick(words.PRODUCT_NAME, product),
        "product_category": pick(words.PRODUCT_CATEGORY, product),
        "quantity": numbers(np.ones(n, dtype=np.int64), kind == 0),
        "page_url": pick(words.PAGE_URL, page, ~app),
        "screen_name": pick(words.SCREEN, np.where(kind == 0, len(words.SCREENS) - 1, 1), app),
        "platform": chunk.platform(visit),
        "channel": pick(words.CHANNEL, v.channel(visit)),
        "campaign_id": pick(words.CAMPAIGN_ID, v.campaign[visit]),
        "touchpoints_to_conversion": numbers(count),
        "time_to_conversion_minutes": numbers((time - begins) // (60 * US)),
        "conversion_path": path,
        "conversion_attributes": fmt(
            '{{"checkout_version":"2026.{}","channel_rule":"last_non_direct","test":{}}}',
            1 + rng.integers(0, 3, n),
            pl.Series(v.kind[visit] == dv.QA),
        ),
    }, time


def _gather(values: np.ndarray, index: np.ndarray, default: float = -1) -> np.ndarray:
    """values[index], the default where the index is negative."""
    if not len(values):
        return np.full(len(index), default)
    return np.where(index >= 0, values[index], default)


def _gather_text(values: pl.Series, index: np.ndarray) -> pl.Series:
    return pick(values, index) if len(values) else pl.Series([None] * len(index), dtype=pl.String)
