{{ hubspot_stage_dates(source('raw_hubspot', 'contacts'), 'contact_id') }}
