"""What may be done about an experiment, in one sentence: ship, stop, keep running, or broken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SHIP, STOP, KEEP_RUNNING, BROKEN = "ship", "stop", "keep_running", "broken"
BETTER, WORSE, NO_DIFFERENCE = "better", "worse", "no_difference"
TOO_SMALL, NOT_COMPARABLE, WITHHELD = "too_small", "not_comparable", "withheld"
DOUBTFUL_SPLIT_P = 0.01
LONG = 365  # days beyond which a test is said to need more than it can get
A_A_BROKEN_P = 0.001


@dataclass(frozen=True)
class Finding:
    """One treatment in one metric, as the verdict sees it.

    `finding` is by the fixed test after correction; `always_valid_p` holds whenever one looks, and is
    corrected for the number of comparisons with goals; `lift` as a fraction, with its interval.
    """

    metric: str
    label: str
    role: str
    variant_id: str
    finding: str
    adjusted_p: float | None
    always_valid_p: float | None
    lift: float | None
    lift_lower: float | None
    lift_upper: float | None


@dataclass(frozen=True)
class Evidence:
    """All that the verdict goes by.

    - `units`: counted, per arm; `expected`: what the configured split would give, None where there is none
    - `ratio_p`: of the sample-ratio test; `two_arms_share`: of all units, those seen in two variants, 0 to 1
    - `required_units`: per arm, for the target power at `target_lift`; `smaller_arm`: units of the smallest
    - `days_left`: until the smaller arm has them at its pace, None where nothing tells
    """

    kind: str
    status: str
    control: str | None
    units: dict[str, int]
    expected: dict[str, float] | None
    ratio_p: float | None
    broken_split_p: float
    two_arms_share: float
    two_arms_limit: float
    findings: Sequence[Finding]
    confidence: float
    target_lift: float
    required_units: int | None
    smaller_arm: int
    days_left: int | None
    last_day: date


@dataclass(frozen=True)
class Verdict:
    """ship, stop, keep_running or broken; `reason` is one sentence; `variant_id` is what to ship."""

    verdict: str
    reason: str
    variant_id: str | None = None


def judge(evidence: Evidence) -> Verdict:
    """The verdict. What breaks the test comes first, then harm, then too little data, then what was found.

    While a test runs, a goal counts as won or lost only if its always-valid p-value says so too, or the
    planned units are there: looking every day at a fixed p-value finds a difference where none is.
    """
    return (
        _broken(evidence)
        or _test_of_nothing(evidence)
        or _harmed(evidence)
        or _too_small(evidence)
        or _decided(evidence)
        or _undecided(evidence)
    )


def _broken(evidence: Evidence) -> Verdict | None:
    if evidence.ratio_p is not None and evidence.ratio_p < evidence.broken_split_p:
        seen = " and ".join(f"{count:,}" for count in evidence.units.values())
        wanted = " and ".join(
            f"{count:,.1f}".removesuffix(".0") for count in (evidence.expected or {}).values()
        )
        told = f" where the split would give {wanted}" if wanted else ""
        return Verdict(
            BROKEN,
            f"The arms have {seen} units{told} (p {_p(evidence.ratio_p)}): units were lost in one of them, "
            "so that nothing may be concluded; find out where before it is run again.",
        )
    if evidence.control is None:
        return Verdict(
            BROKEN,
            "No variant is flagged as control (control_group_flag): there is nothing to compare with.",
        )
    if len(evidence.units) < 2:
        return Verdict(BROKEN, "Only one variant has units, so that there is nothing to compare.")
    if evidence.two_arms_share > evidence.two_arms_limit:
        return Verdict(
            BROKEN,
            f"{evidence.two_arms_share:.1%} of the units saw two variants, more than "
            f"{evidence.two_arms_limit:.0%}: whoever is left is no random sample; mend the assignment.",
        )
    return None


def _test_of_nothing(evidence: Evidence) -> Verdict | None:
    """A test of nothing is never shipped: it asks whether the testing itself can be trusted."""
    if evidence.kind != "a/a":
        return None
    known = [one.adjusted_p for one in _goals(evidence) if one.adjusted_p is not None]
    smallest = min(known, default=None)
    if smallest is not None and smallest < A_A_BROKEN_P:
        return Verdict(
            BROKEN,
            f"A test of nothing found a difference (p {_p(smallest)}): assignment or measurement treats "
            "the arms differently, so that no other test on it may be believed.",
        )
    told = f"p {_p(smallest)}" if smallest is not None else "nothing to compare yet"
    ending = STOP if evidence.status == "ended" else KEEP_RUNNING
    return Verdict(ending, f"A test of nothing, in which arms do not differ beyond chance ({told}).")


def _harmed(evidence: Evidence) -> Verdict | None:
    harmed = [one for one in evidence.findings if one.role == "guardrail" and one.finding == WORSE]
    if not harmed:
        return None
    worst = min(harmed, key=lambda one: one.adjusted_p)
    return Verdict(
        STOP,
        f"The guardrail «{worst.label}» is harmed by {worst.variant_id}{_lift(worst)}, adjusted "
        f"p {_p(worst.adjusted_p)}.",
    )


def _too_small(evidence: Evidence) -> Verdict | None:
    goals = _goals(evidence)
    if goals and any(one.finding not in (TOO_SMALL, NOT_COMPARABLE) for one in goals):
        return None
    fewest = min(evidence.units.values(), default=0)
    if not any(evidence.units.values()):
        why = "Nobody has been exposed yet who counts"
    elif not goals:
        why = "No metric of the seed experiment_metrics has the role goal, so that nothing can decide"
    elif any(one.finding == TOO_SMALL for one in goals):
        why = f"Not enough data yet: the smaller arm has {fewest:,} units"
    else:
        why = "Nothing to compare yet: all units of both arms did the same"
    if evidence.status == "ended":
        return Verdict(STOP, f"{why}, and the test has ended without an answer.")
    return Verdict(KEEP_RUNNING, f"{why}{_how_long(evidence)}.")


def _decided(evidence: Evidence) -> Verdict | None:
    alpha = 1 - evidence.confidence
    final = evidence.status == "ended" or _is_complete(evidence)

    def holds(one: Finding) -> bool:
        return final or (one.always_valid_p is not None and one.always_valid_p < alpha)

    goals = [one for one in _goals(evidence) if one.finding in (BETTER, WORSE) and holds(one)]
    worse = {one.variant_id: one for one in goals if one.finding == WORSE}
    better = [one for one in goals if one.finding == BETTER and one.variant_id not in worse]
    if better:
        first = better[0].metric
        best = max(
            (one for one in better if one.metric == first), key=lambda one: (one.lift or 0, one.variant_id)
        )
        return Verdict(
            SHIP,
            f"{best.variant_id} is better in «{best.label}»{_lift(best)}, adjusted "
            f"p {_p(best.adjusted_p)}{_doubt(evidence)}.",
            best.variant_id,
        )
    treatments = {one.variant_id for one in _goals(evidence)}
    if worse and set(worse) == treatments:
        worst = min(worse.values(), key=lambda one: one.adjusted_p)
        return Verdict(
            STOP,
            f"{worst.variant_id} is worse in «{worst.label}»{_lift(worst)}, adjusted "
            f"p {_p(worst.adjusted_p)}{_doubt(evidence)}.",
        )
    return None


def _undecided(evidence: Evidence) -> Verdict:
    goals = _goals(evidence)
    if evidence.status == "ended" or _is_complete(evidence):
        ending = "The test has ended" if evidence.status == "ended" else "The planned units are there"
        closest = min(goals, key=lambda one: (one.adjusted_p is None, one.adjusted_p or 1.0))
        return Verdict(
            STOP,
            f"{ending} and no treatment differs in a goal; closest is {closest.variant_id} in "
            f"«{closest.label}»{_lift(closest)}, adjusted p {_p(closest.adjusted_p)}"
            f"{_short_of(evidence)}{_doubt(evidence)}.",
        )
    early = [one for one in goals if one.finding in (BETTER, WORSE)]
    if early:
        one = early[0]
        why = (
            f"{one.variant_id} looks {one.finding} in «{one.label}» (adjusted p {_p(one.adjusted_p)}), but "
            f"that p-value is for looking once; the one for looking every day is {_p(one.always_valid_p)[2:]}"
        )
    else:
        why = "No difference in a goal yet"
    return Verdict(KEEP_RUNNING, f"{why}{_how_long(evidence)}{_doubt(evidence)}.")


def _goals(evidence: Evidence) -> list[Finding]:
    return [one for one in evidence.findings if one.role == "goal"]


def _is_complete(evidence: Evidence) -> bool:
    return evidence.required_units is not None and evidence.smaller_arm >= evidence.required_units


def _how_long(evidence: Evidence) -> str:
    needs = evidence.required_units
    if needs is None or _is_complete(evidence):
        return ""
    told = f"; {needs:,} per arm find a lift of {evidence.target_lift:.0%}"
    if evidence.days_left is None:
        return told
    if evidence.days_left > LONG:
        return f"{told}, which at its pace takes over a year: more traffic, or a larger change"
    return f"{told}, in about {evidence.days_left:,} more days"


def _short_of(evidence: Evidence) -> str:
    if evidence.required_units is None or _is_complete(evidence):
        return ""
    return (
        f"; with {evidence.smaller_arm:,} of the {evidence.required_units:,} units per arm that find a "
        f"lift of {evidence.target_lift:.0%} it could have missed one"
    )


def _doubt(evidence: Evidence) -> str:
    if evidence.ratio_p is None or evidence.ratio_p >= DOUBTFUL_SPLIT_P:
        return ""
    return f"; but the split is in doubt (p {_p(evidence.ratio_p)})"


def _lift(one: Finding) -> str:
    if one.lift is None:
        return ""
    if one.lift_lower is None or one.lift_upper is None:
        return f" by {one.lift:+.1%}"
    return f" by {one.lift:+.1%} ({one.lift_lower:+.1%} to {one.lift_upper:+.1%})"


def _p(value: float | None) -> str:
    """As it stands behind «p»: = .0312, < .0001."""
    if value is None:
        return "= none"
    if value < 0.0001:
        return "< .0001"
    return f"= {f'{value:.4f}'.lstrip('0').rstrip('0').rstrip('.') or '0'}"
