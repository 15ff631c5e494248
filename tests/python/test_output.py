"""Rows as a table, JSON and CSV: the same for dataclasses and mappings, nothing told as nothing."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from cap.output import render


@dataclass(frozen=True)
class Row:
    name: str
    share: float | None
    day: date
    value: Decimal


ROWS = [
    Row("first", 1 / 3, date(2026, 1, 31), Decimal("12.50")),
    Row("second, «quoted»", None, date(2026, 2, 1), Decimal(1234567)),
    Row("third", 3.1e-7, date(2026, 2, 2), Decimal(0)),
]


def test_files_are_unrounded_and_complete() -> None:
    told = list(csv.reader(io.StringIO(render(ROWS, "csv"))))
    assert told[0] == ["name", "share", "day", "value"]
    assert told[1] == ["first", repr(1 / 3), "2026-01-31", "12.5"]
    assert told[2] == ["second, «quoted»", "", "2026-02-01", "1234567"]
    found = json.loads(render(ROWS, "json"))
    assert found[0] == {"name": "first", "share": 1 / 3, "day": "2026-01-31", "value": 12.5}
    assert found[1]["share"] is None


def test_a_table_is_for_people() -> None:
    lines = render(ROWS, "table").splitlines()
    assert lines[0].split() == ["name", "share", "day", "value"]
    assert lines[2].split() == ["first", "0.3333", "2026-01-31", "12.50"]
    assert lines[3].split()[-3:] == ["–", "2026-02-01", "1,234,567"]
    # what is small is not nothing
    assert lines[4].split() == ["third", "3.1e-07", "2026-02-02", "0"]
    # numbers stand to the right
    assert len({len(line) for line in lines[2:]}) == 1


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_mappings_are_as_dataclasses(form: str) -> None:
    same = [{"name": row.name, "share": row.share, "day": row.day, "value": row.value} for row in ROWS]
    assert render(same, form) == render(ROWS, form)


def test_columns_are_chosen_and_ordered() -> None:
    assert render(ROWS, "csv", ["value", "name"]).splitlines()[1] == "12.5,first"


def test_no_rows_have_a_heading_if_it_is_known() -> None:
    assert render([], "csv", ["name"]) == "name"
    assert (render([], "json"), render([], "table"), render([], "json", ["name"])) == ("[]", "", "[]")


def test_what_is_no_row_is_refused() -> None:
    with pytest.raises(TypeError, match="tuple"):
        render([(1, 2)], "csv")
