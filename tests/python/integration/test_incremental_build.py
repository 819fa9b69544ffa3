"""An incremental build gives every table row by row as a whole build of the same raw tables would.

Both start from the same file: after random changes one copy is built incrementally, the other with `--full-refresh`.
The next round goes on from the incremental one, so that an error of one round would be carried into the next.
"""

import os
import random
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_manifest import DBT_EXECUTABLE, ensure_manifest
from tests.python.conftest import REPOSITORY
from tests.raw_changes import CHANGES, latest, merge_companies, put
from tests.raw_tables import open_warehouse, write_folder

START = datetime(2026, 2, 20, 12, tzinfo=UTC)
SCHEMAS = ("staging", "intermediate", "marts")


class Account:
    """A warehouse that is built again and again while its raw tables change."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.home = home
        self.now = START
        self.shared_target = home.parent / "target"
        with open_warehouse(home / "warehouse.duckdb") as warehouse:
            write_folder(warehouse, folder, self.now)

    def build(self, home: Path, *options: str) -> str:
        """`dbt build` at the present time; gives what it printed."""
        done = subprocess.run(
            [
                str(DBT_EXECUTABLE), "build", "--exclude-resource-type", "unit_test", *options,
                "--target-path", str(self.shared_target), "--log-path", str(home / "logs"),
            ],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "DBT_PROFILES_DIR": str(REPOSITORY / "dbt_project"),
                "REVFUNNEL_HOME": str(home),
                "REVFUNNEL_AS_OF": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr
        return done.stdout

    def differences(self) -> tuple[str, list[str]]:
        """Build incrementally, and a copy of the file as a whole: what the first said, and the tables that differ."""
        whole = self.home.parent / "whole"
        shutil.rmtree(whole, ignore_errors=True)
        shutil.copytree(self.home, whole)
        said = self.build(self.home)
        self.build(whole, "--full-refresh")
        return said, _differences(self.home / "warehouse.duckdb", whole / "warehouse.duckdb")


def _differences(ours: Path, theirs: Path) -> list[str]:
    found = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{ours}' as ours (read_only)")
        connection.execute(f"attach '{theirs}' as theirs (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'theirs' and schema_name in ?",
            [list(SCHEMAS)],
        ).fetchall()
        assert len(tables) > 80
        for schema, table in sorted(tables):
            sides = [f"select * from {side}.{schema}.{table}" for side in ("ours", "theirs")]
            for sign, (left, right) in (("+", sides), ("-", sides[::-1])):
                rows = connection.execute(f"{left} except all {right}").fetchall()
                found += [f"{sign} {schema}.{table}: {len(rows)} rows, {rows[0]}"] if rows else []
    return found


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sandbox.company import generate

    folder = tmp_path_factory.mktemp("company") / "generated"
    generate(folder, customers=60, months=16, seed=5, as_of=START)
    return folder


@pytest.fixture
def account(company: Path, tmp_path: Path) -> Account:
    ensure_manifest()
    account = Account(company, tmp_path / "home")
    account.build(account.home)
    return account


def _change(account: Account, dice: random.Random, changes: int) -> list[str]:
    made = []
    with open_warehouse(account.home / "warehouse.duckdb") as warehouse:
        for _ in range(changes):
            change = dice.choice(CHANGES)
            change(warehouse, account.now, dice)
            made.append(change.__name__)
    return made


@pytest.mark.slow  # a minute and a half, for what is off unless asked for
def test_incremental_build_equals_a_whole_one(account: Account) -> None:
    account.now += timedelta(days=1)
    dice = random.Random(1)
    made = []
    with open_warehouse(account.home / "warehouse.duckdb") as warehouse:
        for change in CHANGES:
            change(warehouse, account.now, dice)
            made.append(change.__name__)
    said, differences = account.differences()
    assert "incremental build" in said
    assert not differences, (made, differences)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_rounds_of_changes(account: Account, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(6):
        account.now += timedelta(days=dice.choice([0, 1, 1, 2, 9]))
        made = _change(account, dice, dice.choice([0, 1, 4, 12]))
        said, differences = account.differences()
        assert not differences, (made, said.splitlines()[:12], differences)


@pytest.mark.slow
def test_a_build_that_stopped_half_way_is_made_good(account: Account) -> None:
    """Also where it saw prices that are what they were by the next one, or built tables and nothing that reads them."""
    dice = random.Random(3)
    account.now += timedelta(days=1)
    _change(account, dice, 8)
    with open_warehouse(account.home / "warehouse.duckdb") as warehouse:
        merge_companies(warehouse, account.now, dice)
        prices = latest(warehouse, "stripe.prices")
        for price in prices:
            amount = (price["unit_amount"] or 0) + 100
            put(
                warehouse,
                "stripe.prices",
                {**price, "unit_amount": amount, "unit_amount_decimal": str(amount)},
                account.now,
            )
    read = ("fct_mrr_changes", "int_record_dimensions", "int_contact_companies", "int_stage_entries")
    account.build(account.home, "--select", *(f"+{model}" for model in read), "--indirect-selection", "cautious")
    account.now += timedelta(days=1)
    _change(account, dice, 3)
    with open_warehouse(account.home / "warehouse.duckdb") as warehouse:
        for price in prices:
            put(warehouse, "stripe.prices", price, account.now)
    said, differences = account.differences()
    assert "incremental build" in said
    assert not differences, differences


@pytest.mark.slow
def test_what_was_read_ahead_of_its_time_counts_once_it_has_come(account: Account) -> None:
    """A vendor's clock may be ahead of ours, and usage of a day may be read before the day is over."""
    account.now += timedelta(hours=1)
    at = int((account.now + timedelta(hours=2)).timestamp())
    with open_warehouse(account.home / "warehouse.duckdb") as warehouse:
        metered = next(
            price["id"]
            for price in latest(warehouse, "stripe.prices")
            if price["currency"] == "usd" and (price["recurring"] or {}).get("usage_type") == "metered"
        )
        paid = [each for each in latest(warehouse, "stripe.invoices") if each["status"] == "paid"]
        invoice = max((each for each in paid if each["currency"] == "usd"), key=lambda each: each["created"])
        customer = invoice["customer"]
        used = _usage_mrr(account, customer)
        line = invoice["lines"]["data"][0]
        line["pricing"]["price_details"]["price"] = metered
        billed = {**line, "id": "il_ahead", "amount": 1234, "period": {"start": at - 86_400, "end": at}}
        ahead = {
            "id": "in_ahead", "created": at, "lines": {**invoice["lines"], "data": [billed]},
            "status_transitions": {**invoice["status_transitions"], "finalized_at": at, "paid_at": at},
        }  # fmt: skip
        put(warehouse, "stripe.invoices", {**invoice, **ahead}, account.now)
        subscription = next(
            each
            for each in latest(warehouse, "stripe.subscriptions")
            if each["status"] == "active" and each["items"]["data"][0].get("quantity")
        )
        subscription["items"]["data"][0]["quantity"] += 5
        event = {"id": "evt_ahead", "object": "event", "created": at, "type": "customer.subscription.updated"}
        changed = {"object": subscription, "previous_attributes": {}}
        put(warehouse, "stripe.events", {**event, "data": changed}, account.now)
        charge = next(each for each in latest(warehouse, "stripe.charges") if each["customer"] == customer)
        put(warehouse, "stripe.charges", {**charge, "id": "ch_ahead", "status": "failed", "created": at}, account.now)
        dispute = {"id": "du_ahead", "object": "dispute", "charge": charge["id"], "created": at, "status": "lost"}
        put(warehouse, "stripe.disputes", dispute, account.now)
        today = at // 86_400 * 86_400
        usage = {"customer": customer, "meter": "mtr_ahead", "start_time": today, "end_time": today + 86_400}
        usage |= {"id": "mtrusg_ahead", "aggregated_value": 500}
        put(warehouse, "stripe.meter_event_summaries", usage, account.now)
    said, differences = account.differences()
    assert "incremental build" in said
    assert not differences, differences
    assert _usage_mrr(account, customer) == used
    account.now += timedelta(days=1)
    said, differences = account.differences()
    assert "incremental build" in said
    assert not differences, differences
    # the line's 12.34 of a period that has ended by now
    assert _usage_mrr(account, customer) == used + Decimal("12.34")


def _usage_mrr(account: Account, customer: str) -> Decimal:
    """What the customer used in the running month, in money."""
    with open_warehouse(account.home / "warehouse.duckdb") as warehouse:
        query = "select sum(usage_mrr) from marts.mrr_monthly where customer_id = ? and month = ?"
        row = warehouse.execute(query, [customer, account.now.date().replace(day=1)]).fetchone()
    return Decimal(row[0] if row else 0)


@pytest.mark.slow
def test_a_table_is_left_where_nothing_that_it_reads_has_changed(account: Account) -> None:
    """Until a version comes, or time passes a date that a version told in advance."""
    left = re.compile(r"int_lifecycle_values \.+ \[UNCHANGED")
    account.now += timedelta(hours=1)
    assert left.search(account.build(account.home))
    with open_warehouse(account.home / "warehouse.duckdb") as warehouse:
        contact = latest(warehouse, "hubspot.contacts")[0]
        tomorrow = (account.now + timedelta(days=1)).isoformat()
        history = contact["propertiesWithHistory"].setdefault("lifecyclestage", [])
        history.insert(0, {"value": "evangelist", "timestamp": tomorrow, "sourceType": "CRM_UI"})
        put(warehouse, "hubspot.contacts", contact, account.now)
    assert not left.search(account.build(account.home))
    account.now += timedelta(hours=1)
    assert left.search(account.build(account.home))
    account.now += timedelta(days=1)
    said, differences = account.differences()
    assert "incremental build" in said
    assert not left.search(said)
    assert not differences, differences


@pytest.mark.slow
def test_what_shakes_everything_builds_the_whole(account: Account) -> None:
    """A month that begins, an earlier time, a version that came late, a changed setting."""
    account.now += timedelta(days=1)
    assert "incremental build" in account.build(account.home)
    account.now -= timedelta(hours=1)
    assert "whole build: it looks at an earlier time" in account.build(account.home)
    account.now += timedelta(days=20)
    assert "whole build: a month has begun" in account.build(account.home)
    with open_warehouse(account.home / "warehouse.duckdb") as warehouse:
        warehouse.execute(
            "insert into raw_stripe.invoices "
            "select * replace ('late' as content_hash, cast(? as timestamptz) as extracted_at) "
            "from raw_stripe.invoices limit 1",
            [START - timedelta(days=1)],
        )
    assert "whole build: raw_stripe.invoices has versions" in account.build(account.home)
    assert "whole build: models, seeds or settings" in account.build(account.home, "--vars", "{month_days: 360}")
