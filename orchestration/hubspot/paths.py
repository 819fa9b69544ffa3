"""HubSpot's API paths, in one place.

HubSpot ends /v4 on 2027-03-30 and /v1 to /v3 in September 2027 and replaces them by paths with a date. Both families
name the same resources with the same parameters; HUBSPOT_API_VERSION chooses one.
Source: https://developers.hubspot.com/docs/api-reference/legacy/migration-guide
"""

from __future__ import annotations

from collections.abc import Mapping

# These have no dated successor yet, so both families read the numbered paths.
_WEB_ANALYTICS = "/analytics/v2/reports/sources/monthly"
_TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info"

PATHS: Mapping[str, Mapping[str, str]] = {
    "v3": {
        "account": "/account-info/v3/details",
        "objects": "/crm/v3/objects/{object_type}",
        "object": "/crm/v3/objects/{object_type}/{id}",
        "search": "/crm/v3/objects/{object_type}/search",
        "batch": "/crm/v3/objects/{object_type}/batch/read",
        "owners": "/crm/v3/owners",
        "pipelines": "/crm/v3/pipelines/{object_type}",
        "property": "/crm/v3/properties/{object_type}/{name}",
        "associations": "/crm/v4/associations/{from_type}/{to_type}/batch/read",
        "marketing_emails": "/marketing/v3/emails",
        "campaigns": "/marketing/v3/campaigns",
        "campaign_budget": "/marketing/v3/campaigns/{id}/budget/totals",
        "forms": "/marketing/v3/forms",
        "events": "/events/v3/events",
        "event_types": "/events/v3/events/event-types",
        "web_analytics": _WEB_ANALYTICS,
        "token_info": _TOKEN_INFO,
    },
    "2026-09": {
        "account": "/account-info/2026-09/details",
        "objects": "/crm/objects/2026-09/{object_type}",
        "object": "/crm/objects/2026-09/{object_type}/{id}",
        "search": "/crm/objects/2026-09/{object_type}/search",
        "batch": "/crm/objects/2026-09/{object_type}/batch/read",
        "owners": "/crm/owners/2026-09",
        "pipelines": "/crm/pipelines/2026-09/{object_type}",
        "property": "/crm/properties/2026-09/{object_type}/{name}",
        "associations": "/crm/associations/2026-09/{from_type}/{to_type}/batch/read",
        "marketing_emails": "/marketing/emails/2026-09",
        "campaigns": "/marketing/campaigns/2026-09",
        "campaign_budget": "/marketing/campaigns/2026-09/{id}/budget/totals",
        "forms": "/marketing/forms/2026-09",
        "events": "/events/event-occurrences/2026-09",
        "event_types": "/events/event-occurrences/2026-09/event-types",
        "web_analytics": _WEB_ANALYTICS,
        "token_info": _TOKEN_INFO,
    },
}
