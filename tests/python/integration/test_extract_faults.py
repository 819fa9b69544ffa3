"""What the clients do when the vendor's answer is not what one hopes for: a server that follows a script."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from orchestration.extraction import extract
from orchestration.hubspot.client import HubSpotClient
from orchestration.hubspot.client import check_access as check_hubspot
from orchestration.landing import Landed
from orchestration.retries import Backoff
from orchestration.settings import Settings, UserError
from orchestration.stripe.client import StripeClient
from orchestration.stripe.client import check_access as check_stripe
from orchestration.stripe.fetch import fetch as fetch_stripe
from orchestration.stripe.streams import STREAMS

STRIPE_KEY = "rk_live_verysecret"
WHO = {"id": "acct_1", "object": "account"}
NO_EVENTS = {"data": [], "has_more": False}
HUBSPOT_TOKEN = "pat-verysecret"


@dataclass
class Answer:
    """One answer of the script. `cut` sends that many bytes less than promised."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0


@dataclass
class Script:
    """The server's answers in order, and what it was asked."""

    base: str
    answers: list[Answer] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def script() -> Iterator[Script]:
    """A server on loopback that answers as told; without anything left to say it answers 500."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told.requests.append((self.command, self.path, dict(self.headers)))
            answer = told.answers.pop(0) if told.answers else Answer(500, "out of answers")
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) - answer.cut])
            self.close_connection = bool(answer.cut)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Script(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()


def read_stripe(settings: Settings, what: str, log: Callable[[str], None] = lambda _: None) -> dict[str, Landed]:
    """Extract one stream, or one group, of Stripe."""
    streams = [stream for stream in STREAMS if what in (stream.name, stream.group)]
    return extract(source="stripe", load="test", streams=streams, fetch=fetch_stripe, settings=settings, log=log)


def settings_for(base: str, home: Path) -> Settings:
    """Settings that read both vendors at one address."""
    return Settings(
        stripe_api_key=SecretStr(STRIPE_KEY),
        hubspot_access_token=SecretStr(HUBSPOT_TOKEN),
        stripe_api_base=base,
        hubspot_api_base=base,
        home=home,
    )


class Vendor:
    """One vendor's client against the script, with waits noted instead of waited."""

    def __init__(self, name: str, script: Script, home: Path) -> None:
        self.name = name
        self.script = script
        self.waits: list[float] = []
        self.log: list[str] = []
        settings = settings_for(script.base, home)
        kind = StripeClient if name == "stripe" else HubSpotClient
        self._client: Any = kind(settings, log=self.log.append, backoff=Backoff(attempts=4), sleep=self.waits.append)

    def page(self, *ids: str, more: bool = False) -> Answer:
        """A page in the vendor's shape."""
        objects = [{"id": identifier} for identifier in ids]
        if self.name == "stripe":
            return Answer(200, {"object": "list", "data": objects, "has_more": more})
        paging = {"paging": {"next": {"after": ids[-1] if ids else "x"}}} if more else {}
        return Answer(200, {"results": objects, **paging})

    def read(self, *answers: Answer) -> list[str]:
        """The ids of a list read to its end."""
        self.script.answers.extend(answers)
        if self.name == "stripe":
            pages = self._client.pages("/v1/customers")
        else:
            pages = self._client.pages("objects", {"limit": "100"}, object_type="contacts")
        return [json.loads(bytes(raw))["id"] for page in pages for raw in page]


@pytest.fixture(params=["stripe", "hubspot"])
def vendor(request: pytest.FixtureRequest, script: Script, tmp_path: Path) -> Vendor:
    """Either vendor."""
    return Vendor(request.param, script, tmp_path)


def test_paging_goes_on_to_the_end(vendor: Vendor) -> None:
    assert vendor.read(vendor.page("1", "2", more=True), vendor.page("3")) == ["1", "2", "3"]
    assert vendor.waits == []
    assert [path for _, path, _ in vendor.script.requests if "2" in path.partition("?")[2]]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_momentary_trouble_is_tried_again(vendor: Vendor, status: int) -> None:
    trouble = Answer(status, {"error": {"message": "later"}, "message": "later"})
    assert vendor.read(trouble, trouble, vendor.page("1")) == ["1"]
    assert len(vendor.waits) == 2
    assert str(status) in vendor.log[0]


def test_retry_after_is_honoured(vendor: Vendor) -> None:
    assert vendor.read(Answer(429, {}, {"Retry-After": "17"}), vendor.page("1")) == ["1"]
    assert vendor.waits == [17]


@pytest.mark.parametrize(
    "broken",
    [
        Answer(200, b'{"data": [{"id": "1"'),
        Answer(200, b"<html>gateway</html>"),
        Answer(200, b""),
        Answer(200, {"object": "list"}),
        Answer(200, {"data": None, "results": None, "has_more": False}),
        Answer(200, b'{"data": [{"id": "1"}], "results": [{"id": "1"}], "has_more": false}', cut=20),
    ],
    ids=["cut JSON", "HTML", "empty", "no list", "null list", "cut body"],
)
def test_a_page_that_cannot_be_read_is_tried_again(vendor: Vendor, broken: Answer) -> None:
    assert vendor.read(broken, vendor.page("1")) == ["1"]
    assert len(vendor.waits) == 1


def test_lasting_trouble_ends_in_one_line(vendor: Vendor) -> None:
    with pytest.raises(UserError, match=r"answered 500 \(tried 4 times\); check that 127\.0\.0\.1") as caught:
        vendor.read()
    assert "\n" not in str(caught.value)


def test_a_list_that_goes_in_circles_ends(vendor: Vendor) -> None:
    with pytest.raises(UserError, match="does not end"):
        vendor.read(*[vendor.page("1", more=True)] * 5)


def test_a_refusal_is_one_line_without_the_key(vendor: Vendor) -> None:
    for status in (401, 403):
        refusal = {
            "error": {"type": "invalid_request_error", "message": f"key {STRIPE_KEY} lacks rak_customer_read"},
            "message": f"token {HUBSPOT_TOKEN} lacks crm.objects.contacts.read",
        }
        with pytest.raises(UserError, match=r"STRIPE_API_KEY|HUBSPOT_ACCESS_TOKEN") as caught:
            vendor.read(Answer(status, refusal))
        assert str(status) in str(caught.value)
        assert "verysecret" not in str(caught.value)
        assert "\n" not in str(caught.value)
    assert vendor.waits == []


def test_a_strange_servers_words_become_one_short_line(vendor: Vendor) -> None:
    page = b"<html>\n<body>\n" + b"nothing here\n" * 1_000
    with pytest.raises(UserError, match="answered 404") as caught:
        vendor.read(Answer(404, page))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_the_key_travels_in_the_header_only(vendor: Vendor) -> None:
    vendor.read(vendor.page("1", more=True), vendor.page("2"))
    for _, path, headers in vendor.script.requests:
        assert "verysecret" not in path
        assert "verysecret" in headers["Authorization"]
        assert not any("telemetry" in f"{name} {value}".lower() for name, value in headers.items())


def test_hubspots_daily_limit_stops_at_once(script: Script, tmp_path: Path) -> None:
    vendor = Vendor("hubspot", script, tmp_path)
    with pytest.raises(UserError, match="daily limit of API calls is used up"):
        vendor.read(Answer(429, {"status": "error", "policyName": "DAILY", "message": "daily"}))
    assert vendor.waits == []


def test_an_unreachable_host_is_one_line_within_seconds(tmp_path: Path) -> None:
    settings = settings_for("http://127.0.0.1:9", tmp_path)
    for check, vendor in ((check_stripe, "Stripe"), (check_hubspot, "HubSpot")):
        with pytest.raises(UserError, match=rf"^{vendor} .*no connection to 127\.0\.0\.1:9 \(refused") as caught:
            check(settings)
        assert "\n" not in str(caught.value)


def test_a_failing_list_ends_the_others_and_leaves_the_warehouse_alone(script: Script, tmp_path: Path) -> None:
    script.answers.append(Answer(401, {"error": {"message": "no"}}))
    settings = settings_for(script.base, tmp_path)
    with pytest.raises(UserError, match="STRIPE_API_KEY"):
        read_stripe(settings, "stripe")
    assert not settings.warehouse_path.exists()
    assert not list(settings.dlt_home.rglob("*.parquet"))


@pytest.mark.parametrize(("key", "livemode"), [("rk_live_1", True), ("rk_test_1", False)])
def test_on_stripes_own_host_the_key_says_the_mode(tmp_path: Path, key: str, livemode: bool) -> None:
    settings = Settings(stripe_api_key=SecretStr(key), hubspot_access_token=SecretStr("x"), home=tmp_path)
    client = StripeClient(settings, log=lambda _: None)
    assert client.accepts(livemode)
    assert not client.accepts(not livemode)
    assert client.accepts(None)


def test_objects_of_the_other_mode_and_bad_objects_are_set_aside(script: Script, tmp_path: Path) -> None:
    objects = [
        {"id": "prod_1", "livemode": True},
        {"id": "prod_2", "livemode": False},
        {"object": "product", "livemode": True},
        ["prod_3"],
        {"id": "prod_1", "livemode": True},
    ]
    page = {"data": objects, "has_more": False}
    script.answers += [Answer(200, WHO), Answer(200, NO_EVENTS), Answer(200, page), Answer(200, NO_EVENTS)]
    settings = settings_for(script.base, tmp_path)
    landed = read_stripe(settings, "products")["products"]
    assert (landed.fetched, landed.new_versions, landed.duplicates, landed.rejected) == (2, 1, 1, 3)


def test_nothing_secret_is_left_behind(script: Script, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log: list[str] = []
    script.answers += [
        Answer(503, "busy", {"Retry-After": "0"}),
        Answer(200, WHO),
        Answer(200, NO_EVENTS),
        Answer(200, {"data": [{"id": "1"}], "has_more": False}),
        Answer(200, NO_EVENTS),
    ]
    read_stripe(settings_for(script.base, tmp_path), "products", log.append)
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    captured = capfd.readouterr()
    assert b"verysecret" not in files
    assert "verysecret" not in "".join(log) + captured.out + captured.err
