{{ config(materialized='incremental', incremental_strategy='objects', unique_key='contact_id') }}

{{ hubspot_stage_dates(source('raw_hubspot', 'contacts'), 'contact_id') }}
