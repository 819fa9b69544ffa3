"""What a failed run says: the cause in one line, whatever it was wrapped in."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import dagster as dg

from orchestration.failures import failed_checks, failed_steps, problems, reasons, unread
from orchestration.settings import UserError


def run(body: Callable[[], object]) -> list[str]:
    """Materialise an asset with this body; the lines about its failure."""

    @dg.asset
    def broken() -> None:
        body()

    @dg.asset(deps=[broken])
    def behind() -> None: ...

    with dg.DagsterInstance.ephemeral() as instance:
        return failed_steps(dg.materialize([broken, behind], instance=instance, raise_on_error=False))


def fail(error: Exception) -> Callable[[], object]:
    def body() -> None:
        raise error

    return body


def test_a_user_error_is_told_as_it_is_and_what_was_skipped_is_not() -> None:
    assert run(fail(UserError("STRIPE_API_KEY is wrong; mend it"))) == ["broken: STRIPE_API_KEY is wrong; mend it"]


def test_a_dagster_failure_is_told_by_its_description() -> None:
    assert run(fail(dg.Failure("the disk is full", allow_retries=False))) == ["broken: the disk is full"]


def test_the_root_cause_is_told_without_its_class_and_on_one_line() -> None:
    def body() -> None:
        try:
            raise ValueError("first line\n   second line")
        except ValueError as error:
            raise RuntimeError("wrapper") from error

    assert run(body) == ["broken: first line second line"]


def test_a_long_message_is_cut() -> None:
    (line,) = run(fail(ValueError("x" * 5000)))
    assert len(line) < 400
    assert line.endswith("…")


def test_what_to_do_is_not_cut_off() -> None:
    told = f"STRIPE_API_KEY may not read /v1/invoices ({'x' * 300}); give the restricted key read access to it"
    assert run(fail(UserError(told))) == [f"broken: {told}"]


def test_every_model_that_dbt_could_not_build_has_a_line() -> None:
    message = (
        "dagster_dbt.errors.DagsterDbtCliRuntimeError: The dbt CLI process failed with exit code `1`.\n\n"
        "Errors parsed from dbt logs:\n\n"
        "Database Error in model mrr_monthly (models/marts/revenue/mrr_monthly.sql)\n"
        "  Binder Error: column x is unknown\n"
        "  LINE 3: x\n\n"
        "Compilation Error in model nrr_monthly (models/marts/revenue/nrr_monthly.sql)\n"
        "  'foo' is undefined\n"
    )
    error = SimpleNamespace(cls_name="DagsterDbtCliRuntimeError", message=message, cause=None)
    assert reasons(error) == [
        "mrr_monthly: Binder Error: column x is unknown",
        "nrr_monthly: 'foo' is undefined",
    ]


def test_a_unit_test_of_the_models_is_named() -> None:
    message = (
        "The dbt CLI process with command\n\n`dbt build`\n\nfailed with exit code `1`.\n\n"
        "Errors parsed from dbt logs:\n\n"
        "212 of 706 FAIL 1 int_crm_home_currency::the_currency_is_assumed  [FAIL 1 in 0.09s]\n\n"
        "Failure in unit_test the_currency_is_assumed (models/intermediate/deals/int_crm_home_currency.yml)\n\n"
        "actual differs from expected:\n\n@@,home_currency,evidence\n→ ,usd→xyz      ,assumed\n"
    )
    error = SimpleNamespace(cls_name="DagsterDbtCliRuntimeError", message=message, cause=None)
    assert reasons(error) == ["the unit test the_currency_is_assumed of the models failed"]


def test_only_blocking_checks_are_failures_of_the_run() -> None:
    @dg.asset(
        check_specs=[
            dg.AssetCheckSpec("balances", asset="ledger", blocking=True),
            dg.AssetCheckSpec("win_rate", asset="ledger"),
        ]
    )
    def ledger() -> dg.MaterializeResult:
        checks = [dg.AssetCheckResult(check_name=name, passed=False) for name in ("balances", "win_rate")]
        return dg.MaterializeResult(check_results=checks)

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([ledger], instance=instance, raise_on_error=False)
    assert failed_checks(result) == ["check balances on ledger failed"]


def test_failed_checks_replace_the_long_message_of_dbt_and_nothing_else() -> None:
    @dg.multi_asset(
        specs=[dg.AssetSpec("ledger")],
        check_specs=[dg.AssetCheckSpec("balances", asset="ledger", blocking=True)],
    )
    def dbt_models() -> Iterator[object]:
        yield dg.MaterializeResult(asset_key="ledger")
        metadata = {"dagster_dbt/failed_row_count": 3}
        yield dg.AssetCheckResult(check_name="balances", asset_key="ledger", passed=False, metadata=metadata)
        raise RuntimeError("The dbt CLI process with command `dbt build` failed with exit code `1`.")

    @dg.asset
    def other() -> None:
        raise ValueError("something else")

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([dbt_models, other], instance=instance, raise_on_error=False)
    assert problems(result) == ["other: something else", "check balances on ledger failed (3 rows)"]


def test_what_an_extraction_could_not_read_is_gathered_with_its_reason() -> None:
    specs = [dg.AssetSpec(["raw_hubspot", "deals"]), dg.AssetSpec(["raw_hubspot", "contacts"])]

    @dg.multi_asset(specs=specs)
    def extract_hubspot() -> Iterator[dg.MaterializeResult]:
        yield dg.MaterializeResult(asset_key=["raw_hubspot", "deals"], metadata={"skipped": "it lacks a scope"})
        yield dg.MaterializeResult(asset_key=["raw_hubspot", "contacts"], metadata={"rows_fetched": 3})

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([extract_hubspot], instance=instance)
    assert unread(result) == {("hubspot", "deals"): "it lacks a scope"}
