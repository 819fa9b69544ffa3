"""Were objects of a raw stream set aside since the run before, because they cannot be stored? And why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.checks.reads import Read

if TYPE_CHECKING:
    import duckdb

NAME = "rejected_objects"
SHOWN = 20


@dataclass(frozen=True)
class Reason:
    """Objects that were rejected for one reason; `example` is the id of one of them in the table of rejected ones."""

    reason: str
    objects: int
    example: str


def read_reasons(
    connection: "duckdb.DuckDBPyConnection", source: str, stream: str, since: datetime | None
) -> list[Reason]:
    """What was first set aside after `since` (None: ever), by reason, the most frequent first."""
    rows = connection.execute(
        f"""
        select reason, count(distinct id), min(id)
        from raw_{source}.rejected
        where stream = ? and (? is null or extracted_at > ?)
        group by reason
        order by count(distinct id) desc, reason
        """,
        [stream, since, since],
    ).fetchall()
    return [Reason(*row) for row in rows]


def report(key: dg.AssetKey, reads: Sequence[Read], reasons: Sequence[Reason]) -> dg.AssetCheckResult:
    """The check result of one stream: `reasons` are those of objects that are new among the rejected ones."""
    if not reads:
        return dg.AssetCheckResult(
            check_name=NAME,
            asset_key=key,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description="not computable: no read is recorded yet",
            metadata={"status": "not_computable"},
        )
    source, stream = key.path[0].removeprefix("raw_"), key.path[-1]
    again, new = reads[-1].rejected, sum(each.objects for each in reasons)
    passed = not again and not new
    why = "; ".join(f"{each.reason} ({each.objects:,})" for each in reasons[:3])
    told = f"{max(again, new):,} objects could not be stored" + (f": {why}" if why else ", all known from before")
    what_to_do = (
        f"raw_{source}.rejected keeps each object with its reason (stream = '{stream}'). Models do not see it: mend it "
        "in the source and run again, or report its shape as a bug."
    )
    return dg.AssetCheckResult(
        check_name=NAME,
        asset_key=key,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN,
        description="pass: every object could be stored" if passed else f"warn: {told}. {what_to_do}",
        metadata={
            "status": "pass" if passed else "warn",
            "rejected_in_last_read": again,
            "new_since_the_read_before": new,
            "reasons": dg.MetadataValue.md(_table(reasons)),
            "what_to_do": what_to_do,
        },
    )


def _table(reasons: Sequence[Reason]) -> str:
    if not reasons:
        return "None."
    lines = [
        f"| {' '.join(each.reason.split()).replace('|', '/')} | {each.objects:,} | {each.example} |"
        for each in reasons[:SHOWN]
    ]
    return "\n".join(["| reason | objects | one of them |", "|---|---|---|", *lines])
