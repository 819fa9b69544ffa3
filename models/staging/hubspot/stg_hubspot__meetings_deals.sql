{{ hubspot_association(
    source('raw_hubspot', 'associations_meetings_deals'), 'meeting_id', 'deal_id', primary_type_id=212
) }}
