"""HubSpot's API paths, in one place.

HubSpot ends /v4 on 2027-03-30 and /v1 to /v3 in September 2027 and replaces them by dated paths.
"""

from __future__ import annotations

V3 = {
    "objects": "/crm/v3/objects/{object_type}",
    "owners": "/crm/v3/owners",
    "pipelines": "/crm/v3/pipelines/{object_type}",
    "property": "/crm/v3/properties/{object_type}/{name}",
    "associations": "/crm/v4/associations/{from_type}/{to_type}/batch/read",
}
