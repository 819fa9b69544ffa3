"""What goes wrong before a run: one clear line, exit code 1, no traceback, nothing secret."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from orchestration.driver.preflight import check_accounts
from orchestration.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[3]
VARIABLES = ("STRIPE_API_KEY", "STRIPE_API_BASE", "HUBSPOT_ACCESS_TOKEN", "HUBSPOT_API_BASE")
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens there


def run(home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return subprocess.run(
        [sys.executable, "-m", "orchestration.run"],
        cwd=REPOSITORY,
        env={**clean, "REVFUNNEL_HOME": str(home), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def assert_one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    lines = done.stderr.strip().splitlines()
    assert (done.returncode, len(lines)) == (1, 1), done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    for word in words:
        assert word in lines[0]


def test_a_wrong_stripe_key(tmp_path: Path, scenarios_server: str) -> None:
    secret = "wrong_key_1234567890"
    done = run(
        tmp_path,
        STRIPE_API_KEY=secret,
        HUBSPOT_ACCESS_TOKEN="token",
        STRIPE_API_BASE=scenarios_server,
        HUBSPOT_API_BASE=scenarios_server,
    )
    assert_one_line(done, "Stripe", "STRIPE_API_KEY", "401")
    assert secret not in done.stdout + done.stderr


def test_a_wrong_hubspot_token(tmp_path: Path, scenarios_server: str) -> None:
    done = run(
        tmp_path,
        STRIPE_API_KEY="rk_live_x",
        HUBSPOT_ACCESS_TOKEN="wrong",
        STRIPE_API_BASE=scenarios_server,
        HUBSPOT_API_BASE=scenarios_server,
    )
    assert_one_line(done, "HubSpot", "HUBSPOT_ACCESS_TOKEN", "401")


@pytest.mark.parametrize(("unreachable", "vendor"), [("STRIPE_API_BASE", "Stripe"), ("HUBSPOT_API_BASE", "HubSpot")])
def test_an_unreachable_host(tmp_path: Path, scenarios_server: str, unreachable: str, vendor: str) -> None:
    bases = {"STRIPE_API_BASE": scenarios_server, "HUBSPOT_API_BASE": scenarios_server, unreachable: NOWHERE}
    done = run(tmp_path, STRIPE_API_KEY="rk_live_x", HUBSPOT_ACCESS_TOKEN="token", **bases)
    assert_one_line(done, vendor, "127.0.0.1:9")


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("STRIPE_API_KEY", "HUBSPOT_ACCESS_TOKEN"),
        ("HUBSPOT_ACCESS_TOKEN", "STRIPE_API_KEY"),
        ("STRIPE_API_BASE", "STRIPE_API_KEY"),
    ],
)
def test_a_missing_value(tmp_path: Path, given: str, missing: str) -> None:
    value = NOWHERE if given.endswith("BASE") else "rk_live_x"
    assert_one_line(run(tmp_path, **{given: value}), missing, "missing", ".env")


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    # Under a regular file nobody may write, not even the superuser that tests sometimes run as.
    (tmp_path / "file").write_text("")
    assert_one_line(run(tmp_path / "file" / "home"), "REVFUNNEL_HOME", "cannot write")


def test_a_value_that_makes_no_sense(tmp_path: Path) -> None:
    assert_one_line(run(tmp_path, REVFUNNEL_AS_OF="yesterday"), "REVFUNNEL_AS_OF", "ISO 8601")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("REVFUNNEL_ALERT_URLS", "json://127.0.0.1:9/a, slack://s3cr3t", "number 2 is no Apprise URL"),
        ("REVFUNNEL_ALERT_CONFIG", "/no/such/s3cr3t.yml", "there is no file"),
    ],
)
def test_nobody_to_tell_is_told_before_anything_is_read(tmp_path: Path, name: str, value: str, told: str) -> None:
    """Nobody listens where the vendors are said to be: whoever asked them would complain of that first."""
    keys = {"STRIPE_API_KEY": "rk_live_x", "HUBSPOT_ACCESS_TOKEN": "token"}
    done = run(tmp_path, **keys, STRIPE_API_BASE=NOWHERE, HUBSPOT_API_BASE=NOWHERE, **{name: value})
    assert_one_line(done, name, told)
    assert "slack" not in done.stderr.replace("slack://...", "")
    assert not (tmp_path / "warehouse.duckdb").exists()


def test_a_key_that_can_write_is_told_apart(scenarios_server: str) -> None:
    """It works, so the run goes on; the user hears how to make one that can only read."""
    token = SecretStr("token")

    def warnings(key: str) -> tuple[str, ...]:
        return check_accounts(
            Settings(
                stripe_api_key=SecretStr(key),
                hubspot_access_token=token,
                stripe_api_base=scenarios_server,
                hubspot_api_base=scenarios_server,
            )
        )

    (warning,) = warnings("sk_live_x")
    assert "Create restricted key" in warning
    assert "sk_live_x" not in warning
    assert warnings("rk_live_x") == ()
