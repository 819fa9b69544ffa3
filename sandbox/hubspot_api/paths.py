"""HubSpot's paths: the numbered versions, which end in 2027, and the dated one that replaces them."""

from collections.abc import Mapping

# What each resource is called does not change between the two. The analytics reports have no dated path.
PATHS: Mapping[str, Mapping[str, str]] = {
    "v3": {
        "objects": "/crm/v3/objects/{type}",
        "owners": "/crm/v3/owners",
        "pipelines": "/crm/v3/pipelines/{type}",
        "properties": "/crm/v3/properties/{type}",
        "associations": "/crm/v4/associations/{type}/{to}",
        "emails": "/marketing/v3/emails",
        "campaigns": "/marketing/v3/campaigns",
        "forms": "/marketing/v3/forms",
        "events": "/events/v3/events",
        "account": "/account-info/v3/details",
    },
    "2026-09": {
        "objects": "/crm/objects/2026-09/{type}",
        "owners": "/crm/owners/2026-09",
        "pipelines": "/crm/pipelines/2026-09/{type}",
        "properties": "/crm/properties/2026-09/{type}",
        "associations": "/crm/associations/2026-09/{type}/{to}",
        "emails": "/marketing/emails/2026-09",
        "campaigns": "/marketing/campaigns/2026-09",
        "forms": "/marketing/forms/2026-09",
        "events": "/events/event-occurrences/2026-09",
        "account": "/account-info/2026-09/details",
    },
}
ANALYTICS = "/analytics/v2/reports/sources/{period}"
