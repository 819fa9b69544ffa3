"""What loading the assets costs."""

import subprocess
import sys


def test_the_assets_load_without_the_sdks() -> None:
    """The code location is loaded by every Dagster process; the SDKs, dlt and DuckDB come with a run."""
    program = (
        "import sys, orchestration.stripe.assets, orchestration.hubspot.assets;"
        "print({'stripe', 'hubspot', 'dlt', 'duckdb', 'pyarrow', 'requests'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
