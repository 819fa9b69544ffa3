{{ hubspot_lifecycle_history(source('raw_hubspot', 'companies'), 'company_id') }}
