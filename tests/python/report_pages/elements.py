"""Reading a page: its sections before they are HTML, and its tags and scripts after."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from orchestration.report.blocks import Section
from orchestration.report.page import read_sections, render
from orchestration.report.reading import open_published


class Elements(HTMLParser):
    """Every start tag with its attributes, and the scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


def sections_of(path: Path) -> dict[str, Section]:
    """Section by its id."""
    with open_published(path) as published:
        return {section.id: section for section in read_sections(published)}


def page_of(path: Path) -> str:
    """The HTML."""
    with open_published(path) as published:
        return render(published, read_sections(published))
