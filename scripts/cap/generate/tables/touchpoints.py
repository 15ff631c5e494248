"""What journeys send: touchpoints."""

import numpy as np
import polars as pl

from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import fmt, numbers, only, pick, stamps
from cap.generate.journeys import COMPLETED
from cap.generate.tables.common import Table, lognormal
from cap.generate.world import MINUTE

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
