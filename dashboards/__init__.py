"""Dashboards as code: a local Apache Superset on the published copy (`make bi`). Other tools: docs/bi.md."""
