"""Billing histories with MRR worked out by hand: one small case for each revenue rule that is easy to get wrong.

`objects.py` builds the Stripe objects, `cases_*.py` say what happened and what it must come to, and why.
"""
