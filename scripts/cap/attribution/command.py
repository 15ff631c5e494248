"""The commands `cap attribution evaluate` and `bench`, and the tables they print."""

from pathlib import Path

import click

from cap.attribution.evaluate import MODELS, Channel, evaluate


@click.group()
def attribution() -> None:
    """Which touch earned the money: score the models against truth, and time them."""


@attribution.command("evaluate")
@click.option(
    "--truth",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder truth of the world of `cap generate` that was built.",
)
@click.option(
    "--conversion-type", default="purchase", show_default=True, help="Conversions that are credited."
)
def evaluate_command(truth: Path, conversion_type: str) -> None:
    """Print, as Markdown, the share of credit that each model gives each channel of touchpoints.

    Beside it: the share of conversions that the channel truly caused, and what its holdout group says, in
    percentage points of conversion per touched journey with a 95 % interval.
    """
    click.echo(_table(evaluate(truth, conversion_type)))


@attribution.command("bench")
@click.option("--conversions", default=1_000_000, show_default=True, type=click.IntRange(100))
@click.option("--channels", default=12, show_default=True, type=click.IntRange(2))
def bench_command(conversions: int, channels: int) -> None:
    """Time the models from paths to fact_attribution over made-up conversions; some gigabytes of /tmp."""
    from cap.attribution.bench import measure

    found = measure(conversions, channels, click.echo)
    width = max(map(len, found.seconds))
    for model, seconds in found.seconds.items():
        click.echo(f"{model:{width}} {seconds:>8.1f} s")
    click.echo(f"{'in all':{width}} {sum(found.seconds.values()):>8.1f} s")
    click.echo(f"{found.rows:,} rows of {found.touches:,} touches before {found.conversions:,} conversions")


def _table(channels: list[Channel]) -> str:
    lines = [
        "| channel | caused | holdout, points | " + " | ".join(m.replace("_", " ") for m in MODELS) + " |",
        "|---|" + "---:|" * (len(MODELS) + 2),
    ]
    for channel in channels:
        name = f"**{channel.name}** (no effect)" if channel.is_null else channel.name
        shares = " | ".join(f"{channel.credit_shares[model]:.0%}" for model in MODELS)
        lines.append(f"| {name} | {channel.caused_share:.0%} | {_points(channel.holdout)} | {shares} |")
    return "\n".join(lines)


def _points(holdout: tuple[float, float, float] | None) -> str:
    if holdout is None:
        return "–"
    estimate, low, high = (100 * one for one in holdout)
    return f"{estimate:+.1f} ({low:+.1f} to {high:+.1f})"
