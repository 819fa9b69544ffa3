"""Why customers leave: what they write when they cancel, what the CRM has of it, usage that fades before the end."""

from collections import Counter
from dataclasses import replace
from random import Random

from .chance import between, happens, pick, stream
from .clock import DAY
from .crm_decisions import Company, Crm
from .decisions import Account, EndKind, Subscription
from .frame import Frame
from .shrinking import shrink
from .timeline import FEEDBACK

VALUE_GAP, COMPETITOR, BUDGET, OTHER, UNKNOWN = "value_gap", "competitor", "budget", "other", "unknown"
CAUSES = {
    "too_expensive": BUDGET, "switched_service": COMPETITOR, "unused": VALUE_GAP, "missing_features": VALUE_GAP,
    "too_complex": VALUE_GAP, "low_quality": VALUE_GAP, "customer_service": VALUE_GAP, "other": OTHER,
}  # fmt: skip
"""Stripe's feedback -> the cause behind it."""
CRM_WORDS = {VALUE_GAP: "Value gap", COMPETITOR: "Competitor", BUDGET: "Budget", OTHER: "Other"}
_UNASKED = {VALUE_GAP: 4.0, COMPETITOR: 3.0, BUDGET: 3.0, OTHER: 1.0}
_COMMENTS = {
    "too_expensive": ("We have to cut costs this year.", "The price went up, our budget did not."),
    "switched_service": ("We chose another vendor.", "Headquarters uses a different tool."),
    "unused": ("Nobody logs in any more.", "The project ended."),
    "missing_features": ("We need single sign-on.", "No export to our data warehouse."),
    "too_complex": ("The set-up took too long.",),
    "low_quality": ("Too many errors in imports.",),
    "customer_service": ("We waited days for an answer.",),
    "other": ("Merger.",),
}


def tell_reasons(frame: Frame, accounts: list[Account]) -> list[Account]:
    """The same accounts, with comments on cancellations, and with usage and seats that dwindle before some ends."""
    return [
        replace(account, subscriptions=tuple(_told(frame, s) for s in account.subscriptions)) for account in accounts
    ]


def _told(frame: Frame, subscription: Subscription) -> Subscription:
    ending = subscription.ending
    if ending is None:
        return subscription
    rng = stream(frame.seed, "leaving", subscription.id)
    in_trial = subscription.trial_end is not None and ending.asked_at < subscription.trial_end
    if in_trial and happens(rng, 0.5):
        ending = replace(ending, feedback=pick(rng, FEEDBACK))
    if ending.feedback and happens(rng, 0.5):
        ending = replace(ending, comment=rng.choice(_COMMENTS[ending.feedback]))
    return shrink(frame, replace(subscription, ending=ending, usage_fades_from=_fades_from(rng, subscription)))


def _fades_from(rng: Random, subscription: Subscription) -> int | None:
    ending = subscription.ending
    if ending is None or not subscription.usage or ending.kind is EndKind.NEVER_STARTED or not happens(rng, 0.75):
        return None
    at = ending.at - between(rng, 60 * DAY, 130 * DAY)
    return at if at > (subscription.trial_end or subscription.start) + 30 * DAY else None


def left(account: Account, as_of: int) -> int | None:
    """When a customer that has paid was gone for good; None where it is not by `as_of`."""
    gone = account.gone_at()
    return gone if gone is not None and gone <= as_of and account.pays_from(as_of) is not None else None


def last_ending(account: Account) -> Subscription:
    """The subscription that ended last, of a customer whose subscriptions have all ended."""
    return max(account.subscriptions, key=lambda s: s.ending.at if s.ending else 0)


def note_churn(frame: Frame, accounts: list[Account], crm: Crm) -> None:
    """Somebody asked most customers that left, and wrote the reason on the company; never against what Stripe has."""
    customers = Counter(face.company for face in crm.faces.values())
    by_id = {company.id: company for company in crm.companies}
    for account in accounts:
        company = by_id.get(crm.faces[account.id].company or "")
        rng = stream(frame.seed, "churn-reason", account.number)
        gone = left(account, frame.as_of)
        if gone is None or company is None or customers[company.id] > 1 or not happens(rng, 0.6):
            continue
        ending = last_ending(account).ending
        feedback = ending.feedback if ending else None
        if ending and ending.kind is EndKind.PAYMENT_FAILED:
            continue
        company.churn_reason = CRM_WORDS[CAUSES[feedback] if feedback else pick(rng, _UNASKED)]
        company.churn_noted_at = min(frame.as_of, gone + between(rng, 0, 10 * DAY))


def note_contacts(frame: Frame, accounts: list[Account], crm: Crm) -> None:
    """When somebody last spoke to each customer's company: later to those that stay; and to whom deals are with."""
    spoken: dict[str, int] = {}
    for account in accounts:
        company, begins = crm.faces[account.id].company, account.pays_from(frame.as_of)
        if company is None or begins is None:
            continue
        rng, gone = stream(frame.seed, "contacted", account.number), account.gone_at()
        ago = between(rng, DAY, 80 * DAY) if gone is None and happens(rng, 0.75) else between(rng, 70 * DAY, 260 * DAY)
        spoken[company] = max(spoken.get(company, 0), begins, min(frame.as_of, gone or frame.as_of) - ago)
    for deal in crm.deals:
        if deal.company and deal.touches:
            spoken[deal.company] = max(spoken.get(deal.company, 0), deal.touches[-1])
    for company in crm.companies:
        if company.id in spoken and company.archived_at is None:
            company.contacted_at = max(company.created, spoken[company.id])


def cause(account: Account, company: Company | None) -> str:
    """The cause behind a customer's leaving: by its own words at Stripe, else by the CRM's; a failed card is other."""
    ending = last_ending(account).ending
    if ending and ending.feedback:
        return CAUSES[ending.feedback]
    if ending and ending.kind is EndKind.PAYMENT_FAILED:
        return OTHER
    words = {text: cause for cause, text in CRM_WORDS.items()}
    return words[company.churn_reason] if company and company.churn_reason else UNKNOWN
