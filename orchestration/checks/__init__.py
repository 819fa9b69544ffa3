"""Asset checks that are not dbt tests: the published benchmarks."""
