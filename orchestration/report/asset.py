"""The asset `report`: report.html, written anew after every publish."""

import dagster as dg

from orchestration import freshness
from orchestration.interrupts import insistent
from orchestration.settings import UserError, load_settings


@dg.asset(
    key="report",
    deps=["published"],
    group_name="serving",
    owners=["team:data"],
    kinds={"html"},
    description=(
        "report.html: one self-contained page from published.duckdb, for people without a BI tool. Headline, MRR "
        "bridge and movements, retention, cohorts, funnel, unit economics, risks and benchmarks, without a network."
    ),
    freshness_policy=freshness.DAILY,
    pool="warehouse",
)
def report(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Write the page and link it."""
    from orchestration.report.page import write_report

    settings = load_settings()
    try:
        with insistent():
            sections = write_report(settings.published_path, settings.report_path)
    except UserError as error:
        raise dg.Failure(str(error)) from None
    silent = {section.title: section.reason for section in sections if section.reason}
    for title, reason in silent.items():
        context.log.info("%s: %s", title, reason)
    return dg.MaterializeResult(
        metadata={
            "page": dg.MetadataValue.url(settings.report_path.as_uri()),
            "path": dg.MetadataValue.path(str(settings.report_path)),
            "megabytes": round(settings.report_path.stat().st_size / 1e6, 1),
            "sections": len(sections),
            "not_shown": dg.MetadataValue.json(silent),
        }
    )
