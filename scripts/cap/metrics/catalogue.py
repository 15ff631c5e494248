"""What metrics there are, out of target/manifest.json: names, meanings, and what the contract calls them."""

import csv
import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cap.errors import CapError

DOMAINS = ("identity", "digital_analytics", "journey_events", "customer_360")
# identity has no domain of its own in the contract: its names stand under customer 360
CONTRACT_DOMAIN = {"identity": "customer_360"}
CONTRACT = Path("contract/metrics.csv")
UNANSWERED = Path("contract/unanswered.csv")
ALIKE = 0.6  # of 1; difflib's own threshold for «close»
SUGGESTED = 6


@dataclass(frozen=True)
class Entry:
    """A metric or a saved query (`kind`), as the catalogue knows it.

    `metrics` and `group_by` are a saved query's; `inputs` are the metrics that a metric is computed from.
    """

    name: str
    kind: str
    label: str
    description: str
    domain: str
    category: str
    contract_name: str
    is_hidden: bool = False
    metrics: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    definition: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_metric(self) -> bool:
        """Whether it is a metric and not a saved query."""
        return self.kind != "saved query"


@dataclass(frozen=True)
class ContractName:
    """A metric of the contract: its place, its name, and the reason if the data cannot answer it."""

    domain: str
    category: str
    name: str
    reason: str = ""


class Catalogue:
    """All metrics and saved queries of one dbt manifest.

    Args:
        manifest: target/manifest.json, which every dbt command writes.
        contract: the folder of metrics.csv and unanswered.csv; without them no name has a reason.

    Raises:
        CapError: if there is no manifest.
    """

    def __init__(self, manifest: Path, contract: Path = CONTRACT.parent) -> None:
        if not manifest.exists():
            raise CapError(f"{manifest} is missing: run `dbt parse` first")
        told = json.loads(manifest.read_text())
        self.entries = sorted(
            [
                *map(_metric, told["metrics"].values()),
                *map(_saved_query, told["saved_queries"].values()),
            ],
            key=lambda entry: (DOMAINS.index(entry.domain), entry.category, not entry.is_metric, entry.name),
        )
        self.models = {model["name"]: model for model in told["semantic_models"].values()}
        self._by_name = {entry.name: entry for entry in self.entries}
        self._contract = _read(contract / CONTRACT.name)
        self._reasons = {
            (row["domain"], row["category"], row["name"]): row["reason"]
            for row in _read(contract / UNANSWERED.name)
        }

    @cached_property
    def contract_names(self) -> list[ContractName]:
        """The contract's metrics in its order; those without an answer carry the reason."""
        return [
            ContractName(*place, self._reasons.get(place, ""))
            for row in self._contract
            for place in [(row["domain"], row["category"], row["name"])]
        ]

    def answers(self, wanted: ContractName) -> list[Entry]:
        """What answers a name of the contract."""
        place = (wanted.domain, wanted.category, wanted.name)
        return [entry for entry in self.entries if _place(entry) == place]

    def find(self, text: str) -> Entry:
        """The metric or saved query of this name, label or name in the contract; case does not matter.

        Raises:
            CapError: if there is none, or if the text means several; the message names the nearest.
        """
        if text in self._by_name:
            return self._by_name[text]
        wanted = plain(text)
        for spelling in (lambda e: e.name, lambda e: e.contract_name, lambda e: e.label):
            found = [entry for entry in self.entries if plain(spelling(entry)) == wanted]
            if len(found) == 1:
                return found[0]
            if found:
                names = "".join(f"\n  {one.name:40} {one.category}: {one.label}" for one in found)
                raise CapError(f"{text!r} is the contract's name of {len(found)}; say which:{names}")
        raise CapError(self._not_found(text))

    def _not_found(self, text: str) -> str:
        wanted = plain(text)
        for one in self.contract_names:
            if one.reason and plain(one.name) == wanted:
                return f"{one.name!r} ({one.category}) cannot be answered: {one.reason}"
        near = self.near(text)
        advice = "".join(f"\n  {entry.name:40} {entry.label}" for entry in near)
        return f"there is no metric {text!r}" + (f"; is it one of these?{advice}" if advice else "")

    def near(self, text: str) -> list[Entry]:
        """Those whose name, label or contract name is spelled nearly so, best first."""
        wanted = plain(text)
        scored = []
        for entry in self.entries:
            spellings = {plain(one) for one in (entry.name, entry.label, entry.contract_name) if one}
            score = max(difflib.SequenceMatcher(None, wanted, one).ratio() for one in spellings)
            if score >= ALIKE and not entry.is_hidden:
                scored.append((-score, entry.name, entry))
        return [entry for _, _, entry in sorted(scored, key=lambda one: one[:2])[:SUGGESTED]]

    def search(self, words: Iterable[str]) -> list[Entry]:
        """Those that have every word somewhere; in the name or the contract's name weighs most."""
        wanted = [plain(word) for word in words]
        scored = []
        for entry in self.entries:
            names = f"{plain(entry.name)} {plain(entry.contract_name)}"
            places = (
                (names, 4),
                (plain(entry.label), 3),
                (plain(entry.category), 2),
                (plain(entry.description), 1),
            )
            scores = [max((weight for text, weight in places if word in text), default=0) for word in wanted]
            if all(scores) and not entry.is_hidden:
                scored.append((-sum(scores), len(entry.name), entry.name, entry))
        return [entry for *_, entry in sorted(scored, key=lambda one: one[:3])]

    def used_by(self, entry: Entry) -> list[Entry]:
        """Metrics computed from this one, and saved queries that ask it."""
        return [one for one in self.entries if entry.name in (*one.inputs, *one.metrics)]


def _place(entry: Entry) -> tuple[str, str, str]:
    return CONTRACT_DOMAIN.get(entry.domain, entry.domain), entry.category, entry.contract_name


def plain(text: str) -> str:
    """Lower case, letters, digits and % only, single spaces: «Opt-in %» is «opt in %»."""
    return " ".join(re.sub(r"[^0-9a-z%]+", " ", text.lower()).split())


def _metric(told: dict) -> Entry:
    parameters = told["type_params"]
    conversion = parameters["conversion_type_params"] or {}
    cumulative = parameters["cumulative_type_params"] or {}
    inputs = [
        parameters["numerator"],
        parameters["denominator"],
        *(parameters["metrics"] or []),
        conversion.get("base_metric"),
        conversion.get("conversion_metric"),
        cumulative.get("metric"),
    ]
    return Entry(
        **_common(told),
        kind=told["type"],
        is_hidden=bool(parameters["is_private"]),
        inputs=tuple(one["name"] for one in inputs if one),
        definition=told,
    )


def _saved_query(told: dict) -> Entry:
    parameters = told["query_params"]
    return Entry(
        **_common(told),
        kind="saved query",
        metrics=tuple(parameters["metrics"]),
        group_by=tuple(".".join(re.findall(r"'([^']+)'", one)) or one for one in parameters["group_by"]),
        definition=told,
    )


def _common(told: dict) -> dict[str, str]:
    path = told["original_file_path"]
    meta = told["config"]["meta"]
    return {
        "name": told["name"],
        "label": told["label"] or told["name"],
        "description": told["description"] or "",
        "domain": next((one for one in DOMAINS if f"/{one}/" in path), DOMAINS[-1]),
        "category": meta.get("category", ""),
        "contract_name": meta.get("contract_name", ""),
    }


def _read(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))
