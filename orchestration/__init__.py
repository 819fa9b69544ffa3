"""The Dagster code location of revfunnel: extraction, transformation, checks, publishing."""
