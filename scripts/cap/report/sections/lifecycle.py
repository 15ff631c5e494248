"""Where customers stand in their lifecycle, and who moved in the period."""

from typing import Any

from cap.report import charts
from cap.report.model import Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import day, plain, plural, said, span

SOURCES = ["customer_master", "customer_lifecycle_events"]


def section(reader: Reader) -> Section:
    """Stages now and before; moves between them."""
    return Section("lifecycle", "Where customers stand", (_stages(reader), _moves(reader)))


def _stages(reader: Reader) -> Figure:
    period = reader.period
    groups = ["lifecycle__stage_sequence", "lifecycle__stage_name", "lifecycle__stage_category"]
    now = reader.ask(["lifecycle_customers"], groups, start=period.start, end=period.end)
    before = reader.ask(["lifecycle_customers"], groups, start=period.before_start, end=period.before_end)
    title = "Customers by stage"
    found = [row for row in now.records() if row["lifecycle_customers"] is not None]
    if not any(row["lifecycle_customers"] for row in found):
        return Figure("stages", title, missing=reader.why_nothing("customers", SOURCES))
    earlier = {row["lifecycle__stage_name"]: plain(row["lifecycle_customers"]) for row in before.records()}
    colours = {"risk": "second", "lost": "bad"}
    rows = [
        {
            "name": row["lifecycle__stage_name"],
            "value": float(row["lifecycle_customers"]),
            "before": earlier.get(row["lifecycle__stage_name"]),
            "text": said(row["lifecycle_customers"]),
            "colour": colours.get(row["lifecycle__stage_category"], "main"),
        }
        for row in found
    ]
    total = sum(row["value"] for row in rows)
    risky = sum(row["value"] for row in rows if row["colour"] == "second")
    risky_before = sum(row["before"] or 0 for row in rows if row["colour"] == "second")
    biggest = max(rows, key=lambda row: row["value"])
    ago = f"{plural(period.weeks, 'week')} before"
    message = (
        f"Of {said(total)} persons {said(biggest['value'])} are in the stage «{biggest['name']}»; "
        f"{said(risky)} are at risk or dormant, {said(risky_before)} were so {ago}."
    )
    return Figure(
        "stages",
        title,
        message,
        (
            Chart(
                f"Bars of customers by stage. {'; '.join(row['name'] + ' ' + row['text'] for row in rows)}.",
                charts.bars(rows, 32),
                key=(("main", "engaged or coming"), ("second", "at risk"), ("bad", "lost")),
            ),
        ),
        (now, before),
        (
            f"At the end of {day(period.end)}; the line is {ago}. Who is not yet or no longer a customer is "
            "among them, so they are more than the customers above.",
        ),
    )


def _moves(reader: Reader) -> Figure:
    period = reader.period
    step = "lifecycle_transition__"
    asked = reader.ask(
        ["lifecycle_transitions"],
        [
            f"{step}from_stage_code",
            f"{step}to_stage_code",
            f"{step}progression_flag",
            f"{step}regression_flag",
        ],
        start=period.start,
        end=period.end,
    )
    stages = reader.sql(
        "select stage_code, stage_name from gold.dim_lifecycle_stage\n"
        "where stage_sequence is not null order by stage_sequence"
    )
    names = {row["stage_code"]: row["stage_name"] for row in stages.records()}
    title = "Who moved from stage to stage"
    moves: dict[tuple[str, str], dict[str, Any]] = {}
    for row in asked.records():
        ends = (row[f"{step}from_stage_code"], row[f"{step}to_stage_code"])
        if not row["lifecycle_transitions"] or ends[0] not in names or ends[1] not in names:
            continue
        colour = (
            "good" if row[f"{step}progression_flag"] else "bad" if row[f"{step}regression_flag"] else "edge"
        )
        move = moves.setdefault(
            ends, {"from": names[ends[0]], "to": names[ends[1]], "count": 0, "colour": colour}
        )
        move["count"] += int(row["lifecycle_transitions"])
    if not moves:
        return Figure("moves", title, missing=reader.why_nothing("moves between stages", SOURCES))
    found = sorted(moves.values(), key=lambda move: (-move["count"], move["from"], move["to"]))
    forth = sum(move["count"] for move in found if move["colour"] == "good")
    back = sum(move["count"] for move in found if move["colour"] == "bad")
    first = found[0]
    message = (
        f"{said(forth)} steps forward and {said(back)} back. Most went from {first['from'].lower()} to "
        f"{first['to'].lower()}: {said(first['count'])}."
    )
    told = "; ".join(f"{move['from']} to {move['to']} {move['count']:,}" for move in found)
    return Figure(
        "moves",
        title,
        message,
        (
            Chart(
                f"Flow of customers between lifecycle stages: {told}.",
                charts.flow(list(names.values()), found),
                key=(("good", "a step forward"), ("bad", "a step back"), ("edge", "neither")),
            ),
        ),
        (asked, stages),
        (f"{span(period.start, period.end)}; left the stage they left, right where they went.",),
    )
