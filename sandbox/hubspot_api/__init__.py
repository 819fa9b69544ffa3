"""The part of the HubSpot CRM API that reads: object pages, search, batch reads, associations, account data, errors."""
