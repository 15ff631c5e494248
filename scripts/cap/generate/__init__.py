"""`cap generate`: one simulated world, its 27 bronze tables, and the truth behind them.

`world` says what a world is (arguments, blocks, chunks, random streams), `people`, `devices`, `journeys`
and `visits` simulate one block of customers as numbers, `tables` turns numbers into bronze rows, `mess`
breaks some of them on purpose, `truth` keeps what really happened, `run` drives it all and `command` is the
command line.

Every distribution is written down where it is drawn, in the docstring of its function or module. Figures of
public statistics are rounded; a figure without a source beside it is ours, chosen to be plausible, not
measured.
"""
