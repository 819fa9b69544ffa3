"""Stripe: client, streams, assets."""
