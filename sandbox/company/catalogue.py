"""What the generated company sells: plans, add-ons, coupons and tax rates in each currency.

Prices are set in USD cents and carried over to other currencies by a list-price factor (a price list, not a rate of
exchange), rounded as a price list would be.
"""

from dataclasses import dataclass

from .decisions import Coupon, Price, TaxRate, Tier

CURRENCIES = ("usd", "eur", "sek")
MONTHLY, QUARTERLY, ANNUAL = 1, 3, 12

_LIST_FACTOR = {"usd": (1, 1, 1), "eur": (92, 100, 100), "sek": (1040, 100, 500)}
"""currency -> numerator, denominator, rounding step in minor units."""

_CADENCE = {MONTHLY: "month", QUARTERLY: "quarter", ANNUAL: "year"}
_PERIODS = {MONTHLY: (1, 1), QUARTERLY: (57, 20), ANNUAL: (10, 1)}
"""cadence -> what a period costs in months: a quarter 2.85, a year 10."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product and, where it is recurring, whether it is billed by seat."""

    key: str
    name: str
    monthly: int
    tiers: tuple[Tier, ...] = ()
    metered: bool = False
    one_off: bool = False


PRODUCTS = (
    Product("starter", "Starter", 4_900),
    Product("starter2", "Starter (2026)", 5_900),
    Product("team", "Team", 1_500),
    Product("growth", "Growth", 3_500),
    Product("platform", "Platform", 40_000),
    Product("seat", "Platform seat", 2_500),
    Product("scale", "Scale", 0, (Tier(50, 3_000), Tier(200, 2_400), Tier(None, 1_800))),
    Product("bundle", "Scale bundle", 0, (Tier(25, 0, 90_000), Tier(150, 2_800), Tier(None, 2_000))),
    Product("analytics", "Analytics add-on", 9_900),
    Product("support", "Priority support", 50_000),
    Product("sso", "Single sign-on", 2_900),
    Product("calls", "API calls", 2, metered=True),
    Product("setup", "Setup fee", 150_000, one_off=True),
    Product("onboarding", "Onboarding", 30_000, one_off=True),
)

SALES_TAX = TaxRate("txr_sales8", 8, False, "US", "Sales tax", "sales_tax")
VAT_SE = TaxRate("txr_moms25", 25, False, "SE", "Moms", "vat")
VAT_SE_INCLUDED = TaxRate("txr_moms25_incl", 25, True, "SE", "Moms", "vat")
VAT_DE = TaxRate("txr_vat19", 19, False, "DE", "VAT", "vat")
VAT_DE_INCLUDED = TaxRate("txr_vat19_incl", 19, True, "DE", "VAT", "vat")


def _listed(cents: int, currency: str) -> int:
    """A USD amount in cents as the list price of another currency, minor units, never rounded down to nothing."""
    numerator, denominator, step = _LIST_FACTOR[currency]
    exact = cents * numerator
    if exact < 10 * step * denominator:
        return max(1, exact // denominator)
    return (2 * exact + step * denominator) // (2 * step * denominator) * step


def _price(product: Product, months: int, currency: str) -> Price:
    numerator, denominator = _PERIODS[months] if months else (1, 1)

    def amount(monthly: int) -> int:
        return _listed(monthly * numerator // denominator, currency)

    suffix = _CADENCE[months] if months else "once"
    return Price(
        id=f"price_{product.key}_{suffix}_{currency}",
        product=f"prod_{product.key}",
        label=product.name,
        currency=currency,
        months=months,
        unit=amount(product.monthly),
        tiers=tuple(Tier(t.up_to, amount(t.unit), amount(t.flat)) for t in product.tiers),
        metered=product.metered,
    )


def _cadences(product: Product) -> tuple[int, ...]:
    if product.one_off:
        return (0,)
    return (MONTHLY,) if product.metered else (MONTHLY, QUARTERLY, ANNUAL)


_PRICES = {
    (product.key, months, currency): _price(product, months, currency)
    for product in PRODUCTS
    for months in _cadences(product)
    for currency in CURRENCIES
}

COUPONS = {
    "partner20": Coupon("PARTNER20", "forever", percent=20),
    "nonprofit50": Coupon("NONPROFIT50", "forever", percent=50),
    "launch30": Coupon("LAUNCH30", "repeating", percent=30, months=3),
    "stay25": Coupon("STAY25", "repeating", percent=25, months=6),
    "firstyear15": Coupon("FIRSTYEAR15", "repeating", percent=15, months=12),
    **{
        f"welcome_{c}": Coupon(f"WELCOME_{c.upper()}", "once", amount=_listed(2_500, c), currency=c) for c in CURRENCIES
    },
    **{f"base_{c}": Coupon(f"BASE_{c.upper()}", "forever", amount=_listed(10_000, c), currency=c) for c in CURRENCIES},
}


def price(product: str, months: int, currency: str) -> Price:
    """The price of a product by cadence (1, 3 or 12 months, 0 for a one-off) and currency. KeyError: not sold so."""
    return _PRICES[(product, months, currency)]


def all_prices() -> list[Price]:
    """Every price of the catalogue, in a fixed order."""
    return list(_PRICES.values())


def product_key(sold: Price) -> str:
    """The catalogue key of a price's product."""
    return sold.product.removeprefix("prod_")


def tax_for(currency: str, draw: float, consumer_like: bool) -> TaxRate | None:
    """The tax of a customer by currency; `draw` in [0, 1) decides between taxed, untaxed and prices that include it."""
    if currency == "usd":
        return SALES_TAX if draw < 0.25 else None
    exclusive, inclusive = (VAT_SE, VAT_SE_INCLUDED) if currency == "sek" else (VAT_DE, VAT_DE_INCLUDED)
    if consumer_like and draw < 0.35:
        return inclusive
    return exclusive if draw < (0.85 if currency == "sek" else 0.45) else None


def in_usd(amount: int, currency: str) -> int:
    """A list amount in minor units as the USD list would have it, cents."""
    numerator, denominator, _ = _LIST_FACTOR[currency]
    return amount * denominator // numerator
