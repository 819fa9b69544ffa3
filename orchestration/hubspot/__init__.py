"""HubSpot: client, streams, assets."""
