"""True figures of marketing and of what people said and did: visits, spend, e-mails, NPS, trials."""

from collections import Counter
from collections.abc import Iterator

from .audience_decisions import NPS, Audience
from .clock import iso_date, iso_seconds, month_start
from .product_use import Trial
from .surveys import group_of
from .truth_crm import ratio


def web(audience: Audience) -> Iterator[tuple[str, str, int, int, int]]:
    """(month, source, visits, visitors, leads)."""
    for row in audience.traffic:
        yield iso_date(row.month), row.source, row.visits, row.visitors, row.leads


def spend(audience: Audience) -> Iterator[tuple[str, str, str, str]]:
    """(month, source, spend, budget) in dollars; a budget is empty where nobody made one."""
    for row in audience.campaigns:
        if row.spent:
            yield iso_date(row.month), row.source, _dollars(row.total), _dollars(row.budget)


def _dollars(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100}.{cents % 100:02d}"


def email_rates(audience: Audience) -> Iterator[tuple[object, ...]]:
    """(month, e-mails, sent, delivered, opens, clicks, open rate, click rate): sums over the sum of the delivered."""
    months: dict[int, list[int]] = {}
    for mail in audience.newsletters:
        if mail.sent_at is not None:
            counts = (1, mail.sent, mail.delivered, mail.opens, mail.clicks)
            before = months.get(month_start(mail.sent_at), [0] * len(counts))
            months[month_start(mail.sent_at)] = [a + b for a, b in zip(before, counts, strict=True)]
    for month, (mails, sent, delivered, opens, clicks) in sorted(months.items()):
        rates = ratio(opens, delivered), ratio(clicks, delivered)
        yield iso_date(month), mails, sent, delivered, opens, clicks, *rates


def nps(audience: Audience) -> Iterator[tuple[str, int, int, int, str]]:
    """(month, promoters, passives, detractors, NPS): per cent of promoters less per cent of detractors."""
    counts: Counter[tuple[int, str]] = Counter()
    for answer in audience.answers:
        if answer.survey == NPS:
            counts[month_start(answer.at), group_of(answer.score)] += 1
    for month in sorted({month for month, _ in counts}):
        good, fair, bad = (counts[month, group] for group in ("promoter", "passive", "detractor"))
        yield iso_date(month), good, fair, bad, ratio(100 * (good - bad), good + fair + bad)


def trials(found: list[Trial]) -> Iterator[tuple[object, ...]]:
    """Every trial: (subscription, customer, contact, start, end, outcome, sessions, imported, invited, qualified)."""
    for trial in found:
        yield (
            trial.subscription.id,
            trial.subscription.customer,
            trial.contact or "",
            iso_seconds(trial.subscription.start),
            iso_seconds(trial.subscription.trial_end or 0),
            "converted" if trial.converted else "running" if trial.running else "ended",
            trial.sessions,
            *(str(flag).lower() for flag in (trial.imported, trial.invited, trial.qualified)),
        )


def trial_conversion(found: list[Trial]) -> Iterator[tuple[str, int, int, int, int, int]]:
    """(cohort month by trial start, trials, converted, running, product-qualified ones, of those converted)."""
    months: dict[int, list[Trial]] = {}
    for trial in found:
        months.setdefault(month_start(trial.subscription.start), []).append(trial)
    for month, cohort in sorted(months.items()):
        yield (
            iso_date(month),
            len(cohort),
            sum(t.converted for t in cohort),
            sum(t.running for t in cohort),
            sum(t.qualified for t in cohort),
            sum(t.qualified and t.converted for t in cohort),
        )
