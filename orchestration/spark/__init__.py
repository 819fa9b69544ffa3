"""Building the models on Spark instead of DuckDB (docs/spark.md)."""
