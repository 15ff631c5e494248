"""The command `cap report`."""

import os
import webbrowser
from datetime import datetime
from pathlib import Path

import click
from tqdm import tqdm

from cap.errors import CapError
from cap.load.settings import database_path, require_project_folder

DEFAULT_OUT = Path("data/report.html")


@click.command("report")
@click.option(
    "--out",
    default=DEFAULT_OUT,
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; what is there is replaced.",
)
@click.option("--open", "is_opened", is_flag=True, help="Show it in the browser.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="As it stood at the end of this day; without it, of the last day of the data.",
)
def report(out: Path, is_opened: bool, as_of: datetime | None) -> None:
    """Write the state of the business as one HTML file that needs nothing but a browser.

    \u0008
    cap report --open                          write it and look at it
    cap report --out march.html --as-of 2026-03-31
    cap report --out /tmp/today.html           to send to somebody

    Key figures with their change, funnels, retention, attribution, experiments, lifecycle, customers' value,
    next best actions, journeys and how far the data can be trusted. Every figure is a metric or a query over
    gold, and «Data and query» beneath it shows both. What was not delivered is said in its place. No
    network, no personal data; light and dark, on a phone and on paper.

    The last four whole weeks before the day are compared with the four before them. Reads the warehouse
    $CAP_DUCKDB_PATH and changes nothing in it.
    """
    require_project_folder()
    if out.suffix.lower() not in (".html", ".htm"):
        raise CapError(f"{out} is no name of an HTML file: give --out a name that ends in .html")
    from cap.report.build import write
    from cap.report.reader import Reader
    from cap.report.sections import SECTIONS

    target = Path(os.environ.get("DBT_TARGET_PATH") or "target")
    reader = Reader(database_path(), target / "semantic_manifest.json", as_of.date() if as_of else None)
    try:
        with tqdm(
            total=2 * len(SECTIONS), desc="cap report", unit="section", disable=None, leave=False
        ) as bar:

            def progress(title: str) -> None:
                bar.set_postfix_str(title)
                bar.update()

            made = write(reader, out, progress)
    except OSError as error:
        raise CapError(f"cannot write {out}: {error.strerror}") from None
    finally:
        reader.close()
    click.echo(f"{out} ({out.stat().st_size / 1e6:.1f} MB), as of {made.period.as_of}")
    if is_opened and not webbrowser.open(out.absolute().as_uri()):
        click.echo("No browser was found: open the file yourself.", err=True)
