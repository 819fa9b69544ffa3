{{ hubspot_association(source('raw_hubspot', 'associations_deals_contacts'), 'deal_id', 'contact_id', primary_type_id=3) }}
