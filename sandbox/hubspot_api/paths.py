"""HubSpot's paths: the numbered versions, which end in 2027, and the dated one that replaces them."""

from collections.abc import Mapping

# Below /crm. What each resource is called does not change between the two.
PATHS: Mapping[str, Mapping[str, str]] = {
    "v3": {
        "objects": "/v3/objects/{type}",
        "owners": "/v3/owners",
        "pipelines": "/v3/pipelines/{type}",
        "properties": "/v3/properties/{type}",
        "associations": "/v4/associations/{type}/{to}",
    },
    "2026-09": {
        "objects": "/objects/2026-09/{type}",
        "owners": "/owners/2026-09",
        "pipelines": "/pipelines/2026-09/{type}",
        "properties": "/properties/2026-09/{type}",
        "associations": "/associations/2026-09/{type}/{to}",
    },
}
