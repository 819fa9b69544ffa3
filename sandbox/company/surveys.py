"""Surveys among customers: NPS about twice a year, where those about to leave answer worse, and CSAT after support."""

from random import Random

from .audience_decisions import CSAT, NPS, Answer, Audience
from .chance import between, happens, pick, stream
from .clock import DAY
from .crm_decisions import Crm
from .decisions import Account
from .frame import Frame

RESPONSE = 0.55
FORESEEN = 150 * DAY
"""How long before its end a customer that leaves is unhappy already."""
_PROMOTERS, _PASSIVES, _DETRACTORS = {9: 1.0, 10: 1.0}, {7: 1.0, 8: 2.0}, {0: 1.0, 3: 1.0, 4: 1.0, 5: 2.0, 6: 4.0}
_STAYS = {"promoter": 56.0, "passive": 29.0, "detractor": 15.0}
_LEAVES = {"promoter": 8.0, "passive": 24.0, "detractor": 68.0}
_SCORES = {"promoter": _PROMOTERS, "passive": _PASSIVES, "detractor": _DETRACTORS}


def add_surveys(frame: Frame, accounts: list[Account], crm: Crm, audience: Audience) -> None:
    """Adds the answers of every paying customer whose main contact the CRM knows."""
    archived = {contact.id for contact in crm.contacts if contact.archived_at is not None}
    for account in accounts:
        contact, begins = crm.people.get(account.id), account.pays_from(frame.as_of)
        if contact is None or contact in archived or begins is None:
            continue
        rng, gone = stream(frame.seed, "survey", account.number), account.gone_at()
        until = min(frame.as_of, gone or frame.as_of)
        at = begins + between(rng, 30 * DAY, 90 * DAY)
        while at < until:
            if happens(rng, RESPONSE):
                leaving = gone is not None and gone - at <= FORESEEN
                _answer(audience, NPS, _nps(rng, leaving), at, contact)
            if happens(rng, 0.12):
                after = at + between(rng, DAY, 30 * DAY)
                score = pick(rng, {1: 1.0, 2: 1.0, 3: 2.0, 4: 6.0, 5: 8.0})
                if after < until:
                    _answer(audience, CSAT, score, after, contact)
            at += between(rng, 150 * DAY, 200 * DAY)


def _nps(rng: Random, leaving: bool) -> int:
    return pick(rng, _SCORES[pick(rng, _LEAVES if leaving else _STAYS)])


def _answer(audience: Audience, survey: str, score: int, at: int, contact: str) -> None:
    audience.answers.append(Answer(str(4_600_001 + len(audience.answers)), survey, score, at, contact))


def group_of(score: int) -> str:
    """Promoter, passive or detractor, by the definition of NPS."""
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"
