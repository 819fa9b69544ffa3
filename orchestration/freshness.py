"""How old a figure may be: everything runs once a day, so what is older than a day and a half has missed a run."""

from datetime import timedelta

import dagster as dg

OLDEST = timedelta(hours=36)
DAILY = dg.FreshnessPolicy.time_window(warn_window=timedelta(hours=26), fail_window=OLDEST)
