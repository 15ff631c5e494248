"""The command `cap snapshot bench`, and the table it prints."""

import click


@click.group()
def snapshot() -> None:
    """The daily snapshot of customers: how long it takes to build."""


@snapshot.command("bench")
@click.option("--customers", default=100_000, show_default=True, type=click.IntRange(100))
@click.option("--days", default=365, show_default=True, type=click.IntRange(2))
def bench_command(customers: int, days: int) -> None:
    """Time the models from events to fact_customer_daily_snapshot over made-up customers, and one day more.

    100,000 customers and 365 days need some 10 GB of /tmp, a few minutes, and a machine that is idle.
    """
    from cap.snapshot.bench import measure

    found = measure(customers, days, click.echo)
    width = max(map(len, found.full.seconds))
    click.echo(f"{'':{width}} {'full build':>12} {'one day more':>14}")
    for model, seconds in found.full.seconds.items():
        click.echo(f"{model:{width}} {seconds:>10.1f} s {found.day.seconds[model]:>12.1f} s")
    for label, unit, part in (
        ("in all, with dbt's start", "s", "elapsed"),
        ("peak memory", "GiB", "gibibytes"),
    ):
        full, day = (getattr(one, part) for one in (found.full, found.day))
        click.echo(f"{label:{width}} {full:>{11 - len(unit)}.1f} {unit} {day:>{13 - len(unit)}.1f} {unit}")
    click.echo(f"{found.rows:,} rows of {found.states:,} states, {found.events:,} events")
