"""HubSpot records of small accounts, reduced to what the API always gives and the models read."""

from collections.abc import Sequence

from tests.python.rule_cases.objects import Book, Json

MADE = "2024-12-01T00:00:00.000Z"


def record(identifier: str, properties: Json, made: str = MADE, history: Json | None = None) -> Json:
    """A CRM record; `history` as propertiesWithHistory has it, the newest entry first."""
    found: Json = {
        "id": identifier,
        "properties": {"hs_object_id": identifier, "createdate": made} | properties,
        "createdAt": made,
        "updatedAt": made,
        "archived": False,
    }
    return found | ({"propertiesWithHistory": history} if history else {})


def add(book: Book, stream: str, *rows: Json) -> None:
    """Put records into a stream of the book."""
    book.objects.setdefault(stream, []).extend(rows)


def link(book: Book, source: str, target: str, pair: tuple[str, str], *, kind: int) -> None:
    """Associate a pair of records by HubSpot's own association type of that id."""
    from_id, to_id = pair
    types = [{"category": "HUBSPOT_DEFINED", "typeId": kind, "label": "Primary"}]
    add(book, f"associations_{source}_{target}", {"from": from_id, "to": to_id, "types": types})


def company(book: Book, identifier: str, *, contacted: Sequence[str] = (), **properties: str) -> Json:
    """A company, spoken with on these days (the oldest first); its metadata for a Stripe customer."""
    moments = [f"{day}T12:00:00.000Z" for day in contacted]
    entries = [{"value": moment, "timestamp": moment, "sourceType": "CALCULATED"} for moment in reversed(moments)]
    last = {"notes_last_contacted": moments[-1]} if moments else {}
    history = {"notes_last_contacted": entries} if moments else None
    add(book, "companies", record(identifier, {"name": f"Company {identifier}"} | last | properties, history=history))
    return {"hubspot_company_id": identifier}


def nps(book: Book, company_id: str, *answers: tuple[str, int]) -> None:
    """Answers (day, score) of one contact of a company."""
    contact = f"9{company_id}"
    add(book, "contacts", record(contact, {"email": f"p@{company_id}.example"}))
    link(book, "contacts", "companies", (contact, company_id), kind=1)
    for number, (day, score) in enumerate(answers):
        moment = f"{day}T12:00:00.000Z"
        properties = {"hs_survey_type": "NPS", "hs_value": str(score), "hs_submission_timestamp": moment}
        answer = f"8{company_id}{number}"
        add(book, "feedback_submissions", record(answer, properties, moment))
        link(book, "feedback_submissions", "contacts", (answer, contact), kind=98)


def deal(book: Book, identifier: str, company_id: str, stage: str, days: tuple[str, str], **properties: str) -> None:
    """A deal of a company in a stage of `pipeline`, with the days on which it was opened and closed."""
    made, closed = days
    own = {"dealstage": stage, "pipeline": "default", "closedate": f"{closed}T12:00:00.000Z", "dealname": "Deal"}
    add(book, "deals", record(identifier, own | properties, f"{made}T12:00:00.000Z"))
    link(book, "deals", "companies", (identifier, company_id), kind=5)


def pipeline(book: Book) -> None:
    """One pipeline with the stages open (0.5), won (1) and lost (0)."""
    stages = [
        {"id": name, "label": name, "displayOrder": order, "metadata": {"isClosed": closed, "probability": probability}}
        for order, (name, closed, probability) in enumerate(
            [("open", "false", "0.5"), ("won", "true", "1.0"), ("lost", "true", "0.0")]
        )
    ]
    add(book, "deal_pipelines", {"id": "default", "label": "Sales", "stages": stages, "archived": False})
