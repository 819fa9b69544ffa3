"""What the terminal says of a run, a line a step."""

import io
import re

import dagster as dg

from orchestration.driver.progress import progress_logger


def test_a_step_of_one_check_is_called_after_the_check() -> None:
    """Dagster calls it marts__fct_funnel_stage_entries_lifecycle_stages_are_mapped: no column is that wide."""

    @dg.asset(key=["marts", "fct_funnel_stage_entries"])
    def entries() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"dagster/row_count": 12_345})

    @dg.asset_check(asset=entries)
    def lifecycle_stages_are_mapped() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    out = io.StringIO()
    job = dg.Definitions(
        assets=[entries],
        asset_checks=[lifecycle_stages_are_mapped],
        jobs=[dg.define_asset_job("everything")],
        loggers={"progress": progress_logger(out)},
    ).resolve_job_def("everything")
    with dg.DagsterInstance.ephemeral() as instance:
        job.execute_in_process(instance=instance, run_config={"loggers": {"progress": {}}})
    lines = [re.sub(r" +", " ", line) for line in out.getvalue().splitlines()]
    assert [line.rpartition(" ")[0].rpartition(" ")[0] for line in lines] == [
        " done marts fct_funnel_stage_entries 12,345 rows",
        " done lifecycle_stages_are_mapped 1 check",
    ]
