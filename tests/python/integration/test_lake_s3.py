"""Raw data in an object store: a server that speaks S3 on loopback, s3fs, dlt, DuckDB and dbt.

Needs packages that only a lake in S3 needs: `pip install s3fs "moto[server]"`.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_manifest import DBT_EXECUTABLE, PROFILES_DIR, PROJECT_DIR, TARGET_DIR, ensure_manifest
from orchestration.erase import erase
from orchestration.lake.move import move
from orchestration.lake.place import check_destination, filesystem
from orchestration.settings import Settings, UserError
from tests.python.raw_layer.cases import SEED, Living
from tests.python.raw_layer.homes import Home
from tests.python.small_accounts import erased_person

_REASON = "an S3 lake is an option: its packages (s3fs, moto[server]) are not installed"
pytest.importorskip("s3fs", reason=_REASON)
moto = pytest.importorskip("moto.server", reason=_REASON)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a folder in an empty bucket, reached through the variables that all AWS clients read."""
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    filesystem("s3://").clear_instance_cache()  # a client keeps the address of an earlier test's server
    name = f"lake-{port}"  # what the server holds outlives it
    filesystem("s3://").mkdir(name)
    yield f"s3://{name}/revfunnel"
    server.stop()


def test_a_store_gives_the_same_as_the_warehouse(living: Living, bucket: str, tmp_path: Path) -> None:
    account = living(SEED)
    warehouse = Home(tmp_path / "warehouse", account.base)
    lake = Home(tmp_path / "lake", account.base, destination=bucket)
    for _ in range(2):
        for home in (warehouse, lake):
            home.extract(sources=["stripe"])
        account.change(12)
        account.wait(hours=6)
    versions = "select id, content_hash from raw_stripe.{} order by all"
    for stream in ("customers", "subscriptions", "invoices", "disputes"):
        assert lake.rows(versions.format(stream)) == warehouse.rows(versions.format(stream))
    assert len(filesystem(bucket).glob(f"{bucket}/raw_stripe/customers/*.parquet")) == 2
    assert names(lake, bucket) == names(warehouse, "duckdb")


def names(home: Home, destination: str) -> list[tuple[str, str]]:
    """The customers as the staging model has them."""
    ensure_manifest()
    target = home.settings.home / "target"
    target.mkdir()
    shutil.copy(TARGET_DIR / "partial_parse.msgpack", target)
    command = [str(DBT_EXECUTABLE), "--quiet", "--log-level-file", "none", "run", "--select", "stg_stripe__customers"]
    environment = {
        **os.environ,
        "REVFUNNEL_HOME": str(home.settings.home),
        "REVFUNNEL_DESTINATION": destination,
        "DBT_PROFILES_DIR": str(PROFILES_DIR),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    done = subprocess.run(
        [*command, "--target-path", str(target)],
        cwd=PROJECT_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(home.settings.warehouse_path), read_only=True) as connection:
        found = connection.execute(
            "select customer_id, customer_name from staging.stg_stripe__customers order by all"
        ).fetchall()
    assert len(found) > 10
    return found


def test_a_person_who_moved_into_a_store_is_erased_there(bucket: str, tmp_path: Path) -> None:
    home = erased_person.Home(tmp_path)
    before = home.rows("select id, content_hash from raw_stripe.customers order by all")
    home.settings = Settings(home=tmp_path, destination=bucket)
    assert move(home.settings)["stripe.customers"] == len(before) == 3
    assert home.rows("select id, content_hash from raw_stripe.customers order by all") == before
    assert erase("cus_1", home.settings).versions["customers"] == 2
    erase("contacts:500", home.settings)
    texts = "".join(
        str(home.rows(f"from raw_{source}.{stream}"))
        for source, stream in (
            ("stripe", "customers"),
            ("stripe", "events"),
            ("stripe", "invoices"),
            ("hubspot", "contacts"),
        )
    )
    assert [secret for secret in erased_person.SECRETS if secret in texts.lower().encode()] == []
    assert home.stripe({"customers": [erased_person.customer(), erased_person.OTHER]}) == 0


def test_a_bucket_that_is_not_there_is_one_line(bucket: str, tmp_path: Path) -> None:
    check_destination(Settings(home=tmp_path, destination=bucket))
    assert filesystem(bucket).glob(f"{bucket}/**") == []
    with pytest.raises(UserError, match=r"^REVFUNNEL_DESTINATION: cannot write to s3://nowhere/x ") as caught:
        check_destination(Settings(home=tmp_path, destination="s3://nowhere/x"))
    assert "\n" not in str(caught.value)
