{{ hubspot_lifecycle_history(source('raw_hubspot', 'contacts'), 'contact_id') }}
