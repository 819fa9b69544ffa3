"""The part of the HubSpot API that reads: CRM pages, search, batches, associations, account data, marketing, errors."""
