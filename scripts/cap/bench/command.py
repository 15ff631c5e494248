"""The command `cap bench`."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cap.bench import chart, page
from cap.bench.machine import describe_machine
from cap.bench.measure import (
    ProjectMeasured,
    Size,
    SizeMeasured,
    measure_project,
    measure_size,
    prepare,
    save,
    saved_project,
    saved_size,
)
from cap.errors import CapError
from cap.load.settings import require_project_folder

SIZES = {
    size.name: size
    for size in (Size("small", 1000, 180), Size("medium", 10_000, 180), Size("large", 40_000, 180))
}


@click.command()
@click.option(
    "--sizes",
    default=",".join(SIZES),
    show_default=True,
    help=f"Which of the sizes {', '.join(f'{s.name} ({s.customers:,} × {s.days})' for s in SIZES.values())}.",
)
@click.option("--customers", multiple=True, type=click.IntRange(1), help="A size of your own, repeatable …")
@click.option("--days", multiple=True, type=click.IntRange(1), help="… with its days of history.")
@click.option(
    "--out",
    default="docs/benchmarks.md",
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page whose part between markers is written; the chart goes beside it, as .svg.",
)
@click.option(
    "--keep",
    default="data/bench",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where worlds and warehouses lie; a world that is there is not made again.",
)
@click.option("--resume", is_flag=True, help="What an earlier benchmark measured to its end stands.")
def bench(
    sizes: str, customers: tuple[int, ...], days: tuple[int, ...], out: Path, keep: Path, resume: bool
) -> None:
    """Measure what the warehouse costs: a full build against the least it could take, one more day, memory.

    Builds worlds of several sizes with dbt and writes what it found into a page. The three sizes take a
    quarter of an hour on two cores and some 10 GB of disk; if it was killed, start it again.
    """
    require_project_folder()
    chosen = _chosen(sizes, customers, days)
    work = keep.expanduser().absolute()
    machine = describe_machine()
    begun = time.monotonic()
    with _sigterm_is_an_exit():
        project = _project(chosen[0], work, resume)
        measured = [_size(size, work, resume) for size in chosen]
    picture = out.with_suffix(".svg")
    try:
        page.write(out, page.render(measured, project, machine, picture.name))
        picture.write_text(chart.render(measured[-1], project))
    except OSError as error:
        raise CapError(
            f"cannot write {error.filename or out}: {error.strerror}. Give another --out."
        ) from None
    click.echo("\n".join(page.verdicts(measured, project)))
    click.echo(f"{out} and {picture}, after {(time.monotonic() - begun) / 60:.0f} minutes")


def _project(size: Size, work: Path, resume: bool) -> ProjectMeasured:
    """Start-up and parsing; the columns of the empty tables are those of a world of this size."""
    click.echo("project")
    measured = saved_project(work) if resume else None
    if measured:
        _say("measured before")
        return measured
    prepare(size, work, _say)
    measured = measure_project(size.folder(work) / "parts/empty", work, _say)
    save(measured, work / "startup")
    return measured


def _size(size: Size, work: Path, resume: bool) -> SizeMeasured:
    click.echo(f"{size.name}: {size.customers:,} customers, {size.days:,} days")
    measured = saved_size(size, work) if resume else None
    if measured:
        _say("measured before")
        return measured
    measured = measure_size(size, work, _say)
    save(measured, size.folder(work))
    return measured


@contextmanager
def _sigterm_is_an_exit() -> Iterator[None]:
    """Who is told to end takes the process it measures with it."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _chosen(sizes: str, customers: tuple[int, ...], days: tuple[int, ...]) -> list[Size]:
    """The sizes asked for, smallest first."""
    if len(customers) != len(days):
        raise CapError(
            f"--customers is given {len(customers)} times, --days {len(days)} times: one each per size."
        )
    if customers:
        chosen = [
            Size(f"{people} × {length}", people, length)
            for people, length in zip(customers, days, strict=True)
        ]
    else:
        names = [name.strip() for name in sizes.split(",") if name.strip()]
        unknown = [name for name in names if name not in SIZES]
        if unknown or not names:
            raise CapError(f"--sizes is «{sizes}»; give some of {', '.join(SIZES)}, with commas between.")
        chosen = [SIZES[name] for name in dict.fromkeys(names)]
    return sorted(chosen, key=lambda size: size.customers * size.days)


def _say(line: str) -> None:
    click.echo(f"  {line}")
