{{ hubspot_stage_dates(source('raw_hubspot', 'companies'), 'company_id') }}
