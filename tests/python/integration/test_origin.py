"""Whose data a home and a lake hold: another company's is never read into it. Two companies, each served over HTTP."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import SecretStr

from orchestration.extraction import extract
from orchestration.hubspot.fetch import fetch as fetch_hubspot
from orchestration.hubspot.streams import STREAMS as HUBSPOT
from orchestration.lake.move import move
from orchestration.landing import Landed
from orchestration.origin import SANDBOX_KEY, check, check_not_sandbox
from orchestration.settings import Settings, UserError
from orchestration.stripe.fetch import fetch as fetch_stripe
from orchestration.stripe.identity import mode
from orchestration.stripe.streams import STREAMS as STRIPE
from tests.python.conftest import StartSandbox

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens there
STREAM = {"stripe": "coupons", "hubspot": "owners"}
READERS: dict[str, tuple[Any, Any]] = {"stripe": (STRIPE, fetch_stripe), "hubspot": (HUBSPOT, fetch_hubspot)}
WHO = {"stripe": "/v1/account", "hubspot": "/account-info/v3/details"}
NAME = {"stripe": "account", "hubspot": "portal"}
SOURCES = pytest.mark.parametrize("source", ["stripe", "hubspot"])


@pytest.fixture(scope="module")
def companies(sandbox_server: StartSandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The addresses of two companies; each has one coupon and one owner, called after it."""

    def serve(name: str) -> str:
        folder = tmp_path_factory.mktemp("companies") / name
        coupon = {"id": name, "object": "coupon", "created": 1_700_000_000, "livemode": True, "percent_off": 10}
        at = "2026-01-01T00:00:00.000Z"
        owner = {"id": name, "email": f"{name}@x.example", "archived": False, "createdAt": at, "updatedAt": at}
        for file, value in (("stripe/coupons.ndjson", coupon), ("hubspot/owners.ndjson", owner)):
            (folder / file).parent.mkdir(parents=True)
            (folder / file).write_text(json.dumps(value) + "\n")
        return sandbox_server(folder)

    return serve("1001"), serve("2002")


def call(base: str, method: str, path: str, body: Any = None) -> Any:
    """A call of the sandbox's control API."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{base}/_sandbox/{path}", data, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer) if method == "GET" else None


def served_id(base: str, source: str) -> str:
    """How the vendor calls the account."""
    request = urllib.request.Request(f"{base}{WHO[source]}", headers={"Authorization": "Bearer rk_live_1"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        told = json.load(answer)
    return str(told["id" if source == "stripe" else "portalId"])


def settings(base: str, home: Path, *, lake: Path | None = None, key: str = "rk_live_1") -> Settings:
    """A home (and a lake) that is filled from an address."""
    home.mkdir(exist_ok=True)
    return Settings(
        stripe_api_key=SecretStr(key),
        hubspot_access_token=SecretStr(f"token-{key}"),
        stripe_api_base=base,
        hubspot_api_base=base,
        home=home,
        destination=str(lake) if lake else "duckdb",
    )


def read(source: str, known: Settings) -> dict[str, Landed]:
    """One run of one stream."""
    streams, fetch = READERS[source]
    chosen = [stream for stream in streams if stream.name == STREAM[source]]
    return extract(source=source, load=source, streams=chosen, fetch=fetch, settings=known, log=lambda _: None)


def ids(source: str, home: Path) -> list[str]:
    """What has landed and lives."""
    query = f"select id from raw_{source}.{STREAM[source]} where _dlt_valid_to is null and not deleted"
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return [identifier for (identifier,) in connection.execute(query).fetchall()]


def record(folder: Path) -> dict[str, Any]:
    """What `origin.json` says."""
    return json.loads((folder / "origin.json").read_text())


@SOURCES
def test_another_account_is_refused_before_anything_is_read(
    companies: tuple[str, str], tmp_path: Path, source: str
) -> None:
    first, second = companies
    both = served_id(first, source), served_id(second, source)
    read(source, settings(first, tmp_path))
    call(second, "DELETE", "requests")
    with pytest.raises(UserError) as caught:
        read(source, settings(second, tmp_path, key="rk_live_2"))
    assert call(second, "GET", "requests")["by_path"] == {f"GET {WHO[source]}": 1}
    for told in (*both, str(tmp_path), "REVFUNNEL_HOME", ".env"):
        assert told in str(caught.value)
    assert len(caught.value.lines) == 1
    assert ids(source, tmp_path) == ["1001"]
    (tmp_path / "warehouse.duckdb").rename(tmp_path / "former.duckdb")
    read(source, settings(second, tmp_path, key="rk_live_2"))
    assert ids(source, tmp_path) == ["2002"]
    assert record(tmp_path)[source] == {NAME[source]: both[1]}


@SOURCES
def test_another_key_of_the_same_account_goes_on_even_a_narrower_one(
    companies: tuple[str, str], tmp_path: Path, source: str
) -> None:
    first, second = companies
    expected = served_id(first, source)
    read(source, settings(first, tmp_path))
    read(source, settings(first, tmp_path, key="rk_live_rotated"))
    for base in companies:
        call(base, "PUT", "forbidden", {"paths": [WHO[source]]})
    try:
        read(source, settings(first, tmp_path, key="rk_live_narrow"))
        assert record(tmp_path)[source] == {NAME[source]: expected}, "a refusal takes nothing from what is known"
        if source == "stripe":  # whose refusal names the account
            with pytest.raises(UserError, match="STRIPE_API_KEY is of account acct_"):
                read(source, settings(second, tmp_path, key="rk_live_narrow"))
    finally:
        for base in companies:
            call(base, "PUT", "forbidden", {"paths": []})


@pytest.mark.parametrize("before", [None, {"origin": "accounts", "since": "2026-01-01T00:00:00+00:00"}])
def test_data_of_an_older_version_is_taken_for_what_is_read_next(
    companies: tuple[str, str], tmp_path: Path, before: dict[str, str] | None
) -> None:
    first, second = companies
    read("stripe", settings(first, tmp_path))
    (tmp_path / "origin.json").unlink()
    if before:
        (tmp_path / "origin.json").write_text(json.dumps(before))
    read("stripe", settings(first, tmp_path))
    assert record(tmp_path)["stripe"] == {"account": served_id(first, "stripe")}
    assert record(tmp_path)["since"] == before["since"] if before else record(tmp_path)["origin"] == "accounts"
    with pytest.raises(UserError, match="put a key of that one back"):
        read("stripe", settings(second, tmp_path))


def test_a_lake_knows_its_company_whichever_home_looks_at_it(companies: tuple[str, str], tmp_path: Path) -> None:
    first, second = companies
    lake = tmp_path / "lake"
    read("stripe", settings(first, tmp_path / "one", lake=lake))
    with pytest.raises(UserError, match=r"lake holds account acct_\d+; .*REVFUNNEL_HOME and REVFUNNEL_DESTINATION"):
        read("stripe", settings(second, tmp_path / "two", lake=lake))
    read("stripe", settings(first, tmp_path / "three", lake=lake))
    assert record(lake)["stripe"] == {"account": served_id(first, "stripe")}


def test_a_move_into_a_lake_takes_along_whose_data_it_is(companies: tuple[str, str], tmp_path: Path) -> None:
    first, second = companies
    (tmp_path / "lake").mkdir()
    read("stripe", settings(first, tmp_path / "one"))
    move(settings(first, tmp_path / "one", lake=tmp_path / "lake"))
    assert record(tmp_path / "lake")["stripe"] == {"account": served_id(first, "stripe")}
    with pytest.raises(UserError, match="lake holds account acct_"):
        read("stripe", settings(second, tmp_path / "two", lake=tmp_path / "lake"))


def hold(known: Settings, **told: Any) -> None:
    """A warehouse of whom the record says."""
    known.warehouse_path.write_bytes(b"")
    (known.home / "origin.json").write_text(json.dumps(told))


def test_a_dagster_that_serves_the_sandbox_leaves_real_accounts_alone(tmp_path: Path) -> None:
    """`make ui` without keys, keys into .env, `make run` elsewhere: the UI still has the sandbox in its environment."""
    known = settings(NOWHERE, tmp_path, key=SANDBOX_KEY)
    hold(known, origin="accounts")
    with pytest.raises(UserError, match=r"this reads the sandbox, but .* your own accounts; .*start `make ui` again"):
        read("hubspot", known)
    with pytest.raises(UserError, match="this reads the sandbox"):
        check_not_sandbox(known)
    check_not_sandbox(settings(NOWHERE, tmp_path))
    check_not_sandbox(Settings(home=tmp_path))  # `make close` needs no keys


def test_real_accounts_are_not_read_into_the_sandboxs_warehouse(tmp_path: Path) -> None:
    """As by a daemon of one's own, started on a home that `make run` has filled without keys."""
    known = settings(NOWHERE, tmp_path)
    hold(known, origin="sandbox 5-customers abc")
    with pytest.raises(UserError, match=r"this reads your own accounts, but .* holds a sandbox company"):
        read("stripe", known)


def test_the_sandbox_under_an_open_ui_may_be_another_company_by_now(companies: tuple[str, str], tmp_path: Path) -> None:
    first, second = companies
    read("stripe", settings(first, tmp_path, key=SANDBOX_KEY))
    assert record(tmp_path)["origin"] == "sandbox"
    with pytest.raises(UserError, match="another sandbox company"):
        read("stripe", settings(second, tmp_path, key=SANDBOX_KEY))


@pytest.mark.parametrize(
    ("key", "base", "expected"),
    [
        ("rk_live_1", None, "live"),
        ("rk_test_1", None, "test"),
        ("sk_test_1", "https://proxy.example.com", "test"),
        ("rk_1", None, None),  # a key of a form that is not known
        ("rk_test_1", "http://127.0.0.1:8700", None),  # this server need not follow the prefix
    ],
)
def test_the_key_says_which_mode_is_read(tmp_path: Path, key: str, base: str | None, expected: str | None) -> None:
    given = Settings(home=tmp_path, stripe_api_key=SecretStr(key), hubspot_access_token=SecretStr("t"))
    assert mode(given.model_copy(update={"stripe_api_base": base})) == expected


@pytest.mark.parametrize(
    ("held", "now", "is_another"),
    [
        ({"account": "acct_1", "mode": "test"}, {"account": "acct_1", "mode": "live"}, True),
        ({"account": "acct_1", "mode": "live"}, {"account": "acct_2", "mode": "live"}, True),
        ({"account": "acct_1", "mode": "test"}, {"mode": "live"}, True),  # a key that says nothing but its mode
        ({"account": "acct_1", "mode": "live"}, {"mode": "live"}, False),
        ({"mode": "live"}, {"account": "acct_1", "mode": "live"}, False),
        ({}, {"account": "acct_1", "mode": "live"}, False),
        ({"account": "acct_1", "mode": "live"}, {}, False),
    ],
)
def test_what_is_not_known_is_not_held_against_a_key(
    tmp_path: Path, held: dict[str, str], now: dict[str, str], *, is_another: bool
) -> None:
    known = settings(NOWHERE, tmp_path)
    hold(known, origin="accounts", stripe=held)
    if is_another:
        with pytest.raises(
            UserError, match=f"mode {now['mode']}, but .*mode {held['mode']}; put a key of that one back"
        ):
            check(known, "stripe", now)
    else:
        check(known, "stripe", now)
