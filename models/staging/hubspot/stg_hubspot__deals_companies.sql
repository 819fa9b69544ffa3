{{ hubspot_association(source('raw_hubspot', 'associations_deals_companies'), 'deal_id', 'company_id', primary_type_id=5) }}
