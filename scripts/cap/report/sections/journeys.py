"""Where journeys end before their goal."""

from cap.report import charts
from cap.report.model import Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import at_least, plain, said, span

SOURCES = ["customer_journeys", "journey_definitions"]
SHOWN = 12


def section(reader: Reader) -> Section:
    """Drop-off by stage; conversion by journey."""
    return Section("journeys", "Where journeys end", (_stages(reader), _definitions(reader)))


def _stages(reader: Reader) -> Figure:
    period = reader.period
    number, stage = "stage_reach__stage_number", "stage__stage_name"
    asked = reader.ask(
        ["stage_chances", "stage_chances_taken", "stage_entry_rate"],
        [number, stage],
        start=period.course_start,
        end=period.end,
    )
    title = "How far journeys get"
    found = [row for row in asked.records() if row["stage_chances"]]
    if not found:
        return Figure("journey_stages", title, missing=reader.why_nothing("journeys with stages", SOURCES))
    rates = [plain(row["stage_entry_rate"]) or 0 for row in found]
    drops = [before - rate for before, rate in zip([1.0, *rates], rates, strict=False)]
    worst = max(range(len(drops)), key=drops.__getitem__)
    rows = [
        {
            "name": row[stage],
            "value": rates[place],
            "text": f"{said(rates[place], 'share')} · {said(row['stage_chances_taken'])}",
            "colour": "second" if place == worst else "main",
        }
        for place, row in enumerate(found)
    ]
    message = (
        f"{said(rates[-1], 'share')} of journeys get to {found[-1][stage]}. Most are lost before "
        f"{found[worst][stage]}: {said(100 * drops[worst], 'score')} of 100."
    )
    return Figure(
        "journey_stages",
        title,
        message,
        (
            Chart(
                f"Bars of the share of journeys that entered each stage. {message}",
                charts.bars(rows, 32),
                key=(
                    ("main", "share of journeys that entered · how many"),
                    ("second", "most are lost before it"),
                ),
            ),
        ),
        (asked,),
        (
            f"Journeys begun {span(period.course_start, period.end)}, by the stages of their definition; "
            f"some still run.",
        ),
    )


def _definitions(reader: Reader) -> Figure:
    period = reader.period
    name = "journey_definition__journey_name"
    asked = reader.ask(
        [
            "matured_journeys",
            "matured_journey_conversion_rate",
            "journey_abandonment_rate",
            "journey_conversion_value",
        ],
        [name],
        start=period.course_start,
        end=period.end,
        order=["-matured_journeys"],
    )
    title = "Journeys by what they are for"
    found = [row for row in asked.records() if row["matured_journeys"]]
    if not found:
        return Figure("journeys", title, missing=reader.why_nothing("journeys old enough to judge", SOURCES))
    rate = "matured_journey_conversion_rate"
    found.sort(key=lambda row: (-(plain(row[rate]) or 0), str(row[name])))
    rows = [
        {
            "name": row[name] or "(unknown)",
            "value": plain(row[rate]) or 0,
            "text": f"{said(row[rate], 'share')} of {said(row['matured_journeys'])}",
        }
        for row in found[:SHOWN]
    ]
    # by the end of the interval that few journeys leave, not by the rate
    best = max(found, key=lambda row: at_least(row[rate], row["matured_journeys"]))
    converted = sum((plain(row[rate]) or 0) * float(row["matured_journeys"]) for row in found)
    matured = sum(float(row["matured_journeys"]) for row in found)
    message = (
        f"«{best[name] or '(unknown)'}» converts best: {said(best[rate], 'share')} of "
        f"{said(best['matured_journeys'])}; all together {said(converted / matured, 'share')}"
    )
    return Figure(
        "journeys",
        title,
        f"{message}.",
        (Chart(f"Bars of conversion by journey. {message}.", charts.bars(rows, 30)),),
        (asked,),
        ("Share converted of the journeys old enough that they should be over.",),
    )
