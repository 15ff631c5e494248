"""Between what is typed and what MetricFlow says: conditions, wrong names, what a metric is made of."""

import re
import textwrap
from collections.abc import Iterator

from cap.errors import nearest
from cap.metrics.catalogue import Catalogue, Entry

GRAINS = ("day", "week", "month", "quarter", "year")
# a quoted text, or a name with __ in it
WORD = re.compile(r"'(?:[^']|'')*'|\b[a-z]\w*?__\w+\b")


def condition(text: str) -> str:
    """A condition with its names wrapped for MetricFlow; one that already has braces is left as it is.

    channel__channel_name = 'Email' becomes {{ Dimension('channel__channel_name') }} = 'Email'.
    """
    return text if "{{" in text else WORD.sub(lambda word: _wrapped(word.group()), text)


def _wrapped(word: str) -> str:
    if word.startswith("'"):
        return word
    name, _, grain = word.rpartition("__")
    if grain in GRAINS:
        return f"{{{{ TimeDimension('{name}', '{grain}') }}}}"
    return f"{{{{ Dimension('{word}') }}}}"


def ungrained(group: str) -> str:
    """metric_time__week is metric_time; what has no grain stays."""
    name, _, grain = group.rpartition("__")
    return name if name and grain in GRAINS else group


def wrong_group(groups: list[str], known: dict[str, str]) -> str | None:
    """What to say of the first name that is no group of the metrics; null if all are known."""
    names = {ungrained(one) for one in known} | {one.split("__")[0] for one in known}
    for group in groups:
        if ungrained(group) not in names:
            wanted = ungrained(group)
            near = nearest(wanted, sorted(names))
            # the attribute alone: country for customer__country
            near += sorted(one for one in names if one.endswith(f"__{wanted}") and one not in near)
            advice = "".join(f"\n  {one}" for one in near)
            return f"the metrics cannot be grouped by {group!r}" + (
                f"; by one of these?{advice}" if near else ""
            )
    return None


def made_of(catalogue: Catalogue, entry: Entry) -> Iterator[tuple[int, str, str]]:
    """How a metric comes about, from itself to the tables: depth, name, what it is."""
    seen: set[str] = set()

    def walk(one: Entry, depth: int) -> Iterator[tuple[int, str, str]]:
        yield depth, one.name, formula(catalogue, one)
        if one.name not in seen:
            seen.add(one.name)
            for name in dict.fromkeys(one.inputs):
                yield from walk(catalogue.find(name), depth + 1)

    yield from walk(entry, 0)


def formula(catalogue: Catalogue, entry: Entry) -> str:
    """One line: the expression over inputs, or the aggregate over a gold table and its filter."""
    told = entry.definition["type_params"]
    if entry.kind == "ratio":
        text = " / ".join(_input(told[part]) for part in ("numerator", "denominator"))
    elif entry.kind == "derived":
        aliases = [f"{one['alias']} = {_input(one)}" for one in told["metrics"] if one["alias"]]
        text = "; ".join([told["expr"] or ", ".join(entry.inputs), *aliases])
    elif entry.kind == "conversion":
        found = told["conversion_type_params"]
        window = found["window"]
        within = f" within {window['count']} {window['granularity']}s" if window else ""
        text = f"{_input(found['conversion_metric'])} after {_input(found['base_metric'])}{within}"
    elif entry.kind == "cumulative":
        found = told["cumulative_type_params"]
        window, grain = found.get("window"), found.get("grain_to_date")
        over = (
            f"last {window['count']} {window['granularity']}s" if window else f"{grain or 'all time'} to date"
        )
        text = f"{', '.join(entry.inputs)}, {over}"
    else:
        text = _aggregate(catalogue, told)
    filters = (entry.definition["filter"] or {}).get("where_filters", [])
    if filters:
        text += f", where {' and '.join(_short(one['where_sql_template']) for one in filters)}"
    return " ".join(text.split())


def _aggregate(catalogue: Catalogue, told: dict) -> str:
    found = told["metric_aggregation_params"] or {}
    table = catalogue.models[found["semantic_model"]]["node_relation"]["alias"]
    percentile = found["agg_params"] and found["agg_params"]["percentile"]
    name = f"{found['agg']} {percentile:g}" if percentile else found["agg"].replace("_", " ")
    text = f"{name} of {told['expr']} in gold.{table}, by {found['agg_time_dimension']}"
    last = found["non_additive_dimension"]
    return f"{text}, {last['window_choice']} {last['name']} of the period" if last else text


def _input(told: dict) -> str:
    text = told["name"]
    if told.get("offset_window"):
        text += f" {told['offset_window']['count']} {told['offset_window']['granularity']} earlier"
    if told.get("filter"):
        filters = told["filter"]["where_filters"]
        text += f" [{' and '.join(_short(one['where_sql_template']) for one in filters)}]"
    return text


def _short(template: str) -> str:
    return re.sub(r"\{\{\s*\w+\('([^']+)'[^}]*\)\s*\}\}", r"\1", template)


def wrapped(text: str, width: int, indent: str = "") -> str:
    """Text in lines of at most `width`."""
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)
