"""The command `cap quality`: every area's figures, as a table, CSV, JSON or a page."""

import csv
import importlib
import io
import json
import pkgutil
from dataclasses import asdict
from pathlib import Path

import click

import cap.quality
from cap.bench.page import write as write_page
from cap.errors import CapError
from cap.load.settings import require_project_folder
from cap.quality.figures import Figure, markdown
from cap.warehouse import opened

NO_AREAS = {"command", "figures"}


def areas() -> list[str]:
    """The names of the areas there are: the modules beside this one."""
    found = (module.name for module in pkgutil.iter_modules(cap.quality.__path__))
    return sorted(name for name in found if name not in NO_AREAS)


@click.command("quality")
@click.option(
    "--truth",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder truth of the world of `cap generate` that was built.",
)
@click.option(
    "--area", "chosen", multiple=True, help="Only this area, such as golden_record; may be repeated."
)
@click.option(
    "--write",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A page to write the figures into, between its markers, such as docs/quality.md.",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def quality(truth: Path, chosen: tuple[str, ...], page: Path | None, form: str) -> None:
    """Measure what the warehouse infers against what is true in the world that was generated.

    Reads $CAP_DUCKDB_PATH and changes nothing in it.
    """
    require_project_folder()
    unknown = sorted(set(chosen) - set(areas()))
    if unknown:
        raise CapError(f"there is no area {', '.join(unknown)}. There are: {', '.join(areas())}.")
    figures = measure(truth, list(chosen) or areas())
    if page:
        write_page(page, markdown(figures) + "\n", "cap quality")
    click.echo({"table": _table, "csv": _as_csv, "json": _as_json}[form](figures))


def measure(truth: Path, names: list[str]) -> list[Figure]:
    """The figures of the areas of these names. Raises CapError where the warehouse is not built."""
    figures: list[Figure] = []
    with opened() as connection:
        for name in names:
            figures += importlib.import_module(f"cap.quality.{name}").evaluate(connection, truth)
    return figures


def _table(figures: list[Figure]) -> str:
    width = max((len(figure.name) for figure in figures), default=0)
    lines: list[str] = []
    for area in dict.fromkeys(figure.area for figure in figures):
        lines += ["", area] if lines else [area]
        lines += [
            f"  {figure.name:{width}} {figure.text():>12}  {figure.note}".rstrip()
            for figure in figures
            if figure.area == area
        ]
    return "\n".join(lines)


def _as_csv(figures: list[Figure]) -> str:
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(("area", "name", "value", "unit", "note"))
    out.writerows(asdict(figure).values() for figure in figures)
    return text.getvalue().rstrip("\n")


def _as_json(figures: list[Figure]) -> str:
    return json.dumps([asdict(figure) for figure in figures], indent=2, ensure_ascii=False)
