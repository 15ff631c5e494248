"""What happens in the app: mobile_app_events."""

import numpy as np
import polars as pl

from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import draw, fmt, hex_ids, numbers, only, pick, stamps, text_or
from cap.generate.tables.common import Table, const, milliseconds
from cap.generate.world import DAY


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
