"""The endpoints outside the CRM: e-mails, campaigns and their budgets, forms, events, web analytics."""

from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.hubspot_api import answers
from sandbox.hubspot_api.account import Account
from sandbox.hubspot_api.errors import invalid, not_found
from sandbox.hubspot_api.values import comparable

MAX_PAGE = 100
MAX_EVENTS = 1000


class Marketing:
    """One account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def emails(self, request: Request) -> Response:
        """GET marketing e-mails; with their statistics only if `includeStats` is true."""
        shelf = self._account.shelves["marketing_emails"]
        with_stats = answers.flag(request, "includeStats")
        archived = answers.flag(request, "archived")
        matching = [each for each in shelf if each.get("archived", False) == archived]
        results, following = shelf.page(matching, request.query_params.get("after"), _limit(request, 10))
        shown = [_email(each, with_stats=with_stats) for each in results]
        return answers.page(request, shown, following, len(matching))

    async def email(self, request: Request) -> Response:
        """GET one marketing e-mail."""
        found = self._find("marketing_emails", request)
        return answers.json(_email(found, with_stats=answers.flag(request, "includeStats")))

    async def campaigns(self, request: Request) -> Response:
        """GET campaigns; of their properties those asked for."""
        shelf = self._account.shelves["campaigns"]
        matching = list(shelf)
        results, following = shelf.page(matching, request.query_params.get("after"), _limit(request, 50))
        properties = answers.names(request, "properties")
        return answers.page(request, [_campaign(each, properties) for each in results], following, len(matching))

    async def campaign(self, request: Request) -> Response:
        """GET one campaign."""
        return answers.json(_campaign(self._find("campaigns", request), answers.names(request, "properties")))

    async def budget(self, request: Request) -> Response:
        """GET the budget items and the spend items of a campaign, with their totals."""
        budget = self._find("campaigns", request).get("budget") or {}
        planned, spent = budget.get("budgetItems", []), budget.get("spendItems", [])
        budget_total, spend_total = (
            sum((Decimal(item["amount"]) for item in items), Decimal(0)) for items in (planned, spent)
        )
        return answers.json(
            {
                "budgetItems": planned,
                "spendItems": spent,
                "currencyCode": budget.get("currencyCode", "USD"),
                "budgetTotal": budget_total,
                "spendTotal": spend_total,
                "remainingBudget": budget_total - spend_total,
            }
        )

    async def forms(self, request: Request) -> Response:
        """GET forms, archived ones apart."""
        shelf = self._account.shelves["forms"]
        archived = answers.flag(request, "archived")
        matching = [each for each in shelf if each.get("archived", False) == archived]
        return answers.page(request, *shelf.page(matching, request.query_params.get("after"), _limit(request, 20)))

    async def form(self, request: Request) -> Response:
        """GET one form."""
        return answers.json(self._find("forms", request))

    async def events(self, request: Request) -> Response:
        """GET event occurrences, newest first unless sorted by `occurredAt`; of one type, of one object, or by id."""
        query = request.query_params
        wanted = {name: query[name] for name in ("eventType", "objectType", "objectId") if name in query}
        ids = answers.names(request, "id")
        if not wanted and not ids:
            raise invalid("At least one of objectType, eventType or id is required")
        after, before = (comparable(query.get(name), "datetime") for name in ("occurredAfter", "occurredBefore"))
        matching = []
        for each in self._account.shelves["events"]:
            occurred: Any = comparable(each["occurredAt"], "datetime")
            if (
                all(str(each.get(name)).lower() == value.lower() for name, value in wanted.items())
                and (not ids or each["id"] in ids)
                and (after is None or occurred > after)
                and (before is None or occurred < before)
            ):
                matching.append((occurred, each["id"], each))
        matching.sort(key=lambda entry: entry[:2], reverse=query.get("sort") != "occurredAt")
        found = [each for _, _, each in matching]
        start = _offset(query.get("after"))
        end = start + answers.limit(request, 100, MAX_EVENTS)
        return answers.page(request, found[start:end], str(end) if end < len(found) else None)

    async def event_types(self, _request: Request) -> Response:
        """GET the names of all event types."""
        return answers.json({"eventTypes": sorted({each["eventType"] for each in self._account.shelves["events"]})})

    async def sources(self, request: Request) -> Response:
        """GET web traffic by source."""
        query = request.query_params
        period = request.path_params["period"]
        return answers.json(self._account.web_analytics.report(period, query.get("start"), query.get("end")))

    def _find(self, shelf: str, request: Request) -> dict[str, Any]:
        found = self._account.shelves[shelf].find(request.path_params["id"])
        if found is None:
            raise not_found()
        return found


def _limit(request: Request, default: int) -> int:
    return answers.limit(request, default, MAX_PAGE)


def _email(found: dict[str, Any], *, with_stats: bool) -> dict[str, Any]:
    return found if with_stats else {name: value for name, value in found.items() if name != "stats"}


def _campaign(found: dict[str, Any], properties: list[str]) -> dict[str, Any]:
    shown = {name: value for name, value in found.items() if name != "budget"}
    values = found.get("properties", {})
    return {**shown, "properties": {name: values[name] for name in properties if name in values}}


def _offset(after: str | None) -> int:
    if after is None:
        return 0
    if not after.isdecimal():
        raise invalid(f"Invalid after '{after}'")
    return int(after)
