"""The sections of the report, in their order: a function of the reader each."""

from collections.abc import Callable

from cap.report.model import Section
from cap.report.reader import Reader
from cap.report.sections import (
    actions,
    attribution,
    experiments,
    funnels,
    journeys,
    lifecycle,
    overview,
    quality,
    retention,
    value,
)

SECTIONS: tuple[Callable[[Reader], Section], ...] = (
    overview.section,
    funnels.section,
    retention.section,
    attribution.section,
    experiments.section,
    lifecycle.section,
    value.section,
    actions.section,
    journeys.section,
    quality.section,
)
