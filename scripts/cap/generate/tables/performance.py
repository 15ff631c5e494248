"""How fast pages and app starts are: performance_metrics."""

import numpy as np

from cap.generate import devices as dv
from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import draw, fmt, numbers, pick, stamps
from cap.generate.tables.common import Table, lognormal, milliseconds


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
