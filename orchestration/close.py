"""`make close MONTH=2026-01`: close a month now, with every month before it that is still open.

Months close by themselves some days after their end; this is for those who report earlier. It rebuilds the models from
what the last run has extracted, writes the months to `mrr_close`, and publishes. A close is never taken back.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from orchestration.settings import Settings, UserError, load_settings

if TYPE_CHECKING:
    import duckdb

_TABLES = "select schema_name || '.' || table_name from duckdb_tables()"
_CLOSED = """
    select currency, count(*) filter (mrr > 0) as customers, sum(mrr) as mrr
    from marts.mrr_close where month = ? group by currency order by currency
"""


@dataclass(frozen=True)
class Standing:
    """How far closing has come: first days of months, and the latest "now" that months were compared at."""

    first_month: date | None
    closed_through: date | None
    judged_at: datetime | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 1 with one line about each problem."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.close", description=__doc__)
    parser.add_argument("month", metavar="MONTH", help="a month that is over, as in 2026-01")
    try:
        return close(parser.parse_args(arguments).month, load_settings())
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nrevfunnel: stopped", file=sys.stderr)
        return 130


def close(text: str, settings: Settings) -> int:
    """Close the month and print what it was closed with; 1 if the run failed, its problems on stderr.

    Raises:
        UserError: it is no month, or one that cannot be closed now.
    """
    from orchestration.driver.execution import check_no_run
    from orchestration.driver.session import log_file, reopened

    month = parse_month(text)
    with reopened(settings) as found:
        standing = read_standing(found)
        refuse(month, standing, found)
        check_no_run(found)  # before its log is emptied
        log = log_file(found, "close")
        print(f"Closing {_months(month, standing)} in {found.home}", flush=True)

        from orchestration.driver.execution import rebuild
        from orchestration.driver.telling import tell_of_run

        outcome = rebuild(found, log, close_through=f"{month:%Y-%m}")
        for problem in (*tell_of_run(found, outcome.run_id), *outcome.problems):
            print(f"revfunnel: {problem}", file=sys.stderr)
        if not outcome.succeeded:
            print(f"revfunnel: the details are in {log}", file=sys.stderr)
            return 1
        for currency, customers, mrr in _rows(found.published_path, _CLOSED, [month]):
            print(f"{month:%Y-%m} closed with MRR {mrr:,.2f} {currency.upper()} of {customers:,} paying customers")
    return 0


def parse_month(text: str) -> date:
    """`2026-01` -> its first day. Raises UserError for anything else."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text) or text.startswith("0000"):
        raise UserError(f"{text!r} is not a month like 2026-01")
    return date.fromisoformat(f"{text}-01")


def read_standing(settings: Settings) -> Standing:
    """What the warehouse says about closing so far.

    Raises:
        UserError: there is no warehouse with models in it yet, or another process holds it.
    """
    import duckdb

    from orchestration.driver.preflight import check_warehouse

    if not settings.warehouse_path.exists():
        raise UserError(f"{settings.warehouse_path} does not exist yet; `make run` first")
    check_warehouse(settings)
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        tables = {name for (name,) in connection.execute(_TABLES).fetchall()}
        if "marts.mrr_monthly" not in tables:
            raise UserError(f"{settings.warehouse_path} holds no months yet; `make run` first")
        closed, runs = "marts.mrr_close", "intermediate.int_close_runs"  # one may be there alone: a run that died
        return Standing(
            _value(connection, "select min(month) from marts.mrr_monthly"),
            _value(connection, f"select max(month) from {closed}") if closed in tables else None,
            _value(connection, f"select max(judged_at) from {runs}") if runs in tables else None,
        )


def refuse(month: date, standing: Standing, settings: Settings) -> None:
    """Raise UserError, saying why, if the month cannot be closed now."""
    now = settings.as_of or datetime.now(UTC)
    over_at = datetime(*_next(month), tzinfo=ZoneInfo(settings.timezone))
    if now < over_at:
        raise UserError(f"{month:%Y-%m} is not over before {over_at:%Y-%m-%d %H:%M} ({settings.timezone})")
    if standing.first_month is None or month < standing.first_month:
        since = f"; the first month is {standing.first_month:%Y-%m}" if standing.first_month else ""
        raise UserError(f"nobody had a subscription in {month:%Y-%m}{since}")
    if standing.closed_through and month <= standing.closed_through:
        raise UserError(
            f"{month:%Y-%m} is closed already (closed through {standing.closed_through:%Y-%m}); what has been found "
            "out since stands in mrr_restatements"
        )
    if standing.judged_at and now < standing.judged_at.replace(tzinfo=UTC):
        raise UserError(
            f"REVFUNNEL_AS_OF lies before {standing.judged_at:%Y-%m-%d %H:%M} UTC, up to which months were compared "
            "already; nothing is closed while looking back"
        )


def _months(month: date, standing: Standing) -> str:
    """`2026-01`, or `2025-11 to 2026-01` where earlier months are open too."""
    first = date(*_next(standing.closed_through)) if standing.closed_through else standing.first_month
    return f"{month:%Y-%m}" if first in (month, None) else f"{first:%Y-%m} to {month:%Y-%m}"


def _next(month: date) -> tuple[int, int, int]:
    return (month.year + month.month // 12, month.month % 12 + 1, 1)


def _value(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _rows(path: Path, query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query, parameters).fetchall()


if __name__ == "__main__":
    sys.exit(main())
