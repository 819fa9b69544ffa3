"""A full disk is said in one line wherever it is met, and fetching does not wait for it to empty itself."""

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration import extraction, publish
from orchestration.fetching import Fetching
from orchestration.full_disk import full_disk_explained
from orchestration.settings import Settings, UserError
from orchestration.spool import Spool
from orchestration.stripe.streams import STREAMS, Stream


def test_the_cause_counts_however_deep_and_in_whatever_words(tmp_path: Path) -> None:
    for cause in (OSError(errno.ENOSPC, "x"), OSError(errno.EDQUOT, "x"), duckdb.IOException("write: No space left")):
        told = f"^the disk of {tmp_path} is full; free some space and run again$"
        with pytest.raises(UserError, match=told), full_disk_explained(tmp_path):
            raise RuntimeError("the load failed") from cause
    with pytest.raises(PermissionError), full_disk_explained(tmp_path):
        raise PermissionError(errno.EACCES, "x")
    with pytest.raises(UserError, match="the key is wrong"), full_disk_explained(tmp_path):
        raise UserError("the key is wrong")


def test_fetching_ends_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox_server: Callable[[Path], str]
) -> None:
    calls = []
    (tmp_path / "served" / "stripe").mkdir(parents=True)

    def fetch(_streams: Sequence[Stream], spool: Spool, _settings: Settings, fetching: Fetching) -> None:
        def spill() -> None:
            calls.append(list(spool.streams))
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "part-0.arrow")

        fetching.parallel([spill])

    monkeypatch.setattr(extraction, "RETRY_SECONDS", (0, 0))
    for name, value in {
        "STRIPE_API_KEY": "rk_live_1",
        "STRIPE_API_BASE": sandbox_server(tmp_path / "served"),
        "HUBSPOT_ACCESS_TOKEN": "t",
        "REVFUNNEL_HOME": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    (stream,) = [each for each in STREAMS if each.name == "coupons"]
    (assets,) = extraction.extraction_assets("stripe", [stream], fetch)
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([assets], instance=instance, raise_on_error=False)
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    error = failure.step_failure_data.error
    assert error is not None
    assert f"the disk of {tmp_path} is full; free some space and run again" in error.message
    assert calls == [["coupons"]]


def test_publishing_says_it_and_leaves_the_last_good_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @dg.asset(key=["marts", "mrr_monthly"])
    def mrr_monthly() -> None: ...

    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path))
    monkeypatch.setattr(publish, "publish", full)
    told = f"the disk of {tmp_path} is full"
    with dg.DagsterInstance.ephemeral() as instance, pytest.raises(dg.Failure, match=told):
        dg.materialize([publish.published_asset(mrr_monthly, [])], instance=instance)
