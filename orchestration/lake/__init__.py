"""A lake as the place where raw data lands: Parquet files in a folder or an object store, for engines beside DuckDB."""
