"""The group `cap attribution` and its commands; what takes long to import is imported where it is used."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cap.attribution import CAUSALITY
from cap.attribution.warehouse import GRAINS, MODELS, Warehouse, conversion_types, opened
from cap.attribution.warehouse import conversion_type as known_type
from cap.errors import CapError
from cap.load.settings import database_path, require_project_folder
from cap.output import FORMAT, render

if TYPE_CHECKING:
    from cap.attribution.evaluate import Channel
    from cap.attribution.results import AttributionEstimate

ORDERS = ("1", "2", "3")
TYPE = click.option(
    "--conversion-type", default="purchase", show_default=True, help="Conversions that are credited."
)
BY = click.option(
    "--by",
    type=click.Choice(GRAINS),
    help="What earns credit; by default as the warehouse was built. The other is computed anew, in memory.",
)
ORDER = click.option(
    "--order", "orders", multiple=True, type=click.Choice(ORDERS), help="Markov chains of these orders alone."
)
SEED = click.option(
    "--seed", default=0, show_default=True, help="Of the draws; the same gives the same numbers."
)
CONFIDENCE = click.option(
    "--confidence",
    default=0.95,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Level of intervals.",
)


@click.group()
def attribution() -> None:
    """Which touch earned the money, by which model, how sure that is, and what holdout groups say.

    \u0008
    cap attribution run                              every model, every channel, with intervals
    cap attribution compare                          models side by side, and beside holdouts
    cap attribution compare --sensitivity lookback   what another lookback would change
    cap attribution explain Email                    why a channel gets what it gets
    cap attribution explain cv_1a2b                  how models share out one conversion
    cap attribution run --all --save                 all types, into gold.fact_attribution_estimates

    A model shares out what was earned among what came before it; it does not show what caused it. Where a
    channel has a holdout group, believe that. docs/analysis.md explains each method and when it misleads.
    """


@attribution.command("run")
@TYPE
@click.option("--all", "every", is_flag=True, help="All types of conversion.")
@BY
@click.option("--model", "-m", "models", multiple=True, help="Show only this model: linear, markov_2 …")
@ORDER
@click.option(
    "--samples",
    default=200,
    show_default=True,
    type=click.IntRange(0, 10_000),
    help="Bootstrap samples behind the intervals of chains; 0 for none.",
)
@SEED
@CONFIDENCE
@click.option("--save", is_flag=True, help="Land the estimates and refresh gold by dbt.")
@FORMAT
@click.pass_context
def run_command(
    ctx: click.Context,
    conversion_type: str,
    every: bool,
    by: str | None,
    models: tuple[str, ...],
    orders: tuple[str, ...],
    samples: int,
    seed: int,
    confidence: float,
    save: bool,
    form: str,
) -> None:
    """What each model gives each channel or campaign: share, removal effect, conversions, revenue.

    \u0008
    cap attribution run
    cap attribution run --conversion-type lead --model linear --model markov_1
    cap attribution run --by campaign --order 1 --samples 500 --confidence 0.9
    cap attribution run --all --save
    cap attribution run --format csv > estimates.csv

    The models of SQL (first_touch to markov) are those of gold.fact_attribution; markov_1, markov_2 and
    markov_3 are Markov chains with so many touches of memory, over all paths, those that led to nothing too.
    Shares are of conversions that a touch came before. Intervals of chains are of bootstrap samples of
    people, those of models that look at one path at a time are by the delta method over people.
    """
    from cap.attribution.save import estimate_all

    if every and ctx.get_parameter_source("conversion_type") is click.core.ParameterSource.COMMANDLINE:
        raise CapError("name one --conversion-type, or say --all")
    if save and models:
        raise CapError("--save lands every model: leave out --model, which only says what to show")
    # one sample beyond each end of the interval
    least = ceil(round(2 / (1 - confidence), 6))
    if 0 < samples < least:
        level = f"{100 * confidence:g} %"
        raise CapError(f"{samples} samples are too few for {level} intervals: take {least}, or 0 for none")
    chosen = tuple(sorted({int(one) for one in orders or ORDERS}))
    _check_models(models, chosen)
    with _by(by) as warehouse:
        types = conversion_types(warehouse) if every else [known_type(warehouse, conversion_type)]
        if not types:
            known_type(warehouse, conversion_type)
        found = estimate_all(
            warehouse, types, orders=chosen, samples=samples, seed=seed, confidence=confidence
        )
    if save:
        _save(found)
    _print([row for row in found if not models or row.attribution_model in models], form)


@attribution.command("compare")
@TYPE
@BY
@click.option(
    "--measure",
    type=click.Choice(["share", "conversions", "revenue"]),
    default="share",
    show_default=True,
    help="What stands in the table; agreement is of shares.",
)
@ORDER
@click.option(
    "--agreement", is_flag=True, help="In csv and json: how far every two models agree, instead of the table."
)
@click.option(
    "--sensitivity",
    "settings",
    multiple=True,
    type=click.Choice(["lookback", "half-life", "transform", "all"]),
    help="Instead: what each model would say by other settings, one varied at a time.",
)
@CONFIDENCE
@FORMAT
def compare_command(
    conversion_type: str,
    by: str | None,
    measure: str,
    orders: tuple[str, ...],
    agreement: bool,
    settings: tuple[str, ...],
    confidence: float,
    form: str,
) -> None:
    """Set the models side by side, and beside the holdout groups of channels that have one.

    \u0008
    cap attribution compare
    cap attribution compare --measure revenue --conversion-type purchase
    cap attribution compare --agreement --format json
    cap attribution compare --sensitivity lookback --sensitivity transform
    cap attribution compare --sensitivity all --format csv > sensitivity.csv

    «credit moved» is the share of all credit that two models give to different channels, «rank agreement»
    Kendall's tau of the order in which they put channels. The uplift of a channel is the conversion rate of
    journeys it reached less that of journeys from which it was withheld, with customers as units.
    --sensitivity runs the models' own SQL with other vars, in memory: dbt takes seconds to read the project.
    """
    chosen = tuple(sorted({int(one) for one in orders or ORDERS}))
    if settings:
        if agreement or by:
            raise CapError("--sensitivity is by channel as built: leave out --agreement and --by")
        _print_sensitivity(conversion_type, settings, (chosen if orders else (1,)), form)
        return
    if agreement and form == "table":
        raise CapError("the table shows agreement anyway; --agreement is for --format csv or json")
    from cap.attribution.compare import agreements, side_by_side
    from cap.attribution.estimate import estimates
    from cap.attribution.holdouts import holdouts

    with _by(by) as warehouse:
        found = estimates(warehouse, conversion_type, orders=chosen, samples=0)
        held_out = holdouts(warehouse, confidence)
        base = warehouse.settings.default_model
        # a channel's holdout says nothing of one campaign
        of_grain = held_out if warehouse.settings.attribution_grain == "channel" else []
    rows, agreed = side_by_side(found, held_out, measure), agreements(found, of_grain, confidence)
    if form == "table":
        from cap.attribution.show import compared

        click.echo(compared(rows, measure, agreed, held_out, base))
        return
    click.echo(render(agreed if agreement else rows, form))
    click.echo(CAUSALITY, err=True)


def _print_sensitivity(
    conversion_type: str, settings: Sequence[str], orders: Sequence[int], form: str
) -> None:
    from tqdm import tqdm

    from cap.attribution.compare import TRIED, sensitivity

    tried = tuple(TRIED) if "all" in settings else tuple(dict.fromkeys(settings))
    with opened() as warehouse:
        known_type(warehouse, conversion_type)
    click.echo("dbt: reading the project …", err=True)
    with tqdm(desc="Attributing anew", unit="setting", disable=None, leave=False) as bar:
        found = sensitivity(conversion_type, tried, orders, lambda: bar.update() and None)
    if form == "table":
        from cap.attribution.show import varied

        click.echo(varied(found))
        return
    click.echo(render(found, form))
    click.echo(CAUSALITY, err=True)


@attribution.command("explain")
@click.argument("what", required=False)
@TYPE
@click.option(
    "--top", default=5, show_default=True, type=click.IntRange(1, 1000), help="Paths and neighbours shown."
)
@BY
@FORMAT
def explain_command(what: str | None, conversion_type: str, top: int, by: str | None, form: str) -> None:
    """Say by which paths conversions came, why a channel gets what it gets, or how one is shared out.

    \u0008
    cap attribution explain                      the paths of all, and what channels are to them
    cap attribution explain Email
    cap attribution explain "Paid Search" --conversion-type lead --top 10
    cap attribution explain --by campaign welcome
    cap attribution explain cv_1a2b3c            a conversion_id, or a conversion_key

    Without a name: removal effects by channel, how long paths are, the paths that brought most conversions
    and those that most often led to nothing. Of a channel: what each model credits it with; its removal
    effect and what that is made of; where it stands in paths; what comes before and after it; the paths that
    brought most conversions with it and without; and its holdout group. Of a conversion: its touches, and
    the part that each model gives to each; nobody is named.
    """
    from cap.attribution import explain

    with _by(by) as warehouse:
        node = explain.find_channel(warehouse, what) if what is not None else None
        if what is None:
            lines: Sequence[Any] = explain.explain_paths(warehouse, conversion_type, top=top)
        elif node:
            lines = explain.explain_channel(warehouse, conversion_type, node, top=top)
        else:
            key = explain.find_conversion(warehouse, what)
            if key is None:
                raise explain.unknown(warehouse, what)
            lines = explain.explain_conversion(warehouse, key)
    if form != "table":
        click.echo(render(lines, form))
        click.echo(CAUSALITY, err=True)
        return
    from cap.attribution.show import explained, touched

    if what is None:
        click.echo(explained(f"Paths to a {conversion_type}, or to none", lines))
    else:
        click.echo(explained(node.name, lines) if node else touched(lines))


@contextmanager
def _by(by: str | None) -> Iterator[Warehouse]:
    """The warehouse by channel or by campaign: as it was built, or else made anew in memory."""
    with opened() as warehouse:
        settings = warehouse.settings
        if by in (None, settings.attribution_grain):
            yield warehouse
            return
    from cap.attribution.recompute import VARS, compiled, rebuilt

    click.echo(f"Attribution was built by {settings.attribution_grain}; making it by {by} …", err=True)
    built_by = {name: getattr(settings, name) for name in VARS}
    (models,) = compiled([{"attribution_grain": by}], built_by)
    with opened() as warehouse:
        yield rebuilt(warehouse, models, "attribution_again", attribution_grain=by)


def _check_models(asked: Sequence[str], orders: Sequence[int]) -> None:
    from cap.attribution.warehouse import near

    known = [*MODELS, *(f"markov_{order}" for order in orders)]
    for model in asked:
        if model not in known:
            raise CapError(f"there is no model {model!r} among those computed. {near(model, known)}")


def _save(found: Sequence["AttributionEstimate"]) -> None:
    from cap.attribution.save import MODELS as PUBLISHING
    from cap.attribution.save import land_estimates
    from cap.landing import refresh

    count = land_estimates(found, database_path())
    click.echo(f"{count:,} rows landed; dbt makes gold.fact_attribution_estimates of them …", err=True)
    refresh(PUBLISHING)


def _print(found: Sequence["AttributionEstimate"], form: str) -> None:
    if form == "table":
        from cap.attribution.show import estimated

        click.echo(estimated(found))
        return
    click.echo(render(found, form))
    click.echo(CAUSALITY, err=True)


@attribution.command("evaluate")
@click.option(
    "--truth",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder truth of the world of `cap generate` that was built.",
)
@TYPE
def evaluate_command(truth: Path, conversion_type: str) -> None:
    """Print, as Markdown, the share of credit that each model gives each channel of touchpoints.

    Beside it: the share of conversions that the channel truly caused, and what its holdout group says, in
    percentage points of conversion per touched journey with a 95 % interval where it is large enough.

    \u0008
    cap attribution evaluate --truth data/truth
    """
    from cap.attribution.evaluate import evaluate

    require_project_folder()
    click.echo(_table(evaluate(truth, conversion_type)))
    click.echo(f"\n{CAUSALITY}")


@attribution.command("bench")
@click.option("--conversions", default=1_000_000, show_default=True, type=click.IntRange(100))
@click.option("--channels", default=12, show_default=True, type=click.IntRange(2))
def bench_command(conversions: int, channels: int) -> None:
    """Time the models from paths to fact_attribution over made-up conversions; some gigabytes of /tmp.

    \u0008
    cap attribution bench --conversions 100000 --channels 30
    """
    from cap.attribution.bench import measure

    found = measure(conversions, channels, click.echo)
    width = max(map(len, found.seconds))
    for model, seconds in found.seconds.items():
        click.echo(f"{model:{width}} {seconds:>8.1f} s")
    click.echo(f"{'in all':{width}} {sum(found.seconds.values()):>8.1f} s")
    click.echo(f"{found.rows:,} rows of {found.touches:,} touches before {found.conversions:,} conversions")


def _table(channels: list["Channel"]) -> str:
    lines = [
        "| channel | caused | holdout, points | " + " | ".join(m.replace("_", " ") for m in MODELS) + " |",
        "|---|" + "---:|" * (len(MODELS) + 2),
    ]
    for channel in channels:
        name = f"**{channel.name}** (no effect)" if channel.is_null else channel.name
        shares = " | ".join(f"{channel.credit_shares[model]:.0%}" for model in MODELS)
        lines.append(f"| {name} | {channel.caused_share:.0%} | {_points(channel.holdout)} | {shares} |")
    return "\n".join(lines)


def _points(holdout: tuple[float, float | None, float | None] | None) -> str:
    if holdout is None:
        return "–"
    estimate, low, high = holdout
    if low is None or high is None:
        return f"{100 * estimate:+.1f} (too small)"
    return f"{100 * estimate:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
