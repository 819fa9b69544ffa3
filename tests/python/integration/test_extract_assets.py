"""The extraction assets in Dagster, against the sandbox."""

from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.hubspot.assets import assets as hubspot_assets
from orchestration.stripe.assets import assets as stripe_assets


@pytest.fixture
def home(scenarios_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, and an environment that points both vendors at the sandbox."""
    for name, value in {
        "STRIPE_API_KEY": "sk_test_1",
        "STRIPE_API_BASE": scenarios_server,
        "HUBSPOT_ACCESS_TOKEN": "token",
        "HUBSPOT_API_BASE": scenarios_server,
        "REVFUNNEL_HOME": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def materialize(*keys: str, raise_on_error: bool = True) -> dg.ExecuteInProcessResult:
    """Materialise some streams, named like raw_stripe/customers."""
    selection = [dg.AssetKey(key.split("/")) for key in keys]
    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize(
            [*stripe_assets, *hubspot_assets], selection=selection, instance=instance, raise_on_error=raise_on_error
        )


def metadata(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """What each materialisation says of itself."""
    return {
        "/".join(event.asset_key.path if event.asset_key else []): {
            name: entry.value for name, entry in event.materialization.metadata.items()
        }
        for event in result.get_asset_materialization_events()
    }


def test_chosen_streams_alone_are_materialised(home: Path) -> None:
    said = metadata(materialize("raw_stripe/coupons", "raw_hubspot/owners"))
    assert said.keys() == {"raw_stripe/coupons", "raw_hubspot/owners"}
    for values in said.values():
        assert values["rows_fetched"] == values["new_versions"] > 0
        assert values["rejected"] == values["duplicates"] == values["vanished"] == 0
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('raw_stripe', 'raw_hubspot') and not starts_with(table_name, '_dlt') order by all"
        ).fetchall()
    assert [table for (table,) in tables] == [
        "raw_hubspot.cursors",
        "raw_hubspot.owners",
        "raw_hubspot.rejected",
        "raw_stripe.coupons",
        "raw_stripe.cursors",
        "raw_stripe.rejected",
    ]


@pytest.mark.usefixtures("home")
def test_a_wrong_key_fails_at_once_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "nonsense")
    result = materialize("raw_stripe/coupons", raise_on_error=False)
    (failure,) = result.get_step_failure_events()
    assert failure.step_failure_data.user_failure_data is not None
    assert "STRIPE_API_KEY" in str(failure.step_failure_data.user_failure_data.description)


def test_every_asset_says_what_it_is() -> None:
    for definition in (*stripe_assets, *hubspot_assets):
        assert definition.op.pool == "warehouse"
        assert definition.op.retry_policy is None  # Dagster would retry what was interrupted, too
        for spec in definition.specs:
            assert spec.description
            assert spec.owners
            assert spec.group_name in {"stripe", "hubspot"}
            assert spec.kinds == {spec.group_name, "dlt", "duckdb"}
