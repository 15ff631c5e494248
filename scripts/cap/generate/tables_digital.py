"""The digital tables: pages, app events, clicks, forms, searches, speed, features. One function per table,
each returns one chunk's columns and the times at which its rows are complete (microseconds; ingestion
follows).

All rows have source_system 'web', the system of the login, also in the app, so that (source_system,
customer_id) is a record of customer_master. Ids of persons are null until the login.
"""

import numpy as np
import polars as pl

from cap.generate import devices as dv
from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import draw, fmt, hex_ids, numbers, only, pick, ranges, stamps, text_or
from cap.generate.world import DAY, US

Columns = dict[str, pl.Series]
Table = tuple[Columns, np.ndarray]


def const(value: object, n: int) -> pl.Series:
    """The value n times."""
    return pl.repeat(value, n, eager=True)


def lognormal(rng: np.random.Generator, median: float | np.ndarray, sigma: float, n: int) -> np.ndarray:
    """Draws with this median; sigma is the standard deviation of the logarithm."""
    return median * np.exp(sigma * rng.normal(size=n))


def milliseconds(rng: np.random.Generator, median: float | np.ndarray, sigma: float, n: int) -> np.ndarray:
    """Lognormal times, as page and request times are; from 1 ms to a minute."""
    return np.clip(lognormal(rng, median, sigma, n), 1, 60_000).astype(np.int64)


def _landing_query(chunk: Chunk, visit: np.ndarray, term: pl.Series, content: pl.Series) -> pl.Series:
    """The query string of a visit's first page: utm tags and the click id that its source adds; '' for
    none.
    """
    source = chunk.visits.source[visit]
    campaign = pick(words.CAMPAIGN_NAME, chunk.visits.campaign[visit])
    tags = fmt(
        "utm_source={}&utm_medium={}&utm_campaign={}{}{}",
        pick(words.UTM_SOURCE, source),
        pick(words.UTM_MEDIUM, source),
        campaign,
        fmt("&utm_content={}", content).fill_null(""),
        fmt("&utm_term={}", term.str.replace_all(" ", "+")).fill_null(""),
    )
    click = fmt(
        "{}={}",
        pick(words.CLICK_ID, source),
        hex_ids("", chunk.block.words(105, 0, len(chunk.visits.start))[visit]),
    )
    query = pl.select(pl.coalesce(fmt("{}&{}", tags, click), tags, click)).to_series()
    return fmt("?{}", query).fill_null("")


def web_pageviews(chunk: Chunk) -> Table:
    """One row per page view. Load times: lognormal, median 1.3 s, half again on phones (skewed to the
    right, as field data are).

    Tags are on the landing page only; four in a thousand of the later pages carry another campaign (a link
    in an open tab).
    """
    rng, v, row = chunk.rng("web_pageviews"), chunk.visits, chunk.web_rows
    n = len(row)
    visit, number, time, dwell = v.page_visit[row], v.page_no[row], v.page_time[row], v.page_dwell[row]
    page, human = chunk.pages, v.kind[visit] == dv.HUMAN
    landing, last = number == 0, number == v.pages[visit] - 1
    source, campaign = v.source[visit], v.campaign[visit]
    tagged = landing & (campaign >= 0) & pick(words.UTM_SOURCE, source).is_not_null().to_numpy()
    again = ~landing & human & (rng.random(n) < 0.004)
    again_campaign = rng.integers(0, 2, n)  # of paid search
    paid = np.isin(words.SOURCE_CHANNEL[source], [words.CHANNEL_NUMBER["paid_search"]])
    searched = landing & human & (paid | (rng.random(n) < 0.03) & (words.SOURCE_CHANNEL[source] == 0))
    keyword = pick(words.KEYWORDS, draw(rng, 1 / np.arange(1, 15), n), searched)
    content = pick(words.UTM_CONTENT, rng.integers(0, 6, n), tagged & (rng.random(n) < 0.6))
    term = only(keyword, tagged & paid)

    url = pick(words.PAGE_URL, page)
    first = np.flatnonzero(landing)
    query = np.zeros(n, dtype=np.int64)
    query[first] = 1 + np.arange(len(first))
    queries = _landing_query(chunk, visit[first], term.gather(first), content.gather(first))
    query_text = pl.concat([pl.Series([""]), queries]).gather(query)
    at_search = page == words.PAGE_SEARCH
    search = pl.Series([s[0].replace(" ", "+") for s in words.SEARCHES])
    query_text = text_or(fmt("?q={}", pick(search, chunk.search_word)), at_search & ~landing, query_text)
    query_text = text_or(
        const("?utm_source=google&utm_medium=cpc&utm_campaign=", n)
        + pick(words.CAMPAIGN_NAME, again_campaign),
        again,
        query_text,
    )
    query_text = text_or(const("?qa_test=1", n), v.kind[visit] == dv.QA, query_text)
    previous = pick(words.PAGE_URL, np.where(landing, -1, np.roll(page, 1)))
    referrer = text_or(pick(words.REFERRER, source), landing, previous)

    profile = chunk.devices.profile[v.device[visit]]
    phone = pick(words.DEVICE_TYPE, profile).eq_missing("mobile").to_numpy()
    cities, place = words.places(), chunk.devices.place[v.device[visit]]
    load = milliseconds(rng, np.where(phone, 1900, 1300), 0.5, n)
    depth = np.clip(100 * (1 - np.exp(-dwell / (25 * US))) * rng.uniform(0.5, 1.25, n), 0, 100)
    seen = ~last | (rng.random(n) < 0.4)
    themes = fmt(
        '{{"visit_number":{},"cookie_consent":"{}","theme":"{}","experiment_layer":{}}}',
        v.number[visit],
        pick(["all", "essential"], (visit % 4 == 0).astype(np.int64)),
        pick(["light", "dark"], visit % 3 % 2),
        visit % 8,
    )
    return {
        "pageview_id": chunk.ids("pv_", 1, n),
        "pageview_timestamp": stamps(time),
        "session_id": chunk.session_id(visit),
        **chunk.who(visit, chunk.known(row)),
        "page_url": url + query_text,
        "page_path": pick(words.PAGE_PATH, page),
        "page_title": pick(words.PAGE_TITLE, page),
        "page_category": pick(words.PAGE_CATEGORY, page),
        "page_type": pick(words.PAGE_TYPE, page),
        "previous_page_url": previous,
        "referrer_url": referrer,
        "referrer_domain": text_or(
            pick(words.REFERRER_DOMAIN, source), landing, const("www.meridian.example", n)
        ),
        "referrer_type": text_or(pick(words.REFERRER_TYPE, source), landing, const("internal", n)),
        "search_keyword": keyword,
        "utm_source": text_or(const("google", n), again, only(pick(words.UTM_SOURCE, source), tagged)),
        "utm_medium": text_or(const("cpc", n), again, only(pick(words.UTM_MEDIUM, source), tagged)),
        "utm_campaign": text_or(
            pick(words.CAMPAIGN_NAME, again_campaign),
            again,
            only(pick(words.CAMPAIGN_NAME, campaign), tagged),
        ),
        "utm_content": content,
        "utm_term": term,
        "device_id": chunk.device_id(visit),
        "device_type": pick(words.DEVICE_TYPE, profile),
        "device_brand": pick(words.DEVICE_BRAND, profile),
        "device_model": pick(words.DEVICE_MODEL, profile),
        "browser": pick(words.BROWSER, profile),
        "browser_version": pick(words.BROWSER_VERSION, profile),
        "os": pick(words.OS, profile),
        "os_version": pick(words.OS_VERSION, profile),
        "screen_resolution": pick(words.RESOLUTION, profile),
        "viewport_size": pick(words.VIEWPORT, profile),
        "user_agent": pick(words.USER_AGENT, profile),
        "ip_address": chunk.device_ip(visit),
        "country": const("US", n),
        "region": pick(cities.state, place, human),
        "city": pick(cities.city, place, human),
        "latitude": pick(pl.Series(cities.latitude), place, human),
        "longitude": pick(pl.Series(cities.longitude), place, human),
        "time_on_page_seconds": numbers(dwell // US, seen),
        "scroll_depth_pct": numbers(depth, human & seen, 2),
        "page_load_time_ms": numbers(load, rng.random(n) < 0.95),
        "dom_ready_time_ms": numbers((load * 0.7).astype(np.int64)),
        "first_paint_time_ms": numbers((load * 0.42).astype(np.int64)),
        "exit_page_flag": pl.Series(last),
        "bounce_flag": only(pl.Series(v.pages[visit] == 1), rng.random(n) < 0.97),
        "pageview_attributes": themes,
    }, time


def mobile_app_events(chunk: Chunk) -> Table:
    """One row per app event: it opens, shows screens, takes taps, sometimes (0.15 %) crashes, goes to the
    background.

    Versions replace one another through the run, a person updating at their own pace. Opt-outs have no
    advertising id.
    """
    rng, v, row = chunk.rng("mobile_app_events"), chunk.visits, chunk.app_rows
    n = len(row)
    visit, number, time = v.page_visit[row], v.page_no[row], v.page_time[row]
    device = v.device[visit]
    opens, closes = number == 0, number == v.pages[visit] - 1
    first_open = (
        opens
        & (v.number[visit] == 1)
        & (chunk.people.online_since[np.maximum(v.person[visit], 0)] >= chunk.world.start_us)
    )
    sent = closes & (v.steps[visit] == 4)
    u = rng.random(n)
    tap = u < 0.33
    crash = ~opens & ~sent & (u > 0.9985)
    error = ~opens & ~sent & (u > 0.992) & ~crash
    kinds = [
        "screen_view",
        "button_tap",
        "app_open",
        "first_open",
        "app_background",
        "app_crash",
        "error",
        "login",
        "purchase",
        "push_opened",
    ]
    pushed = opens & (words.SOURCE_CHANNEL[v.source[visit]] == words.CHANNEL_NUMBER["push"])
    signs_in = (number == v.login_at[visit]) & ~opens
    kind = np.select(
        [first_open, pushed, opens, sent, crash, error, signs_in, closes, tap], [3, 9, 2, 8, 5, 6, 7, 4, 1], 0
    )
    screen = draw(rng, words.SCREEN_WEIGHTS, n)
    screen = np.where(opens, 0, screen)
    screen = np.where(
        (v.steps[visit] > 0) & (v.pages[visit] - number <= v.steps[visit]), len(words.SCREENS) - 1, screen
    )
    profile = chunk.devices.profile[device]
    pace = (device * 37 % 100) / 100
    part = (v.start[visit] - chunk.world.start_us) / (chunk.world.days * DAY)
    version = np.clip(
        ((part * 1.1 + 0.25 - 0.4 * pace) * len(words.APP_VERSIONS)).astype(np.int64),
        0,
        len(words.APP_VERSIONS) - 1,
    )
    wifi = rng.random(n) < 0.62
    carrier = pick(["Northwave", "Telestar", "BlueCell"], device % 3, ~wifi)
    cities, place = words.places(), chunk.devices.place[device]
    spanish = device % 11 == 0
    journey = v.journey[visit]
    value = (
        pick(pl.Series(chunk.block.journeys.value), np.where(sent, journey, -1))
        if len(chunk.block.journeys.value)
        else numbers(np.zeros(n), sent)
    )
    since_launch = (time - v.start[visit]) // 1000
    gap = np.where(opens, -1, time - np.roll(time, 1)) // 1000
    name = text_or(
        fmt("{}_{}", pick(words.SCREEN, screen), pick(["viewed", "tapped"], tap.astype(np.int64))),
        kind <= 1,
        pick(kinds, kind),
    )
    first_seen = np.maximum(
        chunk.people.online_since[np.maximum(chunk.devices.owner[device], 0)],
        chunk.world.start_us - 500 * DAY,
    )
    return {
        "event_id": chunk.ids("ae_", 2, n),
        "event_timestamp": stamps(time),
        "app_session_id": chunk.session_id(visit),
        **chunk.who(visit, chunk.known(row)),
        "event_type": pick(kinds, kind),
        "event_name": name,
        "screen_name": pick(words.SCREEN, screen),
        "screen_class": pick(words.SCREEN_CLASS, screen),
        "previous_screen": pick(words.SCREEN, np.where(opens, -1, np.roll(screen, 1))),
        "app_version": pick(words.APP_VERSIONS, version),
        "app_build": pick(["5820", "5900", "5910", "6000", "6010"], version),
        "platform": pick(words.PHONE_PLATFORM, profile),
        "os_version": pick(words.PHONE_OS, profile),
        "device_model": pick(words.PHONE_MODEL, profile),
        "device_manufacturer": pick(words.PHONE_MAKER, profile),
        "device_id": chunk.devices.device_id(device),
        "advertising_id": only(hex_ids("ad_", chunk.devices.word[device] >> np.uint64(1)), device % 3 != 0),
        "network_type": pick(["cellular", "wifi"], wifi.astype(np.int64)),
        "carrier": carrier,
        "language": pick(["en-US", "es-US"], spanish.astype(np.int64)),
        "timezone": pick(cities.timezone, place),
        "country": const("US", n),
        "region": pick(cities.state, place),
        "city": pick(cities.city, place),
        "event_value": value,
        "event_properties": fmt(
            '{{"tap_target":"{}","foreground":true,"battery_pct":{}}}',
            pick(["list_item", "button", "tab", "card"], visit % 4),
            5 + (device * 13 + number) % 95,
        ),
        "time_since_app_launch_ms": numbers(since_launch),
        "time_since_previous_event_ms": numbers(gap, ~opens),
        "app_install_source": pick(
            ["organic", "app_store_search", "paid_social", "web_banner"], device % 7 % 4
        ),
        "app_first_open_timestamp": stamps(np.minimum(first_seen, v.start[visit])),
        "crash_flag": pl.Series(crash),
        "crash_details": pick(
            [
                '{"signal":"SIGSEGV","thread":"main"}',
                '{"exception":"OutOfMemoryError","thread":"render"}',
                '{"exception":"ANR","thread":"main"}',
            ],
            visit % 3,
            crash,
        ),
        "event_attributes": fmt(
            '{{"install_age_days":{},"push_enabled":{},"load_time_ms":{}}}',
            (v.start[visit] - np.minimum(first_seen, v.start[visit])) // DAY,
            pl.Series(device % 5 < 3),
            milliseconds(rng, 420, 0.5, n),
        ),
    }, time


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


def ab_test_exposures(chunk: Chunk) -> Table:
    """One row per exposure of a unit to an arm. `exposure_attributes` has the configured allocation and
    the unit.
    """
    trials = chunk.block.trials
    row = np.flatnonzero(np.isin(trials.x_visit, chunk.visit))
    visit, time, experiment, arm = (
        trials.x_visit[row],
        trials.x_time[row],
        trials.x_experiment[row],
        trials.x_arm[row],
    )
    n = len(row)
    known = chunk.known_at(visit, time)
    by_device = np.array([e.unit == "device" for e in words.EXPERIMENTS])[experiment]
    return {
        "exposure_id": chunk.ids("xp_", 5, n),
        "exposure_timestamp": stamps(time),
        **_experiment(experiment, arm),
        "experiment_name": pick([e.name for e in words.EXPERIMENTS], experiment),
        "variant_name": _arm_names(experiment, arm),
        **chunk.who(visit, known),
        "session_id": chunk.session_id(visit),
        "platform": chunk.platform(visit),
        "device_type": chunk.device_type(visit),
        "assignment_method": pick(["hash_user", "hash_device"], by_device.astype(np.int64)),
        "control_group_flag": pl.Series(arm == 0),
        "exposure_count": numbers(trials.x_count[row]),
        "exposure_attributes": fmt(
            '{{"unit":"{}","unit_id":"{}","allocation":{}}}',
            pick([e.unit for e in words.EXPERIMENTS], experiment),
            _unit_id(chunk, visit, by_device),
            pick(ALLOCATIONS, experiment),
        ),
    }, time


ALLOCATIONS = pl.Series(
    [
        "{" + ",".join(f'"{a}":{p}' for a, p in zip(e.arms, e.allocation, strict=True)) + "}"
        for e in words.EXPERIMENTS
    ]
)


def _experiment(experiment: np.ndarray, arm: np.ndarray) -> Columns:
    return {
        "experiment_id": pick([e.id for e in words.EXPERIMENTS], experiment),
        "variant_id": fmt(
            "{}-{}", pick([e.id for e in words.EXPERIMENTS], experiment), pick(["A", "B", "C"], arm)
        ),
    }


def _arm_names(experiment: np.ndarray, arm: np.ndarray) -> pl.Series:
    names = [name for e in words.EXPERIMENTS for name in (*e.arms, None)[:3]]
    return pick(pl.Series(names), experiment * 3 + arm)


def _unit_id(chunk: Chunk, visit: np.ndarray, by_device: np.ndarray) -> pl.Series:
    device = chunk.devices.device_id(chunk.visits.device[visit])
    return text_or(device, by_device, chunk.people.user_id(np.maximum(chunk.visits.person[visit], 0)))


def ab_test_results(chunk: Chunk) -> Table:
    """One row per unit and experiment: whether it reached the goal, in the visit of its first exposure."""
    trials = chunk.block.trials
    row = np.flatnonzero(np.isin(trials.o_visit, chunk.visit))
    visit, time, experiment, arm = (
        trials.o_visit[row],
        trials.o_time[row],
        trials.o_experiment[row],
        trials.o_arm[row],
    )
    n, reached = len(row), trials.o_reached[row]
    by_device = np.array([e.unit == "device" for e in words.EXPERIMENTS])[experiment]
    return {
        "result_id": chunk.ids("xr_", 6, n),
        "result_timestamp": stamps(time),
        **_experiment(experiment, arm),
        **chunk.who(visit, chunk.known_at(visit, time)),
        "session_id": chunk.session_id(visit),
        "metric_name": pick([e.goal for e in words.EXPERIMENTS], experiment),
        "metric_value": numbers(reached.astype(float)),
        "metric_unit": const("conversion", n),
        "conversion_flag": pl.Series(reached),
        "conversion_value": numbers(trials.o_value[row], reached),
        "time_to_outcome_minutes": numbers((time - trials.o_exposed[row]) // (60 * US), reached),
        "result_attributes": fmt(
            '{{"unit":"{}","unit_id":"{}"}}',
            pick([e.unit for e in words.EXPERIMENTS], experiment),
            _unit_id(chunk, visit, by_device),
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


def form_interactions(chunk: Chunk) -> Table:
    """One row per field that was filled and one for the end (submit or abandon) of each form that was begun.

    Applications are given up where the visit gave up; the contact form by 40 %, the newsletter's by 60 %.
    6 % of the fields show an error first.
    """
    rng, v = chunk.rng("form_interactions"), chunk.visits
    visit = chunk.visit[~v.is_app[chunk.visit]]
    applies, signs = visit[v.steps[visit] > 0], visit[v.signup[visit]]
    page, row = chunk.pages, chunk.web_rows
    small = np.flatnonzero(
        np.isin(page, (words.PAGE_NUMBER["/contact"], words.PAGE_NUMBER["/newsletter"]))
        & (v.kind[v.page_visit[row]] == dv.HUMAN)
    )
    news = page[small] == words.PAGE_NUMBER["/newsletter"]
    steps = v.steps[applies]
    form = np.concatenate(
        [
            v.category[applies],
            np.full(len(signs), words.FORM_SIGNUP),
            np.where(news, words.FORM_NEWS, words.FORM_CONTACT),
        ]
    )
    visit = np.concatenate([applies, signs, v.page_visit[row[small]]])
    total = words.FORM_FIELDS[form]
    done = np.concatenate(
        [steps == 4, np.ones(len(signs), dtype=bool), chunk.form_draw[small] < np.where(news, 0.4, 0.6)]
    )
    given_up = np.concatenate(
        [
            np.select(
                [steps == 1, steps == 2], [rng.integers(1, 4, len(steps)), rng.integers(3, 6, len(steps))], 7
            ),
            np.full(len(signs), 4),
            1
            + (rng.random(len(small)) * (words.FORM_FIELDS[form[len(applies) + len(signs) :]] - 1)).astype(
                np.int64
            ),
        ]
    )
    filled = np.where(done, total, np.minimum(given_up, total))
    # from the first page of the form to the end of its last one
    last = v.first_page[visit] + v.pages[visit] - 1
    first = last + 1 - np.concatenate([steps, np.full(len(signs), 2), np.zeros(len(small), dtype=np.int64)])
    begins, ends = (
        v.page_time[np.minimum(first, last)],
        v.page_time[last] + np.where(done, 0, v.page_dwell[last]),
    )
    k = len(applies) + len(signs)
    begins[k:], ends[k:] = (
        v.page_time[row[small]],
        v.page_time[row[small]] + v.page_dwell[row[small]] * 9 // 10,
    )

    owner, number = ranges(filled + 1)
    n = len(owner)
    final = number == filled[owner]
    step = (ends - begins)[owner] / (filled[owner] + 1)
    time = begins[owner] + ((number + rng.random(n) * 0.9) * step // 1000).astype(np.int64) * 1000
    visit, form, total, filled, done = visit[owner], form[owner], total[owner], filled[owner], done[owner]
    field = words.FORM_FIRST[form] + np.minimum(number, total - 1)
    error = ~final & (rng.random(n) < 0.06)
    gave = final & ~done
    seconds = np.minimum((step / US).astype(np.int64), 900)
    return {
        "interaction_id": chunk.ids("fi_", 9, n),
        "interaction_timestamp": stamps(time),
        "session_id": chunk.session_id(visit),
        **chunk.who(visit, chunk.known_at(visit, time)),
        "form_id": pick(words.FORM_ID, form),
        "form_name": pick(words.FORM_NAME, form),
        "form_type": pick(words.FORM_TYPE, form),
        "field_id": fmt("{}-{}", pick(words.FORM_ID, form), pick(words.FIELD_NAME, field)),
        "field_name": pick(words.FIELD_NAME, field),
        "field_type": pick(words.FIELD_TYPE, field),
        "interaction_type": pick(
            ["change", "error", "submit", "abandon"], np.select([gave, final, error], [3, 2, 1], 0)
        ),
        "field_position": numbers(np.minimum(number, total - 1) + 1),
        "time_to_interact_seconds": numbers(seconds // 3, ~final),
        "time_on_field_seconds": numbers(seconds, ~final),
        "field_abandoned_flag": pl.Series(gave),
        "field_error_flag": pl.Series(error),
        "error_message": pick(["Required", "Not a valid value", "Must be 18 or older"], field % 3, error),
        "form_started_flag": pl.Series(number == 0),
        "form_completed_flag": pl.Series(final & done),
        "form_abandoned_flag": pl.Series(gave),
        "fields_completed": numbers(np.minimum(number + ~final, filled)),
        "fields_total": numbers(total),
        "completion_percentage": numbers(100 * np.minimum(number + ~final, filled) / total, None, 2),
        "platform": chunk.platform(visit),
        "page_url": _form_page(form),
        "interaction_attributes": fmt(
            '{{"autofill":{},"form_version":{}}}', pl.Series(rng.random(n) < 0.2), 1 + form % 3
        ),
    }, time


def _form_page(form: np.ndarray) -> pl.Series:
    urls = [f"{words.SITE}/apply/{c}/start" for c in words.CATEGORIES] + [
        words.SITE + p for p in ("/signup", "/contact", "/newsletter")
    ]
    return pick(urls, form)


def performance_metrics(chunk: Chunk) -> Table:
    """How fast pages (a random sixth) and app starts (a quarter) were: lognormal, medians ours (LCP near 2
    s on phones, CLS 0.03: what web.dev calls good to middling). `inp` (ms) is in metric_attributes. 0.8
    % are failed requests.
    """
    rng, v = chunk.rng("performance_metrics"), chunk.visits
    web = np.flatnonzero(
        (rng.random(len(chunk.web_rows)) < 1 / 6) & (v.kind[v.page_visit[chunk.web_rows]] == dv.HUMAN)
    )
    launch = chunk.app_rows[(v.page_no[chunk.app_rows] == 0) & (rng.random(len(chunk.app_rows)) < 0.25)]
    row = np.concatenate([chunk.web_rows[web], launch])
    page = np.concatenate([chunk.pages[web], np.full(len(launch), -1)])
    visit, n = v.page_visit[row], len(row)
    app = v.is_app[visit]
    slow = np.where(chunk.device_type(visit).eq_missing("mobile").to_numpy(), 1.45, 1.0)
    load = milliseconds(rng, 1500 * slow, 0.5, n)
    ready = (load * rng.uniform(0.5, 0.85, n)).astype(np.int64)
    paint = (ready * rng.uniform(0.3, 0.7, n)).astype(np.int64)
    content = paint + milliseconds(rng, 120, 0.6, n)
    time = v.page_time[row] + np.minimum(200_000, v.page_dwell[row] // 2000 * 1000)
    who = chunk.who(visit, chunk.known_at(visit, time))
    web_only = ~app
    return {
        "metric_id": chunk.ids("pm_", 10, n),
        "metric_timestamp": stamps(time),
        "session_id": chunk.session_id(visit),
        "user_id": who["user_id"],
        "source_system": who["source_system"],
        "page_url": pick(words.PAGE_URL, page),
        "screen_name": pick(words.SCREEN, np.where(app, 0, -1)),
        "platform": chunk.platform(visit),
        "device_type": chunk.device_type(visit),
        "connection_type": pick(["4g", "wifi", "5g", "3g"], draw(rng, (35, 45, 17, 3), n)),
        "dns_lookup_time_ms": numbers(milliseconds(rng, 18, 0.8, n), web_only),
        "tcp_connect_time_ms": numbers(milliseconds(rng, 32, 0.7, n), web_only),
        "request_time_ms": numbers(milliseconds(rng, 90, 0.6, n)),
        "response_time_ms": numbers(milliseconds(rng, 140, 0.7, n)),
        "dom_processing_time_ms": numbers(ready // 3, web_only),
        "dom_ready_time_ms": numbers(ready, web_only),
        "page_load_time_ms": numbers(load),
        "first_paint_time_ms": numbers(paint, web_only),
        "first_contentful_paint_ms": numbers(content, web_only),
        "time_to_interactive_ms": numbers(np.minimum(load + milliseconds(rng, 300, 0.7, n), 90_000)),
        "largest_contentful_paint_ms": numbers(content + milliseconds(rng, 900 * slow, 0.6, n), web_only),
        "cumulative_layout_shift": numbers(np.minimum(lognormal(rng, 0.03, 1.1, n), 5), web_only, 4),
        "first_input_delay_ms": numbers(milliseconds(rng, 12, 0.9, n), web_only & (rng.random(n) < 0.6)),
        "total_blocking_time_ms": numbers(milliseconds(rng, 150 * slow, 0.9, n), web_only),
        "speed_index": numbers(milliseconds(rng, 2100 * slow, 0.45, n), web_only),
        "page_size_bytes": numbers(
            np.clip(lognormal(rng, 1_900_000, 0.5, n), 50_000, 30_000_000).astype(np.int64), web_only
        ),
        "resource_count": numbers(20 + rng.poisson(50, n), web_only),
        "metric_attributes": fmt(
            '{{"inp":{},"api_response_ms":{},"status":{}}}',
            milliseconds(rng, 95 * slow, 0.7, n),
            milliseconds(rng, 110, 0.6, n),
            np.where(rng.random(n) < 0.008, 500, 200),
        ),
    }, time
