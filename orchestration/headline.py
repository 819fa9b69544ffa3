"""The headline: MRR and its movements, retention, funnel and benchmark verdicts, in one screen of 80 by 40.

Read from published.duckdb, so that what the terminal says is what BI will say.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.checks.figures import in_words, range_in_words
from orchestration.checks.seed import read_benchmarks
from orchestration.checks.verdicts import Verdict, read_results, verdicts
from orchestration.hubspot.streams import STREAMS
from orchestration.report.reading import open_published
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb

_WIDTH = 78
_MOVEMENTS = ("new", "expansion", "contraction", "churn", "reactivation", "fx")
_FUNNEL = (
    ("lead", "marketingqualifiedlead", "lead to MQL"),
    ("marketingqualifiedlead", "salesqualifiedlead", "MQL to SQL"),
    ("salesqualifiedlead", "customer", "SQL to customer"),
)
# Worst news first, what cannot be computed last.
_ORDER = {"fail": 0, "warn": 1, "pass": 2}


def headline(published: Path) -> str:
    """The screen, as text without a final newline. Raises UserError where the file is missing or none of ours."""
    with open_published(published) as opened:
        connection, as_of = opened.connection, opened.as_of
        found = verdicts(read_results(connection))
        parts = [
            [f"revfunnel  as of {as_of}  amounts in {opened.currency}"],
            _revenue(connection, as_of),
            _funnel(connection, as_of),
            _benchmarks(found),
        ]
    return "\n\n".join("\n".join(part) for part in parts)


def not_read(unread: Mapping[tuple[str, str], str]) -> str:
    """What the run could not read, and why: first what every figure of the funnel needs; nothing if it could read all.

    Args:
        unread: (source, stream) -> the reason.
    """
    if not unread:
        return ""
    lines = ["", "Not read"]
    core = {("hubspot", stream.name) for stream in STREAMS if stream.core and stream.kind == "objects"}
    if needed := sorted(core & unread.keys()):
        names = ", ".join(stream for _, stream in needed)
        whys = ", ".join(dict.fromkeys(_scope_or_reason(unread[key]) for key in needed))
        lines += _paragraph(f"{names} ({whys}): what rests on them is empty or as of an earlier run")
    if others := sorted(stream for source, stream in unread.keys() - core):
        lines += _paragraph(f"not in the plan or the scopes: {', '.join(others)} (reasons: metadata of these assets)")
    return "\n".join(lines)


def _scope_or_reason(reason: str) -> str:
    scope = re.search(r"the scope (\S+(?: or \S+)*) listed", reason)
    return f"no scope {scope[1]}" if scope else reason


def next_steps(settings: Settings, log: Path) -> str:
    """Where the files are and what to do next."""
    lines = [
        "",
        # On one line: the screen has 40.
        f"Files      {settings.published_path}  (BI: open it read-only), "
        f"{settings.report_path.name}, {log.relative_to(settings.home)}",
        "Next       make ui     asset graph, runs and checks, on http://127.0.0.1:3000",
    ]
    if "rk_live_sandbox" in (settings.stripe_api_key.get_secret_value() if settings.stripe_api_key else ""):
        lines.append("           for your own company: two keys in .env (see .env.example)")
    return "\n".join(lines)


def _revenue(connection: "duckdb.DuckDBPyConnection", as_of: date) -> list[str]:
    """MRR at the end of the last month that is over, how it moved in that month, and retention."""
    month = _row(
        connection,
        "select * from marts.nrr_monthly where dimension = 'all' and month < ? order by month desc limit 1",
        [as_of.replace(day=1)],
    )
    if month is None:
        return ["MRR        no closed month yet"]
    paying = _row(
        connection,
        "select count(distinct customer_id) as customers from marts.mrr_monthly where month = ? and mrr > 0",
        [month["month"]],
    ) or {"customers": 0}
    closing = month["closing_mrr"]
    if closing is None:
        return [
            f"MRR        not known at the end of {month['month']:%Y-%m}: {paying['customers']:,} paying customers in "
            "currencies without an exchange rate (seeds/fx_rates.csv)"
        ]
    arr = f"ARR {closing * 12:,.0f}, {paying['customers']:,} paying customers"
    moves = [(name, _signed(month[f"{name}_mrr"])) for name in _MOVEMENTS]
    widths = [max(len(name), len(amount)) for name, amount in moves]
    lost, quick = _rate(month["logo_churn"]), _plain(month["quick_ratio"])
    return [
        f"MRR        {closing:,.0f} at the end of {month['month']:%Y-%m}  ({arr})",
        f"           from {month['opening_mrr']:,.0f} a month before:",
        "           " + "  ".join(f"{name:>{width}}" for (name, _), width in zip(moves, widths, strict=True)),
        "           " + "  ".join(f"{amount:>{width}}" for (_, amount), width in zip(moves, widths, strict=True)),
        f"NRR        {_rate(month['nrr_12m'])} over 12 months, GRR {_rate(month['grr_12m'])}",
        f"           logo churn {lost} in the month, quick ratio {quick}",
    ]


def _funnel(connection: "duckdb.DuckDBPyConnection", as_of: date) -> list[str]:
    """Cohorts of the last 12 months that are old enough to be judged, and deals closed in the last 12 months."""
    since = as_of.replace(year=as_of.year - 1, day=1)
    lines = [f"since {since:%Y-%m}, of the cohorts that are old enough"]
    for from_stage, to_stage, name in _FUNNEL:
        row = _row(
            connection,
            """
            select sum(entered) as entered, sum(converted) as converted, max(window_days) as window_days
            from marts.funnel_conversion
            where dimension = 'all' and is_mature and from_stage = ? and to_stage = ? and cohort_month >= ?
            """,
            [from_stage, to_stage, since],
        ) or {"entered": None}
        if not row["entered"]:
            lines.append(f"{name:<18} no cohort old enough yet")
            continue
        rate = Decimal(row["converted"]) / Decimal(row["entered"])
        lines.append(
            f"{name:<18} {row['converted']:>7,} of {row['entered']:>7,}  {_rate(rate):>8}  "
            f"within {row['window_days']} days"
        )
    deals = _row(
        connection,
        """
        select sum(won) as won, sum(won) + sum(lost) as decided
        from marts.sales_performance
        where dimension = 'all' and close_month >= ?
        """,
        [since],
    ) or {"decided": None}
    if deals["decided"]:
        rate = Decimal(deals["won"]) / Decimal(deals["decided"])
        lines.append(f"{'deals won':<18} {deals['won']:>7,} of {deals['decided']:>7,}  {_rate(rate):>8}")
    else:
        lines.append(f"{'deals won':<18} no deal closed yet")
    return [("Funnel     " if number == 0 else " " * 11) + line for number, line in enumerate(lines)]


def _benchmarks(found: Mapping[tuple[str, str], Verdict]) -> list[str]:
    """One line for each that is broken, worst first; the others are named together, however many there are."""
    lines = ["Benchmarks, most of them over three months (seeds/benchmarks.csv)"]
    well: list[str] = []
    missing: list[str] = []
    known = read_benchmarks()
    told = sorted(found.items(), key=lambda item: _ORDER.get(item[1].result.status, len(_ORDER)))
    for key, verdict in told:
        benchmark, result = known[key], verdict.result
        if not result.is_computed:
            missing.append(benchmark.title)
            continue
        value = in_words(benchmark, result.value)
        if result.status == "pass":
            well.append(f"{benchmark.title} {value}")
            continue
        healthy = range_in_words(benchmark, result.range_low, result.range_high)
        lines.append(f"  {result.status:<5} {benchmark.title:<29} {value:>11}  healthy {healthy}"[:_WIDTH])
    if well:
        lines += _paragraph(f"pass ({len(well)}): {', '.join(well)}")
    if missing:
        lines += _paragraph(f"not computable ({len(missing)}): {', '.join(missing)}; the checks give the reasons")
    return lines


def _paragraph(text: str) -> list[str]:
    # A value stays beside its unit.
    held = re.sub(r"(?<=\d) (?=\S)", "\xa0", text)
    wrapped = textwrap.wrap(held, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    return [line.replace("\xa0", " ") for line in wrapped]


def _row(
    connection: "duckdb.DuckDBPyConnection", query: str, parameters: Sequence[object] = ()
) -> dict[str, Any] | None:
    """The first row by column name, or None."""
    cursor = connection.execute(query, list(parameters))
    names = [column[0] for column in cursor.description or []]
    row = cursor.fetchone()
    return None if row is None else dict(zip(names, row, strict=True))


def _rate(value: Decimal | None) -> str:
    return "-" if value is None else f"{value * 100:.1f} %"


def _plain(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _signed(value: Decimal | None) -> str:
    return f"{value or 0:+,.0f}" if value else "0"
