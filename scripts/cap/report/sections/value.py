"""What customers are worth: segments, lifetime value, and who is likely to leave."""

from cap.report import charts
from cap.report.model import MEDIUM, NARROW, WIDE, Chart, Figure, Period, Section
from cap.report.reader import Reader
from cap.report.words import plain, said


def section(reader: Reader) -> Section:
    """Segments, bands of lifetime value, drivers of churn."""
    return Section("value", "What customers are worth", (_segments(reader), _bands(reader), _drivers(reader)))


def _when(period: Period) -> str:
    """What is told here is measured at the end of each month."""
    return f"at the end of {period.month_end:%B %Y}"


def _segments(reader: Reader) -> Figure:
    period = reader.period
    name = "segment_assignment__segment_name"
    asked = reader.ask(
        ["segmented_customers", "segment_revenue", "average_segment_lifetime_value"],
        [name],
        ["segment_assignment__is_main_scheme = true"],
        start=period.month_start,
        end=period.month_end,
        order=["-segmented_customers"],
    )
    title = "Segments"
    found = [row for row in asked.records() if row["segmented_customers"]]
    if not found:
        return Figure(
            "segments", title, missing=reader.why_nothing("segments", ["customer_master"], _when(period))
        )
    found.sort(key=lambda row: (-(plain(row["average_segment_lifetime_value"]) or 0), row[name]))
    customers = sum(float(row["segmented_customers"]) for row in found)
    value = {
        row[name]: (plain(row["average_segment_lifetime_value"]) or 0) * float(row["segmented_customers"])
        for row in found
    }
    rows = [
        {
            "name": row[name],
            "value": float(row["segmented_customers"]),
            "text": " · ".join(
                (
                    said(row["segmented_customers"]),
                    said(row["average_segment_lifetime_value"], "amount"),
                )
            ),
        }
        for row in found
    ]
    best = found[0]
    message = f"{said(customers)} customers in {len(found)} segments."
    total = sum(value.values())
    if total > 0 and plain(best["average_segment_lifetime_value"]):
        message += (
            f" {best[name]} is worth most: {said(best['average_segment_lifetime_value'], 'amount')} each, "
            f"{said(value[best[name]] / total, 'share')} of all lifetime value in "
            f"{said(float(best['segmented_customers']) / customers, 'share')} of the customers."
        )
    return Figure(
        "segments",
        title,
        message,
        (Chart(f"Bars of customers by segment. {message}", charts.bars(rows, 34)),),
        (asked,),
        (f"At the bars: customers · average lifetime value. The main segmentation, {_when(period)}.",),
    )


def _bands(reader: Reader) -> Figure:
    period = reader.period
    band = "customer_portfolio__lifetime_value_band"
    asked = reader.ask(
        ["customers_of_known_value", "customer_lifetime_value"],
        [band],
        start=period.month_start,
        end=period.month_end,
    )
    title = "Lifetime value"
    found = [row for row in asked.records() if row[band] is not None and row["customers_of_known_value"]]
    if not found:
        sources = ["customer_value_metrics", "customer_products"]
        return Figure(
            "lifetime_value", title, missing=reader.why_nothing("lifetime values", sources, _when(period))
        )
    customers = sum(float(row["customers_of_known_value"]) for row in found)
    total = sum(plain(row["customer_lifetime_value"]) or 0 for row in found)
    rows = [
        {
            "name": str(row[band]).split(": ", 1)[-1],
            "value": float(row["customers_of_known_value"]),
            "text": " · ".join(
                (
                    said(row["customers_of_known_value"]),
                    said(row["customer_lifetime_value"], "amount"),
                )
            ),
            "colour": "bad" if (plain(row["customer_lifetime_value"]) or 0) < 0 else "main",
        }
        for row in found
    ]
    top = found[-1]
    message = (
        f"{said(customers)} customers of known value brought {said(total, 'amount')}; the "
        f"{said(top['customers_of_known_value'])} of the highest band "
        f"{said((plain(top['customer_lifetime_value']) or 0) / total, 'share')} of it."
        if total > 0
        else f"{said(customers)} customers of known value brought {said(total, 'amount')}."
    )
    return Figure(
        "lifetime_value",
        title,
        message,
        (Chart(f"Bars of customers by band of lifetime value. {message}", charts.bars(rows, 30)),),
        (asked,),
        (
            f"Told {_when(period)}: profit since they came, as the source reports it. At the bars: customers "
            "· their lifetime value.",
        ),
    )


def _drivers(reader: Reader) -> Figure:
    period = reader.period
    driver = "customer_risk__main_driver"
    asked = reader.ask(
        ["predicted_churn_90d", "at_risk_customers", "scored_customers"],
        [driver],
        start=period.month_start,
        end=period.month_end,
        order=["-predicted_churn_90d"],
    )
    title = "Who is likely to leave, and why"
    found = [row for row in asked.records() if row["scored_customers"]]
    if not found:
        why = reader.why_nothing("scored customers", ["customer_products"], _when(period))
        return Figure("churn", title, missing=why, is_wide=True)
    found.sort(key=lambda row: (-(plain(row["predicted_churn_90d"]) or 0), str(row[driver])))
    rows = [
        {
            "name": row[driver] or "nothing in particular",
            "value": plain(row["predicted_churn_90d"]) or 0,
            "text": f"{said(row['predicted_churn_90d'], 'score')} of {said(row['scored_customers'])}",
            "colour": "second" if row["at_risk_customers"] else "main",
        }
        for row in found
    ]
    leaving = sum(row["value"] for row in rows)
    at_risk = sum(int(row["at_risk_customers"] or 0) for row in found)
    scored = sum(int(row["scored_customers"]) for row in found)
    message = (
        f"Of {said(scored)} scored customers {said(leaving)} are expected to leave within 90 days; "
        f"{said(at_risk)} are flagged as at risk. The driver of most is «{rows[0]['name']}»: "
        f"{rows[0]['text']}."
    )
    return Figure(
        "churn",
        title,
        message,
        (
            Chart(
                f"Bars of expected leavers by main driver. {message}",
                charts.bars(rows, 30),
                (NARROW, MEDIUM, WIDE),
                key=(("main", "expected leavers of customers scored"), ("second", "some of them at risk")),
            ),
        ),
        (asked,),
        (
            f"Scored {_when(period)}. The driver is what raises a customer's score most, which is not what "
            "causes leaving.",
        ),
        is_wide=True,
    )
