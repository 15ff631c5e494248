"""How far the numbers can be trusted: identity, completeness, refused rows, and what was not delivered."""

from cap.report import charts
from cap.report.model import Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import listed, plain, plural, said

CUSTOMERS = ["customer_master"]
RATES = (
    ("profile_completeness", "Profile complete", 100),
    ("email_verified_rate", "E-mail verified", 1),
    ("phone_verified_rate", "Phone verified", 1),
    ("address_verified_rate", "Address verified", 1),
    ("kyc_compliance_rate", "KYC compliant", 1),
    ("marketing_opt_in_rate", "May be written to", 1),
)
TABLES = 10
# workflow by workflow, how many of what is measured keeps its level
LEVELS = """\
select 'identity resolution' as workflow, 'source systems' as measured_by,
    count(is_service_level_met) as measured, count(case when is_service_level_met then 1 end) as kept
from quality.quality_identity_service
union all
select 'profile enrichment', 'records delivered in 30 days', coalesce(sum(record_count), 0),
    coalesce(sum(record_in_time_count), 0)
from quality.quality_profile_enrichment where age_days < 30
union all
select 'segmentation', 'segmentations', count(is_service_level_met),
    count(case when is_service_level_met then 1 end)
from quality.quality_segmentation_service
union all
select 'lifecycle tracking', 'stages', count(is_service_level_met),
    count(case when is_service_level_met then 1 end)
from quality.quality_lifecycle_service
order by workflow"""


def section(reader: Reader) -> Section:
    """Identity, completeness, refused rows, absent tables."""
    return Section(
        "quality",
        "How far this can be trusted",
        (_absent(reader), _identity(reader), _profiles(reader), _rows(reader), _levels(reader)),
        "Identity and data quality are told as of the build, whatever the day of the report.",
    )


def _identity(reader: Reader) -> Figure:
    title = "Who is who"
    asked = reader.ask(
        [
            "customer_records",
            "golden_customers",
            "duplicate_record_rate",
            "identity_resolution_rate",
            "customer_records_in_review",
            "over_merge_suspects",
        ]
    )
    found = asked.records()[0] if asked.rows else {}
    records = plain(found.get("customer_records"))
    if not records:
        return Figure("identity", title, missing=reader.why_nothing("customer records", CUSTOMERS))
    levels = [
        ("Records in all systems", "customer_records", "main"),
        ("Persons they are", "golden_customers", "third"),
        ("Waiting for a steward", "customer_records_in_review", "second"),
        ("Suspected wrong merges", "over_merge_suspects", "bad"),
    ]
    rows = [
        {
            "name": label,
            "value": plain(found[metric]) or 0,
            "text": said(found[metric] or 0),
            "colour": colour,
        }
        for label, metric, colour in levels
    ]
    message = (
        f"{said(records)} records are {said(found['golden_customers'])} persons; "
        f"{said(found['duplicate_record_rate'], 'share')} of the records are double within their system, "
        f"{said(found['identity_resolution_rate'], 'share')} are resolved."
    )
    return Figure(
        "identity", title, message, (Chart(f"Bars of identity. {message}", charts.bars(rows, 36)),), (asked,)
    )


def _profiles(reader: Reader) -> Figure:
    title = "How complete profiles are"
    asked = reader.ask([*(metric for metric, *_ in RATES), "data_quality_score"])
    found = asked.records()[0] if asked.rows else {}
    rows = [
        {
            "name": label,
            "value": (plain(found[metric]) or 0) / whole,
            "text": said((plain(found[metric]) or 0) / whole, "share"),
        }
        for metric, label, whole in RATES
        if found.get(metric) is not None
    ]
    if not rows:
        return Figure("profiles", title, missing=reader.why_nothing("profiles", CUSTOMERS))
    lowest = min(rows, key=lambda row: row["value"])
    message = (
        f"Profiles score {said(found['data_quality_score'], 'score')} of 100 for quality. "
        f"Lowest: {lowest['name'].lower()}, {lowest['text']}."
    )
    return Figure(
        "profiles",
        title,
        message,
        (Chart(f"Bars of completeness. {message}", charts.bars(rows, 30)),),
        (asked,),
        ("Verified shares are of the profiles that have the value.",),
    )


def _rows(reader: Reader) -> Figure:
    title = "Rows that could not be used"
    asked = reader.sql(
        "select table_name, bronze_rows, accepted_rows, duplicate_rows, rejected_rows, fields_nulled,\n"
        "    rejected_rows / nullif(bronze_rows, 0) as rejected_rate\n"
        "from quality.quality_load_summary\nwhere not is_absent\n"
        "order by rejected_rows desc, table_name"
    )
    found = asked.records()
    delivered = sum(int(row["bronze_rows"]) for row in found)
    if not delivered:
        return Figure("rejected", title, missing="No rows were delivered at all.")
    rejected, twice = (sum(int(row[name]) for row in found) for name in ("rejected_rows", "duplicate_rows"))
    message = (
        f"Of {said(delivered)} rows delivered {said(rejected)} were refused "
        f"({said(rejected / delivered, 'share')}), {said(twice)} came twice; all others are in the numbers."
    )
    shown = [row for row in found if row["rejected_rows"]][:TABLES]
    rows = [
        {
            "name": row["table_name"],
            "value": float(row["rejected_rows"]),
            "text": f"{said(row['rejected_rows'])} · {said(row['rejected_rate'], 'share')}",
        }
        for row in shown
    ]
    chart = (Chart(f"Bars of rows refused by table. {message}", charts.bars(rows, 28)),) if rows else ()
    reasons = reader.sql(
        "select rejection_reason, count(*) as rejected_rows from quality.quality_rejected_rows\n"
        "group by all order by rejected_rows desc, rejection_reason"
    )
    most = [str(row["rejection_reason"]).replace("_", " ") for row in reasons.records()[:2]]
    notes = [f"Most often: {listed(most)}."] if most else []
    if rows:
        notes.append(
            "At the bars: rows refused · share of those delivered. quality.quality_rejected_rows has each "
            "with its reason."
        )
    return Figure("rejected", title, message, chart, (asked, reasons), tuple(notes))


def _absent(reader: Reader) -> Figure:
    title = "What was not delivered"
    asked = reader.sql(
        "select table_name, domain, is_absent, bronze_rows, last_event_timestamp\n"
        "from quality.quality_load_summary\norder by is_absent desc, last_event_timestamp, table_name"
    )
    found = asked.records()
    absent = [row["table_name"] for row in found if row["is_absent"]]
    empty = [row["table_name"] for row in found if not row["is_absent"] and not row["bronze_rows"]]
    there = len(found) - len(absent)
    parts = [f"{plural(there, 'table')} of {len(found)} {'was' if there == 1 else 'were'} delivered."]
    if absent:
        parts.append(f"Not delivered: {listed(absent)}.")
    if empty:
        parts.append(f"Delivered without rows: {listed(empty)}.")
    if not absent and not empty:
        parts.append("Nothing is missing.")
    late = [
        row["table_name"]
        for row in found
        if row["last_event_timestamp"]
        and row["table_name"] != "journey_definitions"
        and (reader.calendar_end - row["last_event_timestamp"].date()).days > 7
    ]
    if late:
        parts.append(f"Nothing new for over a week: {listed(late)}.")
    return Figure("absent", title, " ".join(parts), (), (asked,), is_wide=True)


def _levels(reader: Reader) -> Figure:
    title = "Do the four workflows keep their service level?"
    asked = reader.sql(LEVELS)
    found = [row for row in asked.records() if row["measured"]]
    if not found:
        return Figure("levels", title, missing=reader.why_nothing("workflow measured", CUSTOMERS))
    missed = [row["workflow"] for row in found if row["kept"] < row["measured"]]
    message = f"Missed in part: {listed(missed)}." if missed else "All levels are kept."
    lines = [("Workflow", "Measured", "Kept")]
    lines += [
        (row["workflow"], f"{said(row['measured'])} {row['measured_by']}", said(row["kept"])) for row in found
    ]
    return Figure(
        "levels",
        title,
        message,
        (),
        (asked,),
        ("docs/workflows says what each level is and what to do where it is missed.",),
        tuple(lines),
    )
