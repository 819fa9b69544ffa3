"""`make erase CUSTOMER=cus_…`: blank a person's data in every stored version, keep the money.

Takes a Stripe customer's id, or the id of a contact, company, lead or owner in HubSpot. All of it is one transaction;
in a lake it is a file at a time, and a run that was killed is finished by another. What is personal is said in
`erasure/rules.py`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from orchestration.settings import Settings, UserError, load_settings

if TYPE_CHECKING:
    from orchestration.erasure.stored import RawTables

PEOPLE = {"stripe": ("customers",), "hubspot": ("contacts", "companies", "leads", "owners")}
# Tables whose objects stand for the customer elsewhere: a refund or a dispute names the charge only.
STEPS = ("charges",)

_COLUMNS = "key varchar not null, erased_at timestamptz not null"


@dataclass(slots=True)
class Erased:
    """What one erasure came to.

    `versions` counts by table. `mentions` are versions of other objects, of both sources, that named an e-mail
    address of the person; `rejected` are rejected objects that named it or the id.
    """

    source: str
    keys: set[str]
    versions: dict[str, int] = field(default_factory=dict)
    mentions: int = 0
    rejected: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when the data is gone, 1 after one line on stderr that says why not."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.erase", description=__doc__)
    parser.add_argument("id", help="cus_... or a HubSpot id; contacts:123 where 123 alone is not unique")
    try:
        erased = erase(parser.parse_args(arguments).id, load_settings())
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1
    tables = ", ".join(f"{name} {count:,}" for name, count in erased.versions.items())
    print(f"Blanked versions in raw_{erased.source}: {tables}; {erased.mentions:,} other versions named the e-mail.")
    print("Kept: ids, dates, amounts, statuses. A text that names the person without e-mail or id is not found.")
    print(
        "Next: delete the person at the source (until then every sync blanks what it brings), then run `make run`: "
        "the models and the published copy still hold what they were built from."
    )
    return 0


def erase(identifier: str, settings: Settings) -> Erased:
    """Blank one person. Raises UserError if the id is unknown or ambiguous, or the warehouse cannot be written."""
    import duckdb

    from orchestration.driver.preflight import check_warehouse
    from orchestration.erasure.in_lake import LakeTables
    from orchestration.erasure.stored import RawTables, write_anew

    path = settings.warehouse_path
    if not path.exists():
        raise UserError(f"there is no warehouse at {path}; check REVFUNNEL_HOME")
    check_warehouse(settings)
    with duckdb.connect(str(path)) as connection:
        tables = LakeTables(connection, settings.lake, settings) if settings.lake else RawTables(connection)
        connection.execute("begin")
        erased, person = _blank_person(tables, identifier)
        connection.execute("commit")
        tables.finish(person)
        write_anew(connection, path)
    return erased


def _blank_person(tables: RawTables, identifier: str) -> tuple[Erased, str]:
    """What it came to, and the table of the person's own object."""
    from orchestration.erasure.rules import belongs, blanked, emails, needle

    source, person, keys = _find(tables, identifier)
    erased = Erased(source, keys)
    addresses: set[str] = set()
    # The person and the steps first: the keys that these add are looked for in the tables after them.
    for name in sorted(tables.streams[source], key=lambda name: (name != person, name not in STEPS)):
        found = tables.versions(source, name, needle(keys))
        theirs = [(row, value) for row, value in found if belongs(value, source, name, keys)]
        if name == person:
            addresses.update(*(emails(value) for _, value in theirs))
        if name in STEPS:
            keys.update(str(value["id"]) for _, value in theirs)
        if theirs:
            tables.replace(source, name, [(row, blanked(value, source)) for row, value in theirs])
            erased.versions[name] = len(theirs)
    _blank_mentions(tables, addresses, erased)
    _record(tables, erased)
    return erased, person


def _find(tables: RawTables, identifier: str) -> tuple[str, str, set[str]]:
    """Whose id it is: source, table, and the keys of the person, with those of records merged into it."""
    kind, _, plain = identifier.strip().rpartition(":")
    found = [
        (source, name)
        for source, names in PEOPLE.items()
        for name in names
        if kind in ("", name)
        and name in tables.streams[source]
        and tables.rows(f"select 1 from raw_{source}.{name} where id = ? limit 1", [plain])
    ]
    if not found:
        raise UserError(f"no customer, contact, company, lead or owner with the id {plain} is stored; check the id")
    if len(found) > 1:
        names = " or ".join(f"{name}:{plain}" for _, name in found)
        raise UserError(f"{plain} is the id of several objects; say which one: {names}")
    source, name = found[0]
    if source == "stripe":
        return source, name, {plain}
    query = f"select payload ->> '$.properties.hs_merged_object_ids' from raw_hubspot.{name} where id = ?"
    merged = {part for (text,) in tables.rows(query, [plain]) for part in re.findall(r"\d+", text or "")}
    return source, name, {f"{name}:{part}" for part in {plain, *merged}}


def _blank_mentions(tables: RawTables, addresses: set[str], erased: Erased) -> None:
    """Take the e-mail addresses out of everything else, of both sources, and empty rejected objects of the person."""
    from orchestration.erasure.rules import address_needle, emails_in_json, needle, without_emails

    pattern = address_needle(addresses)
    for source in PEOPLE:
        if source == erased.source:
            erased.rejected += tables.blank_rejected(source, needle(erased.keys))
        if not addresses:
            continue
        erased.rejected += tables.blank_rejected(
            source, pattern, lambda text: not addresses.isdisjoint(emails_in_json(text))
        )
        for name in tables.streams[source]:
            found = [
                (row, value, without_emails(value, addresses)) for row, value in tables.versions(source, name, pattern)
            ]
            changed = [(row, blank) for row, value, blank in found if blank != value]
            tables.replace(source, name, changed)
            erased.mentions += len(changed)


def _record(tables: RawTables, erased: Erased) -> None:
    """Note the keys, which every landing looks up from now on, and when; never the data."""
    from orchestration.erasure.incoming import TABLE

    known: set[str] = set()
    if tables.has(erased.source, TABLE):
        known = {key for (key,) in tables.rows(f"select key from raw_{erased.source}.{TABLE}")}
    now = datetime.now(UTC)
    if new := sorted(erased.keys - known):
        tables.insert(f"raw_{erased.source}.{TABLE}", _COLUMNS, [(key, now) for key in new])


if __name__ == "__main__":
    sys.exit(main())
