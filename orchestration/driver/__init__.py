"""What stands behind `make run`, `make ui` and `make scenarios`: nothing here is known to the Dagster code location."""
