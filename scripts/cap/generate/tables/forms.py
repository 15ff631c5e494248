"""Forms, field by field: form_interactions."""

import numpy as np
import polars as pl

from cap.generate import devices as dv
from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import fmt, numbers, pick, ranges, stamps
from cap.generate.tables.common import Table
from cap.generate.world import US


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
