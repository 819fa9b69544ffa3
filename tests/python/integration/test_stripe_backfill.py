"""A long list: shared among threads, whole, and gone on with after an interruption."""

import json
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import duckdb
import msgspec
import pytest
from pydantic import SecretStr

from orchestration.extraction import extract
from orchestration.landing import Landed
from orchestration.records import Record
from orchestration.settings import Settings, UserError
from orchestration.stripe import backfill
from orchestration.stripe.fetch import fetch
from orchestration.stripe.reader import Sink, StreamReader
from orchestration.stripe.streams import STREAMS

CUSTOMERS = 3_000
FIRST, STEP = 1_640_995_200, 7_200  # 2022-01-01; a customer every two hours
IDS = {f"cus_{number:05d}" for number in range(CUSTOMERS)}

Sync = Callable[[], dict[str, Landed]]


@pytest.fixture(scope="module")
def address(sandbox_server: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A sandbox with many customers, every second one made in the same second as the one before."""
    folder = tmp_path_factory.mktemp("account")
    (folder / "stripe").mkdir()
    (folder / "hubspot").mkdir()
    (folder / "meta.json").write_text(json.dumps({"as_of": "2026-03-15T12:00:00Z"}))
    with (folder / "stripe" / "customers.ndjson").open("w") as file:
        for number, identifier in enumerate(sorted(IDS)):
            created = FIRST + number // 2 * STEP
            customer = {"id": identifier, "object": "customer", "created": created, "livemode": True}
            file.write(json.dumps(customer) + "\n")
    return sandbox_server(folder)


@pytest.fixture
def settings(address: str, tmp_path: Path) -> Settings:
    """A new home that reads that account."""
    return Settings(
        stripe_api_key=SecretStr("rk_live_1"),
        hubspot_access_token=SecretStr("token"),
        stripe_api_base=address,
        hubspot_api_base=address,
        home=tmp_path,
    )


def sync(settings: Settings, log: list[str] | None = None) -> Landed:
    """Extract the customers."""
    streams = [stream for stream in STREAMS if stream.name == "customers"]
    say: Callable[[str], None] = log.append if log is not None else lambda _: None
    return extract(source="stripe", load="stripe", streams=streams, fetch=fetch, settings=settings, log=say)[
        "customers"
    ]


def landed_ids(settings: Settings) -> list[str]:
    """Every row's id."""
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        rows = connection.execute("select id from raw_stripe.customers order by id").fetchall()
    return [identifier for (identifier,) in rows]


def test_a_long_list_is_split_and_nothing_is_read_twice(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    windows: list[backfill.Window] = []
    save = backfill.Backfill._save

    def watched(self: backfill.Backfill) -> None:
        windows[:] = self._windows
        save(self)

    monkeypatch.setattr(backfill.Backfill, "_save", watched)
    landed = sync(settings)
    assert (landed.fetched, landed.duplicates) == (CUSTOMERS, 0)
    assert landed_ids(settings) == sorted(IDS)
    assert len(windows) > 2
    bounds = sorted((window.lo or 0, window.hi or float("inf")) for window in windows)
    assert [upper for _, upper in bounds[:-1]] == [lower for lower, _ in bounds[1:]]


@pytest.mark.parametrize("after", [150, 1_234, 2_900])
def test_an_interrupted_backfill_goes_on(settings: Settings, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    taken: list[object] = []
    limits = [after, CUSTOMERS]
    take_page = StreamReader.take_page

    def counting(self: StreamReader, page: Sequence[msgspec.Raw], sink: Sink) -> Generator[Record | None]:
        for record in take_page(self, page, sink):
            taken.append(record)
            if len(taken) > limits[0]:
                raise UserError("the machine was switched off")
            yield record

    monkeypatch.setattr(backfill, "PAGES_A_PART", 2)
    monkeypatch.setattr(StreamReader, "take_page", counting)
    with pytest.raises(UserError, match="switched off"):
        sync(settings)
    limits.pop(0)
    taken.clear()
    log: list[str] = []
    landed = sync(settings, log)
    assert landed_ids(settings) == sorted(IDS)
    assert landed.new_versions == CUSTOMERS
    if after > 1_000:
        assert any("going on after" in line for line in log)
        assert len(taken) < CUSTOMERS
    assert not list(settings.dlt_home.rglob("*.parquet"))


def test_an_object_to_page_on_from_may_be_deleted_meanwhile(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = backfill.Backfill._query
    spoiled: list[str] = []

    def vanished(self: backfill.Backfill, window: backfill.Window, after: str | None) -> dict[str, object]:
        params = query(self, window, after)
        if after and not spoiled:
            spoiled.append(after)
            params["starting_after"] = "cus_gone"
        return params

    monkeypatch.setattr(backfill.Backfill, "_query", vanished)
    monkeypatch.setattr(backfill, "PAGES_A_PART", 2)
    sync(settings)
    assert spoiled
    assert landed_ids(settings) == sorted(IDS)


@pytest.mark.parametrize(
    ("windows", "left"),
    [
        ([backfill.Window(objects=100, oldest=1_000)], None),  # nobody knows how far back the list goes
        ([backfill.Window(lo=0, hi=2_000, objects=100, oldest=1_000)], 100),
        (
            [
                backfill.Window(lo=1_000, hi=2_000, objects=100, oldest=1_000, is_done=True),
                backfill.Window(lo=500, hi=1_000),
            ],
            50,
        ),
    ],
)
def test_what_is_left_is_guessed_from_what_was_read(windows: list[backfill.Window], left: float | None) -> None:
    guess = backfill.guess_left(windows)
    assert guess == left
