"""Problems with the input, gathered so that one run names all of them, and names that look alike."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from cap.errors import CapError

# Below this share of common characters two names are strangers (0.72 pairs utm_src with utm_source and
# keeps region from referrer_url).
LIKENESS = 0.72


@dataclass
class Problems:
    """What is wrong with the input. A file's content never gets in: it may be personal data."""

    found: dict[tuple[str, str, str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, what: str, remedy: str, *, table: str = "", file: str = "", column: str = "") -> None:
        """Note a problem; the same one in many files is told once, with the number of files."""
        files = self.found[(table, column, what, remedy)]
        if file:
            files.append(file)

    def raise_if_any(self, where: str) -> None:
        """Raise one CapError that lists every problem, if there is one. `where` is the bronze folder."""
        if not self.found:
            return
        count = len(self.found)
        many = "s" if count > 1 else ""
        lines = [f"{count} problem{many} in {where}; the bronze tables stay as they were:"]
        for number, (key, files) in enumerate(self.found.items(), start=1):
            lines.append(f"  {number}. {_place(key[0], files, key[1])}{key[2]}. {key[3]}.")
        raise CapError("\n".join(lines))


def _place(table: str, files: list[str], column: str) -> str:
    parts = [f"table {table}"] if table else []
    if files:
        more = f" (and {len(files) - 1:,} more)" if len(files) > 1 else ""
        parts.append(f"file {files[0]}{more}")
    if column:
        parts.append(f"column {column}")
    return ", ".join(parts) + ": " if parts else ""


def look_alike(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is most likely `name` written otherwise (pageviewId, utm_src, event_ts), or None."""
    plain = _plain(name)
    best, best_score = None, 0.0
    for candidate in candidates:
        other = _plain(candidate)
        score = difflib.SequenceMatcher(None, plain, other).ratio()
        if _abbreviates(plain, other) or _abbreviates(other, plain):
            score = max(score, LIKENESS)
        if score >= LIKENESS and score > best_score:
            best, best_score = candidate, score
    return best


def _plain(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())


def _abbreviates(short: str, long: str) -> bool:
    """Whether `short` is `long` with letters left out, enough kept to tell (eventts, eventtimestamp)."""
    if len(short) < 5 or short[0] != long[:1] or 2 * len(short) < len(long):
        return False
    rest = iter(long)
    return all(letter in rest for letter in short)
