"""Errors that people read."""

import difflib
from collections.abc import Iterable

import click

SUGGESTED = 5
ALIKE = 0.5  # of 1, what difflib calls close


class CapError(click.ClickException):
    """Something the user can mend: the message names what, where and the remedy; no stack trace."""


def nearest(asked: str, known: Iterable[str], most: int = SUGGESTED) -> list[str]:
    """Known names spelled like the one asked for, the likest first; else those that contain it.

    Case does not matter. At most `most`; empty where nothing is like it.
    """
    names = {one.lower(): one for one in known}
    plain = asked.strip().lower()
    alike = difflib.get_close_matches(plain, names, most, ALIKE)
    return [names[one] for one in alike or [one for one in names if plain and plain in one][:most]]
