"""What may be done about an experiment, in one sentence: ship, stop, keep running, or broken."""

from collections.abc import Sequence
from dataclasses import dataclass

from cap.metrics.show import percent

SHIP, STOP, KEEP_RUNNING, BROKEN = "ship", "stop", "keep_running", "broken"
BETTER, WORSE, NO_DIFFERENCE = "better", "worse", "no_difference"
TOO_SMALL, NOT_COMPARABLE, WITHHELD = "too_small", "not_comparable", "withheld"
DOUBTFUL_SPLIT_P = 0.01
LONG = 365  # days beyond which a test is said to need more than it can get
A_A_BROKEN_P = 0.001
# a running test has its planned end while it has no more than so many times the units it needs: who looks
# daily at a p-value for looking once errs in 7 of 100 tests of nothing up to here, in 13 to 27 without end
PLANNED_END = 1.1


@dataclass(frozen=True)
class Finding:
    """One treatment in one metric, as the verdict sees it.

    `finding` is by the fixed test after correction; `always_valid_p` holds whenever one looks, and is
    corrected for the number of comparisons with goals; `lift` as a fraction, with its interval; `better` is
    up or down.
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
    better: str = "up"

    @property
    def harm(self) -> float | None:
        """The worst lift that the interval leaves room for, as a fraction above 0; 0 for none."""
        worst = self.lift_upper if self.better == "down" else self.lift_lower
        if worst is None:
            return None
        return max(worst if self.better == "down" else -worst, 0.0)


@dataclass(frozen=True)
class Evidence:
    """All that the verdict goes by.

    - `units`: counted, per arm; `expected`: what the configured split would give, None where there is none
    - `ratio_p`: of the sample-ratio test; `two_arms_share`: of all units, those seen in two variants, 0 to 1
    - `target_lift`: the change that matters, a fraction; `required_units`: per arm, to find `planned_lift`,
      which is the target or, of a rate that cannot rise so far, the rise to 1; `smaller_arm`: units of the
      smallest
    - `min_units`, `min_expected`: below them nothing is judged
    - `days_left`: until every arm has the units it needs, at its pace of late; None where nothing tells
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
    planned_lift: float | None
    required_units: int | None
    smaller_arm: int
    min_units: int
    min_expected: int
    days_left: int | None

    @property
    def goals(self) -> list[Finding]:
        return [one for one in self.findings if one.role == "goal"]

    @property
    def harmed(self) -> list[Finding]:
        """Guardrails that are worse, the surest first."""
        found = [one for one in self.findings if one.role == "guardrail" and one.finding == WORSE]
        return sorted(found, key=lambda one: one.adjusted_p)

    @property
    def has_ended(self) -> bool:
        return self.status == "ended"

    @property
    def is_complete(self) -> bool:
        """Whether the units are there that were needed."""
        return self.required_units is not None and self.smaller_arm >= self.required_units

    @property
    def may_be_looked_at_once(self) -> bool:
        """Whether the p-value for looking once counts: the test is over, or at its planned end."""
        return self.has_ended or (self.is_complete and self.smaller_arm <= PLANNED_END * self.required_units)

    def is_always_valid(self, one: Finding) -> bool:
        """Whether the finding holds however often one looked."""
        return one.always_valid_p is not None and one.always_valid_p < 1 - self.confidence

    def holds(self, one: Finding) -> bool:
        """Whether a difference found by the fixed test may be acted on."""
        return self.may_be_looked_at_once or self.is_always_valid(one)


@dataclass(frozen=True)
class Verdict:
    """ship, stop, keep_running or broken; `reason` is one sentence; `variant_id` is what to ship."""

    verdict: str
    reason: str
    variant_id: str | None = None


def judge(evidence: Evidence) -> Verdict:
    """The verdict. What breaks the test comes first, then a winner without harm, then harm, then the rest.

    While a test runs, a goal counts as won or lost only if its always-valid p-value says so too, or at its
    planned end: looking every day at a fixed p-value finds a difference where none is. For harm the fixed one
    is enough: a treatment that looks worse in a guardrail or in another goal is not shipped.
    """
    return (
        _broken(evidence)
        or _test_of_nothing(evidence)
        or _won(evidence)
        or _harmed(evidence)
        or _too_small(evidence)
        or _lost(evidence)
        or (_over(evidence) if evidence.has_ended or evidence.is_complete else _open(evidence))
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
            f"The arms have {seen} units{told} (p {_p(evidence.ratio_p)}): units were lost or doubled in one "
            "of them, so that nothing may be concluded; find out where before it is run again.",
        )
    if evidence.control is None:
        return Verdict(
            BROKEN,
            "No variant is flagged as control (control_group_flag): there is nothing to compare with; send "
            "the flag with the exposures.",
        )
    if any(evidence.units.values()) and len(evidence.units) < 2:
        return Verdict(
            BROKEN,
            "Only one variant has units, so that there is nothing to compare; see that the others are shown "
            "and that their exposures are logged.",
        )
    if evidence.two_arms_share > evidence.two_arms_limit:
        return Verdict(
            BROKEN,
            f"{percent(evidence.two_arms_share)} of the units saw two variants, more than "
            f"{percent(evidence.two_arms_limit, 0)}: whoever is left is no random sample; mend the "
            "assignment and run it again.",
        )
    return None


def _test_of_nothing(evidence: Evidence) -> Verdict | None:
    """A test of nothing is never shipped: it asks whether the testing itself can be trusted."""
    if evidence.kind != "a/a":
        return None
    known = [one for one in evidence.findings if one.adjusted_p is not None]
    first = min(known, key=lambda one: one.adjusted_p, default=None)
    if first is not None and first.adjusted_p < A_A_BROKEN_P:
        return Verdict(
            BROKEN,
            f"A test of nothing found a difference in «{first.label}» (adjusted p {_p(first.adjusted_p)}): "
            "assignment or measurement treats the arms differently, so that no other test on it may be "
            "believed until it is found out how.",
        )
    told = f"smallest adjusted p {_p(first.adjusted_p)}" if first is not None else "nothing to compare yet"
    ending = STOP if evidence.has_ended else KEEP_RUNNING
    return Verdict(ending, f"A test of nothing, in which arms do not differ beyond chance ({told}).")


def _won(evidence: Evidence) -> Verdict | None:
    """A treatment that is better in a goal and looks worse in no other and in no guardrail."""
    looks_worse = {one.variant_id for one in [*evidence.goals, *evidence.harmed] if one.finding == WORSE}
    better = [
        one
        for one in evidence.goals
        if one.finding == BETTER and evidence.holds(one) and one.variant_id not in looks_worse
    ]
    if not better:
        return None
    first = better[0].metric
    best = max((one for one in better if one.metric == first), key=lambda one: (_gain(one), one.variant_id))
    told = f"{best.variant_id} is better in «{best.label}»{_lift(best)}, adjusted p {_p(best.adjusted_p)}"
    harmed = dict.fromkeys(one.variant_id for one in evidence.harmed)
    others = f"; {_and(list(harmed))} harms a guardrail" if harmed else ""
    return Verdict(
        SHIP,
        f"{told}{_once(evidence, best)}{_unguarded(evidence, best.variant_id)}{others}{_doubt(evidence)}.",
        best.variant_id,
    )


def _harmed(evidence: Evidence) -> Verdict | None:
    if not evidence.harmed:
        return None
    worst = evidence.harmed[0]
    harmed = {one.variant_id for one in evidence.harmed}
    others = [arm for arm in evidence.units if arm != evidence.control and arm not in harmed]
    alarm = "" if evidence.holds(worst) else ", which is for looking once, but caution asks for no more"
    rest = f"; {_and(others)} may go on without {_and(sorted(harmed))}" if others else ""
    return Verdict(
        STOP,
        f"The guardrail «{worst.label}» is harmed by {worst.variant_id}{_lift(worst)}, adjusted "
        f"p {_p(worst.adjusted_p)}{alarm}{'' if evidence.has_ended else rest}{_doubt(evidence)}.",
    )


def _too_small(evidence: Evidence) -> Verdict | None:
    goals = evidence.goals
    if goals and any(one.finding not in (TOO_SMALL, NOT_COMPARABLE) for one in goals):
        return None
    fewest = min(evidence.units.values(), default=0)
    how_long = _how_long(evidence)
    if not any(evidence.units.values()):
        why, how_long = "Nobody has been exposed yet who counts", ""
    elif not goals:
        why = "No metric of the seed experiment_metrics has the role goal, so that nothing can decide"
        how_long = "; give one the role"
    elif any(one.finding == TOO_SMALL for one in goals):
        why = (
            f"Not enough data yet: the smaller arm has {fewest:,} units, and nothing is judged below "
            f"{evidence.min_units:,} or, of a rate, {evidence.min_expected:,} expected on either side"
        )
    else:
        why = "Nothing to compare yet: all units of both arms did the same"
    if evidence.has_ended:
        return Verdict(STOP, f"{why}, and the test has ended without an answer.")
    return Verdict(KEEP_RUNNING, f"{why}{how_long}.")


def _lost(evidence: Evidence) -> Verdict | None:
    """Every treatment is worse in a goal."""
    worse = [one for one in evidence.goals if one.finding == WORSE and evidence.holds(one)]
    if not worse or {one.variant_id for one in worse} != {one.variant_id for one in evidence.goals}:
        return None
    worst = min(worse, key=lambda one: one.adjusted_p)
    return Verdict(STOP, f"{_found(worst)}{_once(evidence, worst)}{_doubt(evidence)}.")


def _over(evidence: Evidence) -> Verdict:
    """No winner, and the test has ended or has the units it needed."""
    ending = "The test has ended" if evidence.has_ended else "The planned units are there"
    differing = [one for one in evidence.goals if one.finding in (BETTER, WORSE)]
    if not differing:
        closest = min(evidence.goals, key=lambda one: (one.adjusted_p is None, one.adjusted_p or 0.0))
        return Verdict(
            STOP,
            f"{ending} and no treatment differs in a goal; closest is {closest.variant_id} in "
            f"«{closest.label}»{_lift(closest)}, adjusted p {_p(closest.adjusted_p)}"
            f"{_short_of(evidence)}{_doubt(evidence)}.",
        )
    # one that keeps a winner from being shipped says more than the winner
    one = min(differing, key=lambda one: (one.finding == BETTER, one.adjusted_p))
    if evidence.holds(one):
        return Verdict(
            STOP,
            f"{ending} and no treatment can be shipped; {_found(one)}"
            f"{_once(evidence, one)}{_doubt(evidence)}.",
        )
    return Verdict(
        STOP,
        f"{ending}, and more: {evidence.smaller_arm:,} where {evidence.required_units:,} per arm were "
        f"needed; {_looks(one)}, which is for looking once, at the planned end; end the test, and it is "
        f"judged by that{_doubt(evidence)}.",
    )


def _open(evidence: Evidence) -> Verdict:
    """No winner yet, and the test runs on."""
    differing = [one for one in evidence.goals if one.finding in (BETTER, WORSE)]
    sure = [one for one in differing if evidence.is_always_valid(one)]
    unsure = [one for one in differing if one not in sure]
    parts = [_found(one) for one in sure]
    if unsure:
        first = min(unsure, key=lambda one: one.adjusted_p)
        parts.append(
            f"{_looks(first)}, but that p-value is for looking once; the one for looking every day is "
            f"{_p(first.always_valid_p)[2:]}"
        )
    elif sure:
        parts.append("nothing is decided in the rest")
    why = "; ".join(parts) or "No difference in a goal yet"
    return Verdict(KEEP_RUNNING, f"{why}{_how_long(evidence)}{_doubt(evidence)}.")


def _found(one: Finding) -> str:
    return f"{one.variant_id} is {one.finding} in «{one.label}»{_lift(one)}, adjusted p {_p(one.adjusted_p)}"


def _looks(one: Finding) -> str:
    return (
        f"{one.variant_id} looks {one.finding} in «{one.label}»{_lift(one)}, adjusted p {_p(one.adjusted_p)}"
    )


def _gain(one: Finding) -> float:
    """Its lift, in the sense in which more is better."""
    return (one.lift or 0.0) * (-1 if one.better == "down" else 1)


def _once(evidence: Evidence, one: Finding) -> str:
    """On what the fixed p-value of a test that has ended rests, where the other does not bear it out."""
    if not evidence.has_ended or evidence.is_always_valid(one):
        return ""
    return (
        "; that holds if its end was set before it began and not by what it showed (p for looking every "
        f"day {_p(one.always_valid_p)})"
    )


def _unguarded(evidence: Evidence, variant: str) -> str:
    """Of what is shipped the guardrails that may be harmed by more than the change that matters."""
    told = []
    for one in evidence.findings:
        if one.role != "guardrail" or one.variant_id != variant:
            continue
        if one.harm is None or one.finding in (TOO_SMALL, NOT_COMPARABLE):
            told.append(f"«{one.label}» not judged")
        elif one.harm > evidence.target_lift:
            sign = -one.harm if one.better == "up" else one.harm
            told.append(f"«{one.label}» up to {percent(sign, signed=True)}")
    return f"; but harm is not ruled out: {_and(told)}" if told else ""


def _how_long(evidence: Evidence) -> str:
    needs = evidence.required_units
    if needs is None:
        return "; how many units it needs cannot be told yet"
    if evidence.is_complete:
        return ""
    told = f"; {needs:,} per arm find a lift of {percent(evidence.planned_lift, 0)}"
    if evidence.days_left is None:
        return f"{told}, and of late none came to one of the arms"
    if evidence.days_left > LONG:
        return f"{told}, which at its pace takes over a year: more traffic, or a larger change"
    return f"{told}, in about {evidence.days_left:,} more days"


def _short_of(evidence: Evidence) -> str:
    if evidence.required_units is None or evidence.is_complete:
        return ""
    return (
        f"; with {evidence.smaller_arm:,} of the {evidence.required_units:,} units per arm that find a "
        f"lift of {percent(evidence.planned_lift, 0)} it could have missed one"
    )


def _doubt(evidence: Evidence) -> str:
    if evidence.ratio_p is None or evidence.ratio_p >= DOUBTFUL_SPLIT_P:
        return ""
    return f"; but the split is in doubt (p {_p(evidence.ratio_p)})"


def _lift(one: Finding) -> str:
    if one.lift is None:
        return ""
    lift = f" by {percent(one.lift, signed=True)}"
    if one.lift_lower is None or one.lift_upper is None:
        return lift
    return f"{lift} ({percent(one.lift_lower, signed=True)} to {percent(one.lift_upper, signed=True)})"


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 2 else names)


def _p(value: float | None) -> str:
    """As it stands behind «p»: = .0312, < .0001."""
    if value is None:
        return "= none"
    if value < 0.0001:
        return "< .0001"
    return f"= {f'{value:.4f}'.lstrip('0').rstrip('0').rstrip('.') or '0'}"
