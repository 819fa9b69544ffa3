{{ config(materialized='incremental', incremental_strategy='objects', unique_key='company_id') }}

{{ hubspot_lifecycle_history(source('raw_hubspot', 'companies'), 'company_id') }}
