"""Why a channel gets what it gets, and how the models share out one conversion."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cap.attribution import warehouse as stored
from cap.attribution.chain import Path, chain, solve
from cap.attribution.estimate import estimates
from cap.attribution.holdouts import holdouts
from cap.attribution.warehouse import MODELS, Node, Warehouse
from cap.errors import CapError

START, CONVERSION, NOTHING = "(start of the path)", "(a conversion)", "(nothing)"
BETWEEN = " > "
LENGTHS = (1, 2, 5, 10, 20)  # the longest of each kind


@dataclass(frozen=True)
class Line:
    """One thing to know of a channel, or of all: what it belongs to, how many, and a share of 0 to 1 with its
    interval.

    Sections, and what their `count` and `share` are:
    - paths: how many converted, and how many did not, of all
    - removal effect by channel: paths with the channel, and its removal effect by a chain of order 1
    - length: conversions by how many different touches in a row their path has, of all with a touch
    - paths that converted, paths that led to nothing: the most common, and the part of such paths that did
    - credit: conversions a model credits, of those that a touch came before
    - removal effect: `share` is the effect of a chain by order, then what order 1 is made of: the chance that
      a path comes to the channel, to convert from there, and to convert at all: first * second / third
    - place: conversions with the channel by where it stands, of all conversions with it
    - before, after: steps of paths, those that led to nothing too, into the channel and out of it
    - paths with it, paths without it: conversions that came by the path, and the part of such paths that did
    - holdout: journeys per arm and their conversion rate, then the uplift in conversions per journey
    """

    section: str
    item: str
    count: float | None
    share: float | None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Touch:
    """One touch before a conversion, and the part of it that each model of the warehouse gives it, 0 to 1."""

    number: int
    touched_at: datetime | None
    hours_before: float | None
    kind: str | None
    channel: str
    campaign: str | None
    first_touch: float
    last_touch: float
    last_non_direct: float
    linear: float
    time_decay: float
    position_based: float
    shapley: float
    markov: float


def find_channel(warehouse: Warehouse, asked: str) -> Node | None:
    """The channel (or campaign, where credit is by campaign) of that name, whatever its case."""
    plain = asked.strip().lower()
    return next((node for node in stored.nodes(warehouse).values() if node.name.lower() == plain), None)


def find_conversion(warehouse: Warehouse, asked: str) -> int | None:
    """The key of the conversion that is called so: its conversion_id, or else its conversion_key."""
    number = int(asked) if asked.lstrip("-").isdecimal() else None
    found = warehouse.rows(
        "select conversion_key from silver.silver_conversions where conversion_id = ? or conversion_key = ? "
        "order by conversion_id = ? desc limit 1",
        [asked, number, asked],
    )
    return found[0][0] if found else None


def unknown(warehouse: Warehouse, asked: str) -> CapError:
    """What to say of a name that is neither; the nearest channels."""
    known = sorted(node.name for node in stored.nodes(warehouse).values())
    return CapError(f"there is no channel and no conversion {asked!r}. {stored.near(asked, known)}")


def explain_channel(
    warehouse: Warehouse, conversion_type: str, node: Node, *, top: int = 5, orders: Sequence[int] = (1, 2, 3)
) -> list[Line]:
    """Lines on one channel, by section; `top` is how many paths and neighbours are told.

    Raises CapError where no path of such a conversion, or to none, has the channel.
    """
    conversion_type = stored.conversion_type(warehouse, conversion_type)
    if node.name == stored.NO_TOUCH:
        raise CapError(f"{node.name} stands for conversions that nothing touched: there is no path")
    names = {key: one.name for key, one in stored.nodes(warehouse).items()}
    paths = stored.paths(warehouse, conversion_type)
    if not any(node.key in path.nodes for path in paths):
        raise CapError(
            f"{node.name} is in no path to or past a {conversion_type}: nobody had a touch of it, or it is "
            f"called otherwise. {stored.near(node.name, sorted({names[k] for p in paths for k in p.nodes}))}"
        )
    lines = [
        Line("credit", row.attribution_model, row.conversions, row.share, row.share_lower, row.share_upper)
        for row in estimates(warehouse, conversion_type, orders=(), samples=0)
        if (row.channel_key, row.campaign_key) == (node.channel_key, node.campaign_key)
    ]
    touched, *_ = stored.totals(warehouse, conversion_type)
    removal = []
    for order in orders:
        solved = solve(chain(paths, order))
        effect = solved.effects[node.key]
        lines.append(Line("credit", f"markov_{order}", touched * effect.share, effect.share))
        removal.append(Line("removal effect", f"order {order}", None, effect.removal))
        if order == 1:
            parts = [
                Line("removal effect", "a path comes to it", None, effect.reached),
                Line("removal effect", "and converts from there", None, effect.from_there),
                Line("removal effect", "any path converts", None, solved.chance),
            ]
    lines += removal + (parts if 1 in orders else [])
    lines += _places(warehouse, conversion_type, node)
    lines += _neighbours(paths, node, names, top)
    for section, is_in in (("paths with it", True), ("paths without it", False)):
        lines += _most_common(
            section,
            paths,
            lambda path, is_in=is_in: path.is_converted and (node.key in path.nodes) == is_in,
            names,
            top,
        )
    return lines + _holdout(warehouse, node)


def explain_paths(warehouse: Warehouse, conversion_type: str, *, top: int = 5) -> list[Line]:
    """Lines on the paths to a type of conversion, by section; `top` is how many paths are told."""
    conversion_type = stored.conversion_type(warehouse, conversion_type)
    names = {key: one.name for key, one in stored.nodes(warehouse).items()}
    paths = stored.paths(warehouse, conversion_type)
    ends = {
        is_won: sum(path.count for path in paths if path.is_converted == is_won) for is_won in (True, False)
    }
    lines = [
        Line("paths", item, ends[is_won], ends[is_won] / sum(ends.values()))
        for item, is_won in ((CONVERSION, True), (NOTHING, False))
    ]
    effects = solve(chain(paths, 1)).effects
    for node in sorted(effects, key=lambda one: (-effects[one].removal, names[one])):
        with_it = sum(path.count for path in paths if node in path.nodes)
        lines.append(Line("removal effect by channel", names[node], with_it, effects[node].removal))
    lengths: Counter[int] = Counter()
    for path in paths:
        if path.is_converted:
            lengths[bisect_left(LENGTHS, len(path.nodes))] += path.count
    for place, count in sorted(lengths.items()):
        least, most = (0, *LENGTHS)[place] + 1, (*LENGTHS, None)[place]
        told = f"{least} or more" if most is None else str(most) if most == least else f"{least} to {most}"
        lines.append(Line("length", told, count, count / ends[True]))
    lines += _most_common("paths that converted", paths, lambda path: path.is_converted, names, top)
    return lines + _most_common(
        "paths that led to nothing", paths, lambda path: not path.is_converted, names, top
    )


def _places(warehouse: Warehouse, conversion_type: str, node: Node) -> list[Line]:
    rows = warehouse.rows(
        """
        with placed as (
            select
                case
                    when min(node_count) = 1 then 'the only one'
                    when bool_or(touch_number = 1) and bool_or(touch_number = touch_count)
                        then 'first and last'
                    when bool_or(touch_number = 1) then 'first'
                    when bool_or(touch_number = touch_count) then 'last'
                    else 'between'
                end as place
            from {silver}.silver_attribution_paths
            where conversion_type = ? and node_key = ?
            group by conversion_key
        )
        select place, count(*), count(*) / sum(count(*)) over () from placed group by place order by 2 desc, 1
        """,
        [conversion_type, node.key],
    )
    return [Line("place", place, count, share) for place, count, share in rows]


def _neighbours(paths: Sequence[Path], node: Node, names: dict[int, str], top: int) -> list[Line]:
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for path in paths:
        told = [START, *(names[key] for key in path.nodes), CONVERSION if path.is_converted else NOTHING]
        for place, key in enumerate(path.nodes, start=1):
            if key == node.key:
                before[told[place - 1]] += path.count
                after[told[place + 1]] += path.count
    return [
        Line(section, name, count, count / steps.total())
        for section, steps in (("before", before), ("after", after))
        for name, count in sorted(steps.items(), key=lambda one: (-one[1], one[0]))[:top]
    ]


def _most_common(
    section: str, paths: Sequence[Path], is_told: Callable[[Path], bool], names: dict[int, str], top: int
) -> list[Line]:
    """The paths that most of those told went, and of all who went so what part they are; ties by name."""
    told: Counter[tuple[int, ...]] = Counter()
    all_of: Counter[tuple[int, ...]] = Counter()
    for path in paths:
        all_of[path.nodes] += path.count
        if is_told(path):
            told[path.nodes] += path.count
    most = sorted(told, key=lambda one: (-told[one], len(one), [names[key] for key in one]))[:top]
    return [
        Line(section, BETWEEN.join(names[key] for key in nodes), told[nodes], told[nodes] / all_of[nodes])
        for nodes in most
    ]


def _holdout(warehouse: Warehouse, node: Node) -> list[Line]:
    if node.campaign_key != -1:
        return []
    return [
        line
        for one in holdouts(warehouse)
        if one.channel_key == node.channel_key
        for line in (
            Line("holdout", "journeys reached", one.reached_journeys, one.reached_rate),
            Line("holdout", "journeys held out", one.held_out_journeys, one.held_out_rate),
            Line("holdout", one.note or "uplift", None, one.uplift, one.lower, one.upper),
        )
    ]


def explain_conversion(warehouse: Warehouse, conversion_key: int) -> list[Touch]:
    """The touches before a conversion, first to last; one, of channel (none), where nothing touched it.

    Raises CapError where attribution has no such conversion: of a bot, or left out of fact_conversions.
    """
    weights = ", ".join(f"{model}_weight::double" for model in MODELS)
    rows = warehouse.rows(
        f"""
        select
            touch_number, touch_timestamp, epoch(conversion_timestamp - touch_timestamp) / 3600, touch_kind,
            channel_name, campaign_name, {weights}
        from {{silver}}.silver_attribution_paths as paths
        inner join {{silver}}.silver_attribution_markov as markov using (conversion_key, touch_number)
        inner join gold.dim_channel using (channel_key)
        left join gold.dim_campaign as campaigns
            on paths.campaign_key = campaigns.campaign_key and paths.campaign_key <> -1
        where conversion_key = ?
        order by touch_number
        """,
        [conversion_key],
    )
    if not rows:
        raise CapError(f"attribution has no conversion {conversion_key}: it is a bot's or a test's")
    return [Touch(*row) for row in rows]
