"""Pages of the web site: web_pageviews."""

import numpy as np
import polars as pl

from cap.generate import devices as dv
from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import draw, fmt, hex_ids, numbers, only, pick, stamps, text_or
from cap.generate.tables.common import Table, const, milliseconds
from cap.generate.world import US


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
