"""From a warehouse to a report, and to the file it stands in."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

from cap.report.model import Report, Section
from cap.report.reader import Reader
from cap.report.sections import SECTIONS
from cap.report.words import day, said, span

TITLE = "The state of the business"
SHORT = ("revenue", "web_funnel", "retention", "holdouts", "experiments", "stages", "rejected")  # figures


def build(reader: Reader, progress: Callable[[str], None] = lambda _: None) -> Report:
    """Ask the warehouse for every section.

    Args:
        reader: the warehouse, at the day of the report.
        progress: called with the title of each section once it is there.

    Raises:
        CapError: if the warehouse does not answer, for instance as it is older than the code.
    """
    sections = []
    for make in SECTIONS:
        sections.append(make(reader))
        progress(sections[-1].title)
    delivered = [one for one in reader.deliveries if not one.is_absent]
    rows = sum(one.bronze_rows for one in delivered)
    facts = (
        *((("Events since", day(reader.period.first_day)),) if reader.has_events else ()),
        ("Data up to", day(reader.calendar_end)),
        ("Tables delivered", f"{len(delivered)} of {len(reader.deliveries)}"),
        ("Rows delivered", said(rows)),
        ("Compared with", span(reader.period.before_start, reader.period.before_end)),
    )
    return Report(
        TITLE,
        reader.period,
        reader.database.name,
        facts,
        _short(sections),
        tuple(sections),
        tuple(reader.absent),
    )


def _short(sections: list[Section]) -> tuple[tuple[str, str, str], ...]:
    """What moved, and the messages of the figures that most readers come for."""
    told = []
    for section in sections:
        moved = [f"{tile.label} {tile.change}" for tile in section.tiles if tile.tone != "plain"]
        if any(tile.number is not None for tile in section.tiles):
            words = f"{'; '.join(moved)}." if moved else "None moved beyond the usual up and down of weeks."
            told.append((section.key, "Key figures", words))
        told += [
            (f"f-{figure.key}", figure.title, figure.message)
            for figure in section.figures
            if figure.key in SHORT and not figure.missing
        ]
    return tuple(told)


def write(reader: Reader, path: Path, progress: Callable[[str], None] = lambda _: None) -> Report:
    """Build the report, draw it, and write it to `path`, whose folder is made where there is none."""
    from cap.report.page import render  # Altair takes half a second

    path.parent.mkdir(parents=True, exist_ok=True)
    TemporaryFile(dir=path.parent).close()  # where nothing can be written it is said before the work
    report = build(reader, progress)
    text = render(report, progress)
    path.write_text(text, encoding="utf-8")
    return report
