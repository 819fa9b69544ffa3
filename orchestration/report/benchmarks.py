"""The section with every benchmark, the worst news first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from orchestration.report.blocks import STATUS_WORDS, Section
from orchestration.report.verdict_rows import SOURCE, verdict_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.report.reading import Judged, Published

_ORDER = ("fail", "warn", "pass", "not_computable")


def benchmarks(published: Published, judged: Mapping[tuple[str, str], Judged]) -> Section:
    """Status, value, range, n, reason and what to do, of every row of seeds/benchmarks.csv."""
    title = "Benchmarks"
    if not judged:
        reason = published.missing(SOURCE) or f"{SOURCE} is empty: no month has ended yet."
        return Section("benchmarks", title, [SOURCE], reason=reason)
    ordered = sorted(judged.values(), key=lambda found: _ORDER.index(found.verdict.result.status))
    counts = Counter(found.verdict.result.status for found in ordered)
    told = ", ".join(f"{counts[status]} {STATUS_WORDS[status].lower()}" for status in _ORDER if counts[status])
    lead = f"{len(ordered)} benchmarks: {told}. The ranges are those of seeds/benchmarks.csv. "
    lead += "A value pools the months up to the one named, as many as stand below it."
    return Section("benchmarks", title, [SOURCE], lead=lead, tables=[verdict_table(ordered, "All benchmarks")])
