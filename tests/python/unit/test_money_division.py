"""The division of money in SQL against that of Python's decimals."""

import random
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path

import duckdb
import jinja2
import pytest

MACROS = Path(__file__).parents[3] / "dbt_project" / "macros" / "xdb" / "money.sql"
EIGHTH = Decimal("0.00000001")


Divide = Callable[[Decimal, Decimal], Decimal | None]


@pytest.fixture(scope="module")
def divide() -> Iterator[Divide]:
    """A quotient as the models reckon it on DuckDB."""
    macros = jinja2.Environment().from_string(MACROS.read_text()).make_module().__dict__
    division = macros["duckdb__divide_exact"]("numerator", "denominator")
    values = "cast(? as decimal(38, 8)) as numerator, cast(? as decimal(28, 8)) as denominator"
    with duckdb.connect() as connection:

        def divided(numerator: Decimal, denominator: Decimal) -> Decimal | None:
            parameters = [f"{numerator:f}", f"{denominator:f}"]
            ((found,),) = connection.execute(f"select {division} from (select {values})", parameters).fetchall()
            return found

        yield divided


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        ("1", "3", "0.33333333"),
        ("-2", "3", "-0.66666667"),
        ("-2", "-3", "0.66666667"),
        ("0.5", "100000000", "0.00000001"),  # a half goes away from zero
        ("-0.5", "100000000", "-0.00000001"),
        (
            "160000000000000000000",
            "40000000000",
            "4000000000",
        ),  # 400 million pesos a year times 40 million off, in centavos
        ("1", "0", None),
    ],
)
def test_a_quotient_is_exact(divide: Divide, numerator: str, denominator: str, expected: str | None) -> None:
    found = divide(Decimal(numerator), Decimal(denominator))
    assert found == (Decimal(expected) if expected else None)


def test_products_of_two_amounts_have_room(divide: Divide) -> None:
    dice = random.Random(20260301)
    for _ in range(200):
        denominator = Decimal(dice.randrange(1, 10 ** dice.randrange(2, 25))) * EIGHTH
        # a product of up to 30 digits before the point, whose quotient is money
        largest = min(denominator * 10**18, Decimal(10) ** 29)
        numerator = Decimal(dice.randrange(-int(largest / EIGHTH), int(largest / EIGHTH) + 1)) * EIGHTH
        with localcontext(prec=80):
            expected = (numerator / denominator).quantize(EIGHTH, ROUND_HALF_UP)
        assert divide(numerator, denominator) == expected
