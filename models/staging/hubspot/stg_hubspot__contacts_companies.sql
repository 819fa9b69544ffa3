{{ hubspot_association(source('raw_hubspot', 'associations_contacts_companies'), 'contact_id', 'company_id', primary_type_id=1) }}
