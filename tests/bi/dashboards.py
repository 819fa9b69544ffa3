"""Superset's dashboards as a person sees them: signed in, opened in a browser, every chart's data listened to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import yaml

from dashboards.serve import DEFINITIONS, USER
from tests.chromium import Page

_HEAD_PIXELS = 140  # title and filter bar
_ROW_PIXELS = 8  # of one unit of height

# Keeps what the server answers each chart, in the page, before any of Superset's own code runs.
_LISTEN = """
    window.answers = [];
    const real = window.fetch;
    window.fetch = async (request, options) => {
        const response = await real(request, options);
        const address = typeof request === 'string' ? request : request.url;
        if (address.includes('/api/v1/chart/data')) {
            const body = await response.clone().json().catch(() => ({}));
            const asked = new URL(address, location).searchParams.get('form_data');
            window.answers.push({
                chart: JSON.parse(asked || '{}').slice_id,
                status: response.status,
                rows: (body.result || []).map((each) => each.rowcount),
                error: body.message || (body.result || []).map((each) => each.error).filter(Boolean).join('; '),
            });
        }
        return response;
    };
"""
# A chart that has drawn, or that says that it cannot.
_SETTLED = """
    document.querySelectorAll('.dashboard-component-chart-holder').length === {charts}
    && document.querySelectorAll('[data-test="loading-indicator"], .loading').length === 0
    && new Set(window.answers.map((answer) => answer.chart).filter(Boolean)).size >= {charts}
"""
_CHART_ERRORS = """
    [...document.querySelectorAll('.dashboard-component-chart-holder')]
        .filter((holder) => holder.querySelector('.ant-alert-error, [role="alert"], .ant-empty'))
        .map((holder) => holder.innerText.slice(0, 300))
"""


class Session:
    """Somebody who is signed in to Superset, over its API."""

    def __init__(self, address: str, password: str) -> None:
        self.address = address
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))
        credentials = {"username": USER, "password": password, "provider": "db", "refresh": False}
        _, told = self.call("/api/v1/security/login", credentials)
        self._headers = {"Authorization": f"Bearer {told['access_token']}"}
        _, told = self.call("/api/v1/security/csrf_token/")
        self._headers |= {"X-CSRFToken": told["result"], "Referer": address}
        form = urlencode({"username": USER, "password": password, "csrf_token": told["result"]}).encode()
        self._opener.open(Request(f"{address}/login/", form, {"Referer": address})).read()

    def call(self, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Status and JSON of a GET, or of a POST where there is a body; errors of the server are answers too."""
        headers = {"Content-Type": "application/json", **getattr(self, "_headers", {})}
        data = None if body is None else json.dumps(body).encode()
        try:
            with self._opener.open(Request(self.address + path, data, headers)) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            text = error.read().decode()
            return error.code, json.loads(text) if text.startswith(("{", "[")) else {"message": text}


@dataclass(frozen=True)
class Layout:
    """What a dashboard's file says of it: how many charts, and how many pixels high in all."""

    slug: str
    charts: int
    height: int


def layouts() -> dict[str, Layout]:
    """The dashboards by slug, from their files."""
    found = {}
    for file in sorted((DEFINITIONS / "dashboards").glob("*.yaml")):
        position = yaml.safe_load(file.read_text())["position"]
        charts = [node for name, node in position.items() if name.startswith("CHART-")]
        rows = {node["parents"][-1]: node["meta"]["height"] for node in charts}
        found[file.stem] = Layout(
            file.stem, len(charts), _HEAD_PIXELS + sum(_ROW_PIXELS * each + 16 for each in rows.values())
        )
    return found


@dataclass(frozen=True)
class Shown:
    """A dashboard as it was drawn. `answers`: chart id -> rows of each of its queries; `errors` say what went wrong."""

    answers: dict[int, list[int]]
    errors: list[str]


def sign_in(page: Page, session: Session) -> None:
    """Give the browser the session's cookies, and listen to what charts are answered."""
    for cookie in session.cookies:
        page.command("Network.setCookie", name=cookie.name, value=cookie.value or "", url=session.address)
    page.command("Page.addScriptToEvaluateOnNewDocument", source=_LISTEN)


def show(page: Page, session: Session, layout: Layout) -> Shown:
    """Open a dashboard and wait until all its charts have been answered and drawn.

    Superset draws what is in sight: the window is as high as the dashboard.
    """
    address = f"{session.address}/superset/dashboard/{layout.slug}/?standalone=1"
    page.show(address, width=1500, height=layout.height)
    page.wait_for(_SETTLED.format(charts=layout.charts))
    told = page.evaluate("window.answers")
    errors = [f"chart {each.get('chart')}: {each['error']}" for each in told if each["error"] or each["status"] != 200]
    errors += page.evaluate(_CHART_ERRORS)
    # Filters ask for their choices in the same way, and are no chart.
    return Shown({each["chart"]: each["rows"] for each in told if each.get("chart")}, errors)
