"""The same models on DuckDB and on Spark: `make test-spark`."""
