{{ config(materialized='incremental', incremental_strategy='objects', unique_key='contact_id') }}

{{ hubspot_lifecycle_history(source('raw_hubspot', 'contacts'), 'contact_id') }}
