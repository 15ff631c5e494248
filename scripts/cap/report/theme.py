"""Colours by name, in light and dark. A chart is drawn in those of the light scheme; the page then says for
each of them what it is in the scheme that holds, so that one drawing serves both.

Text on any of the grounds, and a mark on the ground, keep the contrast of WCAG 2.2 AA (4.5 and 3); a test
computes it.
"""

from typing import NamedTuple


class Colour(NamedTuple):
    """A colour as #rrggbb in each scheme."""

    light: str
    dark: str


COLOURS = {
    # grounds
    "page": Colour("#f3f5f8", "#10151b"),
    "card": Colour("#fffffe", "#19212a"),
    "soft": Colour("#e9edf2", "#242e39"),
    # text
    "ink": Colour("#17202b", "#e9eef4"),
    "muted": Colour("#536070", "#a7b3c0"),
    "link": Colour("#1a5296", "#8cbcf0"),
    # lines
    "grid": Colour("#dce2e9", "#2f3a46"),
    "edge": Colour("#7d8995", "#76838f"),
    # marks
    "main": Colour("#22609f", "#6fa8e0"),
    "pale": Colour("#a9c3de", "#3f5d7c"),
    "second": Colour("#b4570f", "#f0a25c"),
    "third": Colour("#0c7a78", "#57c4bd"),
    "fourth": Colour("#7a4aa6", "#c19fe8"),
    "good": Colour("#17784a", "#63c995"),
    "bad": Colour("#b42a22", "#f28d85"),
}
GROUNDS = ("page", "card", "soft")
TEXTS = ("ink", "muted", "link", "good", "bad")
MARKS = ("main", "second", "third", "fourth", "good", "bad", "edge")
FONT = "Helvetica, Arial, sans-serif"  # of the same widths: text is measured in one and shown in the other


def light(name: str) -> str:
    """The colour that charts are drawn in."""
    return COLOURS[name].light


def css() -> str:
    """Custom properties of both schemes, and what turns a drawing's colours into them."""

    def properties(scheme: str) -> str:
        return "".join(f"--{name}:{getattr(colour, scheme)};" for name, colour in COLOURS.items())

    turned = "".join(
        f'svg [{part}="{colour.light}"]{{{part}:var(--{name})}}'
        for name, colour in COLOURS.items()
        for part in ("fill", "stroke")
    )
    # the sheet prints light whatever the screen is
    return (
        f":root{{color-scheme:light;{properties('light')}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{properties('dark')}}}}}"
        f"@media screen{{:root[data-scheme=light]{{color-scheme:light;{properties('light')}}}"
        f":root[data-scheme=dark]{{color-scheme:dark;{properties('dark')}}}}}"
        f"{turned}"
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours #rrggbb as WCAG 2.2 defines it, 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
