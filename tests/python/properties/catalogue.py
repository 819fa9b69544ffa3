"""What the random customers buy, and the coupons they get: the same prices in every currency."""

from tests.python.properties.decisions import CURRENCIES
from tests.python.rule_cases.objects import Book, Json

_TIERS = [
    {
        "up_to": 5,
        "unit_amount": 1000,
        "unit_amount_decimal": "1000",
        "flat_amount": 2000,
        "flat_amount_decimal": "2000",
    },
    {"up_to": 20, "unit_amount": 700, "unit_amount_decimal": "700", "flat_amount": None, "flat_amount_decimal": None},
    {"up_to": None, "unit_amount": None, "unit_amount_decimal": "333.3", "flat_amount": 1, "flat_amount_decimal": "1"},
]
_GRADUATED = {"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": _TIERS}
_VOLUME = {"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": _TIERS}
_PACKAGES = {"transform_quantity": {"divide_by": 7, "round": "up"}}
_METERED = {"recurring": {"interval": "month", "interval_count": 1, "usage_type": "metered"}}
# name, product, amount in minor units, interval, how many of it, what else there is to say
_PRICES: tuple[tuple[str, str, str | None, str, int, Json], ...] = (
    ("month", "plan", "10000", "month", 1, {}),
    ("month_dearer", "plan", "12001", "month", 1, {}),
    ("quarter", "plan", "10000", "month", 3, {}),
    ("year", "plan", "120001", "year", 1, {}),
    ("two_years", "plan", "99999", "year", 2, {}),
    ("week", "plan", "1000", "week", 1, {}),
    ("fortnight", "pass", "1999", "week", 2, {}),
    ("ten_days", "pass", "101", "day", 10, {}),
    ("seat", "seats", "777", "month", 1, {}),
    ("seat_year", "seats", "7999", "year", 1, {}),
    ("packages", "seats", "5000", "month", 1, _PACKAGES),
    ("graduated", "units", None, "month", 1, _GRADUATED),
    ("volume", "units", None, "year", 1, _VOLUME),
    ("fraction", "units", "0.05", "month", 1, {}),
    ("free", "free", "0", "month", 1, {}),
    ("metered", "usage", "3", "month", 1, _METERED),
)


class Catalogue:
    """Prices and coupons by number, any number."""

    def __init__(self, book: Book) -> None:
        self._prices = {
            currency: [
                book.price(
                    f"{name}_{currency}", amount, every, count, currency=currency, product=f"prod_{product}", **more
                )
                for name, product, amount, every, count, more in _PRICES
            ]
            for currency in CURRENCIES
        }
        self._coupons = {currency: _coupons(book, currency) for currency in CURRENCIES}

    def price(self, currency: str, number: int) -> Json:
        """A price of a currency."""
        return self._prices[currency][number % len(_PRICES)]

    def coupon(self, currency: str, number: int) -> Json:
        """A coupon that fits a currency."""
        offers = self._coupons[currency]
        return offers[number % len(offers)]


def _coupons(book: Book, currency: str) -> list[Json]:
    name = currency.upper()
    offers = [
        book.coupon(f"THIRD_{name}", percent_off=33.33),
        book.coupon(f"ALL_{name}", "repeating", percent_off=100, duration_in_months=2),
        book.coupon(f"HALF_{name}", "repeating", percent_off=50, duration_in_months=7),
        book.coupon(f"AMOUNT_{name}", amount_off=1234, currency=currency),
        book.coupon(f"ONCE_{name}", "once", percent_off=90),
        book.coupon(f"SEATS_{name}", percent_off=20, applies_to={"products": ["prod_seats", "prod_units"]}),
        book.coupon(f"DELETED_{name}", percent_off=15),
    ]
    book.objects["coupons"].pop()  # deleted since: in no list, only in the discounts that it gave
    return offers
