"""Accounts of a few customers, worked out by hand, built by dbt alone: what needs no extraction and many builds."""
