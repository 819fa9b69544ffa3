"""A local server that speaks the Stripe and HubSpot REST APIs, and the company it serves.

`serve` answers the real SDKs over HTTP from a folder of NDJSON objects; `generate` writes such a folder.
Nothing here imports the orchestration package, and the reverse: they meet over HTTP only.
"""
