"""What visitors use: user_interactions (clicks and gestures), search_queries, feature_usage."""

import numpy as np
import polars as pl

from cap.generate import devices as dv
from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import draw, fmt, numbers, pick, ranges, stamps, text_or
from cap.generate.tables.common import Table, const, lognormal
from cap.generate.world import US

_ELEMENTS = [
    ("nav-products", "Products menu", "link", "nav__item", "Products"),
    ("nav-rates", "Rates menu", "link", "nav__item", "Rates"),
    ("hero-cta", "Hero button", "button", "btn btn--primary", "Open an account"),
    ("apply-cta", "Apply button", "button", "btn btn--primary", "Apply now"),
    ("rate-row", "Rate table row", "row", "rates__row", "See details"),
    ("faq-toggle", "Question", "accordion", "faq__q", "Show answer"),
    ("calc-slider", "Amount slider", "slider", "calc__range", None),
    ("footer-legal", "Legal link", "link", "footer__link", "Terms"),
    ("acct-card", "Account card", "card", "card card--account", "Details"),
    ("transfer-cta", "Transfer button", "button", "btn", "Transfer"),
    ("search-box", "Search box", "input", "search__input", None),
    ("promo-tile", "Promotion", "image", "tile tile--promo", None),
]
_ACTIONS = [
    "click",
    "scroll",
    "hover",
    "video_play",
    "video_complete",
    "download",
    "share",
    "comment",
    "rage_click",
    "dead_click",
]
_ACTION_WEIGHTS = (50, 22, 6, 4, 2, 3, 1.2, 0.5, 1.6, 3.2)


def user_interactions(chunk: Chunk) -> Table:
    """Clicks and gestures: Poisson(0.6) per page that a human sees, Poisson(0.2) per app event, within its
    time.

    1.6 % are rage clicks (several in a second), 3.2 % clicks on nothing;
    both shares are ours.
    """
    rng, v = chunk.rng("user_interactions"), chunk.visits
    rows = np.concatenate([chunk.web_rows, chunk.app_rows])
    pages = np.concatenate([chunk.pages, np.full(len(chunk.app_rows), -1)])
    visit = v.page_visit[rows]
    mean = np.where(v.is_app[visit], 0.2, np.where(v.kind[visit] == dv.HUMAN, 0.6, 0.0))
    owner, _ = ranges(rng.poisson(mean))
    row, page, visit = rows[owner], pages[owner], visit[owner]
    n = len(row)
    app = v.is_app[visit]
    passed = rng.random(n) * v.page_dwell[row] * 0.98
    time = v.page_time[row] + (passed // 1000).astype(np.int64) * 1000
    element = rng.integers(0, len(_ELEMENTS), n)
    action = np.where(app & (rng.random(n) < 0.8), 0, draw(rng, _ACTION_WEIGHTS, n))
    click = np.isin(action, (0, 8, 9))
    x, y = rng.integers(0, 1200, n), rng.integers(0, 4000, n)
    depth = np.round(rng.uniform(2, 100, n), 2)
    text = [e[4] for e in _ELEMENTS]
    return {
        "interaction_id": chunk.ids("ui_", 3, n),
        "interaction_timestamp": stamps(time),
        "session_id": chunk.session_id(visit),
        **chunk.who(visit, chunk.known_at(visit, time)),
        "interaction_type": pick(_ACTIONS, action),
        "element_id": pick([e[0] for e in _ELEMENTS], element),
        "element_name": pick([e[1] for e in _ELEMENTS], element),
        "element_type": pick([e[2] for e in _ELEMENTS], element),
        "element_class": pick([e[3] for e in _ELEMENTS], element),
        "element_text": pick(pl.Series(text), element),
        "element_position_x": numbers(x // 10 * 10),
        "element_position_y": numbers(y // 10 * 10),
        "page_url": pick(words.PAGE_URL, page),
        "screen_name": pick(words.SCREEN, np.where(app, visit % len(words.SCREENS), -1)),
        "platform": chunk.platform(visit),
        "device_type": chunk.device_type(visit),
        "click_coordinates_x": numbers(x, click),
        "click_coordinates_y": numbers(y, click),
        "scroll_position_y": numbers(y, action == 1),
        "scroll_depth_pct": numbers(depth, action == 1),
        "time_to_interaction_ms": numbers((passed // 1000).astype(np.int64)),
        "interaction_value": text_or(
            fmt("{}", rng.integers(2, 9, n)),
            action == 8,
            pick(["25", "50", "75", "100"], element % 4, np.isin(action, (3, 4))),
        ),
        "interaction_attributes": fmt(
            '{{"modifier":"none","trusted":true,"clicks":{}}}', np.where(action == 8, 4, 1)
        ),
    }, time


def search_queries(chunk: Chunk) -> Table:
    """One row per view of the search page: the words by Zipf's law, a sixth of them finding nothing."""
    rng, v = chunk.rng("search_queries"), chunk.visits
    found = np.flatnonzero((chunk.pages == words.PAGE_SEARCH) & (v.page_no[chunk.web_rows] > 0))
    row, query = chunk.web_rows[found], chunk.search_word[found]
    visit, n = v.page_visit[row], len(found)
    time = v.page_time[row] + np.minimum(50_000, v.page_dwell[row] // 2000 * 1000)
    finds = words.SEARCH_FINDS[query]
    results = np.where(finds, 1 + rng.poisson(9, n), 0)
    clicks = np.minimum(np.where(finds, rng.binomial(2, 0.4, n), 0), results)
    refined = ~finds & (rng.random(n) < 0.5)
    fields = list(zip(*words.SEARCHES, strict=True))
    return {
        "search_id": chunk.ids("sq_", 8, n),
        "search_timestamp": stamps(time),
        "session_id": chunk.session_id(visit),
        **chunk.who(visit, chunk.known_at(visit, time)),
        "search_query": pick(fields[0], query),
        "search_query_normalized": pick(fields[1], query),
        "search_category": pick(fields[2], query),
        "search_filters": pick(
            ['{"section":"all"}', '{"section":"help"}', '{"section":"products","sort":"rate"}'], query % 3
        ),
        "search_results_count": numbers(results),
        "results_clicked_count": numbers(clicks),
        "top_result_clicked": pl.Series((clicks > 0) & (rng.random(n) < 0.6)),
        "zero_results_flag": pl.Series(~finds),
        "search_refinements": text_or(fmt('["{} help"]', pick(fields[1], query)), refined, const("[]", n)),
        "search_duration_seconds": numbers(np.minimum(v.page_dwell[row] // US, 600)),
        "platform": chunk.platform(visit),
        "page_url": const(words.SITE + "/search", n),
        "search_attributes": fmt(
            '{{"engine":"v3","position_clicked":{}}}', np.where(clicks > 0, rng.integers(1, 6, n), 0)
        ),
    }, time


def feature_usage(chunk: Chunk) -> Table:
    """One row per use of a feature in a logged-in visit; 3 % fail with an error, 4 % are given up."""
    rng, trials = chunk.rng("feature_usage"), chunk.block.trials
    row = np.flatnonzero(np.isin(trials.f_visit, chunk.visit))
    visit, time, feature = trials.f_visit[row], trials.f_time[row], trials.f_feature[row]
    n, u = len(row), rng.random(len(row))
    error = u < 0.03
    return {
        "usage_id": chunk.ids("fu_", 7, n),
        "usage_timestamp": stamps(time),
        **chunk.who(visit, chunk.known_at(visit, time)),
        "session_id": chunk.session_id(visit),
        "feature_id": pick(words.FEATURE_ID, feature),
        "feature_name": pick(words.FEATURE_NAME, feature),
        "feature_category": pick(words.FEATURE_CATEGORY, feature),
        "feature_version": pick(["1.4", "2.0", "2.1"], feature % 3),
        "platform": chunk.platform(visit),
        "usage_type": pick(["view", "action", "complete"], draw(rng, (40, 25, 35), n)),
        "usage_count": numbers(rng.geometric(0.7, n)),
        "usage_duration_seconds": numbers(np.clip(lognormal(rng, 20, 0.9, n), 1, 1800).astype(np.int64)),
        "first_use_flag": pl.Series(trials.f_first[row]),
        "successful_use_flag": pl.Series(u > 0.07),
        "error_flag": pl.Series(error),
        "error_message": pick(["Timeout", "Limit exceeded", "Service unavailable"], feature % 3, error),
        "usage_attributes": fmt(
            '{{"entry":"{}","satisfaction":{}}}',
            pick(["menu", "search", "home_card", "deep_link"], visit % 4),
            1 + (rng.random(n) ** 0.5 * 5).astype(np.int64),
        ),
    }, time
