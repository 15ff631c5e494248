"""Errors that people read."""

import click


class CapError(click.ClickException):
    """Something the user can mend: the message names what, where and the remedy; no stack trace."""
