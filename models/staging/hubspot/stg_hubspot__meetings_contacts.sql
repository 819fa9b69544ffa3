{{ hubspot_association(
    source('raw_hubspot', 'associations_meetings_contacts'), 'meeting_id', 'contact_id', primary_type_id=200
) }}
