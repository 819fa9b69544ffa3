"""The page: every section from the published tables, put into one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from markupsafe import Markup

from orchestration.report import benchmarks, economics, funnel, retention, revenue, risk
from orchestration.report.blocks import Section
from orchestration.report.charts import CONFIG
from orchestration.report.dictionary import describe
from orchestration.report.reading import Published, open_published, read_judged

_FOLDER = Path(__file__).parent


def write_report(published: Path, target: Path) -> list[Section]:
    """Write the page about `published` to `target`, at once, and give its sections.

    Raises:
        UserError: there is nothing published that could be told.
    """
    with open_published(published) as opened:
        sections = read_sections(opened)
        html = render(opened, sections)
    aside = target.with_name(f".{target.name}.tmp")
    try:
        aside.write_text(html, encoding="utf-8")
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    return sections


def read_sections(published: Published) -> list[Section]:
    """All sections, in the page's order; one without data says why."""
    judged = read_judged(published)
    return [
        revenue.headline(published),
        revenue.bridge(published),
        revenue.movements(published),
        retention.rates(published, judged),
        retention.cohorts(published),
        funnel.funnel(published, judged),
        economics.unit_economics(published, judged),
        economics.nps(published, judged),
        risk.deals(published),
        risk.customers(published),
        benchmarks.benchmarks(published, judged),
    ]


def render(published: Published, sections: list[Section]) -> str:
    """The HTML. Everything that is not our own template, style or script is escaped."""
    import vl_convert
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    specs = {chart.id: chart.spec for section in sections for chart in section.charts}
    scripts = []
    if specs:
        # Its default puts the libraries where page.js finds them; its type says that it has none.
        bundle = vl_convert.javascript_bundle()  # pyright: ignore[reportCallIssue]
        scripts = [bundle, (_FOLDER / "page.js").read_text(encoding="utf-8")]
    return environment.get_template("template.html").render(
        as_of=f"{published.as_of:%Y-%m-%d}",
        published_at=f"{published.published_at:%Y-%m-%d %H:%M %Z}",
        currency=published.currency,
        sections=sections,
        appendix=describe(published, [source for section in sections for source in section.sources]),
        drawing={"config": CONFIG, "charts": specs},
        style=Markup((_FOLDER / "style.css").read_text(encoding="utf-8")),
        scripts=[_inline(script) for script in scripts],
        hashes=Markup(" ".join(_hash(_inline(script)) for script in scripts)),
    )


def _inline(script: str) -> Markup:
    """A script as an element's text, which only its own end tag could end."""
    return Markup(script.replace("</script", "<\\/script"))


def _hash(script: str) -> str:
    """What allows this script, and no other, to run on the page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
