"""Experiments and features: what people were shown, what they then did, and which features they used.

A unit (a login, or a browser where the experiment says `device`) gets its arm from a hash of itself and the
experiment, in the true allocation, at its first eligible visit within the experiment's window; half of its
later eligible visits are exposures again, one in a hundred of these wrongly shows another arm (a cookie
lost), which must not count: the first exposure wins. The goal is reached with `baseline * (1 + lift of the
arm)`, in the same visit after the first exposure: lifts are exact, and independent of everything else about
the person. EXP-006 is broken: the exposures of a third of the treated who did not reach the goal were never
logged, so its split is not the configured one and its naive lift is an illusion.
"""

from dataclasses import dataclass

import numpy as np

from cap.generate import devices as dv
from cap.generate import vocabulary as words
from cap.generate.devices import Devices
from cap.generate.frames import draw, mixed, ranges, to_ms
from cap.generate.people import People
from cap.generate.visits import Visits
from cap.generate.world import BLOCK, DAY, World


@dataclass
class Trials:
    """Exposures (`x_*`) and outcomes (`o_*`: one per unit and experiment), and feature uses (`f_*`). Times
    in us.
    """

    x_experiment: np.ndarray
    x_arm: np.ndarray
    x_visit: np.ndarray
    x_time: np.ndarray
    x_count: np.ndarray  # 1.. per unit
    o_experiment: np.ndarray
    o_arm: np.ndarray
    o_visit: np.ndarray
    o_time: np.ndarray
    o_exposed: np.ndarray  # time of the first exposure
    o_reached: np.ndarray
    o_value: np.ndarray
    f_feature: np.ndarray
    f_visit: np.ndarray
    f_time: np.ndarray
    f_first: np.ndarray
    lost: np.ndarray  # per experiment: units whose exposure was lost


def _uniform(world: World, block: int, unit: np.ndarray, salt: int) -> np.ndarray:
    """A number in [0, 1) that belongs to the unit."""
    word = (np.uint64(salt) << np.uint64(48)) | (np.uint64(block) << np.uint64(24)) | unit.astype(np.uint64)
    return (mixed(word ^ mixed(np.array([world.seed], dtype=np.uint64))) >> np.uint64(11)) * 2.0**-53


def simulate(world: World, people: People, devices: Devices, visits: Visits) -> Trials:
    """The experiments and feature uses of one block."""
    rng = world.rng(people.block, "trials")
    exposures, outcomes, lost = [], [], []
    login = visits.login_time()
    human = visits.kind == dv.HUMAN
    last = visits.first_page + visits.pages - 1
    final = visits.page_time[last] if len(last) else visits.start
    for number, experiment in enumerate(words.EXPERIMENTS):
        opens, closes = (world.start_us + part * world.days * DAY for part in experiment.window)
        by_user = experiment.unit == "user"
        eligible = (
            human
            & (visits.is_app == (experiment.platform == "app"))
            & (visits.start >= opens)
            & (visits.start < closes)
        )
        eligible &= (login >= 0) & ~visits.signup if by_user else ~visits.cookieless
        visit = np.flatnonzero(eligible)
        unit = (visits.person if by_user else visits.device)[visit]
        shown = (login if by_user else visits.start)[visit] + 300_000
        order = np.lexsort((shown, unit))
        visit, unit, shown = visit[order], unit[order], shown[order]
        first = np.append(True, unit[1:] != unit[:-1])[: len(unit)]

        u = _uniform(world, people.block, unit, 16 + number)
        arm = np.searchsorted(np.cumsum(experiment.allocation)[:-1], u, side="right")
        # one outcome per unit, drawn from the unit itself
        chance = experiment.baseline * (1 + np.array(experiment.lift)[arm])
        reached = _uniform(world, people.block, unit, 32 + number) < chance
        loses = (
            (arm > 0)
            & ~reached
            & (_uniform(world, people.block, unit, 48 + number) < experiment.loses_losers)
        )
        lost.append(int((first & loses).sum()))
        kept = ~loses & (first | (rng.random(len(unit)) < 0.5))
        visit, shown, arm, reached, first = (a[kept] for a in (visit, shown, arm, reached, first))

        begin = np.flatnonzero(first)
        count = np.arange(len(first)) - np.repeat(begin, np.diff(np.append(begin, len(first)))) + 1
        wrong = ~first & (rng.random(len(first)) < 0.01)
        seen = np.where(wrong, (arm + 1) % len(experiment.arms), arm)
        exposures.append((np.full(len(visit), number), seen, visit, shown, count))
        visit, shown, arm, reached = visit[first], shown[first], arm[first], reached[first]
        room = np.maximum(final[visit] - shown, 0) + visits.page_dwell[last[visit]] - 400_000
        when = to_ms(shown + np.maximum(rng.random(len(visit)) * room, 100_000))
        value = np.where(reached, np.round(np.exp(rng.normal(3.4, 0.6, len(visit))), 2), 0)
        outcomes.append((np.full(len(visit), number), arm, visit, when, shown, reached, value))

    columns = [np.concatenate(c) for c in zip(*exposures, strict=True)]
    columns += [np.concatenate(c) for c in zip(*outcomes, strict=True)]
    return Trials(*columns, *_features(world, rng, people, visits, login), np.array(lost))


def _features(
    world: World, rng: np.random.Generator, people: People, visits: Visits, login: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Feature uses in logged-in visits: 1 + Poisson(0.7) in half of them; a person takes to 55 % of the
    features.
    """
    visit = np.flatnonzero((login >= 0) & (visits.person >= 0) & (rng.random(len(login)) < 0.5))
    row, _ = ranges(1 + rng.poisson(0.7, len(visit)))
    visit = visit[row]
    feature = draw(rng, words.FEATURE_WEIGHTS, len(visit))
    on_web = np.array([f[3] for f in words.FEATURES])
    person = visits.person[visit]
    liked = _uniform(world, people.block, person * 16 + feature, 1) < 0.55
    feature = np.where(liked & (on_web[feature] | visits.is_app[visit]), feature, 0)
    room = np.maximum(visits.end[visit] - login[visit] - 200_000, 0)
    when = to_ms(login[visit] + 100_000 + rng.random(len(visit)) * room)
    order = np.lexsort((when, visit))
    feature, visit, when, person = feature[order], visit[order], when[order], person[order]
    earliest = np.lexsort((when, feature, person))
    key = (person * 16 + feature)[earliest]
    first = np.zeros(len(key), dtype=bool)
    first[earliest] = np.append(True, key[1:] != key[:-1])[: len(key)]
    # who has been here for long has used most features before
    newcomer = people.online_since[person] > world.start_us - 30 * DAY
    first &= newcomer | (_uniform(world, people.block, person * 16 + feature, 2) < 0.35)
    return feature, visit, when, first


assert BLOCK * 16 < 2**24  # units fit the hash's field
